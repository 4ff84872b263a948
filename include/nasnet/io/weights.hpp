/// A model's parameters to and from files, under their names and in the layouts that other libraries read.
#pragma once

#include <cstdint>  // int64_t
#include <string>   // string

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

/// A parameter's values in the file's layout (see ParameterLayout).
template <class Scalar>
[[nodiscard]] Tensor<Scalar> to_file_layout(const ParameterSpec& spec, const Tensor<Scalar>& values);

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

/// All parameters and statistics of a model.
template <class Scalar>
[[nodiscard]] TensorFile model_weights(const Model<Scalar>& model);

/// Writes a model's parameters as safetensors, all or nothing.
/// @param naming whose names and layouts; other libraries have none for the auxiliary head
/// @throws IoError where the file cannot be written, ArgumentError where the naming has no name for a parameter.
template <class Scalar>
void save_weights(const Model<Scalar>& model, const FilePath& path, WeightNaming naming = WeightNaming::nasnet);

namespace detail {

/// Throws a sentence about a value, in the digits that the file gives it.
template <class Scalar>
[[noreturn]] NASNET_COLD void fail_value(const TensorFile& file, const std::string& name, std::int64_t place,
                                         Scalar value, const char* wanted);

/// A stored tensor as the values of a parameter.
/// @throws DataError for another type, and for values that would make every logit no number: those that are not finite
/// as the model's scalars, and negative variances.
template <class Scalar>
[[nodiscard]] Tensor<Scalar> stored_values(const TensorFile& file, const std::string& name,
                                           const GraphParameter& parameter);

}  // namespace detail

/// Whether stored tensors are those of a network, as load_weights wants them.
/// @throws DataError that names what is missing, extra or of another shape or type.
NASNET_LAZY void check_weights(const NetworkGraph& graph, const TensorFile& file);

/// Fills a model from stored tensors. Each stored tensor has its parameter and each parameter its tensor; those of an
/// auxiliary head may be lacking on either side. Nothing changes where it throws.
/// @throws DataError that names what is missing, extra or of another shape or type, and values that are not finite or
/// negative variances.
template <class Scalar>
void load_weights(Model<Scalar>& model, const TensorFile& file);

/// Fills a model from the tensors of another library; see convert_weights.
/// @throws DataError as above, ArgumentError where the naming has no name for a parameter.
template <class Scalar>
void load_weights(Model<Scalar>& model, const TensorFile& file, WeightNaming naming) {
  load_weights(model, convert_weights(model.graph(), file, naming, WeightNaming::nasnet));
}

/// Fills a model from a safetensors file.
/// @throws IoError where it cannot be read, others as above.
template <class Scalar>
void load_weights(Model<Scalar>& model, const FilePath& path, WeightNaming naming = WeightNaming::nasnet) {
  load_weights(model, read_safetensors(path), naming);
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/io/weights.ipp"
#endif
