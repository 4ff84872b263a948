#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/op_expansions.hpp"

using namespace nasnet;
using namespace graph_probe;

namespace {

using Names = std::vector<std::string>;

// One op on a map of `channels` channels, alone in a graph.
struct Expanded {
  NetworkGraph graph;
  Value value;
  std::string chain;
};

Expanded expand(std::string_view op, std::int64_t channels, OpContext at) {
  GraphBuilder g(channels);
  const auto scope = g.scope("op");
  const Value value = AllOps::table().at(op).expand(g, g.input(), at);
  Expanded result{g.graph(), value, {}};
  if (value.node >= 0 && op != "skip_connect") result.chain = chain_below(result.graph, value.node, "op.").ops;
  return result;
}

// Names without what each batch norm adds.
Names weights(const Expanded& expanded) {
  Names names;
  for (const auto& name : names_below(expanded.graph, "op.")) {
    const bool norm = name.find(".bias") != std::string::npos || name.find("running") != std::string::npos ||
                      name.find("bn") != std::string::npos;
    if (!norm) names.push_back(name);
  }
  return names;
}

std::int64_t count(const Expanded& expanded) { return count_below(expanded.graph, "op."); }

struct Case {
  std::int64_t channels, stride, filters;
};

const std::vector<Case> cases{{6, 1, 6}, {6, 2, 6}, {5, 1, 7}, {5, 2, 7}, {12, 1, 3}};

std::string with_stride(const std::string& kernel, std::int64_t stride) {
  return stride == 1 ? kernel : kernel + "/" + std::to_string(stride);
}

}  // namespace

TEST_CASE("every op yields the filters and the stride that it is asked for") {
  for (const OpEntry& op : AllOps::table()) {
    for (const Case& c : cases) {
      INFO(op.name << ", " << c.channels << " channels, stride " << c.stride << ", " << c.filters << " filters");
      const Expanded expanded = expand(op.name, c.channels, {c.stride, c.filters});
      CHECK(expanded.value.channels == c.filters);
      CHECK(expanded.value.stride == c.stride);
    }
  }
}

TEST_CASE("the separable convolution is applied twice, with the stride and the change of channels in the first") {
  for (const int k : {3, 5, 7}) {
    for (const Case& c : cases) {
      const std::string kernel = "dw" + std::to_string(k);
      const Expanded e =
          expand("sep_conv_" + std::to_string(k) + "x" + std::to_string(k), c.channels, {c.stride, c.filters});
      CHECK(e.chain == "relu " + with_stride(kernel, c.stride) + " pw bn relu " + kernel + " pw bn");
      CHECK(count(e) ==
            c.channels * k * k + c.channels * c.filters + c.filters * k * k + c.filters * c.filters + 4 * c.filters);
      CHECK(weights(e) ==
            Names{"sep1.depthwise.weight", "sep1.pointwise.weight", "sep2.depthwise.weight", "sep2.pointwise.weight"});
      CHECK(parameter(e.graph, "op.sep1.depthwise.weight").spec.file_shape() == Shape{c.channels, 1, k, k});
      CHECK(parameter(e.graph, "op.sep1.pointwise.weight").spec.file_shape() == Shape{c.filters, c.channels, 1, 1});
      CHECK(parameter(e.graph, "op.sep2.depthwise.weight").spec.file_shape() == Shape{c.filters, 1, k, k});
      CHECK(parameter(e.graph, "op.sep2.bn.running_var").spec.shape == Shape{c.filters});
    }
  }
}

TEST_CASE("the identity is its input, and a 1x1 convolution at a stride or other channels") {
  CHECK(expand("identity", 6, {1, 6}).value.node == -1);
  for (const Case& c : cases) {
    if (c.stride == 1 && c.channels == c.filters) continue;
    const Expanded e = expand("identity", c.channels, {c.stride, c.filters});
    CHECK(e.chain == (c.stride == 1 ? "relu pw bn" : "relu conv1/2 bn"));
    CHECK(weights(e) == Names{"conv.weight"});
    CHECK(names_below(e.graph, "op.bn.") == Names{"weight", "bias", "running_mean", "running_var"});
    CHECK(count(e) == c.channels * c.filters + 2 * c.filters);
  }
}

TEST_CASE("a pool comes before the 1x1 convolution that fits its channels, without a ReLU") {
  for (const auto& [op, kernel] : std::vector<std::pair<std::string, std::string>>{
           {"avg_pool_3x3", "avg3"}, {"max_pool_3x3", "max3"}, {"max_pool_5x5", "max5"}, {"max_pool_7x7", "max7"}}) {
    for (const Case& c : cases) {
      const Expanded e = expand(op, c.channels, {c.stride, c.filters});
      const bool fits = c.channels == c.filters;
      CHECK(e.chain == with_stride(kernel, c.stride) + (fits ? "" : " pw bn"));
      CHECK(weights(e) == (fits ? Names{} : Names{"fit.conv.weight"}));
      CHECK(count(e) == (fits ? 0 : c.channels * c.filters + 2 * c.filters));
    }
  }
}

TEST_CASE("plain and dilated convolutions are one convolution each") {
  for (const Case& c : cases) {
    const Expanded one = expand("conv_1x1", c.channels, {c.stride, c.filters});
    CHECK(one.chain == (c.stride == 1 ? "relu pw bn" : "relu conv1/2 bn"));
    CHECK(count(one) == c.channels * c.filters + 2 * c.filters);
    const Expanded three = expand("conv_3x3", c.channels, {c.stride, c.filters});
    CHECK(three.chain == "relu " + with_stride("conv3", c.stride) + " bn");
    CHECK(count(three) == 9 * c.channels * c.filters + 2 * c.filters);
    const Expanded dilated = expand("dil_conv_3x3", c.channels, {c.stride, c.filters});
    CHECK(dilated.chain == "relu " + with_stride("conv3", c.stride) + "d2 bn");
    CHECK(count(dilated) == 9 * c.channels * c.filters + 2 * c.filters);
    for (const Expanded* e : {&one, &three, &dilated}) CHECK(weights(*e) == Names{"conv.weight"});
  }
}

TEST_CASE("the factorised convolutions stride along their kernels, with batch norm and ReLU between") {
  for (const auto& [op, k] : std::vector<std::pair<std::string, int>>{{"conv_1x3_3x1", 3}, {"conv_1x7_7x1", 7}}) {
    for (const Case& c : cases) {
      const Expanded e = expand(op, c.channels, {c.stride, c.filters});
      const std::string row = "conv1x" + std::to_string(k) + (c.stride == 1 ? "" : "/1x2");
      const std::string column = "conv" + std::to_string(k) + "x1" + (c.stride == 1 ? "" : "/2x1");
      CHECK(e.chain == "relu " + row + " bn relu " + column + " bn");
      CHECK(count(e) == k * c.channels * c.filters + k * c.filters * c.filters + 4 * c.filters);
      CHECK(weights(e) == Names{"conv1.weight", "conv2.weight"});
      CHECK(names_below(e.graph, "op.bn1.").size() == 4);
      CHECK(names_below(e.graph, "op.bn2.").size() == 4);
      CHECK(parameter(e.graph, "op.conv1.weight").spec.file_shape() == Shape{c.filters, c.channels, 1, k});
      CHECK(parameter(e.graph, "op.conv2.weight").spec.file_shape() == Shape{c.filters, c.filters, k, 1});
    }
  }
  CHECK(expand("conv_7x1_1x7", 4, {2, 4}).chain == "relu conv7x1/2x1 bn relu conv1x7/1x2 bn");
}

TEST_CASE("a bottleneck runs the factorised convolution at a quarter of the filters between two 1x1 convolutions") {
  for (const Case& c : cases) {
    if (c.filters < 4) continue;
    const std::int64_t r = c.filters / 4;
    const Expanded e = expand("bottleneck_1x7_7x1", c.channels, {c.stride, c.filters});
    const std::string row = std::string("conv1x7") + (c.stride == 1 ? "" : "/1x2");
    const std::string column = std::string("conv7x1") + (c.stride == 1 ? "" : "/2x1");
    CHECK(e.chain == "relu pw bn relu " + row + " bn relu " + column + " bn relu pw bn");
    CHECK(weights(e) == Names{"reduce.conv.weight", "conv1.weight", "conv2.weight", "expand.conv.weight"});
    CHECK(count(e) == c.channels * r + 2 * r + 2 * (7 * r * r + 2 * r) + r * c.filters + 2 * c.filters);
  }
  // A quarter of 3 filters is none.
  CHECK(expand("bottleneck_1x7_7x1", 12, {2, 3}).chain == expand("conv_1x7_7x1", 12, {2, 3}).chain);
}

TEST_CASE("ops of imported cells expand as their sources do") {
  CHECK(expand("dil_sep_conv_3x3", 4, {2, 6}).chain == "relu dw3/2d2 pw bn");
  CHECK(expand("dil_sep_conv_5x5", 4, {1, 6}).chain == "relu dw5d2 pw bn");
  CHECK(count(expand("dil_sep_conv_5x5", 4, {1, 6})) == 4 * 25 + 4 * 6 + 2 * 6);
  const Expanded zero = expand("zero", 4, {2, 6});
  CHECK(zero.graph.parameters.empty());
  CHECK(expand("skip_connect", 6, {1, 6}).value.node == -1);
  const Expanded skip = expand("skip_connect", 6, {2, 7});
  CHECK(weights(skip) == Names{"path1.weight", "path2.weight"});
  CHECK(parameter(skip.graph, "op.path1.weight").spec.file_shape() == Shape{3, 6, 1, 1});
  CHECK(parameter(skip.graph, "op.path2.weight").spec.file_shape() == Shape{4, 6, 1, 1});
  CHECK(token(at(skip.graph, skip.value.node)) == "bn");
}
