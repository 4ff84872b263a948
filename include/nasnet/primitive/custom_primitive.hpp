/// A user's own primitive, held by value whatever its type.
#pragma once

#include <concepts>     // same_as
#include <cstdint>      // int64_t
#include <memory>       // shared_ptr, make_shared
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/primitive/structure.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
struct OpCall;
template <class Scalar>
struct OpGradients;
class OnnxCall;

/// Whether `forward` and `backward` can be called for a primitive and a scalar type on the CPU.
template <class P, class Scalar>
concept ComputesOnCpu = requires(const P& primitive, OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  forward(primitive, call);
  backward(primitive, call, gradients);
};

/// Whether a primitive can be written as ONNX: it has `emit_onnx` beside its type, see onnx_call.hpp.
template <class P>
concept EmitsOnnx = requires(const P& primitive, OnnxCall& call) {
  emit_onnx(primitive, call);
};

/// A primitive outside the built-in ones: `graph_builder.apply(my::Swish{}, {x})`.
///
/// Its type satisfies PrimitiveStructure and has `forward` and `backward` beside it (see op_call.hpp) for float, and
/// for double if it is to be checked by finite differences. With `emit_onnx` beside it (see onnx_call.hpp), networks
/// that have it can be written as ONNX. Here a computation is known by reference alone, so that graphs need neither
/// tensors nor threads.
class CustomPrimitive {
 public:
  template <class P>
    requires(!std::same_as<P, CustomPrimitive> && PrimitiveStructure<P>)
  explicit CustomPrimitive(P primitive) : self_(std::make_shared<const Holder<P>>(std::move(primitive))) {
    static_assert(ComputesOnCpu<P, float>,
                  "a primitive needs forward(const P&, OpCall<float>&) and backward(const P&, const OpCall<float>&, "
                  "const OpGradients<float>&) beside its type");
  }

  friend std::string_view name_of(const CustomPrimitive& p) { return p.self_->name(); }
  friend bool backward_reads_inputs(const CustomPrimitive& p) { return p.self_->reads_inputs(); }
  friend bool backward_reads_output(const CustomPrimitive& p) { return p.self_->reads_output(); }
  friend std::int64_t input_count(const CustomPrimitive& p) { return p.self_->inputs(); }
  friend std::vector<ParameterSpec> parameters_of(const CustomPrimitive& p, Channels inputs) {
    return p.self_->parameters(inputs);
  }
  friend std::int64_t output_channels(const CustomPrimitive& p, Channels inputs) { return p.self_->channels(inputs); }
  friend Size output_size(const CustomPrimitive& p, Size input) { return p.self_->size(input); }
  friend std::int64_t stride_of(const CustomPrimitive& p) { return p.self_->stride(); }
  friend std::int64_t multiply_adds(const CustomPrimitive& p, Features inputs) { return p.self_->cost(inputs); }

  friend void forward(const CustomPrimitive& primitive, OpCall<float>& call) { primitive.self_->run(call); }
  friend void forward(const CustomPrimitive& primitive, OpCall<double>& call) { primitive.self_->run(call); }
  friend void backward(const CustomPrimitive& primitive, const OpCall<float>& call,
                       const OpGradients<float>& gradients) {
    primitive.self_->run_backward(call, gradients);
  }
  friend void backward(const CustomPrimitive& primitive, const OpCall<double>& call,
                       const OpGradients<double>& gradients) {
    primitive.self_->run_backward(call, gradients);
  }

  /// Writes it as ONNX; false where its type has no emit_onnx. See emit_onnx in onnx_call.hpp.
  [[nodiscard]] bool try_emit_onnx(OnnxCall& call) const { return self_->emit(call); }

 private:
  struct Interface {
    Interface() = default;
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;
    virtual ~Interface() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual bool reads_inputs() const = 0;
    [[nodiscard]] virtual bool reads_output() const = 0;
    [[nodiscard]] virtual std::int64_t inputs() const = 0;
    [[nodiscard]] virtual std::vector<ParameterSpec> parameters(Channels inputs) const = 0;
    [[nodiscard]] virtual std::int64_t channels(Channels inputs) const = 0;
    [[nodiscard]] virtual Size size(Size input) const = 0;
    [[nodiscard]] virtual std::int64_t stride() const = 0;
    [[nodiscard]] virtual std::int64_t cost(Features inputs) const = 0;
    virtual void run(OpCall<float>& call) const = 0;
    virtual void run(OpCall<double>& call) const = 0;
    virtual void run_backward(const OpCall<float>& call, const OpGradients<float>& gradients) const = 0;
    virtual void run_backward(const OpCall<double>& call, const OpGradients<double>& gradients) const = 0;
    [[nodiscard]] virtual bool emit(OnnxCall& call) const = 0;
  };

  template <class P>
  struct Holder final : Interface {
    explicit Holder(P value) : primitive(std::move(value)) {}
    [[nodiscard]] std::string_view name() const override { return name_of(primitive); }
    [[nodiscard]] bool reads_inputs() const override { return backward_reads_inputs(primitive); }
    [[nodiscard]] bool reads_output() const override { return backward_reads_output(primitive); }
    [[nodiscard]] std::int64_t inputs() const override { return input_count(primitive); }
    [[nodiscard]] std::vector<ParameterSpec> parameters(Channels in) const override {
      return parameters_of(primitive, in);
    }
    [[nodiscard]] std::int64_t channels(Channels in) const override { return output_channels(primitive, in); }
    [[nodiscard]] Size size(Size input) const override { return output_size(primitive, input); }
    [[nodiscard]] std::int64_t stride() const override { return stride_of(primitive); }
    [[nodiscard]] std::int64_t cost(Features in) const override { return multiply_adds(primitive, in); }
    void run(OpCall<float>& call) const override { forward(primitive, call); }
    void run(OpCall<double>& call) const override {
      if constexpr (ComputesOnCpu<P, double>) {
        forward(primitive, call);
      } else {
        fail<ArgumentError>(P::name, ": the primitive has no forward in double");
      }
    }
    void run_backward(const OpCall<float>& call, const OpGradients<float>& gradients) const override {
      backward(primitive, call, gradients);
    }
    void run_backward(const OpCall<double>& call, const OpGradients<double>& gradients) const override {
      if constexpr (ComputesOnCpu<P, double>) {
        backward(primitive, call, gradients);
      } else {
        fail<ArgumentError>(P::name, ": the primitive has no backward in double");
      }
    }
    [[nodiscard]] bool emit(OnnxCall& call) const override {
      if constexpr (EmitsOnnx<P>) {
        emit_onnx(primitive, call);
        return true;
      }
      return false;
    }
    P primitive;
  };

  std::shared_ptr<const Interface> self_;
};

}  // namespace nasnet::inline NASNET_ABI
