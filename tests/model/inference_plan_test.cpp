// The inference plan against the model that it is made from.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "graph/random_graphs.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/model/detail/plan_layout.hpp"
#include "nasnet/model/inference_plan.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

// The largest difference, relative to the largest logit.
template <class Scalar>
double difference(const Tensor<Scalar>& found, const Tensor<Scalar>& expected) {
  REQUIRE(found.shape() == expected.shape());
  double largest = 0;
  double difference = 0;
  for (std::int64_t i = 0; i < found.elements(); ++i) {
    REQUIRE(std::isfinite(expected[i]));
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    difference = std::max(difference, std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i])));
  }
  REQUIRE(largest > 0);
  return difference / largest;
}

template <class Scalar>
void check(const NetworkGraph& graph, const Shape& images, double tolerance) {
  INFO(images.to_string());
  Context context(2);
  const Model<Scalar> model = varied_model<Scalar>(graph);
  const Tensor<Scalar> input = random_images<Scalar>(images, 5);
  const Tensor<Scalar> expected = model.predict(context, input);
  for (const InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set));
    const InferencePlan<Scalar> plan(model, set);
    CHECK(difference(plan.predict(context, input), expected) <= tolerance);
    if (graph.cells.empty()) continue;
    CHECK(plan.arena_bytes(images) <= plan.live_bytes(images) * 6 / 5 + 128);
  }
}

}  // namespace

TEST_CASE("a plan has the logits of its model for random graphs", "[plan]") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    INFO("seed " << seed);
    const auto channels = static_cast<std::int64_t>(1 + seed % 4);
    const NetworkGraph graph = RandomGraph(seed, channels).finish();
    const auto height = static_cast<std::int64_t>(1 + seed % 13);
    INFO(describe(graph));
    check<double>(graph, {1 + static_cast<std::int64_t>(seed % 3), height, 1 + (height * 5) % 11, channels}, 1e-9);
  }
}

TEST_CASE("a plan has the logits of its model for random cells", "[plan]") {
  std::mt19937 random(11);
  for (int i = 0; i < 30; ++i) {
    const Architecture cells = random_cells(random, 1 + i % 5);
    INFO(to_text(cells));
    NetworkConfig config = i % 3 == 2 ? NetworkConfig::imagenet() : NetworkConfig{};
    config.cells_per_stack = 1;
    config.filters = i % 3 == 2 ? 9 : 3 + i % 7;
    config.classes = 3 + i % 11;
    config.input_channels = 1 + i % 3;
    const NetworkGraph graph = build(cells, config);
    const std::int64_t height = (i % 3 == 2 ? 40 : 9) + i % 5;
    check<double>(graph, {1 + i % 2, height, height + i % 4, config.input_channels}, 1e-9);
    check<float>(graph, {1 + i % 2, height, height + i % 4, config.input_channels}, 1e-4);
  }
}

TEST_CASE("a plan has the logits of its model for cells of each op", "[plan]") {
  for (const std::string_view op : NasnetOps::names()) {
    for (const Combiner combine : {Combiner::add, Combiner::concat}) {
      INFO(op << ", " << to_string(combine));
      const Architecture cells = cells_of_op(std::string(op), combine);
      for (const std::int64_t filters : {5, 8}) {
        const NetworkGraph graph = build(cells, {.cells_per_stack = 1, .filters = filters});
        check<double>(graph, {2, 13, 10, 3}, 1e-9);
        check<float>(graph, {2, 13, 10, 3}, 1e-4);
      }
    }
  }
}

TEST_CASE("a plan has the logits of its model for published cells", "[plan]") {
  for (const std::string_view name : published_names) {
    INFO(name);
    for (const bool imagenet : {false, true}) {
      NetworkConfig config = imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
      config.cells_per_stack = 1;
      config.filters = imagenet ? 8 : 5;
      config.classes = 10;
      config.skip_reduction_input = imagenet;
      if (name == "nasnet-a" && !imagenet) config.image_size = Size{40, 41};  // an auxiliary head is no part of a plan
      const NetworkGraph graph = build(published_architecture(name), config);
      if (imagenet) {
        check<float>(graph, {1, 48, 33, 3}, 1e-4);
      } else {
        check<double>(graph, {2, 21, 20, 3}, 1e-9);
      }
    }
  }
}

TEST_CASE("one network's plan is as small as its fusions promise", "[plan]") {
  const Model<float> model = varied_model<float>(build(released_nasnet_a(), cifar_config(1, 8)));
  const InferencePlan<float> plan(model);
  // A step for each convolution and pool, the two paths of a factorised reduction together, and the mean; nothing is
  // copied, and what a sum adds is added by a convolution or a pool.
  std::size_t convolutions = 0;
  std::size_t pools = 0;
  std::size_t paths = 0;
  const NetworkGraph& graph = plan.graph();
  for (const GraphNode& node : graph.nodes) {
    convolutions += std::holds_alternative<Pointwise>(node.primitive) ||
                    std::holds_alternative<Convolution>(node.primitive) ||
                    std::holds_alternative<Dense>(node.primitive);
    pools += std::holds_alternative<MaximumPool>(node.primitive) || std::holds_alternative<AveragePool>(node.primitive);
    paths += std::holds_alternative<Subsample>(node.primitive);
  }
  REQUIRE(paths > 0);
  CHECK(plan.step_count() == convolutions - paths / 2 + pools + 1);
}

TEST_CASE("a plan has the same bits for any number of threads, and for several callers at once", "[plan]") {
  const Model<float> model = varied_model<float>(build(released_nasnet_a(), cifar_config(1, 6)));
  const InferencePlan<float> plan(model);
  const Tensor<float> images = random_images({3, 21, 17, 3}, 2);
  Context single(1);
  const std::vector<float> expected = to_vector(plan.predict(single, images));
  for (const int threads : {2, 3, 8}) {
    Context team(threads);
    for (int run = 0; run < 20; ++run) REQUIRE(to_vector(plan.predict(team, images)) == expected);
  }
  std::vector<std::vector<float>> found(4);
  std::vector<std::thread> callers;
  for (std::vector<float>& logits : found) {
    callers.emplace_back([&] {
      Context own(1);
      for (int i = 0; i < 5; ++i) {
        const Tensor<float> other = random_images({1 + i % 2, 15 + i, 17, 3}, 3);
        static_cast<void>(plan.predict(own, other));
      }
      logits = to_vector(plan.predict(own, images));
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::vector<float>& logits : found) CHECK(logits == expected);
}

TEST_CASE("predictions after the first take no memory from the system", "[plan]") {
  const Model<float> model = varied_model<float>(build(released_nasnet_a(), cifar_config(1, 6)));
  const InferencePlan<float> plan(model);
  Context context(2);
  const Tensor<float> images = random_images({3, 21, 17, 3}, 2);
  static_cast<void>(plan.predict(context, images));
  const MemoryStatistics first = context.allocator().statistics();
  for (int run = 0; run < 3; ++run) static_cast<void>(plan.predict(context, images));
  CHECK(context.allocator().statistics().system_calls == first.system_calls);
  CHECK(context.allocator().statistics().in_use == 0);
}

TEST_CASE("a sample's logits do not depend on the batch around it", "[plan]") {
  const Model<float> model = varied_model<float>(build(released_nasnet_a(), cifar_config(1, 6)));
  const InferencePlan<float> plan(model);
  Context context(2);
  const Tensor<float> images = random_images({5, 20, 20, 3}, 2);
  const Tensor<float> all = plan.predict(context, images);
  for (std::int64_t n = 0; n < 5; ++n) {
    const Tensor<float> one = plan.predict(context, slice_batch(images, n, 1));
    for (std::int64_t c = 0; c < 10; ++c) CHECK(one[c] == Approx(all[n * 10 + c]).epsilon(1e-4).margin(1e-5));
  }
}

TEST_CASE("a plan keeps its own parameters", "[plan]") {
  Model<float> model = varied_model<float>(build(released_nasnet_a(), cifar_config(1, 4)));
  const InferencePlan<float> plan(model);
  Context context(1);
  const Tensor<float> images = random_images({1, 16, 16, 3}, 2);
  const std::vector<float> before = to_vector(plan.predict(context, images));
  for (Variable<float>& parameter : model.parameters()) parameter.value().fill(0.5F);
  CHECK(to_vector(plan.predict(context, images)) == before);
}

TEST_CASE("what a plan cannot take is refused with a sentence", "[plan]") {
  const InferencePlan<float> plan(varied_model<float>(build(released_nasnet_a(), cifar_config(1, 4))));
  Context context(1);
  const auto refusal = [&](const Shape& shape, const char* text) {
    REQUIRE_THROWS_MATCHES(plan.predict(context, Tensor<float>(shape)), ShapeError,
                           MessageMatches(ContainsSubstring(text)));
  };
  refusal({1, 16, 16, 4}, "wanted [N,H,W,3]");
  refusal({16, 16, 3}, "wanted [N,H,W,3]");
  refusal({0, 16, 16, 3}, "is empty");
  refusal({1, 0, 16, 3}, "0x16");
}

TEST_CASE("a plan's memory is reused by maps that are not needed together", "[plan]") {
  std::vector<detail::ArenaBlock> blocks{{.size = 10, .first_step = 0, .last_step = 1},
                                         {.size = 20, .first_step = 1, .last_step = 2},
                                         {.size = 10, .first_step = 2, .last_step = 3},
                                         {.size = 5, .first_step = 4, .last_step = 4},
                                         {.size = 0, .first_step = 0, .last_step = 9}};
  CHECK(detail::pack_arena(blocks) == 30);
  CHECK(detail::largest_alive(blocks) == 30);
  for (const detail::ArenaBlock& a : blocks) {
    for (const detail::ArenaBlock& b : blocks) {
      if (&a == &b || !a.lives_with(b)) continue;
      CHECK((a.offset + a.size <= b.offset || b.offset + b.size <= a.offset));
    }
  }
  std::vector<detail::ArenaBlock> none;
  CHECK(detail::pack_arena(none) == 0);
}
