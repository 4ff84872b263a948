/// Local search: from neighbour to better neighbour, with a new start at each local optimum.
#pragma once

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <utility>            // exchange, move, swap
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

struct LocalSearchOptions {
  /// Evaluate all neighbours and step to the best of them, the first told of equals. Else step to the first that is
  /// better and leave the others, which finds good cells of NAS-Bench-201 in fewer evaluations. Figures published for
  /// either form are compared in docs/design.md.
  bool whole_neighbourhood = false;
};

/// Hill climbing over architectures, as in White, Nolen and Savani, "Exploring the loss landscape in neural
/// architecture search", UAI 2021, section 3.
///
/// It begins at a random architecture, proposes its neighbours in random order and steps to a better one. Where all
/// were evaluated and none is better, it begins anew. Trials without a result (failed, rejected, duplicates) count as
/// worse; with ReplayDuplicates, duplicates have their result.
///
/// It waits while a start is evaluated, and for the last neighbours before it begins anew or, with
/// whole_neighbourhood, steps: with W workers up to W - 1 of them are idle then. A better result that is told after a
/// step is a step as well.
class LocalSearch {
 public:
  LocalSearch(AnySpace space, std::uint64_t seed, LocalSearchOptions options = {})
      : space_(std::move(space)), seed_(seed), options_(options) {}

  [[nodiscard]] Answer ask() {
    if (next_ < neighbours_.size()) {
      ++pending_;
      return neighbours_[next_++];
    }
    if (pending_ > 0) return Answer::waiting();
    if (known_) {
      best_ = std::exchange(known_, std::nullopt);
      step();
      if (!neighbours_.empty()) return ask();
    }
    RandomStream random = RandomStream(seed_).split("local search: start", static_cast<std::uint64_t>(starts_));
    Architecture start = space_.sample(random);
    ++starts_;
    ++pending_;
    return start;
  }

  /// @throws ArgumentError where no proposal is under way.
  void tell(const Trial& trial) {
    if (pending_ == 0) fail<ArgumentError>("local search: told of a trial, but all proposals were told before");
    --pending_;
    if (improves(trial)) best_ = detail::Scored{trial.architecture, trial.evaluation.validation_accuracy};
    const bool is_over = pending_ == 0 && next_ == neighbours_.size();
    if (is_over || (best_ && !options_.whole_neighbourhood)) step();
  }

  /// The best of them is the next start.
  void inform(const Trial& trial) {
    if (trial.state != TrialState::done) return;
    const double accuracy = trial.evaluation.validation_accuracy;
    if (!known_ || accuracy > known_->accuracy) known_ = detail::Scored{trial.architecture, accuracy};
  }

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object(
        {{"name", "local_search"}, {"seed", seed_}, {"whole_neighbourhood", options_.whole_neighbourhood}});
  }

  [[nodiscard]] nlohmann::json save() const {
    nlohmann::json state = nlohmann::json::object(
        {{"starts", starts_}, {"steps", steps_}, {"pending", pending_}, {"next", static_cast<std::int64_t>(next_)}});
    if (centre_) state["centre"] = centre_->save();
    if (best_) state["best"] = best_->save();
    if (known_) state["known"] = known_->save();
    return state;
  }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const detail::SavedState saved("local search", state);
    LocalSearch loaded(space_, seed_, options_);
    loaded.starts_ = saved.count("starts");
    loaded.steps_ = saved.count("steps");
    loaded.pending_ = saved.count("pending");
    if (saved.has("best")) loaded.best_ = detail::Scored::load(saved.part(saved.field("best")));
    if (saved.has("known")) loaded.known_ = detail::Scored::load(saved.part(saved.field("known")));
    if (saved.has("centre")) {
      loaded.centre_ = detail::Scored::load(saved.part(saved.field("centre")));
      if (!space_.contains(loaded.centre_->architecture)) {
        fail<DataError>("local search: \"centre\" of the saved state is not of this space");
      }
      loaded.neighbours_ = loaded.shuffled_neighbours();
    }
    loaded.next_ = static_cast<std::size_t>(saved.count("next", static_cast<std::int64_t>(loaded.neighbours_.size())));
    *this = std::move(loaded);
  }

 private:
  [[nodiscard]] bool improves(const Trial& trial) const {
    const double accuracy = trial.evaluation.validation_accuracy;
    return trial.state == TrialState::done && (!centre_ || accuracy > centre_->accuracy) &&
           (!best_ || accuracy > best_->accuracy);
  }

  /// To the best, or to a new start where there is none.
  void step() {
    centre_ = std::exchange(best_, std::nullopt);
    neighbours_.clear();
    next_ = 0;
    if (!centre_) return;
    ++steps_;
    neighbours_ = shuffled_neighbours();
    if (neighbours_.empty()) centre_.reset();
  }

  /// Those of the centre, in the order of this step.
  [[nodiscard]] std::vector<Architecture> shuffled_neighbours() const {
    std::vector<Architecture> found = space_.neighbours(centre_->architecture);
    RandomStream random = RandomStream(seed_).split("local search: order", static_cast<std::uint64_t>(steps_));
    for (std::size_t rest = found.size(); rest > 1; --rest) {
      std::swap(found[rest - 1], found[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(rest)))]);
    }
    return found;
  }

  AnySpace space_;
  std::uint64_t seed_;
  LocalSearchOptions options_;
  std::int64_t starts_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t pending_ = 0;                // proposals that were not told yet
  std::optional<detail::Scored> centre_;    // absent before a start has its result
  std::optional<detail::Scored> best_;      // better than the centre, of those told
  std::optional<detail::Scored> known_{};   // the best it was informed of, not climbed from yet
  std::vector<Architecture> neighbours_{};  // of the centre
  std::size_t next_ = 0;                    // of the neighbours
};

}  // namespace nasnet::inline NASNET_ABI
