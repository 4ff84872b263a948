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

#include <cstddef>                // size_t
#include <cstdint>                // INT64_MAX, int64_t, uint64_t
#include <filesystem>             // exists, path
#include <nlohmann/json_fwd.hpp>  // json, ordered_json
#include <optional>               // nullopt, optional
#include <span>                   // span
#include <string>                 // string
#include <string_view>            // string_view
#include <vector>                 // vector

#include "nasnet/data/augmentation.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
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

namespace detail {

/// Reads the parts of a result file that stand around the architecture.
class ResultReader {
 public:
  /// @param origin what the result calls its file
  /// @throws GenotypeError that names the key.
  NASNET_LAZY [[nodiscard]] static SearchResult read(const nlohmann::json& json, const std::string& origin);

 private:
  NASNET_LAZY static void check_keys(const nlohmann::json& json, std::string_view place,
                                     const std::vector<std::string_view>& known);

  NASNET_LAZY [[nodiscard]] static NetworkConfig network(const nlohmann::json& json);

  NASNET_LAZY [[nodiscard]] static Stem stem(const nlohmann::json& json);

  NASNET_LAZY [[nodiscard]] static Size image_size(const nlohmann::json& json);

  NASNET_LAZY [[nodiscard]] static std::int64_t whole_number(const nlohmann::json& json, const char* key);

  NASNET_LAZY static void read_count(const nlohmann::json& json, const char* key, std::int64_t& value);

  NASNET_LAZY static void read_number(const nlohmann::json& json, const char* key, double& value);

  NASNET_LAZY static void read_switch(const nlohmann::json& json, const char* key, bool& value);

  NASNET_LAZY [[nodiscard]] static ChannelStatistics normalisation(const nlohmann::json& json);

  NASNET_LAZY [[noreturn]] static void fail_normalisation(const nlohmann::json& json, const char* key,
                                                          std::size_t channel, const char* wanted);

  NASNET_LAZY [[nodiscard]] static std::vector<float> floats(const nlohmann::json& json, const char* key);

  NASNET_LAZY [[nodiscard]] static std::int64_t count_from_1(const nlohmann::json& json, const char* key);

  NASNET_LAZY [[nodiscard]] static std::optional<double> accuracy(const nlohmann::json& json, const char* key);
};

}  // namespace detail

/// The text of a result file.
NASNET_LAZY [[nodiscard]] std::string to_json_text(const SearchResult& result);

/// Writes a result file, all or nothing.
/// @throws IoError where it cannot be written.
NASNET_LAZY void write_result(const SearchResult& result, const std::filesystem::path& path);

/// Reads a result file, or the file of an architecture alone, which gets the defaults of NetworkConfig around it.
/// @throws IoError where the file cannot be read; GenotypeError with the file's name and the place in it.
NASNET_LAZY [[nodiscard]] SearchResult read_result(const std::filesystem::path& path);

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
