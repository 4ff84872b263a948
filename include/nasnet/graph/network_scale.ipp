#pragma once

#include "nasnet/graph/network_scale.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // optional
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::int64_t output_multiple(const Cell& cell, int inputs) {
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

NASNET_BODY std::int64_t penultimate_multiple(const Architecture& architecture) {
  return 4 * output_multiple(architecture.normal, architecture.inputs);
}

NASNET_BODY std::int64_t filters_for(const Architecture& architecture, std::int64_t penultimate_filters) {
  const std::int64_t multiple = penultimate_multiple(architecture);
  const bool misprint = multiple == 24 && penultimate_filters == 1538;
  const std::int64_t wanted = misprint ? 1536 : penultimate_filters;
  if (wanted >= multiple && wanted % multiple == 0) return wanted / multiple;
  const std::int64_t below = wanted / multiple * multiple;
  const std::string nearest = below > 0 ? join(below, " and ", below + multiple) : join(multiple);
  fail<ArgumentError>("network: ", penultimate_filters, " penultimate filters; with these cells they are ", multiple,
                      " times the filters of the first stack, the nearest are ", wanted > 0 ? nearest : join(multiple));
}

NASNET_BODY NetworkDescription scaled_network(Architecture architecture, NetworkScale scale, NetworkConfig around) {
  around.cells_per_stack = scale.cells_per_stack;
  around.filters = filters_for(architecture, scale.penultimate_filters);
  around.check();
  return {.architecture = std::move(architecture), .config = around};
}

NASNET_BODY NetworkDescription nasnet_a_network(NetworkScale scale, const NetworkConfig& around) {
  return scaled_network(to_architecture(nasnet_a), scale, around);
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// The whole text as a count.
NASNET_LAZY [[nodiscard]] inline std::optional<std::int64_t> count_of_text(std::string_view text) {
  constexpr std::size_t most_digits = 18;
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  std::int64_t count = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    count = 10 * count + (digit - '0');
  }
  return count;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::optional<NetworkScale> network_scale(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto cells = detail::count_of_text(text.substr(0, at));
  const auto penultimate = detail::count_of_text(text.substr(at + 1));
  if (!cells || !penultimate) return std::nullopt;
  return NetworkScale{*cells, *penultimate};
}

}  // namespace nasnet::inline NASNET_ABI
