#pragma once

#include "nasnet/evaluator/outcome_json.hpp"

#include <cmath>              // isfinite, isnan
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <utility>            // move

#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/trial/trial_fields.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline nlohmann::json exact_number(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

NASNET_LAZY [[nodiscard]] inline std::optional<double> read_exact_number(const nlohmann::json& json) {
  if (const std::optional<double> number = number_of(json)) return number;
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

NASNET_LAZY [[nodiscard]] inline std::string key_of(TrialField field) { return std::string(name_of(field)); }

NASNET_LAZY [[nodiscard]] inline std::optional<double> exact_number_in(const nlohmann::json& json, TrialField field) {
  const nlohmann::json* value = field_of(json, name_of(field));
  return value == nullptr ? std::nullopt : read_exact_number(*value);
}

NASNET_LAZY [[nodiscard]] inline std::optional<Outcome> evaluation_from_json(const nlohmann::json& json) {
  const std::optional<double> accuracy = exact_number_in(json, TrialField::accuracy);
  const std::optional<double> loss = exact_number_in(json, TrialField::loss);
  const nlohmann::json* metrics = field_of(json, name_of(TrialField::metrics));
  if (!accuracy || !loss || metrics == nullptr || !metrics->is_object()) return std::nullopt;
  Evaluation evaluation{.validation_accuracy = *accuracy, .validation_loss = *loss};
  for (const auto& [name, value] : metrics->items()) {
    const std::optional<double> number = read_exact_number(value);
    if (!number) return std::nullopt;
    evaluation.metrics.emplace(name, *number);
  }
  return Outcome(std::move(evaluation));
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY nlohmann::json to_json(const Outcome& outcome) {
  using detail::exact_number, detail::key_of, detail::TrialField;
  nlohmann::json json = nlohmann::json::object();
  if (const auto& evaluation = outcome.evaluation()) {
    json[key_of(TrialField::accuracy)] = exact_number(evaluation->validation_accuracy);
    json[key_of(TrialField::loss)] = exact_number(evaluation->validation_loss);
    nlohmann::json& metrics = json[key_of(TrialField::metrics)] = nlohmann::json::object();
    for (const auto& [name, value] : evaluation->metrics) metrics[name] = exact_number(value);
    return json;
  }
  json[key_of(TrialField::message)] = outcome.message();
  if (outcome.is_unresolved()) {
    json["unresolved"] = true;
  } else {
    json[key_of(TrialField::failure)] = std::string(to_string(outcome.failure()));
  }
  return json;
}

NASNET_BODY std::optional<Outcome> outcome_from_json(const nlohmann::json& json) {
  using detail::field_of, detail::name_of, detail::text_of, detail::TrialField;
  const nlohmann::json* failure = field_of(json, name_of(TrialField::failure));
  const bool is_unresolved = field_of(json, "unresolved") != nullptr;
  if (failure == nullptr && !is_unresolved) return detail::evaluation_from_json(json);
  const nlohmann::json* message = field_of(json, name_of(TrialField::message));
  const std::string* sentence = message == nullptr ? nullptr : text_of(*message);
  if (sentence == nullptr) return std::nullopt;
  if (is_unresolved) return Outcome::unresolved(*sentence);
  const std::string* name = text_of(*failure);
  const std::optional<FailureKind> kind = name == nullptr ? std::nullopt : failure_kind_named(*name);
  if (!kind) return std::nullopt;
  return Outcome::failed(*kind, *sentence);
}

}  // namespace nasnet::inline NASNET_ABI
