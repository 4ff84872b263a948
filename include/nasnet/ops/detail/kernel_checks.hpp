/// Checks that ops with kernels share, each failing with one sentence.
#pragma once

#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/primitive/window.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// @throws ShapeError unless a kernel's channels are those of the input.
NASNET_LAZY inline void check_channels(std::string_view who, std::int64_t kernel, const Shape& input) {
  const std::int64_t channels = input[input.rank() - 1];
  if (kernel != channels) {
    fail<ShapeError>(who, ": kernel has ", kernel, " channels, input ", input.to_string(), " has ", channels);
  }
}

/// @throws ShapeError unless a parameter has the wanted shape.
NASNET_LAZY inline void check_parameter(std::string_view who, std::string_view name, const Shape& found,
                                        const Shape& wanted) {
  if (found != wanted) fail<ShapeError>(who, ": ", name, " is ", found.to_string(), ", wanted ", wanted.to_string());
}

/// @throws ShapeError unless the window is one, and fits the maps.
NASNET_LAZY inline void check_window(std::string_view who, const Window& window, const Shape& input) {
  window.check(who);
  const Size output = window.output({input[1], input[2]});
  if (output.height < 1 || output.width < 1) {
    fail<ShapeError>(who, ": a kernel of ", window.kernel_height, 'x', window.kernel_width, " does not fit input ",
                     input.to_string());
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
