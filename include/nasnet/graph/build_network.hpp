/// From an architecture to a network graph: all rules of how cells are wired, here and nowhere else.
///
/// Sources: the paper's section 3 and figures 2 to 4, and its released implementation where the text is silent.
/// Structure is decided from declared strides and channels, never from sizes.
#pragma once

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

/// The network of an architecture.
///
/// Every declared cell, block and fit exists and is named, even where nothing reads it.
/// @throws GenotypeError for an invalid architecture or an op that `ops` lacks; ArgumentError for a config out of
/// range; ShapeError where an op does not deliver what it should, or the image is too small for the auxiliary head.
NASNET_LAZY [[nodiscard]] NetworkGraph build_network(const Architecture& architecture, const OpTable& ops,
                                                     const NetworkConfig& config);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/build_network.ipp"
#endif
