/// Trials within the saved state of a strategy.
#pragma once

#include <array>              // array
#include <nlohmann/json.hpp>  // json, ordered_json

#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/trial/trial.hpp"
#include "nasnet/trial/trial_fields.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// All of a trial but by whom it was run.
inline constexpr std::array saved_trial_fields{
    TrialField::proposal, TrialField::state,   TrialField::hash,       TrialField::budget,        TrialField::repeat,
    TrialField::enqueued, TrialField::bytes,   TrialField::parameters, TrialField::multiply_adds, TrialField::accuracy,
    TrialField::loss,     TrialField::metrics, TrialField::message,    TrialField::seconds};

/// Whether a trial has a field that not all of them have.
NASNET_LAZY [[nodiscard]] inline bool has_field(const Trial& trial, TrialField field) {
  switch (field) {
    case TrialField::number: return trial.number >= 0;
    case TrialField::duplicate_of: return trial.duplicate_of >= 0;
    case TrialField::failure: return trial.failure.has_value();
    case TrialField::architecture: return !trial.architecture.normal.blocks.empty();
    default: return true;
  }
}

inline constexpr std::array saved_where_present{TrialField::number, TrialField::duplicate_of, TrialField::failure,
                                                TrialField::architecture};

NASNET_LAZY [[nodiscard]] inline nlohmann::json save_trial(const Trial& trial) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  put_fields(json, trial, saved_trial_fields);
  for (const TrialField field : saved_where_present) {
    if (has_field(trial, field)) put_fields(json, trial, {&field, 1});
  }
  return json;
}

/// @throws DataError for what save_trial does not write.
NASNET_LAZY [[nodiscard]] inline Trial load_trial(const SavedState& saved) {
  Trial trial;
  read_fields(saved, trial, saved_trial_fields);
  for (const TrialField field : saved_where_present) {
    if (saved.has(name_of(field))) read_fields(saved, trial, {&field, 1});
  }
  return trial;
}

}  // namespace nasnet::inline NASNET_ABI::detail
