#pragma once

#include "nasnet/journal/record_json.hpp"

#include <nlohmann/json.hpp>  // ordered_json
#include <string>             // string

#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY nlohmann::ordered_json header_json(const JournalHeader& header) {
  nlohmann::ordered_json json;
  json["format"] = journal_format;
  json["nasnet"] = header.version;
  json["seed"] = header.seed;
  json["space"] = header.space;
  json["instruction_set"] = header.instruction_set;
  json["settings"] = header.settings.get();
  return json;
}

NASNET_LAZY inline void put_proposal(nlohmann::ordered_json& json, const Trial& trial) {
  json["hash"] = hex_text(trial.hash);
  if (trial.budget) json["budget"] = *trial.budget;
  if (trial.repeat != 0) json["repeat"] = trial.repeat;
  if (trial.enqueued) json["enqueued"] = true;
  if (trial.bytes) json["bytes"] = *trial.bytes;
  if (trial.parameters) json["parameters"] = *trial.parameters;
  if (trial.multiply_adds) json["multiply_adds"] = *trial.multiply_adds;
  json["architecture"] = to_text(trial.architecture);
}

NASNET_LAZY inline void put_evaluation(nlohmann::ordered_json& json, const Evaluation& evaluation) {
  json["validation_accuracy"] = evaluation.validation_accuracy;
  json["validation_loss"] = evaluation.validation_loss;
  if (!evaluation.metrics.empty()) json["metrics"] = evaluation.metrics;
}

NASNET_LAZY inline void put_failure(nlohmann::ordered_json& json, const Trial& trial) {
  json["kind"] = std::string(to_string(trial.failure.value_or(FailureKind::exception)));
  json["message"] = trial.message;
}

NASNET_LAZY inline void put_run(nlohmann::ordered_json& json, const Trial& trial) {
  json["seconds"] = trial.seconds;
  json["attempt"] = trial.attempt;
  json["worker"] = trial.worker;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json started_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "started"},
                              {"trial", trial.number},
                              {"proposal", trial.proposal},
                              {"attempt", trial.attempt},
                              {"worker", trial.worker}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json ended_json(const Trial& trial) {
  const bool done = trial.state == TrialState::done;
  nlohmann::ordered_json json{{"event", done ? "finished" : "failed"}, {"trial", trial.number}};
  json["hash"] = hex_text(trial.hash);
  if (done) put_evaluation(json, trial.evaluation);
  if (!done) put_failure(json, trial);
  put_run(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json duplicate_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "duplicate"}, {"proposal", trial.proposal}, {"of", trial.duplicate_of}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json rejected_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "rejected"}, {"proposal", trial.proposal}, {"reason", trial.message}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json enqueued_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "enqueued"}};
  put_proposal(json, trial);
  return json;
}

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json known_json(const Trial& trial) {
  nlohmann::ordered_json json{{"event", "known"}};
  put_evaluation(json, trial.evaluation);
  put_proposal(json, trial);
  return json;
}

NASNET_BODY nlohmann::ordered_json record_json(JournalEvent event, const Trial& trial) {
  switch (event) {
    case JournalEvent::started: return started_json(trial);
    case JournalEvent::finished:
    case JournalEvent::failed: return ended_json(trial);
    case JournalEvent::duplicate: return duplicate_json(trial);
    case JournalEvent::rejected: return rejected_json(trial);
    case JournalEvent::enqueued: return enqueued_json(trial);
    case JournalEvent::known: return known_json(trial);
    case JournalEvent::exhausted: break;
  }
  return {{"event", "exhausted"}};
}

NASNET_BODY nlohmann::ordered_json result_json(const Trial& trial) {
  nlohmann::ordered_json json{
      {"trial", trial.number}, {"proposal", trial.proposal}, {"state", std::string(to_string(trial.state))}};
  put_proposal(json, trial);
  if (trial.state == TrialState::done) put_evaluation(json, trial.evaluation);
  if (trial.state == TrialState::failed) put_failure(json, trial);
  return json;
}

}  // namespace nasnet::inline NASNET_ABI::detail
