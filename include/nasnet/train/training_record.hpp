/// What a training depends on, as a table: checkpoints and journals both write what stands here.
#pragma once

#include <cstdint>      // int64_t, uint64_t
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

struct TrainOptions;

namespace detail {

/// A number, truth value or word of the table.
struct RecordedValue {
  enum class Kind { whole, unsigned_whole, real, flag, word };
  Kind kind = Kind::whole;
  std::int64_t whole = 0;
  std::uint64_t unsigned_whole = 0;
  double real = 0;
  bool flag = false;
  std::string_view word{};
};

/// An option, or one of several that stand together.
struct RecordedField {
  std::string_view name{};  ///< in journals
  RecordedValue value{};
  bool in_checkpoints = true;
  bool in_journals = true;
};

/// Options that stand together.
struct RecordedGroup {
  std::string_view title{};   ///< before the numbers in checkpoints
  std::string_view object{};  ///< in journals the object that holds them; empty: each stands by itself
  std::vector<RecordedField> fields{};
};

/// All options that the results of a training depend on, in the order that checkpoints have. What is not here changes
/// none: prefetching, the checkpoint itself, callbacks.
/// @param images of the training
NASNET_LAZY [[nodiscard]] std::vector<RecordedGroup> training_record(const TrainOptions& options, std::int64_t images);

/// The record as one line, numbers without loss. A checkpoint is of a training that has the same line.
NASNET_LAZY [[nodiscard]] std::string checkpoint_text(const std::vector<RecordedGroup>& record);

}  // namespace detail

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/training_record.ipp"
#endif
