/// Networks of one cell in any size, in the naming of the paper: N @ P.
#pragma once

#include <cstdint>      // int64_t
#include <optional>     // optional
#include <string_view>  // string_view

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline NASNET_ABI {

/// A network to build.
struct NetworkDescription {
  Architecture architecture;
  NetworkConfig config;
  Size image{};  ///< that its published figures are for; 0x0 where there are none
};

/// The size of a network in the naming of the paper's tables, as "6 @ 4032".
struct NetworkScale {
  std::int64_t cells_per_stack = 0;      ///< N
  std::int64_t penultimate_filters = 0;  ///< P, channels of the last cell, which the dense layer reads

  bool operator==(const NetworkScale&) const = default;
};

/// How many times a normal cell's filters it puts out: 6 for NASNet-A, 5 for figure 4's reading and for PNASNet-5. A
/// block that concatenates counts twice.
/// @throws GenotypeError for a concat list with a state that the cell does not have.
NASNET_LAZY [[nodiscard]] std::int64_t output_multiple(const Cell& cell, int inputs);

/// P of a network whose first stack has one filter: filters double twice on the way up, so 24 for NASNet-A.
NASNET_LAZY [[nodiscard]] std::int64_t penultimate_multiple(const Architecture& architecture);

/// F for a given P.
///
/// The paper's tables name a NASNet-A of 5 @ 1538, which is no multiple of 24: it is taken for 1536, F = 64, and no
/// other number is rounded.
/// @throws ArgumentError for a P that no F gives, with the nearest that one does.
NASNET_LAZY [[nodiscard]] std::int64_t filters_for(const Architecture& architecture, std::int64_t penultimate_filters);

/// A network of these cells at this scale.
/// @param around everything else: stem, classes, batch norm; its cells and filters are replaced
/// @throws ArgumentError for a scale that there is not.
NASNET_LAZY [[nodiscard]] NetworkDescription scaled_network(Architecture architecture, NetworkScale scale,
                                                            NetworkConfig around = {});

/// NASNet-A (N @ P) with P = 24F: `nasnet_a_network({6, 768})` for CIFAR,
/// `nasnet_a_network({4, 1056}, NetworkConfig::imagenet())` for ImageNet.
/// @throws ArgumentError for a scale that there is not.
NASNET_LAZY [[nodiscard]] NetworkDescription nasnet_a_network(NetworkScale scale, const NetworkConfig& around = {});

/// The scale that a text as "6@4032" names, or nothing.
NASNET_LAZY [[nodiscard]] std::optional<NetworkScale> network_scale(std::string_view text);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/network_scale.ipp"
#endif
