/// Builds network graphs node by node. Ops of the search space expand themselves through it.
#pragma once

#include <cstdint>           // int64_t
#include <initializer_list>  // initializer_list
#include <set>               // set
#include <span>              // span
#include <string>            // string
#include <string_view>       // string_view
#include <utility>           // move
#include <vector>            // vector

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
  NASNET_LAZY explicit GraphBuilder(std::int64_t input_channels, BatchNorm batch_norm = {});

  [[nodiscard]] Value input() const { return {-1, graph_.input_channels, 1}; }

  /// Names of what follows begin with `name`, until the result is destroyed.
  NASNET_LAZY Scope scope(std::string_view name);
  /// The same with a number behind the name: scope("sep", 1) is "sep1".
  NASNET_LAZY Scope scope(std::string_view name, int number);

  NASNET_LAZY Value relu(Value x);
  NASNET_LAZY Value convolution(Value x, std::int64_t filters, ConvolutionOptions options = {},
                                std::string_view name = "conv");
  NASNET_LAZY Value pointwise(Value x, std::int64_t filters, std::string_view name = "pointwise");
  NASNET_LAZY Value depthwise(Value x, DepthwiseOptions options = {}, std::string_view name = "depthwise");
  NASNET_LAZY Value max_pool(Value x, PoolOptions options = {});
  NASNET_LAZY Value average_pool(Value x, PoolOptions options = {});
  NASNET_LAZY Value global_average_pool(Value x);
  NASNET_LAZY Value subsample(Value x, std::int64_t step, std::int64_t offset);
  NASNET_LAZY Value batch_norm(Value x, std::string_view name = "bn");
  NASNET_LAZY Value layer_norm(Value x, std::string_view name = "norm");
  NASNET_LAZY Value instance_norm(Value x, std::string_view name = "norm");
  NASNET_LAZY Value zero(Value x, std::int64_t filters, std::int64_t stride);
  NASNET_LAZY Value drop_path(Value x, double depth_ratio);
  NASNET_LAZY Value dropout(Value x, double keep);
  NASNET_LAZY Value dense(Value x, std::int64_t units, std::string_view name);
  NASNET_LAZY Value add(std::span<const Value> xs);
  NASNET_LAZY Value add(Value a, Value b);
  /// The value itself where there is only one.
  NASNET_LAZY Value concat(std::span<const Value> xs);

  /// Every second pixel from (0,0) and from (1,1), each through its own 1x1 convolution to half of the filters (the
  /// second gets the extra one), then one batch norm. The caller decides about the ReLU before. Spec of the paper's
  /// released code; zeros stand for what the second path lacks at an odd edge.
  /// @throws ShapeError for fewer than 2 filters.
  NASNET_LAZY Value factorized_reduction(Value x, std::int64_t filters);

  /// Applies any primitive, a user's own among them.
  /// @throws ShapeError where inputs, window or names do not fit.
  template <class P>
  Value apply(P primitive, std::span<const Value> inputs, std::string_view name) {
    return append(make_primitive(std::move(primitive)), inputs, name);
  }
  template <class P>
  Value apply(P primitive, std::initializer_list<Value> inputs, std::string_view name) {
    return apply(std::move(primitive), std::span<const Value>(inputs.begin(), inputs.size()), name);
  }

  /// The part and the cell that following nodes belong to.
  NASNET_LAZY void enter(NetworkPart part, int cell = -1);

  /// Scope and name, for error texts.
  NASNET_LAZY [[nodiscard]] std::string place(std::string_view name) const;

  /// The graph so far, for build_network's own notes.
  [[nodiscard]] NetworkGraph& graph() { return graph_; }

  /// Ends the construction.
  NASNET_LAZY [[nodiscard]] NetworkGraph finish(Value logits) &&;

 private:
  NASNET_LAZY Value append(Primitive primitive, std::span<const Value> inputs, std::string_view name);
  NASNET_LAZY Value append(Primitive primitive, std::initializer_list<Value> inputs, std::string_view name);

  NASNET_LAZY static void check_inputs(const GraphNode& node, std::span<const Value> inputs);

  NASNET_LAZY static void check_window(const GraphNode& node);

  NASNET_LAZY void declare_parameters(GraphNode& node, Channels channels);

  NetworkGraph graph_;
  BatchNorm batch_norm_;
  std::string prefix_;
  std::set<std::string> names_;
  NetworkPart part_ = NetworkPart::stem;
  int cell_ = -1;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/graph_builder.ipp"
#endif
