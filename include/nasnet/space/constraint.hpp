/// Limits on what a network may cost, decided from its graph alone, and rules on architectures: nothing is allocated or
/// run.
#pragma once

#include <cstdint>      // int64_t
#include <functional>   // function
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/space/candidate.hpp"

namespace nasnet::inline NASNET_ABI {

/// The most that a network may cost; what is absent is not limited. The auxiliary head does not count.
struct Limits {
  std::optional<std::int64_t> max_parameters = {};     ///< trainable ones
  std::optional<std::int64_t> max_multiply_adds = {};  ///< of one image

  [[nodiscard]] bool limit_nothing() const { return !max_parameters && !max_multiply_adds; }
  bool operator==(const Limits&) const = default;
};

/// A rule of the user's own on architectures.
struct ArchitectureRule {
  std::string name{};  ///< in the settings of a search: the journal of a search with other rules is refused

  /// Why a candidate breaks it, in one sentence; nothing where it does not. Depends on the architecture alone, which is
  /// what a function of `const Architecture&` gets.
  std::function<std::optional<std::string>(const Candidate&)> reason_against{};
};

namespace detail {

/// 1234567 as "1,234,567".
NASNET_LAZY [[nodiscard]] std::string grouped(std::int64_t count);

NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_above(std::int64_t count, std::string_view what,
                                                                  std::optional<std::int64_t> most);

}  // namespace detail

/// Why a network is beyond the limits, as "1,234,567 parameters, at most 1,000,000 are allowed"; nothing if it is not.
/// @param image size of the images that the multiply-adds are counted for
/// @throws ShapeError where the image is too small for the network.
NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_against(const NetworkGraph& graph, Size image,
                                                                    const Limits& limits);

/// As above, for the network that an architecture becomes.
/// @throws as build_network.
NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_against(const Architecture& architecture,
                                                                    const OpTable& ops, const NetworkConfig& config,
                                                                    Size image, const Limits& limits);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/space/constraint.ipp"
#endif
