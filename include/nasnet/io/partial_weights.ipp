#pragma once

#include "nasnet/io/partial_weights.hpp"

#include <algorithm>    // equal
#include <cstddef>      // size_t
#include <map>          // map
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move, pair
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
PartialLoad load_partial_weights(Model<Scalar>& model, const TensorFile& file, const NameInFile& name_in_file) {
  PartialLoad report;
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  std::vector<std::pair<std::size_t, Tensor<Scalar>>> fitting;
  std::map<std::string, bool, std::less<>> asked_for;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (!is_stored(parameters[p])) continue;
    const std::string stored = name_in_file ? name_in_file(parameters[p].name) : parameters[p].name;
    if (stored.empty() || !file.contains(stored)) {
      report.missing.push_back(parameters[p].name);
      continue;
    }
    asked_for[stored] = true;
    const StoredTensor& tensor = file.at(stored);
    const Shape wanted = parameters[p].spec.file_shape();
    if (!std::equal(tensor.extents.begin(), tensor.extents.end(), wanted.extents().begin(), wanted.extents().end())) {
      report.mismatched.push_back({parameters[p].name, tensor.to_string(), wanted.to_string()});
      continue;
    }
    fitting.emplace_back(p, detail::stored_values<Scalar>(file, stored, parameters[p]));
    report.loaded.push_back(parameters[p].name);
  }
  for (const auto& [p, values] : fitting) from_file_layout(parameters[p].spec, values, model.parameters()[p].value());
  for (const auto& [name, stored] : file.tensors()) {
    if (asked_for.find(name) == asked_for.end()) report.unused.push_back(name);
  }
  return report;
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// A cell's place that networks of other sizes have as well: the stack, and which of its normal cells or its reduction.
struct CellPlace {
  bool in_stem = false;
  int stack = 0;
  CellRole role = CellRole::normal;
  int index = 0;

  auto operator<=>(const CellPlace&) const = default;
};

NASNET_LAZY [[nodiscard]] inline std::vector<CellPlace> cell_places(const NetworkGraph& graph) {
  std::vector<CellPlace> places;
  CellPlace at;
  int stem_cells = 0;
  for (const GraphCell& cell : graph.cells) {
    if (cell.in_stem) {
      places.push_back({true, 0, cell.role, stem_cells++});
      continue;
    }
    if (cell.role == CellRole::reduction) {
      at = {false, at.stack + 1, CellRole::reduction, 0};
      places.push_back(at);
      at = {false, at.stack, CellRole::normal, 0};
      continue;
    }
    places.push_back(at);
    ++at.index;
  }
  return places;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY NameInFile corresponding_names(const NetworkGraph& from, const NetworkGraph& to) {
  std::map<detail::CellPlace, std::size_t> numbers;
  const std::vector<detail::CellPlace> source = detail::cell_places(from);
  for (std::size_t cell = 0; cell < source.size(); ++cell) numbers[source[cell]] = cell;
  std::map<std::string, std::string, std::less<>> prefixes;
  const std::vector<detail::CellPlace> target = detail::cell_places(to);
  for (std::size_t cell = 0; cell < target.size(); ++cell) {
    const auto found = numbers.find(target[cell]);
    prefixes[join("cells.", cell, '.')] = found == numbers.end() ? std::string() : join("cells.", found->second, '.');
  }
  return [prefixes = std::move(prefixes)](const std::string& name) {
    const std::size_t end = name.rfind("cells.", 0) == 0 ? name.find('.', 6) : std::string::npos;
    if (end == std::string::npos) return name;
    const auto prefix = prefixes.find(name.substr(0, end + 1));
    if (prefix == prefixes.end() || prefix->second.empty()) return std::string();
    return prefix->second + name.substr(end + 1);
  };
}

}  // namespace nasnet::inline NASNET_ABI
