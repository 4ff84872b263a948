/// The fields of a trial: their names and values in all files and messages.
#pragma once

#include <nlohmann/json_fwd.hpp>  // json, ordered_json
#include <span>                   // span
#include <string_view>            // string_view

#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

class FieldReader;

/// One row each in the table of trial_fields.ipp. An architecture is its text form.
enum class TrialField {
  number,
  proposal,
  attempt,
  worker,
  duplicate_of,
  reason,  // against a rejected one
  state,
  hash,
  budget,
  repeat,
  enqueued,
  bytes,
  parameters,
  multiply_adds,
  architecture,
  accuracy,
  loss,
  metrics,
  failure,
  message,
  seconds,
};

/// What it is called in files.
NASNET_LAZY [[nodiscard]] std::string_view name_of(TrialField field);

/// Null where the trial has no such value, or the one that is understood where the field is absent.
NASNET_LAZY [[nodiscard]] nlohmann::ordered_json value_of(TrialField field, const Trial& trial);

/// Adds those that are not null, in this order.
NASNET_LAZY void put_fields(nlohmann::ordered_json& json, const Trial& trial, std::span<const TrialField> fields);

/// Reads fields. Those that may be absent, and are, leave the trial as it is.
/// @throws what the reader throws for a field that is missing, or has a value that value_of does not give.
NASNET_LAZY void read_fields(const FieldReader& reader, Trial& trial, std::span<const TrialField> fields);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/trial/trial_fields.ipp"
#endif
