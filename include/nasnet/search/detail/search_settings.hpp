/// The settings of a search as JSON, for the journal.
#pragma once

#include <nlohmann/json.hpp>  // json

#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/graph/network_json.hpp"
#include "nasnet/space/constraint.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline nlohmann::json limits_json(const Limits& limits) {
  nlohmann::json json = nlohmann::json::object();
  if (limits.max_parameters) json["max_parameters"] = *limits.max_parameters;
  if (limits.max_multiply_adds) json["max_multiply_adds"] = *limits.max_multiply_adds;
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::json counted_json(const CountedNetwork& counted) {
  nlohmann::json json = network_json(counted.network);
  json["image"] = nlohmann::json::array({counted.image.height, counted.image.width});
  return json;
}

}  // namespace nasnet::inline NASNET_ABI::detail
