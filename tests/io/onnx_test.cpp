// What lies in ONNX files, read back by a small reader of protobuf's wire format. What the files compute is the subject
// of tests/examples/onnx_runtime_test.py.
#include "nasnet/io/onnx.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "graph/graph_probe.hpp"
#include "graph/random_cells.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/io/detail/onnx_graph.hpp"
#include "nasnet/io/detail/protobuf_message.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/version.hpp"
#include "own_swish.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

// ---- the reader

// A message's fields by number: whole numbers and floats as bits, texts and messages as bytes.
struct Message {
  std::multimap<int, std::uint64_t> numbers;
  std::multimap<int, std::string> texts;

  [[nodiscard]] std::vector<std::int64_t> integers(int field) const {
    std::vector<std::int64_t> values;
    for (auto [at, end] = numbers.equal_range(field); at != end; ++at) {
      values.push_back(static_cast<std::int64_t>(at->second));
    }
    return values;
  }
  [[nodiscard]] std::int64_t integer(int field) const {
    REQUIRE(integers(field).size() == 1);
    return integers(field)[0];
  }
  [[nodiscard]] std::vector<std::string> all(int field) const {
    std::vector<std::string> values;
    for (auto [at, end] = texts.equal_range(field); at != end; ++at) values.push_back(at->second);
    return values;
  }
  [[nodiscard]] std::string text(int field) const {
    REQUIRE(all(field).size() == 1);
    return all(field)[0];
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] Message message() {
    Message result;
    while (!rest_.empty()) {
      const std::uint64_t tag = varint();
      const int field = static_cast<int>(tag >> 3U);
      REQUIRE(field > 0);
      switch (tag & 7U) {
        case 0: result.numbers.emplace(field, varint()); break;
        case 2: result.texts.emplace(field, std::string(take(varint()))); break;
        case 5: {
          std::uint32_t bits = 0;
          std::memcpy(&bits, take(4).data(), 4);
          result.numbers.emplace(field, bits);
          break;
        }
        default: FAIL("wire type " << (tag & 7U));
      }
    }
    return result;
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      REQUIRE(shift < 64);
      const auto byte = static_cast<std::uint8_t>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string_view take(std::uint64_t count) {
    REQUIRE(count <= rest_.size());
    const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(static_cast<std::size_t>(count));
    return bytes;
  }

  std::string_view rest_;
};

Message read(std::string_view bytes) { return Reader(bytes).message(); }

// ---- the file

struct Node {
  std::string type, name, output;
  std::vector<std::string> inputs;
  std::map<std::string, Message> attributes;

  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& attribute) const {
    REQUIRE(attributes.count(attribute) == 1);
    CHECK(attributes.at(attribute).integer(20) == 7);
    return attributes.at(attribute).integers(8);
  }
  [[nodiscard]] std::int64_t integer(const std::string& attribute) const {
    REQUIRE(attributes.count(attribute) == 1);
    CHECK(attributes.at(attribute).integer(20) == 2);
    return attributes.at(attribute).integer(3);
  }
  [[nodiscard]] float real(const std::string& attribute) const {
    REQUIRE(attributes.count(attribute) == 1);
    CHECK(attributes.at(attribute).integer(20) == 1);
    return std::bit_cast<float>(static_cast<std::uint32_t>(attributes.at(attribute).integer(2)));
  }
};

struct Stored {
  std::vector<std::int64_t> extents;
  std::int64_t type = 0;
  std::string bytes;

  [[nodiscard]] std::vector<std::int64_t> integers() const {
    CHECK(type == 7);
    std::vector<std::int64_t> values(bytes.size() / 8);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  [[nodiscard]] std::vector<float> floats() const {
    CHECK(type == 1);
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
};

struct File {
  Message model;
  std::vector<Node> nodes;
  std::map<std::string, Stored> tensors;
  Message input, output;

  [[nodiscard]] std::vector<std::string> types() const {
    std::vector<std::string> list;
    for (const Node& node : nodes) list.push_back(node.type);
    return list;
  }
  [[nodiscard]] const Node& at(const std::string& name) const {
    const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.name == name; });
    INFO(name);
    REQUIRE(found != nodes.end());
    return *found;
  }
};

Node read_node(const std::string& bytes) {
  const Message message = read(bytes);
  Node node{message.text(4), message.text(3), message.text(2), message.all(1), {}};
  for (const std::string& attribute : message.all(5)) {
    const Message fields = read(attribute);
    CHECK(node.attributes.emplace(fields.text(1), fields).second);
  }
  return node;
}

// What every file keeps: values are made before they are read, and each name is used once.
void check_order(const File& file) {
  std::set<std::string> known{"input"};
  for (const auto& [name, tensor] : file.tensors) CHECK(known.insert(name).second);
  std::set<std::string> read_ones;
  for (const Node& node : file.nodes) {
    for (const std::string& input : node.inputs) {
      INFO(node.name << " reads " << input);
      CHECK(known.count(input) == 1);
      read_ones.insert(input);
    }
    INFO(node.name);
    CHECK(known.insert(node.output).second);
    CHECK_FALSE(node.name.empty());
  }
  CHECK(known.count("logits") == 1);
  for (const Node& node : file.nodes) {
    INFO(node.name);
    CHECK((node.output == "logits" || read_ones.count(node.output) == 1));
  }
}

File read_file_of(const std::string& bytes) {
  File file;
  file.model = read(bytes);
  const Message graph = read(file.model.text(7));
  for (const std::string& node : graph.all(1)) file.nodes.push_back(read_node(node));
  for (const std::string& initializer : graph.all(5)) {
    const Message tensor = read(initializer);
    const Stored stored{tensor.integers(1), tensor.integer(2), tensor.texts.count(9) > 0 ? tensor.text(9) : ""};
    CHECK(file.tensors.emplace(tensor.text(8), stored).second);
  }
  file.input = read(graph.text(11));
  file.output = read(graph.text(12));
  check_order(file);
  return file;
}

template <class Scalar>
File written(const Model<Scalar>& model, Size image) {
  const TemporaryFolder folder;
  write_onnx(model, folder / "net.onnx", image);
  CHECK(folder.entries() == 1);
  return read_file_of(folder.read("net.onnx"));
}

File written(NetworkGraph graph, Size image) { return written(Model<float>(std::move(graph), RandomStream(1)), image); }

// The dimensions of an input or output: names or numbers.
std::vector<std::string> dimensions(const Message& value) {
  const Message tensor = read(read(value.text(2)).text(1));
  CHECK(tensor.integer(1) == 1);
  std::vector<std::string> result;
  for (const std::string& bytes : read(tensor.text(2)).all(1)) {
    const Message dimension = read(bytes);
    result.push_back(dimension.texts.empty() ? std::to_string(dimension.integer(1)) : dimension.text(2));
  }
  return result;
}

using Integers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

// A network of one primitive before the head.
template <class P>
NetworkGraph network_of(const P& primitive, std::int64_t channels = 2) {
  GraphBuilder g(channels);
  const Value x = g.apply(primitive, {g.input()}, "primitive");
  return std::move(g).finish(g.dense(g.global_average_pool(x), 3, "head"));
}

// Two nodes of one name, a name that is taken by an input, and one that is a parameter's.
NetworkGraph repeated_names() {
  GraphBuilder g(2);
  Value x = g.apply(Relu{}, {g.input()}, "relu");
  x = g.apply(Relu{}, {x}, "relu");
  x = g.apply(Relu{}, {x}, "input");
  x = g.apply(Relu{}, {x}, "logits");
  x = g.apply(Relu{}, {x}, "head.weight");
  x = g.apply(Relu{}, {x}, "relu_2");
  return std::move(g).finish(g.dense(g.global_average_pool(x), 3, "head"));
}

void check_unwritten(const NetworkGraph& graph, Size image, const std::vector<std::string>& parts) {
  const TemporaryFolder folder;
  const Model<float> model(graph, RandomStream(1));
  std::string message;
  const auto failure = catch_failure([&] { write_onnx(model, folder / "net.onnx", image); });
  REQUIRE(failure);
  for (const std::string& part : parts) CHECK_THAT(failure->message, ContainsSubstring(part));
  CHECK(folder.entries() == 0);
}

}  // namespace

namespace own {

// Without emit_onnx.
struct Silent {
  static constexpr std::string_view name = "silent";
};
template <class Scalar>
void forward(const Silent&, OpCall<Scalar>& call) {
  call.allocate_output(call.input().shape()).fill(0);
}
template <class Scalar>
void backward(const Silent&, const OpCall<Scalar>&, const OpGradients<Scalar>&) {}

// With an emit_onnx that makes the mistake of this number.
struct Clumsy {
  static constexpr std::string_view name = "clumsy";
  int mistake = 0;
};
template <class Scalar>
void forward(const Clumsy&, OpCall<Scalar>& call) {
  call.allocate_output(call.input().shape()).fill(0);
}
template <class Scalar>
void backward(const Clumsy&, const OpCall<Scalar>&, const OpGradients<Scalar>&) {}

inline void emit_onnx(const Clumsy& clumsy, OnnxCall& call) {
  if (clumsy.mistake == 0) return;
  if (clumsy.mistake == 1) call.add_output("Relu", {call.input(1)});
  if (clumsy.mistake == 2) call.add_output("Relu", {call.parameter(0)});
  if (clumsy.mistake == 3) call.add_output("Add", {call.input(), call.floats("two", {2}, {1.0F})});
  call.add_output("Relu", {call.input()});
  call.add_output("Relu", {call.input()});
}

}  // namespace own

TEST_CASE("a file says its version, its input and its output", "[onnx]") {
  const File file =
      written(graph_probe::build(graph_probe::released_nasnet_a(), graph_probe::cifar_config(1, 4)), {9, 14});
  CHECK(file.model.integer(1) == 8);
  CHECK(file.model.text(2) == "nasnet");
  CHECK(file.model.text(3) == NASNET_VERSION_STRING);
  const Message operators = read(file.model.text(8));
  CHECK(operators.integer(2) == 17);
  CHECK(operators.texts.empty());
  CHECK(file.input.text(1) == "input");
  CHECK(dimensions(file.input) == Texts{"N", "3", "9", "14"});
  CHECK(file.output.text(1) == "logits");
  CHECK(dimensions(file.output) == Texts{"N", "10"});
}

TEST_CASE("weights have names, layouts and values of weight files", "[onnx]") {
  Context context(1);
  Model<float> model(graph_probe::build(graph_probe::released_nasnet_a(), graph_probe::cifar_config(1, 3)),
                     RandomStream(3));
  sample_networks::move_statistics(model, context, {4, 9, 8, 3});
  const File file = written(model, {9, 8});
  const TensorFile weights = model_weights(model);
  CHECK(weights.tensors().size() > 100);
  for (const auto& [name, tensor] : weights.tensors()) {
    INFO(name);
    REQUIRE(file.tensors.count(name) == 1);
    const Stored& stored = file.tensors.at(name);
    CHECK(stored.extents == tensor.extents);
    CHECK(stored.type == 1);
    CHECK(std::equal(stored.bytes.begin(), stored.bytes.end(), tensor.bytes.begin(), tensor.bytes.end(),
                     [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }));
  }
}

TEST_CASE("a network of doubles is written in single precision", "[onnx]") {
  const NetworkGraph graph = network_of(Convolution{Window::square(3), 4});
  const Model<double> model(graph, RandomStream(3));
  const File file = written(model, {5, 5});
  const Tensor<double> kernel = to_file_layout(graph.parameters[0].spec, model.parameters()[0].value());
  const std::vector<float> stored = file.tensors.at("primitive.weight").floats();
  REQUIRE(stored.size() == static_cast<std::size_t>(kernel.elements()));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    CHECK(stored[i] == static_cast<float>(kernel[static_cast<std::int64_t>(i)]));
  }
}

TEST_CASE("equal models give equal files", "[onnx]") {
  const TemporaryFolder folder;
  const NetworkGraph graph = graph_probe::build(graph_probe::released_nasnet_a(), graph_probe::cifar_config(1, 3));
  write_onnx(Model<float>(graph, RandomStream(3)), folder / "a.onnx", {8, 8});
  write_onnx(Model<float>(graph, RandomStream(3)), folder / "b.onnx", {8, 8});
  write_onnx(Model<float>(graph, RandomStream(4)), folder / "c.onnx", {8, 8});
  CHECK(folder.read("a.onnx") == folder.read("b.onnx"));
  CHECK(folder.read("a.onnx") != folder.read("c.onnx"));
}

TEST_CASE("random networks are written in order, with each name once", "[onnx]") {
  std::mt19937 random(2);
  for (int i = 0; i < 30; ++i) {
    const auto config = graph_probe::cifar_config(1, 2 + i % 3);
    const File file = written(graph_probe::build(graph_probe::random_cells(random, 1 + i % 5), config), {7, 6});
    CHECK(file.nodes.back().output == "logits");
  }
}

TEST_CASE("padding is written out for the size of the image", "[onnx]") {
  const auto pads = [](const auto& primitive, Size image) {
    return written(network_of(primitive), image).at("primitive").integers("pads");
  };
  const Size even{8, 8};
  const Size odd{9, 9};
  CHECK(pads(Convolution{Window::square(3), 2}, even) == Integers{1, 1, 1, 1});
  CHECK(pads(Convolution{Window::square(3, 2), 2}, even) == Integers{0, 0, 1, 1});
  CHECK(pads(Convolution{Window::square(3, 2), 2}, odd) == Integers{1, 1, 1, 1});
  CHECK(pads(Convolution{Window::square(3, 2), 2}, {8, 9}) == Integers{0, 1, 1, 1});
  CHECK(pads(Depthwise{Window::square(5, 2)}, even) == Integers{1, 1, 2, 2});
  CHECK(pads(Depthwise{Window::square(7, 2)}, even) == Integers{2, 2, 3, 3});
  CHECK(pads(Depthwise{Window::square(7)}, {1, 2}) == Integers{3, 3, 3, 3});
  CHECK(pads(Convolution{Window::square(3, 1, 2), 2}, odd) == Integers{2, 2, 2, 2});
  CHECK(pads(Convolution{Window::square(3, 2, 2), 2}, even) == Integers{1, 1, 2, 2});
  CHECK(pads(Convolution{Window::square(3, 2, 1, Padding::valid), 2}, even) == Integers{0, 0, 0, 0});
  CHECK(pads(Convolution{Window::square(1, 2), 2}, even) == Integers{0, 0, 0, 0});
  CHECK(pads(Convolution{{.kernel_width = 7, .stride_width = 2}, 2}, even) == Integers{0, 2, 0, 3});
  CHECK(pads(MaximumPool{Window::square(3, 2)}, {8, 9}) == Integers{0, 1, 1, 1});
  CHECK(pads(AveragePool{Window::square(3, 2)}, {9, 8}) == Integers{1, 0, 1, 1});
}

TEST_CASE("windows, strides, dilations and groups", "[onnx]") {
  const File dilated = written(network_of(Convolution{Window::square(3, 2, 2), 5}), {9, 8});
  const Node& convolution = dilated.at("primitive");
  CHECK(convolution.type == "Conv");
  CHECK(convolution.inputs == Texts{"input", "primitive.weight"});
  CHECK(convolution.integers("kernel_shape") == Integers{3, 3});
  CHECK(convolution.integers("strides") == Integers{2, 2});
  CHECK(convolution.integers("dilations") == Integers{2, 2});
  CHECK(convolution.integer("group") == 1);
  CHECK(dilated.tensors.at("primitive.weight").extents == Integers{5, 2, 3, 3});

  const File depthwise = written(network_of(Depthwise{Window::square(2), {1, 2, 3, 4}}, 3), {4, 4});
  CHECK(depthwise.at("primitive").integer("group") == 3);
  CHECK(depthwise.tensors.at("primitive.weight").extents == Integers{3, 1, 2, 2});
  CHECK(depthwise.tensors.at("primitive.weight").floats() == std::vector<float>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4});

  const Node average = written(network_of(AveragePool{Window::square(3, 2)}), {8, 8}).at("primitive");
  CHECK(average.type == "AveragePool");
  CHECK(average.integer("count_include_pad") == 0);
  CHECK(average.attributes.count("dilations") == 0);
  CHECK(average.attributes.count("auto_pad") == 0);
}

TEST_CASE("each primitive has its operators", "[onnx]") {
  const auto types = [](const auto& primitive) {
    Texts list = written(network_of(primitive), {5, 4}).types();
    REQUIRE(list.size() >= 3);
    CHECK(Texts(list.end() - 3, list.end()) == Texts{"GlobalAveragePool", "Flatten", "Gemm"});
    list.resize(list.size() - 3);
    return list;
  };
  CHECK(types(Convolution{Window::square(3), 2}) == Texts{"Conv"});
  CHECK(types(Pointwise{4}) == Texts{"Conv"});
  CHECK(types(Depthwise{Window::square(3)}) == Texts{"Conv"});
  CHECK(types(MaximumPool{Window::square(3)}) == Texts{"MaxPool"});
  CHECK(types(MaximumPool{Window::square(3, 1, 2)}) == Texts{"Pad", "MaxPool"});
  CHECK(types(AveragePool{Window::square(3)}) == Texts{"AveragePool"});
  CHECK(types(AveragePool{Window::square(3, 1, 2)}) == Texts{"Conv", "Mul"});
  CHECK(types(GlobalAveragePool{}) == Texts{"GlobalAveragePool"});
  CHECK(types(Subsample{2, 0}) == Texts{"Slice"});
  CHECK(types(Subsample{2, 1}) == Texts{"Pad", "Slice"});
  CHECK(types(Relu{}) == Texts{"Relu"});
  CHECK(types(BatchNorm{}) == Texts{"BatchNormalization"});
  CHECK(types(LayerNorm{}) == Texts{"Reshape", "GlobalAveragePool", "Sub", "InstanceNormalization", "Reshape",
                                    "Unsqueeze", "Mul", "Unsqueeze", "Add"});
  CHECK(types(InstanceNorm{}) == Texts{"GlobalAveragePool", "Sub", "InstanceNormalization"});
  CHECK(types(Add{}) == Texts{"Sum"});
  CHECK(types(Concat{}) == Texts{"Concat"});
  CHECK(types(Zeros{2, 3}) == Texts{"Shape", "Concat", "ConstantOfShape"});
  CHECK(types(DropPath{}).empty());
  CHECK(types(Dropout{0.5}).empty());
  CHECK(types(Dense{4}) == Texts{"Unsqueeze", "Conv"});
}

TEST_CASE("batch norm is that of evaluation", "[onnx]") {
  const Node norm = written(network_of(BatchNorm{.epsilon = 0.25, .decay = 0.5}), {5, 4}).at("primitive");
  CHECK(norm.inputs ==
        Texts{"input", "primitive.weight", "primitive.bias", "primitive.running_mean", "primitive.running_var"});
  CHECK(norm.real("epsilon") == 0.25F);
  CHECK(norm.attributes.size() == 1);
}

TEST_CASE("a slice takes every other pixel, with zeros behind the edge where it needs them", "[onnx]") {
  const File file = written(network_of(Subsample{2, 1}), {5, 4});
  CHECK(file.tensors.at("primitive.pads").integers() == Integers{0, 0, 0, 0, 0, 0, 1, 0});
  CHECK(file.tensors.at("primitive.starts").integers() == Integers{1, 1});
  CHECK(file.tensors.at("primitive.ends").integers() == Integers{6, 4});
  CHECK(file.tensors.at("primitive.steps").integers() == Integers{2, 2});
}

TEST_CASE("names are those of the network, made different where it repeats them", "[onnx]") {
  const File file = written(repeated_names(), {3, 3});
  Texts names;
  for (const Node& node : file.nodes) names.push_back(node.name);
  CHECK(names == Texts{"relu", "relu_2", "input_2", "logits_2", "head.weight_2", "relu_2_2", "global_average_pool",
                       "head.Flatten", "head"});
  CHECK(file.nodes.back().inputs[1] == "head.weight");
}

TEST_CASE("what the logits do not depend on is left out", "[onnx]") {
  auto config = graph_probe::cifar_config(1, 4);
  config.image_size = Size{16, 16};
  config.dropout_keep = 0.5;
  const NetworkGraph graph = graph_probe::build(graph_probe::released_nasnet_a(), config);
  REQUIRE(graph.auxiliary_output);
  const File file = written(graph, {16, 16});
  for (const Node& node : file.nodes) CHECK(node.name.rfind("aux.", 0) != 0);
  for (const auto& [name, tensor] : file.tensors) CHECK(name.rfind("aux.", 0) != 0);
  // The auxiliary head fixes the size of the images that it is trained with, and no other.
  CHECK(dimensions(written(graph, {9, 7}).input) == Texts{"N", "3", "9", "7"});

  GraphBuilder g(2);
  static_cast<void>(g.convolution(g.input(), 5, {.kernel = 3}, "unread"));
  const File without = written(std::move(g).finish(g.dense(g.global_average_pool(g.input()), 3, "head")), {4, 4});
  CHECK(without.tensors.count("unread.weight") == 0);
  CHECK(without.types() == Texts{"GlobalAveragePool", "Flatten", "Gemm"});
}

TEST_CASE("a user's primitive is written by its own emit_onnx", "[onnx]") {
  const File file = written(network_of(own::Swish{}), {4, 5});
  Texts types = file.types();
  types.resize(4);
  CHECK(types == Texts{"Unsqueeze", "Mul", "Sigmoid", "Mul"});
  CHECK(file.tensors.at("primitive.slope").extents == Integers{2});
  CHECK(file.at("primitive").inputs[0] == "input");
}

TEST_CASE("a user's primitive without emit_onnx, or with a wrong one, is named", "[onnx]") {
  check_unwritten(network_of(own::Silent{}), {4, 4}, {"primitive: ", "'silent'", "emit_onnx"});
  check_unwritten(network_of(own::Clumsy{0}), {4, 4}, {"primitive: ", "'clumsy'", "no output"});
  check_unwritten(network_of(own::Clumsy{1}), {4, 4}, {"primitive: ", "input 1"});
  check_unwritten(network_of(own::Clumsy{2}), {4, 4}, {"primitive: ", "parameter 0"});
  check_unwritten(network_of(own::Clumsy{3}), {4, 4}, {"primitive: ", "1 values", "2"});
  check_unwritten(network_of(own::Clumsy{4}), {4, 4}, {"primitive: ", "second output"});
  // One that the logits do not depend on is no obstacle.
  GraphBuilder g(2);
  static_cast<void>(g.apply(own::Silent{}, {g.input()}, "unread"));
  CHECK_NOTHROW(written(std::move(g).finish(g.global_average_pool(g.input())), {4, 4}));
}

TEST_CASE("images and networks that do not go together are refused", "[onnx]") {
  check_unwritten(network_of(Convolution{Window::square(3, 1, 1, Padding::valid), 2}), {2, 5}, {"primitive", "2x5"});
  check_unwritten(network_of(Relu{}), {0, 5}, {"0x5"});
  check_unwritten(network_of(Relu{}), {5, -1}, {"5x-1"});
  check_unwritten(network_of(Subsample{2, -1}), {5, 5}, {"primitive", "-1"});
  check_unwritten(network_of(MaximumPool{Window::square(2, 1, 3)}), {1, 1}, {"primitive", "no cell"});
  check_unwritten(network_of(AveragePool{Window::square(2, 1, 3)}), {1, 1}, {"primitive", "no cell"});
  GraphBuilder map(2);
  check_unwritten(std::move(map).finish(map.relu(map.input())), {2, 1}, {"relu", "2x1x2", "one pixel"});
  GraphBuilder empty(2);
  check_unwritten(std::move(empty).finish(empty.input()), {1, 1}, {"no node"});
}

TEST_CASE("a path that cannot be written is an error, and what was there stays", "[onnx]") {
  const TemporaryFolder folder;
  const Model<float> model(network_of(Relu{}), RandomStream(1));
  CHECK_THROWS_AS(write_onnx(model, folder / "no" / "net.onnx", {4, 4}), IoError);
  CHECK_THROWS_AS(write_onnx(model, folder.path(), {4, 4}), IoError);
  folder.write("net.onnx", "here before");
  CHECK_THROWS_AS(write_onnx(model, folder / "net.onnx", {0, 4}), ShapeError);
  CHECK(folder.read("net.onnx") == "here before");
  write_onnx(model, folder / "net.onnx", {4, 4});
  CHECK(read_file_of(folder.read("net.onnx")).nodes.size() == 4);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a network beyond 2 GiB is refused before anything is written", "[onnx]") {
  const auto size_of = [](std::int64_t channels) {
    return detail::OnnxGraph(network_of(Pointwise{16384}, channels), {1, 1}).model().size();
  };
  CHECK(size_of(32000) < detail::largest_onnx_file);
  CHECK_NOTHROW(detail::check_onnx_size(size_of(32000), "net.onnx"));
  CHECK_NOTHROW(detail::check_onnx_size(2147483647, "net.onnx"));
  REQUIRE_THROWS_MATCHES(detail::check_onnx_size(size_of(32768), "net.onnx"), IoError,
                         MessageMatches(ContainsSubstring("net.onnx") && ContainsSubstring("2147483647")));
  CHECK_THROWS_AS(detail::check_onnx_size(2147483648, "net.onnx"), IoError);
}

TEST_CASE("messages of protobuf", "[onnx]") {
  const auto bytes = [](const detail::ProtobufMessage& message) {
    std::string text;
    for (const auto& piece : message.pieces()) text.append(piece.bytes).append(piece.later, 'L');
    CHECK(text.size() == message.size());
    return text;
  };
  detail::ProtobufMessage inner;
  inner.integer(1, 150);
  CHECK(bytes(inner) == std::string("\x08\x96\x01", 3));
  detail::ProtobufMessage negative;
  negative.integer(2, -1);
  CHECK(bytes(negative) == std::string("\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));
  detail::ProtobufMessage message;
  CHECK(bytes(message).empty());
  message.message(20, inner);
  message.bytes_from(9, 4, 300);
  message.text(1, "");
  message.real(2, 1.0F);
  CHECK(bytes(message) == std::string("\xA2\x01\x03\x08\x96\x01\x4A\xAC\x02", 9) + std::string(300, 'L') +
                              std::string("\x0A\x00\x15\x00\x00\x80\x3F", 7));
  detail::ProtobufMessage outer;
  outer.message(1, message);
  REQUIRE(outer.pieces().size() == 2);
  CHECK(outer.pieces()[0].source == 4);
  CHECK(outer.pieces()[0].later == 300);
  detail::ProtobufMessage twice;
  twice.bytes_from(9, 1, 2);
  twice.bytes_from(9, 2, 3);
  CHECK(bytes(twice) == std::string("\x4A\x02LL\x4A\x03LLL"));
}
