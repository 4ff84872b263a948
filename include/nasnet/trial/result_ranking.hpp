/// Which architecture of a search is the best.
#pragma once

#include <cstddef>        // size_t
#include <cstdint>        // int64_t, uint64_t
#include <map>            // map
#include <optional>       // optional
#include <set>            // set
#include <unordered_map>  // unordered_map
#include <vector>         // vector

#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Ranks the architectures of a search.
///
/// Results with different budgets say nothing of each other. So the best is the one of the highest mean accuracy among
/// those with the largest budget that any result has, and those without a budget, which were evaluated in full; of
/// equals the one that was tried first.
class ResultRanking {
 public:
  /// @param trial outlives this object; passed over where it is not done or its accuracy no finite number
  NASNET_LAZY void add(const Trial& trial);

  /// Of all architectures and budgets, in the order of their first result.
  [[nodiscard]] const std::vector<RankedResult>& all() const { return results_; }

  /// Nullptr where nothing is done.
  NASNET_LAZY [[nodiscard]] const RankedResult* best() const;

 private:
  struct Place {
    double accuracy;
    std::int64_t number;
    std::size_t index;  // of the result

    bool operator==(const Place&) const = default;
    /// Whether it is behind the other.
    NASNET_LAZY [[nodiscard]] bool operator<(const Place& other) const;
  };

  /// A heap with the best place in front. Places that were left since go when they come to the front.
  using Heap = std::vector<Place>;

  [[nodiscard]] Place place_of(std::size_t index) const {
    return {results_[index].accuracy, results_[index].first->number, index};
  }

  NASNET_LAZY void rank(std::size_t index, Heap& heap) const;

  /// That of the same architecture and budget which lacks this repeat, or a new one.
  NASNET_LAZY [[nodiscard]] std::size_t index_of(const Trial& trial);

  NASNET_LAZY [[nodiscard]] bool joins(std::size_t index, const Trial& trial);

  NASNET_LAZY [[nodiscard]] static std::uint64_t key_of(const Trial& trial);

  std::vector<RankedResult> results_;
  std::unordered_map<std::uint64_t, std::size_t> latest_;            // by hash and budget
  std::unordered_map<std::size_t, std::set<std::int64_t>> repeats_;  // of results that were met again
  std::map<std::optional<std::int64_t>, Heap> heaps_;                // by budget
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/trial/result_ranking.ipp"
#endif
