#pragma once

#include "nasnet/ops/detail/rows.hpp"

#include <cstdint>  // int64_t
#include <span>     // span
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/remainder.hpp"
#include "nasnet/ops/detail/simd.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// to = from, or to += from, for one vector.
template <bool accumulate>
struct RowPart {
  template <class L, int, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& job, std::int64_t i) {
    typename L::Vector value;
    load<L>(value, job.from + i);
    if constexpr (accumulate) {
      typename L::Vector before;
      load<L>(before, job.to + i);
      value += before;
    }
    store<L>(job.to + i, value);
  }
};

/// to = from, or to += from, for one row.
template <class L, bool accumulate, class Job>
NASNET_ALWAYS_INLINE void run_row(const Job& job) {
  std::int64_t i = 0;
  for (; i + L::width <= job.count; i += L::width) RowPart<accumulate>::template run<L, 1>(job, i);
  run_remainder<RowPart<accumulate>, L>(job, i, job.count);
}

/// to = from, or to += from, for some rows.
template <bool accumulate>
struct RowsKernel {
  template <class Target, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& given) {
    Job job = given;
    for (std::int64_t row = 0; row < job.rows; ++row) {
      run_row<typename Target::Full, accumulate>(job);
      job.from += job.from_pitch;
      job.to += job.to_pitch;
    }
  }
};

/// Several jobs of as many rows, row by row.
template <class Scalar>
struct SideBySideJob {
  RowsJob<Scalar>* jobs = nullptr;  ///< run through once: their pointers end at the end
  std::int64_t job_count = 0;
  std::int64_t rows = 0;
};

/// For each row, one row of each job: the wide side of a concatenation is read or written from front to back.
struct SideBySideKernel {
  template <class Target, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& given) {
    const Job side = given;
    for (std::int64_t row = 0; row < side.rows; ++row) {
      for (std::int64_t k = 0; k < side.job_count; ++k) {
        auto& job = side.jobs[k];
        if (job.accumulate) {
          run_row<typename Target::Full, true>(job);
        } else {
          run_row<typename Target::Full, false>(job);
        }
        job.from += job.from_pitch;
        job.to += job.to_pitch;
      }
    }
  }
};

template <class Scalar>
void run_rows(const RowsJob<Scalar>& job) {
  if (job.accumulate) {
    run_kernel<RowsKernel<true>, Scalar>(instruction_set(), job);
  } else {
    run_kernel<RowsKernel<false>, Scalar>(instruction_set(), job);
  }
}

/// The job of rows begin to end - 1.
template <class Scalar>
[[nodiscard]] RowsJob<Scalar> part_of(RowsJob<Scalar> job, std::int64_t begin, std::int64_t end) {
  job.from += begin * job.from_pitch;
  job.to += begin * job.to_pitch;
  job.rows = end - begin;
  return job;
}

template <class Scalar>
void move_rows(Context& context, const RowsJob<Scalar>& job) {
  context.parallel_for(job.rows, row_grain(job.count),
                       [&](std::int64_t begin, std::int64_t end) { run_rows(part_of(job, begin, end)); });
}

template <class Scalar>
void move_side_by_side(Context& context, std::span<const RowsJob<Scalar>> jobs, std::int64_t rows, std::int64_t width) {
  context.parallel_for(rows, row_grain(width), [&](std::int64_t begin, std::int64_t end) {
    std::vector<RowsJob<Scalar>> parts;
    parts.reserve(jobs.size());
    for (const RowsJob<Scalar>& job : jobs) parts.push_back(part_of(job, begin, end));
    const SideBySideJob<Scalar> side{parts.data(), static_cast<std::int64_t>(parts.size()), end - begin};
    run_kernel<SideBySideKernel, Scalar>(instruction_set(), side);
  });
}

}  // namespace nasnet::inline NASNET_ABI::detail
