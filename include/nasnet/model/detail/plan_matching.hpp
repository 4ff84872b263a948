/// Which nodes of a network an inference plan computes together, found by matching the graph.
#pragma once

#include <algorithm>  // all_of
#include <cstddef>    // size_t
#include <optional>   // optional
#include <variant>    // get_if
#include <vector>     // vector

#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What a node reads: another node's value, -1 for the network's input, perhaps through a ReLU.
struct PlanOperand {
  int node = -1;
  bool rectify = false;

  bool operator==(const PlanOperand&) const = default;
};

/// A convolution or dense layer with what is fused to it, or the paths of a factorised reduction.
struct PlanConvolution {
  std::vector<int> cores{};        ///< the nodes with the weights
  std::optional<int> depthwise{};  ///< the depthwise convolution before the one core
  std::vector<int> subsamples{};   ///< or the subsampling before each
  PlanOperand input{};
  std::optional<int> batch_norm{};  ///< folded into the weights
};

/// How each node of a network is computed.
class PlanMatching {
 public:
  /// @param outputs nodes whose values are wanted
  NASNET_LAZY PlanMatching(const NetworkGraph& graph, const std::vector<int>& outputs)
      : graph_(graph),
        live_(graph.nodes.size()),
        alias_(graph.nodes.size()),
        readers_(graph.nodes.size()),
        inside_(graph.nodes.size()),
        convolutions_(graph.nodes.size()),
        hosts_(graph.nodes.size()),
        hosted_(graph.nodes.size()) {
    find_live_nodes(outputs);
    find_aliases();
    find_readers(outputs);
    for (int n = 0; n < size(); ++n) match_first_part(n);
    for (int n = 0; n < size(); ++n) match_factorized_reduction(n);
    for (int n = 0; n < size(); ++n) match_convolution(n);
    for (int n = 0; n < size(); ++n) match_sum(n);
  }

  /// Whether a node has a value of its own: it is needed, no other value stands for it, and it is no inner part of
  /// another node's step.
  NASNET_LAZY [[nodiscard]] bool has_value(int node) const {
    return live_[at(node)] && !alias_[at(node)] && !inside_[at(node)] && !is_transparent_relu(node);
  }

  /// The node whose value a node's is; -1 for the network's input.
  NASNET_LAZY [[nodiscard]] int value_of(int node) const {
    while (node >= 0 && alias_[at(node)]) node = *alias_[at(node)];
    return node;
  }

  /// What a step that can apply ReLU reads of an input.
  NASNET_LAZY [[nodiscard]] PlanOperand operand(int input) const {
    PlanOperand operand{value_of(input), false};
    while (operand.node >= 0 && is_transparent_relu(operand.node)) {
      operand = {value_of(graph_.nodes[at(operand.node)].inputs[0]), true};
    }
    return operand;
  }

  /// The convolution that makes a node's value, if one does.
  NASNET_LAZY [[nodiscard]] const std::optional<PlanConvolution>& convolution(int node) const {
    return convolutions_[at(node)];
  }

  /// Of a sum of two: the value that takes in the other one while it is computed.
  NASNET_LAZY [[nodiscard]] std::optional<int> host(int sum) const { return hosts_[at(sum)]; }
  NASNET_LAZY void release_host(int sum) {
    if (hosts_[at(sum)]) hosted_[at(*hosts_[at(sum)])] = false;
    hosts_[at(sum)].reset();
  }
  /// Whether a value is computed as a part of a sum.
  NASNET_LAZY [[nodiscard]] bool is_hosted(int node) const { return hosted_[at(node)]; }

  NASNET_LAZY [[nodiscard]] bool has_one_reader(int node) const { return readers_[at(node)].size() == 1; }

  /// Whether only steps that copy pixels piece by piece read the network's input.
  NASNET_LAZY [[nodiscard]] bool input_is_gathered() const {
    bool gathered = true;
    for (int n = 0; n < size(); ++n) {
      if (!has_value(n)) continue;
      const std::optional<PlanConvolution>& convolution = convolutions_[at(n)];
      if (convolution) {
        gathered = gathered && !(convolution->input.node < 0 && convolution->depthwise);
      } else {
        for (const int input : graph_.nodes[at(n)].inputs) gathered = gathered && operand(input).node >= 0;
      }
    }
    return gathered;
  }

  template <class P>
  [[nodiscard]] const P* as(int node) const {
    return node < 0 ? nullptr : std::get_if<P>(&graph_.nodes[at(node)].primitive);
  }

 private:
  static constexpr int outside = -1;  // a reader that is no node: who wants the outputs

  [[nodiscard]] static std::size_t at(int node) { return static_cast<std::size_t>(node); }
  [[nodiscard]] int size() const { return static_cast<int>(graph_.nodes.size()); }
  NASNET_LAZY [[nodiscard]] bool is_computed(int node) const { return live_[at(node)] && !alias_[at(node)]; }

  NASNET_LAZY void find_live_nodes(const std::vector<int>& outputs) {
    for (const int output : outputs) live_[at(output)] = true;
    for (int n = size() - 1; n >= 0; --n) {
      if (!live_[at(n)]) continue;
      for (const int input : graph_.nodes[at(n)].inputs) {
        if (input >= 0) live_[at(input)] = true;
      }
    }
  }

  /// What evaluation passes through.
  NASNET_LAZY void find_aliases() {
    for (int n = 0; n < size(); ++n) {
      const std::vector<int>& inputs = graph_.nodes[at(n)].inputs;
      const bool single = inputs.size() == 1 && (as<Add>(n) != nullptr || as<Concat>(n) != nullptr);
      if (as<DropPath>(n) != nullptr || as<Dropout>(n) != nullptr || single) alias_[at(n)] = inputs[0];
    }
  }

  NASNET_LAZY void find_readers(const std::vector<int>& outputs) {
    const auto add = [&](int input, int reader) {
      if (const int value = value_of(input); value >= 0) readers_[at(value)].push_back(reader);
    };
    for (int n = 0; n < size(); ++n) {
      if (!is_computed(n)) continue;
      for (const int input : graph_.nodes[at(n)].inputs) add(input, n);
    }
    for (const int output : outputs) add(output, outside);
  }

  /// The one reader of a value, if it is a P.
  template <class P>
  [[nodiscard]] std::optional<int> only_reader(int node) const {
    const std::vector<int>& readers = readers_[at(node)];
    if (readers.size() != 1 || as<P>(readers[0]) == nullptr) return std::nullopt;
    return readers[0];
  }

  NASNET_LAZY [[nodiscard]] bool is_transparent_relu(int node) const {
    const std::vector<int>& readers = readers_[at(node)];
    return as<Relu>(node) != nullptr && std::all_of(readers.begin(), readers.end(), [&](int reader) {
             return reader != outside &&
                    (inside_[at(reader)] || as<Pointwise>(reader) != nullptr || as<Convolution>(reader) != nullptr ||
                     as<Dense>(reader) != nullptr || as<GlobalAveragePool>(reader) != nullptr);
           });
  }

  /// A depthwise convolution or subsampling that one pointwise convolution reads.
  NASNET_LAZY void match_first_part(int node) {
    if (!is_computed(node) || (as<Depthwise>(node) == nullptr && as<Subsample>(node) == nullptr)) return;
    inside_[at(node)] = only_reader<Pointwise>(node).has_value();
  }

  /// A batch norm over a concatenation of pointwise convolutions that read every so many pixels of one value.
  NASNET_LAZY void match_factorized_reduction(int norm) {
    if (!is_computed(norm) || as<BatchNorm>(norm) == nullptr) return;
    const int concat = value_of(graph_.nodes[at(norm)].inputs[0]);
    if (as<Concat>(concat) == nullptr || !has_one_reader(concat)) return;
    PlanConvolution convolution{.batch_norm = norm};
    for (const int input : graph_.nodes[at(concat)].inputs) {
      const int path = value_of(input);
      const int source = as<Pointwise>(path) == nullptr ? -1 : value_of(graph_.nodes[at(path)].inputs[0]);
      if (as<Subsample>(source) == nullptr || !has_one_reader(path) || !inside_[at(source)]) return;
      convolution.cores.push_back(path);
      convolution.subsamples.push_back(source);
    }
    const auto read = [&](int subsample) { return operand(graph_.nodes[at(subsample)].inputs[0]); };
    convolution.input = read(convolution.subsamples[0]);
    for (const int subsample : convolution.subsamples) {
      if (!(read(subsample) == convolution.input)) return;
      if (as<Subsample>(subsample)->step != as<Subsample>(convolution.subsamples[0])->step) return;
    }
    for (const int path : convolution.cores) inside_[at(path)] = true;
    inside_[at(concat)] = true;
    convolutions_[at(norm)] = convolution;
  }

  NASNET_LAZY void match_convolution(int core) {
    const bool pointwise = as<Pointwise>(core) != nullptr;
    if (!is_computed(core) || inside_[at(core)]) return;
    if (!pointwise && as<Convolution>(core) == nullptr && as<Dense>(core) == nullptr) return;
    PlanConvolution convolution{.cores = {core}};
    int input = graph_.nodes[at(core)].inputs[0];
    if (const int source = value_of(input); pointwise && source >= 0 && inside_[at(source)]) {
      if (as<Depthwise>(source) != nullptr) {
        convolution.depthwise = source;
      } else {
        convolution.subsamples = {source};
      }
      input = graph_.nodes[at(source)].inputs[0];
    }
    convolution.input = operand(input);
    int value = core;
    if (const auto reader = only_reader<BatchNorm>(core)) {
      convolution.batch_norm = value = *reader;
      inside_[at(core)] = true;
    }
    convolutions_[at(value)] = convolution;
  }

  NASNET_LAZY void match_sum(int sum) {
    if (!is_computed(sum) || as<Add>(sum) == nullptr || graph_.nodes[at(sum)].inputs.size() != 2) return;
    for (const int input : graph_.nodes[at(sum)].inputs) {
      const int value = value_of(input);
      if (value < 0 || !has_one_reader(value) || !can_host(value)) continue;
      if (!hosts_[at(sum)] || value > *hosts_[at(sum)]) hosts_[at(sum)] = value;
    }
    if (hosts_[at(sum)]) hosted_[at(*hosts_[at(sum)])] = true;
  }

  NASNET_LAZY [[nodiscard]] bool can_host(int node) const {
    return convolutions_[at(node)] || as<MaximumPool>(node) != nullptr || as<AveragePool>(node) != nullptr;
  }

  const NetworkGraph& graph_;
  std::vector<bool> live_;
  std::vector<std::optional<int>> alias_;
  std::vector<std::vector<int>> readers_;
  std::vector<bool> inside_;
  std::vector<std::optional<PlanConvolution>> convolutions_;
  std::vector<std::optional<int>> hosts_;
  std::vector<bool> hosted_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
