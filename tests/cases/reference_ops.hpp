// What every primitive computes, in plain loops over doubles: the definition that the kernels are tested against.
//
// Written to be read, not to be quick. Shares no code with ops/; even SAME padding is spelled out again.
#pragma once

#include <algorithm>  // max, min
#include <cmath>      // exp, floor, log, sqrt, tanh
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <limits>     // numeric_limits
#include <span>       // span
#include <vector>     // vector

#include "nasnet/ops/ops.hpp"

namespace cases {

using nasnet::Shape;
using nasnet::Tensor;

/// What a reference reads.
struct ReferenceCall {
  std::vector<const Tensor<double>*> inputs;
  std::vector<const Tensor<double>*> parameters;
  nasnet::RunOptions run;

  [[nodiscard]] const Tensor<double>& input(std::size_t i = 0) const { return *inputs[i]; }
  [[nodiscard]] const Tensor<double>& parameter(std::size_t i) const { return *parameters[i]; }
};

// ---- Windows

/// Outputs and padding before the first cell of one axis, by TensorFlow's definition.
struct Axis {
  std::int64_t outputs = 0;
  std::int64_t before = 0;
};

inline Axis reference_axis(std::int64_t n, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                           nasnet::Padding padding) {
  const std::int64_t reach = (kernel - 1) * dilation + 1;
  if (padding == nasnet::Padding::valid) return {(n - reach) / stride + 1, 0};
  const std::int64_t outputs = (n + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>((outputs - 1) * stride + reach - n, 0);
  return {outputs, total / 2};
}

inline Axis vertical_axis(const nasnet::Window& w, const Shape& in) {
  return reference_axis(in[1], w.kernel_height, w.stride_height, w.dilation, w.padding);
}

inline Axis horizontal_axis(const nasnet::Window& w, const Shape& in) {
  return reference_axis(in[2], w.kernel_width, w.stride_width, w.dilation, w.padding);
}

/// Calls body(kh, kw, h, w) for the taps of the window of output (oh, ow) that lie inside the map.
template <class Body>
void for_each_tap(const nasnet::Window& w, const Shape& in, std::int64_t oh, std::int64_t ow, const Body& body) {
  for (std::int64_t kh = 0; kh < w.kernel_height; ++kh) {
    for (std::int64_t kw = 0; kw < w.kernel_width; ++kw) {
      const std::int64_t ih = oh * w.stride_height - vertical_axis(w, in).before + kh * w.dilation;
      const std::int64_t iw = ow * w.stride_width - horizontal_axis(w, in).before + kw * w.dilation;
      if (ih >= 0 && ih < in[1] && iw >= 0 && iw < in[2]) body(kh, kw, ih, iw);
    }
  }
}

/// Calls body(n, h, w, c) for all elements of a map.
template <class Body>
void for_each_element(const Shape& shape, const Body& body) {
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    for (std::int64_t h = 0; h < shape[1]; ++h) {
      for (std::int64_t w = 0; w < shape[2]; ++w) {
        for (std::int64_t c = 0; c < shape[3]; ++c) body(n, h, w, c);
      }
    }
  }
}

inline Shape window_shape(const nasnet::Window& w, const Shape& in, std::int64_t channels) {
  return {in[0], vertical_axis(w, in).outputs, horizontal_axis(w, in).outputs, channels};
}

inline Tensor<double> reference(const nasnet::Convolution& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  const Tensor<double>& weight = call.parameter(0);
  Tensor<double> y(window_shape(p.window, x.shape(), p.filters));
  for_each_element(y.shape(), [&](auto n, auto oh, auto ow, auto o) {
    double sum = 0;
    for_each_tap(p.window, x.shape(), oh, ow, [&](auto kh, auto kw, auto ih, auto iw) {
      for (std::int64_t i = 0; i < x.extent(3); ++i) sum += x(n, ih, iw, i) * weight(kh, kw, i, o);
    });
    y(n, oh, ow, o) = sum;
  });
  return y;
}

inline Tensor<double> reference(const nasnet::Pointwise& p, const ReferenceCall& call) {
  return reference(nasnet::Convolution{.window = {}, .filters = p.filters}, call);
}

inline Tensor<double> reference(const nasnet::Depthwise& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  const Tensor<double>& weight = call.parameter(0);
  Tensor<double> y(window_shape(p.window, x.shape(), x.extent(3)));
  for_each_element(y.shape(), [&](auto n, auto oh, auto ow, auto c) {
    double sum = 0;
    for_each_tap(p.window, x.shape(), oh, ow, [&](auto kh, auto kw, auto ih, auto iw) {
      sum += x(n, ih, iw, c) * weight[(kh * p.window.kernel_width + kw) * x.extent(3) + c];
    });
    y(n, oh, ow, c) = sum;
  });
  return y;
}

inline Tensor<double> reference(const nasnet::MaximumPool& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y(window_shape(p.window, x.shape(), x.extent(3)));
  for_each_element(y.shape(), [&](auto n, auto oh, auto ow, auto c) {
    double largest = -std::numeric_limits<double>::infinity();
    for_each_tap(p.window, x.shape(), oh, ow,
                 [&](auto, auto, auto ih, auto iw) { largest = std::max(largest, x(n, ih, iw, c)); });
    y(n, oh, ow, c) = largest;
  });
  return y;
}

inline Tensor<double> reference(const nasnet::AveragePool& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y(window_shape(p.window, x.shape(), x.extent(3)));
  for_each_element(y.shape(), [&](auto n, auto oh, auto ow, auto c) {
    double sum = 0;
    double cells = 0;
    for_each_tap(p.window, x.shape(), oh, ow, [&](auto, auto, auto ih, auto iw) {
      sum += x(n, ih, iw, c);
      cells += 1;
    });
    y(n, oh, ow, c) = sum / cells;
  });
  return y;
}

inline Tensor<double> reference(const nasnet::GlobalAveragePool&, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y({x.extent(0), 1, 1, x.extent(3)});
  y.fill(0);
  for_each_element(x.shape(), [&](auto n, auto h, auto w, auto c) {
    y(n, 0, 0, c) += x(n, h, w, c) / static_cast<double>(x.extent(1) * x.extent(2));
  });
  return y;
}

inline Tensor<double> reference(const nasnet::Subsample& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  const std::int64_t height = (x.extent(1) + p.step - 1) / p.step;
  const std::int64_t width = (x.extent(2) + p.step - 1) / p.step;
  Tensor<double> y({x.extent(0), height, width, x.extent(3)});
  for_each_element(y.shape(), [&](auto n, auto h, auto w, auto c) {
    const std::int64_t from_h = h * p.step + p.offset;
    const std::int64_t from_w = w * p.step + p.offset;
    const bool inside = from_h < x.extent(1) && from_w < x.extent(2);
    y(n, h, w, c) = inside ? x(n, from_h, from_w, c) : 0.0;
  });
  return y;
}

// ---- Normalisation

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias over the elements that share a key.
template <class Key>
Tensor<double> reference_normalise(const ReferenceCall& call, double epsilon, std::int64_t keys, const Key& key) {
  const Tensor<double>& x = call.input();
  std::vector<double> count(static_cast<std::size_t>(keys)), mean(count), variance(count);
  const auto at = [&](auto n, auto c) { return static_cast<std::size_t>(key(n, c)); };
  for_each_element(x.shape(), [&](auto n, auto h, auto w, auto c) {
    count[at(n, c)] += 1;
    mean[at(n, c)] += x(n, h, w, c);
  });
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] /= count[i];
  for_each_element(x.shape(), [&](auto n, auto h, auto w, auto c) {
    const double distance = x(n, h, w, c) - mean[at(n, c)];
    variance[at(n, c)] += distance * distance / count[at(n, c)];
  });
  Tensor<double> y(x.shape());
  for_each_element(x.shape(), [&](auto n, auto h, auto w, auto c) {
    const double normalised = (x(n, h, w, c) - mean[at(n, c)]) / std::sqrt(variance[at(n, c)] + epsilon);
    y(n, h, w, c) = normalised * call.parameter(0)[c] + call.parameter(1)[c];
  });
  return y;
}

inline Tensor<double> reference(const nasnet::BatchNorm& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  if (call.run.mode == nasnet::Mode::train) {
    return reference_normalise(call, p.epsilon, x.extent(3), [](auto, auto c) { return c; });
  }
  Tensor<double> y(x.shape());
  for_each_element(x.shape(), [&](auto n, auto h, auto w, auto c) {
    const double normalised = (x(n, h, w, c) - call.parameter(2)[c]) / std::sqrt(call.parameter(3)[c] + p.epsilon);
    y(n, h, w, c) = normalised * call.parameter(0)[c] + call.parameter(1)[c];
  });
  return y;
}

inline Tensor<double> reference(const nasnet::LayerNorm& p, const ReferenceCall& call) {
  return reference_normalise(call, p.epsilon, call.input().extent(0), [](auto n, auto) { return n; });
}

inline Tensor<double> reference(const nasnet::InstanceNorm& p, const ReferenceCall& call) {
  const std::int64_t channels = call.input().extent(3);
  return reference_normalise(call, p.epsilon, call.input().extent(0) * channels,
                             [channels](auto n, auto c) { return n * channels + c; });
}

// ---- Elementwise

template <class Function>
Tensor<double> reference_map(const Tensor<double>& x, const Function& f) {
  Tensor<double> y(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) y[i] = f(x[i]);
  return y;
}

template <class Function>
Tensor<double> reference_pairs(const ReferenceCall& call, const Function& f) {
  Tensor<double> y(call.input().shape());
  for (std::int64_t i = 0; i < y.elements(); ++i) y[i] = f(call.input(0)[i], call.input(1)[i]);
  return y;
}

inline Tensor<double> reference(const nasnet::Relu&, const ReferenceCall& call) {
  return reference_map(call.input(), [](double x) { return x > 0 ? x : 0; });
}
inline Tensor<double> reference(const nasnet::Sigmoid&, const ReferenceCall& call) {
  return reference_map(call.input(), [](double x) { return 1 / (1 + std::exp(-x)); });
}
inline Tensor<double> reference(const nasnet::Tanh&, const ReferenceCall& call) {
  return reference_map(call.input(), [](double x) { return std::tanh(x); });
}
inline Tensor<double> reference(const nasnet::Exp&, const ReferenceCall& call) {
  return reference_map(call.input(), [](double x) { return std::exp(x); });
}
inline Tensor<double> reference(const nasnet::Log&, const ReferenceCall& call) {
  return reference_map(call.input(), [](double x) { return std::log(x); });
}
inline Tensor<double> reference(const nasnet::Scale& p, const ReferenceCall& call) {
  return reference_map(call.input(), [&](double x) { return p.factor * x; });
}
inline Tensor<double> reference(const nasnet::Clamp& p, const ReferenceCall& call) {
  return reference_map(call.input(), [&](double x) { return x < p.low ? p.low : x > p.high ? p.high : x; });
}
inline Tensor<double> reference(const nasnet::Multiply&, const ReferenceCall& call) {
  return reference_pairs(call, [](double a, double b) { return a * b; });
}
inline Tensor<double> reference(const nasnet::Subtract&, const ReferenceCall& call) {
  return reference_pairs(call, [](double a, double b) { return a - b; });
}
inline Tensor<double> reference(const nasnet::Minimum&, const ReferenceCall& call) {
  return reference_pairs(call, [](double a, double b) { return a < b ? a : b; });
}

inline Tensor<double> reference(const nasnet::Add&, const ReferenceCall& call) {
  Tensor<double> y(call.input().shape());
  y.fill(0);
  for (const Tensor<double>* input : call.inputs) {
    for (std::int64_t i = 0; i < y.elements(); ++i) y[i] += (*input)[i];
  }
  return y;
}

inline Tensor<double> reference(const nasnet::Zeros& p, const ReferenceCall& call) {
  const Shape& in = call.input().shape();
  Tensor<double> y({in[0], (in[1] + p.step - 1) / p.step, (in[2] + p.step - 1) / p.step, p.filters});
  y.fill(0);
  return y;
}

// ---- Rows

inline std::int64_t columns_of(const Tensor<double>& x) { return x.extent(x.shape().rank() - 1); }
inline std::int64_t rows_of(const Tensor<double>& x) { return x.elements() / columns_of(x); }

/// A tensor like x with another number of columns.
inline Tensor<double> with_columns(const Tensor<double>& x, std::int64_t columns) {
  std::vector<std::int64_t> extents(x.shape().extents().begin(), x.shape().extents().end());
  extents.back() = columns;
  return Tensor<double>(Shape(std::span<const std::int64_t>(extents)));
}

inline Tensor<double> reference(const nasnet::Concat&, const ReferenceCall& call) {
  std::int64_t columns = 0;
  for (const Tensor<double>* input : call.inputs) columns += columns_of(*input);
  Tensor<double> y = with_columns(call.input(), columns);
  for (std::int64_t row = 0; row < rows_of(y); ++row) {
    std::int64_t to = row * columns;
    for (const Tensor<double>* input : call.inputs) {
      for (std::int64_t c = 0; c < columns_of(*input); ++c) y[to++] = (*input)[row * columns_of(*input) + c];
    }
  }
  return y;
}

inline Tensor<double> reference(const nasnet::AddBias&, const ReferenceCall& call) {
  Tensor<double> y(call.input().shape());
  for (std::int64_t i = 0; i < y.elements(); ++i) y[i] = call.input(0)[i] + call.input(1)[i % columns_of(y)];
  return y;
}

inline Tensor<double> reference(const nasnet::Dense& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y = with_columns(x, p.units);
  for (std::int64_t row = 0; row < rows_of(x); ++row) {
    for (std::int64_t o = 0; o < p.units; ++o) {
      double sum = call.parameter(1)[o];
      for (std::int64_t i = 0; i < columns_of(x); ++i) {
        sum += x[row * columns_of(x) + i] * call.parameter(0)[i * p.units + o];
      }
      y[row * p.units + o] = sum;
    }
  }
  return y;
}

inline Tensor<double> reference(const nasnet::MatrixMultiply&, const ReferenceCall& call) {
  const Tensor<double>& a = call.input(0);
  const Tensor<double>& b = call.input(1);
  Tensor<double> y({a.extent(0), b.extent(1)});
  for (std::int64_t row = 0; row < a.extent(0); ++row) {
    for (std::int64_t column = 0; column < b.extent(1); ++column) {
      double sum = 0;
      for (std::int64_t k = 0; k < a.extent(1); ++k) sum += a[row * a.extent(1) + k] * b[k * b.extent(1) + column];
      y[row * b.extent(1) + column] = sum;
    }
  }
  return y;
}

inline Tensor<double> reference(const nasnet::Slice& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y = with_columns(x, p.end - p.begin);
  for (std::int64_t i = 0; i < y.elements(); ++i) {
    y[i] = x[i / columns_of(y) * columns_of(x) + p.begin + i % columns_of(y)];
  }
  return y;
}

/// log of the probability of one entry of a row.
inline double reference_log_probability(const Tensor<double>& x, std::int64_t row, std::int64_t column) {
  double sum = 0;
  for (std::int64_t k = 0; k < columns_of(x); ++k) sum += std::exp(x[row * columns_of(x) + k]);
  return std::log(std::exp(x[row * columns_of(x) + column]) / sum);
}

inline Tensor<double> reference(const nasnet::LogSoftmax&, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    y[i] = reference_log_probability(x, i / columns_of(x), i % columns_of(x));
  }
  return y;
}

inline Tensor<double> reference(const nasnet::SoftmaxCrossEntropy& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  double sum = 0;
  for (std::int64_t row = 0; row < rows_of(x); ++row) {
    for (std::int64_t k = 0; k < columns_of(x); ++k) {
      const bool right = k == p.labels[static_cast<std::size_t>(row)];
      const double target =
          (right ? 1 - p.label_smoothing : 0) + p.label_smoothing / static_cast<double>(columns_of(x));
      sum -= target * reference_log_probability(x, row, k);
    }
  }
  Tensor<double> y({1});
  y[0] = sum / static_cast<double>(rows_of(x));
  return y;
}

inline Tensor<double> reference(const nasnet::PickColumn& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  Tensor<double> y({rows_of(x)});
  for (std::int64_t row = 0; row < y.elements(); ++row) {
    y[row] = x[row * columns_of(x) + p.indices[static_cast<std::size_t>(row)]];
  }
  return y;
}

inline Tensor<double> reference(const nasnet::EmbeddingRow& p, const ReferenceCall& call) {
  const Tensor<double>& table = call.input();
  Tensor<double> y({static_cast<std::int64_t>(p.indices.size()), columns_of(table)});
  for (std::int64_t i = 0; i < y.elements(); ++i) {
    const std::int64_t from = p.indices[static_cast<std::size_t>(i / columns_of(table))];
    y[i] = table[from * columns_of(table) + i % columns_of(table)];
  }
  return y;
}

// ---- Reductions

inline double reference_sum(const Tensor<double>& x) {
  double sum = 0;
  for (const double value : x.values()) sum += value;
  return sum;
}

inline Tensor<double> reference(const nasnet::Sum&, const ReferenceCall& call) {
  Tensor<double> y({1});
  y[0] = reference_sum(call.input());
  return y;
}

inline Tensor<double> reference(const nasnet::Mean&, const ReferenceCall& call) {
  Tensor<double> y({1});
  y[0] = reference_sum(call.input()) / static_cast<double>(call.input().elements());
  return y;
}

// ---- Random ops: one number of the call's stream for each mask entry, in order

inline Tensor<double> reference(const nasnet::DropPath& p, const ReferenceCall& call) {
  const Tensor<double>& x = call.input();
  const double ratio = p.depth_ratio * (1 - call.run.drop_path_keep);
  const double keep = 1 - call.run.drop_path_progress * ratio;
  nasnet::RandomStream random = call.run.random;
  Tensor<double> y(x.shape());
  const std::int64_t sample = x.elements() / x.extent(0);
  for (std::int64_t n = 0; n < x.extent(0); ++n) {
    const double mask = call.run.mode == nasnet::Mode::evaluate ? 1 : std::floor(keep + random.uniform()) / keep;
    for (std::int64_t i = n * sample; i < (n + 1) * sample; ++i) y[i] = x[i] * mask;
  }
  return y;
}

inline Tensor<double> reference(const nasnet::Dropout& p, const ReferenceCall& call) {
  nasnet::RandomStream random = call.run.random;
  if (call.run.mode == nasnet::Mode::evaluate) return reference_map(call.input(), [](double x) { return x; });
  return reference_map(call.input(), [&](double x) { return x * std::floor(p.keep + random.uniform()) / p.keep; });
}

}  // namespace cases
