/// What the normalisations have in common: sums over the rows of [groups, rows, channels], channel by channel.
///
/// Batch norm is one group of N*H*W rows; layer and instance norm are N groups of H*W rows. All loops run over the
/// channels of one row, and rows are split into chunks by shape alone, whose sums are put together in order.
#pragma once

#include <algorithm>  // fill_n, max, min
#include <cmath>      // sqrt
#include <cstdint>    // int64_t

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/column_kernels.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// How the rows of channels fall into groups and chunks.
struct ChannelGroups {
  std::int64_t groups = 1;
  std::int64_t rows = 1;
  std::int64_t channels = 1;

  /// Rows of a chunk: about as many as the first cache holds, but enough that the chunks' sums are few.
  [[nodiscard]] constexpr std::int64_t chunk_rows() const {
    return (std::max)(std::int64_t{64}, 8192 / (std::max)(channels, std::int64_t{1}));
  }
  [[nodiscard]] constexpr std::int64_t chunks() const { return (rows + chunk_rows() - 1) / chunk_rows(); }
  [[nodiscard]] constexpr std::int64_t rows_of(std::int64_t chunk) const {
    return (std::min)(chunk_rows(), rows - chunk * chunk_rows());
  }
  [[nodiscard]] constexpr std::int64_t sums() const { return groups * channels; }

  /// Calls body(group, chunk, offset of the chunk's first element) for all chunks.
  template <class Body>
  void for_each_chunk(Context& context, const Body& body) const {
    context.parallel_for(groups * chunks(), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const std::int64_t group = i / chunks();
        const std::int64_t chunk = i % chunks();
        body(group, chunk, (group * rows + chunk * chunk_rows()) * channels);
      }
    });
  }
};

// Mean and sum of squared distances to it, of each channel of one chunk; two passes.
template <class Scalar>
void chunk_moments(const Scalar* x, std::int64_t rows, std::int64_t channels, Scalar* mean, Scalar* squares) {
  std::fill_n(mean, channels, Scalar{0});
  std::fill_n(squares, channels, Scalar{0});
  sum_columns<Scalar>({.x = x, .rows = rows, .columns = channels, .sum = mean});
  for (std::int64_t c = 0; c < channels; ++c) mean[c] /= static_cast<Scalar>(rows);
  sum_column_squares<Scalar>({.x = x, .mean = mean, .rows = rows, .columns = channels, .sum = squares});
}

/// Mean and biased variance of each channel of each group, [groups * channels].
template <class Scalar>
struct Moments {
  Tensor<Scalar> mean;
  Tensor<Scalar> variance;
};

/// Two sums of each channel of each group, [groups * channels].
template <class Scalar>
struct GradientSums {
  Tensor<Scalar> sum;      ///< of g
  Tensor<Scalar> product;  ///< of g * (x - mean)
};

/// Mean and variance of one channel, put together chunk by chunk (Chan, Golub, LeVeque: "Algorithms for computing the
/// sample variance", 1983), in their order.
class RunningMoments {
 public:
  /// @param squares sum of squared distances to the chunk's mean
  NASNET_LAZY void add(std::int64_t count, double mean, double squares) {
    const auto rows = static_cast<double>(count);
    const double distance = mean - mean_;
    mean_ += distance * (rows / (count_ + rows));
    squares_ += squares + distance * distance * (count_ * rows / (count_ + rows));
    count_ += rows;
  }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const { return squares_ / count_; }

 private:
  double mean_ = 0;
  double squares_ = 0;
  double count_ = 0;
};

/// Calls body(group, channel) for all pairs.
template <class Body>
void for_each_channel(Context& context, const ChannelGroups& layout, const Body& body) {
  context.parallel_for(layout.sums(), 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) body(i / layout.channels, i % layout.channels);
  });
}

template <class Scalar>
[[nodiscard]] Moments<Scalar> channel_moments(Context& context, const ChannelGroups& layout, const Scalar* x) {
  const std::int64_t parts = layout.groups * layout.chunks();
  Tensor<Scalar> means = context.tensor<Scalar>({parts, layout.channels});
  Tensor<Scalar> squares = context.tensor<Scalar>({parts, layout.channels});
  layout.for_each_chunk(context, [&](std::int64_t group, std::int64_t chunk, std::int64_t offset) {
    const std::int64_t at = (group * layout.chunks() + chunk) * layout.channels;
    chunk_moments(x + offset, layout.rows_of(chunk), layout.channels, means.data() + at, squares.data() + at);
  });
  Moments<Scalar> result{context.tensor<Scalar>({layout.sums()}), context.tensor<Scalar>({layout.sums()})};
  for_each_channel(context, layout, [&](std::int64_t group, std::int64_t channel) {
    RunningMoments moments;
    for (std::int64_t chunk = 0; chunk < layout.chunks(); ++chunk) {
      const std::int64_t at = (group * layout.chunks() + chunk) * layout.channels + channel;
      moments.add(layout.rows_of(chunk), static_cast<double>(means[at]), static_cast<double>(squares[at]));
    }
    result.mean[group * layout.channels + channel] = static_cast<Scalar>(moments.mean());
    result.variance[group * layout.channels + channel] = static_cast<Scalar>(moments.variance());
  });
  return result;
}

// Sum of the chunks' sums of one channel, in their order.
template <class Scalar>
[[nodiscard]] Scalar combine_sums(const ChannelGroups& layout, const Tensor<Scalar>& parts, std::int64_t group,
                                  std::int64_t channel) {
  double sum = 0;
  for (std::int64_t chunk = 0; chunk < layout.chunks(); ++chunk) {
    sum += static_cast<double>(parts[(group * layout.chunks() + chunk) * layout.channels + channel]);
  }
  return static_cast<Scalar>(sum);
}

/// Sums over the rows of each channel of each group, [groups * channels].
template <class Scalar>
[[nodiscard]] Tensor<Scalar> channel_sums(Context& context, const ChannelGroups& layout, const Scalar* x) {
  Tensor<Scalar> parts = context.zeros<Scalar>({layout.groups * layout.chunks(), layout.channels});
  layout.for_each_chunk(context, [&](std::int64_t group, std::int64_t chunk, std::int64_t offset) {
    const std::int64_t at = (group * layout.chunks() + chunk) * layout.channels;
    sum_columns<Scalar>(
        {.x = x + offset, .rows = layout.rows_of(chunk), .columns = layout.channels, .sum = parts.data() + at});
  });
  Tensor<Scalar> result = context.tensor<Scalar>({layout.sums()});
  for_each_channel(context, layout, [&](std::int64_t group, std::int64_t channel) {
    result[group * layout.channels + channel] = combine_sums(layout, parts, group, channel);
  });
  return result;
}

/// The sums that the gradients of a normalisation are made of; `mean` [groups * channels].
template <class Scalar>
[[nodiscard]] GradientSums<Scalar> channel_gradient_sums(Context& context, const ChannelGroups& layout, const Scalar* g,
                                                         const Scalar* x, const Scalar* mean) {
  const std::int64_t parts = layout.groups * layout.chunks();
  Tensor<Scalar> sums = context.zeros<Scalar>({parts, layout.channels});
  Tensor<Scalar> products = context.zeros<Scalar>({parts, layout.channels});
  layout.for_each_chunk(context, [&](std::int64_t group, std::int64_t chunk, std::int64_t offset) {
    const std::int64_t at = (group * layout.chunks() + chunk) * layout.channels;
    sum_column_gradients<Scalar>({.g = g + offset,
                                  .x = x + offset,
                                  .mean = mean + group * layout.channels,
                                  .rows = layout.rows_of(chunk),
                                  .columns = layout.channels,
                                  .sum = sums.data() + at,
                                  .product = products.data() + at});
  });
  GradientSums<Scalar> result{context.tensor<Scalar>({layout.sums()}), context.tensor<Scalar>({layout.sums()})};
  for_each_channel(context, layout, [&](std::int64_t group, std::int64_t channel) {
    result.sum[group * layout.channels + channel] = combine_sums(layout, sums, group, channel);
    result.product[group * layout.channels + channel] = combine_sums(layout, products, group, channel);
  });
  return result;
}

/// 1 / sqrt(variance + epsilon).
template <class Scalar>
[[nodiscard]] Tensor<Scalar> inverse_deviation(Context& context, const Tensor<Scalar>& variance, double epsilon) {
  Tensor<Scalar> inverse = context.tensor<Scalar>(variance.shape());
  for (std::int64_t i = 0; i < inverse.elements(); ++i) {
    inverse[i] = static_cast<Scalar>(1.0 / std::sqrt(static_cast<double>(variance[i]) + epsilon));
  }
  return inverse;
}

/// y = (x - mean) * scale + shift, plus an addend unless it is null; mean, scale and shift of [groups * channels].
template <class Scalar>
void normalise_channels(Context& context, const ChannelGroups& layout, const Scalar* x, const Scalar* mean,
                        const Scalar* scale, const Scalar* shift, Scalar* y, const Scalar* addend = nullptr) {
  layout.for_each_chunk(context, [&](std::int64_t group, std::int64_t chunk, std::int64_t offset) {
    const std::int64_t at = group * layout.channels;
    ColumnLineJob<Scalar> job{.x = x + offset,
                              .mean = mean + at,
                              .scale = scale + at,
                              .shift = shift + at,
                              .rows = layout.rows_of(chunk),
                              .columns = layout.channels,
                              .out = y + offset};
    if (addend != nullptr) job.g = addend + offset;
    normalise_columns(job);
  });
}

/// Coefficients of dx = g * scale + (x - mean) * slope + shift, each [groups * channels].
template <class Scalar>
struct GradientLine {
  Tensor<Scalar> scale;
  Tensor<Scalar> slope;
  Tensor<Scalar> shift;

  GradientLine(Context& context, const ChannelGroups& layout)
      : scale(context.tensor<Scalar>({layout.sums()})),
        slope(context.tensor<Scalar>({layout.sums()})),
        shift(context.tensor<Scalar>({layout.sums()})) {}
};

/// dx = g * scale + (x - mean) * slope + shift into the slot.
template <class Scalar>
void normalise_gradient(Context& context, const ChannelGroups& layout, const Scalar* g, const Scalar* x,
                        const Scalar* mean, const GradientLine<Scalar>& line, GradientSlot<Scalar> slot) {
  layout.for_each_chunk(context, [&](std::int64_t group, std::int64_t chunk, std::int64_t offset) {
    const std::int64_t at = group * layout.channels;
    const ColumnLineJob<Scalar> job{.g = g + offset,
                                    .x = x + offset,
                                    .mean = mean + at,
                                    .scale = line.scale.data() + at,
                                    .slope = line.slope.data() + at,
                                    .shift = line.shift.data() + at,
                                    .rows = layout.rows_of(chunk),
                                    .columns = layout.channels,
                                    .out = slot.tensor->data() + offset};
    normalise_columns_gradient(job, slot.accumulate);
  });
}

}  // namespace nasnet::inline NASNET_ABI::detail
