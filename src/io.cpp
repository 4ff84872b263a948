#include "nasnet/io/convert_weights.ipp"
#include "nasnet/io/onnx.ipp"
#include "nasnet/io/onnx_primitives.ipp"
#include "nasnet/io/partial_weights.ipp"
#include "nasnet/io/safetensors.ipp"
#include "nasnet/io/tensor_file.ipp"
#include "nasnet/io/weight_names.ipp"
#include "nasnet/io/weights.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE_ELEMENT(Scalar)                                      \
  template Tensor<Scalar> TensorFile::values<Scalar>(const std::string&) const; \
  template void TensorFile::set<Scalar>(const std::string&, Shape, std::span<const Scalar>);

NASNET_INSTANTIATE_ELEMENT(float)
NASNET_INSTANTIATE_ELEMENT(double)
NASNET_INSTANTIATE_ELEMENT(std::uint8_t)
NASNET_INSTANTIATE_ELEMENT(std::int32_t)
NASNET_INSTANTIATE_ELEMENT(std::int64_t)

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                 \
  template void write_onnx(const Model<Scalar>& model, const FilePath& path, Size image);          \
  template PartialLoad load_partial_weights(Model<Scalar>& model, const TensorFile& file,          \
                                            const NameInFile& name_in_file);                       \
  template Tensor<Scalar> to_file_layout(const ParameterSpec& spec, const Tensor<Scalar>& values); \
  template TensorFile model_weights(const Model<Scalar>& model);                                   \
  template void load_weights(Model<Scalar>& model, const TensorFile& file);                        \
  template void save_weights(const Model<Scalar>& model, const FilePath& path, WeightNaming naming);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                                                                     \
  template Tensor<Scalar> stored_values(const TensorFile& file, const std::string& name,                      \
                                        const GraphParameter& parameter);                                     \
  template void fail_value(const TensorFile& file, const std::string& name, std::int64_t place, Scalar value, \
                           const char* wanted);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
