#pragma once

#include "nasnet/genotype/json_values.hpp"

#include <cstddef>      // size_t
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY JsonPlace JsonPlace::operator/(std::string_view key) const {
  return JsonPlace(path_.empty() ? std::string(key) : join(path_, '.', key));
}

NASNET_BODY JsonPlace JsonPlace::operator[](std::size_t index) const { return JsonPlace(join(path_, '[', index, ']')); }

}  // namespace nasnet::inline NASNET_ABI::detail
