// A user's own op and a user's own primitive: costs, gradients and training with no further code.
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/autograd/gradient_check.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"
#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace my {

// x / (1 + exp(-slope x)), with a slope per channel.
struct Swish {
  static constexpr std::string_view name = "swish";
  [[nodiscard]] std::vector<ParameterSpec> parameters(Channels inputs) const {
    return {{.name = "slope", .shape = {inputs[0]}, .initializer = Initializer::ones}};
  }
};

template <class Scalar>
void forward(const Swish&, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  const std::int64_t channels = x.extent(3);
  Tensor<Scalar>& y = call.allocate_output(x.shape());
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    y[i] = x[i] / (Scalar{1} + std::exp(-call.parameter(0)[i % channels] * x[i]));
  }
}

template <class Scalar>
void backward(const Swish&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const Tensor<Scalar>& x = call.input();
  const std::int64_t channels = x.extent(3);
  const auto& dx = gradients.inputs[0];
  const auto& dslope = gradients.parameters[0];
  if (dslope && !dslope.accumulate) dslope.tensor->fill(0);
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    const Scalar slope = call.parameter(0)[i % channels];
    const Scalar s = Scalar{1} / (Scalar{1} + std::exp(-slope * x[i]));
    const Scalar g = gradients.output[i];
    if (dslope) (*dslope.tensor)[i % channels] += g * x[i] * x[i] * s * (1 - s);
    if (!dx) continue;
    const Scalar value = g * (s + x[i] * slope * s * (1 - s));
    (*dx.tensor)[i] = dx.accumulate ? (*dx.tensor)[i] + value : value;
  }
}

// A primitive in float only, of two inputs, that halves its maps and costs something.
struct PickCorner {
  static constexpr std::string_view name = "pick_corner";
  [[nodiscard]] static std::int64_t input_count() { return 2; }
  [[nodiscard]] static Size output_size(Size input) { return {(input.height + 1) / 2, (input.width + 1) / 2}; }
  [[nodiscard]] static std::int64_t stride() { return 2; }
  [[nodiscard]] static std::int64_t output_channels(Channels inputs) { return inputs[0]; }
  [[nodiscard]] static std::int64_t multiply_adds(Features inputs) { return 3 * inputs[1].elements(); }
};

void forward(const PickCorner&, OpCall<float>& call) {
  const Tensor<float>& x = call.input();
  Tensor<float>& y = call.allocate_output({x.extent(0), (x.extent(1) + 1) / 2, (x.extent(2) + 1) / 2, x.extent(3)});
  y.fill(x[0]);
}

void backward(const PickCorner&, const OpCall<float>&, const OpGradients<float>&) {}

// Blur with a constant kernel, then pick every stride-th pixel.
struct BlurPool {
  static constexpr std::string_view name = "blur_pool";
  static Value expand(GraphBuilder& g, Value x, OpContext at) {
    const double n = 1.0 / 16.0;
    x = g.depthwise(
        x, {.kernel = 3, .stride = at.stride, .fixed_weight = {n, 2 * n, n, 2 * n, 4 * n, 2 * n, n, 2 * n, n}}, "blur");
    return x.channels == at.filters ? x : g.batch_norm(g.pointwise(x, at.filters, "conv"));
  }
};

struct SwishConv {
  static constexpr std::string_view name = "swish_conv";
  static Value expand(GraphBuilder& g, Value x, OpContext at) {
    x = g.apply(Swish{}, {x}, "swish");
    return g.batch_norm(g.convolution(x, at.filters, {.kernel = 3, .stride = at.stride}));
  }
};

using Ops = OpSet<Identity, BlurPool, SwishConv>;

}  // namespace my

namespace {

NetworkGraph my_network() {
  Architecture architecture;
  architecture.normal.blocks = {{{0, "swish_conv"}, {1, "blur_pool"}}, {{2, "blur_pool"}, {0, "identity"}}};
  architecture.normal.concat = {2, 3};
  architecture.reduction = architecture.normal;
  auto config = cifar_config(1, 2);
  config.classes = 3;
  return build_network(architecture, my::Ops::table(), config);
}

}  // namespace

TEST_CASE("a user's op and primitive are named, shaped and counted in a network") {
  const NetworkGraph graph = my_network();
  const GraphParameter& slope = parameter(graph, "cells.1.blocks.0.left.swish.slope");
  CHECK(slope.spec.shape == Shape{4});
  CHECK(slope.spec.role == ParameterRole::trainable);
  const GraphParameter& blur = parameter(graph, "cells.1.blocks.0.right.blur.weight");
  CHECK(blur.spec.role == ParameterRole::fixed);
  CHECK(name_of(at(graph, slope.node).primitive) == "swish");
  // Cell 1 is the reduction: squeeze of 4 channels, fit of 6, the convolution, the strided identity; no kernel that
  // blurs.
  CHECK(count_below(graph, "cells.1.") == (4 * 4 + 8) + (6 * 4 + 8) + (4 + 9 * 16 + 8) + (4 * 4 + 8));
  const auto shapes = infer_shapes(graph, {9, 7});
  CHECK(shapes[static_cast<std::size_t>(find(graph, "cells.1.concat"))] == FeatureShape{5, 4, 8});
  const auto counts = node_multiply_adds(graph, {9, 7});
  CHECK(counts[static_cast<std::size_t>(find(graph, "cells.1.blocks.0.right.blur"))] == 5 * 4 * 9 * 4);
  CHECK(counts[static_cast<std::size_t>(slope.node)] == 0);
}

TEST_CASE("a user's primitive has the gradients of finite differences, alone and in a network") {
  Context context(1);
  CHECK(check_gradients(my::Swish{}, {Shape{2, 3, 2, 4}}, context).passed);
  Model<double> model(my_network(), RandomStream(3));
  std::vector<Variable<double>> checked;
  for (const Variable<double>& parameter : model.parameters()) {
    if (parameter.wants_gradient()) checked.push_back(parameter);
  }
  const Variable<double> images(random_images<double>({3, 6, 5, 3}, 4));
  const auto loss = [&](Tape<double>& tape) {
    const auto logits = model.forward(tape, images, {.mode = Mode::frozen}).logits;
    return tape.apply(SoftmaxCrossEntropy{{0, 1, 2}, 0.0}, {logits});
  };
  const auto result = check_gradients(loss, checked, context, {.step = 1e-7, .most_elements = 4});
  INFO(result.worst_place);
  CHECK(result.passed);
}

TEST_CASE("a network with a user's op and primitive trains, and the constant kernel stays") {
  Context context(1);
  Model<float> model(my_network(), RandomStream(3));
  const std::size_t blur = index_of(model, "cells.1.blocks.0.right.blur.weight");
  const std::size_t slope = index_of(model, "cells.1.blocks.0.left.swish.slope");
  const std::vector<float> kernel = to_vector(model.parameters()[blur].value());
  const std::vector<float> slopes = to_vector(model.parameters()[slope].value());
  CHECK(kernel[0] == 1.0F / 16);
  auto parameters = trainable_parameters(model);
  for (const auto& p : parameters) CHECK(p.name.find("blur.weight") == std::string::npos);
  Optimizer<float> optimizer(Sgd{.weight_decay = 1e-3}, parameters);
  const std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2};
  double first = 0;
  double last = 0;
  for (int step = 0; step < 40; ++step) {
    last = train_step<float>(context, model, optimizer, random_images({6, 6, 6, 3}, 4), labels, 0.05,
                             {.mode = Mode::train})
               .loss;
    if (step == 0) first = last;
  }
  CHECK(last < 0.3 * first);
  CHECK(to_vector(model.parameters()[blur].value()) == kernel);
  CHECK(to_vector(model.parameters()[slope].value()) != slopes);
}

TEST_CASE("constants belong to the architecture and not to weight files") {
  Model<float> model(my_network(), RandomStream(3));
  const TensorFile file = model_weights(model);
  CHECK_FALSE(file.contains("cells.1.blocks.0.right.blur.weight"));
  CHECK(file.contains("cells.1.blocks.0.left.swish.slope"));
  Model<float> other(my_network(), RandomStream(4));
  load_weights(other, file);
  CHECK(to_vector(other.parameters()[index_of(other, "cells.1.blocks.0.right.blur.weight")].value())[4] == 2.0F / 16);
}

TEST_CASE("a primitive of one type of numbers says so in the other") {
  GraphBuilder g(2);
  const Value y = g.apply(my::PickCorner{}, {g.input(), g.input()}, "corner");
  CHECK(y.stride == 2);
  CHECK(y.channels == 2);
  const NetworkGraph graph = std::move(g).finish(y);
  CHECK(node_multiply_adds(graph, {4, 5}) == std::vector<std::int64_t>{3 * 4 * 5 * 2});
  CHECK(infer_shapes(graph, {4, 5})[0] == FeatureShape{2, 3, 2});
  Context context(1);
  Tape<float> tape(context);
  const Model<float> model(graph, RandomStream(1));
  CHECK(model.forward(tape, Variable<float>(random_images({1, 4, 5, 2}, 1)), {}).logits.shape() == Shape{1, 2, 3, 2});
  Tape<double> in_double(context);
  const Model<double> other(graph, RandomStream(1));
  REQUIRE_THROWS_MATCHES(other.forward(in_double, Variable<double>(random_images<double>({1, 4, 5, 2}, 1)), {}),
                         ArgumentError,
                         MessageMatches(ContainsSubstring("pick_corner") && ContainsSubstring("double")));
}

TEST_CASE("a user's primitive of two inputs is refused with one") {
  GraphBuilder g(2);
  REQUIRE_THROWS_MATCHES(g.apply(my::PickCorner{}, {g.input()}, "corner"), ShapeError,
                         MessageMatches(ContainsSubstring("corner") && ContainsSubstring("2 wanted")));
}
