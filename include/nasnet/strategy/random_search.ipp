#pragma once

#include "nasnet/strategy/random_search.hpp"

#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json

#include "nasnet/core/random.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Proposal RandomSearch::ask() {
  RandomStream random = RandomStream(seed_).split("random search", static_cast<std::uint64_t>(proposals_));
  Proposal proposal{space_.sample(random)};
  ++proposals_;
  return proposal;
}

NASNET_BODY JsonValue RandomSearch::settings() const {
  return nlohmann::json::object({{"name", "random"}, {"seed", seed_}});
}

NASNET_BODY JsonValue RandomSearch::save() const { return nlohmann::json::object({{"proposals", proposals_}}); }

NASNET_BODY void RandomSearch::load(const JsonValue& state) {
  proposals_ = detail::SavedState("random search", state).count("proposals");
}

NASNET_BODY RandomSearch::RandomSearch(AnySpace space, std::uint64_t seed) : space_(std::move(space)), seed_(seed) {}

}  // namespace nasnet::inline NASNET_ABI
