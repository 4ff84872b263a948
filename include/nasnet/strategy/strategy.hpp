/// What a search strategy is: something that is asked for architectures and told what came of them.
#pragma once

#include <concepts>  // convertible_to
#include <cstdint>   // int64_t
#include <optional>  // optional
#include <utility>   // move

#include "nasnet/core/json_value.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/trial/settings.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// An architecture that a strategy wants to be evaluated.
struct Proposal {
  Architecture architecture;

  /// How much its evaluation may spend, 1 or more; for ChildTrainer epochs. Absent: what the evaluator is set to.
  std::optional<std::int64_t> budget{};

  /// Counts evaluations of one architecture from 0: those with other numbers are no duplicates.
  std::int64_t repeat = 0;

  bool operator==(const Proposal&) const = default;
};

/// What a strategy answers when it is asked: a proposal, or the reason why there is none.
class Answer {
 public:
  Answer(Proposal proposal) : proposal_(std::move(proposal)) {}  // NOLINT: a proposal is an answer
  NASNET_LAZY Answer(Architecture architecture)
      : Answer(Proposal{std::move(architecture)}) {}  // NOLINT: so is an architecture

  /// Nothing to propose before more results are told.
  NASNET_LAZY [[nodiscard]] static Answer waiting() { return Answer(false); }

  /// Nothing to propose any more, whatever is told.
  NASNET_LAZY [[nodiscard]] static Answer exhausted() { return Answer(true); }

  [[nodiscard]] bool has_proposal() const { return proposal_.has_value(); }
  [[nodiscard]] bool is_exhausted() const { return exhausted_; }
  [[nodiscard]] bool is_waiting() const { return !proposal_ && !exhausted_; }

  /// The proposal; only where there is one.
  [[nodiscard]] const Proposal& proposal() const { return *proposal_; }

 private:
  explicit Answer(bool exhausted) : exhausted_(exhausted) {}

  std::optional<Proposal> proposal_;
  bool exhausted_ = false;
};

/// Has `ask()` that returns an Answer, or a Proposal or Architecture.
template <class T>
concept AskableStrategy = requires(T& strategy) {
  { strategy.ask() } -> std::convertible_to<Answer>;
};

/// Has `tell(const Trial&)`.
template <class T>
concept TellableStrategy = requires(T& strategy, const Trial& trial) {
  strategy.tell(trial);
};

/// Has `save() const` that returns its state as a nlohmann::json or JsonValue, and `load(state)` that takes it as a
/// constant reference to either: for programs that keep a strategy without a journal. `search` itself resumes by asking
/// and telling again.
template <class T>
concept SavableStrategy = requires(T& strategy, const T& saved, const JsonValue& state) {
  { saved.save() } -> std::convertible_to<JsonValue>;
  strategy.load(state);
};

/// Has `inform(const Trial&)`: it takes results of architectures that it did not propose, those of another search or of
/// the user's own choice. They are all done. Which of them, and when, belongs to what its answers depend on.
template <class T>
concept InformableStrategy = requires(T& strategy, const Trial& trial) {
  strategy.inform(trial);
};

/// Whether this very strategy takes such results: the word of its `is_informable() const`, for those that hold a
/// strategy chosen at run time; else that of its type.
template <class T>
[[nodiscard]] bool is_informable(const T& strategy) {
  if constexpr (requires { strategy.is_informable(); }) {
    return InformableStrategy<T> && strategy.is_informable();
  } else {
    return InformableStrategy<T>;
  }
}

/// A search strategy.
///
/// Its next answer depends on its settings and on the order of the asks and tells so far, on nothing else: a search
/// that goes on after a crash repeats them. `ask` never blocks, and an answer without a proposal leaves the state as it
/// was. Each proposal is told once, in any order: done, failed, rejected or duplicate. Calls never overlap.
template <class T>
concept Strategy = AskableStrategy<T> && TellableStrategy<T> && SavableStrategy<T> && HasSettings<T>;

namespace detail {

/// Says with a sentence what a type lacks of a strategy.
template <class T>
consteval bool check_strategy() {
  static_assert(AskableStrategy<T>, "a strategy needs ask() that returns a nasnet::Answer, Proposal or Architecture");
  static_assert(TellableStrategy<T>, "a strategy needs tell(const nasnet::Trial&)");
  static_assert(SavableStrategy<T>,
                "a strategy needs save() const -> nlohmann::json or nasnet::JsonValue and load(const nlohmann::json&)");
  static_assert(
      HasSettings<T>,
      "a strategy needs settings() const -> nlohmann::json or nasnet::JsonValue: what its proposals depend on");
  return true;
}

}  // namespace detail

}  // namespace nasnet::inline NASNET_ABI
