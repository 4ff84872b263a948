#pragma once

#include "nasnet/search/search.hpp"

#include <utility>  // move

#include "nasnet/search/detail/search_run.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY History run_search(const AnySpace& space, AnyStrategy strategy, const EvaluatorInterface& evaluator,
                               SearchOptions options) {
  return SearchRun(space, std::move(strategy), evaluator, std::move(options)).run();
}

}  // namespace nasnet::inline NASNET_ABI::detail
