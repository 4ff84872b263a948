/// The primitives of which networks are made: parameters, output shape and cost of each. Computation is in ops/.
///
/// All maps are [N,H,W,C]. A primitive states its structure from channels and strides alone, never from sizes. What it
/// leaves out is as structure.hpp says: one input, no parameters, an output like the input, no multiply-adds.
/// Multiply-adds are those of convolutions and dense layers, as published figures count them.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <span>         // span
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/primitive/feature_shape.hpp"
#include "nasnet/primitive/parameter.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI {

using Channels = std::span<const std::int64_t>;  ///< channels of each input
using Features = std::span<const FeatureShape>;  ///< shape of each input

namespace detail {

[[nodiscard]] constexpr std::int64_t window_multiply_adds(const Window& window, const FeatureShape& input,
                                                          std::int64_t per_tap) {
  const Size output = window.output(input.size());
  return checked_product(checked_product(checked_product(output.height, output.width), window.taps()), per_tap);
}

[[nodiscard]] inline std::vector<ParameterSpec> scale_and_shift(std::int64_t channels) {
  return {{.name = "weight", .shape = {channels}, .initializer = Initializer::ones},
          {.name = "bias", .shape = {channels}}};
}

}  // namespace detail

/// Full convolution, no bias. Parameters: weight [kh,kw,I,O].
struct Convolution {
  static constexpr std::string_view name = "convolution";
  Window window{};
  std::int64_t filters = 0;

  NASNET_LAZY [[nodiscard]] std::vector<ParameterSpec> parameters(Channels inputs) const;
  [[nodiscard]] constexpr std::int64_t output_channels(Channels) const { return filters; }
  [[nodiscard]] constexpr Size output_size(Size input) const { return window.output(input); }
  [[nodiscard]] constexpr std::int64_t stride() const { return window.stride_height; }
  [[nodiscard]] constexpr std::int64_t multiply_adds(Features inputs) const {
    return detail::window_multiply_adds(window, inputs[0], checked_product(inputs[0].channels, filters));
  }
};

/// 1x1 convolution at stride 1, no bias: a matrix product per pixel. Parameters: weight [1,1,I,O].
struct Pointwise {
  static constexpr std::string_view name = "pointwise";
  std::int64_t filters = 0;

  NASNET_LAZY [[nodiscard]] std::vector<ParameterSpec> parameters(Channels inputs) const {
    return Convolution{.window = {}, .filters = filters}.parameters(inputs);
  }
  [[nodiscard]] constexpr std::int64_t output_channels(Channels) const { return filters; }
  [[nodiscard]] constexpr std::int64_t multiply_adds(Features inputs) const {
    return checked_product(inputs[0].elements(), filters);
  }
};

/// Depthwise convolution with multiplier 1, no bias. Parameters: weight [kh,kw,C].
struct Depthwise {
  static constexpr std::string_view name = "depthwise";
  Window window{};
  std::vector<double> fixed_weight = {};  ///< a constant kernel [kh,kw], the same for each channel; empty: trainable

  NASNET_LAZY [[nodiscard]] std::vector<ParameterSpec> parameters(Channels inputs) const;
  [[nodiscard]] constexpr Size output_size(Size input) const { return window.output(input); }
  [[nodiscard]] constexpr std::int64_t stride() const { return window.stride_height; }
  [[nodiscard]] constexpr std::int64_t multiply_adds(Features inputs) const {
    return detail::window_multiply_adds(window, inputs[0], inputs[0].channels);
  }
};

/// Maximum of the window; padding never wins.
struct MaximumPool {
  static constexpr std::string_view name = "max_pool";
  static constexpr bool backward_reads_inputs = false;
  Window window{};

  [[nodiscard]] constexpr Size output_size(Size input) const { return window.output(input); }
  [[nodiscard]] constexpr std::int64_t stride() const { return window.stride_height; }
};

/// Mean of the window's cells that lie inside the map.
struct AveragePool {
  static constexpr std::string_view name = "average_pool";
  static constexpr bool backward_reads_inputs = false;
  Window window{};

  [[nodiscard]] constexpr Size output_size(Size input) const { return window.output(input); }
  [[nodiscard]] constexpr std::int64_t stride() const { return window.stride_height; }
};

/// Mean over the map: [N,H,W,C] to [N,1,1,C].
struct GlobalAveragePool {
  static constexpr std::string_view name = "global_average_pool";
  static constexpr bool backward_reads_inputs = false;

  [[nodiscard]] static constexpr Size output_size(Size) { return {1, 1}; }
};

/// Every stride-th pixel from (offset, offset) on, ceil(n / stride) of them; zeros past the edge. The paths of a
/// factorised reduction are Subsample{2, 0} and Subsample{2, 1}.
struct Subsample {
  static constexpr std::string_view name = "subsample";
  static constexpr bool backward_reads_inputs = false;
  std::int64_t step = 2;
  std::int64_t offset = 0;

  [[nodiscard]] constexpr Size output_size(Size input) const {
    return {(input.height + step - 1) / step, (input.width + step - 1) / step};
  }
  [[nodiscard]] constexpr std::int64_t stride() const { return step; }
};

/// max(x, 0).
struct Relu {
  static constexpr std::string_view name = "relu";
  static constexpr bool backward_reads_inputs = false;
  static constexpr bool backward_reads_output = true;
};

/// x scaled and shifted per channel by statistics of the batch (training) or running ones (evaluation, frozen).
/// Parameters: weight, bias, running_mean, running_var, each [C]. Running statistics move by
/// running = decay * running + (1 - decay) * batch; the variance that they take in is the unbiased one.
struct BatchNorm {
  static constexpr std::string_view name = "batch_norm";
  double epsilon = 1e-3;
  double decay = 0.9997;

  bool operator==(const BatchNorm&) const = default;

  NASNET_LAZY [[nodiscard]] static std::vector<ParameterSpec> parameters(Channels inputs);
};

/// x normalised over H, W and C of each sample, then scaled and shifted per channel. Parameters: weight, bias [C].
struct LayerNorm {
  static constexpr std::string_view name = "layer_norm";
  double epsilon = 1e-6;

  NASNET_LAZY [[nodiscard]] static std::vector<ParameterSpec> parameters(Channels inputs) {
    return detail::scale_and_shift(inputs[0]);
  }
};

/// x normalised over H and W of each sample and channel, then scaled and shifted. Parameters: weight, bias [C].
struct InstanceNorm {
  static constexpr std::string_view name = "instance_norm";
  double epsilon = 1e-6;

  NASNET_LAZY [[nodiscard]] static std::vector<ParameterSpec> parameters(Channels inputs) {
    return detail::scale_and_shift(inputs[0]);
  }
};

/// Sum of inputs of one shape.
struct Add {
  static constexpr std::string_view name = "add";
  static constexpr bool backward_reads_inputs = false;

  [[nodiscard]] static constexpr std::int64_t input_count() { return -1; }
  [[nodiscard]] static constexpr bool passes_gradient(std::size_t) { return true; }
};

/// Channels of all inputs, one after another.
struct Concat {
  static constexpr std::string_view name = "concat";
  static constexpr bool backward_reads_inputs = false;

  [[nodiscard]] static constexpr std::int64_t input_count() { return -1; }
  [[nodiscard]] static constexpr std::int64_t output_channels(Channels inputs) {
    std::int64_t sum = 0;
    for (const std::int64_t channels : inputs) sum += channels;
    return sum;
  }
};

/// Zeros, at a stride.
struct Zeros {
  static constexpr std::string_view name = "zero";
  static constexpr bool backward_reads_inputs = false;
  std::int64_t step = 1;
  std::int64_t filters = 0;

  [[nodiscard]] constexpr std::int64_t output_channels(Channels) const { return filters; }
  [[nodiscard]] constexpr Size output_size(Size input) const {
    return {(input.height + step - 1) / step, (input.width + step - 1) / step};
  }
  [[nodiscard]] constexpr std::int64_t stride() const { return step; }
};

/// ScheduledDropPath: in training drops a sample's whole map with a probability that grows with depth and time, and
/// divides what stays by the probability of staying. Paper section 3.1 (appendix); depth ratio as released.
struct DropPath {
  static constexpr std::string_view name = "drop_path";
  static constexpr bool backward_reads_inputs = false;
  double depth_ratio = 1.0;  ///< (cell number + 1) / number of cells, stem and reduction cells counted

  /// Probability of staying, from RunOptions::drop_path_keep and ::drop_path_progress.
  [[nodiscard]] constexpr double keep(double base_keep, double progress) const {
    const double t = progress < 0 ? 0 : progress > 1 ? 1 : progress;
    return 1.0 - t * depth_ratio * (1.0 - base_keep);
  }
};

/// In training drops single values and divides what stays by `keep`.
struct Dropout {
  static constexpr std::string_view name = "dropout";
  static constexpr bool backward_reads_inputs = false;
  double keep = 1.0;
};

/// Matrix product over the channels of each pixel plus a bias: [N,1,1,I] to [N,1,1,O]. Parameters: weight [I,O], bias
/// [O].
struct Dense {
  static constexpr std::string_view name = "dense";
  std::int64_t units = 0;

  NASNET_LAZY [[nodiscard]] std::vector<ParameterSpec> parameters(Channels inputs) const;
  [[nodiscard]] constexpr std::int64_t output_channels(Channels) const { return units; }
  [[nodiscard]] constexpr std::int64_t multiply_adds(Features inputs) const {
    return checked_product(inputs[0].elements(), units);
  }
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/primitive/primitives.ipp"
#endif
