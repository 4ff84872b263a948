#include "nasnet/report/load_network.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/io/weights.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

SearchResult small(std::int64_t channels) {
  SearchResult result{.architecture = published_architecture("darts-v1")};
  result.network.cells_per_stack = 1;
  result.network.filters = 3;
  result.network.classes = 4;
  result.network.input_channels = channels;
  return result;
}

Model<float> fresh(const SearchResult& result) {
  return {build_network(result.architecture, AllOps::table(), result.network), RandomStream(7)};
}

std::vector<float> list(const Tensor<float>& tensor) { return {tensor.values().begin(), tensor.values().end()}; }

Tensor<float> images(Shape shape) {
  Tensor<float> tensor(shape);
  for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor[i] = static_cast<float>(i * i % 17) / 8.0F - 1.0F;
  return tensor;
}

}  // namespace

TEST_CASE("load_network: a network from two files predicts as the one that was saved") {
  const TemporaryFolder folder;
  Context context(1);
  for (const std::int64_t channels : {1, 3, 5}) {
    SearchResult saved = small(channels);
    saved.network.image_size = Size{20, 20};  // its auxiliary head is left behind
    const Model<float> model = fresh(saved);
    write_result(saved, folder / "best.json");
    save_weights(model, folder / "best.safetensors");
    const Model<float> loaded = load_model((folder / "best.json").string(), folder / "best.safetensors");
    CHECK_FALSE(loaded.graph().auxiliary_output.has_value());
    const Tensor<float> input = images({2, 9, 7, channels});
    CHECK(list(loaded.predict(context, input)) == list(model.predict(context, input)));
    const InferencePlan<float> network = load_network((folder / "best.json").string(), folder / "best.safetensors");
    CHECK(list(network.predict(context, input)) == list(InferencePlan<float>(model).predict(context, input)));
  }
}

TEST_CASE("load_network: the weights say how many channels images have") {
  Context context(1);
  const Model<float> model = fresh(small(2));
  SearchResult described = small(2);
  described.network.input_channels = 3;
  const Model<float> loaded = load_model(described, model_weights(model));
  CHECK(loaded.graph().input_channels == 2);
  const Tensor<float> input = images({1, 5, 5, 2});
  CHECK(list(loaded.predict(context, input)) == list(model.predict(context, input)));
}

TEST_CASE("load_network: a file that states the channels has weights of as many") {
  const TemporaryFolder folder;
  const Model<float> model = fresh(small(2));
  save_weights(model, folder / "w.safetensors");
  write_result(small(3), folder / "a.json");
  CHECK_THROWS_MATCHES(load_model((folder / "a.json").string(), folder / "w.safetensors"), DataError,
                       MessageMatches(ContainsSubstring("w.safetensors': its stem takes images of 2 channels, '") &&
                                      ContainsSubstring("a.json' says 3")));
  write_result(small(2), folder / "a.json");
  CHECK(load_model((folder / "a.json").string(), folder / "w.safetensors").graph().input_channels == 2);
  // Neither a published network nor a file without "channels" says anything.
  folder.write("part.json",
               join(R"({"format": 1, "network": {"cells": 1, "filters": 3, "classes": 4}, "architecture": )",
                    to_json_text(small(1).architecture), "}"));
  CHECK(load_model((folder / "part.json").string(), folder / "w.safetensors").graph().input_channels == 2);
}

TEST_CASE("load_network: ops of a user's own") {
  using MyOps = OpSet<Identity, SepConv<9>>;
  Architecture architecture;
  for (Cell* cell : {&architecture.normal, &architecture.reduction}) {
    cell->blocks = {{{0, "sep_conv_9x9"}, {1, "identity"}}};
    cell->concat = {2};
  }
  SearchResult result = small(1);
  result.architecture = architecture;
  const Model<float> model(build_network(architecture, MyOps::table(), result.network), RandomStream(1));
  CHECK(load_network(result, model_weights(model), MyOps::table()).graph().nodes.size() == model.graph().nodes.size());
  CHECK_THROWS_AS(load_network(result, model_weights(model)), GenotypeError);
  const TemporaryFolder folder;
  write_result(result, folder / "best.json");
  save_weights(model, folder / "best.safetensors");
  static_cast<void>(load_network((folder / "best.json").string(), folder / "best.safetensors", MyOps::table()));
  CHECK_THROWS_MATCHES(load_network((folder / "best.json").string(), folder / "best.safetensors"), GenotypeError,
                       MessageMatches(ContainsSubstring("best.json': ") && ContainsSubstring("sep_conv_9x9")));
}

TEST_CASE("load_network: files that are missing or do not belong together are named") {
  const TemporaryFolder folder;
  const Model<float> model = fresh(small(1));
  save_weights(model, folder / "w.safetensors");
  write_result(small(1), folder / "a.json");
  CHECK_THROWS_MATCHES(load_network((folder / "none.json").string(), folder / "w.safetensors"), IoError,
                       MessageMatches(ContainsSubstring("none.json")));
  CHECK_THROWS_MATCHES(load_network((folder / "a.json").string(), folder / "none.safetensors"), IoError,
                       MessageMatches(ContainsSubstring("none.safetensors")));
  CHECK_THROWS_MATCHES(load_network("nasnet-a-cifar", folder / "w.safetensors"), DataError,
                       MessageMatches(ContainsSubstring("w.safetensors' does not fit the network")));
  folder.write("broken.json", "{\"format\": 1");
  CHECK_THROWS_MATCHES(load_network((folder / "broken.json").string(), folder / "w.safetensors"), GenotypeError,
                       MessageMatches(ContainsSubstring("broken.json")));
  TensorFile strange;
  strange.set<float>("stem.conv.weight", Shape{1, 0, 1, 1}, std::vector<float>{});
  write_safetensors(folder / "strange.safetensors", strange);
  CHECK_THROWS_MATCHES(load_network((folder / "a.json").string(), folder / "strange.safetensors"), DataError,
                       MessageMatches(ContainsSubstring("strange.safetensors': its stem takes images of 0 channels")));
}
