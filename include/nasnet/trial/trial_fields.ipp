#pragma once

#include "nasnet/trial/trial_fields.hpp"

#include <algorithm>          // min
#include <array>              // array
#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <limits>             // numeric_limits
#include <nlohmann/json.hpp>  // ordered_json
#include <optional>           // optional
#include <span>               // span
#include <string>             // string
#include <string_view>        // string_view

#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/trial/field_reader.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A field in files.
struct TrialFieldRow {
  TrialField field;
  std::string_view name;
  bool may_be_absent;
};

inline constexpr std::array trial_field_rows{
    TrialFieldRow{TrialField::number, "trial", false},
    TrialFieldRow{TrialField::proposal, "proposal", false},
    TrialFieldRow{TrialField::attempt, "attempt", false},
    TrialFieldRow{TrialField::worker, "worker", false},
    TrialFieldRow{TrialField::duplicate_of, "of", false},
    TrialFieldRow{TrialField::reason, "reason", false},
    TrialFieldRow{TrialField::state, "state", false},
    TrialFieldRow{TrialField::hash, "hash", false},
    TrialFieldRow{TrialField::budget, "budget", true},
    TrialFieldRow{TrialField::repeat, "repeat", true},
    TrialFieldRow{TrialField::enqueued, "enqueued", true},
    TrialFieldRow{TrialField::bytes, "bytes", true},
    TrialFieldRow{TrialField::parameters, "parameters", true},
    TrialFieldRow{TrialField::multiply_adds, "multiply_adds", true},
    TrialFieldRow{TrialField::architecture, "architecture", false},
    TrialFieldRow{TrialField::accuracy, "validation_accuracy", false},
    TrialFieldRow{TrialField::loss, "validation_loss", false},
    TrialFieldRow{TrialField::metrics, "metrics", true},
    TrialFieldRow{TrialField::failure, "kind", false},
    TrialFieldRow{TrialField::message, "message", false},
    TrialFieldRow{TrialField::seconds, "seconds", false},
};

/// Its place in the table is that in the enumeration.
[[nodiscard]] constexpr const TrialFieldRow& row_of(TrialField field) {
  return trial_field_rows[static_cast<std::size_t>(field)];
}

[[nodiscard]] constexpr bool rows_are_in_order() {
  for (std::size_t row = 0; row < trial_field_rows.size(); ++row) {
    if (trial_field_rows[row].field != static_cast<TrialField>(row)) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

NASNET_BODY std::string_view name_of(TrialField field) { return row_of(field).name; }

NASNET_LAZY [[nodiscard]] inline nlohmann::ordered_json count_or_null(const std::optional<std::int64_t>& count) {
  return count ? nlohmann::ordered_json(*count) : nlohmann::ordered_json();
}

NASNET_BODY nlohmann::ordered_json value_of(TrialField field, const Trial& trial) {
  switch (field) {
    case TrialField::number: return trial.number;
    case TrialField::proposal: return trial.proposal;
    case TrialField::attempt: return trial.attempt;
    case TrialField::worker: return trial.worker;
    case TrialField::duplicate_of: return trial.duplicate_of;
    case TrialField::state: return std::string(to_string(trial.state));
    case TrialField::hash: return hex_text(trial.hash);
    case TrialField::budget: return count_or_null(trial.budget);
    case TrialField::repeat: return trial.repeat != 0 ? nlohmann::ordered_json(trial.repeat) : nlohmann::ordered_json();
    case TrialField::enqueued: return trial.enqueued ? nlohmann::ordered_json(true) : nlohmann::ordered_json();
    case TrialField::bytes: return count_or_null(trial.bytes);
    case TrialField::parameters: return count_or_null(trial.parameters);
    case TrialField::multiply_adds: return count_or_null(trial.multiply_adds);
    case TrialField::architecture: return to_text(trial.architecture);
    case TrialField::accuracy: return trial.evaluation.validation_accuracy;
    case TrialField::loss: return trial.evaluation.validation_loss;
    case TrialField::metrics:
      return trial.evaluation.metrics.empty() ? nlohmann::ordered_json()
                                              : nlohmann::ordered_json(trial.evaluation.metrics);
    case TrialField::failure: return std::string(to_string(trial.failure.value_or(FailureKind::exception)));
    case TrialField::reason:
    case TrialField::message: return trial.message;
    case TrialField::seconds: return trial.seconds;
  }
  return {};
}

NASNET_BODY void put_fields(nlohmann::ordered_json& json, const Trial& trial, std::span<const TrialField> fields) {
  for (const TrialField field : fields) {
    nlohmann::ordered_json value = value_of(field, trial);
    if (!value.is_null()) json[std::string(name_of(field))] = std::move(value);
  }
}

NASNET_LAZY [[nodiscard]] inline TrialState read_state(const FieldReader& reader, std::string_view name) {
  const std::string& text = reader.text(name);
  for (const TrialState state : all_trial_states) {
    if (to_string(state) == text) return state;
  }
  reader.fail_here("the state \"", text, "\" is unknown");
}

NASNET_LAZY [[nodiscard]] inline FailureKind read_failure_kind(const FieldReader& reader, std::string_view name) {
  const std::optional<FailureKind> kind = failure_kind_named(reader.text(name));
  if (!kind) reader.fail_here("the kind of failure \"", reader.text(name), "\" is unknown");
  return *kind;
}

NASNET_LAZY inline void read_metrics(const FieldReader& reader, std::string_view name, Trial& trial) {
  const nlohmann::json& metrics = reader.field(name);
  if (!metrics.is_object()) reader.fail_here("the field \"", name, "\" is no JSON object");
  for (const auto& [key, value] : metrics.items()) trial.evaluation.metrics[key] = reader.number_in(value, key);
}

NASNET_LAZY inline void read_field(const FieldReader& reader, TrialField field, Trial& trial) {
  const std::string_view name = name_of(field);
  switch (field) {
    case TrialField::number: trial.number = reader.count(name); break;
    case TrialField::proposal: trial.proposal = reader.count(name); break;
    case TrialField::attempt: trial.attempt = reader.count(name); break;
    case TrialField::worker:
      trial.worker = static_cast<int>((std::min)(reader.count(name), std::int64_t{(std::numeric_limits<int>::max)()}));
      break;
    case TrialField::duplicate_of: trial.duplicate_of = reader.count(name); break;
    case TrialField::state: trial.state = read_state(reader, name); break;
    case TrialField::hash: trial.hash = reader.hash(name); break;
    case TrialField::budget: trial.budget = reader.count(name); break;
    case TrialField::repeat: trial.repeat = reader.count(name); break;
    case TrialField::enqueued: trial.enqueued = true; break;
    case TrialField::bytes: trial.bytes = reader.count(name); break;
    case TrialField::parameters: trial.parameters = reader.count(name); break;
    case TrialField::multiply_adds: trial.multiply_adds = reader.count(name); break;
    case TrialField::architecture: trial.architecture = reader.architecture(name); break;
    case TrialField::accuracy: trial.evaluation.validation_accuracy = reader.number(name); break;
    case TrialField::loss: trial.evaluation.validation_loss = reader.number(name); break;
    case TrialField::metrics: read_metrics(reader, name, trial); break;
    case TrialField::failure: trial.failure = read_failure_kind(reader, name); break;
    case TrialField::reason:
    case TrialField::message: trial.message = reader.text(name); break;
    case TrialField::seconds: trial.seconds = reader.number(name); break;
  }
}

NASNET_BODY void read_fields(const FieldReader& reader, Trial& trial, std::span<const TrialField> fields) {
  for (const TrialField field : fields) {
    if (row_of(field).may_be_absent && !reader.has(name_of(field))) continue;
    read_field(reader, field, trial);
  }
}

}  // namespace nasnet::inline NASNET_ABI::detail
