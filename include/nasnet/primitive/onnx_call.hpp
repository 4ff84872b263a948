/// The protocol of a primitive's translation to ONNX: what one application reads, and the nodes that stand for it.
///
/// A primitive `P` is translated by a function found by argument-dependent lookup:
///
///     void emit_onnx(const P&, OnnxCall&);
///
/// Maps are [N,C,H,W] there, N unknown, and parameters have the shapes that files use (ParameterSpec::file_shape). The
/// operators are those of ONNX opset 17.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <set>          // set
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <variant>      // variant
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/primitive/feature_shape.hpp"

namespace nasnet::inline NASNET_ABI {

/// An attribute of an ONNX node: `{"strides", std::vector<std::int64_t>{2, 2}}`.
struct OnnxAttribute {
  std::string name;
  std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>> value;
};

/// One ONNX node of one output.
struct OnnxNode {
  std::string type;  ///< of the operator: "Conv"
  std::string name;
  std::vector<std::string> inputs;  ///< names of values; an empty one stands for an input that is left out
  std::string output;
  std::vector<OnnxAttribute> attributes;
};

/// A tensor that is part of the structure, not of the weights.
struct OnnxConstant {
  std::string name;
  std::vector<std::int64_t> extents;
  std::variant<std::vector<std::int64_t>, std::vector<float>> values;
};

/// The names of an ONNX graph, each used once.
class OnnxNames {
 public:
  /// The name itself, or with "_2", "_3", ... behind it where it is taken.
  NASNET_LAZY [[nodiscard]] std::string claim(const std::string& wanted);

 private:
  std::set<std::string> taken_;
};

/// One application of a primitive on its way into an ONNX graph.
class OnnxCall {
 public:
  /// Names and shapes of the values that a primitive reads and makes.
  struct Values {
    std::vector<std::string> inputs{};
    std::vector<FeatureShape> input_shapes{};
    std::vector<std::string> parameters{};  ///< in the order of P::parameters
    std::string output{};
    FeatureShape output_shape{};
  };

  NASNET_LAZY OnnxCall(Values values, OnnxNames& names);

  /// @throws ArgumentError where there is no such input or parameter, here and below.
  NASNET_LAZY [[nodiscard]] const std::string& input(std::size_t index = 0) const&;
  [[nodiscard]] const std::vector<std::string>& inputs() const& { return values_.inputs; }
  NASNET_LAZY [[nodiscard]] const FeatureShape& input_shape(std::size_t index = 0) const&;
  [[nodiscard]] const FeatureShape& output_shape() const& { return values_.output_shape; }
  NASNET_LAZY [[nodiscard]] const std::string& parameter(std::size_t index) const&;
  /// Of the output: the name of the network's node.
  [[nodiscard]] const std::string& name() const& { return values_.output; }

  /// Adds a node whose output is a value within the primitive. @returns the value's name
  NASNET_LAZY [[nodiscard]] std::string add(std::string type, std::vector<std::string> inputs,
                                            std::vector<OnnxAttribute> attributes = {});

  /// Adds the node whose output is the primitive's. Once for each application.
  /// @throws ArgumentError the second time.
  NASNET_LAZY void add_output(std::string type, std::vector<std::string> inputs,
                              std::vector<OnnxAttribute> attributes = {});

  /// Adds a constant [n] of whole numbers: an operator's axes, pads, a shape. @returns its name
  NASNET_LAZY [[nodiscard]] std::string integers(std::string_view what, std::vector<std::int64_t> values);

  /// Adds a constant of 32-bit floats, row-major. @returns its name
  /// @throws ShapeError where the values are not those of the extents.
  NASNET_LAZY [[nodiscard]] std::string floats(std::string_view what, std::vector<std::int64_t> extents,
                                               std::vector<float> values);

  [[nodiscard]] bool has_output() const { return has_output_; }
  [[nodiscard]] const std::vector<OnnxNode>& nodes() const& { return nodes_; }
  [[nodiscard]] const std::vector<OnnxConstant>& constants() const& { return constants_; }

 private:
  template <class Value>
  [[nodiscard]] const Value& at(const std::vector<Value>& values, std::size_t index, std::string_view what) const {
    if (index >= values.size()) {
      fail<ArgumentError>(values_.output, ": emit_onnx asks for ", what, ' ', index, ", there are ", values.size());
    }
    return values[index];
  }

  Values values_;
  OnnxNames& names_;
  std::vector<OnnxNode> nodes_;
  std::vector<OnnxConstant> constants_;
  bool has_output_ = false;
};

class CustomPrimitive;

/// Writes a user's primitive.
/// @throws ArgumentError where its type has no emit_onnx.
NASNET_LAZY void emit_onnx(const CustomPrimitive& primitive, OnnxCall& call);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/primitive/onnx_call.ipp"
#endif
