/// A proposed architecture and what is made of it, each once.
#pragma once

#include <memory>  // shared_ptr

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline NASNET_ABI {

struct NetworkGraph;

/// An architecture with its ops. Whoever counts, predicts, measures or trains its network asks here for the graph,
/// which is built once. Copies share it; they are for one thread at a time.
class Candidate {
 public:
  /// @param ops of the space, with their expansions
  NASNET_LAZY Candidate(Architecture architecture, OpTable ops);

  NASNET_LAZY [[nodiscard]] const Architecture& architecture() const;
  NASNET_LAZY [[nodiscard]] const OpTable& ops() const;

  /// Where an architecture is wanted.
  [[nodiscard]] operator const Architecture&() const { return architecture(); }  // NOLINT: it is one

  /// The network around the architecture; that of the last configuration is kept.
  /// @throws as build_network.
  NASNET_LAZY [[nodiscard]] const NetworkGraph& graph(const NetworkConfig& config) const;

 private:
  struct Parts;

  std::shared_ptr<Parts> parts_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/space/candidate.ipp"
#endif
