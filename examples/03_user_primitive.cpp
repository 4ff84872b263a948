// A primitive of our own: Swish, x * sigmoid(x), with its gradient, checked by finite differences and used in an op.
#include <cmath>
#include <iostream>

#include <nasnet/nasnet.hpp>

namespace my {

/// Elementwise: output shape, channels and stride are those of the input, which the library assumes by itself.
struct Swish {
  static constexpr std::string_view name = "swish";
};

template <class Scalar>
void forward(const Swish&, nasnet::OpCall<Scalar>& call) {
  const nasnet::Tensor<Scalar>& x = call.input();
  nasnet::Tensor<Scalar>& y = call.allocate_output(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) y[i] = x[i] / (1 + std::exp(-x[i]));
}

/// dy/dx = s + x s (1 - s) with s = sigmoid(x)
template <class Scalar>
void backward(const Swish&, const nasnet::OpCall<Scalar>& call, const nasnet::OpGradients<Scalar>& gradients) {
  const nasnet::GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  const nasnet::Tensor<Scalar>& x = call.input();
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    const Scalar s = 1 / (1 + std::exp(-x[i]));
    const Scalar gradient = gradients.output[i] * (s + x[i] * s * (1 - s));
    (*slot.tensor)[i] = (slot.accumulate ? (*slot.tensor)[i] : 0) + gradient;
  }
}

/// A convolution behind Swish in place of ReLU.
struct SwishConv {
  static constexpr auto name = nasnet::op_name("swish_conv_", 3);
  static nasnet::Value expand(nasnet::GraphBuilder& g, nasnet::Value x, nasnet::OpContext at) {
    x = g.apply(Swish{}, {x}, "swish");
    return g.batch_norm(g.convolution(x, at.filters, {.kernel = 3, .stride = at.stride}));
  }
};

using Ops = nasnet::OpSet<nasnet::Identity, nasnet::MaxPool<3>, SwishConv>;

}  // namespace my

int main() {
  nasnet::Context context;
  const nasnet::GradientCheckResult check = check_gradients(my::Swish{}, {{1, 3, 3, 2}}, context);
  std::cout << "largest error of the gradient: " << check.worst_error << '\n';

  constexpr auto cell = nasnet::make_cell<my::Ops>({{{0, "swish_conv_3x3"}, {1, "max_pool_3x3"}}});
  const nasnet::Architecture architecture = to_architecture(nasnet::ArchitectureGenotype<my::Ops, 1>{cell, cell});
  const nasnet::Model<> model(build_network(architecture, my::Ops::table(), {.cells_per_stack = 1, .filters = 8}),
                              nasnet::RandomStream(1));
  nasnet::Tensor<float> images({2, 16, 16, 3});
  images.fill(0.5F);
  std::cout << "logits " << model.predict(context, images).shape().to_string() << '\n';
  return check.passed ? 0 : 1;
}
