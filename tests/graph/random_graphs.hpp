// Random graphs of all primitives.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "graph/random_cells.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/primitive/primitive.hpp"

namespace graph_probe {

using nasnet::GraphBuilder;
using nasnet::NetworkGraph;
using nasnet::Value;

inline std::string describe(const NetworkGraph& graph) {
  std::string text;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    text += "\n" + std::to_string(n) + ": " + std::string(name_of(graph.nodes[n].primitive)) + " of";
    for (const int input : graph.nodes[n].inputs) text += " " + std::to_string(input);
    text += ", " + std::to_string(graph.nodes[n].channels) + " channels";
  }
  return text;
}

// Graphs that no network has: values that are read through ReLU and without, summed with themselves, concatenated
// twice, normalised after a concatenation, the input itself among them.
class RandomGraph {
 public:
  RandomGraph(std::uint64_t seed, std::int64_t channels) : random_(static_cast<unsigned>(seed)), builder_(channels) {
    values_.push_back(builder_.input());
    for (int op = 0; op < 14; ++op) {
      const auto scope = builder_.scope("op", op);
      values_.push_back(grow(pick()));
      is_read_.resize(values_.size());
    }
  }

  // The last value and those of its stride that nobody reads, pooled and joined; the rest is of no use.
  NetworkGraph finish() && {
    std::vector<Value> pooled;
    for (std::size_t v = 0; v < values_.size(); ++v) {
      if (!is_read_[v] && values_[v].node >= 0 && values_[v].stride == values_.back().stride) {
        pooled.push_back(builder_.global_average_pool(values_[v]));
      }
    }
    const Value joined = builder_.concat(pooled);
    return std::move(builder_).finish(
        builder_.dense(random_below(random_, 2) == 0 ? joined : builder_.relu(joined), 7, "classifier"));
  }

 private:
  Value pick() {
    const auto v = static_cast<std::size_t>(random_below(random_, static_cast<int>(values_.size())));
    is_read_.resize(values_.size());
    is_read_[v] = true;
    return values_[v];
  }

  // Another value of maps of the same size, or the same one.
  Value pick_like(Value x, bool equal_channels) {
    for (int attempt = 0; attempt < 8; ++attempt) {
      const auto v = static_cast<std::size_t>(random_below(random_, static_cast<int>(values_.size())));
      if (values_[v].stride != x.stride || (equal_channels && values_[v].channels != x.channels)) continue;
      is_read_[v] = true;
      return values_[v];
    }
    return x;
  }

  Value grow(Value x) {
    GraphBuilder& g = builder_;
    const std::int64_t filters = 1 + random_below(random_, 9);
    const std::int64_t kernel = 1 + random_below(random_, 4);
    const std::int64_t stride = x.stride < 4 ? 1 + random_below(random_, 2) : 1;
    switch (random_below(random_, 19)) {
      case 0: return g.relu(x);
      case 1: return g.convolution(x, filters, {.kernel = kernel, .stride = stride});
      case 2: return g.batch_norm(g.convolution(g.relu(x), filters, {.kernel = 3, .stride = stride, .dilation = 2}));
      case 3: return g.pointwise(x, filters);
      case 4: return g.batch_norm(g.pointwise(g.relu(x), filters));
      case 5: return g.depthwise(x, {.kernel = kernel, .stride = stride});
      case 6:
      case 7:
        return g.batch_norm(g.pointwise(g.depthwise(g.relu(x), {.kernel = kernel + 3, .stride = stride}), filters));
      case 8: return g.pointwise(g.depthwise(x, {.kernel = 3, .stride = stride}), filters);
      case 9: return g.subsample(x, 2, random_below(random_, 2));
      case 10: return stride == 1 ? g.batch_norm(x) : g.factorized_reduction(g.relu(x), filters + 1);
      case 11: return g.max_pool(x, {.kernel = kernel, .stride = stride});
      case 12: return g.average_pool(x, {.kernel = kernel, .stride = stride});
      case 13: return g.layer_norm(x);
      case 14: return g.instance_norm(x);
      case 15: return g.add(x, pick_like(x, true));
      case 16: return g.add(g.drop_path(g.batch_norm(g.pointwise(x, x.channels)), 0.5), pick_like(x, true));
      case 17: return g.concat(std::vector<Value>{x, pick_like(x, false), pick_like(x, false)});
      default: return g.zero(x, filters, stride);
    }
  }

  std::mt19937 random_;
  GraphBuilder builder_;
  std::vector<Value> values_;
  std::vector<bool> is_read_;
};

}  // namespace graph_probe
