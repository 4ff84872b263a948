#pragma once

#include "nasnet/space/constraint.hpp"

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
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

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t end = digits.size(); end > first + 3;) {
    end -= 3;
    digits.insert(end, 1, ',');
  }
  return digits;
}

NASNET_BODY std::optional<std::string> reason_above(std::int64_t count, std::string_view what,
                                                    std::optional<std::int64_t> most) {
  if (!most || count <= *most) return std::nullopt;
  return join(grouped(count), ' ', what, ", at most ", grouped(*most), " are allowed");
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::optional<std::string> reason_against(const NetworkGraph& graph, Size image, const Limits& limits) {
  if (limits.max_parameters) {
    if (auto reason = detail::reason_above(parameter_count(graph), "parameters", limits.max_parameters)) return reason;
  }
  if (!limits.max_multiply_adds) return std::nullopt;
  return detail::reason_above(multiply_adds(graph, image), "multiply-adds", limits.max_multiply_adds);
}

NASNET_BODY std::optional<std::string> reason_against(const Architecture& architecture, const OpTable& ops,
                                                      const NetworkConfig& config, Size image, const Limits& limits) {
  if (limits.limit_nothing()) return std::nullopt;
  return reason_against(build_network(architecture, ops, config), image, limits);
}

}  // namespace nasnet::inline NASNET_ABI
