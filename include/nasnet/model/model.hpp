/// A network with its parameters: runs forward on a tape for training, without one for evaluation.
#pragma once

#include <cstddef>   // size_t
#include <memory>    // shared_ptr
#include <optional>  // optional
#include <span>      // span
#include <vector>    // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {
struct MatchedChain;
}

/// What a network yields.
template <class Scalar>
struct ModelOutput {
  Variable<Scalar> logits;  ///< [N,1,1,classes]
  std::optional<Variable<Scalar>>
      auxiliary_logits{};  ///< the same; in training, where the network has an auxiliary head
};

/// The map of one node of a network, as cells' outputs are (GraphCell::output).
template <class Scalar>
struct NodeMap {
  int node = 0;
  Variable<Scalar> map;  ///< [N,H,W,C]
};

/// A graph plus parameters. The graph never changes; parameters do, so give each thread that trains its own model.
template <class Scalar = float>
class Model {
 public:
  /// Fresh parameters; each depends on its name and `random` alone.
  Model(NetworkGraph graph, const RandomStream& random);

  [[nodiscard]] const NetworkGraph& graph() const { return graph_; }

  /// In the order of graph().parameters, statistics and constants among them.
  [[nodiscard]] std::span<Variable<Scalar>> parameters() { return parameters_; }
  [[nodiscard]] std::span<const Variable<Scalar>> parameters() const { return parameters_; }

  void clear_gradients();

  /// Runs the network. What backward passes will follow, chains of nodes are computed together
  /// (DoubleConvolutionChain), unless `run.fusion` is off: then node by node, to the same results up to rounding.
  /// @param images [N,H,W,C] @param run its stream splits by node
  /// @throws ShapeError where the images do not fit the network.
  [[nodiscard]] ModelOutput<Scalar> forward(Tape<Scalar>& tape, const Variable<Scalar>& images,
                                            const RunOptions& run) const;

  /// Runs the network as forward does and hands out the maps of chosen nodes as well.
  /// @param chosen nodes, each at most once, as `graph().cells[7].output`; their maps come in this order
  /// @throws ShapeError where the images do not fit the network, ArgumentError for a node that does not run.
  [[nodiscard]] std::vector<NodeMap<Scalar>> features(Tape<Scalar>& tape, const Variable<Scalar>& images,
                                                      const std::vector<int>& chosen, const RunOptions& run) const;

  /// Goes on from maps that are already there, as two consecutive cells' outputs are for a detector's second stage, to
  /// the logits. Runs only what the logits need of it; the same maps give the same logits as the whole network.
  /// @throws ArgumentError where the known maps do not cut the logits off from the images, or a node is none of the
  /// network; ShapeError where maps do not fit.
  [[nodiscard]] Variable<Scalar> forward_from(Tape<Scalar>& tape, const std::vector<NodeMap<Scalar>>& known,
                                              const RunOptions& run) const;

  /// Logits [N,classes] in evaluation mode.
  /// @param images [N,H,W,C]
  /// @throws ShapeError where the images do not fit the network.
  [[nodiscard]] Tensor<Scalar> predict(Context& context, const Tensor<Scalar>& images) const;

 private:
  struct Schedule;

  /// Runs the marked nodes in order, chains in the place of their last nodes. Maps are let go after their last reader,
  /// but for those of `kept`.
  [[nodiscard]] ModelOutput<Scalar> run_nodes(Tape<Scalar>& tape, const Schedule& schedule,
                                              const Variable<Scalar>& images, std::vector<Variable<Scalar>>& values,
                                              const std::vector<bool>& runs, const RunOptions& run,
                                              const std::vector<int>& kept) const;

  /// The nodes that the chosen ones need, themselves among them, without those that are given and what only they need.
  [[nodiscard]] std::vector<bool> nodes_below(const std::vector<int>& chosen, const std::vector<bool>& given) const;

  void check_node(int node) const;

  void check_map(const NodeMap<Scalar>& given) const;

  void check_cut(const std::vector<bool>& runs, const std::vector<bool>& given) const;

  [[noreturn]] NASNET_COLD void fail_lacking(const GraphNode& reader, int source) const;

  [[nodiscard]] Variable<Scalar> apply(Tape<Scalar>& tape, const GraphNode& node, std::size_t number,
                                       const Variable<Scalar>& images, const std::vector<Variable<Scalar>>& values,
                                       const RunOptions& run) const;

  [[nodiscard]] Variable<Scalar> apply(Tape<Scalar>& tape, const detail::MatchedChain& matched,
                                       const Variable<Scalar>& images, const std::vector<Variable<Scalar>>& values,
                                       const RunOptions& run) const;

  [[nodiscard]] static bool passes_through(const GraphNode& node, const RunOptions& run);

  void check_images(const Shape& shape, bool with_auxiliary) const;

  NetworkGraph graph_;
  std::vector<Variable<Scalar>> parameters_;
  std::shared_ptr<const std::vector<Schedule>> schedules_;  // node by node, with chains, with chains beside drop path
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/model/model.ipp"
#endif
