#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/autograd/gradient_check.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/run_primitive.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;

namespace {

// All 13 ops at stride 1, twelve of them strided, and all combiners.
Architecture every_op() {
  const auto names = NasnetOps::names();
  const auto op = [&](std::size_t index) { return std::string(names[index % 13]); };
  Architecture architecture;
  for (Cell* cell : {&architecture.normal, &architecture.reduction}) {
    for (std::size_t b = 0; b < 7; ++b) {
      const int state = cell == &architecture.normal && b > 2 ? static_cast<int>(b) : static_cast<int>(b % 2);
      Block block{{state, op(2 * b)}, {static_cast<int>((b + 1) % 2), op(2 * b + 1)}};
      block.combine = all_combiners[b % 4];
      cell->blocks.push_back(block);
    }
    cell->concat = loose_ends(*cell, 2);
  }
  architecture.normal.concat.insert(architecture.normal.concat.begin(), {0, 1});
  return architecture;
}

GradientCheckResult check_network(const NetworkGraph& graph, Shape images, const RunOptions& run) {
  Context context(1);
  Model<double> model(graph, RandomStream(3));
  move_statistics(model, context, images);
  // Away from the corners where scales are one and shifts zero.
  RandomStream random = RandomStream(8).split("shake");
  std::vector<Variable<double>> checked;
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    Variable<double>& parameter = model.parameters()[p];
    if (!parameter.wants_gradient()) continue;
    for (double& value : parameter.value().values()) value += 0.2 * (random.uniform() - 0.5);
    checked.push_back(parameter);
  }
  const Variable<double> input(random_images<double>(images, 9), true);
  checked.push_back(input);
  std::vector<std::int32_t> labels;
  for (std::int32_t n = 0; n < images[0]; ++n) labels.push_back(n % 3);
  const auto loss = [&](Tape<double>& tape) {
    const auto output = model.forward(tape, input, run);
    Variable<double> total = tape.apply(SoftmaxCrossEntropy{labels, 0.1}, {output.logits});
    if (output.auxiliary_logits) {
      total = tape.apply(Add{}, {total, tape.apply(SoftmaxCrossEntropy{labels, 0.1}, {*output.auxiliary_logits})});
    }
    return total;
  };
  return check_gradients(loss, checked, context, {.step = 1e-6, .tolerance = 2e-5, .most_elements = 2});
}

}  // namespace

TEST_CASE("a network of every op and combiner has the gradients of finite differences") {
  auto config = cifar_config(1, 2);
  config.classes = 3;
  config.dropout_keep = 0.8;
  config.batch_norm.epsilon = 1e-2;
  for (const Mode mode : {Mode::train, Mode::frozen, Mode::evaluate}) {
    RunOptions run{.mode = mode, .random = RandomStream(2)};
    run.drop_path_keep = 0.8;
    run.drop_path_progress = 1;
    const auto result = check_network(build(every_op(), config), {3, 6, 5, 2 + 1}, run);
    INFO(result.worst_place);
    CHECK(result.passed);
  }
}

TEST_CASE("NASNet-A with stem, skip and auxiliary head has the gradients of finite differences") {
  auto config = cifar_config(1, 2);
  config.classes = 3;
  config.skip_reduction_input = true;
  config.image_size = Size{9, 10};
  config.batch_norm.epsilon = 1e-2;
  const auto result = check_network(build(released_nasnet_a(), config), {3, 9, 10, 3},
                                    {.mode = Mode::train, .random = RandomStream(2)});
  INFO(result.worst_place);
  CHECK(result.passed);
}

TEST_CASE("predicted shapes equal those of a forward pass for random architectures and sizes") {
  std::mt19937 random(11);
  Context context(1);
  for (int trial = 0; trial < 25; ++trial) {
    auto config = trial % 2 == 0 ? cifar_config(1, 3) : NetworkConfig::imagenet();
    if (trial % 2 == 1) {
      config.cells_per_stack = 1;
      config.filters = 9;
    }
    config.classes = 4;
    config.skip_reduction_input = trial % 3 == 0;
    const NetworkGraph graph = build(random_cells(random, 1 + random_below(random, 4)), config);
    const Size size{3 + random_below(random, 18), 3 + random_below(random, 18)};
    const auto shapes = infer_shapes(graph, size);
    const Model<float> model(graph, RandomStream(1));
    // Every node by itself, through the tape.
    Tape<float> tape(context, Recording::off);
    std::vector<Variable<float>> values;
    const Variable<float> images(random_images({2, size.height, size.width, 3}, 5));
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const GraphNode& node = graph.nodes[n];
      std::vector<Variable<float>> inputs;
      std::vector<Variable<float>> parameters;
      for (const int source : node.inputs) {
        inputs.push_back(source < 0 ? images : values[static_cast<std::size_t>(source)]);
      }
      for (const int parameter : node.parameters) {
        parameters.push_back(model.parameters()[static_cast<std::size_t>(parameter)]);
      }
      values.push_back(tape.apply(node.primitive, std::span<const Variable<float>>(inputs),
                                  std::span<const Variable<float>>(parameters)));
      const FeatureShape& shape = shapes[n];
      REQUIRE(values.back().shape() == Shape{2, shape.height, shape.width, shape.channels});
    }
    // And the model's own walk agrees with it.
    CHECK(to_vector(model.predict(context, images.value())) == to_vector(values.back().value()));
  }
}

TEST_CASE("every random architecture trains one step") {
  std::mt19937 random(12);
  Context context(1);
  for (int trial = 0; trial < 10; ++trial) {
    auto config = cifar_config(1, 2);
    config.classes = 3;
    const NetworkGraph graph = build(random_cells(random, 1 + random_below(random, 5)), config);
    Model<float> model(graph, RandomStream(1));
    Tape<float> tape(context);
    const auto output = model.forward(tape, Variable<float>(random_images({2, 7, 6, 3}, 5)), {.mode = Mode::train});
    tape.backward(tape.apply(SoftmaxCrossEntropy{{0, 2}, 0.0}, {output.logits}));
    CHECK(model.parameters()[index_of(model, "head.weight")].has_gradient());
    CHECK(model.parameters()[index_of(model, "stem.conv.weight")].has_gradient());
  }
}
