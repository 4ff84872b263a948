/// Everything about a network but its cells.
#pragma once

#include <cstdint>   // int64_t
#include <optional>  // optional

#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// How an image enters the cells (paper figure 2).
enum class Stem {
  cifar,     ///< one 3x3 convolution at stride 1, batch norm
  imagenet,  ///< one 3x3 VALID convolution at stride 2, batch norm, then two reduction cells of F/4 and F/2 filters
};

/// Options of `build_network`. Three stacks of N normal cells with a reduction cell between them, which doubles the
/// filters (paper section 3).
struct NetworkConfig {
  Stem stem = Stem::cifar;
  std::int64_t input_channels = 3;
  std::int64_t classes = 10;
  std::int64_t cells_per_stack = 2;   ///< N
  std::int64_t filters = 32;          ///< F, of the cells of the first stack
  std::int64_t stem_filters = 0;      ///< of the stem's convolution; 0: 3F (CIFAR), 32 (ImageNet)
  bool skip_reduction_input = false;  ///< the cell after a reduction reads, as previous, what the reduction itself had
                                      ///< as previous, and not the reduction's input; as the released large network
  bool reduction_starts_stack = false;  ///< a stack's reduction cell is the first of its N cells, as in PNASNet-5, and
                                        ///< does not come before them
  BatchNorm batch_norm{.epsilon = 1e-5, .decay = 0.9};  ///< CIFAR's; ImageNet: {1e-3, 0.9997}
  double dropout_keep = 1.0;                            ///< before the last dense layer, in training
  std::optional<Size> image_size = {};  ///< fixes the last kernel of an auxiliary head; without it there is none

  /// The ImageNet variant: its stem, 1000 classes, batch norm constants and dropout.
  NASNET_LAZY [[nodiscard]] static NetworkConfig imagenet();

  NASNET_LAZY [[nodiscard]] std::int64_t stem_channels() const;

  /// All cells, stem and reduction cells included: what ScheduledDropPath counts.
  NASNET_LAZY [[nodiscard]] std::int64_t cell_count() const {
    return checked_product(3, cells_per_stack) + (reduction_starts_stack ? 0 : 2) + (stem == Stem::imagenet ? 2 : 0);
  }

  /// Least height and width of an image in evaluation, and in training without an auxiliary head: the ImageNet stem's
  /// first convolution needs its whole 3x3 window, a CIFAR stem takes a single pixel. There is no largest size.
  [[nodiscard]] std::int64_t smallest_side() const { return stem == Stem::imagenet ? 3 : 1; }

  /// Least height and width for the auxiliary head, whose pool needs 5x5 pixels of a map that is reduced once behind a
  /// CIFAR stem (9 pixels give 5) and four times behind ImageNet's (67 give 33, 17, 9, 5).
  [[nodiscard]] std::int64_t smallest_auxiliary_side() const { return stem == Stem::imagenet ? 67 : 9; }

  bool operator==(const NetworkConfig&) const = default;

  /// @throws ArgumentError for a value out of range.
  NASNET_LAZY void check() const;

 private:
  // Far above any network, far below what would overflow a product of a few of them.
  static constexpr std::int64_t largest_count = 1'000'000;

  NASNET_LAZY static void check_count(const char* what, std::int64_t value, std::int64_t largest = largest_count);
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/network_config.ipp"
#endif
