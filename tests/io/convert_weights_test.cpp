#include "nasnet/io/convert_weights.hpp"

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "foreign_weights.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"

using namespace nasnet;
using namespace foreign_weights;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

constexpr WeightNaming others[] = {WeightNaming::timm, WeightNaming::cadene, WeightNaming::keras};

Bytes bytes_of(const StoredTensor& tensor) { return {tensor.bytes.begin(), tensor.bytes.end()}; }

void check_equal(const TensorFile& one, const TensorFile& other) {
  REQUIRE(one.tensors().size() == other.tensors().size());
  for (const auto& [name, tensor] : one.tensors()) {
    INFO(name);
    REQUIRE(other.contains(name));
    REQUIRE(other.at(name).to_string() == tensor.to_string());
    REQUIRE(bytes_of(other.at(name)) == bytes_of(tensor));
  }
}

TensorFile without(const TensorFile& file, const std::string& name) {
  REQUIRE(file.contains(name));
  TensorFile result("foreign");
  for (const auto& [key, tensor] : file.tensors()) {
    if (key != name) result.set(key, tensor);
  }
  return result;
}

TensorFile with(TensorFile file, const std::string& name, const Shape& shape) {
  file.set(name, Tensor<float>(shape));
  return file;
}

void check_refused(const NetworkGraph& graph, const TensorFile& file, WeightNaming naming, const std::string& text) {
  CHECK_THROWS_MATCHES(
      convert_weights(graph, file, naming, WeightNaming::nasnet), DataError,
      MessageMatches(ContainsSubstring("'foreign' does not fit the network") && ContainsSubstring(text)));
}

}  // namespace

TEST_CASE("networks of timm, Cadene and Keras give the logits of those libraries") {
  Context context(1);
  const nlohmann::json all = read_golden();
  REQUIRE(all.at("networks").size() == 6);
  for (const auto& golden : all.at("networks")) {
    const std::string name = golden.at("name");
    INFO(name);
    const std::int64_t stored_classes = golden.at("classes");
    NetworkConfig config = NetworkConfig::imagenet();
    config.cells_per_stack = golden.at("cells");
    config.filters = golden.at("filters");
    config.stem_filters = golden.at("stem_filters");
    config.skip_reduction_input = golden.at("skip");
    config.reduction_starts_stack = golden.value("starts", false);
    config.classes = stored_classes == 1001 ? 1000 : stored_classes;
    const NetworkGraph graph = build(published_architecture(golden.at("architecture").get<std::string>()), config);
    const WeightNaming naming = weight_naming(golden.at("naming").get<std::string>());
    const TensorFile file = file_of(graph, naming, stored_classes);
    CHECK(file.tensors().size() == golden.at("tensors"));
    CHECK(digest_of(file) == golden.at("digest"));

    Model<double> model(graph, RandomStream(1));
    load_weights(model, file, naming);
    const auto size = golden.at("image").get<std::vector<std::int64_t>>();
    Tensor<double> image({1, size[0], size[1], 3});
    const std::vector<double> u = uniform("image of " + name, image.elements());
    for (std::int64_t i = 0; i < image.elements(); ++i) image[i] = 4 * u[static_cast<std::size_t>(i)];
    const Tensor<double> logits = model.predict(context, image);
    CHECK(logits.elements() == config.classes);
    // The class that is left out is the first.
    const std::size_t first = static_cast<std::size_t>(stored_classes - config.classes);
    const auto wanted = golden.at("logits").get<std::vector<double>>();
    // Batch norm and global average of Keras round to single precision whatever the type of the layer.
    const double relative = naming == WeightNaming::keras ? 1e-6 : 1e-8;
    const double tolerance = relative * golden.at("largest").get<double>();
    for (std::size_t n = first; n < wanted.size(); ++n) {
      CHECK(std::abs(logits[static_cast<std::int64_t>(n - first)] - wanted[n]) <= tolerance);
    }
  }
}

TEST_CASE("weights go to every naming and back bit for bit") {
  for (const std::int64_t cells : {1, 2}) {
    const NetworkGraph graph = small_network("nasnet-a", cells);
    const TensorFile ours = model_weights(Model<float>(graph, RandomStream(1)));
    for (const WeightNaming naming : others) {
      const TensorFile theirs = convert_weights(graph, ours, WeightNaming::nasnet, naming);
      CHECK(weight_mismatches(graph, theirs, naming).empty());
      check_equal(convert_weights(graph, theirs, naming, WeightNaming::nasnet), ours);
      for (const WeightNaming last : others) {
        check_equal(convert_weights(graph, theirs, naming, last),
                    convert_weights(graph, ours, WeightNaming::nasnet, last));
      }
    }
  }
  const NetworkGraph graph = small_network("pnasnet-5", 2);
  const TensorFile ours = model_weights(Model<float>(graph, RandomStream(1)));
  const TensorFile theirs = convert_weights(graph, ours, WeightNaming::nasnet, WeightNaming::timm);
  check_equal(convert_weights(graph, theirs, WeightNaming::timm, WeightNaming::nasnet), ours);
}

TEST_CASE("a model's weights are saved and loaded under other names") {
  const TemporaryFolder folder;
  const NetworkGraph graph = small_network();
  const Model<float> model(graph, RandomStream(1));
  for (const WeightNaming naming : others) {
    save_weights(model, folder / "w.safetensors", naming);
    CHECK_FALSE(read_safetensors(folder / "w.safetensors").contains("stem.conv.weight"));
    Model<float> other(graph, RandomStream(2));
    load_weights(other, folder / "w.safetensors", naming);
    check_equal(model_weights(other), model_weights(model));
  }
}

TEST_CASE("kernels of Keras lie inputs first") {
  const NetworkGraph graph = small_network();
  const TensorFile ours = model_weights(Model<float>(graph, RandomStream(1)));
  const TensorFile keras = convert_weights(graph, ours, WeightNaming::nasnet, WeightNaming::keras);
  const Tensor<float> stem = ours.floats("stem.conv.weight");
  const Tensor<float> their_stem = keras.floats("stem_conv1/kernel");
  const Tensor<float> depthwise = ours.floats("cells.0.blocks.0.left.sep1.depthwise.weight");
  const Tensor<float> their_depthwise = keras.floats("separable_conv_1_reduction_left1_stem_1/depthwise_kernel");
  const Tensor<float> head = ours.floats("head.weight");
  const Tensor<float> their_head = keras.floats("predictions/kernel");
  REQUIRE(their_stem.shape() == Shape{3, 3, 3, 5});
  REQUIRE(their_depthwise.shape() == Shape{5, 5, 2, 1});
  for (std::int64_t o = 0; o < 5; ++o) {
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t h = 0; h < 3; ++h) {
        for (std::int64_t w = 0; w < 3; ++w) CHECK(their_stem(h, w, i, o) == stem(o, i, h, w));
      }
    }
  }
  for (std::int64_t c = 0; c < 2; ++c) {
    for (std::int64_t h = 0; h < 5; ++h) {
      for (std::int64_t w = 0; w < 5; ++w) CHECK(their_depthwise(h, w, c, 0) == depthwise(c, 0, h, w));
    }
  }
  for (std::int64_t o = 0; o < head.extent(0); ++o) {
    for (std::int64_t i = 0; i < head.extent(1); ++i) {
      CHECK(their_head[i * head.extent(0) + o] == head[o * head.extent(1) + i]);
    }
  }
}

TEST_CASE("a square layer of Keras is turned although its extents stay") {
  GraphBuilder g(3);
  const Value x = g.dense(g.global_average_pool(g.input()), 3, "head");
  const NetworkGraph graph = std::move(g).finish(x);
  const ParameterSpec& spec = graph.parameters[0].spec;
  StoredTensor stored;
  TensorFile file;
  file.set<float>("w", Shape{3, 3}, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  TensorFile turned;
  turned.set("w", detail::with_layout(spec, file.at("w"), WeightNaming::keras, WeightNaming::nasnet));
  const Tensor<float> values = turned.floats("w");
  CHECK(std::vector<float>(values.values().begin(), values.values().end()) ==
        std::vector<float>{1, 4, 7, 2, 5, 8, 3, 6, 9});
}

TEST_CASE("element types stay, and bytes are shared where their order does") {
  const NetworkGraph graph = small_network();
  for (const ElementType type : {ElementType::f16, ElementType::bf16, ElementType::f32, ElementType::f64}) {
    for (const WeightNaming naming : others) {
      TensorFile file("foreign");
      const TensorFile floats = file_of(graph, naming, 3);
      for (const auto& [name, tensor] : floats.tensors()) {
        Bytes bytes(size_of(type) * tensor.bytes.size() / sizeof(double));
        for (std::size_t b = 0; b < bytes.size(); ++b) bytes[b] = static_cast<std::uint8_t>(7 * b + name.size());
        file.set(name, type, tensor.extents, std::move(bytes));
      }
      const TensorFile ours = convert_weights(graph, file, naming, WeightNaming::nasnet);
      CHECK(ours.at("stem.conv.weight").type == type);
      check_equal(convert_weights(graph, ours, WeightNaming::nasnet, naming), file);
      if (naming != WeightNaming::keras) {
        CHECK(ours.at("stem.conv.weight").bytes.data() == file.at("conv0.conv.weight").bytes.data());
      }
    }
  }
}

TEST_CASE("what is missing, extra or wrong in a foreign file is named as it is there") {
  const NetworkGraph graph = small_network();
  const TensorFile timm = file_of(graph, WeightNaming::timm, 3);
  const TensorFile keras = file_of(graph, WeightNaming::keras, 3);
  const std::string torch_name = "cell_0.path_1.conv.weight";
  const std::string keras_name = "adjust_conv_1_0/kernel";
  check_refused(graph, without(timm, torch_name), WeightNaming::timm, "'" + torch_name + "' is missing");
  check_refused(graph, without(keras, keras_name), WeightNaming::keras, "'" + keras_name + "' is missing");
  check_refused(graph, with(timm, "cell_9.x", {1}), WeightNaming::timm, "'cell_9.x' is not in the network");
  check_refused(graph, with(timm, std::string(1'000'000, 'x'), {1}), WeightNaming::timm,
                std::string(80, 'x') + "...' is not in the network");
  check_refused(graph, with(keras, "extra/kernel", {1}), WeightNaming::keras, "'extra/kernel' is not in the network");
  check_refused(graph, with(timm, torch_name, {5, 5, 1, 2}), WeightNaming::timm, "[5,5,1,2], wanted [5,8,1,1]");
  check_refused(graph, with(keras, keras_name, {5, 5, 1, 1}), WeightNaming::keras, "[5,5,1,1], wanted [1,1,8,5]");
  check_refused(graph, with(timm, torch_name, {}), WeightNaming::timm, "'" + torch_name + "' is F32 [], wanted");
  TensorFile integers = timm;
  integers.set("last_linear.bias", Tensor<std::int32_t>(Shape{3}));
  check_refused(graph, integers, WeightNaming::timm, "'last_linear.bias' is I32 [3], floats are wanted");
  check_refused(graph, keras, WeightNaming::timm, "'conv0.conv.weight' is missing");
  // An auxiliary head is known to our own files alone.
  check_refused(graph, with(timm, "aux.dense.bias", {3}), WeightNaming::timm, "'aux.dense.bias' is not in the network");
}

TEST_CASE("all that does not fit is listed") {
  const NetworkGraph graph = small_network();
  const TensorFile keras = file_of(graph, WeightNaming::keras, 3);
  const auto faults = weight_mismatches(graph, keras, WeightNaming::timm);
  CHECK(faults.size() == 2 * keras.tensors().size());
  CHECK(std::set<std::string>(faults.begin(), faults.end()).size() == faults.size());
  CHECK(weight_mismatches(graph, keras, WeightNaming::keras).empty());
  CHECK(weight_mismatches(graph, TensorFile(), WeightNaming::cadene).size() == keras.tensors().size());
}

TEST_CASE("what PyTorch keeps beside the weights is passed over in its files alone") {
  const NetworkGraph graph = small_network();
  for (const WeightNaming naming : others) {
    TensorFile file = file_of(graph, naming, 3);
    const TensorFile plain = convert_weights(graph, file, naming, WeightNaming::nasnet);
    file.set<std::int64_t>("conv0.bn.num_batches_tracked", Shape{}, std::vector<std::int64_t>{7});
    if (naming == WeightNaming::keras) {
      check_refused(graph, file, naming, "'conv0.bn.num_batches_tracked' is not in the network");
    } else {
      check_equal(convert_weights(graph, file, naming, WeightNaming::nasnet), plain);
      check_refused(graph, with(file, ".num_batches_tracked", {}), naming, "'.num_batches_tracked'");
      check_refused(graph, with(file, "num_batches_tracked", {}), naming, "'num_batches_tracked'");
    }
  }
}

TEST_CASE("the background class is left out where the weights are those of 1001 classes for 1000") {
  const NetworkGraph graph = small_network("nasnet-a", 1, 1000);
  for (const WeightNaming naming : {WeightNaming::timm, WeightNaming::cadene}) {
    const TensorFile file = file_of(graph, naming, 1001);
    const TensorFile ours = convert_weights(graph, file, naming, WeightNaming::nasnet);
    const Tensor<double> biases = ours.values<double>("head.bias");
    const Tensor<double> weights = ours.values<double>("head.weight");
    const Tensor<double> their_biases = file.values<double>("last_linear.bias");
    const Tensor<double> their_weights = file.values<double>("last_linear.weight");
    REQUIRE(weights.extent(0) == 1000);
    const std::int64_t features = weights.extent(1);
    for (const std::int64_t row : {0, 1, 999}) {
      CHECK(biases[row] == their_biases[row + 1]);
      CHECK(weights[row * features + features - 1] == their_weights[(row + 1) * features + features - 1]);
    }
    // Not one of the two alone, and not for other numbers of classes.
    TensorFile uneven = file;
    uneven.set("last_linear.bias", Tensor<float>(Shape{1000}));
    check_refused(graph, uneven, naming, "'last_linear.weight' is F64 [1001,264], wanted [1000,264]");
    const NetworkGraph small = small_network();
    check_refused(small, file_of(small, naming, 4), naming, "'last_linear.bias' is F64 [4], wanted [3]");
    check_refused(graph, file_of(graph, naming, 1002), naming, "[1002]");
  }
  TensorFile keras = file_of(graph, WeightNaming::keras, 1000);
  keras.set("predictions/bias", Tensor<float>(Shape{1001}));
  check_refused(graph, keras, WeightNaming::keras, "'predictions/bias' is F32 [1001], wanted [1000]");
}

TEST_CASE("auxiliary heads stay behind on the way to other libraries") {
  NetworkConfig config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 8;
  config.image_size = Size{160, 160};
  const NetworkGraph graph = build(published_architecture("nasnet-a"), config);
  const Model<float> model(graph, RandomStream(1));
  const TensorFile ours = model_weights(model);
  REQUIRE(ours.contains("aux.dense.bias"));
  check_equal(convert_weights(graph, ours, WeightNaming::nasnet, WeightNaming::nasnet), ours);
  const TensorFile timm = convert_weights(graph, ours, WeightNaming::nasnet, WeightNaming::timm);
  Model<float> other(graph, RandomStream(2));
  const TensorFile before = model_weights(other);
  load_weights(other, timm, WeightNaming::timm);
  const TensorFile after = model_weights(other);
  CHECK(bytes_of(after.at("head.weight")) == bytes_of(ours.at("head.weight")));
  CHECK(bytes_of(after.at("aux.dense.weight")) == bytes_of(before.at("aux.dense.weight")));
}
