// In what order an inference plan's steps run, and which wait for which.
#include "nasnet/model/detail/plan_order.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/model/detail/plan_builder.hpp"
#include "nasnet/model/detail/plan_layout.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;

namespace {

using Needs = std::vector<std::vector<std::size_t>>;
using Order = std::vector<std::size_t>;

// Which scalars of the arena a step reads and writes: bit 0 and bit 1.
std::vector<char> touched(const detail::PlanLayout<float>& layout, const std::vector<detail::PlanAccess>& accesses) {
  std::vector<char> scalars(static_cast<std::size_t>(layout.arena_size()));
  float* const none = nullptr;
  for (const detail::PlanAccess& access : accesses) {
    const MapView<float> map = layout.view(*access.value, none);
    for (std::int64_t pixel = 0; pixel < map.pixels(); ++pixel) {
      const auto first = static_cast<std::size_t>(map.pixel(pixel) - none);
      for (std::size_t i = 0; i < static_cast<std::size_t>(map.channels); ++i) {
        scalars.at(first + i) = static_cast<char>(scalars[first + i] | (access.writes ? 2 : 1));
      }
    }
  }
  return scalars;
}

bool may_overlap_in_time(const std::vector<char>& left, const std::vector<char>& right) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (((left[i] | right[i]) & 2) != 0 && left[i] != 0 && right[i] != 0) return false;
  }
  return true;
}

void check_segments(const NetworkGraph& graph, const Shape& images) {
  const Model<float> model = varied_model<float>(graph);
  const auto program =
      detail::PlanBuilder<float>(graph, model.parameters(), {graph.output}, InstructionSet::baseline).build();
  const detail::PlanLayout<float> layout(program, graph, images);
  int next = 0;
  int free_pairs = 0;
  for (const detail::PlanSegment& segment : layout.segments()) {
    REQUIRE(segment.first == next);
    next += std::max(1, static_cast<int>(segment.steps.size()));
    std::vector<std::vector<char>> scalars;
    for (std::size_t s = 0; s < segment.steps.size(); ++s) {
      const auto step = static_cast<std::size_t>(segment.first) + s;
      scalars.push_back(touched(layout, accesses_of(program, program.steps[step])));
      for (auto earlier = static_cast<std::size_t>(std::max(0, segment.steps[s].after + 1)); earlier < s; ++earlier) {
        INFO("steps " << earlier << " and " << s << " of the segment at " << segment.first);
        CHECK(may_overlap_in_time(scalars[earlier], scalars[s]));
        ++free_pairs;
      }
    }
  }
  CHECK(next == static_cast<int>(program.steps.size()));
  CHECK(free_pairs > 0);
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
    Needs needs(1 + random.below(60));
    for (std::size_t s = 1; s < needs.size(); ++s) {
      for (std::uint64_t n = random.below(3); n > 0; --n) needs[s].push_back(random.below(s));
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

TEST_CASE("steps of a plan that may run together touch different memory", "[plan]") {
  check_segments(build(released_nasnet_a(), cifar_config(1, 3)), {1, 8, 9, 3});
  for (const std::string_view name : published_names) {
    NetworkConfig config = NetworkConfig::imagenet();
    config.cells_per_stack = 1;
    config.filters = 8;
    INFO(name);
    check_segments(build(published_architecture(name), config), {2, 33, 32, 3});
  }
}
