/// Random search: every decision uniform. The baseline that any other strategy has to beat.
#pragma once

#include <cstdint>  // int64_t, uint64_t
#include <utility>  // move

#include "nasnet/core/json_value.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Samples architectures uniformly (Zoph et al., CVPR 2018, section 4.4). Proposal k depends on the space, the seed and
/// k alone. It repeats itself; search() skips what was tried before.
class RandomSearch {
 public:
  NASNET_LAZY RandomSearch(AnySpace space, std::uint64_t seed);

  NASNET_LAZY [[nodiscard]] Proposal ask();

  /// Results change nothing.
  void tell(const Trial&) {}

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  AnySpace space_;
  std::uint64_t seed_;
  std::int64_t proposals_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/random_search.ipp"
#endif
