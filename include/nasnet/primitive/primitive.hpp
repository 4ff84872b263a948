/// Any primitive: one of the built-in ones, or a user's.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <variant>      // variant, visit
#include <vector>       // vector

#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// A node's primitive. Fusion matches on the alternatives; everything else visits.
using Primitive =
    std::variant<Convolution, Pointwise, Depthwise, MaximumPool, AveragePool, GlobalAveragePool, Subsample, Relu,
                 BatchNorm, LayerNorm, InstanceNorm, Add, Concat, Zeros, DropPath, Dropout, Dense, CustomPrimitive>;

/// What errors, drawings and files call it: "relu", or the name a user's primitive gives itself.
[[nodiscard]] inline std::string_view name_of(const Primitive& primitive) {
  return std::visit([](const auto& p) { return name_of(p); }, primitive);
}

/// Whether its backward pass reads its inputs, so that training has to keep them.
[[nodiscard]] inline bool backward_reads_inputs(const Primitive& primitive) {
  return std::visit([](const auto& p) { return backward_reads_inputs(p); }, primitive);
}

/// Whether its backward pass reads its output, so that training has to keep it.
[[nodiscard]] inline bool backward_reads_output(const Primitive& primitive) {
  return std::visit([](const auto& p) { return backward_reads_output(p); }, primitive);
}

/// Whether an input's gradient is the output's, so that backward need not copy it.
[[nodiscard]] inline bool passes_gradient(const Primitive& primitive, std::size_t input) {
  return std::visit([&](const auto& p) { return passes_gradient(p, input); }, primitive);
}

/// How many inputs it takes; -1 for any number from one on.
[[nodiscard]] inline std::int64_t input_count(const Primitive& primitive) {
  return std::visit([](const auto& p) { return input_count(p); }, primitive);
}

/// Its parameters for inputs of these channel counts, in the order in which forward is given them.
[[nodiscard]] inline std::vector<ParameterSpec> parameters_of(const Primitive& primitive, Channels inputs) {
  return std::visit([&](const auto& p) { return parameters_of(p, inputs); }, primitive);
}

/// Channels of its output. Graph::add has checked the number of inputs.
[[nodiscard]] inline std::int64_t output_channels(const Primitive& primitive, Channels inputs) {
  return std::visit([&](const auto& p) { return output_channels(p, inputs); }, primitive);
}

/// Height and width of its output for inputs of one size; 0 where an input is smaller than it can take.
[[nodiscard]] inline Size output_size(const Primitive& primitive, Size input) {
  return std::visit([&](const auto& p) { return output_size(p, input); }, primitive);
}

/// Pixels of the input from one pixel of the output to the next; 1 for what works pixel by pixel.
[[nodiscard]] inline std::int64_t stride_of(const Primitive& primitive) {
  return std::visit([](const auto& p) { return stride_of(p); }, primitive);
}

/// Multiply-adds of one sample.
[[nodiscard]] inline std::int64_t multiply_adds(const Primitive& primitive, Features inputs) {
  return std::visit([&](const auto& p) { return multiply_adds(p, inputs); }, primitive);
}

/// Shape of the output for inputs of one size.
[[nodiscard]] inline FeatureShape output_shape(const Primitive& primitive, Features inputs) {
  std::vector<std::int64_t> channels;
  for (const FeatureShape& input : inputs) channels.push_back(input.channels);
  const Size size = output_size(primitive, inputs[0].size());
  return {size.height, size.width, output_channels(primitive, channels)};
}

}  // namespace nasnet::inline NASNET_ABI
