#pragma once

#include "nasnet/strategy/random_search.hpp"

#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/strategy/strategy.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Proposal RandomSearch::ask() {
  RandomStream random = RandomStream(seed_).split("random search", static_cast<std::uint64_t>(proposals_));
  Proposal proposal{space_.sample(random)};
  ++proposals_;
  return proposal;
}

NASNET_BODY nlohmann::json RandomSearch::settings() const {
  return nlohmann::json::object({{"name", "random"}, {"seed", seed_}});
}

NASNET_BODY nlohmann::json RandomSearch::save() const { return nlohmann::json::object({{"proposals", proposals_}}); }

NASNET_BODY void RandomSearch::load(const nlohmann::json& state) {
  const auto proposals = state.find("proposals");
  const bool fits = proposals != state.end() && proposals->is_number_integer() && proposals->get<std::int64_t>() >= 0;
  if (!fits) fail<DataError>("random search: the saved state has no count \"proposals\"");
  proposals_ = proposals->get<std::int64_t>();
}

}  // namespace nasnet::inline NASNET_ABI
