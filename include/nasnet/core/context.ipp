#pragma once

#include "nasnet/core/context.hpp"

#include <memory>  // shared_ptr, make_shared

#include "nasnet/core/tensor.hpp"
#include "nasnet/core/thread_pool.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Context::Context(int threads) : Context(std::make_shared<ThreadPool>(threads)) {}

}  // namespace nasnet::inline NASNET_ABI
