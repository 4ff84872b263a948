#pragma once

#include "nasnet/graph/graph_builder.hpp"

#include <concepts>     // convertible_to
#include <cstdint>      // int64_t
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/fwd.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY GraphBuilder::GraphBuilder(std::int64_t input_channels, BatchNorm batch_norm) : batch_norm_(batch_norm) {
  if (input_channels < 1)
    fail<ShapeError>("network: the input has ", input_channels, " channels, 1 or more are needed");
  graph_.input_channels = input_channels;
}

NASNET_BODY GraphBuilder::Scope GraphBuilder::scope(std::string_view name) {
  const std::size_t length = prefix_.size();
  prefix_.append(name).push_back('.');
  return Scope(prefix_, length);
}

NASNET_BODY GraphBuilder::Scope GraphBuilder::scope(std::string_view name, int number) {
  return scope(join(name, number));
}

NASNET_BODY Value GraphBuilder::convolution(Value x, std::int64_t filters, ConvolutionOptions options,
                                            std::string_view name) {
  const Window window = options.window();
  if (window == Window{}) return pointwise(x, filters, name);
  return append(make_primitive(Convolution{window, filters}), {x}, name);
}

NASNET_BODY Value GraphBuilder::depthwise(Value x, DepthwiseOptions options, std::string_view name) {
  return append(
      make_primitive(Depthwise{Window::square(options.kernel, options.stride, options.dilation, options.padding),
                               std::move(options.fixed_weight)}),
      {x}, name);
}

NASNET_BODY Value GraphBuilder::factorized_reduction(Value x, std::int64_t filters) {
  if (filters < 2) fail<ShapeError>(place("factorised reduction"), ": ", filters, " filters, 2 or more are needed");
  const Value even = pointwise(subsample(x, 2, 0), filters / 2, "path1");
  const Value odd = pointwise(subsample(x, 2, 1), filters - filters / 2, "path2");
  return batch_norm(append(make_primitive(Concat{}), {even, odd}, "concat"));
}

NASNET_BODY void GraphBuilder::enter(NetworkPart part, int cell) {
  part_ = part;
  cell_ = cell;
}

NASNET_BODY std::string GraphBuilder::place(std::string_view name) const { return join(prefix_, name); }

NASNET_BODY NetworkGraph GraphBuilder::finish(Value logits) && {
  graph_.output = logits.node;
  return std::move(graph_);
}

NASNET_BODY Value GraphBuilder::append(Primitive primitive, std::span<const Value> inputs, std::string_view name) {
  GraphNode node{.name = place(name),
                 .primitive = std::move(primitive),
                 .inputs = {},
                 .parameters = {},
                 .channels = 0,
                 .stride = 1,
                 .part = part_,
                 .cell = cell_};
  check_inputs(node, inputs);
  std::vector<std::int64_t> channels;
  for (const Value& input : inputs) {
    node.inputs.push_back(input.node);
    channels.push_back(input.channels);
  }
  node.channels = output_channels(node.primitive, channels);
  node.stride = checked_product(inputs[0].stride, stride_of(node.primitive));
  if (node.channels < 1) fail<ShapeError>(node.name, ": ", node.channels, " channels, 1 or more are needed");
  declare_parameters(node, channels);
  const Value value{static_cast<int>(graph_.nodes.size()), node.channels, node.stride};
  graph_.nodes.push_back(std::move(node));
  return value;
}

NASNET_BODY void GraphBuilder::check_inputs(const GraphNode& node, std::span<const Value> inputs) {
  const std::int64_t wanted = input_count(node.primitive);
  if (inputs.empty() || (wanted >= 0 && static_cast<std::int64_t>(inputs.size()) != wanted)) {
    fail<ShapeError>(node.name, ": ", inputs.size(), " inputs given, ",
                     wanted >= 0 ? std::to_string(wanted) : std::string("1 or more"), " wanted");
  }
  for (const Value& input : inputs) {
    if (input.stride != inputs[0].stride) {
      fail<ShapeError>(node.name, ": inputs at strides ", inputs[0].stride, " and ", input.stride);
    }
    if (std::holds_alternative<Add>(node.primitive) && input.channels != inputs[0].channels) {
      fail<ShapeError>(node.name, ": inputs have ", inputs[0].channels, " and ", input.channels, " channels");
    }
  }
  check_window(node);
}

NASNET_BODY void GraphBuilder::check_window(const GraphNode& node) {
  visit_primitive(node.primitive, [&](const auto& primitive) {
    if constexpr (requires { primitive.window; }) primitive.window.check(node.name);
    if constexpr (requires { primitive.step; }) {
      if (primitive.step < 1) fail<ShapeError>(node.name, ": stride ", primitive.step, " must be at least 1");
    }
  });
  if (const auto* depthwise = std::get_if<Depthwise>(&node.primitive)) {
    const auto given = static_cast<std::int64_t>(depthwise->fixed_weight.size());
    if (given != 0 && given != depthwise->window.taps()) {
      fail<ShapeError>(node.name, ": the fixed kernel has ", given, " values, the window has ",
                       depthwise->window.taps(), " taps");
    }
  }
}

NASNET_BODY void GraphBuilder::declare_parameters(GraphNode& node, Channels channels) {
  for (ParameterSpec& spec : parameters_of(node.primitive, channels)) {
    std::string name = join(node.name, '.', spec.name);
    if (!names_.insert(name).second) {
      fail<ShapeError>("network: two parameters are named '", name,
                       "'; give one of the primitives another name or scope");
    }
    node.parameters.push_back(static_cast<int>(graph_.parameters.size()));
    graph_.parameters.push_back({std::move(name), std::move(spec), static_cast<int>(graph_.nodes.size())});
  }
}

NASNET_BODY Value GraphBuilder::relu(Value x) { return append(make_primitive(Relu{}), {x}, "relu"); }

NASNET_BODY Value GraphBuilder::pointwise(Value x, std::int64_t filters, std::string_view name) {
  return append(make_primitive(Pointwise{filters}), {x}, name);
}

NASNET_BODY Value GraphBuilder::max_pool(Value x, PoolOptions options) {
  return append(make_primitive(MaximumPool{Window::square(options.kernel, options.stride, 1, options.padding)}), {x},
                "max_pool");
}

NASNET_BODY Value GraphBuilder::average_pool(Value x, PoolOptions options) {
  return append(make_primitive(AveragePool{Window::square(options.kernel, options.stride, 1, options.padding)}), {x},
                "average_pool");
}

NASNET_BODY Value GraphBuilder::global_average_pool(Value x) {
  return append(make_primitive(GlobalAveragePool{}), {x}, "global_average_pool");
}

NASNET_BODY Value GraphBuilder::subsample(Value x, std::int64_t step, std::int64_t offset) {
  return append(make_primitive(Subsample{step, offset}), {x}, "subsample");
}

NASNET_BODY Value GraphBuilder::batch_norm(Value x, std::string_view name) {
  return append(make_primitive(batch_norm_), {x}, name);
}

NASNET_BODY Value GraphBuilder::layer_norm(Value x, std::string_view name) {
  return append(make_primitive(LayerNorm{}), {x}, name);
}

NASNET_BODY Value GraphBuilder::instance_norm(Value x, std::string_view name) {
  return append(make_primitive(InstanceNorm{}), {x}, name);
}

NASNET_BODY Value GraphBuilder::zero(Value x, std::int64_t filters, std::int64_t stride) {
  return append(make_primitive(Zeros{stride, filters}), {x}, "zero");
}

NASNET_BODY Value GraphBuilder::drop_path(Value x, double depth_ratio) {
  return append(make_primitive(DropPath{depth_ratio}), {x}, "drop_path");
}

NASNET_BODY Value GraphBuilder::dropout(Value x, double keep) {
  return append(make_primitive(Dropout{keep}), {x}, "dropout");
}

NASNET_BODY Value GraphBuilder::dense(Value x, std::int64_t units, std::string_view name) {
  return append(make_primitive(Dense{units}), {x}, name);
}

NASNET_BODY Value GraphBuilder::add(std::span<const Value> xs) { return append(make_primitive(Add{}), xs, "add"); }

NASNET_BODY Value GraphBuilder::add(Value a, Value b) { return append(make_primitive(Add{}), {a, b}, "add"); }

NASNET_BODY Value GraphBuilder::concat(std::span<const Value> xs) {
  return xs.size() == 1 ? xs[0] : append(make_primitive(Concat{}), xs, "concat");
}

NASNET_BODY Value GraphBuilder::append(Primitive primitive, std::initializer_list<Value> inputs,
                                       std::string_view name) {
  return append(std::move(primitive), std::span<const Value>(inputs.begin(), inputs.size()), name);
}

}  // namespace nasnet::inline NASNET_ABI
