/// What a search found, as a file: the architecture, the network around it, its accuracy.
///
///     {"format": 1,
///      "architecture": {... the JSON form of an architecture ...},
///      "network": {"stem": "cifar", "cells": 1, "filters": 8, "classes": 10, "channels": 1, ...},
///      "normalisation": {"mean": [0.286], "deviation": [0.353]},
///      "validation_accuracy": 0.8815,
///      "budget": 27, "evaluations": 3,
///      "test_accuracy": 0.9043}
///
/// The validation accuracy is the mean of so many "evaluations" (1 where it is absent) with this "budget" (absent where
/// the search has none).
///
/// It holds no times and no paths: equal searches give equal files. "network" may lack any of its keys, and all but
/// "format" and "architecture" may be absent.
#pragma once

#include <cstdint>   // int64_t
#include <optional>  // optional
#include <span>      // span
#include <string>    // string

#include "nasnet/data/augmentation.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/graph/network_config.hpp"

namespace nasnet::inline NASNET_ABI {

/// A network and what is known of it.
struct SearchResult {
  Architecture architecture;
  NetworkConfig network{};
  ChannelStatistics normalisation{};            ///< of the images that it was trained on; empty where unknown
  std::optional<double> validation_accuracy{};  ///< 0 to 1; a mean where it was evaluated several times
  std::optional<std::int64_t> budget{};         ///< of these evaluations; see Proposal::budget
  std::int64_t evaluations = 1;                 ///< how often it was evaluated
  std::optional<double> test_accuracy{};
  std::string channels_stated_by{};  ///< the file that says network.input_channels; empty where none does
};

/// The text of a result file.
NASNET_LAZY [[nodiscard]] std::string to_json_text(const SearchResult& result);

/// Writes a result file, all or nothing.
/// @throws IoError where it cannot be written.
NASNET_LAZY void write_result(const SearchResult& result, const std::string& path);

/// Reads a result file, or the file of an architecture alone, which gets the defaults of NetworkConfig around it.
/// @throws IoError where the file cannot be read; GenotypeError with the file's name and the place in it.
NASNET_LAZY [[nodiscard]] SearchResult read_result(const std::string& path);

/// The network of this name (see named_network) or in this file.
/// @throws as read_result; GenotypeError where there is neither.
NASNET_LAZY [[nodiscard]] SearchResult find_network(const std::string& name_or_path);

/// As above, and its architecture is valid and of these ops.
/// @throws GenotypeError with the file's name where it is not.
NASNET_LAZY [[nodiscard]] SearchResult find_network(const std::string& name_or_path, std::span<const OpInfo> ops);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/report/result_file.ipp"
#endif
