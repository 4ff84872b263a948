/// Networks of one cell in any size, in the naming of the paper: N @ P.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/published.hpp"
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
[[nodiscard]] inline std::int64_t output_multiple(const Cell& cell, int inputs) {
  if (cell.concat.empty()) return static_cast<std::int64_t>(cell.blocks.size());
  std::int64_t multiple = 0;
  for (const int state : cell.concat) {
    const int block = state - inputs;
    if (state < 0 || block >= static_cast<int>(cell.blocks.size())) {
      fail<GenotypeError>("state ", state, " of a concat list does not exist");
    }
    const bool twice = block >= 0 && cell.blocks[static_cast<std::size_t>(block)].combine == Combiner::concat;
    multiple += twice ? 2 : 1;
  }
  return multiple;
}

/// P of a network whose first stack has one filter: filters double twice on the way up, so 24 for NASNet-A.
[[nodiscard]] inline std::int64_t penultimate_multiple(const Architecture& architecture) {
  return 4 * output_multiple(architecture.normal, architecture.inputs);
}

/// F for a given P.
///
/// The paper's tables name a NASNet-A of 5 @ 1538, which is no multiple of 24: it is taken for 1536, F = 64, and no
/// other number is rounded.
/// @throws ArgumentError for a P that no F gives, with the nearest that one does.
[[nodiscard]] inline std::int64_t filters_for(const Architecture& architecture, std::int64_t penultimate_filters) {
  const std::int64_t multiple = penultimate_multiple(architecture);
  const bool misprint = multiple == 24 && penultimate_filters == 1538;
  const std::int64_t wanted = misprint ? 1536 : penultimate_filters;
  if (wanted >= multiple && wanted % multiple == 0) return wanted / multiple;
  const std::int64_t below = wanted / multiple * multiple;
  const std::string nearest = below > 0 ? join(below, " and ", below + multiple) : join(multiple);
  fail<ArgumentError>("network: ", penultimate_filters, " penultimate filters; with these cells they are ", multiple,
                      " times the filters of the first stack, the nearest are ", wanted > 0 ? nearest : join(multiple));
}

/// A network of these cells at this scale.
/// @param around everything else: stem, classes, batch norm; its cells and filters are replaced
/// @throws ArgumentError for a scale that there is not.
[[nodiscard]] inline NetworkDescription scaled_network(Architecture architecture, NetworkScale scale,
                                                       NetworkConfig around = {}) {
  around.cells_per_stack = scale.cells_per_stack;
  around.filters = filters_for(architecture, scale.penultimate_filters);
  around.check();
  return {.architecture = std::move(architecture), .config = around};
}

/// NASNet-A (N @ P) with P = 24F: `nasnet_a_network({6, 768})` for CIFAR,
/// `nasnet_a_network({4, 1056}, NetworkConfig::imagenet())` for ImageNet.
/// @throws ArgumentError for a scale that there is not.
[[nodiscard]] inline NetworkDescription nasnet_a_network(NetworkScale scale, const NetworkConfig& around = {}) {
  return scaled_network(to_architecture(nasnet_a), scale, around);
}

namespace detail {

/// The whole text as a count.
[[nodiscard]] inline std::optional<std::int64_t> count_of_text(std::string_view text) {
  constexpr std::size_t most_digits = 18;
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  std::int64_t count = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    count = 10 * count + (digit - '0');
  }
  return count;
}

}  // namespace detail

/// The scale that a text as "6@4032" names, or nothing.
[[nodiscard]] inline std::optional<NetworkScale> network_scale(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto cells = detail::count_of_text(text.substr(0, at));
  const auto penultimate = detail::count_of_text(text.substr(at + 1));
  if (!cells || !penultimate) return std::nullopt;
  return NetworkScale{*cells, *penultimate};
}

}  // namespace nasnet::inline NASNET_ABI
