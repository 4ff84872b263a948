/// The one place that catches exceptions: runs something and says how it failed.
#pragma once

#include <exception>  // exception_ptr
#include <optional>   // optional
#include <string>     // string
#include <utility>    // forward

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

/// How a call failed.
struct Failure {
  enum class Kind { exception, out_of_memory };
  Kind kind = Kind::exception;
  std::string message;
};

namespace detail {

/// Something to run, whatever its type.
struct AnyCall {
  void* call;
  void (*run)(void* call);
};

NASNET_LAZY [[nodiscard]] std::optional<Failure> failure_of(AnyCall call);
NASNET_LAZY [[nodiscard]] std::exception_ptr exception_of(AnyCall call);

}  // namespace detail

/// Runs `call()`. Nothing when it returned, the failure when it threw. Without exceptions a failure aborts.
template <class Call>
[[nodiscard]] std::optional<Failure> catch_failure(Call&& call) {
  auto run = [&] { std::forward<Call>(call)(); };
  return detail::failure_of({&run, [](void* self) { (*static_cast<decltype(run)*>(self))(); }});
}

/// Runs `call()`. Null when it returned, what it threw when it threw.
template <class Call>
[[nodiscard]] std::exception_ptr catch_exception(Call&& call) {
  auto run = [&] { std::forward<Call>(call)(); };
  return detail::exception_of({&run, [](void* self) { (*static_cast<decltype(run)*>(self))(); }});
}

/// Throws what `catch_exception` caught.
/// @param error not null
NASNET_LAZY [[noreturn]] void throw_again(const std::exception_ptr& error);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/failure.ipp"
#endif
