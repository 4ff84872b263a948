/// An evaluator without its type, for all that is compiled once for all evaluators.
#pragma once

#include <cstdint>   // int64_t
#include <optional>  // nullopt, optional
#include <utility>   // forward

#include "nasnet/core/json_value.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/space/candidate.hpp"
#include "nasnet/trial/settings.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What can be asked of an evaluator, whatever its type.
class EvaluatorInterface {
 public:
  virtual ~EvaluatorInterface() = default;

  [[nodiscard]] virtual Outcome evaluate(const Architecture& architecture, TrialContext& trial) const = 0;

  /// Nothing where it has none.
  [[nodiscard]] virtual std::optional<JsonValue> settings() const = 0;

  /// Nothing where it does not tell.
  [[nodiscard]] virtual std::optional<CountedNetwork> counted_network() const = 0;

  [[nodiscard]] virtual bool predicts_memory() const = 0;
  /// Only where it predicts.
  [[nodiscard]] virtual std::int64_t predicted_bytes(const Candidate& candidate) const = 0;

  [[nodiscard]] virtual bool runs_elsewhere() const = 0;

 protected:
  EvaluatorInterface() = default;
  EvaluatorInterface(const EvaluatorInterface&) = default;
  EvaluatorInterface(EvaluatorInterface&&) = default;
  EvaluatorInterface& operator=(const EvaluatorInterface&) = default;
  EvaluatorInterface& operator=(EvaluatorInterface&&) = default;
};

/// An evaluator with that interface. @tparam T its type, or a constant reference to it
template <class T>
class EvaluatorModel final : public EvaluatorInterface {
 public:
  explicit EvaluatorModel(T evaluator) : evaluator_(std::forward<T>(evaluator)) {}

  [[nodiscard]] const T& evaluator() const { return evaluator_; }

  [[nodiscard]] Outcome evaluate(const Architecture& architecture, TrialContext& trial) const override {
    return evaluator_(architecture, trial);
  }
  [[nodiscard]] std::optional<JsonValue> settings() const override {
    if constexpr (HasSettings<T>) return JsonValue(evaluator_.settings());
    return std::nullopt;
  }
  [[nodiscard]] std::optional<CountedNetwork> counted_network() const override {
    if constexpr (CountsNetwork<T>) return evaluator_.counted_network();
    return std::nullopt;
  }
  [[nodiscard]] bool predicts_memory() const override { return PredictsMemory<T>; }
  [[nodiscard]] std::int64_t predicted_bytes([[maybe_unused]] const Candidate& candidate) const override {
    if constexpr (PredictsMemory<T>) return evaluator_.predicted_bytes(candidate);
    return 0;
  }
  [[nodiscard]] bool runs_elsewhere() const override { return RunsElsewhere<T>; }

 private:
  T evaluator_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
