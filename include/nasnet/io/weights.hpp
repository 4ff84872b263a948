/// A model's parameters to and from files, under their names and in the layouts that other libraries read.
#pragma once

#include <algorithm>    // binary_search, equal, sort
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <filesystem>   // path
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline v0 {

namespace detail {

/// Moves a kernel between memory [taps, I, O] and file [O, I, taps]; depthwise has I = C, O = 1 in memory and the two
/// exchanged in files. Other layouts are the same in both.
struct LayoutExtents {
  std::int64_t taps = 1;
  std::int64_t inputs = 1;
  std::int64_t outputs = 1;
};

[[nodiscard]] inline LayoutExtents layout_extents(const ParameterSpec& spec) {
  const Shape& shape = spec.shape;
  switch (spec.layout) {
    case ParameterLayout::convolution: return {shape[0] * shape[1], shape[2], shape[3]};
    case ParameterLayout::depthwise: return {shape[0] * shape[1], 1, shape[2]};
    case ParameterLayout::dense: return {1, shape[0], shape[1]};
    case ParameterLayout::vector: break;
  }
  return {1, 1, shape.elements()};
}

template <class Visit>
void for_each_place(const ParameterSpec& spec, const Visit& visit) {
  const LayoutExtents extents = layout_extents(spec);
  std::int64_t memory = 0;
  for (std::int64_t tap = 0; tap < extents.taps; ++tap) {
    for (std::int64_t i = 0; i < extents.inputs; ++i) {
      for (std::int64_t o = 0; o < extents.outputs; ++o) {
        visit(memory++, (o * extents.inputs + i) * extents.taps + tap);
      }
    }
  }
}

}  // namespace detail

/// A parameter's values in the file's layout (see ParameterLayout).
template <class Scalar>
[[nodiscard]] Tensor<Scalar> to_file_layout(const ParameterSpec& spec, const Tensor<Scalar>& values) {
  Tensor<Scalar> result(spec.file_shape());
  detail::for_each_place(spec, [&](std::int64_t memory, std::int64_t file) { result[file] = values[memory]; });
  return result;
}

/// The other way round.
/// @throws ShapeError for another shape than spec.file_shape().
template <class Scalar, class Stored>
void from_file_layout(const ParameterSpec& spec, const Tensor<Stored>& stored, Tensor<Scalar>& values) {
  if (!(stored.shape() == spec.file_shape())) {
    fail<ShapeError>("found ", stored.shape().to_string(), ", wanted ", spec.file_shape().to_string());
  }
  detail::for_each_place(
      spec, [&](std::int64_t memory, std::int64_t file) { values[memory] = static_cast<Scalar>(stored[file]); });
}

/// Whether files hold a parameter: all but constants, which belong to the architecture.
[[nodiscard]] inline bool is_stored(const GraphParameter& parameter) {
  return parameter.spec.role != ParameterRole::fixed;
}

/// All parameters and statistics of a model.
template <class Scalar>
[[nodiscard]] TensorFile model_weights(const Model<Scalar>& model) {
  TensorFile file;
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (is_stored(parameters[p])) {
      file.set(parameters[p].name, to_file_layout(parameters[p].spec, model.parameters()[p].value()));
    }
  }
  return file;
}

/// Writes a model's parameters as safetensors, all or nothing.
/// @throws IoError where the file cannot be written.
template <class Scalar>
void save_weights(const Model<Scalar>& model, const std::filesystem::path& path) {
  write_safetensors(path, model_weights(model));
}

namespace detail {

/// What stands in the way of loading, a line each.
[[nodiscard]] inline std::vector<std::string> weight_mismatches(const NetworkGraph& graph, const TensorFile& file) {
  std::vector<std::string> faults;
  std::size_t found = 0;
  for (const GraphParameter& parameter : graph.parameters) {
    const bool may_lack = graph.nodes[static_cast<std::size_t>(parameter.node)].part == NetworkPart::auxiliary;
    if (!is_stored(parameter)) continue;
    if (!file.contains(parameter.name)) {
      if (!may_lack) faults.push_back(join("'", parameter.name, "' is missing"));
      continue;
    }
    ++found;
    const StoredTensor& stored = file.at(parameter.name);
    const Shape wanted = parameter.spec.file_shape();
    if (!std::equal(stored.extents.begin(), stored.extents.end(), wanted.extents().begin(), wanted.extents().end())) {
      faults.push_back(join("'", parameter.name, "' is ", stored.to_string(), ", wanted ", wanted.to_string()));
    }
  }
  if (found == file.tensors().size()) return faults;
  std::vector<std::string_view> known;
  for (const GraphParameter& parameter : graph.parameters) known.push_back(parameter.name);
  std::sort(known.begin(), known.end());
  for (const auto& [name, stored] : file.tensors()) {
    const bool auxiliary = name.rfind("aux.", 0) == 0;
    if (!auxiliary && !std::binary_search(known.begin(), known.end(), std::string_view(name))) {
      faults.push_back(join("'", name, "' is not in the network"));
    }
  }
  return faults;
}

/// The first few faults in one sentence.
[[nodiscard]] inline std::string mismatch_sentence(const std::string& origin, const std::vector<std::string>& faults) {
  constexpr std::size_t shown = 8;
  std::string text = join("'", origin, "' does not fit the network: ");
  for (std::size_t f = 0; f < faults.size() && f < shown; ++f) text.append(f == 0 ? "" : "; ").append(faults[f]);
  if (faults.size() > shown) text.append(join("; and ", faults.size() - shown, " more"));
  return text;
}

}  // namespace detail

namespace detail {

/// A stored tensor as the model's scalars: doubles come from F64 without loss, all else through float.
template <class Scalar>
[[nodiscard]] Tensor<Scalar> stored_values(const TensorFile& file, const std::string& name) {
  if constexpr (std::is_same_v<Scalar, float>) {
    return file.floats(name);
  } else {
    if (file.at(name).type == element_type_of<Scalar>) return file.values<Scalar>(name);
    const Tensor<float> floats = file.floats(name);
    Tensor<Scalar> values(floats.shape());
    std::copy(floats.values().begin(), floats.values().end(), values.values().begin());
    return values;
  }
}

}  // namespace detail

/// Fills a model from stored tensors. Each stored tensor has its parameter and each parameter its tensor; those of an
/// auxiliary head may be lacking on either side. Nothing changes where it throws.
/// @throws DataError that names what is missing, extra or of another shape or type.
template <class Scalar>
void load_weights(Model<Scalar>& model, const TensorFile& file) {
  const std::vector<std::string> faults = detail::weight_mismatches(model.graph(), file);
  if (!faults.empty()) fail<DataError>(detail::mismatch_sentence(file.origin(), faults));
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  std::vector<Tensor<Scalar>> loaded(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const std::string& name = parameters[p].name;
    if (is_stored(parameters[p]) && file.contains(name)) loaded[p] = detail::stored_values<Scalar>(file, name);
  }
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (!loaded[p].empty()) from_file_layout(parameters[p].spec, loaded[p], model.parameters()[p].value());
  }
}

/// Fills a model from a safetensors file.
/// @throws IoError where it cannot be read, DataError as above.
template <class Scalar>
void load_weights(Model<Scalar>& model, const std::filesystem::path& path) {
  load_weights(model, read_safetensors(path));
}

}  // namespace nasnet::inline v0
