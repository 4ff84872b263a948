#pragma once

#include "nasnet/train/learning_rate.hpp"

#include <algorithm>  // clamp, min
#include <cmath>      // cos, floor, pow
#include <numbers>    // pi

namespace nasnet::inline NASNET_ABI {

NASNET_BODY double LearningRate::at(double epoch, double epochs) const {
  const double warm = warm_up_epochs > 0 ? (std::min)(1.0, epoch / warm_up_epochs) : 1.0;
  return warm * decayed(epoch, epochs);
}

NASNET_BODY double LearningRate::decayed(double epoch, double epochs) const {
  switch (decay) {
    case Decay::cosine: {
      const double t = epochs > 0 ? std::clamp(epoch / epochs, 0.0, 1.0) : 1.0;
      return 0.5 * initial * (1.0 + std::cos(std::numbers::pi * t));
    }
    case Decay::exponential: {
      const double periods = epoch / epochs_per_decay;
      return initial * std::pow(factor, staircase ? std::floor(periods) : periods);
    }
    case Decay::constant: break;
  }
  return initial;
}

}  // namespace nasnet::inline NASNET_ABI
