/// Named tensors as files hold them.
#pragma once

#include <array>        // array
#include <bit>          // bit_cast, endian
#include <cstddef>      // size_t
#include <cstdint>      // int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
#include <cstring>      // memcpy
#include <map>          // map
#include <memory>       // make_shared, shared_ptr
#include <optional>     // optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/file.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/tensor.hpp"

namespace nasnet::inline NASNET_ABI {

/// Types of elements that files hold.
enum class ElementType { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

/// What the format says about an element type.
struct ElementTypeInfo {
  ElementType type;
  std::string_view name;  ///< in files
  std::size_t size;       ///< bytes of one element
};

inline constexpr std::array<ElementTypeInfo, 13> element_types{{{ElementType::boolean, "BOOL", 1},
                                                                {ElementType::u8, "U8", 1},
                                                                {ElementType::i8, "I8", 1},
                                                                {ElementType::u16, "U16", 2},
                                                                {ElementType::i16, "I16", 2},
                                                                {ElementType::f16, "F16", 2},
                                                                {ElementType::bf16, "BF16", 2},
                                                                {ElementType::u32, "U32", 4},
                                                                {ElementType::i32, "I32", 4},
                                                                {ElementType::f32, "F32", 4},
                                                                {ElementType::u64, "U64", 8},
                                                                {ElementType::i64, "I64", 8},
                                                                {ElementType::f64, "F64", 8}}};

[[nodiscard]] constexpr const ElementTypeInfo& info(ElementType type) {
  return element_types[static_cast<std::size_t>(type)];
}
[[nodiscard]] constexpr std::string_view to_string(ElementType type) { return info(type).name; }
[[nodiscard]] constexpr std::size_t size_of(ElementType type) { return info(type).size; }

/// The type of a C++ scalar, for float, double, std::uint8_t, std::int32_t and std::int64_t.
template <class Scalar>
inline constexpr std::optional<ElementType> element_type_of = std::nullopt;
template <>
inline constexpr std::optional<ElementType> element_type_of<float> = ElementType::f32;
template <>
inline constexpr std::optional<ElementType> element_type_of<double> = ElementType::f64;
template <>
inline constexpr std::optional<ElementType> element_type_of<std::uint8_t> = ElementType::u8;
template <>
inline constexpr std::optional<ElementType> element_type_of<std::int32_t> = ElementType::i32;
template <>
inline constexpr std::optional<ElementType> element_type_of<std::int64_t> = ElementType::i64;

/// An IEEE half as a float, exact.
[[nodiscard]] constexpr float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1FU;
  const std::uint32_t mantissa = half & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13U);
  if (exponent > 0) return std::bit_cast<float>(sign | (exponent + 112U) << 23U | mantissa << 13U);
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;  // zero and subnormals
  return sign != 0 ? -magnitude : magnitude;
}

/// A bfloat16 as a float, exact.
[[nodiscard]] constexpr float float_of_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

/// A tensor as a file holds it. Copies share the bytes.
struct StoredTensor {
  ElementType type = ElementType::f32;
  std::vector<std::int64_t> extents;    ///< any number of them
  std::span<const std::uint8_t> bytes;  ///< elements, row-major, little endian
  std::shared_ptr<const Bytes> owner;   ///< keeps the bytes alive

  /// As "F32 [8,3,3,3]".
  NASNET_LAZY [[nodiscard]] std::string to_string() const;
};

/// The contents of one file: tensors and notes by name.
class TensorFile {
 public:
  /// Nothing yet. @param origin what errors call it: the path it was read from
  NASNET_LAZY explicit TensorFile(std::string origin = "tensors");

  [[nodiscard]] const std::string& origin() const { return origin_; }
  NASNET_LAZY [[nodiscard]] const std::map<std::string, StoredTensor>& tensors() const&;
  NASNET_LAZY [[nodiscard]] std::map<std::string, StoredTensor> tensors() &&;
  NASNET_LAZY [[nodiscard]] std::map<std::string, std::string>& metadata() &;
  NASNET_LAZY [[nodiscard]] const std::map<std::string, std::string>& metadata() const&;
  NASNET_LAZY [[nodiscard]] std::map<std::string, std::string> metadata() &&;

  NASNET_LAZY [[nodiscard]] bool contains(const std::string& name) const;

  /// @throws DataError where there is no such tensor.
  NASNET_LAZY [[nodiscard]] const StoredTensor& at(const std::string& name) const;

  /// A tensor of floats from F32, F16 or BF16, exact, or from F64, rounded.
  /// @throws DataError where it is missing, of another type or has more than four extents.
  NASNET_LAZY [[nodiscard]] Tensor<float> floats(const std::string& name, Allocator allocator = Allocator{}) const;

  /// A tensor of exactly this type.
  /// @throws DataError where it is missing, of another type or has more than four extents.
  template <class Scalar>
  [[nodiscard]] Tensor<Scalar> values(const std::string& name) const;

  /// Adds or replaces a tensor, copying its values.
  template <class Scalar>
  void set(const std::string& name, Shape shape, std::span<const Scalar> values);
  template <class Scalar>
  void set(const std::string& name, const Tensor<Scalar>& tensor) {
    set(name, tensor.shape(), tensor.values());
  }

  /// Adds or replaces a tensor of any type and number of extents.
  /// @throws ShapeError where the bytes are not those of the shape.
  NASNET_LAZY void set(const std::string& name, ElementType type, std::vector<std::int64_t> extents, Bytes bytes);
  NASNET_LAZY void set(const std::string& name, StoredTensor tensor);

 private:
  static_assert(std::endian::native == std::endian::little,
                "tensors of files are read in place: little endian is needed");

  template <class Scalar>
  [[nodiscard]] static constexpr ElementType type_for() {
    static_assert(element_type_of<Scalar>.has_value(), "this scalar has no element type in files");
    return *element_type_of<Scalar>;
  }

  NASNET_LAZY [[nodiscard]] Shape shape_of(const std::string& name, const StoredTensor& stored) const;

  // The bytes may start at any address.
  template <class Stored, class Scalar, class Conversion>
  static void convert(const StoredTensor& stored, Tensor<Scalar>& result, const Conversion& conversion) {
    const std::uint8_t* from = stored.bytes.data();
    for (Scalar& value : result.values()) {
      Stored element;
      std::memcpy(&element, from, sizeof element);
      value = conversion(element);
      from += sizeof element;
    }
  }

  std::string origin_;
  std::map<std::string, StoredTensor> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/tensor_file.ipp"
#endif
