// Writes networks of all kinds as ONNX files, and what they yield for three images beside them:
//
//     onnx_cases FOLDER      writes FOLDER/<case>.onnx and FOLDER/<case>.safetensors with 'input' [3,H,W,C] and
//     'logits'
//
// tests/examples/onnx_runtime_test.py runs the files in ONNX Runtime. For its runs of the programs there are networks
// as a search leaves them as well, in FOLDER/programs.
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "genotype/random_architecture.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "io/own_swish.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/io/onnx.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/report/result_file.hpp"

using namespace nasnet;

namespace {

// Statistics, scales and shifts that a wrong name or order would show.
void make_lively(Model<float>& model, std::uint64_t seed) {
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const GraphParameter& parameter = model.graph().parameters[p];
    if (parameter.spec.layout != ParameterLayout::vector || parameter.spec.role == ParameterRole::fixed) continue;
    RandomStream random = RandomStream(seed).split(parameter.name);
    const bool is_factor = parameter.spec.initializer == Initializer::ones;
    for (float& value : model.parameters()[p].value().values()) {
      value = static_cast<float>(is_factor ? 0.6 + 0.8 * random.uniform() : 0.3 * random.normal());
    }
  }
}

class Cases {
 public:
  explicit Cases(std::filesystem::path folder) : folder_(std::move(folder)) { make_folder(folder_); }

  [[nodiscard]] int count() const { return count_; }

  void add(const std::string& name, NetworkGraph graph, Size image) {
    const auto seed = static_cast<std::uint64_t>(++count_);
    Model<float> model(std::move(graph), RandomStream(seed));
    make_lively(model, seed);
    const std::string file = join(count_, '-', name, '-', image.height, 'x', image.width);
    write_onnx(model, folder_ / (file + ".onnx"), image);
    const Tensor<float> images =
        sample_networks::random_images({3, image.height, image.width, model.graph().input_channels}, seed);
    TensorFile numbers;
    numbers.set("input", images);
    numbers.set("logits", model.predict(context_, images));
    write_safetensors(folder_ / (file + ".safetensors"), numbers);
  }

  void add(const std::string& name, const Architecture& architecture, const NetworkConfig& config, Size image) {
    add(name, build_network(architecture, AllOps::table(), config), image);
  }

  // As a search leaves its winner.
  void add_result(const std::string& name, const Architecture& architecture, const NetworkConfig& config) {
    make_folder(folder_ / "programs");
    Model<float> model(build_network(architecture, AllOps::table(), config), RandomStream(7));
    make_lively(model, 7);
    write_result({.architecture = architecture, .network = config}, folder_ / "programs" / (name + ".json"));
    save_weights(model, folder_ / "programs" / (name + ".safetensors"));
  }

 private:
  std::filesystem::path folder_;
  Context context_{1};
  int count_ = 0;
};

NetworkConfig small(Stem stem, std::int64_t filters, std::int64_t channels = 3) {
  NetworkConfig config = stem == Stem::cifar ? NetworkConfig{} : NetworkConfig::imagenet();
  config.cells_per_stack = 1;
  config.filters = filters;
  config.classes = 7;
  config.input_channels = channels;
  return config;
}

// ---- primitives

// The value, averaged over the map, through a dense layer to 5 logits.
NetworkGraph judged(GraphBuilder g, Value x) {
  const Value logits = g.dense(g.global_average_pool(x), 5, "head");
  return std::move(g).finish(logits);
}

template <class P>
void add_primitive(Cases& cases, const std::string& name, const P& primitive, std::int64_t channels, Size image) {
  GraphBuilder g(channels);
  const Value x = g.convolution(g.input(), channels, {.kernel = 3}, "before");
  const Value y = g.apply(primitive, {x}, "primitive");
  cases.add(name, judged(std::move(g), y), image);
}

std::string window_name(const Window& window) {
  return join(window.kernel_height, 'x', window.kernel_width, "-s", window.stride_height, 'x', window.stride_width,
              "-d", window.dilation, window.padding == Padding::same ? "" : "-valid");
}

std::vector<Window> windows() {
  std::vector<Window> list;
  for (const std::int64_t kernel : {1, 2, 3, 5, 7}) {
    for (const std::int64_t stride : {1, 2, 3}) list.push_back(Window::square(kernel, stride));
  }
  list.push_back(Window::square(3, 1, 2));
  list.push_back(Window::square(3, 2, 2));
  list.push_back(Window::square(5, 2, 3));
  list.push_back(Window::square(3, 1, 5));
  list.push_back({.kernel_height = 1, .kernel_width = 7, .stride_height = 1, .stride_width = 2});
  list.push_back({.kernel_height = 7, .kernel_width = 1, .stride_height = 2, .stride_width = 1});
  return list;
}

void add_windows(Cases& cases) {
  const std::vector<Size> images{{9, 8}, {5, 13}, {12, 7}};
  std::size_t turn = 0;
  for (const Window& window : windows()) {
    const Size image = images[turn++ % images.size()];
    add_primitive(cases, "convolution-" + window_name(window), Convolution{window, 4}, 3, image);
    add_primitive(cases, "depthwise-" + window_name(window), Depthwise{window}, 3, image);
    add_primitive(cases, "max_pool-" + window_name(window), MaximumPool{window}, 3, image);
    add_primitive(cases, "average_pool-" + window_name(window), AveragePool{window}, 3, image);
  }
  for (const Size image : {Size{1, 1}, Size{2, 1}, Size{1, 4}, Size{3, 3}}) {
    for (const std::int64_t stride : {1, 2}) {
      const Window window = Window::square(7, stride);
      add_primitive(cases, "convolution-" + window_name(window), Convolution{window, 2}, 1, image);
      add_primitive(cases, "max_pool-" + window_name(window), MaximumPool{window}, 1, image);
      add_primitive(cases, "average_pool-" + window_name(window), AveragePool{window}, 1, image);
    }
    add_primitive(cases, "max_pool-dilated", MaximumPool{Window::square(3, 1, 4)}, 2, image);
    add_primitive(cases, "average_pool-dilated", AveragePool{Window::square(3, 1, 4)}, 2, image);
  }
  const Window valid = Window::square(3, 2, 1, Padding::valid);
  add_primitive(cases, "convolution-" + window_name(valid), Convolution{valid, 4}, 2, {9, 8});
  add_primitive(cases, "max_pool-" + window_name(valid), MaximumPool{valid}, 2, {9, 8});
  add_primitive(cases, "average_pool-" + window_name(valid), AveragePool{valid}, 2, {9, 8});
  const Window all_valid = Window::square(3, 1, 2, Padding::valid);
  add_primitive(cases, "max_pool-" + window_name(all_valid), MaximumPool{all_valid}, 2, {9, 6});
  add_primitive(cases, "average_pool-" + window_name(all_valid), AveragePool{all_valid}, 2, {9, 6});
  add_primitive(cases, "depthwise-fixed", Depthwise{Window::square(2, 2), {0.1, 0.2, 0.3, 0.4}}, 3, {7, 6});
}

void add_others(Cases& cases) {
  for (const Size image : {Size{1, 1}, Size{2, 3}, Size{7, 8}}) {
    for (const std::int64_t step : {1, 2, 3}) {
      for (const std::int64_t offset : {0, 1, 2, 5}) {
        add_primitive(cases, join("subsample-", step, "-from-", offset), Subsample{step, offset}, 2, image);
      }
    }
    add_primitive(cases, "zero", Zeros{2, 3}, 2, image);
    add_primitive(cases, "layer_norm", LayerNorm{}, 3, image);
    add_primitive(cases, "layer_norm-one_channel", LayerNorm{.epsilon = 1e-2}, 1, image);
    add_primitive(cases, "instance_norm", InstanceNorm{}, 3, image);
    add_primitive(cases, "batch_norm", BatchNorm{.epsilon = 0.1}, 3, image);
    add_primitive(cases, "relu", Relu{}, 3, image);
    add_primitive(cases, "dropout", Dropout{.keep = 0.5}, 3, image);
    add_primitive(cases, "drop_path", DropPath{}, 3, image);
    add_primitive(cases, "dense", Dense{.units = 4}, 3, image);
    add_primitive(cases, "own_swish", own::Swish{}, 3, image);
  }
}

// Sums and concatenations of one value and of several, a value twice among them.
void add_paths(Cases& cases) {
  GraphBuilder g(2);
  const Value a = g.relu(g.convolution(g.input(), 3, {.kernel = 3}, "a"));
  const Value b = g.relu(g.convolution(g.input(), 3, {.kernel = 3}, "b"));
  const Value one = g.apply(Add{}, {a}, "sum");
  const Value three = g.apply(Add{}, {one, b, b}, "sum");
  const Value single = g.apply(Concat{}, {three}, "concat");
  const Value last = g.apply(Concat{}, {single, a, g.input(), a}, "concat");
  cases.add("paths", judged(std::move(g), g.dropout(last, 0.5)), {6, 5});

  GraphBuilder no_dense(2);
  const Value pooled = no_dense.global_average_pool(no_dense.convolution(no_dense.input(), 3, {.kernel = 3}));
  cases.add("no_dense", std::move(no_dense).finish(no_dense.dropout(pooled, 0.5)), {4, 4});

  GraphBuilder image(3);
  cases.add("one_node", std::move(image).finish(image.global_average_pool(image.input())), {4, 5});
}

// ---- networks

// Each op at stride 1 and 2, in front of other channels and not.
void add_each_op(Cases& cases) {
  for (const std::string_view op : AllOps::names()) {
    Architecture architecture;
    architecture.normal.blocks = {{{0, std::string(op)}, {1, std::string(op)}},
                                  {{2, std::string(op)}, {0, "identity"}}};
    architecture.normal.concat = {2, 3};
    architecture.reduction = architecture.normal;
    const std::string name(op);
    cases.add(name, architecture, small(Stem::cifar, 3), {11, 8});
    cases.add(name, architecture, small(Stem::imagenet, 8), {32, 41});
  }
}

// Whether an instance norm may see a map of one value: it magnifies what rounding leaves of it a thousand times, in any
// program, and there is nothing to compare.
bool may_normalise_constants(const Architecture& architecture) {
  bool has_zero = false;
  bool has_norm = false;
  for (const Cell* cell : {&architecture.normal, &architecture.reduction}) {
    for (const Block& block : cell->blocks) {
      has_zero = has_zero || block.left.op == "zero" || block.right.op == "zero";
      has_norm = has_norm || block.combine == Combiner::add_instance_norm;
    }
  }
  return has_zero && has_norm;
}

void add_random_cells(Cases& cases) {
  const std::vector<Size> images{{8, 8}, {9, 9}, {7, 12}, {13, 5}, {16, 31}, {1, 1}, {3, 2}};
  std::mt19937 random(5);
  for (int i = 0; i < 42; ++i) {
    const Architecture architecture = graph_probe::random_cells(random, 1 + i % 5);
    const std::size_t turn = static_cast<std::size_t>(i);
    cases.add("random", architecture, small(Stem::cifar, 2 + i % 4, 1 + i % 3), images[turn % images.size()]);
    if (i % 3 == 0) {
      const Size large{33 + i, 64 - i};
      cases.add("random-imagenet", architecture, small(Stem::imagenet, 8 + i % 5), large);
    }
  }
  // All combiners, cells of one to four inputs, states passed on by themselves.
  RandomStream stream(9);
  for (int i = 0; i < 40;) {
    const Architecture architecture = nasnet_test::random_architecture(stream);
    if (may_normalise_constants(architecture)) continue;
    const std::size_t turn = static_cast<std::size_t>(i);
    cases.add("any", architecture, small(Stem::cifar, 2 + i % 3), images[turn % 5]);
    ++i;
  }
}

void add_published(Cases& cases) {
  for (const std::string_view published : published_names) {
    const Architecture architecture = published_architecture(published);
    const std::string name(published);
    NetworkConfig config = small(Stem::cifar, 4);
    cases.add(name, architecture, config, {16, 16});
    cases.add(name, architecture, config, {15, 22});
    config = small(Stem::imagenet, 8);
    config.skip_reduction_input = architecture.inputs == 2;
    cases.add(name + "-skip", architecture, config, {65, 48});
    config.skip_reduction_input = false;
    config.cells_per_stack = 2;
    cases.add(name, architecture, config, {48, 63});
  }
  NetworkConfig with_auxiliary = small(Stem::cifar, 4);
  with_auxiliary.image_size = Size{16, 16};
  cases.add("auxiliary", published_architecture("nasnet-a"), with_auxiliary, {16, 16});
}

void add_results(Cases& cases) {
  std::mt19937 random(3);
  cases.add_result("random-cifar", graph_probe::random_cells(random, 5), small(Stem::cifar, 4));
  cases.add_result("random-imagenet", graph_probe::random_cells(random, 5), small(Stem::imagenet, 8, 1));
  cases.add_result("nasnet-a", published_architecture("nasnet-a"), small(Stem::imagenet, 8));
  cases.add_result("nasnet-c", published_architecture("nasnet-c"), small(Stem::cifar, 3));
  cases.add_result("darts-v2", published_architecture("darts-v2"), small(Stem::cifar, 5));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "onnx_cases: the folder to write into is wanted\n";
    return 2;
  }
  const auto failure = catch_failure([&] {
    Cases cases(argv[1]);
    add_windows(cases);
    add_others(cases);
    add_paths(cases);
    add_each_op(cases);
    add_random_cells(cases);
    add_published(cases);
    add_results(cases);
    std::cout << cases.count() << '\n';
  });
  if (failure) std::cerr << "onnx_cases: " << failure->message << '\n';
  return failure ? 1 : 0;
}
