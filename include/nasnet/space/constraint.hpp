/// Limits on what a network may cost, decided from its graph alone, and rules on architectures: nothing is allocated or
/// run.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <functional>   // function
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/primitive/feature_shape.hpp"

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

  /// Why an architecture breaks it, in one sentence; nothing where it does not. Depends on the architecture alone.
  std::function<std::optional<std::string>(const Architecture&)> reason_against{};
};

namespace detail {

/// 1234567 as "1,234,567".
[[nodiscard]] inline std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t end = digits.size(); end > first + 3;) {
    end -= 3;
    digits.insert(end, 1, ',');
  }
  return digits;
}

[[nodiscard]] inline std::optional<std::string> reason_above(std::int64_t count, std::string_view what,
                                                             std::optional<std::int64_t> most) {
  if (!most || count <= *most) return std::nullopt;
  return join(grouped(count), ' ', what, ", at most ", grouped(*most), " are allowed");
}

}  // namespace detail

/// Why a network is beyond the limits, as "1,234,567 parameters, at most 1,000,000 are allowed"; nothing if it is not.
/// @param image size of the images that the multiply-adds are counted for
/// @throws ShapeError where the image is too small for the network.
[[nodiscard]] inline std::optional<std::string> reason_against(const NetworkGraph& graph, Size image,
                                                               const Limits& limits) {
  if (limits.max_parameters) {
    if (auto reason = detail::reason_above(parameter_count(graph), "parameters", limits.max_parameters)) return reason;
  }
  if (!limits.max_multiply_adds) return std::nullopt;
  return detail::reason_above(multiply_adds(graph, image), "multiply-adds", limits.max_multiply_adds);
}

/// As above, for the network that an architecture becomes.
/// @throws as build_network.
[[nodiscard]] inline std::optional<std::string> reason_against(const Architecture& architecture, const OpTable& ops,
                                                               const NetworkConfig& config, Size image,
                                                               const Limits& limits) {
  if (limits.limit_nothing()) return std::nullopt;
  return reason_against(build_network(architecture, ops, config), image, limits);
}

}  // namespace nasnet::inline NASNET_ABI
