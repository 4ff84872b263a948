#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/io/partial_weights.hpp"
#include "nasnet/io/weights.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

NetworkGraph small(bool auxiliary = false) {
  auto config = cifar_config(1, 4);
  if (auxiliary) config.image_size = Size{12, 12};
  return build(released_nasnet_a(), config);
}

std::vector<std::vector<float>> all_values(const Model<float>& model) {
  std::vector<std::vector<float>> values;
  for (const Variable<float>& parameter : model.parameters()) values.push_back(to_vector(parameter.value()));
  return values;
}

// The file without one tensor, or with one more or another in its place.
TensorFile without(const TensorFile& file, const std::string& name) {
  TensorFile result("weights");
  for (const auto& [key, tensor] : file.tensors()) {
    if (key != name) result.set(key, tensor);
  }
  return result;
}
TensorFile with(TensorFile file, const std::string& name, Shape shape) {
  Tensor<float> tensor(shape);
  tensor.fill(0.5F);
  file.set(name, tensor);
  return file;
}

void check_refused(const NetworkGraph& graph, const TensorFile& file, const std::vector<std::string>& parts) {
  Model<float> model(graph, RandomStream(9));
  const auto before = all_values(model);
  try {
    load_weights(model, file);
    FAIL("nothing was thrown");
  } catch (const DataError& error) {
    for (const std::string& part : parts) CHECK_THAT(std::string(error.what()), ContainsSubstring(part));
  }
  CHECK(all_values(model) == before);
}

}  // namespace

TEST_CASE("weights go through a file and back bit for bit, names and statistics included") {
  const TemporaryFolder folder;
  Context context(1);
  Model<float> model(small(), RandomStream(1));
  move_statistics(model, context, {4, 9, 8, 3});
  save_weights(model, folder / "weights.safetensors");
  Model<float> other(small(), RandomStream(2));
  CHECK(all_values(other) != all_values(model));
  load_weights(other, folder / "weights.safetensors");
  CHECK(all_values(other) == all_values(model));
  const Tensor<float> images = random_images({2, 9, 8, 3}, 5);
  CHECK(to_vector(other.predict(context, images)) == to_vector(model.predict(context, images)));
  const TensorFile file = read_safetensors(folder / "weights.safetensors");
  std::set<std::string> names;
  for (const auto& parameter : model.graph().parameters) names.insert(parameter.name);
  CHECK(names.size() == model.graph().parameters.size());
  CHECK(file.tensors().size() == names.size());
  for (const auto& [name, tensor] : file.tensors()) CHECK(names.count(name) == 1);
}

TEST_CASE("equal weights give equal files") {
  const TemporaryFolder folder;
  save_weights(Model<float>(small(), RandomStream(1)), folder / "a.safetensors");
  save_weights(Model<float>(small(), RandomStream(1)), folder / "b.safetensors");
  CHECK(folder.read("a.safetensors") == folder.read("b.safetensors"));
}

TEST_CASE("files hold kernels output-first") {
  GraphBuilder g(2);
  Value x = g.convolution(g.input(), 3, {.kernel_height = 2, .kernel_width = 5}, "conv");
  x = g.depthwise(x, {.kernel = 3}, "depthwise");
  x = g.pointwise(x, 4, "pointwise");
  x = g.dense(g.global_average_pool(g.batch_norm(x)), 6, "head");
  Model<float> model(std::move(g).finish(x), RandomStream(1));
  for (Variable<float>& parameter : model.parameters()) {
    for (std::int64_t i = 0; i < parameter.value().elements(); ++i) parameter.value()[i] = static_cast<float>(i);
  }
  const TensorFile file = model_weights(model);
  const auto extents = [&](const std::string& name) { return file.at(name).extents; };
  using Extents = std::vector<std::int64_t>;
  CHECK(extents("conv.weight") == Extents{3, 2, 2, 5});
  CHECK(extents("depthwise.weight") == Extents{3, 1, 3, 3});
  CHECK(extents("pointwise.weight") == Extents{4, 3, 1, 1});
  CHECK(extents("head.weight") == Extents{6, 4});
  CHECK(extents("bn.running_var") == Extents{4});
  // Memory: [kh,kw,I,O], [kh,kw,C], [I,O].
  const Tensor<float> conv = file.floats("conv.weight");
  for (std::int64_t o = 0; o < 3; ++o) {
    for (std::int64_t i = 0; i < 2; ++i) {
      for (std::int64_t h = 0; h < 2; ++h) {
        for (std::int64_t w = 0; w < 5; ++w)
          CHECK(conv(o, i, h, w) == static_cast<float>(((h * 5 + w) * 2 + i) * 3 + o));
      }
    }
  }
  const Tensor<float> depthwise = file.floats("depthwise.weight");
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t h = 0; h < 3; ++h) {
      for (std::int64_t w = 0; w < 3; ++w) CHECK(depthwise(c, 0, h, w) == static_cast<float>((h * 3 + w) * 3 + c));
    }
  }
  const Tensor<float> head = file.floats("head.weight");
  for (std::int64_t o = 0; o < 6; ++o) {
    for (std::int64_t i = 0; i < 4; ++i) CHECK(head[o * 4 + i] == static_cast<float>(i * 6 + o));
  }
  Model<float> back(model.graph(), RandomStream(2));
  load_weights(back, file);
  CHECK(all_values(back) == all_values(model));
}

TEST_CASE("every layout comes back from its file layout") {
  for (const ParameterLayout layout :
       {ParameterLayout::vector, ParameterLayout::convolution, ParameterLayout::depthwise, ParameterLayout::dense}) {
    const Shape shape = layout == ParameterLayout::convolution ? Shape{3, 5, 2, 7}
                        : layout == ParameterLayout::depthwise ? Shape{5, 3, 7}
                        : layout == ParameterLayout::dense     ? Shape{5, 3}
                                                               : Shape{6};
    const ParameterSpec spec{.name = "weight", .shape = shape, .layout = layout};
    Tensor<float> values(shape);
    for (std::int64_t i = 0; i < values.elements(); ++i) values[i] = static_cast<float>(i);
    const Tensor<float> stored = to_file_layout(spec, values);
    CHECK(stored.shape() == spec.file_shape());
    Tensor<float> back(shape);
    from_file_layout(spec, stored, back);
    CHECK(to_vector(back) == to_vector(values));
    REQUIRE_THROWS_AS(from_file_layout(spec, Tensor<float>({2, 2, 2}), back), ShapeError);
  }
}

TEST_CASE("what is missing, extra or of another shape is named and nothing changes") {
  const TensorFile file = model_weights(Model<float>(small(), RandomStream(1)));
  const std::string name = "cells.2.fit_previous.path1.weight";
  check_refused(small(), without(file, name), {"'" + name + "' is missing"});
  check_refused(small(), with(file, "cells.9.conv.weight", {2}), {"'cells.9.conv.weight' is not in the network"});
  check_refused(small(), with(file, name, {4, 24, 1, 2}), {"'" + name + "'", "[4,24,1,2]", "[4,24,1,1]"});
  // All at once, in one sentence.
  check_refused(small(), with(with(without(file, "head.bias"), "extra", {1}), name, {3}),
                {"'head.bias' is missing", "'extra' is not in the network", "[3]"});
  TensorFile integers = file;
  integers.set("head.bias", Tensor<std::int32_t>(Shape{10}));
  check_refused(small(), integers, {"head.bias", "I32"});
}

TEST_CASE("values that would make logits no numbers are refused with tensor and value, and nothing changes") {
  const NetworkGraph graph = small();
  const TensorFile sound = model_weights(Model<float>(graph, RandomStream(1)));
  const auto spoilt = [&](const std::string& name, double value, ElementType type = ElementType::f32) {
    const Tensor<float> floats = sound.floats(name);
    Tensor<float> changed = floats.clone();
    changed[1] = static_cast<float>(value);
    TensorFile file = with(sound, "head.bias", Shape{graph.channels_of(graph.output)});
    file.set(name, changed);
    if (type == ElementType::f64) {
      Tensor<double> doubles(floats.shape());
      std::copy(floats.values().begin(), floats.values().end(), doubles.values().begin());
      doubles[1] = value;
      file.set(name, doubles);
    }
    return file;
  };
  const std::string variance = "stem.bn.running_var";
  check_refused(graph, spoilt(variance, -0.25), {"'tensors'", variance, "-0.25 at place 1", "0 or more"});
  check_refused(graph, spoilt(variance, std::nan("")), {variance, "nan at place 1", "a finite number"});
  check_refused(graph, spoilt("stem.conv.weight", std::nan("")), {"stem.conv.weight", "nan"});
  check_refused(graph, spoilt("head.weight", -HUGE_VAL), {"head.weight", "-inf"});
  check_refused(graph, spoilt("head.weight", 1e300, ElementType::f64), {"head.weight", "1e+300", "a finite number"});
  Model<float> model(graph, RandomStream(2));
  for (const double allowed : {0.0, 3.0}) load_weights(model, spoilt(variance, allowed));
  load_weights(model, spoilt("stem.bn.running_mean", -0.25));
  CHECK_THROWS_AS(load_partial_weights(model, spoilt(variance, -1)), DataError);
  Model<double> doubles(graph, RandomStream(2));
  load_weights(doubles, spoilt("head.weight", 1e300, ElementType::f64));
}

TEST_CASE("a file of another network is refused with the first faults and the number of the others") {
  auto config = cifar_config(1, 5);
  const TensorFile file = model_weights(Model<float>(build(released_nasnet_a(), config), RandomStream(1)));
  check_refused(small(), file, {"does not fit the network", "stem.conv.weight", "more"});
  const TemporaryFolder folder;
  Model<float> model(small(), RandomStream(1));
  REQUIRE_THROWS_AS(load_weights(model, folder / "missing.safetensors"), IoError);
  write_safetensors(folder / "other.safetensors", file);
  REQUIRE_THROWS_MATCHES(load_weights(model, folder / "other.safetensors"), DataError,
                         MessageMatches(ContainsSubstring("other.safetensors")));
}

TEST_CASE("an auxiliary head may be lacking in the file or in the network") {
  Model<float> with_head(small(true), RandomStream(1));
  Model<float> without_head(small(), RandomStream(2));
  load_weights(without_head, model_weights(with_head));
  CHECK(to_vector(without_head.parameters()[index_of(without_head, "head.weight")].value()) ==
        to_vector(with_head.parameters()[index_of(with_head, "head.weight")].value()));
  Model<float> third(small(true), RandomStream(3));
  const auto before = to_vector(third.parameters()[index_of(third, "aux.dense.weight")].value());
  load_weights(third, model_weights(without_head));
  CHECK(to_vector(third.parameters()[index_of(third, "aux.dense.weight")].value()) == before);
  CHECK(to_vector(third.parameters()[index_of(third, "head.weight")].value()) ==
        to_vector(with_head.parameters()[index_of(with_head, "head.weight")].value()));
  // Where both have one, it must fit.
  auto config = cifar_config(1, 4);
  config.image_size = Size{32, 32};
  check_refused(build(released_nasnet_a(), config), model_weights(with_head), {"aux.conv2.weight"});
}

TEST_CASE("a model in double keeps its digits through a file and reads floats") {
  const TemporaryFolder folder;
  const Model<double> model(small(), RandomStream(1));
  save_weights(model, folder / "double.safetensors");
  Model<double> other(small(), RandomStream(2));
  load_weights(other, folder / "double.safetensors");
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    CHECK(to_vector(other.parameters()[p].value()) == to_vector(model.parameters()[p].value()));
  }
  Model<float> in_float(small(), RandomStream(3));
  load_weights(in_float, folder / "double.safetensors");
  CHECK(in_float.parameters()[0].value()[0] == static_cast<float>(model.parameters()[0].value()[0]));
  Model<double> from_float(small(), RandomStream(4));
  load_weights(from_float, model_weights(in_float));
  CHECK(from_float.parameters()[0].value()[0] == static_cast<double>(in_float.parameters()[0].value()[0]));
}

TEST_CASE("names of all published networks are unique, lower case, and follow the written scheme") {
  for (const auto name : {"nasnet-a", "nasnet-b", "nasnet-c", "pnasnet-5", "amoebanet-a", "darts-v1", "darts-v2"}) {
    auto config = mobile_config();
    config.filters = 16;
    config.image_size = Size{224, 224};
    std::set<std::string> seen;
    for (const auto& parameter : build(published_architecture(name), config).parameters) {
      INFO(parameter.name);
      CHECK(seen.insert(parameter.name).second);
      CHECK(std::none_of(parameter.name.begin(), parameter.name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
      const bool known = starts_with(parameter.name, "stem.") || starts_with(parameter.name, "cells.") ||
                         starts_with(parameter.name, "aux.") || starts_with(parameter.name, "head.");
      CHECK(known);
    }
    CHECK(seen.count("stem.conv.weight") == 1);
    CHECK(seen.count("cells.0.fit_current.conv.weight") == 1);
    CHECK(seen.count("cells.15.blocks.0.left.sep1.depthwise.weight") == (std::string(name) == "amoebanet-a" ? 0U : 1U));
  }
}
