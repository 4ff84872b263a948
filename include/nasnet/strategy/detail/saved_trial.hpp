/// Trials within the saved state of a strategy.
#pragma once

#include <cstdint>            // int64_t
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline std::optional<TrialState> trial_state_named(std::string_view name) {
  for (const TrialState state : all_trial_states) {
    if (to_string(state) == name) return state;
  }
  return std::nullopt;
}

/// All of a trial but by whom it was run. An architecture without blocks is left out.
NASNET_LAZY [[nodiscard]] inline nlohmann::json save_trial(const Trial& trial) {
  nlohmann::json json = nlohmann::json::object();
  json["number"] = trial.number;
  json["proposal"] = trial.proposal;
  json["hash"] = hex_text(trial.hash);
  json["state"] = std::string(to_string(trial.state));
  json["accuracy"] = trial.evaluation.validation_accuracy;
  json["loss"] = trial.evaluation.validation_loss;
  json["metrics"] = trial.evaluation.metrics;
  json["message"] = trial.message;
  json["seconds"] = trial.seconds;
  json["repeat"] = trial.repeat;
  if (trial.budget) json["budget"] = *trial.budget;
  if (trial.enqueued) json["enqueued"] = true;
  if (trial.bytes) json["bytes"] = *trial.bytes;
  json["of"] = trial.duplicate_of;
  if (trial.failure) json["failure"] = std::string(to_string(*trial.failure));
  if (trial.parameters) json["parameters"] = *trial.parameters;
  if (trial.multiply_adds) json["multiply_adds"] = *trial.multiply_adds;
  if (!trial.architecture.normal.blocks.empty()) json["architecture"] = to_json(trial.architecture);
  return json;
}

/// @throws DataError for what save_trial does not write.
NASNET_LAZY [[nodiscard]] inline Trial load_trial(const SavedState& saved) {
  Trial trial;
  trial.number = saved.whole_number("number");
  trial.proposal = saved.whole_number("proposal");
  const auto hash = hash_of_text(saved.text("hash"));
  const auto state = trial_state_named(saved.text("state"));
  if (!hash || !state) saved.fail_at(hash ? "state" : "hash");
  trial.hash = *hash;
  trial.state = *state;
  trial.evaluation.validation_accuracy = saved.number("accuracy");
  trial.evaluation.validation_loss = saved.number("loss");
  const SavedState metrics = saved.part(saved.field("metrics"));
  for (const auto& [name, value] : saved.field("metrics").items()) {
    trial.evaluation.metrics[name] = metrics.number(name.c_str());
  }
  trial.message = saved.text("message");
  trial.seconds = saved.number("seconds");
  trial.repeat = saved.count("repeat");
  if (saved.has("budget")) trial.budget = saved.count("budget");
  if (saved.has("enqueued")) trial.enqueued = saved.flag("enqueued");
  if (saved.has("bytes")) trial.bytes = saved.count("bytes");
  trial.duplicate_of = saved.whole_number("of");
  if (saved.has("failure")) {
    trial.failure = failure_kind_named(saved.text("failure"));
    if (!trial.failure) saved.fail_at("failure");
  }
  if (saved.has("parameters")) trial.parameters = saved.count("parameters");
  if (saved.has("multiply_adds")) trial.multiply_adds = saved.count("multiply_adds");
  if (saved.has("architecture")) trial.architecture = saved.architecture("architecture");
  return trial;
}

}  // namespace nasnet::inline NASNET_ABI::detail
