/// Two convolution units one after another, as a separable convolution is applied twice (appendix A.4).
#pragma once

#include <cstddef>      // ptrdiff_t, size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/ops/convolution_unit.hpp"

namespace nasnet::inline NASNET_ABI {

/// The first unit, which adds nothing, and the second one, which reads what it makes. Nobody else does, so the map
/// between them is not kept: the backward pass normalises once more, and where that is less work than fetching it from
/// memory also multiplies once more. Parameters: those of both.
struct ConvolutionUnitPair {
  static constexpr std::string_view name = "convolution_unit_pair";
  ConvolutionUnit first{};
  ConvolutionUnit second{};

  [[nodiscard]] constexpr std::int64_t input_count() const { return second.input_count(); }
  [[nodiscard]] constexpr bool passes_gradient(std::size_t input) const { return second.passes_gradient(input); }
};

namespace detail {

/// A call of one of the two units.
template <class T>
[[nodiscard]] OpCall<T> part_of(const OpCall<T>& call, const Tensor<T>& input, std::size_t first_parameter,
                                std::size_t parameters) {
  const auto begin = call.parameters.begin() + static_cast<std::ptrdiff_t>(first_parameter);
  return {.context = call.context,
          .run = call.run,
          .inputs = {&input},
          .parameters = {begin, begin + static_cast<std::ptrdiff_t>(parameters)},
          .keep = call.keep};
}

/// Whether the first unit's product is computed once more in the backward pass. A multiply-add takes a core about as
/// long as memory takes for a twentieth of a scalar, which goes there once and comes back twice.
NASNET_LAZY [[nodiscard]] bool multiplies_again(const ConvolutionUnitPair& pair, std::int64_t channels);

}  // namespace detail

/// y [N,Ho,Wo,filters of the second]. Keeps of each unit what ConvolutionUnit keeps, perhaps without the first product.
/// @throws ShapeError where a parameter does not fit the input or the filters.
template <class Scalar>
void forward(const ConvolutionUnitPair& pair, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// As those of the two units, one after the other.
template <class Scalar>
void backward(const ConvolutionUnitPair& pair, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/convolution_unit_pair.ipp"
#endif
