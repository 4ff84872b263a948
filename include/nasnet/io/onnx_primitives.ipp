#pragma once

#include "nasnet/io/onnx_primitives.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <limits>   // numeric_limits
#include <string>   // string
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/primitive/onnx_call.hpp"
#include "nasnet/primitive/primitives.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] std::vector<OnnxAttribute> onnx_convolution(const Window& window, Size map,
                                                                      std::int64_t groups = 1);

/// Rows and columns of padding: above, to the left, below, to the right.
NASNET_LAZY [[nodiscard]] inline OnnxIntegers onnx_pads(const Window& window, Size map) {
  const WindowAxis rows = window.vertical();
  const WindowAxis columns = window.horizontal();
  return {rows.before(map.height), columns.before(map.width), rows.after(map.height), columns.after(map.width)};
}

/// What convolutions and pools have in common.
NASNET_LAZY [[nodiscard]] inline std::vector<OnnxAttribute> onnx_window(const Window& window, OnnxIntegers pads) {
  return {{"kernel_shape", OnnxIntegers{window.kernel_height, window.kernel_width}},
          {"strides", OnnxIntegers{window.stride_height, window.stride_width}},
          {"pads", std::move(pads)}};
}

NASNET_BODY std::vector<OnnxAttribute> onnx_convolution(const Window& window, Size map, std::int64_t groups) {
  std::vector<OnnxAttribute> attributes = onnx_window(window, onnx_pads(window, map));
  attributes.push_back({"dilations", OnnxIntegers{window.dilation, window.dilation}});
  attributes.push_back({"group", groups});
  return attributes;
}

/// How many cells of an axis of n cells each window covers.
/// @throws ShapeError where one covers none, as the pools do: dilated windows may step over all of a small map.
NASNET_LAZY [[nodiscard]] inline std::vector<std::int64_t> cells_covered(const std::string& who, const WindowAxis& axis,
                                                                         std::int64_t n) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(axis.output(n)));
  for (std::size_t o = 0; o < counts.size(); ++o) {
    const std::int64_t start = static_cast<std::int64_t>(o) * axis.stride - axis.before(n);
    for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
      const std::int64_t cell = start + tap * axis.dilation;
      if (cell >= 0 && cell < n) ++counts[o];
    }
    if (counts[o] == 0) {
      fail<ShapeError>(who, ": a window of ", axis.kernel, " taps with dilation ", axis.dilation,
                       " covers no cell of an axis of ", n);
    }
  }
  return counts;
}

/// Sums of the windows, times one over the number of cells in each. AveragePool has dilations from opset 19 on only.
NASNET_LAZY inline void emit_dilated_average(const Window& window, OnnxCall& call) {
  const FeatureShape& map = call.input_shape();
  const FeatureShape& output = call.output_shape();
  const auto rows = cells_covered(call.name(), window.vertical(), map.height);
  const auto columns = cells_covered(call.name(), window.horizontal(), map.width);
  std::vector<float> shares;
  for (const std::int64_t row : rows) {
    for (const std::int64_t column : columns) shares.push_back(1.0F / static_cast<float>(row * column));
  }
  const std::string ones =
      call.floats("ones", {map.channels, 1, window.kernel_height, window.kernel_width},
                  std::vector<float>(static_cast<std::size_t>(map.channels * window.taps()), 1.0F));
  const std::string sums = call.add("Conv", {call.input(), ones}, onnx_convolution(window, map.size(), map.channels));
  const std::string share = call.floats("share", {1, 1, output.height, output.width}, std::move(shares));
  call.add_output("Mul", {sums, share});
}

/// A value [N,C,...] without the mean of each channel, for an instance normalisation to read.
///
/// Runtimes normalise as x s + (shift - mean s) with s = scale / sqrt(variance + epsilon). Where a map hardly varies, s
/// is near a thousand, and the digits that a mean beside it costs would be seen in the logits.
NASNET_LAZY [[nodiscard]] inline std::string onnx_centred(OnnxCall& call, const std::string& value) {
  return call.add("Sub", {value, call.add("GlobalAveragePool", {value})});
}

/// A parameter [C] as [C,1,1], which acts on each channel of a map.
NASNET_LAZY [[nodiscard]] inline std::string onnx_per_channel(OnnxCall& call, std::size_t parameter) {
  return call.add("Unsqueeze", {call.parameter(parameter), call.integers("axes", {1, 2})});
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void emit_onnx(const Depthwise& depthwise, OnnxCall& call) {
  call.add_output("Conv", {call.input(), call.parameter(0)},
                  detail::onnx_convolution(depthwise.window, call.input_shape().size(), call.input_shape().channels));
}

NASNET_BODY void emit_onnx(const MaximumPool& pool, OnnxCall& call) {
  const Size map = call.input_shape().size();
  detail::OnnxIntegers pads = detail::onnx_pads(pool.window, map);
  if (pool.window.dilation == 1) {
    call.add_output("MaxPool", {call.input()}, detail::onnx_window(pool.window, std::move(pads)));
    return;
  }
  static_cast<void>(detail::cells_covered(call.name(), pool.window.vertical(), map.height));
  static_cast<void>(detail::cells_covered(call.name(), pool.window.horizontal(), map.width));
  const std::string around = call.integers("pads", {0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]});
  const std::string outside = call.floats("outside", {}, {-std::numeric_limits<float>::infinity()});
  const std::string padded = call.add("Pad", {call.input(), around, outside});
  std::vector<OnnxAttribute> attributes = detail::onnx_window(pool.window, {0, 0, 0, 0});
  attributes.push_back({"dilations", detail::OnnxIntegers{pool.window.dilation, pool.window.dilation}});
  call.add_output("MaxPool", {padded}, std::move(attributes));
}

NASNET_BODY void emit_onnx(const AveragePool& pool, OnnxCall& call) {
  if (pool.window.dilation > 1) {
    detail::emit_dilated_average(pool.window, call);
    return;
  }
  std::vector<OnnxAttribute> attributes =
      detail::onnx_window(pool.window, detail::onnx_pads(pool.window, call.input_shape().size()));
  attributes.push_back({"count_include_pad", std::int64_t{0}});
  call.add_output("AveragePool", {call.input()}, std::move(attributes));
}

NASNET_BODY void emit_onnx(const Subsample& subsample, OnnxCall& call) {
  if (subsample.offset < 0) {
    fail<ShapeError>(call.name(), ": offset ", subsample.offset, " of a subsample, 0 or more is wanted");
  }
  const FeatureShape& map = call.input_shape();
  const FeatureShape& output = call.output_shape();
  const std::int64_t bottom = (output.height - 1) * subsample.step + subsample.offset + 1;
  const std::int64_t right = (output.width - 1) * subsample.step + subsample.offset + 1;
  const std::int64_t below = bottom > map.height ? bottom - map.height : 0;
  const std::int64_t beside = right > map.width ? right - map.width : 0;
  std::string padded = call.input();
  if (below > 0 || beside > 0) {
    padded = call.add("Pad", {padded, call.integers("pads", {0, 0, 0, 0, 0, 0, below, beside})});
  }
  const std::string starts = call.integers("starts", {subsample.offset, subsample.offset});
  const std::string ends = call.integers("ends", {bottom, right});
  const std::string axes = call.integers("axes", {2, 3});
  const std::string steps = call.integers("steps", {subsample.step, subsample.step});
  call.add_output("Slice", {padded, starts, ends, axes, steps});
}

NASNET_BODY void emit_onnx(const BatchNorm& norm, OnnxCall& call) {
  call.add_output("BatchNormalization",
                  {call.input(), call.parameter(0), call.parameter(1), call.parameter(2), call.parameter(3)},
                  {{"epsilon", static_cast<float>(norm.epsilon)}});
}

NASNET_BODY void emit_onnx(const LayerNorm& norm, OnnxCall& call) {
  const FeatureShape& map = call.input_shape();
  const std::string line = call.add("Reshape", {call.input(), call.integers("line", {0, 1, -1})});
  const std::string one = call.floats("one", {1}, {1.0F});
  const std::string zero = call.floats("zero", {1}, {0.0F});
  const std::string normal = call.add("InstanceNormalization", {detail::onnx_centred(call, line), one, zero},
                                      {{"epsilon", static_cast<float>(norm.epsilon)}});
  const std::string shape = call.integers("map", {0, map.channels, map.height, map.width});
  const std::string scaled = call.add("Mul", {call.add("Reshape", {normal, shape}), detail::onnx_per_channel(call, 0)});
  call.add_output("Add", {scaled, detail::onnx_per_channel(call, 1)});
}

NASNET_BODY void emit_onnx(const InstanceNorm& norm, OnnxCall& call) {
  const std::string centred = detail::onnx_centred(call, call.input());
  call.add_output("InstanceNormalization", {centred, call.parameter(0), call.parameter(1)},
                  {{"epsilon", static_cast<float>(norm.epsilon)}});
}

NASNET_BODY void emit_onnx(const Zeros&, OnnxCall& call) {
  const FeatureShape& output = call.output_shape();
  const std::string samples = call.add("Shape", {call.input()}, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
  const std::string map = call.integers("map", {output.channels, output.height, output.width});
  const std::string shape = call.add("Concat", {samples, map}, {{"axis", std::int64_t{0}}});
  call.add_output("ConstantOfShape", {shape});
}

NASNET_BODY void emit_onnx(const Dense&, OnnxCall& call) {
  const std::string kernel = call.add("Unsqueeze", {call.parameter(0), call.integers("axes", {2, 3})});
  call.add_output("Conv", {call.input(), kernel, call.parameter(1)},
                  detail::onnx_convolution(Window{}, call.input_shape().size()));
}

NASNET_BODY void emit_onnx(const Convolution& convolution, OnnxCall& call) {
  call.add_output("Conv", {call.input(), call.parameter(0)},
                  detail::onnx_convolution(convolution.window, call.input_shape().size()));
}

NASNET_BODY void emit_onnx(const Pointwise&, OnnxCall& call) {
  call.add_output("Conv", {call.input(), call.parameter(0)},
                  detail::onnx_convolution(Window{}, call.input_shape().size()));
}

NASNET_BODY void emit_onnx(const GlobalAveragePool&, OnnxCall& call) {
  call.add_output("GlobalAveragePool", {call.input()});
}

NASNET_BODY void emit_onnx(const Relu&, OnnxCall& call) { call.add_output("Relu", {call.input()}); }

NASNET_BODY void emit_onnx(const Add&, OnnxCall& call) {
  call.add_output(call.inputs().size() == 2 ? "Add" : "Sum", call.inputs());
}

NASNET_BODY void emit_onnx(const Concat&, OnnxCall& call) {
  call.add_output("Concat", call.inputs(), {{"axis", std::int64_t{1}}});
}

}  // namespace nasnet::inline NASNET_ABI
