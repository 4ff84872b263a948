/// Comparisons of strategies on a table: many searches, each with simulated workers in virtual time.
///
/// Each evaluation draws one of the table's trainings, by the search's seed and the trial's number. The unit is an
/// evaluation with the table's full budget: one with a quarter of it counts for a quarter of an evaluation.
#pragma once

#include <cstdint>     // int64_t, uint64_t
#include <functional>  // function, greater
#include <memory>      // make_shared, shared_ptr
#include <string>      // string
#include <vector>      // vector

#include "nasnet/core/progress.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/search/duplicates.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/any_strategy.hpp"
#include "nasnet/study/benchmark_table.hpp"

namespace nasnet::inline NASNET_ABI {

/// A strategy by name, made anew for each search.
struct StudyStrategy {
  std::string name;
  std::function<AnyStrategy(const AnySpace& space, std::uint64_t seed)> make;
};

/// How strategies are compared.
struct StudyOptions {
  std::vector<std::int64_t> evaluations{50, 100, 200, 400};  ///< numbers at which they are compared, ascending
  std::int64_t seeds = 100;                                  ///< searches of each strategy
  std::uint64_t first_seed = 1;                              ///< search k has the seed first_seed + k
  int workers = 1;                                           ///< evaluations at a time, in virtual time

  /// `evaluate`: an architecture that was tried before counts as an evaluation like any other. `skip`: it is free, and
  /// the strategy is told the stored result.
  Duplicates duplicates = Duplicates::evaluate;
  std::int64_t max_skipped = 10'000;  ///< free duplicates in a row before nothing new is expected

  std::shared_ptr<ThreadPool> pool{};  ///< absent: one of a thread per core
  ProgressCallback progress{};         ///< after each search, one call at a time

  /// @throws ArgumentError for a value out of range.
  NASNET_LAZY void check() const;
};

/// What a search had found after so many evaluations. Accuracies are from 0 to 1.
struct StudyPoint {
  double validation = 0;  ///< the best validation accuracy that an evaluation gave
  double test = 0;        ///< test accuracy, after training with the full budget, of the first architecture with that
  double top_5 = 0;       ///< mean of the best validation accuracies of the best 5 canonical forms, or of all if fewer
  double top_25 = 0;      ///< of the best 25
  double seconds = 0;     ///< virtual time

  bool operator==(const StudyPoint&) const = default;
};

/// A search: the point after each evaluation. One that ended early stays where it was.
using StudyRun = std::vector<StudyPoint>;

/// All searches of a strategy, by seed.
struct StudyResult {
  std::string strategy;
  std::vector<StudyRun> runs;
};

/// A comparison of strategies.
struct Study {
  std::string table;
  TableEntry best{};             ///< of the table
  std::int64_t full_budget = 1;  ///< of the table; 1 where it has no budgets
  StudyOptions options{};
  std::vector<StudyResult> results{};
};

/// Mean, deviation and the 95 % interval of the mean (Student's t) of a sample.
struct SampleSummary {
  double mean = 0;
  double deviation = 0;  ///< with n - 1; 0 for a single value
  double low = 0;
  double high = 0;
};

namespace detail {

/// The 97.5 % quantile of Student's t: the expansion around the normal one (Abramowitz and Stegun, 26.7.5). Within 1 %
/// from 4 degrees of freedom on.
NASNET_LAZY [[nodiscard]] double t_quantile(double degrees);

}  // namespace detail

/// @throws ArgumentError for no values.
NASNET_LAZY [[nodiscard]] SampleSummary summary_of(const std::vector<double>& values);

/// The probability that a value of the first sample is above one of the second; equal ones count half.
/// @throws ArgumentError for an empty sample.
NASNET_LAZY [[nodiscard]] double probability_above(const std::vector<double>& first, std::vector<double> second);

/// One figure of all searches of a strategy after `evaluation` evaluations, counted from 1.
NASNET_LAZY [[nodiscard]] std::vector<double> figures_at(const StudyResult& result, std::int64_t evaluation,
                                                         double StudyPoint::*figure);

/// One search of a study. Evaluations end in the order of virtual time, and at equal times in that of their numbers.
/// @param seed of the draws among the table's trainings
/// @throws DataError where the table lacks an architecture or budget that the strategy proposes.
NASNET_LAZY [[nodiscard]] StudyRun simulate_search(const BenchmarkTable& table, AnyStrategy strategy,
                                                   const StudyOptions& options, std::uint64_t seed = 0);

/// The study itself: `options.seeds` searches of each strategy, and of random search, which comes first where it is not
/// among them ("random"). The result does not depend on the number of threads.
/// @throws ArgumentError for options out of range; DataError as simulate_search.
NASNET_LAZY [[nodiscard]] Study run_study(const BenchmarkTable& table, std::vector<StudyStrategy> strategies,
                                          StudyOptions options = {});

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/study/study.ipp"
#endif
