/// Random search: every decision uniform. The baseline that any other strategy has to beat.
#pragma once

#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Samples architectures uniformly (Zoph et al., CVPR 2018, section 4.4). Proposal k depends on the space, the seed and
/// k alone. It repeats itself; search() skips what was tried before.
class RandomSearch {
 public:
  RandomSearch(AnySpace space, std::uint64_t seed) : space_(std::move(space)), seed_(seed) {}

  [[nodiscard]] Proposal ask() {
    RandomStream random = RandomStream(seed_).split("random search", static_cast<std::uint64_t>(proposals_));
    Proposal proposal{space_.sample(random)};
    ++proposals_;
    return proposal;
  }

  /// Results change nothing.
  void tell(const Trial&) {}

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object({{"name", "random"}, {"seed", seed_}});
  }

  [[nodiscard]] nlohmann::json save() const { return nlohmann::json::object({{"proposals", proposals_}}); }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const auto proposals = state.find("proposals");
    const bool fits = proposals != state.end() && proposals->is_number_integer() && proposals->get<std::int64_t>() >= 0;
    if (!fits) fail<DataError>("random search: the saved state has no count \"proposals\"");
    proposals_ = proposals->get<std::int64_t>();
  }

 private:
  AnySpace space_;
  std::uint64_t seed_;
  std::int64_t proposals_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI
