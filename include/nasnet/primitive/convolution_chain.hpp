/// Chains of primitives that training computes together. No graph has them as nodes: models find them.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // optional
#include <string_view>  // string_view

#include "nasnet/primitive/primitives.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI {

/// The chain: [ReLU], [depthwise convolution], pointwise convolution, batch norm, [sum with a second input].
/// Parameters: theirs, in this order.
struct ConvolutionChain {
  static constexpr std::string_view name = "convolution_chain";
  bool rectify = false;
  std::optional<Window> depthwise{};
  std::int64_t filters = 0;
  BatchNorm norm{};
  bool adds = false;  ///< the second input, of the output's shape

  [[nodiscard]] constexpr std::int64_t input_count() const { return adds ? 2 : 1; }
  [[nodiscard]] constexpr std::size_t parameter_count() const { return depthwise ? 6 : 5; }
  [[nodiscard]] constexpr bool passes_gradient(std::size_t input) const { return input == 1; }
};

/// Two chains one after another, as a separable convolution is applied twice (appendix A.4).
///
/// The first chain, which adds nothing, and the second one, which reads what it makes. Nobody else does, so the map
/// between them is not kept: the backward pass normalises once more, and where that is less work than fetching it from
/// memory also multiplies once more. Parameters: those of both.
struct DoubleConvolutionChain {
  static constexpr std::string_view name = "double_convolution_chain";
  ConvolutionChain first{};
  ConvolutionChain second{};

  [[nodiscard]] constexpr std::int64_t input_count() const { return second.input_count(); }
  [[nodiscard]] constexpr bool passes_gradient(std::size_t input) const { return second.passes_gradient(input); }
};

}  // namespace nasnet::inline NASNET_ABI
