#pragma once

#include "nasnet/strategy/exhaustive.hpp"

#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/big_unsigned.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Exhaustive::Exhaustive(AnySpace space, ExhaustiveOptions options)
    : space_(std::move(space)), options_(std::move(options)), sequences_(sequences_of(space_)) {
  constexpr std::int64_t most = 1'000'000;
  if (options_.repeats < 1 || options_.repeats > most) {
    fail<ArgumentError>("exhaustive search: ", options_.repeats, " repeats, 1 to ", most, " are wanted");
  }
  for (const std::int64_t budget : options_.budgets) {
    if (budget < 1) fail<ArgumentError>("exhaustive search: a budget of ", budget, ", 1 or more is wanted");
  }
}

NASNET_BODY Answer Exhaustive::ask() {
  if (!current_ || proposed_ == proposals_of_each()) {
    std::optional<Architecture> found;
    while (!found && next_ < sequences_) found = member(next_++);
    if (!found) return Answer::exhausted();
    current_ = std::move(found);
    proposed_ = 0;
  }
  Proposal proposal{.architecture = *current_, .repeat = proposed_ % options_.repeats};
  if (!options_.budgets.empty()) {
    proposal.budget = options_.budgets[static_cast<std::size_t>(proposed_ / options_.repeats)];
  }
  ++proposed_;
  return proposal;
}

NASNET_BODY JsonValue Exhaustive::settings() const {
  nlohmann::json json = nlohmann::json::object({{"name", "exhaustive"}, {"canonical_only", options_.canonical_only}});
  if (!options_.budgets.empty()) json["budgets"] = options_.budgets;
  if (options_.repeats != 1) json["repeats"] = options_.repeats;
  return json;
}

NASNET_BODY JsonValue Exhaustive::save() const {
  return nlohmann::json::object({{"next", next_}, {"proposed", proposed_}});
}

NASNET_BODY void Exhaustive::load(const JsonValue& state) {
  const detail::SavedState saved("exhaustive search", state);
  const std::int64_t next = saved.count("next", sequences_);
  const std::int64_t proposed = saved.count("proposed", proposals_of_each());
  next_ = 0;
  forms_.clear();
  current_.reset();
  while (next_ < next) {
    if (std::optional<Architecture> found = member(next_++)) current_ = std::move(found);
  }
  proposed_ = proposed;
}

NASNET_BODY std::int64_t Exhaustive::sequences_of(const AnySpace& space) {
  constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
  const BigUnsigned sequences = space.sequences();
  const std::optional<std::uint64_t> exact = sequences.as_uint64();
  if (exact && *exact <= most) return static_cast<std::int64_t>(*exact);
  fail<ArgumentError>("exhaustive search: the space has ", sequences.to_string(), " sequences, at most ", most,
                      " can be numbered");
}

NASNET_BODY std::optional<Architecture> Exhaustive::member(std::int64_t index) {
  std::optional<Architecture> found = space_.at(index);
  if (!space_.contains(*found)) return std::nullopt;
  if (options_.canonical_only && !forms_.insert(space_.canonical_hash(*found)).second) return std::nullopt;
  return found;
}

}  // namespace nasnet::inline NASNET_ABI
