#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/graph/named_networks.hpp"
#include "nasnet/graph/shapes.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

Model<float> small_large(bool skip = true) {
  NetworkConfig config = NetworkConfig::imagenet();
  config.cells_per_stack = 2;
  config.filters = 8;
  config.classes = 5;
  config.skip_reduction_input = skip;
  config.image_size = Size{67, 70};
  return Model<float>(build(released_nasnet_a(), config), RandomStream(1));
}

}  // namespace

TEST_CASE("features are the maps of the whole run, in the order asked for") {
  Context context(1);
  const Model<float> model = small_large();
  const NetworkGraph& graph = model.graph();
  const Variable<float> images(random_images({2, 33, 40, 3}, 1));
  Tape<float> tape(context, Recording::off);
  const std::vector<int> chosen{graph.output, graph.cells[6].output, find(graph, "stem.bn")};
  const auto maps = model.features(tape, images, chosen, {});
  REQUIRE(maps.size() == 3);
  const auto shapes = infer_shapes(graph, {33, 40});
  for (std::size_t i = 0; i < maps.size(); ++i) {
    CHECK(maps[i].node == chosen[i]);
    const FeatureShape& shape = shapes[static_cast<std::size_t>(chosen[i])];
    CHECK(maps[i].map.shape() == Shape{2, shape.height, shape.width, shape.channels});
  }
  CHECK(to_vector(maps[0].map.value()) == to_vector(model.predict(context, images.value())));
  CHECK(model.features(tape, images, {}, {}).empty());
}

TEST_CASE("going on from two consecutive cells gives the logits of the whole run, wherever the cut is") {
  Context context(1);
  for (const bool skip : {true, false}) {
    const Model<float> model = small_large(skip);
    const NetworkGraph& graph = model.graph();
    const Variable<float> images(random_images({2, 37, 33, 3}, 1));
    const std::vector<float> whole = to_vector(model.predict(context, images.value()));
    const auto last = static_cast<int>(graph.cells.size()) - 1;
    for (int cell = 1; cell < last; ++cell) {
      INFO("cell " << cell << ", skip " << skip);
      const auto output = [&](int number) { return graph.cells[static_cast<std::size_t>(number)].output; };
      std::vector<int> cut{output(cell), output(cell - 1)};
      // After a reduction the skip reads one cell further back.
      if (skip && graph.cells[static_cast<std::size_t>(cell)].role == CellRole::reduction && cell > 1) {
        cut.push_back(output(cell - 2));
      }
      Tape<float> tape(context, Recording::off);
      const auto maps = model.features(tape, images, cut, {});
      CHECK(to_vector(model.forward_from(tape, maps, {}).value()) == whole);
    }
    Tape<float> tape(context, Recording::off);
    const auto logits = model.features(tape, images, {graph.output}, {});
    CHECK(to_vector(model.forward_from(tape, logits, {}).value()) == whole);
  }
}

TEST_CASE("a detector's second stage reads crops of two cells' maps of any size") {
  Context context(1);
  const Model<float> model = small_large();
  const NetworkGraph& graph = model.graph();
  // The last cell before the second reduction and the one before it.
  const int current = graph.cells[6].output;
  const int previous = graph.cells[5].output;
  const auto crop = [&](int node, std::uint64_t seed) {
    return NodeMap<float>{node, Variable<float>(random_images({3, 5, 4, graph.channels_of(node)}, seed))};
  };
  Tape<float> tape(context, Recording::off);
  const std::vector<NodeMap<float>> known{crop(current, 1), crop(previous, 2)};
  CHECK(model.forward_from(tape, known, {}).shape() == Shape{3, 1, 1, 5});
}

TEST_CASE("maps that leave the images needed, or that do not fit, are refused by name") {
  Context context(1);
  const Model<float> model = small_large();
  const NetworkGraph& graph = model.graph();
  Tape<float> tape(context, Recording::off);
  const Variable<float> images(random_images({1, 33, 33, 3}, 1));
  const auto maps = model.features(tape, images, {graph.cells[6].output}, {});
  CHECK_THROWS_MATCHES(model.forward_from(tape, maps, {}), ArgumentError,
                       MessageMatches(ContainsSubstring("cell 7 reads cells.5.") && ContainsSubstring("images") &&
                                      ContainsSubstring(join("(node ", graph.cells[5].output, ')'))));
  // Knowing a map inside a later cell does not hide what it lacks from outside. Cell 7 is a reduction, which is
  // skipped.
  const int inside = graph.cells[8].blocks[0].output;
  CHECK_THROWS_MATCHES(model.forward_from(tape, model.features(tape, images, {graph.cells[7].output, inside}, {}), {}),
                       ArgumentError, MessageMatches(ContainsSubstring("cell 8 reads cells.5.concat")));
  CHECK_THROWS_MATCHES(model.forward_from(tape, {}, {}), ArgumentError,
                       MessageMatches(ContainsSubstring("no maps are known")));
  NodeMap<float> wrong{graph.cells[6].output, Variable<float>(random_images({1, 4, 4, 3}, 1))};
  CHECK_THROWS_MATCHES(model.forward_from(tape, {wrong}, {}), ShapeError,
                       MessageMatches(ContainsSubstring("[1,4,4,3]")));
  for (const int node : {-1, static_cast<int>(graph.nodes.size()), *graph.auxiliary_output}) {
    CHECK_THROWS_AS(model.features(tape, images, {node}, {}), ArgumentError);
    wrong.node = node;
    CHECK_THROWS_AS(model.forward_from(tape, {wrong}, {}), ArgumentError);
  }
}

TEST_CASE("skipping the reduction's input changes the logits though not a single parameter") {
  Context context(1);
  const Model<float> with = small_large(true);
  const Model<float> without = small_large(false);
  REQUIRE(with.graph().parameters.size() == without.graph().parameters.size());
  for (std::size_t p = 0; p < with.parameters().size(); ++p) {
    REQUIRE(with.graph().parameters[p].name == without.graph().parameters[p].name);
    REQUIRE(to_vector(with.parameters()[p].value()) == to_vector(without.parameters()[p].value()));
  }
  const Tensor<float> images = random_images({1, 45, 45, 3}, 1);
  CHECK(to_vector(with.predict(context, images)) != to_vector(without.predict(context, images)));
}

TEST_CASE("the order of a concat list is the order of the channels") {
  Context context(1);
  const Model<float> model(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(1));
  const GraphCell& cell = model.graph().cells[4];
  std::vector<int> chosen{cell.output};
  for (std::size_t state = 2; state < cell.states.size(); ++state) chosen.push_back(cell.states[state]);
  Tape<float> tape(context, Recording::off);
  const auto maps = model.features(tape, Variable<float>(random_images({1, 8, 8, 3}, 1)), chosen, {});
  // The previous input's four times four channels come first, then each block's.
  for (std::size_t block = 1; block < maps.size(); ++block) {
    for (std::int64_t c = 0; c < 16; ++c) {
      CHECK(maps[0].map.value()(0, 1, 1, static_cast<std::int64_t>(block) * 16 + c) ==
            maps[block].map.value()(0, 1, 1, c));
    }
  }
}
