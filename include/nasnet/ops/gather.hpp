/// Elements and rows chosen by index.
#pragma once

#include <cstdint>      // int32_t, int64_t
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/config.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI {

/// One element of each row, as the log-probability of what was chosen: x [R,C] to [R], y[r] = x[r, indices[r]].
struct PickColumn {
  static constexpr std::string_view name = "pick_column";
  static constexpr bool backward_reads_inputs = false;
  std::vector<std::int32_t> indices;  ///< one per row
};

/// Rows of a table, as embeddings of tokens: table [V,D] to [R,D], y[r] = table[indices[r]].
struct EmbeddingRow {
  static constexpr std::string_view name = "embedding_row";
  static constexpr bool backward_reads_inputs = false;
  std::vector<std::int32_t> indices;  ///< one per row of the output
};

/// @throws DataError for another number of indices than rows, or one outside the columns.
template <class Scalar>
void forward(const PickColumn& pick, OpCall<Scalar>& call);

/// dx[r, indices[r]] = dy[r], 0 elsewhere.
template <class Scalar>
void backward(const PickColumn& pick, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

/// @throws ShapeError unless the table is [V,D], DataError for an index outside it.
template <class Scalar>
void forward(const EmbeddingRow& embedding, OpCall<Scalar>& call);

/// dtable[v] = sum of dy[r] over the r with indices[r] = v, in order of r.
template <class Scalar>
void backward(const EmbeddingRow& embedding, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/gather.ipp"
#endif
