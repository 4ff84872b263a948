#pragma once

#include "nasnet/graph/named_networks.hpp"

#include <algorithm>    // find
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // optional
#include <string_view>  // string_view
#include <utility>      // move, pair

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_scale.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What a row says of a network with these cells.
NASNET_LAZY [[nodiscard]] inline NetworkDescription describe_with(const PublishedNetwork& row, Architecture cells) {
  NetworkConfig config = row.stem == Stem::imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
  config.cells_per_stack = row.cells_per_stack;
  config.filters = row.filters;
  config.stem_filters = row.stem_filters;
  config.skip_reduction_input = row.skip_reduction_input;
  config.reduction_starts_stack = row.reduction_starts_stack;
  return {std::move(cells), config, {row.image_side, row.image_side}};
}

/// The network of a row of NASNet-A. By itself, since a program of one network need not compile all published cells.
NASNET_LAZY [[nodiscard]] inline NetworkDescription nasnet_a_of(std::string_view name) {
  std::size_t row = 0;
  while (network_table[row].name != name) ++row;
  return describe_with(network_table[row], to_architecture(nasnet_a));
}

/// "nasnet-a-figure-4-cifar-6@640" apart: architecture, stem, scale.
struct ScaledName {
  std::string_view architecture;
  Stem stem = Stem::cifar;
  NetworkScale scale;
};

NASNET_LAZY [[nodiscard]] inline std::optional<ScaledName> scaled_name(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<NetworkScale> scale = network_scale(name.substr(dash + 1));
  if (!scale) return std::nullopt;
  const std::string_view front = name.substr(0, dash);
  for (const auto& [ending, stem] : {std::pair<std::string_view, Stem>{"-cifar", Stem::cifar},
                                     std::pair<std::string_view, Stem>{"-imagenet", Stem::imagenet}}) {
    if (!front.ends_with(ending)) continue;
    const std::string_view architecture = front.substr(0, front.size() - ending.size());
    const bool known = std::find(published_names.begin(), published_names.end(), architecture) != published_names.end();
    return known ? std::optional(ScaledName{architecture, stem, *scale}) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY NetworkDescription describe(const PublishedNetwork& row) {
  return detail::describe_with(row, published_architecture(row.architecture));
}

NASNET_BODY bool is_network_name(std::string_view name) {
  const bool published = std::find(network_names.begin(), network_names.end(), name) != network_names.end();
  return published || detail::scaled_name(name).has_value();
}

NASNET_BODY NetworkDescription named_network(std::string_view name) {
  for (const PublishedNetwork& row : network_table) {
    if (row.name == name) return describe(row);
  }
  if (const std::optional<detail::ScaledName> scaled = detail::scaled_name(name)) {
    NetworkConfig around = scaled->stem == Stem::imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
    around.reduction_starts_stack = scaled->architecture == "pnasnet-5";
    return scaled_network(published_architecture(scaled->architecture), scaled->scale, around);
  }
  fail<ArgumentError>(detail::unknown_name_sentence("network", name, network_names),
                      "; or published cells with stem and scale, as nasnet-a-cifar-2@48");
}

NASNET_BODY NetworkDescription nasnet_a_cifar(std::int64_t cells_per_stack, std::int64_t filters) {
  NetworkDescription network = detail::nasnet_a_of("nasnet-a-cifar");
  network.config.cells_per_stack = cells_per_stack;
  network.config.filters = filters;
  return network;
}

NASNET_BODY NetworkDescription nasnet_a_mobile() { return detail::nasnet_a_of("nasnet-a-mobile"); }

NASNET_BODY NetworkDescription nasnet_a_large() { return detail::nasnet_a_of("nasnet-a-large"); }

}  // namespace nasnet::inline NASNET_ABI
