/// Any primitive: one of the built-in ones, or a user's.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <variant>      // variant, visit
#include <vector>       // vector

#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline v0 {

/// A node's primitive. Fusion matches on the alternatives; everything else visits.
using Primitive =
    std::variant<Convolution, Pointwise, Depthwise, MaximumPool, AveragePool, GlobalAveragePool, Subsample, Relu,
                 BatchNorm, LayerNorm, InstanceNorm, Add, Concat, Zeros, DropPath, Dropout, Dense, CustomPrimitive>;

[[nodiscard]] inline std::string_view name_of(const Primitive& primitive) {
  return std::visit([](const auto& p) { return name_of(p); }, primitive);
}
[[nodiscard]] inline bool backward_reads_inputs(const Primitive& primitive) {
  return std::visit([](const auto& p) { return backward_reads_inputs(p); }, primitive);
}
[[nodiscard]] inline bool backward_reads_output(const Primitive& primitive) {
  return std::visit([](const auto& p) { return backward_reads_output(p); }, primitive);
}
[[nodiscard]] inline std::int64_t input_count(const Primitive& primitive) {
  return std::visit([](const auto& p) { return input_count(p); }, primitive);
}
[[nodiscard]] inline std::vector<ParameterSpec> parameters_of(const Primitive& primitive, Channels inputs) {
  return std::visit([&](const auto& p) { return parameters_of(p, inputs); }, primitive);
}
[[nodiscard]] inline std::int64_t output_channels(const Primitive& primitive, Channels inputs) {
  return std::visit([&](const auto& p) { return output_channels(p, inputs); }, primitive);
}
[[nodiscard]] inline Size output_size(const Primitive& primitive, Size input) {
  return std::visit([&](const auto& p) { return output_size(p, input); }, primitive);
}
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

}  // namespace nasnet::inline v0
