/// The settings of a search as JSON, for the journal.
#pragma once

#include <cstddef>            // size_t
#include <nlohmann/json.hpp>  // json
#include <string>             // string

#include "nasnet/graph/network_config.hpp"
#include "nasnet/search/ledger.hpp"
#include "nasnet/space/constraint.hpp"

namespace nasnet::inline v0::detail {

[[nodiscard]] inline nlohmann::json limits_json(const Limits& limits) {
  nlohmann::json json = nlohmann::json::object();
  if (limits.max_parameters) json["max_parameters"] = *limits.max_parameters;
  if (limits.max_multiply_adds) json["max_multiply_adds"] = *limits.max_multiply_adds;
  return json;
}

[[nodiscard]] inline nlohmann::json network_json(const NetworkConfig& config) {
  nlohmann::json json = nlohmann::json::object();
  json["stem"] = config.stem == Stem::cifar ? "cifar" : "imagenet";
  json["channels"] = config.input_channels;
  json["classes"] = config.classes;
  json["cells"] = config.cells_per_stack;
  json["filters"] = config.filters;
  json["stem_filters"] = config.stem_channels();
  json["skip_reduction_input"] = config.skip_reduction_input;
  json["batch_norm_epsilon"] = config.batch_norm.epsilon;
  json["batch_norm_decay"] = config.batch_norm.decay;
  json["dropout_keep"] = config.dropout_keep;
  json["auxiliary_head"] = config.image_size.has_value();
  return json;
}

[[nodiscard]] inline nlohmann::json counted_json(const CountedNetwork& counted) {
  nlohmann::json json = network_json(counted.network);
  json["image"] = nlohmann::json::array({counted.image.height, counted.image.width});
  return json;
}

}  // namespace nasnet::inline v0::detail
