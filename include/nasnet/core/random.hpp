/// Counter-based random numbers: a number depends on its key and its place alone, never on who drew before.
#pragma once

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint32_t, uint64_t
#include <limits>       // numeric_limits
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// A stream of random numbers, Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
///
/// Streams are values. `split` makes an independent stream for a purpose and an index, whatever was drawn before, so
/// that a trial's numbers depend on (seed, trial, purpose) alone. Satisfies std::uniform_random_bit_generator.
class RandomStream {
 public:
  using result_type = std::uint64_t;

  /// All of a stream's state, for checkpoints.
  struct State {
    std::uint64_t key = 0;
    std::uint64_t position = 0;
    bool operator==(const State&) const = default;
  };

  constexpr explicit RandomStream(std::uint64_t seed = 0) : state_{mixed(seed), 0} {}
  constexpr explicit RandomStream(State state) : state_(state) {}

  [[nodiscard]] constexpr State state() const { return state_; }

  /// The stream of this key for one purpose ("dropout") and index (a trial, a step, a node).
  [[nodiscard]] constexpr RandomStream split(std::string_view purpose, std::uint64_t index = 0) const {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char letter : purpose) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    return RandomStream(State{mixed(mixed(state_.key ^ mixed(hash)) ^ index), 0});
  }

  [[nodiscard]] static constexpr std::uint64_t(min)() { return 0; }
  [[nodiscard]] static constexpr std::uint64_t(max)() { return (std::numeric_limits<std::uint64_t>::max)(); }

  /// The next 64 bits.
  constexpr std::uint64_t operator()() {
    const auto block = philox(state_.key, state_.position / 2);
    const std::size_t half = static_cast<std::size_t>(state_.position % 2) * 2;
    ++state_.position;
    return static_cast<std::uint64_t>(block[half + 1]) << 32U | block[half];
  }

  /// Uniform in [0, 1), 53 bits.
  constexpr double uniform() { return static_cast<double>((*this)() >> 11U) * 0x1.0p-53; }

  /// Uniform in [0, count), without bias.
  /// @throws ArgumentError unless count > 0.
  constexpr std::int64_t below(std::int64_t count) {
    if (count <= 0) fail<ArgumentError>("random: cannot choose among ", count, " values");
    const auto bound = static_cast<std::uint64_t>(count);
    const std::uint64_t usable = (max)() - (max)() % bound;
    std::uint64_t draw = (*this)();
    while (draw >= usable) draw = (*this)();
    return static_cast<std::int64_t>(draw % bound);
  }

  /// Normal with mean 0 and deviation 1 (Box-Muller; takes two draws).
  NASNET_LAZY double normal();

 private:
  // The finaliser of SplitMix64.
  [[nodiscard]] static constexpr std::uint64_t mixed(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }

  [[nodiscard]] static constexpr std::array<std::uint32_t, 4> philox(std::uint64_t key, std::uint64_t counter) {
    std::array<std::uint32_t, 4> c{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32U), 0,
                                   0};
    auto k0 = static_cast<std::uint32_t>(key);
    auto k1 = static_cast<std::uint32_t>(key >> 32U);
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c[0];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c[2];
      c = {static_cast<std::uint32_t>(p1 >> 32U) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
           static_cast<std::uint32_t>(p0 >> 32U) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    return c;
  }

  State state_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/random.ipp"
#endif
