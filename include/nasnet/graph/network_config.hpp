/// Everything about a network but its cells.
#pragma once

#include <cstdint>   // int64_t
#include <optional>  // optional

#include "nasnet/core/error.hpp"
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
  [[nodiscard]] static NetworkConfig imagenet() {
    NetworkConfig config;
    config.stem = Stem::imagenet;
    config.classes = 1000;
    config.batch_norm = {.epsilon = 1e-3, .decay = 0.9997};
    config.dropout_keep = 0.5;
    return config;
  }

  [[nodiscard]] std::int64_t stem_channels() const {
    if (stem_filters > 0) return stem_filters;
    return stem == Stem::cifar ? checked_product(3, filters) : 32;
  }

  /// All cells, stem and reduction cells included: what ScheduledDropPath counts.
  [[nodiscard]] std::int64_t cell_count() const {
    return checked_product(3, cells_per_stack) + (reduction_starts_stack ? 0 : 2) + (stem == Stem::imagenet ? 2 : 0);
  }

  /// Least height and width of an image in evaluation, and in training without an auxiliary head: the ImageNet stem's
  /// first convolution needs its whole 3x3 window, a CIFAR stem takes a single pixel. There is no largest size.
  [[nodiscard]] std::int64_t smallest_side() const { return stem == Stem::imagenet ? 3 : 1; }

  /// Least height and width for the auxiliary head, whose pool needs 5x5 pixels of a map that is reduced once behind a
  /// CIFAR stem (9 pixels give 5) and four times behind ImageNet's (67 give 33, 17, 9, 5).
  [[nodiscard]] std::int64_t smallest_auxiliary_side() const { return stem == Stem::imagenet ? 67 : 9; }

  /// @throws ArgumentError for a value out of range.
  void check() const {
    check_count("input channels", input_channels);
    check_count("classes", classes);
    check_count("cells per stack", cells_per_stack, 1000);
    check_count("filters", filters);
    if (stem_filters < 0) fail<ArgumentError>("network: stem filters are ", stem_filters, ", 0 or more are needed");
    if (stem == Stem::imagenet && filters < 8) {
      fail<ArgumentError>("network: the ImageNet stem's first cell has a quarter of the filters: ", filters,
                          " filters are given, 8 or more are needed");
    }
    if (!(dropout_keep > 0.0 && dropout_keep <= 1.0)) {
      fail<ArgumentError>("network: dropout keeps ", dropout_keep, ", wanted above 0 and at most 1");
    }
    if (!(batch_norm.epsilon > 0.0) || !(batch_norm.decay >= 0.0 && batch_norm.decay <= 1.0)) {
      fail<ArgumentError>("network: batch norm has epsilon ", batch_norm.epsilon, " and decay ", batch_norm.decay,
                          ", wanted above 0 and within [0, 1]");
    }
    if (image_size && (image_size->height < 1 || image_size->width < 1)) {
      fail<ArgumentError>("network: the image size is ", image_size->height, 'x', image_size->width,
                          ", 1x1 or more is needed");
    }
  }

 private:
  // Far above any network, far below what would overflow a product of a few of them.
  static constexpr std::int64_t largest_count = 1'000'000;

  static void check_count(const char* what, std::int64_t value, std::int64_t largest = largest_count) {
    if (value < 1 || value > largest) fail<ArgumentError>("network: ", what, " are ", value, ", wanted 1 to ", largest);
  }
};

}  // namespace nasnet::inline NASNET_ABI
