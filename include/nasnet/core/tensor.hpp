/// Dense tensors, row-major. Activations are [N,H,W,C].
#pragma once

#include <algorithm>    // copy, fill
#include <concepts>     // same_as
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <limits>       // numeric_limits
#include <span>         // span
#include <type_traits>  // is_trivially_copyable_v
#include <utility>      // exchange, move

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"

namespace nasnet::inline NASNET_ABI {

/// Tag of the host's memory.
struct Cpu {};

/// Whether the program itself can read and write the elements of a device's tensors. A device's own functions copy
/// those of other devices to the host.
template <class Device>
concept HostMemory = std::same_as<Device, Cpu>;

namespace detail {

template <class Device>
struct AllocatorOf {
  using Type = DeviceAllocator<Device>;
};
template <>
struct AllocatorOf<Cpu> {
  using Type = Allocator;
};

}  // namespace detail

/// A dense tensor that owns its elements. It moves; a copy is asked for with `clone`.
///
/// Elements are undefined after construction. A tensor outlives its allocator safely. Of a device other than Cpu (see
/// DeviceAllocator) it has shape and memory, and `data` is for the device's own functions.
template <class Scalar, class Device = Cpu>
class Tensor {
  static_assert(std::is_trivially_copyable_v<Scalar>, "a tensor's elements must be trivially copyable");

 public:
  /// Of the device's memory: Allocator or DeviceAllocator<Device>.
  using AllocatorType = typename detail::AllocatorOf<Device>::Type;

  Tensor() = default;
  explicit Tensor(Shape shape) : Tensor(shape, AllocatorType{}) {}
  Tensor(Shape shape, AllocatorType allocator) : Tensor(shape, shape.elements(), allocator) {}
  Tensor(Tensor&& other) noexcept
      : shape_(std::exchange(other.shape_, Shape{0})),
        elements_(std::exchange(other.elements_, 0)),
        buffer_(std::move(other.buffer_)) {}
  Tensor& operator=(Tensor&& other) noexcept {
    shape_ = std::exchange(other.shape_, Shape{0});
    elements_ = std::exchange(other.elements_, 0);
    buffer_ = std::move(other.buffer_);
    return *this;
  }
  ~Tensor() = default;

  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int64_t extent(int axis) const { return shape_[axis]; }
  [[nodiscard]] std::int64_t elements() const { return elements_; }
  [[nodiscard]] bool empty() const { return elements_ == 0; }

  [[nodiscard]] Scalar* data() { return static_cast<Scalar*>(buffer_.data()); }
  [[nodiscard]] const Scalar* data() const { return static_cast<const Scalar*>(buffer_.data()); }
  [[nodiscard]] std::span<Scalar> values() & {
    require_host_memory();
    return {data(), static_cast<std::size_t>(elements_)};
  }
  [[nodiscard]] std::span<const Scalar> values() const& {
    require_host_memory();
    return {data(), static_cast<std::size_t>(elements_)};
  }
  void values() const&& = delete;  // the elements would be gone before they are read

  [[nodiscard]] Scalar& operator[](std::int64_t index) {
    require_host_memory();
    return data()[index];
  }
  [[nodiscard]] const Scalar& operator[](std::int64_t index) const {
    require_host_memory();
    return data()[index];
  }

  /// Element (n, h, w, c) of a tensor of rank 4.
  [[nodiscard]] Scalar& operator()(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c) {
    require_host_memory();
    return data()[offset(n, h, w, c)];
  }
  [[nodiscard]] const Scalar& operator()(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c) const {
    require_host_memory();
    return data()[offset(n, h, w, c)];
  }

  void fill(Scalar value) { std::fill(values().begin(), values().end(), value); }

  [[nodiscard]] Tensor clone() const { return clone(AllocatorType{}); }
  [[nodiscard]] Tensor clone(AllocatorType allocator) const {
    Tensor copy(shape_, allocator);
    std::copy(values().begin(), values().end(), copy.values().begin());
    return copy;
  }

  /// The same elements under another shape.
  /// @throws ShapeError if the number of elements differs.
  void reshape(Shape shape) {
    if (shape.elements() != elements_) {
      fail<ShapeError>("reshape: ", shape_.to_string(), " has ", elements_, " elements, ", shape.to_string(), " has ",
                       shape.elements());
    }
    shape_ = shape;
  }

 private:
  static constexpr void require_host_memory() {
    static_assert(HostMemory<Device>,
                  "the elements of this tensor are in a device's memory: copy them to a Tensor of the host first");
  }

  Tensor(Shape shape, std::int64_t elements, AllocatorType& allocator)
      : shape_(shape),
        elements_(elements),
        buffer_(elements == 0 ? Buffer{}
                              : allocator.allocate(static_cast<std::size_t>(
                                    checked_product(elements, static_cast<std::int64_t>(sizeof(Scalar)))))) {}

  [[nodiscard]] std::int64_t offset(std::int64_t n, std::int64_t h, std::int64_t w, std::int64_t c) const {
    return ((n * shape_[1] + h) * shape_[2] + w) * shape_[3] + c;
  }

  Shape shape_{0};
  std::int64_t elements_ = 0;
  Buffer buffer_;
};

}  // namespace nasnet::inline NASNET_ABI
