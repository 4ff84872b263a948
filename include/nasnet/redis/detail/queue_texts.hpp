/// Trials, results and descriptions of searches as the JSON that a queue carries.
#pragma once

#include <cmath>              // round
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/outcome_json.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/strict_json.hpp"
#include "nasnet/journal/settings_difference.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/version.hpp"

namespace nasnet::inline NASNET_ABI::detail {

// ---- searches

/// What worker and search must have in common. Results of other versions and instruction sets differ in their last
/// bits.
[[nodiscard]] inline nlohmann::json search_description(const AnySpace& space, const nlohmann::json& evaluator) {
  return {{"nasnet", NASNET_VERSION_STRING},
          {"instruction_set", std::string(to_string(instruction_set()))},
          {"space", space.fingerprint()},
          {"evaluator", evaluator}};
}

/// Why results of this process would not be those of the search. Keys that the process does not have are not compared.
[[nodiscard]] inline std::optional<std::string> reason_against_taking_part(const nlohmann::json& search,
                                                                           const nlohmann::json& own,
                                                                           std::string_view owner) {
  for (const char* key :
       {"nasnet", "instruction_set", "space", "program", "evaluator", "lease_ms", "deaths", "duplicates"}) {
    if (!own.contains(key)) continue;
    const nlohmann::json theirs = search.contains(key) ? search.at(key) : nlohmann::json();
    const bool is_program = std::string_view(key) == "program";  // its settings have the names that its user knows
    auto difference = first_difference({"the search", theirs}, {owner, own.at(key)}, is_program ? "" : key);
    if (!difference) continue;
    if (std::string_view(key) != "instruction_set") return difference;
    return join(*difference, "; NASNET_ISA set to the weakest of all machines makes them agree");
  }
  return std::nullopt;
}

// ---- trials

inline constexpr std::size_t unlimited_bytes = static_cast<std::size_t>(-1);

/// @param search id of the search
[[nodiscard]] inline std::string trial_text(const Architecture& architecture, const TrialContext& trial,
                                            const std::string& search) {
  const RandomStream::State state = trial.random.state();
  nlohmann::json json{{"search", search},
                      {"trial", trial.trial},
                      {"random", {state.key, state.position}},
                      {"architecture", to_json(architecture)}};
  if (trial.budget) json["budget"] = *trial.budget;
  if (trial.repeat != 0) json["repeat"] = trial.repeat;
  const std::size_t bytes = trial.context.allocator().limit();
  if (bytes != unlimited_bytes) json["bytes"] = bytes;
  if (trial.deadline) json["seconds"] = std::round(1000 * (*trial.deadline - SteadyTime::now())) / 1000;
  return one_line(json);
}

/// A trial as a worker reads it.
struct ReadTrial {
  std::string search;
  std::int64_t trial = 0;
  RandomStream::State random{};
  Architecture architecture{};
  std::optional<std::int64_t> budget{};
  std::int64_t repeat = 0;
  std::size_t bytes = unlimited_bytes;  ///< limit of its tensors
  std::optional<double> seconds{};
};

/// @throws DataError for what trial_text does not write.
[[nodiscard]] inline ReadTrial read_trial(const std::string& text) {
  const nlohmann::json json = parse_json(text);
  const auto number = [&](const char* key) {
    return json.contains(key) && json.at(key).is_number_integer() ? std::optional(json.at(key).get<std::int64_t>())
                                                                  : std::nullopt;
  };
  const bool is_sound = json.is_object() && json.contains("search") && json.at("search").is_string() &&
                        number("trial") && json.contains("random") && json.at("random").is_array() &&
                        json.at("random").size() == 2 && json.at("random").at(0).is_number_unsigned() &&
                        json.at("random").at(1).is_number_unsigned() && json.contains("architecture");
  if (!is_sound) fail<DataError>("queue: a trial is not what a search writes: ", text.substr(0, 200));
  ReadTrial trial{
      .search = json.at("search").get<std::string>(),
      .trial = *number("trial"),
      .random = {json.at("random").at(0).get<std::uint64_t>(), json.at("random").at(1).get<std::uint64_t>()},
      .architecture = architecture_from_json(json.at("architecture"), "architecture"),
      .budget = number("budget"),
      .repeat = number("repeat").value_or(0)};
  if (json.contains("bytes") && json.at("bytes").is_number_unsigned()) {
    trial.bytes = json.at("bytes").get<std::size_t>();
  }
  if (json.contains("seconds") && json.at("seconds").is_number()) trial.seconds = json.at("seconds").get<double>();
  return trial;
}

// ---- results

[[nodiscard]] inline std::string result_text(const Outcome& outcome, const std::string& worker) {
  nlohmann::json json = to_json(outcome);
  json["worker"] = worker;
  return one_line(json);
}

/// @throws DataError for what result_text does not write.
[[nodiscard]] inline Outcome read_result(const std::string& text) {
  const auto outcome = outcome_from_json(parse_json(text));
  if (!outcome) fail<DataError>("queue: a result is not what a worker writes: ", text.substr(0, 200));
  return *outcome;
}

}  // namespace nasnet::inline NASNET_ABI::detail
