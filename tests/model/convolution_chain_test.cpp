// Chains against the primitives that they stand for, one after another, and models with chains against models without.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "graph/random_graphs.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/model/detail/chain_matching.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/convolution_chain.hpp"
#include "nasnet/ops/double_convolution_chain.hpp"
#include "nasnet/ops/run_primitive.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

template <class Scalar>
Tensor<Scalar> random_tensor(const Shape& shape, RandomStream random, double centre = 0, double spread = 1) {
  Tensor<Scalar> tensor(shape);
  for (Scalar& value : tensor.values()) value = static_cast<Scalar>(centre + spread * random.normal());
  return tensor;
}

/// Everything that a forward and a backward pass leave.
template <class Scalar>
struct Passes {
  Tensor<Scalar> output;
  std::vector<Tensor<Scalar>> gradients{};   // of the input and the parameters
  std::vector<Tensor<Scalar>> statistics{};  // running mean and variance
};

template <class Scalar>
class ChainRun {
 public:
  ChainRun(const ConvolutionChain& chain, const Shape& input, Mode mode) : chain_(chain), mode_(mode) {
    const RandomStream random(11);
    const std::int64_t channels = input[3];
    if (chain.adds) {
      const Size size = chain.depthwise ? chain.depthwise->output({input[1], input[2]}) : Size{input[1], input[2]};
      const Shape shape{input[0], size.height, size.width, chain.filters};
      addend_ = Variable<Scalar>(random_tensor<Scalar>(shape, random.split("addend")), true);
    }
    input_ = Variable<Scalar>(random_tensor<Scalar>(input, random.split("input")), true);
    if (chain.depthwise) {
      add(random_tensor<Scalar>({chain.depthwise->kernel_height, chain.depthwise->kernel_width, channels},
                                random.split("depthwise")));
    }
    add(random_tensor<Scalar>({1, 1, channels, chain.filters}, random.split("pointwise")));
    add(random_tensor<Scalar>({chain.filters}, random.split("weight"), 1, 0.2));
    add(random_tensor<Scalar>({chain.filters}, random.split("bias")));
    add(random_tensor<Scalar>({chain.filters}, random.split("mean")), false);
    add(random_tensor<Scalar>({chain.filters}, random.split("variance"), 3, 0.1), false);
  }

  /// @param again input and parameters have gradients already, to which new ones are added
  Passes<Scalar> run(Fusion fusion, bool again, int threads = 2) {
    Context context(threads);
    for (Variable<Scalar>* variable : wanted()) {
      variable->clear_gradient();
      if (!again) continue;
      variable->gradient() = random_tensor<Scalar>(variable->shape(), RandomStream(5));
      variable->shared_gradient()->filled = true;
    }
    std::vector<Tensor<Scalar>> statistics;
    for (std::size_t i = parameters_.size() - 2; i < parameters_.size(); ++i) {
      statistics.push_back(parameters_[i].value().clone(Allocator{}));
    }
    Tape<Scalar> tape(context);
    const RunOptions run{.mode = mode_};
    std::vector<Variable<Scalar>> inputs{input_};
    if (chain_.adds) inputs.push_back(addend_);
    Variable<Scalar> output = fusion == Fusion::on ? tape.apply(chain_, std::span<const Variable<Scalar>>(inputs),
                                                                std::span<const Variable<Scalar>>(parameters_), run)
                                                   : one_by_one(tape, run);
    Passes<Scalar> passes{.output = output.value().clone(Allocator{})};
    const typename Tape<Scalar>::SeededOutput seed{output, random_tensor<Scalar>(output.shape(), RandomStream(6))};
    tape.backward(std::span(&seed, 1));
    for (Variable<Scalar>* variable : wanted()) passes.gradients.push_back(variable->gradient().clone(Allocator{}));
    for (std::size_t i = 0; i < 2; ++i) {
      Variable<Scalar>& statistic = parameters_[parameters_.size() - 2 + i];
      passes.statistics.push_back(statistic.value().clone(Allocator{}));
      statistic.value() = statistics[i].clone(Allocator{});
    }
    return passes;
  }

 private:
  void add(Tensor<Scalar> values, bool trainable = true) {
    parameters_.push_back(Variable<Scalar>(std::move(values), trainable));
  }

  std::vector<Variable<Scalar>*> wanted() {
    std::vector<Variable<Scalar>*> result{&input_};
    if (chain_.adds) result.push_back(&addend_);
    for (Variable<Scalar>& parameter : parameters_) {
      if (parameter.wants_gradient()) result.push_back(&parameter);
    }
    return result;
  }

  Variable<Scalar> one_by_one(Tape<Scalar>& tape, const RunOptions& run) {
    std::size_t next = 0;
    Variable<Scalar> value = input_;
    if (chain_.rectify) value = tape.apply(Relu{}, {value}, {}, run);
    if (chain_.depthwise)
      value = tape.apply(Depthwise{.window = *chain_.depthwise}, {value}, {parameters_[next++]}, run);
    value = tape.apply(Pointwise{.filters = chain_.filters}, {value}, {parameters_[next++]}, run);
    value = tape.apply(chain_.norm, {value},
                       {parameters_[next], parameters_[next + 1], parameters_[next + 2], parameters_[next + 3]}, run);
    return chain_.adds ? tape.apply(Add{}, {value, addend_}, {}, run) : value;
  }

  ConvolutionChain chain_;
  Mode mode_;
  Variable<Scalar> input_, addend_;
  std::vector<Variable<Scalar>> parameters_;
};

/// Largest difference, relative to the largest value.
template <class Scalar>
double difference(const Tensor<Scalar>& found, const Tensor<Scalar>& expected) {
  REQUIRE(found.shape() == expected.shape());
  double largest = 1e-30;
  double difference = 0;
  for (std::int64_t i = 0; i < found.elements(); ++i) {
    REQUIRE(std::isfinite(found[i]));
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    difference = std::max(difference, std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i])));
  }
  return difference / largest;
}

template <class Scalar>
void check_close(const Passes<Scalar>& found, const Passes<Scalar>& expected, double error) {
  CHECK(difference(found.output, expected.output) <= error);
  REQUIRE(found.gradients.size() == expected.gradients.size());
  for (std::size_t i = 0; i < found.gradients.size(); ++i) {
    INFO("gradient " << i);
    CHECK(difference(found.gradients[i], expected.gradients[i]) <= error);
  }
  for (std::size_t i = 0; i < 2; ++i) CHECK(difference(found.statistics[i], expected.statistics[i]) <= error);
}

struct Case {
  Shape input;
  std::int64_t filters;
  std::optional<Window> depthwise;
};

std::vector<Case> cases() {
  std::vector<Case> result;
  const std::vector<Shape> inputs{{1, 1, 1, 1},   {2, 5, 4, 3},  {3, 9, 7, 8},
                                  {2, 6, 11, 17}, {33, 3, 3, 5}, {1, 13, 8, 44}};
  for (const Shape& input : inputs) {
    for (const std::int64_t filters : {1, 8, 19}) {
      result.push_back({input, filters, std::nullopt});
      for (const std::int64_t k : {1, 3, 5, 7}) {
        for (const std::int64_t stride : {1, 2}) result.push_back({input, filters, Window::square(k, stride)});
      }
    }
  }
  result.push_back({{2, 9, 9, 6}, 7, Window::square(3, 1, 2)});
  result.push_back({{2, 9, 10, 6}, 7, Window{.kernel_height = 1, .kernel_width = 7}});
  result.push_back({{2, 40, 37, 20}, 24, Window::square(5)});  // more rows than a task takes
  result.push_back({{2, 20, 20, 64}, 96, Window::square(3)});  // more pixels than one sum of the weights' gradient
  return result;
}

template <class Scalar>
void check_all(Mode mode, double error) {
  for (const Case& item : cases()) {
    for (const bool rectify : {false, true}) {
      const ConvolutionChain chain{
          .rectify = rectify, .depthwise = item.depthwise, .filters = item.filters, .adds = item.filters % 2 == 1};
      INFO(item.input.to_string() << " filters " << item.filters << " rectify " << rectify << " kernel "
                                  << (item.depthwise ? item.depthwise->kernel_height : 0) << " stride "
                                  << (item.depthwise ? item.depthwise->stride_height : 0));
      ChainRun<Scalar> fused(chain, item.input, mode);
      for (const bool again : {false, true}) {
        check_close(fused.run(Fusion::on, again), fused.run(Fusion::off, again), error);
      }
    }
  }
}

/// Two chains in a row on a tape: together, or one after the other.
class DoubleChainRun {
 public:
  DoubleChainRun(const DoubleConvolutionChain& both, const Shape& input) : chains_(both) {
    const RandomStream random(13);
    input_ = Variable<float>(random_tensor<float>(input, random.split("input")), true);
    add_parameters(both.first, input[3], random.split("first"));
    middle_ = parameters_.size();
    add_parameters(both.second, both.first.filters, random.split("second"));
    if (!both.second.adds) return;
    Size size{input[1], input[2]};
    for (const ConvolutionChain& chain : {both.first, both.second}) {
      if (chain.depthwise) size = chain.depthwise->output(size);
    }
    addend_ = Variable<float>(
        random_tensor<float>({input[0], size.height, size.width, both.second.filters}, random.split("addend")), true);
  }

  /// The output, all gradients and all parameters afterwards.
  std::vector<Tensor<float>> run(Fusion fusion, Mode mode, int threads = 2) {
    Context context(threads);
    std::vector<Variable<float>> parameters;
    for (const Variable<float>& parameter : parameters_) {
      parameters.emplace_back(parameter.value().clone(Allocator{}), parameter.wants_gradient());
    }
    Variable<float> input(input_.value().clone(Allocator{}), true);
    std::vector<Variable<float>> inputs{input};
    if (chains_.second.adds) inputs.emplace_back(addend_.value().clone(Allocator{}), true);
    Tape<float> tape(context);
    const RunOptions run{.mode = mode};
    const std::span<const Variable<float>> all(parameters);
    Variable<float> output;
    if (fusion == Fusion::on) {
      output = tape.apply(chains_, std::span<const Variable<float>>(inputs), all, run);
    } else {
      inputs[0] = tape.apply(chains_.first, std::span<const Variable<float>>(&input, 1), all.first(middle_), run);
      output = tape.apply(chains_.second, std::span<const Variable<float>>(inputs), all.subspan(middle_), run);
    }
    std::vector<Tensor<float>> result;
    result.push_back(output.value().clone(Allocator{}));
    const Tape<float>::SeededOutput seed{output, random_tensor<float>(output.shape(), RandomStream(6))};
    tape.backward(std::span(&seed, 1));
    result.push_back(input.gradient().clone(Allocator{}));
    if (chains_.second.adds) result.push_back(inputs[1].gradient().clone(Allocator{}));
    for (Variable<float>& parameter : parameters) {
      result.push_back((parameter.wants_gradient() ? parameter.gradient() : parameter.value()).clone(Allocator{}));
    }
    return result;
  }

 private:
  void add_parameters(const ConvolutionChain& chain, std::int64_t channels, RandomStream random) {
    const auto add = [&](const char* name, const Shape& shape, double centre, bool trainable) {
      parameters_.emplace_back(random_tensor<float>(shape, random.split(name), centre, 0.3), trainable);
    };
    if (chain.depthwise) {
      add("depthwise", {chain.depthwise->kernel_height, chain.depthwise->kernel_width, channels}, 0, true);
    }
    add("pointwise", {1, 1, channels, chain.filters}, 0, true);
    add("weight", {chain.filters}, 1, true);
    add("bias", {chain.filters}, 0, true);
    add("mean", {chain.filters}, 0, false);
    add("variance", {chain.filters}, 3, false);
  }

  DoubleConvolutionChain chains_;
  Variable<float> input_, addend_;
  std::vector<Variable<float>> parameters_;
  std::size_t middle_ = 0;
};

/// The gradients and the statistics after one step of training without an update.
template <class Scalar>
std::vector<Tensor<Scalar>> traces(const NetworkGraph& graph, const Shape& images, Fusion fusion) {
  Context context(2);
  Model<Scalar> model = varied_model<Scalar>(graph);
  Tensor<Scalar> input = random_images<Scalar>(images, 5);
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < images[0]; ++i) labels.push_back(static_cast<std::int32_t>(i % 3));
  const RunOptions run{.mode = Mode::train, .random = RandomStream(3), .fusion = fusion};
  static_cast<void>(compute_gradients(context, model, std::move(input), labels, run, LossOptions{}));
  std::vector<Tensor<Scalar>> result;
  for (const Variable<Scalar>& parameter : model.parameters()) {
    result.push_back((parameter.wants_gradient() && parameter.has_gradient() ? parameter.gradient() : parameter.value())
                         .clone(Allocator{}));
  }
  return result;
}

void check_model(const NetworkGraph& graph, const Shape& images) {
  INFO(images.to_string());
  const auto with_chains = traces<double>(graph, images, Fusion::on);
  const auto without = traces<double>(graph, images, Fusion::off);
  double largest = 0;
  for (const Tensor<double>& tensor : without) {
    for (const double value : tensor.values()) largest = std::max(largest, std::abs(value));
  }
  for (std::size_t p = 0; p < without.size(); ++p) {
    INFO(graph.parameters[p].name);
    REQUIRE(with_chains[p].shape() == without[p].shape());
    for (std::int64_t i = 0; i < without[p].elements(); ++i) {
      REQUIRE(std::abs(with_chains[p][i] - without[p][i]) <= 1e-9 * largest);
    }
  }
}

std::size_t chain_count(const NetworkGraph& graph) {
  std::size_t count = 0;
  const detail::ChainMatching matching(graph, false);
  for (const auto& chain : matching.chains()) {
    if (chain) count += chain->before ? 2 : 1;
  }
  return count;
}

}  // namespace

TEST_CASE("a chain equals its primitives one by one, in single precision") { check_all<float>(Mode::train, 3e-4); }

TEST_CASE("a chain equals its primitives one by one, in double precision") { check_all<double>(Mode::train, 1e-10); }

TEST_CASE("a chain with frozen statistics equals its primitives and leaves the statistics alone") {
  check_all<double>(Mode::frozen, 1e-10);
}

TEST_CASE("a chain gives the same bits on any number of threads") {
  const ConvolutionChain chain{.rectify = true, .depthwise = Window::square(5), .filters = 24};
  ChainRun<float> fused(chain, {19, 12, 12, 20}, Mode::train);
  const Passes<float> one = fused.run(Fusion::on, false, 1);
  for (const int threads : {2, 3, 5}) check_close(fused.run(Fusion::on, false, threads), one, 0.0);
}

TEST_CASE("two chains in a row give the bits of one after the other, on any number of threads") {
  int again = 0;
  for (const std::int64_t channels : {1, 8, 44, 51}) {  // the last ones do not multiply twice
    for (const std::int64_t kernel : {1, 3, 7}) {
      for (const std::int64_t stride : {1, 2}) {
        for (const bool adds : {false, true}) {
          const DoubleConvolutionChain both{
              .first = {.rectify = true, .depthwise = Window::square(kernel, stride), .filters = 9},
              .second = {.rectify = kernel != 1, .depthwise = Window::square(kernel), .filters = 11, .adds = adds}};
          INFO("channels " << channels << " kernel " << kernel << " stride " << stride << " adds " << adds);
          again += detail::multiplies_again(both, channels) ? 1 : 0;
          DoubleChainRun run(both, {3, 9, 8, channels});
          for (const Mode mode : {Mode::train, Mode::frozen}) {
            const std::vector<Tensor<float>> expected = run.run(Fusion::off, mode);
            for (const int threads : {1, 3}) {
              const std::vector<Tensor<float>> found = run.run(Fusion::on, mode, threads);
              REQUIRE(found.size() == expected.size());
              for (std::size_t i = 0; i < found.size(); ++i) CHECK(difference(found[i], expected[i]) == 0);
            }
          }
        }
      }
    }
  }
  CHECK(again > 0);
  CHECK(again < 48);
}

TEST_CASE("the separable convolutions of a network train as two chains in a row") {
  const NetworkGraph graph = build(released_nasnet_a(), {.cells_per_stack = 1, .filters = 4});
  std::size_t depthwise = 0;
  for (const GraphNode& node : graph.nodes) depthwise += std::holds_alternative<Depthwise>(node.primitive) ? 1 : 0;
  std::size_t doubles = 0;
  const detail::ChainMatching matching(graph, false);
  for (const auto& chain : matching.chains()) doubles += chain && chain->before ? 1 : 0;
  CHECK(2 * doubles == depthwise);
}

TEST_CASE("a chain refuses parameters that do not fit") {
  Context context(1);
  Tape<float> tape(context);
  const auto zeros = [](const Shape& shape) {
    Tensor<float> tensor(shape);
    tensor.fill(0);
    return Variable<float>(std::move(tensor));
  };
  const Variable<float> vector = zeros({4});
  const ConvolutionChain chain{.depthwise = Window::square(3), .filters = 4};
  const auto apply = [&](const Shape& depthwise, const Shape& pointwise, const Variable<float>& bias) {
    return tape.apply(chain, {zeros({1, 5, 5, 2})}, {zeros(depthwise), zeros(pointwise), vector, bias, vector, vector});
  };
  CHECK_THROWS_MATCHES(apply({3, 3, 3}, {1, 1, 2, 4}, vector), ShapeError,
                       MessageMatches(ContainsSubstring("depthwise weight is [3,3,3]")));
  CHECK_THROWS_MATCHES(apply({3, 3, 2}, {1, 1, 2, 5}, vector), ShapeError,
                       MessageMatches(ContainsSubstring("pointwise weight is [1,1,2,5]")));
  CHECK_THROWS_MATCHES(apply({3, 3, 2}, {1, 1, 2, 4}, zeros({3})), ShapeError,
                       MessageMatches(ContainsSubstring("bias is [3]")));
  const auto add = [&] {
    return tape.apply(ConvolutionChain{.filters = 4, .adds = true}, {zeros({1, 5, 5, 2}), zeros({1, 5, 4, 4})},
                      {zeros({1, 1, 2, 4}), vector, vector, vector, vector});
  };
  CHECK_THROWS_MATCHES(add(), ShapeError, MessageMatches(ContainsSubstring("what is added is [1,5,4,4]")));
}

TEST_CASE("all separable and 1x1 convolutions of a network train as chains") {
  const NetworkGraph graph = build(released_nasnet_a(), {.cells_per_stack = 1, .filters = 4});
  std::size_t norms = 0;
  std::size_t chains = 0;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!std::holds_alternative<BatchNorm>(graph.nodes[n].primitive)) continue;
    ++norms;
    const GraphNode& before = graph.nodes[static_cast<std::size_t>(graph.nodes[n].inputs[0])];
    chains += std::holds_alternative<Pointwise>(before.primitive) ? 1 : 0;
  }
  CHECK(chains > norms / 2);  // the rest are the stem and factorised reductions
  CHECK(chain_count(graph) == chains);
}

TEST_CASE("models train alike with chains and node by node, for random graphs") {
  std::size_t chains = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    const auto channels = static_cast<std::int64_t>(1 + seed % 4);
    const NetworkGraph graph = RandomGraph(seed, channels).finish();
    INFO(describe(graph));
    chains += chain_count(graph);
    const auto height = static_cast<std::int64_t>(4 + seed % 9);
    check_model(graph, {3, height, 4 + (height * 5) % 7, channels});
  }
  CHECK(chains > 100);
}

TEST_CASE("models train alike with chains and node by node, for random cells") {
  std::mt19937 random(21);
  for (int i = 0; i < 12; ++i) {
    const Architecture cells = random_cells(random, 1 + i % 5);
    const bool imagenet = i % 3 == 2;
    NetworkConfig config = imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
    config.cells_per_stack = 1;
    config.filters = imagenet ? 8 : 3 + i % 7;
    config.classes = 5;
    config.input_channels = 1 + i % 3;
    const std::int64_t height = (imagenet ? 40 : 12) + i % 5;
    check_model(build(cells, config), {4, height, height + i % 4, config.input_channels});
  }
}

TEST_CASE("models train alike with chains and node by node, for cells of each op") {
  for (const std::string_view op : NasnetOps::names()) {
    for (const Combiner combine : {Combiner::add, Combiner::concat}) {
      INFO(op << ", " << to_string(combine));
      const NetworkConfig config{.classes = 5, .cells_per_stack = 1, .filters = combine == Combiner::add ? 8 : 5};
      check_model(build(cells_of_op(std::string(op), combine), config), {4, 13, 12, 3});
    }
  }
}

TEST_CASE("a graph without nodes, whose output is the images, has no chains") {
  GraphBuilder builder(2);
  const NetworkGraph graph = std::move(builder).finish(builder.input());
  CHECK(chain_count(graph) == 0);
}
