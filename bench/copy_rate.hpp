// How fast this machine copies, for kernels that wait for memory. Included by bench only.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <map>
#include <vector>

namespace bench {

/// Bytes a second, read and written, that one thread copies from an array to another when both together have so many
/// bytes. The best of several tries; measured once for each size.
inline double copy_rate(double bytes) {
  static std::map<std::size_t, double> known;
  const auto size = std::max<std::size_t>(static_cast<std::size_t>(bytes) / 2, 1);
  const auto [rate, is_new] = known.try_emplace(size, 0.0);
  if (!is_new) return rate->second;
  const std::vector<char> from(size, 'a');
  std::vector<char> to(size);
  const std::size_t copies = std::max<std::size_t>((std::size_t{16} << 20) / size, 1);
  for (int i = 0; i < 20; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t n = 0; n < copies; ++n) {
      std::memcpy(to.data(), from.data(), size);
      benchmark::ClobberMemory();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    rate->second = std::max(rate->second, 2.0 * static_cast<double>(size * copies) / seconds.count());
  }
  return rate->second;
}

}  // namespace bench
