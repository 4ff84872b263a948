// Two ops of our own. An op expands itself into primitives, and so has gradients, costs and drawings with no further
// code.
#include <iostream>

#include <nasnet/nasnet.hpp>

namespace my {

/// 1x1 to a quarter of the filters, 3x3, 1x1 back.
struct Bottleneck {
  static constexpr auto name = nasnet::op_name("bottleneck_", 3);
  static nasnet::Value expand(nasnet::GraphBuilder& g, nasnet::Value x, nasnet::OpContext at) {
    const std::int64_t narrow = at.filters < 4 ? 1 : at.filters / 4;
    x = g.batch_norm(g.pointwise(g.relu(x), narrow, "squeeze"), "squeeze_bn");
    x = g.batch_norm(g.convolution(g.relu(x), narrow, {.kernel = 3, .stride = at.stride}), "conv_bn");
    return g.batch_norm(g.pointwise(g.relu(x), at.filters, "expand"), "expand_bn");
  }
};

/// A blur with a constant binomial kernel, so that subsampling does not alias (Zhang, ICML 2019).
struct BlurPool {
  static constexpr auto name = nasnet::op_name("blur_pool_", 3);
  static nasnet::Value expand(nasnet::GraphBuilder& g, nasnet::Value x, nasnet::OpContext at) {
    x = g.depthwise(x,
                    {.kernel = 3,
                     .stride = at.stride,
                     .fixed_weight = {1 / 16., 2 / 16., 1 / 16., 2 / 16., 4 / 16., 2 / 16., 1 / 16., 2 / 16., 1 / 16.}},
                    "blur");
    if (x.channels == at.filters) return x;
    return g.batch_norm(g.pointwise(x, at.filters));
  }
};

using Ops = nasnet::OpSet<nasnet::Identity, nasnet::SepConv<3>, Bottleneck, BlurPool>;

}  // namespace my

int main() {
  constexpr auto cell = nasnet::make_cell<my::Ops>(
      {{{0, "bottleneck_3x3"}, {1, "blur_pool_3x3"}}, {{2, "identity"}, {0, "sep_conv_3x3"}}});
  const nasnet::Architecture architecture = to_architecture(nasnet::ArchitectureGenotype<my::Ops, 2>{cell, cell});
  const nasnet::NetworkConfig config{.input_channels = 1, .classes = 2, .cells_per_stack = 1, .filters = 8};
  const nasnet::NetworkGraph graph = build_network(architecture, my::Ops::table(), config);
  std::cout << parameter_count(graph) << " trainable parameters\n";

  // One step of training: the constant kernels stay as they are, all else moves.
  nasnet::Context context;
  nasnet::Model<> model(graph, nasnet::RandomStream(1));
  nasnet::Optimizer<float> optimizer(nasnet::Sgd{}, trainable_parameters(model));
  nasnet::Tensor<float> images({4, 16, 16, 1});
  for (std::int64_t i = 0; i < images.elements(); ++i) images[i] = static_cast<float>(i % 7) - 3;
  const std::vector<std::int32_t> labels{0, 1, 0, 1};
  const nasnet::StepResult step = train_step(context, model, optimizer, std::move(images), labels, 0.1,
                                             {.mode = nasnet::Mode::train, .random = nasnet::RandomStream(2)});
  std::cout << "loss " << step.loss << '\n';
  int constants = 0;
  for (std::size_t p = 0; p < graph.parameters.size(); ++p) {
    if (graph.parameters[p].spec.role != nasnet::ParameterRole::fixed) continue;
    ++constants;
    if (model.parameters()[p].value()[0] != 1 / 16.F) return 1;
  }
  std::cout << constants << " constant kernels\n";
  return constants > 0 ? 0 : 1;
}
