#pragma once

#include "nasnet/ops/gather.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t

#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/rows.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
void forward(const PickColumn& pick, OpCall<Scalar>& call) {
  const Tensor<Scalar>& x = call.input();
  const std::int64_t rows = detail::row_count(x.shape());
  const std::int64_t columns = detail::last_extent(x.shape());
  detail::check_indices(PickColumn::name, "index", pick.indices, rows, columns);
  Tensor<Scalar>& y = call.allocate_output({rows});
  for (std::int64_t row = 0; row < rows; ++row) {
    y[row] = x[row * columns + pick.indices[static_cast<std::size_t>(row)]];
  }
}

template <class Scalar>
void backward(const PickColumn& pick, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  detail::zero_gradient(call.context, slot);
  const std::int64_t columns = detail::last_extent(slot.tensor->shape());
  for (std::int64_t row = 0; row < gradients.output.elements(); ++row) {
    (*slot.tensor)[row * columns + pick.indices[static_cast<std::size_t>(row)]] += gradients.output[row];
  }
}

template <class Scalar>
void forward(const EmbeddingRow& embedding, OpCall<Scalar>& call) {
  const Tensor<Scalar>& table = call.input();
  if (table.shape().rank() != 2) {
    fail<ShapeError>(EmbeddingRow::name, ": table is ", table.shape().to_string(), ", wanted [V,D]");
  }
  const auto rows = static_cast<std::int64_t>(embedding.indices.size());
  const std::int64_t width = table.extent(1);
  detail::check_indices(EmbeddingRow::name, "index", embedding.indices, rows, table.extent(0));
  Tensor<Scalar>& y = call.allocate_output({rows, width});
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t from = embedding.indices[static_cast<std::size_t>(row)];
    detail::move_row<Scalar>(table.data() + from * width, width, y.data() + row * width, false);
  }
}

template <class Scalar>
void backward(const EmbeddingRow& embedding, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients) {
  const GradientSlot<Scalar>& slot = gradients.inputs[0];
  if (!slot) return;
  detail::zero_gradient(call.context, slot);
  const std::int64_t width = gradients.output.extent(1);
  for (std::int64_t row = 0; row < gradients.output.extent(0); ++row) {
    const std::int64_t to = embedding.indices[static_cast<std::size_t>(row)];
    detail::move_row<Scalar>(gradients.output.data() + row * width, width, slot.tensor->data() + to * width, true);
  }
}

}  // namespace nasnet::inline NASNET_ABI
