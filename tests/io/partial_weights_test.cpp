#include "nasnet/io/partial_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/io/weights.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;

namespace {

NetworkConfig imagenet_config(std::int64_t cells, std::int64_t filters) {
  NetworkConfig config = NetworkConfig::imagenet();
  config.cells_per_stack = cells;
  config.filters = filters;
  config.classes = 7;
  return config;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<float> values(const Model<float>& model, const std::string& name) {
  return to_vector(model.parameters()[index_of(model, name)].value());
}

// Every stored parameter of the network stands in one of the three lists, and in one only.
void check_partition(const NetworkGraph& graph, const PartialLoad& report) {
  std::multiset<std::string> listed(report.loaded.begin(), report.loaded.end());
  listed.insert(report.missing.begin(), report.missing.end());
  for (const auto& each : report.mismatched) listed.insert(each.name);
  std::multiset<std::string> wanted;
  for (const auto& parameter : graph.parameters) wanted.insert(parameter.name);
  CHECK(listed == wanted);
}

}  // namespace

TEST_CASE("weights of the same network load completely") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(1, 4));
  const Model<float> source(graph, RandomStream(1));
  Model<float> target(graph, RandomStream(2));
  const PartialLoad report = load_partial_weights(target, model_weights(source));
  CHECK(report.complete());
  check_partition(graph, report);
  for (const auto& parameter : graph.parameters)
    CHECK(values(target, parameter.name) == values(source, parameter.name));
}

TEST_CASE("what fits is loaded, what does not is named and keeps its first values") {
  const Model<float> source(build(released_nasnet_a(), cifar_config(2, 4)), RandomStream(1));
  auto config = cifar_config(1, 4);
  config.classes = 3;
  Model<float> target(build(released_nasnet_a(), config), RandomStream(2));
  const std::vector<float> head = values(target, "head.weight");
  TensorFile file = model_weights(source);
  file.set("extra.tensor", Tensor<float>({2}));
  const PartialLoad report = load_partial_weights(target, file);
  check_partition(target.graph(), report);
  CHECK_FALSE(report.complete());
  CHECK(holds(report.loaded, "stem.conv.weight"));
  CHECK(values(target, "stem.conv.weight") == values(source, "stem.conv.weight"));
  CHECK(holds(report.unused, "extra.tensor"));
  CHECK(holds(report.unused, "cells.7.fit_current.conv.weight"));
  const auto mismatch = std::find_if(report.mismatched.begin(), report.mismatched.end(),
                                     [](const auto& each) { return each.name == "head.weight"; });
  REQUIRE(mismatch != report.mismatched.end());
  CHECK(mismatch->found.find("[10,96]") != std::string::npos);
  CHECK(mismatch->wanted.find("[3,96]") != std::string::npos);
  CHECK(values(target, "head.weight") == head);
}

TEST_CASE("cells correspond by stack and place, whatever the stem and the length of stacks") {
  const NetworkGraph small = build(released_nasnet_a(), cifar_config(2, 8));     // 0 1 R2 3 4 R5 6 7
  const NetworkGraph large = build(released_nasnet_a(), imagenet_config(3, 8));  // S0 S1 2 3 4 R5 6 7 8 R9 10 11 12
  const NameInFile name = corresponding_names(small, large);
  const std::vector<std::string> wanted{"", "", "0", "1", "", "2", "3", "4", "", "5", "6", "7", ""};
  for (std::size_t cell = 0; cell < wanted.size(); ++cell) {
    INFO("cell " << cell);
    const std::string found = name("cells." + std::to_string(cell) + ".blocks.1.left.sep1.bn.bias");
    CHECK(found == (wanted[cell].empty() ? "" : "cells." + wanted[cell] + ".blocks.1.left.sep1.bn.bias"));
  }
  CHECK(name("head.weight") == "head.weight");
  CHECK(name("stem.bn.running_mean") == "stem.bn.running_mean");
  CHECK(corresponding_names(small, small)("cells.5.fit_current.bn.bias") == "cells.5.fit_current.bn.bias");
}

TEST_CASE("PNASNet's stacks, which start with their reduction, correspond too") {
  auto config = imagenet_config(3, 8);
  config.reduction_starts_stack = true;
  auto shorter = cifar_config(2, 8);
  shorter.reduction_starts_stack = true;
  const NameInFile name = corresponding_names(build(published_architecture("pnasnet-5"), shorter),
                                              build(published_architecture("pnasnet-5"), config));
  // 0 1 R2 3 R4 5 and S0 S1 2 3 4 R5 6 7 R8 9 10.
  const std::vector<std::string> wanted{"", "", "0", "1", "", "2", "3", "", "4", "5", ""};
  for (std::size_t cell = 0; cell < wanted.size(); ++cell) {
    const std::string found = name("cells." + std::to_string(cell) + ".x");
    CHECK(found == (wanted[cell].empty() ? "" : "cells." + wanted[cell] + ".x"));
  }
}

TEST_CASE("a cell found on small images goes on in an ImageNet network") {
  const Model<float> found(build(released_nasnet_a(), cifar_config(1, 8)), RandomStream(1));
  Model<float> large(build(released_nasnet_a(), imagenet_config(2, 8)), RandomStream(2));
  const PartialLoad report =
      load_partial_weights(large, model_weights(found), corresponding_names(found.graph(), large.graph()));
  check_partition(large.graph(), report);
  // Reductions and normal cells of each stack, moved by the stem's two cells and the longer stacks.
  CHECK(values(large, "cells.4.blocks.0.left.sep2.pointwise.weight") ==
        values(found, "cells.1.blocks.0.left.sep2.pointwise.weight"));
  CHECK(values(large, "cells.5.blocks.4.left.sep1.depthwise.weight") ==
        values(found, "cells.2.blocks.4.left.sep1.depthwise.weight"));
  CHECK(values(large, "cells.8.fit_current.bn.weight") == values(found, "cells.4.fit_current.bn.weight"));
  CHECK(holds(report.missing, "cells.0.fit_current.conv.weight"));
  CHECK(holds(report.missing, "cells.3.fit_current.conv.weight"));  // the second cell of a stack
  CHECK(report.loaded.size() > report.missing.size() / 2);
  Context context(1);
  for (const float logit : to_vector(large.predict(context, random_images({1, 33, 40, 3}, 1)))) {
    CHECK(std::isfinite(logit));
  }
}

TEST_CASE("loading changes nothing where it throws") {
  Model<float> target(build(released_nasnet_a(), cifar_config(1, 4)), RandomStream(2));
  TensorFile file = model_weights(Model<float>(target.graph(), RandomStream(1)));
  const std::int64_t bytes = 10 * 96 * 4;
  file.set("head.weight", ElementType::i32, {10, 96}, Bytes(static_cast<std::size_t>(bytes)));
  const std::vector<float> before = values(target, "stem.conv.weight");
  CHECK_THROWS_AS(load_partial_weights(target, file), DataError);
  CHECK(values(target, "stem.conv.weight") == before);
}
