#include "nasnet/ops/detail/column_kernels.ipp"
#include "nasnet/ops/detail/rows.ipp"

namespace nasnet::inline NASNET_ABI::detail {

#define NASNET_INSTANTIATE_DETAIL(Scalar)                                                                     \
  template void sum_columns(const ColumnSumJob<Scalar>& job);                                                 \
  template void sum_column_squares(const ColumnSumJob<Scalar>& job);                                          \
  template void sum_column_gradients(const ColumnSumJob<Scalar>& job);                                        \
  template void normalise_columns(const ColumnLineJob<Scalar>& job);                                          \
  template void normalise_columns_gradient(const ColumnLineJob<Scalar>& job, bool accumulate);                \
  template void run_rows(const RowsJob<Scalar>& job);                                                         \
  template void move_rows(Context& context, const RowsJob<Scalar>& job);                                      \
  template void move_side_by_side(Context& context, std::span<const RowsJob<Scalar>> jobs, std::int64_t rows, \
                                  std::int64_t width);

NASNET_INSTANTIATE_DETAIL(float)
NASNET_INSTANTIATE_DETAIL(double)

}  // namespace nasnet::inline NASNET_ABI::detail
