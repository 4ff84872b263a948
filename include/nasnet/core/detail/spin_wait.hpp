/// Waiting for another thread.
#pragma once

#include <thread>  // yield

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// One wait: for what comes within microseconds it keeps the core, later it leaves the core to others between looks.
class SpinWait {
 public:
  /// Whether what is waited for may still come soon.
  [[nodiscard]] bool is_short() const { return turns_ < limit; }

  NASNET_LAZY void pause() {
    if (!is_short()) return std::this_thread::yield();
    ++turns_;
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
  }

 private:
  static constexpr int limit = 4000;
  int turns_ = 0;
};

}  // namespace nasnet::inline NASNET_ABI::detail
