#pragma once

#include "nasnet/primitive/onnx_call.hpp"

#include <cstdint>      // int64_t
#include <string>       // string, to_string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/primitive/custom_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string OnnxNames::claim(const std::string& wanted) {
  std::string name = wanted;
  for (int number = 2; !taken_.insert(name).second; ++number) name = join(wanted, '_', number);
  return name;
}

NASNET_BODY std::string OnnxCall::add(std::string type, std::vector<std::string> inputs,
                                      std::vector<OnnxAttribute> attributes) {
  std::string name = names_.claim(join(values_.output, '.', type));
  nodes_.push_back({std::move(type), name, std::move(inputs), name, std::move(attributes)});
  return name;
}

NASNET_BODY void OnnxCall::add_output(std::string type, std::vector<std::string> inputs,
                                      std::vector<OnnxAttribute> attributes) {
  if (has_output_) fail<ArgumentError>(values_.output, ": emit_onnx gives a second output, '", type, "'");
  has_output_ = true;
  nodes_.push_back({std::move(type), values_.output, std::move(inputs), values_.output, std::move(attributes)});
}

NASNET_BODY std::string OnnxCall::integers(std::string_view what, std::vector<std::int64_t> values) {
  std::string name = names_.claim(join(values_.output, '.', what));
  const auto count = static_cast<std::int64_t>(values.size());
  constants_.push_back({name, {count}, std::move(values)});
  return name;
}

NASNET_BODY std::string OnnxCall::floats(std::string_view what, std::vector<std::int64_t> extents,
                                         std::vector<float> values) {
  std::int64_t count = 1;
  for (const std::int64_t extent : extents) count = checked_product(count, extent);
  if (count != static_cast<std::int64_t>(values.size())) {
    fail<ShapeError>(values_.output, ": emit_onnx gives ", values.size(), " values for a constant of ", count);
  }
  std::string name = names_.claim(join(values_.output, '.', what));
  constants_.push_back({name, std::move(extents), std::move(values)});
  return name;
}

NASNET_BODY void emit_onnx(const CustomPrimitive& primitive, OnnxCall& call) {
  if (primitive.try_emit_onnx(call)) return;
  fail<ArgumentError>(call.name(), ": the primitive '", name_of(primitive), "' cannot be written as ONNX; it needs ",
                      "emit_onnx(const P&, OnnxCall&) beside its type");
}

NASNET_BODY OnnxCall::OnnxCall(Values values, OnnxNames& names) : values_(std::move(values)), names_(names) {}

NASNET_BODY const std::string& OnnxCall::input(std::size_t index) const& { return at(values_.inputs, index, "input"); }

NASNET_BODY const FeatureShape& OnnxCall::input_shape(std::size_t index) const& {
  return at(values_.input_shapes, index, "input");
}

NASNET_BODY const std::string& OnnxCall::parameter(std::size_t index) const& {
  return at(values_.parameters, index, "parameter");
}

}  // namespace nasnet::inline NASNET_ABI
