/// Elementwise ops of recurrent controllers and losses, on tensors of any shape.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// y = 1 / (1 + exp(-x)).
struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static constexpr bool backward_reads_inputs = false;
  static constexpr bool backward_reads_output = true;
};

/// y = tanh(x).
struct Tanh {
  static constexpr std::string_view name = "tanh";
  static constexpr bool backward_reads_inputs = false;
  static constexpr bool backward_reads_output = true;
};

/// y = exp(x).
struct Exp {
  static constexpr std::string_view name = "exp";
  static constexpr bool backward_reads_inputs = false;
  static constexpr bool backward_reads_output = true;
};

/// y = log(x), x > 0.
struct Log {
  static constexpr std::string_view name = "log";
};

/// y = factor * x; a factor of -1 negates.
struct Scale {
  static constexpr std::string_view name = "scale";
  static constexpr bool backward_reads_inputs = false;
  double factor = 1.0;
};

/// y = a * b.
struct Multiply {
  static constexpr std::string_view name = "multiply";
  [[nodiscard]] static constexpr std::int64_t input_count() { return 2; }
};

/// y = a - b.
struct Subtract {
  static constexpr std::string_view name = "subtract";
  static constexpr bool backward_reads_inputs = false;
  [[nodiscard]] static constexpr std::int64_t input_count() { return 2; }
};

/// y = min(a, b). Of equal values the first one has the gradient.
struct Minimum {
  static constexpr std::string_view name = "minimum";
  [[nodiscard]] static constexpr std::int64_t input_count() { return 2; }
};

/// y = x within [low, high], else the nearer bound, which has no gradient.
struct Clamp {
  static constexpr std::string_view name = "clamp";
  double low = 0.0;
  double high = 1.0;
};

template <class Scalar>
void forward(const Sigmoid&, OpCall<Scalar>& call);

/// dx = dy y (1 - y).
template <class Scalar>
void backward(const Sigmoid&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

template <class Scalar>
void forward(const Tanh&, OpCall<Scalar>& call);

/// dx = dy (1 - y^2).
template <class Scalar>
void backward(const Tanh&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

template <class Scalar>
void forward(const Exp&, OpCall<Scalar>& call);

/// dx = dy y.
template <class Scalar>
void backward(const Exp&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

template <class Scalar>
void forward(const Log&, OpCall<Scalar>& call);

/// dx = dy / x.
template <class Scalar>
void backward(const Log&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

template <class Scalar>
void forward(const Scale& scale, OpCall<Scalar>& call);

/// dx = factor dy.
template <class Scalar>
void backward(const Scale& scale, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// @throws ShapeError where the shapes differ.
template <class Scalar>
void forward(const Multiply&, OpCall<Scalar>& call);

/// da = dy b, db = dy a.
template <class Scalar>
void backward(const Multiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// @throws ShapeError where the shapes differ.
template <class Scalar>
void forward(const Subtract&, OpCall<Scalar>& call);

/// da = dy, db = -dy.
template <class Scalar>
void backward(const Subtract&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// @throws ShapeError where the shapes differ.
template <class Scalar>
void forward(const Minimum&, OpCall<Scalar>& call);

/// da = dy where a <= b, else 0; db = dy - da.
template <class Scalar>
void backward(const Minimum&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// @throws ArgumentError unless low <= high.
template <class Scalar>
void forward(const Clamp& clamp, OpCall<Scalar>& call);

/// dx = dy where low <= x <= high, else 0.
template <class Scalar>
void backward(const Clamp& clamp, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/elementwise.ipp"
#endif
