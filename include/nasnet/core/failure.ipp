#pragma once

#include "nasnet/core/failure.hpp"

#include <cstdlib>    // abort
#include <exception>  // current_exception, exception, exception_ptr, rethrow_exception
#include <new>        // bad_alloc
#include <optional>   // nullopt, optional

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY std::optional<Failure> failure_of(AnyCall call) {
#if NASNET_HAS_EXCEPTIONS
  try {
    call.run(call.call);
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
  call.run(call.call);
#endif
  return std::nullopt;
}

NASNET_BODY std::exception_ptr exception_of(AnyCall call) {
#if NASNET_HAS_EXCEPTIONS
  try {
    call.run(call.call);
  } catch (...) {
    return std::current_exception();
  }
#else
  call.run(call.call);
#endif
  return nullptr;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void throw_again(const std::exception_ptr& error) {
#if NASNET_HAS_EXCEPTIONS
  std::rethrow_exception(error);
#else
  static_cast<void>(error);
  std::abort();
#endif
}

}  // namespace nasnet::inline NASNET_ABI
