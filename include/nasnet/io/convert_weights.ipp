#pragma once

#include "nasnet/io/convert_weights.hpp"

#include <algorithm>      // equal
#include <cstddef>        // size_t
#include <cstdint>        // int64_t
#include <cstring>        // memcpy
#include <memory>         // make_shared
#include <optional>       // nullopt, optional
#include <string>         // string
#include <string_view>    // string_view
#include <unordered_set>  // unordered_set
#include <utility>        // move
#include <vector>         // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/detail/kernel_layout.hpp"
#include "nasnet/io/detail/safetensors_header.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Compares a file with what a network wants of it, name by name.
class WeightComparison {
 public:
  NASNET_LAZY WeightComparison(const NetworkGraph& graph, const TensorFile& file, WeightNaming naming)
      : graph_(graph),
        file_(file),
        naming_(naming),
        names_(weight_names(graph, naming)),
        background_(has_background()) {}

  /// A sentence for each tensor that is missing, too much or wrong.
  NASNET_LAZY [[nodiscard]] std::vector<std::string> faults() const;

  /// The tensor of a parameter of a file without faults, less the row of a background class.
  NASNET_LAZY [[nodiscard]] std::optional<StoredTensor> tensor(std::size_t parameter) const;

 private:
  [[nodiscard]] const ParameterSpec& spec(std::size_t parameter) const { return graph_.parameters[parameter].spec; }

  [[nodiscard]] bool is_in_head(std::size_t parameter) const {
    return graph_.nodes[static_cast<std::size_t>(graph_.parameters[parameter].node)].part == NetworkPart::head;
  }

  /// Whether the last layer of the file, weights and biases alike, has a class more than the 1000 wanted.
  NASNET_LAZY [[nodiscard]] bool has_background() const;

  NASNET_LAZY [[nodiscard]] std::string fault_of(std::size_t parameter) const;

  const NetworkGraph& graph_;
  const TensorFile& file_;
  WeightNaming naming_;
  std::vector<std::string> names_;
  bool background_;
};

[[nodiscard]] constexpr bool holds_floats(ElementType type) {
  return type == ElementType::f16 || type == ElementType::bf16 || type == ElementType::f32 || type == ElementType::f64;
}

NASNET_LAZY [[nodiscard]] inline bool has_extents(const StoredTensor& stored, const Shape& wanted) {
  return std::equal(stored.extents.begin(), stored.extents.end(), wanted.extents().begin(), wanted.extents().end());
}

NASNET_BODY std::vector<std::string> WeightComparison::faults() const {
  std::vector<std::string> faults;
  for (std::size_t p = 0; p < names_.size(); ++p) {
    const std::string fault = names_[p].empty() ? std::string() : fault_of(p);
    if (!fault.empty()) faults.push_back(join("'", names_[p], "'", fault));
  }
  const std::unordered_set<std::string_view> known(names_.begin(), names_.end());
  for (const auto& [name, stored] : file_.tensors()) {
    if (known.count(name) == 0 && !may_stand_beside(name, naming_)) {
      faults.push_back(join(legible(name), " is not in the network"));
    }
  }
  return faults;
}

NASNET_BODY std::optional<StoredTensor> WeightComparison::tensor(std::size_t parameter) const {
  const std::string& name = names_[parameter];
  if (name.empty() || !file_.contains(name)) return std::nullopt;
  StoredTensor stored = file_.at(name);
  if (background_ && is_in_head(parameter)) {
    stored.bytes = stored.bytes.subspan(stored.bytes.size() / static_cast<std::size_t>(stored.extents[0]));
    --stored.extents[0];
  }
  return stored;
}

NASNET_BODY bool WeightComparison::has_background() const {
  if (!may_have_background(naming_)) return false;
  constexpr std::int64_t imagenet_classes = 1000;
  bool found = false;
  for (std::size_t p = 0; p < names_.size(); ++p) {
    if (names_[p].empty() || !is_in_head(p)) continue;
    if (shape_in_file(spec(p), naming_)[0] != imagenet_classes || !file_.contains(names_[p])) return false;
    const StoredTensor& stored = file_.at(names_[p]);
    if (stored.extents.empty() || stored.extents[0] != imagenet_classes + 1) return false;
    found = true;
  }
  return found;
}

NASNET_BODY std::string WeightComparison::fault_of(std::size_t parameter) const {
  const auto stored = tensor(parameter);
  if (!stored) return is_auxiliary(graph_, graph_.parameters[parameter]) ? "" : " is missing";
  const Shape wanted = shape_in_file(spec(parameter), naming_);
  const std::string found = file_.at(names_[parameter]).to_string();
  if (!has_extents(*stored, wanted)) return join(" is ", found, ", wanted ", wanted.to_string());
  return holds_floats(stored->type) ? std::string() : join(" is ", found, ", floats are wanted");
}

NASNET_BODY void fail_mismatch(const std::string& origin, const std::vector<std::string>& faults) {
  constexpr std::size_t shown = 8;
  std::string text = join("'", origin, "' does not fit the network: ");
  for (std::size_t f = 0; f < faults.size() && f < shown; ++f) text.append(f == 0 ? "" : "; ").append(faults[f]);
  if (faults.size() > shown) text.append(join("; and ", faults.size() - shown, " more"));
  fail<DataError>(text);
}

NASNET_BODY StoredTensor with_layout(const ParameterSpec& spec, StoredTensor stored, WeightNaming from,
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

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY TensorFile convert_weights(const NetworkGraph& graph, const TensorFile& file, WeightNaming from,
                                       WeightNaming to) {
  const std::vector<std::string> names = weight_names(graph, to);
  const detail::WeightComparison comparison(graph, file, from);
  const std::vector<std::string> faults = comparison.faults();
  if (!faults.empty()) detail::fail_mismatch(file.origin(), faults);
  TensorFile result(file.origin());
  for (std::size_t p = 0; p < names.size(); ++p) {
    std::optional<StoredTensor> tensor = names[p].empty() ? std::nullopt : comparison.tensor(p);
    if (tensor) result.set(names[p], detail::with_layout(graph.parameters[p].spec, std::move(*tensor), from, to));
  }
  return result;
}

NASNET_BODY std::vector<std::string> weight_mismatches(const NetworkGraph& graph, const TensorFile& file,
                                                       WeightNaming naming) {
  return detail::WeightComparison(graph, file, naming).faults();
}

}  // namespace nasnet::inline NASNET_ABI
