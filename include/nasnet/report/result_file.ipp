#pragma once

#include "nasnet/report/result_file.hpp"

#include <cmath>              // isfinite
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json, ordered_json
#include <optional>           // nullopt, optional
#include <span>               // span
#include <string>             // string
#include <string_view>        // string_view
#include <vector>             // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/data/augmentation.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/strict_json.hpp"
#include "nasnet/graph/named_networks.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_json.hpp"

namespace nasnet::inline NASNET_ABI::detail {

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

inline constexpr std::uint64_t result_format = 1;

/// Lines after the first moved one to the right.
NASNET_LAZY [[nodiscard]] inline std::string indented(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    result.push_back(letter);
    if (letter == '\n') result.push_back(' ');
  }
  return result;
}

NASNET_BODY SearchResult ResultReader::read(const nlohmann::json& json, const std::string& origin) {
  if (!json.is_object() || !json.contains("format")) return {.architecture = architecture_from_json(json)};
  check_keys(json, "",
             {"format", "architecture", "network", "normalisation", "validation_accuracy", "budget", "evaluations",
              "test_accuracy"});
  const nlohmann::json& format = json["format"];
  if (format != result_format) fail<GenotypeError>("format: ", found_json(format), " found, 1 is known here");
  if (!json.contains("architecture")) fail<GenotypeError>("the key \"architecture\" is missing");
  SearchResult result{.architecture = architecture_from_json(json["architecture"], "architecture")};
  if (json.contains("network")) {
    result.network = network(json["network"]);
    if (json["network"].contains("channels")) result.channels_stated_by = origin;
  }
  if (json.contains("normalisation")) result.normalisation = normalisation(json["normalisation"]);
  result.validation_accuracy = accuracy(json, "validation_accuracy");
  if (json.contains("budget")) result.budget = count_from_1(json, "budget");
  if (json.contains("evaluations")) result.evaluations = count_from_1(json, "evaluations");
  result.test_accuracy = accuracy(json, "test_accuracy");
  return result;
}

NASNET_BODY void ResultReader::check_keys(const nlohmann::json& json, std::string_view place,
                                          const std::vector<std::string_view>& known) {
  require_object(json, JsonPlace(place), known);
}

NASNET_BODY NetworkConfig ResultReader::network(const nlohmann::json& json) {
  check_keys(json, "network",
             {"stem", "cells", "filters", "classes", "channels", "stem_filters", "skip_reduction_input",
              "reduction_starts_stack", "batch_norm_epsilon", "batch_norm_decay", "dropout_keep", "auxiliary_head"});
  NetworkConfig config = stem(json) == Stem::imagenet ? NetworkConfig::imagenet() : NetworkConfig{};
  read_count(json, "cells", config.cells_per_stack);
  read_count(json, "filters", config.filters);
  read_count(json, "classes", config.classes);
  read_count(json, "channels", config.input_channels);
  read_count(json, "stem_filters", config.stem_filters);
  read_number(json, "batch_norm_epsilon", config.batch_norm.epsilon);
  read_number(json, "batch_norm_decay", config.batch_norm.decay);
  read_number(json, "dropout_keep", config.dropout_keep);
  read_switch(json, "skip_reduction_input", config.skip_reduction_input);
  read_switch(json, "reduction_starts_stack", config.reduction_starts_stack);
  if (json.contains("auxiliary_head")) config.image_size = image_size(json["auxiliary_head"]);
  config.check();
  return config;
}

NASNET_BODY Stem ResultReader::stem(const nlohmann::json& json) {
  if (!json.contains("stem") || json["stem"] == "cifar") return Stem::cifar;
  if (json["stem"] == "imagenet") return Stem::imagenet;
  fail<GenotypeError>("network.stem: \"cifar\" or \"imagenet\" expected, found ", found_json(json["stem"]));
}

NASNET_BODY Size ResultReader::image_size(const nlohmann::json& json) {
  if (!json.is_array() || json.size() != 2) {
    fail<GenotypeError>("network.auxiliary_head: [height, width] expected, found ", found_json(json));
  }
  return {whole_number(json[0], "auxiliary_head[0]"), whole_number(json[1], "auxiliary_head[1]")};
}

NASNET_BODY std::int64_t ResultReader::whole_number(const nlohmann::json& json, const char* key) {
  const std::optional<std::int64_t> number = whole_number_of(json, (std::numeric_limits<std::int64_t>::min)());
  if (!number) {
    fail<GenotypeError>("network.", key, ": a whole number expected, found ", found_json(json),
                        json.is_number_unsigned() ? ", which is out of range" : "");
  }
  return *number;
}

NASNET_BODY void ResultReader::read_count(const nlohmann::json& json, const char* key, std::int64_t& value) {
  if (json.contains(key)) value = whole_number(json[key], key);
}

NASNET_BODY void ResultReader::read_number(const nlohmann::json& json, const char* key, double& value) {
  if (!json.contains(key)) return;
  const std::optional<double> number = number_of(json[key]);
  if (!number) fail<GenotypeError>("network.", key, ": a number expected, found ", found_json(json[key]));
  value = *number;
}

NASNET_BODY void ResultReader::read_switch(const nlohmann::json& json, const char* key, bool& value) {
  if (!json.contains(key)) return;
  const std::optional<bool> flag = flag_of(json[key]);
  if (!flag) fail<GenotypeError>("network.", key, ": true or false expected, found ", found_json(json[key]));
  value = *flag;
}

NASNET_BODY ChannelStatistics ResultReader::normalisation(const nlohmann::json& json) {
  check_keys(json, "normalisation", {"mean", "deviation"});
  ChannelStatistics statistics{.mean = floats(json, "mean"), .deviation = floats(json, "deviation")};
  if (statistics.mean.size() != statistics.deviation.size()) {
    fail<GenotypeError>("normalisation: ", statistics.mean.size(), " means and ", statistics.deviation.size(),
                        " deviations found");
  }
  for (std::size_t channel = 0; channel < statistics.mean.size(); ++channel) {
    if (!std::isfinite(statistics.mean[channel])) fail_normalisation(json, "mean", channel, "a finite number");
    const float deviation = statistics.deviation[channel];
    if (!std::isfinite(deviation) || !(deviation > 0)) {
      fail_normalisation(json, "deviation", channel, "a finite number above 0");
    }
  }
  return statistics;
}

NASNET_BODY void ResultReader::fail_normalisation(const nlohmann::json& json, const char* key, std::size_t channel,
                                                  const char* wanted) {
  fail<GenotypeError>("normalisation.", key, '[', channel, "]: ", wanted, " expected, found ",
                      found_json(json[key][channel]));
}

NASNET_BODY std::vector<float> ResultReader::floats(const nlohmann::json& json, const char* key) {
  std::vector<float> values;
  if (!json.contains(key) || !json[key].is_array()) fail<GenotypeError>("normalisation.", key, ": numbers expected");
  for (const nlohmann::json& value : json[key]) {
    const std::optional<double> number = number_of(value);
    if (!number) fail<GenotypeError>("normalisation.", key, ": a number expected, found ", found_json(value));
    values.push_back(static_cast<float>(*number));
  }
  return values;
}

NASNET_BODY std::int64_t ResultReader::count_from_1(const nlohmann::json& json, const char* key) {
  const std::optional<std::int64_t> count = whole_number_of(json[key], 1);
  if (!count) fail<GenotypeError>(key, ": a whole number from 1 expected, found ", found_json(json[key]));
  return *count;
}

NASNET_BODY std::optional<double> ResultReader::accuracy(const nlohmann::json& json, const char* key) {
  if (!json.contains(key)) return std::nullopt;
  const std::optional<double> value = number_of(json[key]);
  if (!value || *value < 0 || *value > 1) {
    fail<GenotypeError>(key, ": a number from 0 to 1 expected, found ", found_json(json[key]));
  }
  return value;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string to_json_text(const SearchResult& result) {
  std::string text = "{\"format\": 1,\n \"architecture\": ";
  text.append(detail::indented(to_json_text(result.architecture)));
  text.append(",\n \"network\": ").append(network_json(result.network).dump());
  if (!result.normalisation.mean.empty()) {
    const nlohmann::ordered_json json{{"mean", result.normalisation.mean},
                                      {"deviation", result.normalisation.deviation}};
    text.append(",\n \"normalisation\": ").append(json.dump());
  }
  const auto append_accuracy = [&](const char* key, const std::optional<double>& accuracy) {
    if (accuracy) text.append(join(",\n \"", key, "\": ", nlohmann::json(*accuracy).dump()));
  };
  append_accuracy("validation_accuracy", result.validation_accuracy);
  if (result.budget) text.append(join(",\n \"budget\": ", *result.budget));
  if (result.evaluations > 1) text.append(join(",\n \"evaluations\": ", result.evaluations));
  append_accuracy("test_accuracy", result.test_accuracy);
  return text.append("}\n");
}

NASNET_BODY void write_result(const SearchResult& result, const std::string& path) {
  write_file_atomically(path, to_json_text(result));
}

NASNET_BODY SearchResult read_result(const std::string& path) {
  constexpr std::uint64_t largest = std::uint64_t{64} << 20U;
  const std::string text = read_text_file(path, largest);
  SearchResult result;
  const auto failure =
      catch_failure([&] { result = detail::ResultReader::read(parse_strict_json(text, "JSON"), path); });
  if (failure) fail<GenotypeError>('\'', path, "': ", failure->message);
  return result;
}

NASNET_BODY SearchResult find_network(const std::string& name_or_path) {
  if (is_network_name(name_or_path)) {
    const NetworkDescription named = named_network(name_or_path);
    return {.architecture = named.architecture, .network = named.config};
  }
  if (!detail::file_exists(name_or_path)) {
    std::string known;
    for (const std::string_view name : network_names) known.append(known.empty() ? "" : ", ").append(name);
    fail<IoError>("cannot read '", name_or_path, "': there is no such file, nor a network of that name; known are ",
                  known, ", and published cells with stem and scale, as nasnet-a-cifar-2@48");
  }
  return read_result(name_or_path);
}

NASNET_BODY SearchResult find_network(const std::string& name_or_path, std::span<const OpInfo> ops) {
  SearchResult result = find_network(name_or_path);
  if (const Fault fault = validate(result.architecture, ops)) {
    fail<GenotypeError>('\'', name_or_path, "': ", describe(fault, result.architecture, ops));
  }
  return result;
}

}  // namespace nasnet::inline NASNET_ABI
