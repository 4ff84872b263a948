// The networks that network_bench predicts with, and that export_networks hands to its peers. Included by bench only.
#pragma once

#include <cstdint>
#include <nasnet/nasnet.hpp>
#include <vector>

#include "random_tensor.hpp"

namespace bench {

struct InferenceCase {
  const char* name;
  nasnet::NetworkDescription network;
  nasnet::Size size;
};

inline std::vector<InferenceCase> inference_cases() {
  return {{"nasnet_a_mobile_224", nasnet::nasnet_a_mobile(), {224, 224}},
          {"nasnet_a_cifar_6x768", nasnet::nasnet_a_cifar(), {32, 32}},
          {"nasnet_a_large_331", nasnet::nasnet_a_large(), {331, 331}}};
}

/// With weights as a training begins.
inline nasnet::Model<float> new_model(const nasnet::NetworkDescription& network) {
  return {nasnet::build_network(network.architecture, nasnet::NasnetOps::table(), network.config),
          nasnet::RandomStream(1)};
}

inline nasnet::Tensor<float> random_images(std::int64_t batch, nasnet::Size size, std::int64_t channels) {
  return random_tensor({batch, size.height, size.width, channels});
}

}  // namespace bench
