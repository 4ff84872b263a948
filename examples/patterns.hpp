// Small images made up on the spot, so that the learning programs need no files. Included by examples only.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <nasnet/core/random.hpp>
#include <nasnet/core/shape.hpp>
#include <nasnet/data/dataset.hpp>

namespace program {

/// Noisy stripes, 12x12 pixels: across in class 0, upright in class 1, slanting in class 2.
inline nasnet::ImageDataset patterns(std::int64_t count, std::uint64_t seed) {
  constexpr std::int64_t side = 12;
  nasnet::RandomStream random(seed);
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  for (std::int64_t image = 0; image < count; ++image) {
    const auto label = static_cast<std::int32_t>(image % 3);
    const std::int64_t shift = random.below(4);
    for (std::int64_t y = 0; y < side; ++y) {
      for (std::int64_t x = 0; x < side; ++x) {
        const std::int64_t along = label == 0 ? y : label == 1 ? x : x + y;
        const double stripe = (along + shift) % 4 < 2 ? 1.0 : 0.0;
        pixels.push_back(static_cast<float>(stripe + 0.5 * random.normal()));
      }
    }
    labels.push_back(label);
  }
  return {"patterns", nasnet::Shape{count, side, side, 1}, std::move(pixels), std::move(labels), 3};
}

}  // namespace program
