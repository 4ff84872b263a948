#pragma once

#include "nasnet/space/candidate.hpp"

#include <memory>    // make_shared, shared_ptr
#include <optional>  // optional
#include <utility>   // move

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

/// What copies share.
struct Candidate::Parts {
  Architecture architecture;
  OpTable ops;
  std::optional<NetworkConfig> config{};  // of the graph
  std::optional<NetworkGraph> graph{};
};

NASNET_BODY Candidate::Candidate(Architecture architecture, OpTable ops)
    : parts_(std::make_shared<Parts>(Parts{std::move(architecture), std::move(ops)})) {}

NASNET_BODY const Architecture& Candidate::architecture() const { return parts_->architecture; }

NASNET_BODY const OpTable& Candidate::ops() const { return parts_->ops; }

NASNET_BODY const NetworkGraph& Candidate::graph(const NetworkConfig& config) const {
  if (parts_->config != config) {
    parts_->config.reset();
    parts_->graph = build_network(parts_->architecture, parts_->ops, config);
    parts_->config = config;
  }
  return *parts_->graph;
}

}  // namespace nasnet::inline NASNET_ABI
