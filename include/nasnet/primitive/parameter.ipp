#pragma once

#include "nasnet/primitive/parameter.hpp"

#include <cstdint>  // int64_t
#include <utility>  // move

#include "nasnet/core/shape.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::int64_t ParameterSpec::fan_out() const {
  switch (layout) {
    case ParameterLayout::convolution: return shape[0] * shape[1] * shape[3];
    case ParameterLayout::depthwise: return shape[0] * shape[1];
    case ParameterLayout::dense: return shape[1];
    default: return shape.elements();
  }
}

NASNET_BODY Shape ParameterSpec::file_shape() const {
  switch (layout) {
    case ParameterLayout::convolution: return {shape[3], shape[2], shape[0], shape[1]};
    case ParameterLayout::depthwise: return {shape[2], 1, shape[0], shape[1]};
    case ParameterLayout::dense: return {shape[1], shape[0]};
    default: return shape;
  }
}

}  // namespace nasnet::inline NASNET_ABI
