#pragma once

#include "nasnet/journal/record_json.hpp"

#include <array>              // array
#include <nlohmann/json.hpp>  // ordered_json
#include <span>               // span
#include <string>             // string

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/record_fields.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/trial/trial_fields.hpp"

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

NASNET_BODY nlohmann::ordered_json record_json(JournalEvent event, const Trial& trial) {
  nlohmann::ordered_json json{{"event", std::string(to_string(event))}};
  for (const std::span<const TrialField> fields : fields_of(event)) put_fields(json, trial, fields);
  return json;
}

NASNET_BODY nlohmann::ordered_json result_json(const Trial& trial) {
  constexpr std::array head{TrialField::number, TrialField::proposal, TrialField::state};
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  put_fields(json, trial, head);
  put_fields(json, trial, proposal_fields);
  if (trial.state == TrialState::done) put_fields(json, trial, evaluation_fields);
  if (trial.state == TrialState::failed) put_fields(json, trial, failure_fields);
  return json;
}

}  // namespace nasnet::inline NASNET_ABI::detail
