#include "nasnet/graph/named_networks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/network_scale.hpp"
#include "nasnet/graph/shapes.hpp"

using namespace nasnet;
using namespace graph_probe;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

NetworkGraph build(const NetworkDescription& network) {
  return graph_probe::build(network.architecture, network.config);
}

const PublishedNetwork& row_of(std::string_view name) {
  for (const PublishedNetwork& row : network_table) {
    if (row.name == name) return row;
  }
  throw std::runtime_error("no row " + std::string(name));
}

std::int64_t statistics(const NetworkGraph& graph) {
  std::int64_t count = 0;
  for (const auto& parameter : graph.parameters) {
    count += parameter.spec.role == ParameterRole::statistic ? parameter.spec.shape.elements() : 0;
  }
  return count;
}

// The unit of the last of three digits; parameters are published in tenths of a million.
double last_digit(double millions) { return std::pow(10.0, std::floor(std::log10(millions)) - 2); }

Agreement agreement(std::int64_t counted, double published, double unit) {
  if (published == 0) return Agreement::not_stated;
  const double millions = static_cast<double>(counted) / 1e6;
  if (std::abs(millions - published) <= unit / 2) return Agreement::equal;
  return std::abs(millions - published) <= 0.005 * published ? Agreement::within_half_percent : Agreement::differs;
}

}  // namespace

TEST_CASE("each row of the table of published networks says truly how its counts stand to the published ones") {
  for (const PublishedNetwork& row : network_table) {
    INFO(row.name);
    const NetworkDescription network = describe(row);
    const NetworkGraph graph = build(network);
    const std::int64_t parameters = parameter_count(graph) + (row.counts_statistics ? statistics(graph) : 0);
    CHECK(agreement(parameters, row.parameters.millions, 0.1) == row.parameters.agreement);
    const double published = row.multiply_adds.millions;
    const double unit = published > 0 ? last_digit(published) : 1;
    CHECK(agreement(multiply_adds(graph, network.image), published, unit) == row.multiply_adds.agreement);
  }
}

TEST_CASE("published figures are those of the tables") {
  struct Figures {
    const char* name;
    double parameters, multiply_adds, top_1, top_5, error;
  };
  const std::vector<Figures> wanted{{"nasnet-a-mobile", 5.3, 564, 74.0, 91.6, 0},
                                    {"nasnet-a-large", 88.9, 23800, 82.7, 96.2, 0},
                                    {"nasnet-a-cifar", 3.3, 0, 0, 0, 3.41},
                                    {"nasnet-a-cifar-7@2304", 27.6, 0, 0, 0, 2.97},
                                    {"nasnet-a-imagenet-5@1536", 10.9, 2350, 78.6, 94.2, 0},
                                    {"nasnet-a-imagenet-7@1920", 22.6, 4930, 80.8, 95.3, 0},
                                    {"nasnet-b-mobile", 5.3, 488, 72.8, 91.3, 0},
                                    {"nasnet-b-cifar", 2.6, 0, 0, 0, 3.73},
                                    {"nasnet-c-mobile", 4.9, 558, 72.5, 91.0, 0},
                                    {"nasnet-c-cifar", 3.1, 0, 0, 0, 3.59},
                                    {"pnasnet-5-large", 86.1, 25000, 82.9, 96.2, 0},
                                    {"pnasnet-5-mobile", 5.1, 588, 74.2, 91.9, 0},
                                    {"amoebanet-a-large", 86.7, 23100, 82.8, 96.1, 0}};
  REQUIRE(wanted.size() == network_table.size());
  for (const Figures& w : wanted) {
    INFO(w.name);
    const PublishedNetwork& row = row_of(w.name);
    CHECK(row.parameters.millions == w.parameters);
    CHECK(row.multiply_adds.millions == w.multiply_adds);
    CHECK(row.top_1 == w.top_1);
    CHECK(row.top_5 == w.top_5);
    CHECK(row.error == w.error);
  }
  CHECK(row_of("nasnet-a-cifar").error_with_cutout == 2.65);
  CHECK(row_of("nasnet-a-cifar-7@2304").error_with_cutout == 2.40);
  CHECK(std::count_if(network_table.begin(), network_table.end(),
                      [](const PublishedNetwork& row) { return row.error_with_cutout > 0; }) == 2);
}

TEST_CASE("PNASNet-5 has the parameters and multiply-adds of its released networks") {
  const NetworkDescription large = named_network("pnasnet-5-large");
  CHECK(parameter_count(build(large)) == 86'057'668);
  CHECK(static_cast<double>(multiply_adds(build(large), large.image)) / 1e9 == Approx(24.937).margin(0.0005));
  const NetworkDescription mobile = named_network("pnasnet-5-mobile");
  CHECK(parameter_count(build(mobile)) == 5'064'487);
  CHECK(parameter_count(build(mobile)) + statistics(build(mobile)) == 5'098'151);
  CHECK(static_cast<double>(multiply_adds(build(mobile), mobile.image)) / 1e6 == Approx(587.3).margin(0.05));
}

TEST_CASE("NASNet-C on ImageNet has the counted size of its figure with convolutions of full width") {
  const NetworkDescription c = named_network("nasnet-c-mobile");
  CHECK(static_cast<double>(parameter_count(build(c))) / 1e6 == Approx(6.40).margin(0.005));
  CHECK(static_cast<double>(multiply_adds(build(c), c.image)) / 1e6 == Approx(709).margin(0.5));
}

TEST_CASE("the rows are N @ P as the papers name them") {
  const std::vector<std::pair<const char*, NetworkScale>> wanted{{"nasnet-a-mobile", {4, 1056}},
                                                                 {"nasnet-a-large", {6, 4032}},
                                                                 {"nasnet-a-cifar", {6, 768}},
                                                                 {"nasnet-a-cifar-7@2304", {7, 2304}},
                                                                 {"nasnet-a-imagenet-5@1536", {5, 1536}},
                                                                 {"nasnet-a-imagenet-7@1920", {7, 1920}},
                                                                 {"nasnet-b-mobile", {4, 1536}},
                                                                 {"nasnet-b-cifar", {4, 1152}},
                                                                 {"nasnet-c-mobile", {3, 960}},
                                                                 {"nasnet-c-cifar", {4, 640}}};
  for (const auto& [name, scale] : wanted) {
    INFO(name);
    const NetworkDescription network = named_network(name);
    CHECK(network.config.cells_per_stack == scale.cells_per_stack);
    CHECK(network.config.filters * penultimate_multiple(network.architecture) == scale.penultimate_filters);
    const NetworkGraph graph = build(network);
    // What the dense layer reads.
    CHECK(graph.channels_of(at(graph, graph.output).inputs[0]) == scale.penultimate_filters);
  }
}

TEST_CASE("P is 24F for NASNet-A and the stem has its channels") {
  for (const std::int64_t filters : {1, 2, 5, 32, 44}) {
    const NetworkDescription network = nasnet_a_network({2, 24 * filters});
    CHECK(network.config.filters == filters);
    const NetworkGraph graph = build(network);
    CHECK(parameter(graph, "stem.conv.weight").spec.file_shape() == Shape{3 * filters, 3, 3, 3});
    CHECK(parameter(graph, "cells.0.fit_current.conv.weight").spec.file_shape() == Shape{filters, 3 * filters, 1, 1});
    CHECK(parameter(graph, "head.weight").spec.file_shape() == Shape{10, 24 * filters});
  }
  const NetworkDescription mobile = nasnet_a_network({4, 1056}, NetworkConfig::imagenet());
  CHECK(mobile.config.filters == 44);
  CHECK(parameter_count(build(mobile)) == 5'289'978);
}

TEST_CASE("1538 is taken for 1536 and no other number is rounded") {
  CHECK(nasnet_a_network({5, 1538}, NetworkConfig::imagenet()).config.filters == 64);
  const Architecture a = published_architecture("nasnet-a");
  for (const std::int64_t wrong : {std::int64_t{-24}, std::int64_t{0}, std::int64_t{1}, std::int64_t{23},
                                   std::int64_t{25}, std::int64_t{767}, std::int64_t{1537}, std::int64_t{1539}}) {
    CHECK_THROWS_AS(filters_for(a, wrong), ArgumentError);
  }
  CHECK_THROWS_MATCHES(
      filters_for(a, 1055), ArgumentError,
      MessageMatches(ContainsSubstring("1055") && ContainsSubstring("24 times") && ContainsSubstring("1032 and 1056")));
  CHECK_THROWS_AS(filters_for(published_architecture("nasnet-a-figure-4"), 1538), ArgumentError);
}

TEST_CASE("widths that leave a stem cell without filters are refused with what is needed") {
  const auto imagenet = [](std::int64_t penultimate) {
    return nasnet_a_network({2, penultimate}, NetworkConfig::imagenet());
  };
  for (const std::int64_t penultimate : {24, 48, 168}) {
    CHECK_THROWS_MATCHES(imagenet(penultimate), ArgumentError, MessageMatches(ContainsSubstring("quarter")));
  }
  for (const std::int64_t filters : {8, 9, 10, 11, 13, 27}) {
    const NetworkGraph graph = build(imagenet(24 * filters));
    CHECK(graph.cells[0].filters == filters / 4);
    CHECK(graph.cells[1].filters == filters / 2);
    CHECK(infer_shapes(graph, {67, 40}).back().channels == 1000);
  }
  CHECK(build(nasnet_a_network({1, 24})).cells.back().filters == 4);  // a CIFAR stem takes F = 1
}

TEST_CASE("cells know how many times their filters they put out") {
  const auto multiple = [](const char* name) { return penultimate_multiple(published_architecture(name)); };
  CHECK(multiple("nasnet-a") == 24);
  CHECK(multiple("nasnet-a-figure-4") == 20);
  CHECK(multiple("nasnet-b") == 16);
  CHECK(multiple("nasnet-c") == 20);  // one block concatenates
  CHECK(multiple("pnasnet-5") == 20);
  CHECK(multiple("amoebanet-a") == 16);
  CHECK(multiple("darts-v1") == 16);
  CHECK_THROWS_AS(output_multiple({{{}, {}}, {2, 4}}, 2), GenotypeError);
}

TEST_CASE("every published network and its cells at any scale are reachable by name") {
  for (const std::string_view name : network_names) {
    CHECK(is_network_name(name));
    CHECK_NOTHROW(named_network(name));
  }
  for (const std::string_view cells : published_names) {
    for (const char* stem : {"cifar", "imagenet"}) {
      const Architecture architecture = published_architecture(cells);
      const std::int64_t p = 12 * penultimate_multiple(architecture);
      const std::string name = join(cells, '-', stem, "-1@", p);
      INFO(name);
      REQUIRE(is_network_name(name));
      const NetworkDescription network = named_network(name);
      CHECK(network.architecture == architecture);
      CHECK(network.config.filters == 12);
      CHECK((network.config.stem == Stem::imagenet) == (stem == std::string("imagenet")));
      CHECK(network.config.reduction_starts_stack == (cells == "pnasnet-5"));
      CHECK(infer_shapes(build(network), {40, 37}).back().size() == Size{1, 1});
    }
  }
}

TEST_CASE("names that say nothing are refused with what there is") {
  for (const char* name : {"", "nasnet-a", "nasnet-a-2@48", "nasnet-d-cifar-2@48", "nasnet-a-cifar-2@", "-cifar-2@48",
                           "nasnet-a-cifar-@48", "nasnet-a-cifar-2@48@3", "nasnet-a-cifar--2@48", "nasnet-a-cifar-2x48",
                           "nasnet-a-cifar-2@9999999999999999999999"}) {
    INFO(name);
    CHECK_FALSE(is_network_name(name));
    CHECK_THROWS_MATCHES(
        named_network(name), ArgumentError,
        MessageMatches(ContainsSubstring("nasnet-a-mobile") && ContainsSubstring("nasnet-a-cifar-2@48")));
  }
  CHECK_THROWS_AS(named_network("nasnet-a-cifar-0@48"), ArgumentError);
  CHECK_THROWS_AS(named_network("nasnet-a-cifar-2@50"), ArgumentError);
}

TEST_CASE("PNASNet-5's reduction cells are the first of their stacks, and the next cell reads what entered them") {
  const NetworkGraph graph = build(named_network("pnasnet-5-mobile"));
  REQUIRE(graph.cells.size() == 2 + 9);
  const std::vector<std::int64_t> filters{13, 27, 54, 54, 54, 108, 108, 108, 216, 216, 216};
  for (int cell = 0; cell < 11; ++cell) {
    INFO("cell " << cell);
    const GraphCell& notes = graph.cells[static_cast<std::size_t>(cell)];
    CHECK(notes.filters == filters[static_cast<std::size_t>(cell)]);
    CHECK((notes.role == CellRole::reduction) == (cell < 2 || cell == 5 || cell == 8));
    if (cell < 2) continue;
    CHECK(notes.sources == std::vector<int>{cell_output(graph, cell - 1), cell_output(graph, cell - 2)});
    CHECK(has_parameter(graph, cell_scope(cell) + "fit_previous.path1.weight") ==
          (cell == 2 || cell == 6 || cell == 9));
  }
  for (const GraphNode& node : graph.nodes) {  // ScheduledDropPath counts 3N + 2 cells
    const auto* path = std::get_if<DropPath>(&node.primitive);
    if (path != nullptr) CHECK(path->depth_ratio == Approx((node.cell + 1) / 11.0).epsilon(1e-15));
  }
  NetworkDescription large = named_network("pnasnet-5-large");
  CHECK(large.config.cell_count() == 14);
  large.config.image_size = large.image;
  const NetworkGraph with_head = build(large);
  // Two thirds of the way up: before the second reduction.
  CHECK(chain_below(with_head, *with_head.auxiliary_output, "aux.").source == cell_output(with_head, 9));
}

TEST_CASE("a stack of one cell that starts with its reduction has no normal cell") {
  NetworkConfig config;
  config.cells_per_stack = 1;
  config.filters = 4;
  config.reduction_starts_stack = true;
  config.image_size = Size{16, 16};
  const NetworkGraph graph = graph_probe::build(published_architecture("pnasnet-5"), config);
  REQUIRE(graph.cells.size() == 3);
  CHECK(graph.cells[2].role == CellRole::reduction);
  CHECK(config.cell_count() == 3);
  CHECK(infer_shapes(graph, {16, 16}).size() == graph.nodes.size());
}

TEST_CASE("the documented least sides of images pass and one pixel less is refused") {
  for (const Stem stem : {Stem::cifar, Stem::imagenet}) {
    NetworkConfig config = stem == Stem::imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
    config.cells_per_stack = 1;
    config.filters = 8;
    const std::int64_t least = config.smallest_side();
    const NetworkGraph graph = graph_probe::build(released_nasnet_a(), config);
    for (const Size size : {Size{least, least}, Size{least, least + 4}, Size{least + 3, least}}) {
      CHECK(infer_shapes(graph, size).back().size() == Size{1, 1});
    }
    CHECK_THROWS_AS(infer_shapes(graph, {least - 1, least}), ShapeError);
    CHECK_THROWS_AS(infer_shapes(graph, {least, least - 1}), ShapeError);
    const std::int64_t auxiliary = config.smallest_auxiliary_side();
    config.image_size = Size{auxiliary, auxiliary + 1};
    CHECK_NOTHROW(graph_probe::build(released_nasnet_a(), config));
    for (const Size size : {Size{auxiliary - 1, auxiliary}, Size{auxiliary, auxiliary - 1}}) {
      config.image_size = size;
      CHECK_THROWS_AS(graph_probe::build(released_nasnet_a(), config), ShapeError);
    }
  }
}

TEST_CASE("figure 4's concatenation is a network of its own, by name") {
  CHECK(parameter_count(build(named_network("nasnet-a-figure-4-imagenet-4@880"))) == 4'772'516);
  CHECK(parameter_count(build(named_network("nasnet-a-figure-4-cifar-6@640"))) == 3'076'906);
}

TEST_CASE("the stem is part of a network: another width of it changes the count") {
  NetworkConfig config;
  config.cells_per_stack = 6;
  config.filters = 36;
  const auto count = [&](std::int64_t stem) {
    config.stem_filters = stem;
    return parameter_count(graph_probe::build(published_architecture("darts-v2"), config));
  };
  CHECK(count(0) == count(108));
  CHECK(count(36) < count(108));
}
