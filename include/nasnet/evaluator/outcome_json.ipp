#pragma once

#include "nasnet/evaluator/outcome_json.hpp"

#include <cmath>              // isfinite, isnan
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <utility>            // move

#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline nlohmann::json exact_number(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

NASNET_LAZY [[nodiscard]] inline std::optional<double> read_exact_number(const nlohmann::json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY nlohmann::json to_json(const Outcome& outcome) {
  nlohmann::json json = nlohmann::json::object();
  if (const auto& evaluation = outcome.evaluation()) {
    json["accuracy"] = detail::exact_number(evaluation->validation_accuracy);
    json["loss"] = detail::exact_number(evaluation->validation_loss);
    json["metrics"] = nlohmann::json::object();
    for (const auto& [name, value] : evaluation->metrics) json["metrics"][name] = detail::exact_number(value);
    return json;
  }
  json["message"] = outcome.message();
  if (outcome.is_unresolved()) {
    json["unresolved"] = true;
  } else {
    json["failure"] = std::string(to_string(outcome.failure()));
  }
  return json;
}

NASNET_BODY std::optional<Outcome> outcome_from_json(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto failure = json.find("failure");
  const bool is_unresolved = json.contains("unresolved");
  if (failure != json.end() || is_unresolved) {
    const auto message = json.find("message");
    if (message == json.end() || !message->is_string()) return std::nullopt;
    if (is_unresolved) return Outcome::unresolved(message->get<std::string>());
    if (!failure->is_string()) return std::nullopt;
    const auto kind = failure_kind_named(failure->get_ref<const std::string&>());
    if (!kind) return std::nullopt;
    return Outcome::failed(*kind, message->get<std::string>());
  }
  const auto accuracy = detail::read_exact_number(json.value("accuracy", nlohmann::json()));
  const auto loss = detail::read_exact_number(json.value("loss", nlohmann::json()));
  const nlohmann::json metrics = json.value("metrics", nlohmann::json());
  if (!accuracy || !loss || !metrics.is_object()) return std::nullopt;
  Evaluation evaluation{.validation_accuracy = *accuracy, .validation_loss = *loss};
  for (const auto& [name, value] : metrics.items()) {
    const auto number = detail::read_exact_number(value);
    if (!number) return std::nullopt;
    evaluation.metrics.emplace(name, *number);
  }
  return Outcome(std::move(evaluation));
}

}  // namespace nasnet::inline NASNET_ABI
