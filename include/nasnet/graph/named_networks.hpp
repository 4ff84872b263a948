/// The published networks by name: architecture and everything around it.
#pragma once

#include <array>        // array
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline v0 {

/// A network to build.
struct NetworkDescription {
  Architecture architecture;
  NetworkConfig config;
};

/// NASNet-A in the naming of the paper, N @ P with P = 24F, on images of the CIFAR sets.
[[nodiscard]] inline NetworkDescription nasnet_a_cifar(std::int64_t cells_per_stack = 6, std::int64_t filters = 32) {
  NetworkConfig config;
  config.cells_per_stack = cells_per_stack;
  config.filters = filters;
  return {to_architecture(nasnet_a), config};
}

/// NASNet-A 4 @ 1056 for ImageNet, 224x224.
[[nodiscard]] inline NetworkDescription nasnet_a_mobile() {
  NetworkConfig config = NetworkConfig::imagenet();
  config.cells_per_stack = 4;
  config.filters = 44;
  return {to_architecture(nasnet_a), config};
}

/// NASNet-A 6 @ 4032 for ImageNet, 331x331, with the previous-input skip of the released network.
[[nodiscard]] inline NetworkDescription nasnet_a_large() {
  NetworkConfig config = NetworkConfig::imagenet();
  config.cells_per_stack = 6;
  config.filters = 168;
  config.stem_filters = 96;
  config.skip_reduction_input = true;
  return {to_architecture(nasnet_a), config};
}

/// The names that named_network knows.
inline constexpr std::array<std::string_view, 3> network_names{"nasnet-a-mobile", "nasnet-a-large", "nasnet-a-cifar"};

[[nodiscard]] constexpr bool is_network_name(std::string_view name) {
  for (const std::string_view known : network_names) {
    if (known == name) return true;
  }
  return false;
}

/// The published network of this name.
/// @throws ArgumentError for an unknown name, listing the known ones.
[[nodiscard]] inline NetworkDescription named_network(std::string_view name) {
  if (name == network_names[0]) return nasnet_a_mobile();
  if (name == network_names[1]) return nasnet_a_large();
  if (name == network_names[2]) return nasnet_a_cifar();
  std::string known;
  for (const std::string_view each : network_names) known.append(known.empty() ? "" : ", ").append(each);
  fail<ArgumentError>("'", name, "' is none of the named networks: ", known);
}

}  // namespace nasnet::inline v0
