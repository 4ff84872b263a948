#include "nasnet/train/checkpoint.ipp"
#include "nasnet/train/evaluation.ipp"
#include "nasnet/train/learning_rate.ipp"
#include "nasnet/train/optimizer.ipp"
#include "nasnet/train/parameter_average.ipp"
#include "nasnet/train/recipes.ipp"
#include "nasnet/train/train_step.ipp"
#include "nasnet/train/trainer.ipp"
#include "nasnet/train/training_bytes.ipp"
#include "nasnet/train/training_record.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                                  \
  template class Optimizer<Scalar>;                                                                                 \
  template class ParameterAverage<Scalar>;                                                                          \
  template StepResult compute_gradients(Context& context, Model<Scalar>& model, Tensor<Scalar> images,              \
                                        std::span<const std::int32_t> labels, const RunOptions& run,                \
                                        const LossOptions& options);                                                \
  template StepResult train_step(Context& context, Model<Scalar>& model, Optimizer<Scalar>& optimizer,              \
                                 Tensor<Scalar> images, std::span<const std::int32_t> labels, double learning_rate, \
                                 const RunOptions& run, const LossOptions& options, double clip_norm);              \
  template std::vector<TrainableParameter<Scalar>> trainable_parameters(Model<Scalar>& model);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                                       \
  template void update(const Adam& rule, const OptimizerStep<Scalar>& step);    \
  template void update(const RmsProp& rule, const OptimizerStep<Scalar>& step); \
  template void update(const Sgd& rule, const OptimizerStep<Scalar>& step);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
