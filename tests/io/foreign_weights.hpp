// Weights of other libraries by formula, as golden/make_foreign.py makes them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/named_networks.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"
#include "tests_folder.hpp"

namespace foreign_weights {

using nasnet::NetworkGraph;
using nasnet::Shape;
using nasnet::TensorFile;
using nasnet::WeightNaming;

inline nlohmann::json read_golden() {
  std::ifstream file(tests_folder() / "golden" / "foreign_weights.json");
  return nlohmann::json::parse(file);
}

// FNV-1a.
inline std::uint64_t hash_of(const std::string& text, std::uint64_t start, std::uint64_t prime) {
  for (const char letter : text) start = (start ^ static_cast<unsigned char>(letter)) * prime;
  return start;
}

// Numbers in [-0.5, 0.5), multiples of 2^-16, from the name and the place.
inline std::vector<double> uniform(const std::string& name, std::int64_t count) {
  const std::uint64_t h = hash_of(name, 2166136261U, 16777619U) % 4294967296U;
  std::vector<double> values;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
    std::uint64_t x = (h + i * 40503U + (i * i % 65536U) * 30011U) % 65536U;
    x = (x * 25173U + 13849U + x * x % 65536U) % 65536U;
    values.push_back(static_cast<double>(x) / 65536.0 - 0.5);
  }
  return values;
}

inline bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

inline nasnet::Tensor<double> formula(const std::string& name, const Shape& shape, std::int64_t outputs) {
  nasnet::Tensor<double> tensor(shape);
  const std::vector<double> u = uniform(name, shape.elements());
  bool around_one = false;
  for (const char* end : {"weight", "gamma", "running_var", "moving_variance"}) around_one |= ends_with(name, end);
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
