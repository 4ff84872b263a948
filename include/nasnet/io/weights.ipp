#pragma once

#include "nasnet/io/weights.hpp"

#include <algorithm>    // copy
#include <array>        // array
#include <cmath>        // isfinite
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <cstdio>       // snprintf
#include <cstring>      // memcpy
#include <string>       // string
#include <type_traits>  // is_same_v
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/io/convert_weights.hpp"
#include "nasnet/io/detail/kernel_layout.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/io/tensor_file.hpp"
#include "nasnet/io/weight_names.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
Tensor<Scalar> to_file_layout(const ParameterSpec& spec, const Tensor<Scalar>& values) {
  Tensor<Scalar> result(spec.file_shape());
  detail::for_each_place(spec, [&](std::int64_t memory, std::int64_t file) { result[file] = values[memory]; });
  return result;
}

template <class Scalar>
TensorFile model_weights(const Model<Scalar>& model) {
  TensorFile file;
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (is_stored(parameters[p])) {
      file.set(parameters[p].name, to_file_layout(parameters[p].spec, model.parameters()[p].value()));
    }
  }
  return file;
}

template <class Scalar>
void save_weights(const Model<Scalar>& model, const FilePath& path, WeightNaming naming) {
  const TensorFile weights = model_weights(model);
  write_safetensors(path, naming == WeightNaming::nasnet
                              ? weights
                              : convert_weights(model.graph(), weights, WeightNaming::nasnet, naming));
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// A stored tensor as scalars: doubles come from F64 without loss, all else through float.
template <class Scalar>
[[nodiscard]] Tensor<Scalar> stored_scalars(const TensorFile& file, const std::string& name) {
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

template <class Scalar>
void fail_value(const TensorFile& file, const std::string& name, std::int64_t place, Scalar value, const char* wanted) {
  auto found = static_cast<double>(value);
  const StoredTensor& stored = file.at(name);
  if (stored.type == ElementType::f64) {
    std::memcpy(&found, stored.bytes.data() + static_cast<std::size_t>(place) * sizeof found, sizeof found);
  }
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.9g", found);
  fail<DataError>("'", file.origin(), "': tensor '", name, "' has the value ", digits.data(), " at place ", place, ", ",
                  wanted, " is wanted");
}

template <class Scalar>
Tensor<Scalar> stored_values(const TensorFile& file, const std::string& name, const GraphParameter& parameter) {
  Tensor<Scalar> values = stored_scalars<Scalar>(file, name);
  const bool is_variance = parameter.name.ends_with("running_var");
  for (std::int64_t i = 0; i < values.elements(); ++i) {
    if (!std::isfinite(values[i])) fail_value(file, name, i, values[i], "a finite number");
    if (is_variance && values[i] < 0) fail_value(file, name, i, values[i], "a variance of 0 or more");
  }
  return values;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void check_weights(const NetworkGraph& graph, const TensorFile& file) {
  const std::vector<std::string> faults = weight_mismatches(graph, file);
  if (!faults.empty()) detail::fail_mismatch(file.origin(), faults);
}

template <class Scalar>
void load_weights(Model<Scalar>& model, const TensorFile& file) {
  check_weights(model.graph(), file);
  const std::vector<GraphParameter>& parameters = model.graph().parameters;
  std::vector<Tensor<Scalar>> loaded(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const std::string& name = parameters[p].name;
    if (is_stored(parameters[p]) && file.contains(name)) {
      loaded[p] = detail::stored_values<Scalar>(file, name, parameters[p]);
    }
  }
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (!loaded[p].empty()) from_file_layout(parameters[p].spec, loaded[p], model.parameters()[p].value());
  }
}

}  // namespace nasnet::inline NASNET_ABI
