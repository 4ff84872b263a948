/// Which nodes of a network are computed together in training, found by matching the graph.
#pragma once

#include <cstddef>   // size_t
#include <optional>  // optional
#include <utility>   // move
#include <variant>   // get_if
#include <vector>    // vector

#include "nasnet/graph/network_graph.hpp"
#include "nasnet/primitive/convolution_chain.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A chain of nodes that is one chain, or two.
struct MatchedChain {
  std::optional<ConvolutionChain> before{};  ///< whose map the chain alone reads
  ConvolutionChain chain{};
  int input = -1;                 ///< node that the chain reads; -1 for the images
  int addend = -1;                ///< and the one that it adds, if chain.adds
  std::vector<int> parameters{};  ///< of all nodes, in order
};

/// The chains of a network. A chain stands at its last node, a batch norm or a sum; its other nodes are not computed.
class ChainMatching {
 public:
  /// @param with_drop_path whether paths are dropped in this training; else drop paths are passed through
  NASNET_LAZY ChainMatching(const NetworkGraph& graph, bool with_drop_path)
      : graph_(graph),
        with_drop_path_(with_drop_path),
        readers_(graph.nodes.size()),
        chains_(graph.nodes.size()),
        ends_(graph.nodes.size()) {
    for (const GraphNode& node : graph.nodes) {
      for (const int input : node.inputs) count_reader(input);
    }
    count_reader(graph.output);
    if (graph.auxiliary_output) count_reader(*graph.auxiliary_output);
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) ends_[n] = static_cast<int>(n);
    for (int n = 0; n < static_cast<int>(graph.nodes.size()); ++n) match(n);
    for (int n = 0; n < static_cast<int>(graph.nodes.size()); ++n) match_sum(n);
    for (int n = 0; n < static_cast<int>(graph.nodes.size()); ++n) match_pair(n);
  }

  [[nodiscard]] const std::vector<std::optional<MatchedChain>>& chains() const { return chains_; }

  /// For each node, the one at which it is computed: itself, or the last node of its chain.
  [[nodiscard]] const std::vector<int>& ends() const { return ends_; }

 private:
  [[nodiscard]] static std::size_t at(int node) { return static_cast<std::size_t>(node); }

  NASNET_LAZY void count_reader(int node) {
    if (node >= 0) ++readers_[at(node)];  // others are the images
  }

  /// The node before, if it is a P whose map nobody else reads.
  template <class P>
  [[nodiscard]] std::optional<int> step_back(int node) const {
    const int before = graph_.nodes[at(node)].inputs[0];
    if (before < 0 || readers_[at(before)] != 1) return std::nullopt;
    return std::get_if<P>(&graph_.nodes[at(before)].primitive) == nullptr ? std::nullopt : std::optional(before);
  }

  template <class P>
  [[nodiscard]] const P& primitive(int node) const {
    return std::get<P>(graph_.nodes[at(node)].primitive);
  }

  NASNET_LAZY void match(int norm) {
    if (std::get_if<BatchNorm>(&graph_.nodes[at(norm)].primitive) == nullptr) return;
    const std::optional<int> pointwise = step_back<Pointwise>(norm);
    if (!pointwise) return;
    MatchedChain matched{
        .chain = {.filters = primitive<Pointwise>(*pointwise).filters, .norm = primitive<BatchNorm>(norm)}};
    std::vector<int> nodes{norm, *pointwise};
    if (const auto depthwise = step_back<Depthwise>(nodes.back())) {
      matched.chain.depthwise = primitive<Depthwise>(*depthwise).window;
      nodes.push_back(*depthwise);
    }
    if (const auto relu = step_back<Relu>(nodes.back())) {
      matched.chain.rectify = true;
      nodes.push_back(*relu);
    }
    matched.input = graph_.nodes[at(nodes.back())].inputs[0];
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
      ends_[at(*node)] = norm;
      const std::vector<int>& parameters = graph_.nodes[at(*node)].parameters;
      matched.parameters.insert(matched.parameters.end(), parameters.begin(), parameters.end());
    }
    chains_[at(norm)] = std::move(matched);
  }

  /// A sum of two of which a chain makes one: the later one, so that the other is there.
  NASNET_LAZY void match_sum(int sum) {
    const std::vector<int>& inputs = graph_.nodes[at(sum)].inputs;
    if (std::get_if<Add>(&graph_.nodes[at(sum)].primitive) == nullptr || inputs.size() != 2) return;
    const std::size_t later = inputs[1] > inputs[0] ? 1 : 0;
    for (const std::size_t side : {later, 1 - later}) {
      std::vector<int> path;
      int node = inputs[side];
      while (is_passed(node)) {
        path.push_back(node);
        node = graph_.nodes[at(node)].inputs[0];
      }
      if (node < 0 || !chains_[at(node)] || chains_[at(node)]->chain.adds || readers_[at(node)] != 1) continue;
      MatchedChain matched = std::move(*chains_[at(node)]);
      chains_[at(node)].reset();
      matched.chain.adds = true;
      matched.addend = inputs[1 - side];
      for (int& end : ends_) end = end == node ? sum : end;
      for (const int passed : path) ends_[at(passed)] = sum;
      chains_[at(sum)] = std::move(matched);
      return;
    }
  }

  /// A chain whose input another one makes for it alone.
  NASNET_LAZY void match_pair(int node) {
    std::optional<MatchedChain>& second = chains_[at(node)];
    if (!second || second->input < 0 || readers_[at(second->input)] != 1) return;
    std::optional<MatchedChain>& first = chains_[at(second->input)];
    if (!first || first->before || first->chain.adds || !first->chain.depthwise) return;
    for (int& end : ends_) end = end == second->input ? node : end;
    second->before = first->chain;
    second->input = first->input;
    second->parameters.insert(second->parameters.begin(), first->parameters.begin(), first->parameters.end());
    first.reset();
  }

  /// Whether a node is a drop path that only the sum reads and that does nothing.
  NASNET_LAZY [[nodiscard]] bool is_passed(int node) const {
    return node >= 0 && !with_drop_path_ && readers_[at(node)] == 1 &&
           std::get_if<DropPath>(&graph_.nodes[at(node)].primitive) != nullptr;
  }

  const NetworkGraph& graph_;
  bool with_drop_path_;
  std::vector<int> readers_;  // of each node
  std::vector<std::optional<MatchedChain>> chains_;
  std::vector<int> ends_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
