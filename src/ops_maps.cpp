#include "nasnet/ops/add.ipp"
#include "nasnet/ops/add_bias.ipp"
#include "nasnet/ops/batch_norm.ipp"
#include "nasnet/ops/concat.ipp"
#include "nasnet/ops/detail/map.ipp"
#include "nasnet/ops/drop_path.ipp"
#include "nasnet/ops/dropout.ipp"
#include "nasnet/ops/elementwise.ipp"
#include "nasnet/ops/gather.ipp"
#include "nasnet/ops/instance_norm.ipp"
#include "nasnet/ops/layer_norm.ipp"
#include "nasnet/ops/log_softmax.ipp"
#include "nasnet/ops/reductions.ipp"
#include "nasnet/ops/relu.ipp"
#include "nasnet/ops/run_primitive.ipp"
#include "nasnet/ops/slice.ipp"
#include "nasnet/ops/softmax_cross_entropy.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                                  \
  template void backward(const Add&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);             \
  template void forward(const Add&, OpCall<Scalar>& call);                                                          \
  template void backward(const AddBias&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);         \
  template void forward(const AddBias&, OpCall<Scalar>& call);                                                      \
  template void backward(const BatchNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);       \
  template void forward(const BatchNorm& norm, OpCall<Scalar>& call);                                               \
  template void backward(const Concat&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);          \
  template void forward(const Concat&, OpCall<Scalar>& call);                                                       \
  template void backward(const DropPath&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);        \
  template void forward(const DropPath& drop_path, OpCall<Scalar>& call);                                           \
  template void backward(const Dropout& dropout, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients); \
  template void forward(const Dropout& dropout, OpCall<Scalar>& call);                                              \
  template void backward(const Clamp& clamp, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);     \
  template void backward(const Exp&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);             \
  template void backward(const Log&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);             \
  template void backward(const Minimum&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);         \
  template void backward(const Multiply&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);        \
  template void backward(const Scale& scale, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);     \
  template void backward(const Sigmoid&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);         \
  template void backward(const Subtract&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);        \
  template void backward(const Tanh&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);            \
  template void forward(const Clamp& clamp, OpCall<Scalar>& call);                                                  \
  template void forward(const Multiply&, OpCall<Scalar>& call);                                                     \
  template void forward(const Subtract&, OpCall<Scalar>& call);                                                     \
  template void forward(const Minimum&, OpCall<Scalar>& call);                                                      \
  template void forward(const Exp&, OpCall<Scalar>& call);                                                          \
  template void forward(const Log&, OpCall<Scalar>& call);                                                          \
  template void forward(const Scale& scale, OpCall<Scalar>& call);                                                  \
  template void forward(const Sigmoid&, OpCall<Scalar>& call);                                                      \
  template void forward(const Tanh&, OpCall<Scalar>& call);                                                         \
  template void backward(const EmbeddingRow& embedding, const OpCall<Scalar>& call,                                 \
                         const OpGradients<Scalar>& gradients);                                                     \
  template void backward(const PickColumn& pick, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients); \
  template void forward(const EmbeddingRow& embedding, OpCall<Scalar>& call);                                       \
  template void forward(const PickColumn& pick, OpCall<Scalar>& call);                                              \
  template void backward(const InstanceNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);    \
  template void forward(const InstanceNorm& norm, OpCall<Scalar>& call);                                            \
  template void backward(const LayerNorm&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);       \
  template void forward(const LayerNorm& norm, OpCall<Scalar>& call);                                               \
  template Tensor<Scalar> softmax(Context& context, const Tensor<Scalar>& logits);                                  \
  template void backward(const LogSoftmax&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);      \
  template void forward(const LogSoftmax&, OpCall<Scalar>& call);                                                   \
  template void backward(const Mean&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);            \
  template void forward(const Mean&, OpCall<Scalar>& call);                                                         \
  template void forward(const Sum&, OpCall<Scalar>& call);                                                          \
  template void backward(const Sum&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);             \
  template void backward(const Relu&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);            \
  template void forward(const Relu&, OpCall<Scalar>& call);                                                         \
  template void backward(const Primitive& primitive, const OpCall<Scalar>& call,                                    \
                         const OpGradients<Scalar>& gradients);                                                     \
  template void forward(const Primitive& primitive, OpCall<Scalar>& call);                                          \
  template void backward(const Slice& slice, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);     \
  template void forward(const Slice& slice, OpCall<Scalar>& call);                                                  \
  template std::int64_t count_correct(const Tensor<Scalar>& logits, std::span<const std::int32_t> labels);          \
  template void forward(const SoftmaxCrossEntropy& loss, OpCall<Scalar>& call);                                     \
  template void backward(const SoftmaxCrossEntropy&, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                                                                         \
  template void zero_values(Context& context, Tensor<Scalar>& out);                                               \
  template void copy_values(Context& context, Tensor<Scalar>& out, const Tensor<Scalar>& in);                     \
  template void copy_gradient(Context& context, GradientSlot<Scalar> slot, const Tensor<Scalar>& gradient);       \
  template void zero_gradient(Context& context, GradientSlot<Scalar> slot);                                       \
  template void multiply_gradient(Context& context, GradientSlot<Scalar> slot, const Scalar* a, const Scalar* b); \
  template void rectify(const Scalar* from, std::int64_t count, Scalar* to);                                      \
  template void rectify_gradient(const Scalar* x, const Scalar* g, std::int64_t count, Scalar* to, bool accumulate);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
