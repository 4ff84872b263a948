/// A strategy of any type as a value, for programs that choose one at run time.
#pragma once

#include <concepts>           // same_as
#include <memory>             // make_unique, unique_ptr
#include <nlohmann/json.hpp>  // json
#include <utility>            // move

#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Holds a strategy, and is one.
class AnyStrategy {
 public:
  template <class T>
    requires(!std::same_as<T, AnyStrategy> && Strategy<T>)
  AnyStrategy(T strategy) : strategy_(std::make_unique<Model<T>>(std::move(strategy))) {}  // NOLINT: it is any strategy

  NASNET_LAZY [[nodiscard]] Answer ask() { return strategy_->ask(); }
  NASNET_LAZY void tell(const Trial& trial) { strategy_->tell(trial); }
  /// Nothing happens where the strategy takes no results that it did not propose.
  NASNET_LAZY void inform(const Trial& trial) { strategy_->inform(trial); }
  NASNET_LAZY [[nodiscard]] bool is_informable() const { return strategy_->is_informable(); }
  NASNET_LAZY [[nodiscard]] nlohmann::json settings() const { return strategy_->settings(); }
  NASNET_LAZY [[nodiscard]] nlohmann::json save() const { return strategy_->save(); }
  void load(const nlohmann::json& state) { strategy_->load(state); }

 private:
  struct Interface {
    Interface() = default;
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;
    virtual ~Interface() = default;
    [[nodiscard]] virtual Answer ask() = 0;
    virtual void tell(const Trial& trial) = 0;
    virtual void inform(const Trial& trial) = 0;
    [[nodiscard]] virtual bool is_informable() const = 0;
    [[nodiscard]] virtual nlohmann::json settings() const = 0;
    [[nodiscard]] virtual nlohmann::json save() const = 0;
    virtual void load(const nlohmann::json& state) = 0;
  };

  template <class T>
  struct Model final : Interface {
    explicit Model(T strategy) : strategy_(std::move(strategy)) {}
    [[nodiscard]] Answer ask() override { return strategy_.ask(); }
    void tell(const Trial& trial) override { strategy_.tell(trial); }
    void inform(const Trial& trial) override {
      if constexpr (InformableStrategy<T>) strategy_.inform(trial);
    }
    [[nodiscard]] bool is_informable() const override { return nasnet::is_informable(strategy_); }
    [[nodiscard]] nlohmann::json settings() const override { return strategy_.settings(); }
    [[nodiscard]] nlohmann::json save() const override { return strategy_.save(); }
    void load(const nlohmann::json& state) override { strategy_.load(state); }

   private:
    T strategy_;
  };

  std::unique_ptr<Interface> strategy_;
};

}  // namespace nasnet::inline NASNET_ABI
