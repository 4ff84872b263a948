/// A network graph as an ONNX message, without the weights themselves.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <cstring>      // memcpy
#include <string>       // string
#include <string_view>  // string_view
#include <type_traits>  // decay_t, is_same_v
#include <utility>      // move
#include <variant>      // get_if, holds_alternative, visit
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"
#include "nasnet/io/detail/protobuf_message.hpp"
#include "nasnet/io/onnx_primitives.hpp"
#include "nasnet/primitive/onnx_call.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// The operators used here have had their present form since opset 15 at the latest, and every runtime since 2022 reads
/// opset 17. What later ones add (dilated average pools, group normalisation) has fewer readers than what stands for it
/// here.
inline constexpr std::int64_t onnx_opset = 17;

/// Version of the file format that came with the opset.
inline constexpr std::int64_t onnx_ir_version = 8;

/// Field numbers and enumerators of the format's description, onnx.proto, by message.
namespace onnx_field {
enum Model { ir_version = 1, producer_name = 2, producer_version = 3, graph = 7, opset_import = 8 };
enum OperatorSet { version = 2 };
enum Graph { node = 1, graph_name = 2, initializer = 5, graph_input = 11, graph_output = 12 };
enum Node { node_input = 1, node_output = 2, node_name = 3, op_type = 4, attribute = 5 };
enum Attribute { attribute_name = 1, f = 2, i = 3, s = 4, floats = 7, ints = 8, attribute_type = 20 };
enum Tensor { dims = 1, data_type = 2, tensor_name = 8, raw_data = 9 };
enum ValueInfo { value_name = 1, value_type = 2 };
enum Type { tensor_type = 1 };
enum TensorType { elem_type = 1, shape = 2 };
enum TensorShape { dim = 1 };
enum Dimension { dim_value = 1, dim_param = 2 };
}  // namespace onnx_field

enum class OnnxElement { float32 = 1, int64 = 7 };
enum class OnnxAttributeType { f = 1, i = 2, s = 3, floats = 6, ints = 7 };

// ---- messages

NASNET_LAZY [[nodiscard]] inline ProtobufMessage onnx_message(const OnnxAttribute& attribute) {
  ProtobufMessage message;
  message.text(onnx_field::attribute_name, attribute.name);
  const auto type = [&](OnnxAttributeType kind) {
    message.integer(onnx_field::attribute_type, static_cast<std::int64_t>(kind));
  };
  if (const auto* integer = std::get_if<std::int64_t>(&attribute.value)) {
    message.integer(onnx_field::i, *integer);
    type(OnnxAttributeType::i);
  } else if (const auto* real = std::get_if<float>(&attribute.value)) {
    message.real(onnx_field::f, *real);
    type(OnnxAttributeType::f);
  } else if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    message.text(onnx_field::s, *text);
    type(OnnxAttributeType::s);
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&attribute.value)) {
    for (const std::int64_t each : *integers) message.integer(onnx_field::ints, each);
    type(OnnxAttributeType::ints);
  } else if (const auto* reals = std::get_if<std::vector<float>>(&attribute.value)) {
    for (const float each : *reals) message.real(onnx_field::floats, each);
    type(OnnxAttributeType::floats);
  }
  return message;
}

NASNET_LAZY [[nodiscard]] inline ProtobufMessage onnx_message(const OnnxNode& node) {
  ProtobufMessage message;
  for (const std::string& input : node.inputs) message.text(onnx_field::node_input, input);
  message.text(onnx_field::node_output, node.output);
  message.text(onnx_field::node_name, node.name);
  message.text(onnx_field::op_type, node.type);
  for (const OnnxAttribute& attribute : node.attributes) {
    message.message(onnx_field::attribute, onnx_message(attribute));
  }
  return message;
}

/// All of a tensor but its elements.
template <class Extents>
[[nodiscard]] ProtobufMessage onnx_tensor(const std::string& name, const Extents& extents, OnnxElement element) {
  ProtobufMessage message;
  for (const std::int64_t extent : extents) message.integer(onnx_field::dims, extent);
  message.integer(onnx_field::data_type, static_cast<std::int64_t>(element));
  message.text(onnx_field::tensor_name, name);
  return message;
}

NASNET_LAZY [[nodiscard]] inline ProtobufMessage onnx_message(const OnnxConstant& constant) {
  return std::visit(
      [&](const auto& values) {
        using Element = typename std::decay_t<decltype(values)>::value_type;
        constexpr auto element = std::is_same_v<Element, float> ? OnnxElement::float32 : OnnxElement::int64;
        ProtobufMessage message = onnx_tensor(constant.name, constant.extents, element);
        std::string bytes(values.size() * sizeof(Element), '\0');
        if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
        message.text(onnx_field::raw_data, bytes);
        return message;
      },
      constant.values);
}

/// A float tensor [N, extents...] that goes into or out of the network.
NASNET_LAZY [[nodiscard]] inline ProtobufMessage onnx_value(std::string_view name,
                                                            const std::vector<std::int64_t>& extents) {
  ProtobufMessage batch;
  batch.text(onnx_field::dim_param, "N");
  ProtobufMessage shape;
  shape.message(onnx_field::dim, batch);
  for (const std::int64_t extent : extents) {
    ProtobufMessage dimension;
    dimension.integer(onnx_field::dim_value, extent);
    shape.message(onnx_field::dim, dimension);
  }
  ProtobufMessage tensor;
  tensor.integer(onnx_field::elem_type, static_cast<std::int64_t>(OnnxElement::float32));
  tensor.message(onnx_field::shape, shape);
  ProtobufMessage type;
  type.message(onnx_field::tensor_type, tensor);
  ProtobufMessage value;
  value.text(onnx_field::value_name, name);
  value.message(onnx_field::value_type, type);
  return value;
}

// ---- the graph

/// Walks a network graph and writes what the logits depend on.
class OnnxGraph {
 public:
  static constexpr const char* input = "input";
  static constexpr const char* logits = "logits";

  /// @throws ShapeError where the image is too small or leaves logits of more than a pixel, ArgumentError for a
  /// primitive without emitter.
  NASNET_LAZY OnnxGraph(const NetworkGraph& graph, Size image)
      : graph_(graph), image_(image), shapes_(infer_shapes(graph, image)), values_(graph.nodes.size()) {
    check_output();
    claim_names();
    const std::vector<bool> needed = nodes_needed();
    for (std::size_t n = 0; n < needed.size(); ++n) {
      if (needed[n]) add_node(n);
    }
    if (!std::holds_alternative<Dense>(output_node().primitive)) flatten(value(graph_.output), logits);
  }

  /// The whole file. Weights are bytes from elsewhere: their sources are numbers in NetworkGraph::parameters.
  NASNET_LAZY [[nodiscard]] ProtobufMessage model() const {
    ProtobufMessage graph;
    for (const OnnxNode& node : nodes_) graph.message(onnx_field::node, onnx_message(node));
    graph.text(onnx_field::graph_name, "network");
    for (const int parameter : parameters_) graph.message(onnx_field::initializer, weight(parameter));
    for (const OnnxConstant& constant : constants_) graph.message(onnx_field::initializer, onnx_message(constant));
    graph.message(onnx_field::graph_input, onnx_value(input, {graph_.input_channels, image_.height, image_.width}));
    graph.message(onnx_field::graph_output, onnx_value(logits, {graph_.channels_of(graph_.output)}));
    ProtobufMessage operators;
    operators.integer(onnx_field::version, onnx_opset);
    ProtobufMessage model;
    model.integer(onnx_field::ir_version, onnx_ir_version);
    model.text(onnx_field::producer_name, "nasnet");
    model.text(onnx_field::producer_version, NASNET_VERSION_STRING);
    model.message(onnx_field::graph, graph);
    model.message(onnx_field::opset_import, operators);
    return model;
  }

 private:
  [[nodiscard]] const GraphNode& output_node() const { return graph_.nodes[static_cast<std::size_t>(graph_.output)]; }

  NASNET_LAZY void check_output() const {
    if (graph_.output < 0) fail<ArgumentError>("ONNX: the network has no node for its logits");
    const FeatureShape& shape = shapes_[static_cast<std::size_t>(graph_.output)];
    if (shape.height != 1 || shape.width != 1) {
      fail<ShapeError>(output_node().name, ": the logits are ", to_string(shape), ", one pixel is wanted");
    }
  }

  // Parameters keep their names whatever the nodes are called.
  NASNET_LAZY void claim_names() {
    static_cast<void>(names_.claim(input));
    static_cast<void>(names_.claim(logits));
    for (const GraphParameter& parameter : graph_.parameters) static_cast<void>(names_.claim(parameter.name));
  }

  /// What the logits do not depend on would only cost its reader time.
  NASNET_LAZY [[nodiscard]] std::vector<bool> nodes_needed() const {
    std::vector<bool> needed(graph_.nodes.size());
    needed[static_cast<std::size_t>(graph_.output)] = true;
    for (std::size_t n = needed.size(); n-- > 0;) {
      if (!needed[n]) continue;
      for (const int source : graph_.nodes[n].inputs) {
        if (source >= 0) needed[static_cast<std::size_t>(source)] = true;
      }
    }
    return needed;
  }

  NASNET_LAZY void add_node(std::size_t number) {
    const GraphNode& node = graph_.nodes[number];
    for (const int parameter : node.parameters) parameters_.push_back(parameter);
    visit_primitive(node.primitive, [&](const auto& primitive) {
      using P = std::decay_t<decltype(primitive)>;
      if constexpr (std::is_same_v<P, DropPath> || std::is_same_v<P, Dropout>) {
        values_[number] = value(node.inputs[0]);
      } else if constexpr (std::is_same_v<P, Dense>) {
        if (static_cast<int>(number) == graph_.output) {
          add_logits(node);
        } else {
          emit(number, primitive);
        }
      } else {
        emit(number, primitive);
      }
    });
  }

  template <class P>
  void emit(std::size_t number, const P& primitive) {
    const GraphNode& node = graph_.nodes[number];
    values_[number] = names_.claim(node.name);
    OnnxCall::Values values{.output = values_[number], .output_shape = shapes_[number]};
    for (const int source : node.inputs) {
      values.inputs.push_back(value(source));
      values.input_shapes.push_back(shape_of(source));
    }
    for (const int parameter : node.parameters) values.parameters.push_back(parameter_name(parameter));
    OnnxCall call(std::move(values), names_);
    emit_onnx(primitive, call);
    if (!call.has_output()) {
      fail<ArgumentError>(node.name, ": emit_onnx of the primitive '", name_of(primitive), "' gives no output");
    }
    nodes_.insert(nodes_.end(), call.nodes().begin(), call.nodes().end());
    constants_.insert(constants_.end(), call.constants().begin(), call.constants().end());
  }

  /// The last dense layer of a network, in the form that readers know best.
  NASNET_LAZY void add_logits(const GraphNode& node) {
    const std::string name = names_.claim(node.name);
    const std::string flat = names_.claim(join(name, ".Flatten"));
    flatten(value(node.inputs[0]), flat);
    nodes_.push_back({"Gemm",
                      name,
                      {flat, parameter_name(node.parameters[0]), parameter_name(node.parameters[1])},
                      logits,
                      {{"transB", std::int64_t{1}}}});
  }

  /// [N,C,1,1] to [N,C].
  NASNET_LAZY void flatten(const std::string& map, const std::string& flat) {
    nodes_.push_back({"Flatten", flat, {map}, flat, {{"axis", std::int64_t{1}}}});
  }

  NASNET_LAZY [[nodiscard]] std::string value(int node) const {
    return node < 0 ? std::string(input) : values_[static_cast<std::size_t>(node)];
  }

  NASNET_LAZY [[nodiscard]] FeatureShape shape_of(int node) const {
    if (node >= 0) return shapes_[static_cast<std::size_t>(node)];
    return {image_.height, image_.width, graph_.input_channels};
  }

  [[nodiscard]] const GraphParameter& parameter(int number) const {
    return graph_.parameters[static_cast<std::size_t>(number)];
  }
  NASNET_LAZY [[nodiscard]] const std::string& parameter_name(int number) const { return parameter(number).name; }

  NASNET_LAZY [[nodiscard]] ProtobufMessage weight(int number) const {
    const GraphParameter& weights = parameter(number);
    const Shape extents = weights.spec.file_shape();
    ProtobufMessage message = onnx_tensor(weights.name, extents.extents(), OnnxElement::float32);
    const std::int64_t bytes = checked_product(extents.elements(), std::int64_t{sizeof(float)});
    message.bytes_from(onnx_field::raw_data, static_cast<std::size_t>(number), static_cast<std::uint64_t>(bytes));
    return message;
  }

  const NetworkGraph& graph_;
  Size image_;
  std::vector<FeatureShape> shapes_;
  std::vector<std::string> values_;  // by node: the name of its output, where it is written
  OnnxNames names_;
  std::vector<OnnxNode> nodes_;
  std::vector<OnnxConstant> constants_;
  std::vector<int> parameters_;  // of the nodes that are written
};

}  // namespace nasnet::inline NASNET_ABI::detail
