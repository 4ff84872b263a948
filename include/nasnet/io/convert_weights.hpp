/// Weights from the names and layouts of one library to those of another, ours among them.
#pragma once

#include <algorithm>      // equal
#include <cstddef>        // size_t
#include <cstdint>        // int64_t
#include <cstring>        // memcpy
#include <memory>         // make_shared
#include <string>         // string
#include <string_view>    // string_view
#include <unordered_set>  // unordered_set
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/detail/kernel_layout.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"

namespace nasnet::inline v0 {

namespace detail {

[[nodiscard]] constexpr bool holds_floats(ElementType type) {
  return type == ElementType::f16 || type == ElementType::bf16 || type == ElementType::f32 || type == ElementType::f64;
}

[[nodiscard]] inline bool has_extents(const StoredTensor& stored, const Shape& wanted) {
  return std::equal(stored.extents.begin(), stored.extents.end(), wanted.extents().begin(), wanted.extents().end());
}

/// Whether a file's parameter of the last layer has one class more than ours, the first.
[[nodiscard]] inline bool has_background(const NetworkGraph& graph, const GraphParameter& parameter,
                                         const StoredTensor& stored, WeightNaming naming) {
  constexpr std::int64_t imagenet_classes = 1000;
  if (!may_have_background(naming) || stored.extents.empty()) return false;
  if (graph.nodes[static_cast<std::size_t>(parameter.node)].part != NetworkPart::head) return false;
  StoredTensor rest = stored;
  --rest.extents[0];
  return rest.extents[0] == imagenet_classes && has_extents(rest, shape_in_file(parameter.spec, naming));
}

[[nodiscard]] inline StoredTensor without_background(StoredTensor stored) {
  const std::size_t row = stored.bytes.size() / static_cast<std::size_t>(stored.extents[0]);
  --stored.extents[0];
  stored.bytes = stored.bytes.subspan(row);
  return stored;
}

/// What a tensor of the right name has wrong; empty where nothing.
[[nodiscard]] inline std::string tensor_fault(const NetworkGraph& graph, const GraphParameter& parameter,
                                              const StoredTensor& stored, WeightNaming naming) {
  const Shape wanted = shape_in_file(parameter.spec, naming);
  if (!has_extents(stored, wanted) && !has_background(graph, parameter, stored, naming)) {
    return join(" is ", stored.to_string(), ", wanted ", wanted.to_string());
  }
  return holds_floats(stored.type) ? std::string() : join(" is ", stored.to_string(), ", floats are wanted");
}

[[nodiscard]] inline std::vector<std::string> weight_mismatches(const NetworkGraph& graph, const TensorFile& file,
                                                                WeightNaming naming,
                                                                const std::vector<std::string>& names) {
  std::vector<std::string> faults;
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (names[p].empty()) continue;
    const GraphParameter& parameter = graph.parameters[p];
    if (file.contains(names[p])) {
      const std::string fault = tensor_fault(graph, parameter, file.at(names[p]), naming);
      if (!fault.empty()) faults.push_back(join("'", names[p], "'", fault));
    } else if (!is_auxiliary(graph, parameter)) {
      faults.push_back(join("'", names[p], "' is missing"));
    }
  }
  const std::unordered_set<std::string_view> known(names.begin(), names.end());
  for (const auto& [name, stored] : file.tensors()) {
    if (known.count(name) == 0 && !may_stand_beside(name, naming)) {
      faults.push_back(join("'", name, "' is not in the network"));
    }
  }
  return faults;
}

/// Throws a sentence of the first few faults.
[[noreturn]] NASNET_COLD inline void fail_mismatch(const std::string& origin, const std::vector<std::string>& faults) {
  constexpr std::size_t shown = 8;
  std::string text = join("'", origin, "' does not fit the network: ");
  for (std::size_t f = 0; f < faults.size() && f < shown; ++f) text.append(f == 0 ? "" : "; ").append(faults[f]);
  if (faults.size() > shown) text.append(join("; and ", faults.size() - shown, " more"));
  fail<DataError>(text);
}

/// The same values as another naming has them. The bytes are shared where their order is the same.
[[nodiscard]] inline StoredTensor with_layout(const ParameterSpec& spec, StoredTensor stored, WeightNaming from,
                                              WeightNaming to) {
  const Shape shape = shape_in_file(spec, to);
  stored.extents.assign(shape.extents().begin(), shape.extents().end());
  if (kernel_layout(from) == kernel_layout(to)) return stored;
  const bool to_outputs_first = kernel_layout(to) == KernelLayout::outputs_first;
  const std::size_t element = size_of(stored.type);
  Bytes bytes(stored.bytes.size());
  // Memory has the inputs first.
  for_each_place(spec, [&](std::int64_t inputs_first, std::int64_t outputs_first) {
    const auto source = static_cast<std::size_t>(to_outputs_first ? inputs_first : outputs_first);
    const auto target = static_cast<std::size_t>(to_outputs_first ? outputs_first : inputs_first);
    std::memcpy(bytes.data() + target * element, stored.bytes.data() + source * element, element);
  });
  stored.owner = std::make_shared<const Bytes>(std::move(bytes));
  stored.bytes = *stored.owner;
  return stored;
}

}  // namespace detail

/// What keeps a file from being the weights of a network, a sentence for each tensor that is missing, that the network
/// lacks, or that has another shape or no floats. Empty where it fits.
/// @throws ArgumentError where the naming has no name for a parameter of the network.
[[nodiscard]] inline std::vector<std::string> weight_mismatches(const NetworkGraph& graph, const TensorFile& file,
                                                                WeightNaming naming = WeightNaming::nasnet) {
  return detail::weight_mismatches(graph, file, naming, weight_names(graph, naming));
}

/// The weights of a network under other names and in other layouts. Each tensor has its parameter and each parameter
/// its tensor, but for the auxiliary head, which may be lacking and which only our own files have, and for what PyTorch
/// keeps beside the weights (`num_batches_tracked`). Of 1001 classes of ImageNet the first, "background", is left out.
/// @throws DataError naming what is missing, extra or of another shape or type (weight_mismatches has all of it);
/// ArgumentError where one of the namings has no name for a parameter.
[[nodiscard]] inline TensorFile convert_weights(const NetworkGraph& graph, const TensorFile& file, WeightNaming from,
                                                WeightNaming to) {
  const std::vector<std::string> old_names = weight_names(graph, from);
  const std::vector<std::string> new_names = weight_names(graph, to);
  const std::vector<std::string> faults = detail::weight_mismatches(graph, file, from, old_names);
  if (!faults.empty()) detail::fail_mismatch(file.origin(), faults);
  TensorFile result(file.origin());
  for (std::size_t p = 0; p < old_names.size(); ++p) {
    if (old_names[p].empty() || new_names[p].empty() || !file.contains(old_names[p])) continue;
    const GraphParameter& parameter = graph.parameters[p];
    StoredTensor stored = file.at(old_names[p]);
    if (detail::has_background(graph, parameter, stored, from)) stored = detail::without_background(std::move(stored));
    result.set(new_names[p], detail::with_layout(parameter.spec, std::move(stored), from, to));
  }
  return result;
}

}  // namespace nasnet::inline v0
