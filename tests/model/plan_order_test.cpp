// In what order an inference plan's steps run, and which wait for which.
#include "nasnet/model/detail/plan_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "graph/random_graphs.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/model/detail/plan_builder.hpp"
#include "nasnet/model/detail/plan_layout.hpp"
#include "nasnet/model/detail/plan_run.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;

namespace {

using Needs = std::vector<std::vector<std::size_t>>;
using Order = std::vector<std::size_t>;

struct Plan {
  Model<float> model;
  detail::PlanProgram<float> program;
  detail::PlanLayout<float> layout;
  Tensor<float> images;

  Plan(const NetworkGraph& graph, const Shape& shape, InstructionSet set)
      : model(varied_model<float>(graph)),
        program(detail::PlanBuilder<float>(graph, std::as_const(model).parameters(), {graph.output}, set).build()),
        layout(program, model.graph(), shape),
        images(random_images(shape, 3)) {}

  [[nodiscard]] std::vector<float> logits(detail::PlanRun<float>& run) const {
    const int output = model.graph().output;
    std::vector<float> values(static_cast<std::size_t>(images.extent(0) * model.graph().channels_of(output)));
    run.write_value(output, values.data(), model.graph().channels_of(output));
    return values;
  }

  [[nodiscard]] std::vector<float> logits_in_order(Context& context) const {
    detail::PlanRun<float> run(context, program, layout);
    run.read_images(images.data());
    run.run();
    return logits(run);
  }
};

bool equal_bits(const std::vector<float>& left, const std::vector<float>& right) {
  return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size() * sizeof(float)) == 0;
}

// Each segment backwards as far as its steps allow: always the last step whose own are done.
std::vector<float> logits_in_the_worst_order(const Plan& plan, Context& context, int& moved) {
  detail::PlanRun<float> run(context, plan.program, plan.layout);
  run.read_images(plan.images.data());
  for (const detail::PlanSegment& segment : plan.layout.segments()) {
    if (segment.steps.empty()) run.run_primitive_step(segment.first);
    std::vector<char> is_done(segment.steps.size());
    for (std::size_t turn = 0; turn < is_done.size(); ++turn) {
      const auto prefix = std::find(is_done.begin(), is_done.end(), 0) - is_done.begin();
      auto step = static_cast<int>(is_done.size()) - 1;
      while (is_done[static_cast<std::size_t>(step)] != 0 ||
             segment.steps[static_cast<std::size_t>(step)].after >= prefix) {
        REQUIRE(--step >= 0);
      }
      moved += step != prefix;
      is_done[static_cast<std::size_t>(step)] = 1;
      run.run_tiled_step(segment.first + step, segment.steps[static_cast<std::size_t>(step)].tasks);
    }
  }
  return plan.logits(run);
}

// Which scalars of the arena a step reads and writes: bit 0 and bit 1.
std::vector<char> touched(const Plan& plan, int step) {
  std::vector<char> scalars(static_cast<std::size_t>(plan.layout.arena_size()));
  std::vector<float> arena(scalars.size());
  for (const detail::PlanAccess& access :
       accesses_of(plan.program, plan.program.steps[static_cast<std::size_t>(step)])) {
    const MapView<float> map = plan.layout.view(*access.value, arena.data());
    // The input's pixels lie closer than its lanes.
    const std::int64_t lanes = std::min(map.channels, map.pitch);
    for (std::int64_t pixel = 0; pixel < map.pixels(); ++pixel) {
      const auto first = static_cast<std::size_t>(map.pixel(pixel) - arena.data());
      for (std::size_t i = 0; i < static_cast<std::size_t>(lanes); ++i) {
        scalars.at(first + i) = static_cast<char>(scalars[first + i] | (access.writes ? 2 : 1));
      }
    }
  }
  return scalars;
}

// Each step with NaN wherever it says that it touches nothing.
std::vector<float> logits_of_steps_alone(const Plan& plan, Context& context) {
  detail::PlanRun<float> run(context, plan.program, plan.layout);
  run.read_images(plan.images.data());
  const auto alone = [&](int step, const auto& run_step) {
    const std::vector<char> touches = touched(plan, step);
    const std::vector<float> before = to_vector(run.arena());
    for (std::size_t i = 0; i < touches.size(); ++i) {
      if (touches[i] == 0) run.arena()[static_cast<std::int64_t>(i)] = std::numeric_limits<float>::quiet_NaN();
    }
    run_step();
    bool kept = true;  // a check for each scalar would take most of the time
    for (std::size_t i = 0; i < touches.size(); ++i) {
      float& now = run.arena()[static_cast<std::int64_t>(i)];
      if (touches[i] == 0) {
        kept = kept && std::isnan(now);
        now = before[i];
      } else if (touches[i] == 1) {
        kept = kept && std::memcmp(&now, &before[i], sizeof now) == 0;
      }
    }
    INFO("step " << step << " writes what it does not say");
    REQUIRE(kept);
  };
  for (const detail::PlanSegment& segment : plan.layout.segments()) {
    if (segment.steps.empty()) alone(segment.first, [&] { run.run_primitive_step(segment.first); });
    for (std::size_t s = 0; s < segment.steps.size(); ++s) {
      const int step = segment.first + static_cast<int>(s);
      alone(step, [&] { run.run_tiled_step(step, segment.steps[s].tasks); });
    }
  }
  return plan.logits(run);
}

void check_orders(const NetworkGraph& graph, const Shape& images, int& moved) {
  Context context(1);
  for (const InstructionSet set : cases::instruction_sets()) {
    INFO(to_string(set));
    const Plan plan(graph, images, set);
    const std::vector<float> expected = plan.logits_in_order(context);
    CHECK(equal_bits(logits_in_the_worst_order(plan, context, moved), expected));
    CHECK(equal_bits(logits_of_steps_alone(plan, context), expected));
  }
}

}  // namespace

TEST_CASE("two chains of steps take turns", "[plan]") {
  CHECK(detail::interleaved_order({{}, {0}, {}, {2}}) == Order{0, 2, 1, 3});
}

TEST_CASE("a chain alone keeps its order", "[plan]") {
  CHECK(detail::interleaved_order({}) == Order{});
  CHECK(detail::interleaved_order({{}, {0}, {0, 1}, {2}}) == Order{0, 1, 2, 3});
}

TEST_CASE("an order of steps puts each behind those that it needs", "[plan]") {
  RandomStream random(5);
  for (int round = 0; round < 200; ++round) {
    const auto below = [&](std::size_t count) {
      return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)));
    };
    Needs needs(1 + below(60));
    for (std::size_t s = 1; s < needs.size(); ++s) {
      for (std::size_t n = below(3); n > 0; --n) needs[s].push_back(below(s));
    }
    const Order order = detail::interleaved_order(needs);
    REQUIRE(order.size() == needs.size());
    std::vector<std::size_t> position(needs.size(), needs.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      REQUIRE(position.at(order[i]) == needs.size());
      position[order[i]] = i;
      for (const std::size_t need : needs[order[i]]) REQUIRE(position[need] < i);
    }
  }
}

TEST_CASE("no step moves forward by more than 15 places", "[plan]") {
  for (const std::size_t length : {std::size_t{10}, std::size_t{20}}) {
    INFO("a chain of " << length << ", then steps that need nothing");
    Needs needs(40);
    for (std::size_t s = 1; s < length; ++s) needs[s].push_back(s - 1);
    const Order order = detail::interleaved_order(needs);
    for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] <= i + 15);
    CHECK(order[1] == (length == 10 ? 10U : 1U));
  }
}

TEST_CASE("in a network's plan steps seldom follow those that they need", "[plan]") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(2, 8));
  const Plan plan(graph, {1, 16, 16, 3}, InstructionSet::baseline);
  REQUIRE(plan.layout.segments().size() == 1);
  int waits = 0;
  const std::vector<SequenceStep>& steps = plan.layout.segments()[0].steps;
  for (int s = 0; s < static_cast<int>(steps.size()); ++s) waits += steps[static_cast<std::size_t>(s)].after == s - 1;
  CHECK(waits * 4 < static_cast<int>(steps.size()));
}

TEST_CASE("values conflict where one is written and they share lanes", "[plan]") {
  const detail::PlanValue left{.buffer = 1, .lane = 0, .lanes = 8};
  const detail::PlanValue right{.buffer = 1, .lane = 8, .lanes = 8};
  const detail::PlanValue both{.buffer = 1, .lane = 0, .lanes = 16};
  const detail::PlanValue other{.buffer = 2, .lane = 0, .lanes = 16};
  const auto conflict = [](const detail::PlanValue& a, bool a_writes, const detail::PlanValue& b, bool b_writes) {
    return detail::PlanAccess{&a, a_writes}.conflicts_with({&b, b_writes});
  };
  CHECK(conflict(left, true, left, false));
  CHECK(conflict(left, false, left, true));
  CHECK(conflict(left, true, left, true));
  CHECK_FALSE(conflict(left, false, left, false));
  CHECK_FALSE(conflict(left, true, right, true));
  CHECK_FALSE(conflict(right, true, left, true));
  CHECK(conflict(both, false, right, true));
  CHECK(conflict(left, true, both, false));
  CHECK_FALSE(conflict(both, true, other, true));
}

TEST_CASE("steps of a plan touch what they say, and give the same bits in any order that they allow", "[plan]") {
  int moved = 0;
  SECTION("published networks") {
    check_orders(build(released_nasnet_a(), cifar_config(1, 3)), {1, 8, 9, 3}, moved);
    for (const std::string_view name : published_names) {
      NetworkConfig config = NetworkConfig::imagenet();
      config.cells_per_stack = 1;
      config.filters = 8;
      INFO(name);
      check_orders(build(published_architecture(name), config), {2, 33, 32, 3}, moved);
    }
  }
  SECTION("random graphs") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto channels = static_cast<std::int64_t>(1 + seed % 4);
      const NetworkGraph graph = RandomGraph(seed, channels).finish();
      INFO("seed " << seed << describe(graph));
      check_orders(graph, {1 + static_cast<std::int64_t>(seed % 2), 5, 16, channels}, moved);
    }
  }
  SECTION("random cells") {
    std::mt19937 random(13);
    for (int i = 0; i < 12; ++i) {
      const Architecture cells = random_cells(random, 1 + i % 5);
      INFO(to_text(cells));
      check_orders(build(cells, {.cells_per_stack = 1, .filters = 3 + i}), {1, 9, 8, 3}, moved);
    }
  }
  CHECK(moved > 100);
}
