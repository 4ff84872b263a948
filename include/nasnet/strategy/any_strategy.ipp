#pragma once

#include "nasnet/strategy/any_strategy.hpp"

#include "nasnet/core/json_value.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Answer AnyStrategy::ask() { return strategy_->ask(); }

NASNET_BODY void AnyStrategy::tell(const Trial& trial) { strategy_->tell(trial); }

NASNET_BODY void AnyStrategy::inform(const Trial& trial) { strategy_->inform(trial); }

NASNET_BODY bool AnyStrategy::is_informable() const { return strategy_->is_informable(); }

NASNET_BODY JsonValue AnyStrategy::settings() const { return strategy_->settings(); }

NASNET_BODY JsonValue AnyStrategy::save() const { return strategy_->save(); }

NASNET_BODY void AnyStrategy::load(const JsonValue& state) { strategy_->load(state); }

NASNET_BODY AnyStrategy::AnyStrategy(std::unique_ptr<detail::StrategyInterface> strategy)
    : strategy_(std::move(strategy)) {}

}  // namespace nasnet::inline NASNET_ABI
