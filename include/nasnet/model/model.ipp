#pragma once

#include "nasnet/model/model.hpp"

#include <algorithm>  // any_of, find, find_if, max
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <memory>     // make_shared
#include <optional>   // optional
#include <span>       // span
#include <string>     // string
#include <utility>    // move
#include <variant>    // get_if
#include <vector>     // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"
#include "nasnet/model/detail/chain_matching.hpp"
#include "nasnet/model/initialization.hpp"
#include "nasnet/ops/convolution_chain.hpp"
#include "nasnet/ops/double_convolution_chain.hpp"
#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI {

/// What is computed where.
template <class Scalar>
struct Model<Scalar>::Schedule {
  std::vector<std::optional<detail::MatchedChain>> chains;  ///< at their last nodes
  std::vector<int> ends;                                    ///< the node at which each node is computed
  std::vector<std::vector<int>> released_after;             ///< nodes whose last reader a node is

  Schedule(const NetworkGraph& graph, std::vector<std::optional<detail::MatchedChain>> matched,
           std::vector<int> computed_at)
      : chains(std::move(matched)), ends(std::move(computed_at)), released_after(graph.nodes.size()) {
    std::vector<int> last = ends;  // reader of each node
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      for (const int source : graph.nodes[n].inputs) {
        if (source < 0) continue;
        int& reader = last[static_cast<std::size_t>(source)];
        reader = (std::max)(reader, ends[n]);
      }
    }
    for (std::size_t n = 0; n < last.size(); ++n) {
      released_after[static_cast<std::size_t>(last[n])].push_back(static_cast<int>(n));
    }
  }
};

template <class Scalar>
Model<Scalar>::Model(NetworkGraph graph, const RandomStream& random) : graph_(std::move(graph)) {
  for (const GraphParameter& parameter : graph_.parameters) {
    parameters_.emplace_back(initial_values<Scalar>(parameter.spec, random.split(parameter.name)),
                             parameter.spec.role == ParameterRole::trainable);
  }
  std::vector<int> themselves;
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) themselves.push_back(static_cast<int>(n));
  auto schedules = std::make_shared<std::vector<Schedule>>();
  schedules->emplace_back(graph_, std::vector<std::optional<detail::MatchedChain>>(graph_.nodes.size()),
                          std::move(themselves));
  for (const bool with_drop_path : {false, true}) {
    const detail::ChainMatching matching(graph_, with_drop_path);
    schedules->emplace_back(graph_, matching.chains(), matching.ends());
  }
  schedules_ = std::move(schedules);
}

template <class Scalar>
void Model<Scalar>::clear_gradients() {
  for (Variable<Scalar>& parameter : parameters_) parameter.clear_gradient();
}

template <class Scalar>
ModelOutput<Scalar> Model<Scalar>::forward(Tape<Scalar>& tape, const Variable<Scalar>& images,
                                           const RunOptions& run) const {
  const bool with_auxiliary = run.mode != Mode::evaluate && graph_.auxiliary_output.has_value();
  check_images(images.shape(), with_auxiliary);
  std::vector<bool> runs;
  for (const GraphNode& node : graph_.nodes) {
    runs.push_back(node.part != NetworkPart::auxiliary || with_auxiliary);
  }
  std::vector<Variable<Scalar>> values(graph_.nodes.size());
  const bool fuses = run.mode != Mode::evaluate && run.fusion == Fusion::on;
  const std::size_t schedule = !fuses ? 0 : run.drop_path_keep < 1.0 ? 2 : 1;
  return run_nodes(tape, (*schedules_)[schedule], images, values, runs, run, {});
}

template <class Scalar>
std::vector<NodeMap<Scalar>> Model<Scalar>::features(Tape<Scalar>& tape, const Variable<Scalar>& images,
                                                     const std::vector<int>& chosen, const RunOptions& run) const {
  check_images(images.shape(), false);
  std::vector<bool> runs = nodes_below(chosen, std::vector<bool>(graph_.nodes.size(), false));
  std::vector<Variable<Scalar>> values(graph_.nodes.size());
  std::vector<NodeMap<Scalar>> maps;
  static_cast<void>(run_nodes(tape, schedules_->front(), images, values, runs, run, chosen));
  for (const int node : chosen) maps.push_back({node, values[static_cast<std::size_t>(node)]});
  return maps;
}

template <class Scalar>
Variable<Scalar> Model<Scalar>::forward_from(Tape<Scalar>& tape, const std::vector<NodeMap<Scalar>>& known,
                                             const RunOptions& run) const {
  std::vector<Variable<Scalar>> values(graph_.nodes.size());
  std::vector<bool> given(graph_.nodes.size(), false);
  for (const NodeMap<Scalar>& each : known) {
    check_node(each.node);
    check_map(each);
    given[static_cast<std::size_t>(each.node)] = true;
    values[static_cast<std::size_t>(each.node)] = each.map;
  }
  const std::vector<bool> runs = nodes_below({graph_.output}, given);
  check_cut(runs, given);
  if (given[static_cast<std::size_t>(graph_.output)]) return values[static_cast<std::size_t>(graph_.output)];
  return run_nodes(tape, schedules_->front(), {}, values, runs, run, {}).logits;
}

template <class Scalar>
Tensor<Scalar> Model<Scalar>::predict(Context& context, const Tensor<Scalar>& images) const {
  Tape<Scalar> tape(context, Recording::off);
  const Variable<Scalar> input(images.clone(context.allocator()));
  Tensor<Scalar> logits = std::move(forward(tape, input, RunOptions{}).logits.value());
  logits.reshape({logits.extent(0), logits.extent(3)});
  return logits;
}

template <class Scalar>
ModelOutput<Scalar> Model<Scalar>::run_nodes(Tape<Scalar>& tape, const Schedule& schedule,
                                             const Variable<Scalar>& images, std::vector<Variable<Scalar>>& values,
                                             const std::vector<bool>& runs, const RunOptions& run,
                                             const std::vector<int>& kept) const {
  ModelOutput<Scalar> result;
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    const int node = static_cast<int>(n);
    if (!runs[n] || schedule.ends[n] != node) continue;
    values[n] = schedule.chains[n] ? apply(tape, *schedule.chains[n], images, values, run)
                                   : apply(tape, graph_.nodes[n], n, images, values, run);
    if (node == graph_.output) result.logits = values[n];
    if (graph_.auxiliary_output == node) result.auxiliary_logits = values[n];
    for (const int done : schedule.released_after[n]) {
      if (std::find(kept.begin(), kept.end(), done) == kept.end()) values[static_cast<std::size_t>(done)] = {};
    }
  }
  return result;
}

template <class Scalar>
std::vector<bool> Model<Scalar>::nodes_below(const std::vector<int>& chosen, const std::vector<bool>& given) const {
  std::vector<bool> needed(graph_.nodes.size(), false);
  for (const int node : chosen) {
    check_node(node);
    needed[static_cast<std::size_t>(node)] = true;
  }
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    if (given[n]) needed[n] = false;
    if (!needed[n]) continue;
    for (const int source : graph_.nodes[n].inputs) {
      if (source >= 0) needed[static_cast<std::size_t>(source)] = true;
    }
  }
  return needed;
}

template <class Scalar>
void Model<Scalar>::check_node(int node) const {
  const auto count = static_cast<int>(graph_.nodes.size());
  const bool exists = node >= 0 && node < count;
  if (!exists || graph_.nodes[static_cast<std::size_t>(node)].part == NetworkPart::auxiliary) {
    fail<ArgumentError>("network: node ", node, exists ? " belongs to the auxiliary head" : " does not exist",
                        ", it has nodes 0 to ", count - 1);
  }
}

template <class Scalar>
void Model<Scalar>::check_map(const NodeMap<Scalar>& given) const {
  const GraphNode& node = graph_.nodes[static_cast<std::size_t>(given.node)];
  const Shape& shape = given.map.shape();
  if (shape.rank() != 4 || shape.elements() == 0 || shape[3] != node.channels) {
    fail<ShapeError>(node.name, ": the given map is ", shape.to_string(), ", wanted [N,H,W,", node.channels, ']');
  }
}

template <class Scalar>
void Model<Scalar>::check_cut(const std::vector<bool>& runs, const std::vector<bool>& given) const {
  std::vector<bool> needs_images(runs.size(), false);
  const auto leads_to_images = [&](int source) { return source < 0 || needs_images[static_cast<std::size_t>(source)]; };
  for (std::size_t n = 0; n < runs.size(); ++n) {
    const std::vector<int>& sources = graph_.nodes[n].inputs;
    needs_images[n] = runs[n] && std::any_of(sources.begin(), sources.end(), leads_to_images);
  }
  if (!needs_images[static_cast<std::size_t>(graph_.output)]) return;
  const auto last = static_cast<int>(given.rend() - std::find(given.rbegin(), given.rend(), true)) - 1;
  if (last < 0) fail<ArgumentError>("network: no maps are known to go on from");
  // What reads past the last known map lacks one: what its cell reads from outside.
  for (std::size_t n = static_cast<std::size_t>(last); n < runs.size(); ++n) {
    for (int source : graph_.nodes[n].inputs) {
      if (!runs[n] || source >= last || !leads_to_images(source)) continue;
      const int cell = graph_.nodes[n].cell;
      while (cell >= 0 && source >= 0 && graph_.nodes[static_cast<std::size_t>(source)].cell == cell) {
        const std::vector<int>& before = graph_.nodes[static_cast<std::size_t>(source)].inputs;
        source = *std::find_if(before.begin(), before.end(), leads_to_images);
      }
      fail_lacking(graph_.nodes[n], source);
    }
  }
  fail<ArgumentError>("network: the known maps do not lead to the logits alone");
}

template <class Scalar>
void Model<Scalar>::fail_lacking(const GraphNode& reader, int source) const {
  fail<ArgumentError>("network: ", reader.cell < 0 ? join("'", reader.name, "'") : join("cell ", reader.cell),
                      " reads ", source < 0 ? "the images" : graph_.nodes[static_cast<std::size_t>(source)].name,
                      " (node ", source, "), which is not among the known maps and still needs the images");
}

template <class Scalar>
Variable<Scalar> Model<Scalar>::apply(Tape<Scalar>& tape, const GraphNode& node, std::size_t number,
                                      const Variable<Scalar>& images, const std::vector<Variable<Scalar>>& values,
                                      const RunOptions& run) const {
  std::vector<Variable<Scalar>> inputs;
  for (const int source : node.inputs) {
    inputs.push_back(source < 0 ? images : values[static_cast<std::size_t>(source)]);
  }
  if (passes_through(node, run)) return inputs[0];
  std::vector<Variable<Scalar>> parameters;
  for (const int parameter : node.parameters) parameters.push_back(parameters_[static_cast<std::size_t>(parameter)]);
  RunOptions node_run = run;
  node_run.random = run.random.split("node", number);
  return tape.apply(node.primitive, std::span<const Variable<Scalar>>(inputs),
                    std::span<const Variable<Scalar>>(parameters), node_run);
}

template <class Scalar>
Variable<Scalar> Model<Scalar>::apply(Tape<Scalar>& tape, const detail::MatchedChain& matched,
                                      const Variable<Scalar>& images, const std::vector<Variable<Scalar>>& values,
                                      const RunOptions& run) const {
  const auto value = [&](int node) { return node < 0 ? images : values[static_cast<std::size_t>(node)]; };
  std::vector<Variable<Scalar>> inputs;
  inputs.push_back(value(matched.input));
  if (matched.chain.adds) inputs.push_back(value(matched.addend));
  std::vector<Variable<Scalar>> parameters;
  for (const int parameter : matched.parameters) {
    parameters.push_back(parameters_[static_cast<std::size_t>(parameter)]);
  }
  const std::span<const Variable<Scalar>> input_span(inputs);
  const std::span<const Variable<Scalar>> parameter_span(parameters);
  if (!matched.before) return tape.apply(matched.chain, input_span, parameter_span, run);
  return tape.apply(DoubleConvolutionChain{*matched.before, matched.chain}, input_span, parameter_span, run);
}

template <class Scalar>
bool Model<Scalar>::passes_through(const GraphNode& node, const RunOptions& run) {
  if (const auto* path = std::get_if<DropPath>(&node.primitive)) {
    return run.mode == Mode::evaluate || path->keep(run.drop_path_keep, run.drop_path_progress) >= 1.0;
  }
  if (const auto* dropout = std::get_if<Dropout>(&node.primitive)) {
    return run.mode == Mode::evaluate || dropout->keep >= 1.0;
  }
  return false;
}

template <class Scalar>
void Model<Scalar>::check_images(const Shape& shape, bool with_auxiliary) const {
  if (shape.rank() != 4 || shape[3] != graph_.input_channels) {
    fail<ShapeError>("network: images are ", shape.to_string(), ", wanted [N,H,W,", graph_.input_channels, ']');
  }
  if (shape[0] < 1) fail<ShapeError>("network: the batch ", shape.to_string(), " is empty");
  const AuxiliaryHead auxiliary = with_auxiliary ? AuxiliaryHead::included : AuxiliaryHead::excluded;
  static_cast<void>(infer_shapes(graph_, {shape[1], shape[2]}, auxiliary));
}

}  // namespace nasnet::inline NASNET_ABI
