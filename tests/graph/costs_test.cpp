#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"

using namespace nasnet;
using namespace graph_probe;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

struct Published {
  std::int64_t cells, filters, stem;
};

NetworkGraph imagenet_network(Published p) {
  auto config = NetworkConfig::imagenet();
  config.cells_per_stack = p.cells;
  config.filters = p.filters;
  config.stem_filters = p.stem;
  return build(released_nasnet_a(), config);
}

std::vector<std::int64_t> counts_by_cell(const NetworkGraph& graph) {
  std::vector<std::int64_t> counts;
  for (std::size_t cell = 0; cell < graph.cells.size(); ++cell) {
    counts.push_back(count_below(graph, cell_scope(static_cast<int>(cell))));
  }
  return counts;
}

std::int64_t statistics_count(const NetworkGraph& graph) {
  std::int64_t count = 0;
  for (const auto& parameter : graph.parameters) {
    count += parameter.spec.role == ParameterRole::statistic ? parameter.spec.shape.elements() : 0;
  }
  return count;
}

// Multiply-adds of one kind of primitive.
std::int64_t multiply_adds_of(const NetworkGraph& graph, Size image, const std::set<std::string>& primitives) {
  const auto counts = node_multiply_adds(graph, image);
  std::int64_t sum = 0;
  for (std::size_t n = 0; n < counts.size(); ++n) {
    if (primitives.count(std::string(name_of(graph.nodes[n].primitive))) > 0) sum += counts[n];
  }
  return sum;
}

// Parameters of a 1x1 convolution with batch norm, and of a double separable convolution.
std::int64_t fit(std::int64_t c, std::int64_t f) { return c * f + 2 * f; }
std::int64_t sep(std::int64_t k, std::int64_t c, std::int64_t f) {
  return c * k * k + c * f + f * k * k + f * f + 4 * f;
}

// Parameters of NASNet-A with a CIFAR stem, cell by cell, from the formulas.
std::int64_t cifar_parameters(std::int64_t n, std::int64_t f, std::int64_t in, std::int64_t classes) {
  const std::int64_t s = 3 * f;
  std::int64_t total = 9 * in * s + 2 * s;
  total += fit(s, f) + sep(5, f, f) + sep(3, s, f) + sep(5, s, f) + sep(3, s, f) + 3 * fit(s, f) + sep(3, f, f);
  total += fit(s, f);  // the concatenated stem
  std::int64_t current = 6 * f;
  std::int64_t previous = s;
  const auto normal = [&](std::int64_t g) {
    total += fit(current, g) + fit(previous, g) + 10 * g * g + 174 * g;
    previous = current;
    current = 6 * g;
  };
  for (std::int64_t cell = 1; cell < n; ++cell) normal(f);
  for (int stack = 1; stack < 3; ++stack) {
    const std::int64_t before = current;
    f *= 2;
    total += fit(current, f) + fit(previous, f) + 10 * f * f + 334 * f;
    previous = before;  // what entered the reduction, halved
    current = 4 * f;
    total += fit(current, f) + fit(previous, f) + 10 * f * f + 174 * f;
    previous = current;
    current = 6 * f;
    for (std::int64_t cell = 1; cell < n; ++cell) normal(f);
  }
  return total + current * classes + classes;
}

// The most bytes alive while one node runs, by looking at every pair of map and moment.
std::int64_t brute_force_inference_bytes(const NetworkGraph& graph, Size image, std::int64_t unit) {
  const auto shapes = infer_shapes(graph, image);
  const auto aliases = [&](std::size_t n) {
    return std::holds_alternative<DropPath>(graph.nodes[n].primitive) ||
           std::holds_alternative<Dropout>(graph.nodes[n].primitive);
  };
  const auto skipped = [&](std::size_t n) { return graph.nodes[n].part == NetworkPart::auxiliary || aliases(n); };
  const auto reads = [&](std::size_t reader, std::size_t map) {
    for (int source : graph.nodes[reader].inputs) {
      while (source >= 0 && aliases(static_cast<std::size_t>(source))) {
        source = graph.nodes[static_cast<std::size_t>(source)].inputs[0];
      }
      if (source == static_cast<int>(map)) return true;
    }
    return false;
  };
  std::int64_t most = 0;
  for (std::size_t now = 0; now < graph.nodes.size(); ++now) {
    if (skipped(now)) continue;
    std::int64_t alive = 0;
    for (std::size_t map = 0; map <= now; ++map) {
      if (skipped(map)) continue;
      bool needed = map == now;
      for (std::size_t reader = now; reader < graph.nodes.size() && !needed; ++reader) {
        needed = !skipped(reader) && reads(reader, map);
      }
      if (needed) alive += shapes[map].elements() * unit;
    }
    most = (std::max)(most, alive);
  }
  return most;
}

}  // namespace

TEST_CASE("NASNet-A mobile has the published parameters and multiply-adds") {
  const NetworkGraph graph = build(released_nasnet_a(), mobile_config());
  CHECK(parameter_count(graph) == 5'289'978);
  CHECK(statistics_count(graph) == 36'738);
  CHECK(multiply_adds(graph, {224, 224}) == 563'638'816);
  CHECK(multiply_adds_of(graph, {224, 224}, {"convolution", "pointwise"}) == 492'924'416);
  CHECK(multiply_adds_of(graph, {224, 224}, {"depthwise"}) == 69'658'400);
  CHECK(multiply_adds_of(graph, {224, 224}, {"dense"}) == 1'056'000);
}

TEST_CASE("NASNet-A large has the published parameters and multiply-adds") {
  const NetworkGraph graph = build(released_nasnet_a(), large_config());
  CHECK(parameter_count(graph) == 88'753'150);
  CHECK(statistics_count(graph) == 196'668);
  CHECK(multiply_adds(graph, {331, 331}) == 23'783'414'658);
  CHECK(multiply_adds_of(graph, {331, 331}, {"convolution", "pointwise"}) == 23'038'311'132);
  CHECK(multiply_adds_of(graph, {331, 331}, {"depthwise"}) == 741'071'526);
  CHECK(multiply_adds(graph, {224, 224}) == 10'283'796'000);
  CHECK(multiply_adds(graph, {299, 299}) == 19'526'893'026);
}

TEST_CASE("NASNet-A for CIFAR-10 has the published parameters and multiply-adds") {
  const NetworkGraph small = build(released_nasnet_a(), cifar_config(6, 32));
  CHECK(parameter_count(small) == 3'346'538);
  CHECK(statistics_count(small) == 37'248);
  CHECK(multiply_adds(small, {32, 32}) == 544'333'312);
  CHECK(multiply_adds_of(small, {32, 32}, {"depthwise"}) == 63'520'768);
  const NetworkGraph big = build(released_nasnet_a(), cifar_config(7, 96));
  CHECK(parameter_count(big) == 32'590'954);
  CHECK(statistics_count(big) == 127'872);
  CHECK(multiply_adds(big, {32, 32}) == 5'151'250'944);
}

TEST_CASE("NASNet-A at 299 pixels has the counted sizes of its other widths") {
  const auto billions = [](std::int64_t count) { return static_cast<double>(count) / 1e9; };
  const NetworkGraph a = imagenet_network({7, 80, 32});
  CHECK(parameter_count(a) == 24'595'884);
  CHECK(billions(multiply_adds(a, {299, 299})) == Approx(5.2267).margin(0.00005));
  const NetworkGraph b = imagenet_network({7, 80, 96});
  CHECK(parameter_count(b) == 24'613'292);
  CHECK(billions(multiply_adds(b, {299, 299})) == Approx(5.3737).margin(0.00005));
  const NetworkGraph c = imagenet_network({5, 64, 32});
  CHECK(parameter_count(c) == 12'247'544);
  CHECK(billions(multiply_adds(c, {299, 299})) == Approx(2.5522).margin(0.00005));
  const NetworkGraph d = imagenet_network({5, 64, 96});
  CHECK(parameter_count(d) == 12'263'416);
  CHECK(billions(multiply_adds(d, {299, 299})) == Approx(2.6864).margin(0.00005));
}

TEST_CASE("figure 4's concatenation gives smaller networks") {
  const Architecture architecture = published_architecture("nasnet-a-figure-4");
  const NetworkGraph mobile = build(architecture, mobile_config());
  CHECK(parameter_count(mobile) == 4'772'516);
  CHECK(static_cast<double>(multiply_adds(mobile, {224, 224})) / 1e6 == Approx(518.3).margin(0.05));
  CHECK(parameter_count(build(architecture, cifar_config(6, 32))) == 3'076'906);
}

TEST_CASE("the search's child networks have the counted sizes") {
  auto child = cifar_config(1, 8);
  child.input_channels = 1;
  const NetworkGraph fashion = build(released_nasnet_a(), child);
  CHECK(parameter_count(fashion) == 71'938);
  CHECK(static_cast<double>(multiply_adds(fashion, {28, 28})) / 1e6 == Approx(10.05).margin(0.005));
  const NetworkGraph proxy = build(released_nasnet_a(), cifar_config(2, 32));
  CHECK(parameter_count(proxy) == 1'294'698);
  CHECK(static_cast<double>(multiply_adds(proxy, {32, 32})) / 1e6 == Approx(232.2).margin(0.05));
  const NetworkGraph narrow = build(released_nasnet_a(), cifar_config(2, 24));
  CHECK(parameter_count(narrow) == 757'906);
  CHECK(static_cast<double>(multiply_adds(narrow, {32, 32})) / 1e6 == Approx(136.4).margin(0.05));
}

TEST_CASE("skipping the reduction's input changes no count") {
  auto config = large_config();
  config.skip_reduction_input = false;
  CHECK(parameter_count(build(released_nasnet_a(), config)) == 88'753'150);
}

TEST_CASE("1001 classes add a row to the dense layer") {
  auto config = mobile_config();
  config.classes = 1001;
  CHECK(parameter_count(build(released_nasnet_a(), config)) == 5'291'035);
  config = large_config();
  config.classes = 1001;
  CHECK(parameter_count(build(released_nasnet_a(), config)) == 88'757'183);
}

TEST_CASE("each part of the mobile network has its parameters") {
  const NetworkGraph graph = build(released_nasnet_a(), mobile_config());
  CHECK(count_below(graph, "stem.") == 928);
  CHECK(counts_by_cell(graph) == std::vector<std::int64_t>{8'534, 13'948, 33'000, 42'680, 50'424, 50'424, 153'648,
                                                           147'312, 170'544, 186'032, 186'032, 555'104, 557'920,
                                                           650'848, 712'800, 712'800});
  CHECK(count_below(graph, "head.") == 1'057'000);
}

TEST_CASE("each part of the large network has its parameters") {
  const NetworkGraph graph = build(released_nasnet_a(), large_config());
  CHECK(count_below(graph, "stem.") == 2'784);
  CHECK(counts_by_cell(graph) == std::vector<std::int64_t>{49'230,     121'128,   396'816,   537'936,    650'832,
                                                           650'832,    650'832,   650'832,   1'919'904,  1'979'040,
                                                           2'317'728,  2'543'520, 2'543'520, 2'543'520,  2'543'520,
                                                           7'452'480,  7'796'544, 9'151'296, 10'054'464, 10'054'464,
                                                           10'054'464, 10'054'464});
  CHECK(count_below(graph, "head.") == 4'033'000);
}

TEST_CASE("each part of the CIFAR network has its parameters") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(6, 32));
  CHECK(count_below(graph, "stem.") == 2'784);
  CHECK(counts_by_cell(graph) == std::vector<std::int64_t>{40'384,  25'152,  28'224,  28'224,  28'224,
                                                           28'224,  87'168,  81'024,  93'312,  101'504,
                                                           101'504, 101'504, 101'504, 305'408, 301'312,
                                                           350'464, 383'232, 383'232, 383'232, 383'232});
  CHECK(count_below(graph, "head.") == 7'690);
}

TEST_CASE("parameters follow the closed form for any N and F") {
  for (const std::int64_t n : {1, 2, 3, 5}) {
    for (const std::int64_t f : {1, 2, 7, 24}) {
      INFO("N " << n << ", F " << f);
      auto config = cifar_config(n, f);
      config.input_channels = 2;
      config.classes = 7;
      CHECK(parameter_count(build(released_nasnet_a(), config)) == cifar_parameters(n, f, 2, 7));
    }
  }
}

TEST_CASE("the auxiliary head has the counted parameters, which published figures leave out") {
  const auto head = [](NetworkConfig config, Size size) {
    config.image_size = size;
    const NetworkGraph graph = build(released_nasnet_a(), config);
    const std::int64_t without = parameter_count(graph);
    config.image_size = std::nullopt;
    CHECK(without == parameter_count(build(released_nasnet_a(), config)));
    return parameter_count(graph, AuxiliaryHead::included) - without;
  };
  CHECK(head(cifar_config(6, 32), {32, 32}) == 1'631'498);
  CHECK(head(mobile_config(), {224, 224}) == 2'411'240);
  CHECK(head(large_config(), {331, 331}) == 4'567'784);
  auto mobile = mobile_config();
  mobile.classes = 1001;
  CHECK(head(mobile, {224, 224}) == 2'412'009);
}

TEST_CASE("the auxiliary head's multiply-adds are counted on demand and for its own image size") {
  auto config = cifar_config(1, 4);
  const std::int64_t without = multiply_adds(build(released_nasnet_a(), config), {32, 32});
  config.image_size = Size{32, 32};
  const NetworkGraph graph = build(released_nasnet_a(), config);
  CHECK(multiply_adds(graph, {32, 32}) == without);
  // 1x1 on 4x4 maps of 48 channels, the whole-map kernel, the dense layer.
  CHECK(multiply_adds(graph, {32, 32}, AuxiliaryHead::included) == without + 16 * 48 * 128 + 16 * 128 * 768 + 768 * 10);
  // Evaluation does not run the head, so it takes other sizes, smaller ones too.
  CHECK(multiply_adds(graph, {16, 16}) == multiply_adds(build(released_nasnet_a(), cifar_config(1, 4)), {16, 16}));
  CHECK(multiply_adds(graph, {64, 32}) == multiply_adds(build(released_nasnet_a(), cifar_config(1, 4)), {64, 32}));
  REQUIRE_THROWS_MATCHES(multiply_adds(graph, {64, 32}, AuxiliaryHead::included), ShapeError,
                         MessageMatches(ContainsSubstring("32x32") && ContainsSubstring("64x32")));
}

TEST_CASE("fixed parameters and statistics are no trainable parameters") {
  GraphBuilder g(2);
  Value x = g.depthwise(g.input(), {.kernel = 2, .fixed_weight = {0.25, 0.25, 0.25, 0.25}}, "blur");
  x = g.batch_norm(x);
  const NetworkGraph graph = std::move(g).finish(g.dense(g.global_average_pool(x), 3, "head"));
  CHECK(parameter_count(graph) == 2 * 2 + 2 * 3 + 3);
  CHECK(multiply_adds(graph, {5, 4}) == 5 * 4 * 2 * 4 + 2 * 3);  // the constant kernel still multiplies
}

TEST_CASE("bytes of activations in inference equal a brute-force count of live maps") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 12; ++trial) {
    auto config = cifar_config(1, 2);
    if (trial % 3 == 0) config.image_size = Size{12, 10};
    const NetworkGraph graph = build(random_cells(random, 1 + trial % 5), config);
    const std::int64_t batch = 1 + trial % 3;
    CHECK(activation_bytes(graph, {12, 10}, batch).inference ==
          brute_force_inference_bytes(graph, {12, 10}, 4 * batch));
    CHECK(activation_bytes(graph, {9, 13}, 1, 8).inference == brute_force_inference_bytes(graph, {9, 13}, 8));
  }
}

TEST_CASE("bytes of activations of a chain are those of its two largest neighbours") {
  GraphBuilder g(1);
  Value x = g.pointwise(g.input(), 4, "a");  // 6x6x4
  x = g.pointwise(x, 10, "b");               // 6x6x10
  x = g.max_pool(x, {.stride = 2});          // 3x3x10
  const NetworkGraph graph = std::move(g).finish(x);
  const ActivationBytes bytes = activation_bytes(graph, {6, 6});
  CHECK(bytes.inference == 4 * 36 * (4 + 10));
  // The pointwise layers read their inputs in the backward pass (the image is the caller's); gradients of b and the
  // pool.
  CHECK(bytes.training >= 4 * 36 * 4 + 4 * (360 + 90));
  CHECK(activation_bytes(graph, {6, 6}, 5).inference == 5 * bytes.inference);
}

TEST_CASE("training takes more memory than inference") {
  const NetworkGraph graph = build(released_nasnet_a(), cifar_config(2, 8));
  const ActivationBytes bytes = activation_bytes(graph, {32, 32}, 4);
  CHECK(bytes.training > 2 * bytes.inference);
  REQUIRE_THROWS_AS(activation_bytes(graph, {32, 32}, 0), ArgumentError);
}
