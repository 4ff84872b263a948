#pragma once

#include "nasnet/graph/build_network.hpp"

#include <algorithm>  // find
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <optional>   // optional
#include <string>     // string
#include <utility>    // move
#include <vector>     // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/graph/shapes.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Builds one cell: fits its inputs, applies the blocks, concatenates.
class CellBuilder {
 public:
  struct Place {
    CellRole role = CellRole::normal;
    bool in_stem = false;
    std::int64_t filters = 0;
    int number = 0;
    double depth_ratio = 1.0;
  };

  NASNET_LAZY CellBuilder(GraphBuilder& builder, const OpTable& ops, const Cell& cell, int inputs, Place place)
      : g_(builder), ops_(ops), cell_(cell), inputs_(inputs), place_(place) {}

  /// @param sources the maps that the cell reads, most recent first; a first cell has fewer of them than inputs
  /// @returns the concatenation, or the outputs of all blocks where the cell passes them on by themselves
  NASNET_LAZY [[nodiscard]] std::vector<Value> build(const std::vector<Value>& sources) {
    const auto scope = g_.scope("cells." + std::to_string(place_.number));
    g_.enter(NetworkPart::cell, place_.number);
    fit_inputs(sources);
    for (std::size_t b = 0; b < cell_.blocks.size(); ++b) add_block(static_cast<int>(b));
    std::vector<Value> outputs = cell_.concat.empty() ? block_outputs() : std::vector<Value>{concatenate()};
    record(sources, outputs.back());
    return outputs;
  }

 private:
  [[nodiscard]] bool reduces() const { return place_.role == CellRole::reduction; }

  NASNET_LAZY void fit_inputs(const std::vector<Value>& sources) {
    const Value current = sources[0];
    states_.push_back(fit_current(current));
    for (int input = 1; input < inputs_; ++input) {
      // Where there is no earlier map yet, the cell reads the raw current one.
      const bool absent = static_cast<std::size_t>(input) >= sources.size();
      states_.push_back(absent ? current : fit_previous(sources[static_cast<std::size_t>(input)], current, input));
    }
  }

  NASNET_LAZY [[nodiscard]] Value fit_current(Value x) {
    const auto scope = g_.scope("fit_current");
    return relu_conv_bn(g_, x, place_.filters);
  }

  NASNET_LAZY [[nodiscard]] Value fit_previous(Value x, Value current, int input) {
    const auto scope = input == 1 ? g_.scope("fit_previous") : g_.scope("fit_previous", input);
    if (x.stride < current.stride) x = g_.factorized_reduction(g_.relu(x), place_.filters);
    for (int half = 2; x.stride < current.stride; ++half) {
      const auto inner = g_.scope("half", half);
      x = g_.factorized_reduction(g_.relu(x), place_.filters);
    }
    return x.channels == place_.filters ? x : relu_conv_bn(g_, x, place_.filters);
  }

  NASNET_LAZY void add_block(int number) {
    const auto scope = g_.scope("blocks." + std::to_string(number));
    const Block& block = cell_.blocks[static_cast<std::size_t>(number)];
    const Value left = apply_op(block.left, "left");
    const Value right = apply_op(block.right, "right");
    const Value output = combine(left, right, block.combine);
    blocks_.push_back({left.node, right.node, output.node});
    states_.push_back(output);
  }

  NASNET_LAZY [[nodiscard]] Value apply_op(const BlockInput& input, const char* side) {
    const auto scope = g_.scope(side);
    const OpEntry& op = ops_.at(input.op);
    const Value x = states_[static_cast<std::size_t>(input.state)];
    const OpContext at{reduces() && input.state < inputs_ ? 2 : 1, place_.filters};
    if (op.expand == nullptr) {
      fail<GenotypeError>(g_.place("op"), ": '", op.name, "' says no expansion: its table was made of names alone");
    }
    const Value y = op.expand(g_, x, at);
    if (y.channels != at.filters || y.stride != x.stride * at.stride) {
      fail<ShapeError>(g_.place("op"), ": '", op.name, "' returned ", y.channels, " channels at stride ",
                       y.stride / x.stride, ", wanted ", at.filters, " channels at stride ", at.stride);
    }
    return op.is_identity ? y : g_.drop_path(y, place_.depth_ratio);
  }

  NASNET_LAZY [[nodiscard]] Value combine(Value left, Value right, Combiner combiner) {
    switch (combiner) {
      case Combiner::concat: return g_.concat(std::vector<Value>{left, right});
      case Combiner::add_layer_norm: return g_.layer_norm(g_.add(left, right));
      case Combiner::add_instance_norm: return g_.instance_norm(g_.add(left, right));
      case Combiner::add: break;
    }
    return g_.add(left, right);
  }

  [[nodiscard]] std::vector<Value> block_outputs() const { return {states_.begin() + inputs_, states_.end()}; }

  NASNET_LAZY [[nodiscard]] Value concatenate() {
    std::vector<Value> parts;
    for (const int state : cell_.concat) parts.push_back(fit_concat(state));
    return g_.concat(parts);
  }

  /// Block outputs go in as they are; a cell's input may need other channels or, in a reduction cell, half the size.
  NASNET_LAZY [[nodiscard]] Value fit_concat(int state) {
    const Value x = states_[static_cast<std::size_t>(state)];
    if (state >= inputs_) return x;
    const auto scope = g_.scope("fit_concat." + std::to_string(state));
    if (reduces()) return g_.factorized_reduction(x, place_.filters);
    return x.channels == place_.filters ? x : g_.batch_norm(g_.pointwise(x, place_.filters, "conv"));
  }

  NASNET_LAZY void record(const std::vector<Value>& sources, Value output) {
    GraphCell cell{.role = place_.role,
                   .in_stem = place_.in_stem,
                   .filters = place_.filters,
                   .sources = {},
                   .states = {},
                   .blocks = blocks_,
                   .output = output.node};
    for (const Value& source : sources) cell.sources.push_back(source.node);
    for (const Value& state : states_) cell.states.push_back(state.node);
    g_.graph().cells.push_back(std::move(cell));
  }

  GraphBuilder& g_;
  const OpTable& ops_;
  const Cell& cell_;
  int inputs_;
  Place place_;
  std::vector<Value> states_;
  std::vector<GraphCell::BlockNodes> blocks_;
};

/// Builds stem, stacks and heads around the cells.
class NetworkBuilder {
 public:
  NASNET_LAZY NetworkBuilder(const Architecture& architecture, const OpTable& ops, const NetworkConfig& config)
      : architecture_(architecture),
        ops_(ops),
        config_(config),
        g_(config.input_channels, config.batch_norm),
        filters_(config.filters) {}

  NASNET_LAZY [[nodiscard]] NetworkGraph build() && {
    build_stem();
    build_stem_cells();
    for (int stack = 0; stack < 3; ++stack) {
      if (stack > 0) build_reduction();
      const std::int64_t normal_cells = config_.cells_per_stack - (stack > 0 && config_.reduction_starts_stack ? 1 : 0);
      for (std::int64_t n = 0; n < normal_cells; ++n) build_normal(stack > 0 && n == 0);
      if (stack == 1 && config_.image_size) build_auxiliary_head();
    }
    const Value logits = build_head();
    return std::move(g_).finish(logits);
  }

 private:
  NASNET_LAZY void build_stem() {
    const auto scope = g_.scope("stem");
    ConvolutionOptions options{.kernel = 3};
    if (config_.stem == Stem::imagenet) options = {.kernel = 3, .stride = 2, .padding = Padding::valid};
    layers_.push_back({g_.batch_norm(g_.convolution(g_.input(), config_.stem_channels(), options))});
  }

  NASNET_LAZY void build_stem_cells() {
    if (config_.stem != Stem::imagenet) return;
    for (const std::int64_t divisor : {4, 2}) {
      layers_.push_back(build_cell(CellRole::reduction, true, config_.filters / divisor, history()));
    }
  }

  NASNET_LAZY void build_reduction() {
    before_reduction_ = history();
    filters_ = checked_product(filters_, 2);
    layers_.push_back(build_cell(CellRole::reduction, false, filters_, before_reduction_));
  }

  /// @param after_reduction the cell that follows a reduction cell
  NASNET_LAZY void build_normal(bool after_reduction) {
    std::vector<Value> sources = history();
    // The released large network looks past the reduction's input: at what the reduction itself had as previous map.
    if (after_reduction && config_.skip_reduction_input) {
      sources = before_reduction_;
      sources[0] = layers_.back()[0];
    }
    layers_.push_back(build_cell(CellRole::normal, false, filters_, sources));
  }

  NASNET_LAZY [[nodiscard]] std::vector<Value> build_cell(CellRole role, bool in_stem, std::int64_t filters,
                                                          const std::vector<Value>& sources) {
    const auto number = static_cast<int>(g_.graph().cells.size());
    const double depth = static_cast<double>(number + 1) / static_cast<double>(config_.cell_count());
    const Cell& cell = cell_of(architecture_, role);
    return CellBuilder(g_, ops_, cell, architecture_.inputs, {role, in_stem, filters, number, depth}).build(sources);
  }

  /// What the next cell reads, the most recent layer first: one map of each layer. Where cells pass all outputs on,
  /// input j is output j of the layer j layers back (NASNet-B), and the stem stands for layers before it.
  NASNET_LAZY [[nodiscard]] std::vector<Value> history() const {
    const bool passes_on = architecture_.normal.concat.empty();
    std::vector<Value> sources;
    for (std::size_t j = 0; j < static_cast<std::size_t>(architecture_.inputs); ++j) {
      if (j >= layers_.size() && !passes_on) break;
      const std::vector<Value>& layer = j < layers_.size() ? layers_[layers_.size() - 1 - j] : layers_.front();
      sources.push_back(layer[layer.size() > 1 ? j : 0]);
    }
    return sources;
  }

  /// The last layer as one map.
  NASNET_LAZY [[nodiscard]] Value last_map() { return g_.concat(layers_.back()); }

  NASNET_LAZY [[nodiscard]] Value build_head() {
    g_.enter(NetworkPart::head);
    Value x = g_.global_average_pool(g_.relu(last_map()));
    if (config_.dropout_keep < 1.0) x = g_.dropout(x, config_.dropout_keep);
    return g_.dense(x, config_.classes, "head");
  }

  /// Paper's appendix: two thirds of the way up the network, in training only.
  NASNET_LAZY void build_auxiliary_head() {
    g_.enter(NetworkPart::auxiliary);
    const auto scope = g_.scope("aux");
    Value x = last_map();
    const Size map = size_of(x);
    if (map.height < 5 || map.width < 5) {
      fail<ShapeError>("auxiliary head: an image of ", config_.image_size->height, 'x', config_.image_size->width,
                       " leaves a map of ", map.height, 'x', map.width, ", 5x5 or more is needed");
    }
    x = g_.average_pool(g_.relu(x), {.kernel = 5, .stride = 3, .padding = Padding::valid});
    x = g_.relu(g_.batch_norm(g_.pointwise(x, 128, "conv1"), "bn1"));
    const Size rest{(map.height - 5) / 3 + 1, (map.width - 5) / 3 + 1};
    const Convolution whole_map{Window{rest.height, rest.width, 1, 1, 1, Padding::valid}, 768};
    x = g_.relu(g_.batch_norm(g_.apply(whole_map, {x}, "conv2"), "bn2"));
    g_.graph().auxiliary_output = g_.dense(x, config_.classes, "dense").node;
    g_.graph().image_size = config_.image_size;
  }

  NASNET_LAZY [[nodiscard]] Size size_of(Value x) {
    const auto shapes = infer_shapes(g_.graph(), *config_.image_size, AuxiliaryHead::included);
    return shapes[static_cast<std::size_t>(x.node)].size();
  }

  const Architecture& architecture_;
  const OpTable& ops_;
  const NetworkConfig& config_;
  GraphBuilder g_;
  std::int64_t filters_;
  std::vector<std::vector<Value>> layers_;  // outputs of stem and cells, oldest first
  std::vector<Value> before_reduction_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY NetworkGraph build_network(const Architecture& architecture, const OpTable& ops,
                                       const NetworkConfig& config) {
  config.check();
  require_valid(architecture, ops.infos());
  return detail::NetworkBuilder(architecture, ops, config).build();
}

}  // namespace nasnet::inline NASNET_ABI
