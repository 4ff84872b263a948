/// Any primitive: one of the built-in ones, or a user's.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <type_traits>  // is_same_v
#include <utility>      // in_place_type, move
#include <variant>      // get_if, variant, variant_size_v
#include <vector>       // vector

#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// A node's primitive. Fusion matches on the alternatives; everything else visits (visit_primitive).
using Primitive =
    std::variant<Convolution, Pointwise, Depthwise, MaximumPool, AveragePool, GlobalAveragePool, Subsample, Relu,
                 BatchNorm, LayerNorm, InstanceNorm, Add, Concat, Zeros, DropPath, Dropout, Dense, CustomPrimitive>;

namespace detail {

template <class P, class... Alternatives>
[[nodiscard]] constexpr bool is_alternative(const std::variant<Alternatives...>*) {
  return (std::is_same_v<P, Alternatives> || ...);
}

}  // namespace detail

/// A primitive of any type as a Primitive.
template <class P>
[[nodiscard]] Primitive make_primitive(P primitive) {
  if constexpr (detail::is_alternative<P>(static_cast<const Primitive*>(nullptr))) {
    return Primitive(std::in_place_type<P>, std::move(primitive));
  } else {
    return Primitive(std::in_place_type<CustomPrimitive>, std::move(primitive));
  }
}

/// What `visitor` returns for the primitive, called with its alternative: std::visit as one switch, which takes the
/// compiler less time.
template <class Visitor>
decltype(auto) visit_primitive(const Primitive& primitive, Visitor&& visitor) {
  static_assert(std::variant_size_v<Primitive> == 18, "each alternative needs its case below");
  switch (primitive.index()) {
    case 0: return visitor(*std::get_if<0>(&primitive));
    case 1: return visitor(*std::get_if<1>(&primitive));
    case 2: return visitor(*std::get_if<2>(&primitive));
    case 3: return visitor(*std::get_if<3>(&primitive));
    case 4: return visitor(*std::get_if<4>(&primitive));
    case 5: return visitor(*std::get_if<5>(&primitive));
    case 6: return visitor(*std::get_if<6>(&primitive));
    case 7: return visitor(*std::get_if<7>(&primitive));
    case 8: return visitor(*std::get_if<8>(&primitive));
    case 9: return visitor(*std::get_if<9>(&primitive));
    case 10: return visitor(*std::get_if<10>(&primitive));
    case 11: return visitor(*std::get_if<11>(&primitive));
    case 12: return visitor(*std::get_if<12>(&primitive));
    case 13: return visitor(*std::get_if<13>(&primitive));
    case 14: return visitor(*std::get_if<14>(&primitive));
    case 15: return visitor(*std::get_if<15>(&primitive));
    case 16: return visitor(*std::get_if<16>(&primitive));
    default: return visitor(*std::get_if<17>(&primitive));
  }
}

/// What errors, drawings and files call it: "relu", or the name a user's primitive gives itself.
NASNET_LAZY [[nodiscard]] std::string_view name_of(const Primitive& primitive);

/// Whether its backward pass reads its inputs, so that training has to keep them.
NASNET_LAZY [[nodiscard]] bool backward_reads_inputs(const Primitive& primitive);

/// Whether its backward pass reads its output, so that training has to keep it.
NASNET_LAZY [[nodiscard]] bool backward_reads_output(const Primitive& primitive);

/// Whether an input's gradient is the output's, so that backward need not copy it.
NASNET_LAZY [[nodiscard]] bool passes_gradient(const Primitive& primitive, std::size_t input);

/// How many inputs it takes; -1 for any number from one on.
NASNET_LAZY [[nodiscard]] std::int64_t input_count(const Primitive& primitive);

/// Its parameters for inputs of these channel counts, in the order in which forward is given them.
NASNET_LAZY [[nodiscard]] std::vector<ParameterSpec> parameters_of(const Primitive& primitive, Channels inputs);

/// Channels of its output. Graph::add has checked the number of inputs.
NASNET_LAZY [[nodiscard]] std::int64_t output_channels(const Primitive& primitive, Channels inputs);

/// Height and width of its output for inputs of one size; 0 where an input is smaller than it can take.
NASNET_LAZY [[nodiscard]] Size output_size(const Primitive& primitive, Size input);

/// Pixels of the input from one pixel of the output to the next; 1 for what works pixel by pixel.
NASNET_LAZY [[nodiscard]] std::int64_t stride_of(const Primitive& primitive);

/// Multiply-adds of one sample.
NASNET_LAZY [[nodiscard]] std::int64_t multiply_adds(const Primitive& primitive, Features inputs);

/// Shape of the output for inputs of one size.
NASNET_LAZY [[nodiscard]] FeatureShape output_shape(const Primitive& primitive, Features inputs);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/primitive/primitive.ipp"
#endif
