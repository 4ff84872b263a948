/// Learning-rate schedules, as data.
#pragma once

#include <algorithm>  // clamp, min
#include <cmath>      // cos, floor, pow
#include <numbers>    // pi

namespace nasnet::inline NASNET_ABI {

/// The learning rate of each step. Times are in epochs, so that a schedule does not depend on the batch.
struct LearningRate {
  enum class Decay {
    constant,
    cosine,       ///< one half period from `initial` to 0 over the whole training (paper's appendix)
    exponential,  ///< times `factor` every `epochs_per_decay`
  };

  double initial = 0.025;
  Decay decay = Decay::cosine;
  double factor = 0.97;           ///< exponential
  double epochs_per_decay = 2.4;  ///< exponential
  bool staircase = true;          ///< exponential: in jumps, else smoothly
  double warm_up_epochs = 0;      ///< first rises linearly from 0; the decay's clock runs from the start

  /// The rate at a time. @param epoch epochs done, fractions included @param epochs of the whole training
  [[nodiscard]] double at(double epoch, double epochs) const {
    const double warm = warm_up_epochs > 0 ? (std::min)(1.0, epoch / warm_up_epochs) : 1.0;
    return warm * decayed(epoch, epochs);
  }

 private:
  [[nodiscard]] double decayed(double epoch, double epochs) const {
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
};

}  // namespace nasnet::inline NASNET_ABI
