/// A network as a graph of primitives: an immutable value that everything which needs structure walks.
#pragma once

#include <array>     // array
#include <cstdint>   // int64_t
#include <optional>  // optional
#include <string>    // string
#include <utility>   // move
#include <vector>    // vector

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/primitive/parameter.hpp"
#include "nasnet/primitive/primitive.hpp"

namespace nasnet::inline NASNET_ABI {

/// Which part of a network a node belongs to.
enum class NetworkPart { stem, cell, head, auxiliary };

/// One application of a primitive. Its inputs are earlier nodes.
struct GraphNode {
  std::string name;  ///< "cells.3.blocks.1.left.sep1.depthwise"
  Primitive primitive;
  std::vector<int> inputs;      ///< node numbers; -1 stands for the network's input
  std::vector<int> parameters;  ///< numbers in NetworkGraph::parameters
  std::int64_t channels = 0;
  std::int64_t stride = 1;  ///< pixels of the input per pixel of this map, along the height
  NetworkPart part = NetworkPart::stem;
  int cell = -1;  ///< number of the cell in network order, -1 outside cells
};

/// One parameter of a network.
struct GraphParameter {
  std::string name;  ///< "cells.3.blocks.1.left.sep1.depthwise.weight", unique
  ParameterSpec spec;
  int node = 0;
};

/// Where a cell stands in a graph: node numbers, -1 for the network's input.
struct GraphCell {
  /// Nodes of one block. An identity's node is the state that it passes on.
  struct BlockNodes {
    int left = 0;
    int right = 0;
    int output = 0;
  };

  CellRole role = CellRole::normal;
  bool in_stem = false;  ///< one of the reduction cells of the ImageNet stem
  std::int64_t filters = 0;
  std::vector<int> sources;  ///< what the cell reads, most recent first, before fitting; one alone in a first cell
  std::vector<int> states;   ///< the fitted inputs, then the outputs of the blocks
  std::vector<BlockNodes> blocks;
  int output = 0;  ///< the concatenation; the last block where the cell passes all its outputs on
};

/// A built network. Made by `build_network`, or by a GraphBuilder directly.
struct NetworkGraph {
  std::int64_t input_channels = 0;
  std::vector<GraphNode> nodes;  ///< in topological order
  std::vector<GraphParameter> parameters;
  std::vector<GraphCell> cells;  ///< in network order
  int output = -1;               ///< node of the logits, [N,1,1,classes]
  std::optional<int> auxiliary_output;
  std::optional<Size> image_size;  ///< the one size that an auxiliary head fixes

  [[nodiscard]] std::int64_t channels_of(int node) const {
    return node < 0 ? input_channels : nodes[static_cast<std::size_t>(node)].channels;
  }
};

}  // namespace nasnet::inline NASNET_ABI
