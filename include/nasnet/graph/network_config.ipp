#pragma once

#include "nasnet/graph/network_config.hpp"

#include <cstdint>  // int64_t

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY NetworkConfig NetworkConfig::imagenet() {
  NetworkConfig config;
  config.stem = Stem::imagenet;
  config.classes = 1000;
  config.batch_norm = {.epsilon = 1e-3, .decay = 0.9997};
  config.dropout_keep = 0.5;
  return config;
}

NASNET_BODY std::int64_t NetworkConfig::stem_channels() const {
  if (stem_filters > 0) return stem_filters;
  return stem == Stem::cifar ? checked_product(3, filters) : 32;
}

NASNET_BODY void NetworkConfig::check() const {
  check_count("input channels", input_channels);
  check_count("classes", classes);
  check_count("cells per stack", cells_per_stack, 1000);
  check_count("filters", filters);
  if (stem_filters < 0) fail<ArgumentError>("network: stem filters are ", stem_filters, ", 0 or more are needed");
  if (stem == Stem::imagenet && filters < 8) {
    fail<ArgumentError>("network: the ImageNet stem's first cell has a quarter of the filters: ", filters,
                        " filters are given, 8 or more are needed");
  }
  if (!(dropout_keep > 0.0 && dropout_keep <= 1.0)) {
    fail<ArgumentError>("network: dropout keeps ", dropout_keep, ", wanted above 0 and at most 1");
  }
  if (!(batch_norm.epsilon > 0.0) || !(batch_norm.decay >= 0.0 && batch_norm.decay <= 1.0)) {
    fail<ArgumentError>("network: batch norm has epsilon ", batch_norm.epsilon, " and decay ", batch_norm.decay,
                        ", wanted above 0 and within [0, 1]");
  }
  if (image_size && (image_size->height < 1 || image_size->width < 1)) {
    fail<ArgumentError>("network: the image size is ", image_size->height, 'x', image_size->width,
                        ", 1x1 or more is needed");
  }
}

NASNET_BODY void NetworkConfig::check_count(const char* what, std::int64_t value, std::int64_t largest) {
  if (value < 1 || value > largest) fail<ArgumentError>("network: ", what, " are ", value, ", wanted 1 to ", largest);
}

}  // namespace nasnet::inline NASNET_ABI
