/// What a primitive's parameters are: shapes, layouts, roles and first values.
#pragma once

#include <cstdint>  // int64_t
#include <string>   // string
#include <vector>   // vector

#include "nasnet/core/shape.hpp"

namespace nasnet::inline NASNET_ABI {

/// What happens to a parameter in training.
enum class ParameterRole {
  trainable,  ///< has a gradient
  statistic,  ///< written by the forward pass in training: running mean and variance
  fixed,      ///< a constant
};

/// How a parameter's elements lie in memory, and in the shape that files use.
enum class ParameterLayout {
  vector,       ///< [n], the same in files
  convolution,  ///< [kh,kw,I,O]; files: [O,I,kh,kw]
  depthwise,    ///< [kh,kw,C]; files: [C,1,kh,kw]
  dense,        ///< [I,O]; files: [O,I]
};

/// How a parameter starts.
enum class Initializer {
  variance_scaling,  ///< truncated normal with deviation sqrt(1.3 * 2 / fan_out), as TF-slim's (fan-out, factor 2)
  zeros,
  ones,
  values,  ///< the given values
};

/// One parameter of a primitive.
struct ParameterSpec {
  std::string name;  ///< last part of the full name: "weight", "running_mean"
  Shape shape;       ///< in memory
  ParameterLayout layout = ParameterLayout::vector;
  ParameterRole role = ParameterRole::trainable;
  Initializer initializer = Initializer::zeros;
  std::vector<double> values = {};  ///< for Initializer::values, in memory order

  /// Number of outputs that one input feeds: kh * kw * O, or kh * kw of a depthwise kernel.
  NASNET_LAZY [[nodiscard]] std::int64_t fan_out() const;

  /// Whether L2 decay applies: to kernels, not to biases and normalisation.
  [[nodiscard]] bool decays() const { return role == ParameterRole::trainable && layout != ParameterLayout::vector; }

  /// The shape in files.
  NASNET_LAZY [[nodiscard]] Shape file_shape() const;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/primitive/parameter.ipp"
#endif
