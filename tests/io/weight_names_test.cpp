#include "nasnet/io/weight_names.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "foreign_weights.hpp"
#include "nasnet/graph/graph_builder.hpp"

using namespace nasnet;
using namespace foreign_weights;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

std::map<std::string, std::string> by_our_name(const NetworkGraph& graph, WeightNaming naming) {
  std::map<std::string, std::string> result;
  const auto names = weight_names(graph, naming);
  REQUIRE(names.size() == graph.parameters.size());
  for (std::size_t p = 0; p < names.size(); ++p) result[graph.parameters[p].name] = names[p];
  return result;
}

}  // namespace

TEST_CASE("the published networks have the names and shapes that the libraries' own files have") {
  const nlohmann::json golden = read_golden();
  REQUIRE(golden.at("names").size() == 6);
  for (const auto& list : golden.at("names")) {
    const std::string network = list.at("network");
    const std::string library = list.at("naming");
    INFO(network << " of " << library);
    const auto described = named_network(network);
    const TensorFile file = file_of(build(described.architecture, described.config), weight_naming(library), 1000);
    CHECK(file.tensors().size() == list.at("tensors"));
    CHECK(digest_of(file) == list.at("digest"));
  }
}

TEST_CASE("names of timm and Cadene") {
  const auto names =
      by_our_name(build(named_network("nasnet-a-mobile").architecture, nasnet_a_mobile().config), WeightNaming::cadene);
  CHECK(names.at("stem.conv.weight") == "conv0.conv.weight");
  CHECK(names.at("stem.bn.running_var") == "conv0.bn.running_var");
  CHECK(names.at("cells.0.fit_current.conv.weight") == "cell_stem_0.conv_1x1.conv.weight");
  CHECK(names.at("cells.1.fit_previous.path2.weight") == "cell_stem_1.path_2.conv.weight");
  CHECK(names.at("cells.1.fit_previous.bn.bias") == "cell_stem_1.final_path_bn.bias");
  CHECK(names.at("cells.3.fit_previous.conv.weight") == "cell_1.conv_prev_1x1.conv.weight");
  CHECK(names.at("cells.3.fit_previous.bn.bias") == "cell_1.conv_prev_1x1.bn.bias");
  CHECK(names.at("cells.5.blocks.4.left.sep2.pointwise.weight") ==
        "cell_3.comb_iter_4_left.separable_2.pointwise_conv2d.weight");
  CHECK(names.at("cells.6.blocks.1.right.sep1.depthwise.weight") ==
        "reduction_cell_0.comb_iter_1_right.separable_1.depthwise_conv2d.weight");
  // The mobile network has four cells in a stack and the numbers of the large one's six.
  CHECK(names.at("cells.7.blocks.0.left.sep1.bn.running_mean") == "cell_6.comb_iter_0_left.bn_sep_1.running_mean");
  CHECK(names.at("cells.12.fit_current.bn.weight") == "cell_12.conv_1x1.bn.weight");
  CHECK(names.at("head.bias") == "last_linear.bias");
}

TEST_CASE("names of timm's and Cadene's PNASNet") {
  const auto names = by_our_name(small_network("pnasnet-5", 2), WeightNaming::timm);
  CHECK(names.at("stem.conv.weight") == "conv_0.conv.weight");
  CHECK(names.at("cells.0.blocks.0.right.fit.conv.weight") == "cell_stem_0.comb_iter_0_right.conv.weight");
  CHECK(names.at("cells.0.blocks.0.right.fit.bn.weight") == "cell_stem_0.comb_iter_0_right.bn.weight");
  CHECK(names.at("cells.0.blocks.4.right.conv.weight") == "cell_stem_0.comb_iter_4_right.conv.weight");
  CHECK(names.at("cells.1.fit_previous.path1.weight") == "cell_stem_1.conv_prev_1x1.path_1.conv.weight");
  CHECK(names.at("cells.1.fit_previous.bn.running_var") == "cell_stem_1.conv_prev_1x1.final_path_bn.running_var");
  CHECK(names.at("cells.3.fit_previous.bn.running_var") == "cell_1.conv_prev_1x1.bn.running_var");
  CHECK(names.at("cells.4.blocks.4.right.bn.bias") == "cell_2.comb_iter_4_right.bn.bias");
  CHECK(names.at("cells.5.blocks.3.left.sep1.bn.bias") == "cell_3.comb_iter_3_left.bn_sep_1.bias");
}

TEST_CASE("names of Keras") {
  const auto names =
      by_our_name(build(named_network("nasnet-a-mobile").architecture, nasnet_a_mobile().config), WeightNaming::keras);
  CHECK(names.at("stem.bn.running_mean") == "stem_bn1/moving_mean");
  CHECK(names.at("cells.0.fit_current.conv.weight") == "reduction_conv_1_stem_1/kernel");
  CHECK(names.at("cells.1.fit_previous.path1.weight") == "adjust_conv_1_stem_2/kernel");
  CHECK(names.at("cells.1.fit_previous.bn.bias") == "adjust_bn_stem_2/beta");
  CHECK(names.at("cells.3.fit_previous.conv.weight") == "adjust_conv_projection_1/kernel");
  CHECK(names.at("cells.5.blocks.4.left.sep2.pointwise.weight") == "separable_conv_2_normal_left5_3/pointwise_kernel");
  CHECK(names.at("cells.6.blocks.1.right.sep1.depthwise.weight") ==
        "separable_conv_1_reduction_right2_reduce_4/depthwise_kernel");
  CHECK(names.at("cells.6.blocks.4.left.sep1.bn.weight") == "separable_conv_1_bn_reduction_left4_reduce_4/gamma");
  CHECK(names.at("cells.7.fit_current.bn.running_var") == "normal_bn_1_5/moving_variance");
  CHECK(names.at("cells.11.fit_current.bn.bias") == "reduction_bn_1_reduce_8/beta");
  CHECK(names.at("cells.12.fit_current.bn.bias") == "normal_bn_1_9/beta");
  CHECK(names.at("head.weight") == "predictions/kernel");
}

TEST_CASE("no two parameters have one name, whatever the number of cells") {
  for (const auto naming : {WeightNaming::nasnet, WeightNaming::timm, WeightNaming::cadene, WeightNaming::keras}) {
    for (const std::int64_t cells : {1, 2, 5, 6, 7, 11}) {
      const NetworkGraph graph = small_network("nasnet-a", cells);
      const auto names = weight_names(graph, naming);
      CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
    }
  }
  const auto names = weight_names(small_network("pnasnet-5", 7), WeightNaming::cadene);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
}

TEST_CASE("a network that a library does not have is refused with the parameter that has no name") {
  NetworkConfig cifar;
  cifar.cells_per_stack = 1;
  cifar.filters = 4;
  const NetworkGraph small_images = build(published_architecture("nasnet-a"), cifar);
  const auto refuses = [](const NetworkGraph& graph, WeightNaming naming, const std::string& text) {
    CHECK_THROWS_MATCHES(weight_names(graph, naming), ArgumentError, MessageMatches(ContainsSubstring(text)));
  };
  for (const auto naming : {WeightNaming::timm, WeightNaming::cadene, WeightNaming::keras}) {
    refuses(small_images, naming,
            "'cells.0.blocks.2.right.conv.weight' has no name in files of " + std::string(to_string(naming)));
    refuses(small_network("amoebanet-a"), naming, "has no name in files of");
    refuses(small_network("darts-v1"), naming, "has no name in files of");
  }
  refuses(small_network("pnasnet-5"), WeightNaming::keras, "cells.0.blocks.0.right.fit.conv.weight");
  GraphBuilder g(3);
  const Value x = g.convolution(g.input(), 2);
  refuses(std::move(g).finish(x), WeightNaming::timm, "'conv.weight' has no name");
}

TEST_CASE("the auxiliary head has names in our files alone, constants in none") {
  NetworkConfig config = NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = 8;
  config.image_size = Size{160, 160};
  const NetworkGraph graph = build(published_architecture("nasnet-a"), config);
  CHECK(by_our_name(graph, WeightNaming::nasnet).at("aux.dense.bias") == "aux.dense.bias");
  CHECK(by_our_name(graph, WeightNaming::timm).at("aux.dense.bias").empty());
  CHECK(by_our_name(graph, WeightNaming::keras).at("aux.bn1.running_mean").empty());
  GraphBuilder g(1);
  const Value x = g.depthwise(g.input(), {.kernel = 2, .fixed_weight = {1, 2, 3, 4}}, "blur");
  CHECK(weight_names(std::move(g).finish(x), WeightNaming::nasnet) == std::vector<std::string>{""});
}

TEST_CASE("namings by name") {
  for (const auto name : weight_naming_names) CHECK(to_string(weight_naming(name)) == name);
  CHECK_THROWS_MATCHES(
      weight_naming("caffe"), ArgumentError,
      MessageMatches(ContainsSubstring("'caffe'") && ContainsSubstring("nasnet, timm, cadene, keras")));
  CHECK_THROWS_AS(weight_naming(""), ArgumentError);
}

TEST_CASE("shapes in files") {
  const ParameterSpec conv{.name = "w", .shape = {3, 5, 2, 7}, .layout = ParameterLayout::convolution};
  const ParameterSpec depthwise{.name = "w", .shape = {3, 5, 2}, .layout = ParameterLayout::depthwise};
  const ParameterSpec dense{.name = "w", .shape = {2, 7}, .layout = ParameterLayout::dense};
  CHECK(shape_in_file(conv, WeightNaming::timm) == Shape{7, 2, 3, 5});
  CHECK(shape_in_file(conv, WeightNaming::keras) == Shape{3, 5, 2, 7});
  CHECK(shape_in_file(depthwise, WeightNaming::nasnet) == Shape{2, 1, 3, 5});
  CHECK(shape_in_file(depthwise, WeightNaming::keras) == Shape{3, 5, 2, 1});
  CHECK(shape_in_file(dense, WeightNaming::cadene) == Shape{7, 2});
  CHECK(shape_in_file(dense, WeightNaming::keras) == Shape{2, 7});
}

TEST_CASE("the stem's kernel says how many channels the images have") {
  for (const auto naming : {WeightNaming::nasnet, WeightNaming::timm, WeightNaming::cadene, WeightNaming::keras}) {
    for (const std::int64_t channels : {1, 2, 3, 7}) {
      NetworkConfig config = NetworkConfig::imagenet();
      config.input_channels = channels;
      config.filters = 8;
      config.cells_per_stack = 1;
      const NetworkGraph graph = build(published_architecture("nasnet-a"), config);
      CHECK(image_channels(file_of(graph, naming, 3)) == channels);
    }
  }
  CHECK(image_channels(file_of(small_network("pnasnet-5"), WeightNaming::timm, 3)) == 3);
  CHECK(image_channels(TensorFile()) == std::nullopt);
  TensorFile file;
  file.set<float>("stem.conv.weight", Shape{2}, std::vector<float>{1, 2});
  CHECK(image_channels(file) == std::nullopt);
}
