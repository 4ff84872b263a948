/// Tensors as Eigen's matrices, for operations of your own. Needs Eigen (the CMake target nasnet::eigen), so that
/// nasnet.hpp leaves it out.
#pragma once

#include <Eigen/Core>  // Aligned64, Dynamic, Map, Matrix, RowMajor

#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/detail/checks.hpp"

namespace nasnet::inline NASNET_ABI {

/// A row-major matrix of Eigen's.
template <class Scalar>
using EigenMatrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The elements of a tensor as a matrix: a row for each position along the leading axes, a column for each channel
/// (the last axis). Reads and writes go to the tensor, which must outlive the view.
template <class Scalar>
[[nodiscard]] Eigen::Map<EigenMatrix<Scalar>, Eigen::Aligned64> as_eigen(Tensor<Scalar>& tensor) {
  return {tensor.data(), detail::row_count(tensor.shape()), detail::last_extent(tensor.shape())};
}
template <class Scalar>
[[nodiscard]] Eigen::Map<const EigenMatrix<Scalar>, Eigen::Aligned64> as_eigen(const Tensor<Scalar>& tensor) {
  return {tensor.data(), detail::row_count(tensor.shape()), detail::last_extent(tensor.shape())};
}
template <class Scalar>
void as_eigen(const Tensor<Scalar>&&) = delete;  // the elements would be gone before they are read

}  // namespace nasnet::inline NASNET_ABI
