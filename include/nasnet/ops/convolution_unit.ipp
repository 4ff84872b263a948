#pragma once

#include "nasnet/ops/convolution_unit.hpp"

#include <utility>  // move

#include "nasnet/ops/batch_norm.hpp"
#include "nasnet/ops/pointwise.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const ConvolutionUnit& unit, OpCall<Scalar>& call, InstructionSet set) {
  detail::UnitPass<Scalar> pass = detail::begin_unit(unit, call, set);
  Tensor<Scalar>& y = call.allocate_output(pass.product.shape());
  detail::end_unit(unit, call, detail::UnitPassView(pass), y);
  if (call.keep) std::move(pass).save(call);
}

template <class Scalar>
void backward(const ConvolutionUnit& unit, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set) {
  const detail::UnitPassView<Scalar> pass(call.saved[0], call.saved[1], call.saved[2]);
  detail::pass_back(unit, call, pass, gradients, set);
}

}  // namespace nasnet::inline NASNET_ABI
