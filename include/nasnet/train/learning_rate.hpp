/// Learning-rate schedules, as data.
#pragma once

#include "nasnet/config.hpp"

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
  NASNET_LAZY [[nodiscard]] double at(double epoch, double epochs) const;

 private:
  NASNET_LAZY [[nodiscard]] double decayed(double epoch, double epochs) const;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/learning_rate.ipp"
#endif
