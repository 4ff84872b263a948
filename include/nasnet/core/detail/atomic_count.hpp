/// A number in an array, for several threads: std::atomic_ref, which not every standard library has.
#pragma once

#include <atomic>   // atomic_ref, memory_order
#include <cstdint>  // int64_t

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

#if defined(__cpp_lib_atomic_ref)
using AtomicCount = std::atomic_ref<std::int64_t>;
#else
/// As std::atomic_ref, by the builtin functions of GCC and clang.
class AtomicCount {
 public:
  explicit AtomicCount(std::int64_t& value) : value_(&value) {}

  [[nodiscard]] std::int64_t load(std::memory_order order) const {
    return __atomic_load_n(value_, static_cast<int>(order));
  }
  std::int64_t fetch_add(std::int64_t more, std::memory_order order = std::memory_order_seq_cst) const {
    return __atomic_fetch_add(value_, more, static_cast<int>(order));
  }

 private:
  std::int64_t* value_;
};
#endif

}  // namespace nasnet::inline NASNET_ABI::detail
