// Reads a network graph back by names and edges, without the notes that the builder takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace graph_probe {

inline const nasnet::GraphNode& at(const nasnet::NetworkGraph& graph, int node) {
  return graph.nodes.at(static_cast<std::size_t>(node));
}

// The one node of this name.
inline int find(const nasnet::NetworkGraph& graph, const std::string& name) {
  int found = -2;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (graph.nodes[n].name != name) continue;
    if (found >= 0) throw std::runtime_error("two nodes are named " + name);
    found = static_cast<int>(n);
  }
  if (found < 0) throw std::runtime_error("no node is named " + name);
  return found;
}

inline bool has_parameter(const nasnet::NetworkGraph& graph, const std::string& name) {
  return std::any_of(graph.parameters.begin(), graph.parameters.end(),
                     [&](const auto& parameter) { return parameter.name == name; });
}

inline const nasnet::GraphParameter& parameter(const nasnet::NetworkGraph& graph, const std::string& name) {
  for (const auto& parameter : graph.parameters) {
    if (parameter.name == name) return parameter;
  }
  throw std::runtime_error("no parameter is named " + name);
}

inline bool starts_with(const std::string& text, const std::string& prefix) { return text.rfind(prefix, 0) == 0; }

// Names of the parameters below a prefix, without it, in order.
inline std::vector<std::string> names_below(const nasnet::NetworkGraph& graph, const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& parameter : graph.parameters) {
    if (starts_with(parameter.name, prefix)) names.push_back(parameter.name.substr(prefix.size()));
  }
  return names;
}

// Trainable elements below a prefix.
inline std::int64_t count_below(const nasnet::NetworkGraph& graph, const std::string& prefix) {
  std::int64_t count = 0;
  for (const auto& parameter : graph.parameters) {
    const bool trains = parameter.spec.role == nasnet::ParameterRole::trainable;
    if (trains && starts_with(parameter.name, prefix)) count += parameter.spec.shape.elements();
  }
  return count;
}

inline std::string window_text(const std::string& kind, const nasnet::Window& window) {
  std::string text = kind + std::to_string(window.kernel_height);
  if (window.kernel_width != window.kernel_height) text += "x" + std::to_string(window.kernel_width);
  if (window.stride_height != 1 || window.stride_width != 1) {
    text += "/" + std::to_string(window.stride_height);
    if (window.stride_width != window.stride_height) text += "x" + std::to_string(window.stride_width);
  }
  if (window.dilation != 1) text += "d" + std::to_string(window.dilation);
  if (window.padding == nasnet::Padding::valid) text += "v";
  return text;
}

// "dw5/2", "pw", "bn", "relu", "max3", "avg3/2", "dp", ...
inline std::string token(const nasnet::GraphNode& node) {
  using namespace nasnet;
  if (const auto* p = std::get_if<Convolution>(&node.primitive)) return window_text("conv", p->window);
  if (const auto* p = std::get_if<Depthwise>(&node.primitive)) return window_text("dw", p->window);
  if (const auto* p = std::get_if<MaximumPool>(&node.primitive)) return window_text("max", p->window);
  if (const auto* p = std::get_if<AveragePool>(&node.primitive)) return window_text("avg", p->window);
  if (const auto* p = std::get_if<Subsample>(&node.primitive)) {
    return "sub" + std::to_string(p->step) + "+" + std::to_string(p->offset);
  }
  if (std::holds_alternative<Pointwise>(node.primitive)) return "pw";
  if (std::holds_alternative<BatchNorm>(node.primitive)) return "bn";
  if (std::holds_alternative<DropPath>(node.primitive)) return "dp";
  if (std::holds_alternative<GlobalAveragePool>(node.primitive)) return "gap";
  return std::string(name_of(node.primitive));
}

// A chain of nodes under a scope, and the node outside of it where it begins.
struct Chain {
  std::string ops;
  int source = -1;

  bool operator==(const Chain&) const = default;
};

// Walks from a node upwards while it stays below `scope`; every node on the way has one input.
inline Chain chain_below(const nasnet::NetworkGraph& graph, int node, const std::string& scope) {
  std::vector<std::string> tokens;
  while (node >= 0 && starts_with(at(graph, node).name, scope)) {
    if (at(graph, node).inputs.size() != 1) throw std::runtime_error("not a chain at " + at(graph, node).name);
    tokens.push_back(token(at(graph, node)));
    node = at(graph, node).inputs[0];
  }
  std::string ops;
  for (auto t = tokens.rbegin(); t != tokens.rend(); ++t) ops += (ops.empty() ? "" : " ") + *t;
  return {ops, node};
}

inline std::string cell_scope(int cell) { return "cells." + std::to_string(cell) + "."; }

// The output of a cell: the concatenation directly below its scope.
inline int cell_output(const nasnet::NetworkGraph& graph, int cell) { return find(graph, cell_scope(cell) + "concat"); }

inline int count_of(const nasnet::NetworkGraph& graph, int cell, std::string_view primitive) {
  int count = 0;
  for (const auto& node : graph.nodes) count += node.cell == cell && name_of(node.primitive) == primitive ? 1 : 0;
  return count;
}

inline nasnet::Architecture released_nasnet_a() { return nasnet::published_architecture("nasnet-a"); }

inline nasnet::NetworkGraph build(const nasnet::Architecture& architecture, const nasnet::NetworkConfig& config) {
  return nasnet::build_network(architecture, nasnet::AllOps::table(), config);
}

// NASNet-A (4 @ 1056).
inline nasnet::NetworkConfig mobile_config() {
  auto config = nasnet::NetworkConfig::imagenet();
  config.cells_per_stack = 4;
  config.filters = 44;
  return config;
}

// NASNet-A (6 @ 4032).
inline nasnet::NetworkConfig large_config() {
  auto config = nasnet::NetworkConfig::imagenet();
  config.cells_per_stack = 6;
  config.filters = 168;
  config.stem_filters = 96;
  config.skip_reduction_input = true;
  return config;
}

inline nasnet::NetworkConfig cifar_config(std::int64_t cells, std::int64_t filters) {
  nasnet::NetworkConfig config;
  config.cells_per_stack = cells;
  config.filters = filters;
  return config;
}

}  // namespace graph_probe
