#pragma once

#include "nasnet/report/load_network.hpp"

#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/report/result_file.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY OpTable all_ops() { return AllOps::table(); }

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY NetworkConfig prediction_config(NetworkConfig config, const TensorFile& weights) {
  config.input_channels = image_channels(weights).value_or(config.input_channels);
  if (config.input_channels < 1) {
    fail<DataError>("'", weights.origin(), "': its stem takes images of ", config.input_channels, " channels");
  }
  config.image_size.reset();
  return config;
}

NASNET_BODY NetworkConfig prediction_config(const SearchResult& network, const TensorFile& weights) {
  const std::int64_t stated = network.network.input_channels;
  NetworkConfig config = prediction_config(network.network, weights);
  if (!network.channels_stated_by.empty() && config.input_channels != stated) {
    fail<DataError>("'", weights.origin(), "': its stem takes images of ", config.input_channels, " channels, '",
                    network.channels_stated_by, "' says ", stated);
  }
  return config;
}

NASNET_BODY Model<float> load_model(const SearchResult& network, const TensorFile& weights, const OpTable& ops) {
  NetworkGraph graph = build_network(network.architecture, ops, prediction_config(network, weights));
  check_weights(graph, weights);                          // before memory is taken for a network that is not theirs
  Model<float> model(std::move(graph), RandomStream(0));  // every value is replaced
  load_weights(model, weights);
  return model;
}

NASNET_BODY Model<float> load_model(const std::string& name_or_path, const std::string& weights, const OpTable& ops) {
  return load_model(find_network(name_or_path, ops.infos()), read_safetensors(weights), ops);
}

NASNET_BODY InferencePlan<float> load_network(const SearchResult& network, const TensorFile& weights,
                                              const OpTable& ops) {
  return InferencePlan<float>(load_model(network, weights, ops));
}

NASNET_BODY InferencePlan<float> load_network(const std::string& name_or_path, const std::string& weights,
                                              const OpTable& ops) {
  return InferencePlan<float>(load_model(name_or_path, weights, ops));
}

}  // namespace nasnet::inline NASNET_ABI
