#pragma once

#include "nasnet/primitive/primitives.hpp"

#include <cstddef>  // size_t
#include <utility>  // move
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::vector<ParameterSpec> Convolution::parameters(Channels inputs) const {
  return {{.name = "weight",
           .shape = {window.kernel_height, window.kernel_width, inputs[0], filters},
           .layout = ParameterLayout::convolution,
           .initializer = Initializer::variance_scaling}};
}

NASNET_BODY std::vector<ParameterSpec> Depthwise::parameters(Channels inputs) const {
  ParameterSpec weight{.name = "weight",
                       .shape = {window.kernel_height, window.kernel_width, inputs[0]},
                       .layout = ParameterLayout::depthwise,
                       .initializer = Initializer::variance_scaling};
  if (!fixed_weight.empty()) {
    weight.role = ParameterRole::fixed;
    weight.initializer = Initializer::values;
    for (const double value : fixed_weight) {
      weight.values.insert(weight.values.end(), static_cast<std::size_t>(inputs[0]), value);
    }
  }
  return {std::move(weight)};
}

NASNET_BODY std::vector<ParameterSpec> BatchNorm::parameters(Channels inputs) {
  std::vector<ParameterSpec> specs = detail::scale_and_shift(inputs[0]);
  specs.push_back({.name = "running_mean", .shape = {inputs[0]}, .role = ParameterRole::statistic});
  specs.push_back({.name = "running_var",
                   .shape = {inputs[0]},
                   .role = ParameterRole::statistic,
                   .initializer = Initializer::ones});
  return specs;
}

NASNET_BODY std::vector<ParameterSpec> Dense::parameters(Channels inputs) const {
  return {{.name = "weight",
           .shape = {inputs[0], units},
           .layout = ParameterLayout::dense,
           .initializer = Initializer::variance_scaling},
          {.name = "bias", .shape = {units}}};
}

}  // namespace nasnet::inline NASNET_ABI
