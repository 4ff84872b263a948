/// Waiting for another thread that needs microseconds.
#pragma once

#include <thread>  // yield

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>  // _mm_pause
#endif

namespace nasnet::inline v0::detail {

/// One wait: looks again at once for some microseconds, then leaves the core to others between looks.
class SpinWait {
 public:
  /// Whether it still looks again at once.
  [[nodiscard]] bool is_short() const { return turns_ < limit; }

  void pause() {
    ++turns_;
#if defined(__x86_64__) || defined(__i386__)
    if (is_short()) return _mm_pause();
#endif
    std::this_thread::yield();
  }

 private:
  static constexpr int limit = 4000;
  int turns_ = 0;
};

}  // namespace nasnet::inline v0::detail
