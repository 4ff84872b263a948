// Weights of other libraries by formula, as golden/make_foreign.py makes them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "golden/formula.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/named_networks.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"
#include "tests_folder.hpp"

namespace foreign_weights {

using golden_formula::hash_of;
using golden_formula::uniform;
using nasnet::NetworkGraph;
using nasnet::Shape;
using nasnet::TensorFile;
using nasnet::WeightNaming;

inline nlohmann::json read_golden() {
  std::ifstream file(tests_folder() / "golden" / "foreign_weights.json");
  return nlohmann::json::parse(file);
}

inline nasnet::Tensor<double> formula(const std::string& name, const Shape& shape, std::int64_t outputs) {
  nasnet::Tensor<double> tensor(shape);
  const std::vector<double> u = uniform(name, shape.elements());
  bool around_one = false;
  for (const char* end : {"weight", "gamma", "running_var", "moving_variance"}) around_one |= name.ends_with(end);
  const double scale = std::sqrt(24.0 * static_cast<double>(outputs) / static_cast<double>(shape.elements()));
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    const double value = u[static_cast<std::size_t>(i)];
    tensor[i] = shape.rank() > 1 ? scale * value : around_one ? 1 + 0.5 * value : 0.25 * value;
  }
  return tensor;
}

// A file of this naming, with classes of its own.
inline TensorFile file_of(const NetworkGraph& graph, WeightNaming naming, std::int64_t classes) {
  TensorFile file("foreign");
  const std::vector<std::string> names = weight_names(graph, naming);
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (names[p].empty()) continue;
    const nasnet::ParameterSpec& spec = graph.parameters[p].spec;
    const Shape shape = shape_in_file(spec, naming);
    std::vector<std::int64_t> extents(shape.extents().begin(), shape.extents().end());
    const bool head = graph.parameters[p].name.rfind("head.", 0) == 0;
    if (head && kernel_layout(naming) == nasnet::KernelLayout::outputs_first) extents[0] = classes;
    const Shape stored{std::span<const std::int64_t>(extents)};
    file.set(names[p], formula(names[p], stored, head ? classes : spec.file_shape()[0]));
  }
  return file;
}

// Name and shape of each tensor, as one number.
inline std::string digest_of(const TensorFile& file) {
  std::string lines;
  for (const auto& [name, tensor] : file.tensors()) {
    const std::string text = tensor.to_string();
    lines += name + text.substr(text.find(' ')) + "\n";
  }
  std::uint64_t hash = hash_of(lines, 14695981039346656037U, 1099511628211U);
  std::string text(16, '0');
  for (std::size_t digit = 16; digit-- > 0; hash /= 16) text[digit] = "0123456789abcdef"[hash % 16];
  return text;
}

inline NetworkGraph build(const nasnet::Architecture& architecture, const nasnet::NetworkConfig& config) {
  return build_network(architecture, nasnet::AllOps::table(), config);
}

inline NetworkGraph small_network(const std::string& architecture = "nasnet-a", std::int64_t cells = 1,
                                  std::int64_t classes = 3) {
  nasnet::NetworkConfig config = nasnet::NetworkConfig::imagenet();
  config.cells_per_stack = cells;
  config.filters = 11;
  config.stem_filters = 5;
  config.classes = classes;
  return build(nasnet::published_architecture(architecture), config);
}

}  // namespace foreign_weights
