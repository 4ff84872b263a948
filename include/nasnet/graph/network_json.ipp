#pragma once

#include "nasnet/graph/network_json.hpp"

#include <nlohmann/json.hpp>  // ordered_json

#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY nlohmann::ordered_json network_json(const NetworkConfig& config) {
  nlohmann::ordered_json json;
  json["stem"] = config.stem == Stem::cifar ? "cifar" : "imagenet";
  json["cells"] = config.cells_per_stack;
  json["filters"] = config.filters;
  json["classes"] = config.classes;
  json["channels"] = config.input_channels;
  json["stem_filters"] = config.stem_channels();
  json["skip_reduction_input"] = config.skip_reduction_input;
  if (config.reduction_starts_stack) json["reduction_starts_stack"] = true;
  json["batch_norm_epsilon"] = config.batch_norm.epsilon;
  json["batch_norm_decay"] = config.batch_norm.decay;
  json["dropout_keep"] = config.dropout_keep;
  if (config.image_size) json["auxiliary_head"] = {config.image_size->height, config.image_size->width};
  return json;
}

}  // namespace nasnet::inline NASNET_ABI
