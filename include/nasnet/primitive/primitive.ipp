#pragma once

#include "nasnet/primitive/primitive.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string_view name_of(const Primitive& primitive) {
  return visit_primitive(primitive, [](const auto& p) { return name_of(p); });
}

NASNET_BODY bool backward_reads_inputs(const Primitive& primitive) {
  return visit_primitive(primitive, [](const auto& p) { return backward_reads_inputs(p); });
}

NASNET_BODY bool backward_reads_output(const Primitive& primitive) {
  return visit_primitive(primitive, [](const auto& p) { return backward_reads_output(p); });
}

NASNET_BODY bool passes_gradient(const Primitive& primitive, std::size_t input) {
  return visit_primitive(primitive, [&](const auto& p) { return passes_gradient(p, input); });
}

NASNET_BODY std::int64_t input_count(const Primitive& primitive) {
  return visit_primitive(primitive, [](const auto& p) { return input_count(p); });
}

NASNET_BODY std::vector<ParameterSpec> parameters_of(const Primitive& primitive, Channels inputs) {
  return visit_primitive(primitive, [&](const auto& p) { return parameters_of(p, inputs); });
}

NASNET_BODY std::int64_t output_channels(const Primitive& primitive, Channels inputs) {
  return visit_primitive(primitive, [&](const auto& p) { return output_channels(p, inputs); });
}

NASNET_BODY Size output_size(const Primitive& primitive, Size input) {
  return visit_primitive(primitive, [&](const auto& p) { return output_size(p, input); });
}

NASNET_BODY std::int64_t stride_of(const Primitive& primitive) {
  return visit_primitive(primitive, [](const auto& p) { return stride_of(p); });
}

NASNET_BODY std::int64_t multiply_adds(const Primitive& primitive, Features inputs) {
  return visit_primitive(primitive, [&](const auto& p) { return multiply_adds(p, inputs); });
}

NASNET_BODY FeatureShape output_shape(const Primitive& primitive, Features inputs) {
  std::vector<std::int64_t> channels;
  for (const FeatureShape& input : inputs) channels.push_back(input.channels);
  const Size size = output_size(primitive, inputs[0].size());
  return {size.height, size.width, output_channels(primitive, channels)};
}

}  // namespace nasnet::inline NASNET_ABI
