/// The one place that catches exceptions: runs something and says how it failed.
#pragma once

#include <exception>  // exception
#include <new>        // bad_alloc
#include <optional>   // optional
#include <string>     // string
#include <utility>    // forward

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI {

/// How a call failed.
struct Failure {
  enum class Kind { exception, out_of_memory };
  Kind kind = Kind::exception;
  std::string message;
};

/// Runs `call()`. Nothing when it returned, the failure when it threw. Without exceptions a failure aborts.
template <class Call>
[[nodiscard]] std::optional<Failure> attempt(Call&& call) {
#if NASNET_HAS_EXCEPTIONS
  try {
    std::forward<Call>(call)();
  } catch (const MemoryError& error) {
    return Failure{Failure::Kind::out_of_memory, error.what()};
  } catch (const std::bad_alloc&) {
    return Failure{Failure::Kind::out_of_memory, "the machine has no memory left"};
  } catch (const std::exception& error) {
    return Failure{Failure::Kind::exception, error.what()};
  } catch (...) {
    return Failure{Failure::Kind::exception, "something was thrown that is no std::exception"};
  }
#else
  std::forward<Call>(call)();
#endif
  return std::nullopt;
}

/// Runs `call()`; when it throws, runs `undo()` and lets the exception pass on.
template <class Call, class Undo>
void or_undo(Call&& call, Undo&& undo) {
#if NASNET_HAS_EXCEPTIONS
  try {
    std::forward<Call>(call)();
  } catch (...) {
    std::forward<Undo>(undo)();
    throw;
  }
#else
  std::forward<Call>(call)();
  static_cast<void>(undo);
#endif
}

}  // namespace nasnet::inline NASNET_ABI
