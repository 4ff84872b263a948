/// A strategy of any type as a value: for programs that choose one at run time, and for all that is compiled once for
/// all strategies.
#pragma once

#include <concepts>  // same_as
#include <memory>    // make_unique, unique_ptr
#include <utility>   // forward, move

#include "nasnet/core/json_value.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// What can be done with a strategy, whatever its type.
class StrategyInterface {
 public:
  virtual ~StrategyInterface() = default;
  [[nodiscard]] virtual Answer ask() = 0;
  virtual void tell(const Trial& trial) = 0;
  /// Nothing happens where the strategy takes no results that it did not propose.
  virtual void inform(const Trial& trial) = 0;
  [[nodiscard]] virtual bool is_informable() const = 0;
  [[nodiscard]] virtual JsonValue settings() const = 0;
  [[nodiscard]] virtual JsonValue save() const = 0;
  virtual void load(const JsonValue& state) = 0;

 protected:
  StrategyInterface() = default;
  StrategyInterface(const StrategyInterface&) = default;
  StrategyInterface(StrategyInterface&&) = default;
  StrategyInterface& operator=(const StrategyInterface&) = default;
  StrategyInterface& operator=(StrategyInterface&&) = default;
};

/// A strategy with that interface. @tparam T its type, or a reference to it
template <class T>
class StrategyModel final : public StrategyInterface {
 public:
  explicit StrategyModel(T strategy) : strategy_(std::forward<T>(strategy)) {}

  [[nodiscard]] const T& strategy() const { return strategy_; }

  [[nodiscard]] Answer ask() override { return strategy_.ask(); }
  void tell(const Trial& trial) override { strategy_.tell(trial); }
  void inform(const Trial& trial) override {
    if constexpr (InformableStrategy<T>) strategy_.inform(trial);
  }
  [[nodiscard]] bool is_informable() const override { return nasnet::is_informable(strategy_); }
  [[nodiscard]] JsonValue settings() const override { return strategy_.settings(); }
  [[nodiscard]] JsonValue save() const override { return strategy_.save(); }
  void load(const JsonValue& state) override { strategy_.load(state); }

 private:
  T strategy_;
};

}  // namespace detail

/// Holds a strategy, and is one.
class AnyStrategy {
 public:
  template <class T>
    requires(!std::same_as<T, AnyStrategy> && Strategy<T>)
  AnyStrategy(T strategy)  // NOLINT: it is any strategy
      : strategy_(std::make_unique<detail::StrategyModel<T>>(std::move(strategy))) {}

  /// One that passes everything on to a strategy, which outlives it.
  template <Strategy T>
  [[nodiscard]] static AnyStrategy refer_to(T& strategy) {
    return AnyStrategy(std::make_unique<detail::StrategyModel<T&>>(strategy));
  }

  NASNET_LAZY [[nodiscard]] Answer ask();
  NASNET_LAZY void tell(const Trial& trial);
  /// Nothing happens where the strategy takes no results that it did not propose.
  NASNET_LAZY void inform(const Trial& trial);
  NASNET_LAZY [[nodiscard]] bool is_informable() const;
  NASNET_LAZY [[nodiscard]] JsonValue settings() const;
  NASNET_LAZY [[nodiscard]] JsonValue save() const;
  NASNET_LAZY void load(const JsonValue& state);

 private:
  NASNET_LAZY explicit AnyStrategy(std::unique_ptr<detail::StrategyInterface> strategy);

  std::unique_ptr<detail::StrategyInterface> strategy_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/any_strategy.ipp"
#endif
