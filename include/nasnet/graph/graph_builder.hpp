/// Builds network graphs node by node. Ops of the search space expand themselves through it.
#pragma once

#include <concepts>       // convertible_to
#include <cstdint>        // int64_t
#include <span>           // span
#include <string>         // string
#include <string_view>    // string_view
#include <type_traits>    // is_constructible_v
#include <unordered_set>  // unordered_set
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/fwd.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

/// A map in a graph under construction.
struct Value {
  int node = -1;  ///< -1: the network's input
  std::int64_t channels = 0;
  std::int64_t stride = 1;
};

/// What an op of the search space is to deliver: maps of `filters` channels, `stride` times smaller than its input.
struct OpContext {
  std::int64_t stride = 1;
  std::int64_t filters = 0;
};

/// Options of GraphBuilder::convolution. Zero extents take `kernel`, zero strides take `stride`.
struct ConvolutionOptions {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::same;
  std::int64_t kernel_height = 0;
  std::int64_t kernel_width = 0;
  std::int64_t stride_height = 0;
  std::int64_t stride_width = 0;

  [[nodiscard]] constexpr Window window() const {
    return {kernel_height > 0 ? kernel_height : kernel,
            kernel_width > 0 ? kernel_width : kernel,
            stride_height > 0 ? stride_height : stride,
            stride_width > 0 ? stride_width : stride,
            dilation,
            padding};
  }
};

/// Options of GraphBuilder::depthwise.
struct DepthwiseOptions {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::same;
  std::vector<double> fixed_weight = {};  ///< a constant kernel [kernel,kernel]; empty: trainable
};

/// Options of the pools.
struct PoolOptions {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  Padding padding = Padding::same;
};

/// A graph under construction: a current scope for names, and one function per primitive.
///
/// A primitive with parameters takes a name; the full names of its parameters are scope, name and the parameter's own,
/// with dots between. A repeated parameter name is an error.
class GraphBuilder {
 public:
  /// Leaves the scope that it stands for when it is destroyed.
  class [[nodiscard]] Scope {
   public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { prefix_.resize(length_); }

   private:
    friend class GraphBuilder;
    Scope(std::string& prefix, std::size_t length) : prefix_(prefix), length_(length) {}
    std::string& prefix_;
    std::size_t length_;
  };

  /// @param batch_norm epsilon and decay of the network's batch norms
  /// @throws ShapeError unless input_channels > 0.
  explicit GraphBuilder(std::int64_t input_channels, BatchNorm batch_norm = {}) : batch_norm_(batch_norm) {
    if (input_channels < 1)
      fail<ShapeError>("network: the input has ", input_channels, " channels, 1 or more are needed");
    graph_.input_channels = input_channels;
  }

  [[nodiscard]] Value input() const { return {-1, graph_.input_channels, 1}; }

  /// Names of what follows begin with `name`, until the result is destroyed.
  Scope scope(std::string_view name) {
    const std::size_t length = prefix_.size();
    prefix_.append(name).push_back('.');
    return Scope(prefix_, length);
  }
  /// The same with a number behind the name: scope("sep", 1) is "sep1".
  Scope scope(std::string_view name, int number) { return scope(join(name, number)); }

  Value relu(Value x) { return apply(Relu{}, {x}, "relu"); }
  Value convolution(Value x, std::int64_t filters, ConvolutionOptions options = {}, std::string_view name = "conv") {
    const Window window = options.window();
    if (window == Window{}) return pointwise(x, filters, name);
    return apply(Convolution{window, filters}, {x}, name);
  }
  Value pointwise(Value x, std::int64_t filters, std::string_view name = "pointwise") {
    return apply(Pointwise{filters}, {x}, name);
  }
  Value depthwise(Value x, DepthwiseOptions options = {}, std::string_view name = "depthwise") {
    return apply(Depthwise{Window::square(options.kernel, options.stride, options.dilation, options.padding),
                           std::move(options.fixed_weight)},
                 {x}, name);
  }
  Value max_pool(Value x, PoolOptions options = {}) {
    return apply(MaximumPool{Window::square(options.kernel, options.stride, 1, options.padding)}, {x}, "max_pool");
  }
  Value average_pool(Value x, PoolOptions options = {}) {
    return apply(AveragePool{Window::square(options.kernel, options.stride, 1, options.padding)}, {x}, "average_pool");
  }
  Value global_average_pool(Value x) { return apply(GlobalAveragePool{}, {x}, "global_average_pool"); }
  Value subsample(Value x, std::int64_t step, std::int64_t offset) {
    return apply(Subsample{step, offset}, {x}, "subsample");
  }
  Value batch_norm(Value x, std::string_view name = "bn") { return apply(batch_norm_, {x}, name); }
  Value layer_norm(Value x, std::string_view name = "norm") { return apply(LayerNorm{}, {x}, name); }
  Value instance_norm(Value x, std::string_view name = "norm") { return apply(InstanceNorm{}, {x}, name); }
  Value zero(Value x, std::int64_t filters, std::int64_t stride) { return apply(Zeros{stride, filters}, {x}, "zero"); }
  Value drop_path(Value x, double depth_ratio) { return apply(DropPath{depth_ratio}, {x}, "drop_path"); }
  Value dropout(Value x, double keep) { return apply(Dropout{keep}, {x}, "dropout"); }
  Value dense(Value x, std::int64_t units, std::string_view name) { return apply(Dense{units}, {x}, name); }
  Value add(std::span<const Value> xs) { return apply(Add{}, xs, "add"); }
  Value add(Value a, Value b) { return apply(Add{}, {a, b}, "add"); }
  /// The value itself where there is only one.
  Value concat(std::span<const Value> xs) { return xs.size() == 1 ? xs[0] : apply(Concat{}, xs, "concat"); }

  /// Every second pixel from (0,0) and from (1,1), each through its own 1x1 convolution to half of the filters (the
  /// second gets the extra one), then one batch norm. The caller decides about the ReLU before. Spec of the paper's
  /// released code; zeros stand for what the second path lacks at an odd edge.
  /// @throws ShapeError for fewer than 2 filters.
  Value factorized_reduction(Value x, std::int64_t filters) {
    if (filters < 2) fail<ShapeError>(place("factorised reduction"), ": ", filters, " filters, 2 or more are needed");
    const Value even = pointwise(subsample(x, 2, 0), filters / 2, "path1");
    const Value odd = pointwise(subsample(x, 2, 1), filters - filters / 2, "path2");
    return batch_norm(apply(Concat{}, {even, odd}, "concat"));
  }

  /// Applies any primitive, a user's own among them.
  /// @throws ShapeError where inputs, window or names do not fit.
  template <class P>
  Value apply(P primitive, std::span<const Value> inputs, std::string_view name) {
    if constexpr (std::is_constructible_v<Primitive, P>) {
      return append(Primitive(std::move(primitive)), inputs, name);
    } else {
      return append(Primitive(CustomPrimitive(std::move(primitive))), inputs, name);
    }
  }
  template <class P>
  Value apply(P primitive, std::initializer_list<Value> inputs, std::string_view name) {
    return apply(std::move(primitive), std::span<const Value>(inputs.begin(), inputs.size()), name);
  }

  /// The part and the cell that following nodes belong to.
  void enter(NetworkPart part, int cell = -1) {
    part_ = part;
    cell_ = cell;
  }

  /// Scope and name, for error texts.
  [[nodiscard]] std::string place(std::string_view name) const { return join(prefix_, name); }

  /// The graph so far, for build_network's own notes.
  [[nodiscard]] NetworkGraph& graph() { return graph_; }

  /// Ends the construction.
  [[nodiscard]] NetworkGraph finish(Value logits) && {
    graph_.output = logits.node;
    return std::move(graph_);
  }

 private:
  Value append(Primitive primitive, std::span<const Value> inputs, std::string_view name) {
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

  static void check_inputs(const GraphNode& node, std::span<const Value> inputs) {
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

  static void check_window(const GraphNode& node) {
    std::visit(
        [&](const auto& primitive) {
          if constexpr (requires { primitive.window; }) primitive.window.check(node.name);
          if constexpr (requires { primitive.step; }) {
            if (primitive.step < 1) fail<ShapeError>(node.name, ": stride ", primitive.step, " must be at least 1");
          }
        },
        node.primitive);
    if (const auto* depthwise = std::get_if<Depthwise>(&node.primitive)) {
      const auto given = static_cast<std::int64_t>(depthwise->fixed_weight.size());
      if (given != 0 && given != depthwise->window.taps()) {
        fail<ShapeError>(node.name, ": the fixed kernel has ", given, " values, the window has ",
                         depthwise->window.taps(), " taps");
      }
    }
  }

  void declare_parameters(GraphNode& node, Channels channels) {
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

  NetworkGraph graph_;
  BatchNorm batch_norm_;
  std::string prefix_;
  std::unordered_set<std::string> names_;
  NetworkPart part_ = NetworkPart::stem;
  int cell_ = -1;
};

}  // namespace nasnet::inline NASNET_ABI
