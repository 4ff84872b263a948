/// The whole state of a training in one file.
#pragma once

#include <optional>  // optional
#include <string>    // string
#include <vector>    // vector

#include "nasnet/core/file_path.hpp"
#include "nasnet/data/loader.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/parameter_average.hpp"

namespace nasnet::inline NASNET_ABI {

struct EpochSummary;

namespace detail {

/// What a checkpoint holds; the parts belong to the training.
struct TrainingState {
  Model<float>& model;
  Optimizer<float>& optimizer;
  std::optional<ParameterAverage<float>>& average;
  BatchPosition& position;
  std::vector<EpochSummary>& epochs;
};

}  // namespace detail

/// Writes a training's state, all or nothing: parameters and statistics, optimiser, average, position, epochs so far.
/// Tensors are in the memory's layout.
/// @param fingerprint of the settings that the state belongs to
/// @throws IoError where the file cannot be written.
NASNET_LAZY void save_checkpoint(const FilePath& path, detail::TrainingState state, const std::string& fingerprint);

/// Reads a training's state. Nothing changes where it throws.
/// @throws IoError or DataError for a file that is broken or belongs to other settings or another network.
NASNET_LAZY void load_checkpoint(const FilePath& path, detail::TrainingState& state, const std::string& fingerprint);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/train/checkpoint.ipp"
#endif
