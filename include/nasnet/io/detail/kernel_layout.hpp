/// Where the elements of a parameter lie in memory and in files.
#pragma once

#include <cstdint>  // int64_t

#include "nasnet/primitive/parameter.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Moves a kernel between memory [taps, I, O] and file [O, I, taps]; depthwise has I = C, O = 1 in memory and the two
/// exchanged in files. Other layouts are the same in both.
struct LayoutExtents {
  std::int64_t taps = 1;
  std::int64_t inputs = 1;
  std::int64_t outputs = 1;
};

NASNET_LAZY [[nodiscard]] inline LayoutExtents layout_extents(const ParameterSpec& spec) {
  const Shape& shape = spec.shape;
  switch (spec.layout) {
    case ParameterLayout::convolution: return {shape[0] * shape[1], shape[2], shape[3]};
    case ParameterLayout::depthwise: return {shape[0] * shape[1], 1, shape[2]};
    case ParameterLayout::dense: return {1, shape[0], shape[1]};
    case ParameterLayout::vector: break;
  }
  return {1, 1, shape.elements()};
}

/// Calls visit(place in memory, place in the file) for each element.
template <class Visit>
void for_each_place(const ParameterSpec& spec, const Visit& visit) {
  const LayoutExtents extents = layout_extents(spec);
  std::int64_t memory = 0;
  for (std::int64_t tap = 0; tap < extents.taps; ++tap) {
    for (std::int64_t i = 0; i < extents.inputs; ++i) {
      for (std::int64_t o = 0; o < extents.outputs; ++o) {
        visit(memory++, (o * extents.inputs + i) * extents.taps + tap);
      }
    }
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
