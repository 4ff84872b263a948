/// Gives up on architectures that are below the median after few epochs.
#pragma once

#include <algorithm>          // nth_element
#include <cstddef>            // ptrdiff_t, size_t
#include <cstdint>            // int64_t
#include <deque>              // deque
#include <nlohmann/json.hpp>  // json
#include <optional>           // optional
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/detail/saved_trial.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct MedianStopOptions {
  std::vector<std::int64_t> budgets{1, 5, 20};  ///< ascending; for ChildTrainer epochs
  std::int64_t least_results = 5;               ///< of a budget, before anything is given up at it
};

/// Around a strategy: each proposal is evaluated with the first budget, then with the next one where its accuracy is
/// not below the median of all results of this budget. The strategy is told the last result, whatever its budget.
/// (The rule of Golovin et al., "Google Vizier", KDD 2017, at chosen budgets.)
///
/// An evaluation with a larger budget begins anew, which costs the sum of the budgets and lets a search be repeated to
/// the last bit. The strategy's own budgets are not heeded.
template <class StrategyType>
class MedianStop {
 public:
  /// @throws ArgumentError for options out of range.
  explicit MedianStop(StrategyType strategy, MedianStopOptions options = {})
      : strategy_(std::move(strategy)), options_(std::move(options)), results_(options_.budgets.size()) {
    std::int64_t before = 0;
    for (const std::int64_t budget : options_.budgets) {
      if (budget <= before) fail<ArgumentError>("median stop: a budget of ", budget, " after one of ", before);
      before = budget;
    }
    if (options_.budgets.empty()) fail<ArgumentError>("median stop: no budgets");
    if (options_.least_results < 1) {
      fail<ArgumentError>("median stop: ", options_.least_results, " results before a stop, 1 or more are wanted");
    }
  }

  [[nodiscard]] const StrategyType& strategy() const { return strategy_; }

  /// Proposals that go on come first. Where the strategy has nothing left, those under way may still go on.
  [[nodiscard]] Answer ask() {
    if (!going_on_.empty()) {
      const Trial trial = std::move(going_on_.front());
      going_on_.pop_front();
      return counted({trial.architecture, trial.budget, trial.repeat});
    }
    const Answer answer = strategy_.ask();
    if (answer.is_exhausted() && under_way_ > 0) return Answer::waiting();
    if (!answer.has_proposal()) return answer;
    Proposal proposal = answer.proposal();
    proposal.budget = options_.budgets.front();
    return counted(std::move(proposal));
  }

  /// @throws ArgumentError for a trial with another budget.
  void tell(const Trial& trial) {
    const std::size_t step = step_of(trial);
    if (may_go_on(trial.budget)) --under_way_;
    if (trial.state == TrialState::done) results_[step].push_back(trial.evaluation.validation_accuracy);
    if (!goes_on(trial, step)) return strategy_.tell(trial);
    Trial next;
    next.architecture = trial.architecture;
    next.budget = options_.budgets[step + 1];
    next.repeat = trial.repeat;
    going_on_.push_back(std::move(next));
  }

  void inform(const Trial& trial) requires InformableStrategy<StrategyType> { strategy_.inform(trial); }
  [[nodiscard]] bool is_informable() const { return nasnet::is_informable(strategy_); }

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object({{"name", "median_stop"},
                                   {"budgets", options_.budgets},
                                   {"least_results", options_.least_results},
                                   {"strategy", strategy_.settings()}});
  }

  [[nodiscard]] nlohmann::json save() const {
    nlohmann::json going_on = nlohmann::json::array();
    for (const Trial& trial : going_on_) going_on.push_back(detail::save_trial(trial));
    return nlohmann::json::object({{"strategy", strategy_.save()},
                                   {"going_on", std::move(going_on)},
                                   {"under_way", under_way_},
                                   {"results", results_}});
  }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const detail::SavedState saved("median stop", state);
    std::deque<Trial> going_on;
    for (const nlohmann::json& item : saved.list("going_on")) going_on.push_back(detail::load_trial(saved.part(item)));
    std::vector<std::vector<double>> results;
    for (const nlohmann::json& step : saved.list("results")) {
      if (!step.is_array()) saved.fail_at("results");
      std::vector<double>& values = results.emplace_back();
      for (const nlohmann::json& value : step) {
        if (!value.is_number()) saved.fail_at("results");
        values.push_back(value.get<double>());
      }
    }
    if (results.size() != options_.budgets.size()) saved.fail_at("results");
    const std::int64_t under_way = saved.count("under_way");
    strategy_.load(saved.field("strategy"));
    under_way_ = under_way;
    going_on_ = std::move(going_on);
    results_ = std::move(results);
  }

 private:
  [[nodiscard]] bool may_go_on(std::optional<std::int64_t> budget) const { return budget != options_.budgets.back(); }

  [[nodiscard]] Proposal counted(Proposal proposal) {
    if (may_go_on(proposal.budget)) ++under_way_;
    return proposal;
  }

  [[nodiscard]] std::size_t step_of(const Trial& trial) const {
    for (std::size_t step = 0; step < options_.budgets.size(); ++step) {
      if (options_.budgets[step] == trial.budget) return step;
    }
    fail<ArgumentError>("median stop: told of a trial with a budget of ", trial.budget.value_or(0),
                        ", which is none of its own");
  }

  [[nodiscard]] bool goes_on(const Trial& trial, std::size_t step) const {
    if (trial.state != TrialState::done || step + 1 == options_.budgets.size()) return false;
    const std::vector<double>& results = results_[step];
    if (static_cast<std::int64_t>(results.size()) < options_.least_results) return true;
    return trial.evaluation.validation_accuracy >= median(results);
  }

  /// The lower one of an even number.
  [[nodiscard]] static double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  StrategyType strategy_;
  MedianStopOptions options_;
  std::deque<Trial> going_on_;                // to be proposed with their next budget
  std::int64_t under_way_ = 0;                // proposals that may go on, and whose results were not told yet
  std::vector<std::vector<double>> results_;  // accuracies of each budget, in the order told
};

}  // namespace nasnet::inline NASNET_ABI
