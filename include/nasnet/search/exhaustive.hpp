/// Every architecture of a small space.
#pragma once

#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <unordered_set>      // unordered_set
#include <utility>            // move

#include "nasnet/core/error.hpp"
#include "nasnet/search/detail/saved_state.hpp"
#include "nasnet/search/strategy.hpp"
#include "nasnet/search/trial.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/space/big_unsigned.hpp"

namespace nasnet::inline v0 {

struct ExhaustiveOptions {
  bool canonical_only = true;  ///< one architecture, the first, of those with equal canonical form
};

/// Proposes the architectures of a space in the order of their numbers, then is exhausted.
class Exhaustive {
 public:
  /// @throws ArgumentError where the space has more than 2^63 - 1 sequences.
  explicit Exhaustive(AnySpace space, ExhaustiveOptions options = {})
      : space_(std::move(space)), options_(options), sequences_(sequences_of(space_)) {}

  [[nodiscard]] Answer ask() {
    std::optional<Architecture> found;
    while (!found && next_ < sequences_) found = member(next_++);
    if (!found) return Answer::exhausted();
    return *std::move(found);
  }

  /// Results change nothing.
  void tell(const Trial&) {}
  void inform(const Trial&) {}

  [[nodiscard]] nlohmann::json settings() const {
    return nlohmann::json::object({{"name", "exhaustive"}, {"canonical_only", options_.canonical_only}});
  }

  [[nodiscard]] nlohmann::json save() const { return nlohmann::json::object({{"next", next_}}); }

  /// @throws DataError for what `save` does not write.
  void load(const nlohmann::json& state) {
    const std::int64_t next = detail::SavedState("exhaustive search", state).count("next", sequences_);
    next_ = 0;
    forms_.clear();
    while (next_ < next) static_cast<void>(member(next_++));
  }

 private:
  [[nodiscard]] static std::int64_t sequences_of(const AnySpace& space) {
    constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
    const BigUnsigned sequences = space.sequences();
    const std::optional<std::uint64_t> exact = sequences.as_uint64();
    if (exact && *exact <= most) return static_cast<std::int64_t>(*exact);
    fail<ArgumentError>("exhaustive search: the space has ", sequences.to_string(), " sequences, at most ", most,
                        " can be numbered");
  }

  /// The architecture of this number; nothing where it is not of the space, or not the first of its form.
  [[nodiscard]] std::optional<Architecture> member(std::int64_t index) {
    std::optional<Architecture> found = space_.at(index);
    if (!space_.contains(*found)) return std::nullopt;
    if (options_.canonical_only && !forms_.insert(space_.canonical_hash(*found)).second) return std::nullopt;
    return found;
  }

  AnySpace space_;
  ExhaustiveOptions options_;
  std::int64_t sequences_;
  std::int64_t next_ = 0;
  std::unordered_set<std::uint64_t> forms_;  // proposed
};

}  // namespace nasnet::inline v0
