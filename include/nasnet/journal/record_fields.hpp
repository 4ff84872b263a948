/// Which fields of a trial the lines of a journal have, in their order.
#pragma once

#include <array>  // array
#include <span>   // span

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial_fields.hpp"

namespace nasnet::inline NASNET_ABI::detail {

inline constexpr std::array proposal_fields{TrialField::hash,          TrialField::budget,      TrialField::repeat,
                                            TrialField::enqueued,      TrialField::bytes,       TrialField::parameters,
                                            TrialField::multiply_adds, TrialField::architecture};
inline constexpr std::array evaluation_fields{TrialField::accuracy, TrialField::loss, TrialField::metrics};
inline constexpr std::array failure_fields{TrialField::failure, TrialField::message};

inline constexpr std::array run_fields{TrialField::seconds, TrialField::attempt, TrialField::worker};
inline constexpr std::array start_fields{TrialField::number, TrialField::proposal, TrialField::attempt,
                                         TrialField::worker};
inline constexpr std::array end_fields{TrialField::number, TrialField::hash};
inline constexpr std::array duplicate_fields{TrialField::proposal, TrialField::duplicate_of};
inline constexpr std::array rejection_fields{TrialField::proposal, TrialField::reason};

/// The groups that make the line of an event; those that are missing are empty.
[[nodiscard]] constexpr std::array<std::span<const TrialField>, 3> fields_of(JournalEvent event) {
  switch (event) {
    case JournalEvent::started: return {start_fields, proposal_fields};
    case JournalEvent::finished: return {end_fields, evaluation_fields, run_fields};
    case JournalEvent::failed: return {end_fields, failure_fields, run_fields};
    case JournalEvent::duplicate: return {duplicate_fields, proposal_fields};
    case JournalEvent::rejected: return {rejection_fields, proposal_fields};
    case JournalEvent::enqueued: return {proposal_fields};
    case JournalEvent::known: return {evaluation_fields, proposal_fields};
    case JournalEvent::exhausted: break;
  }
  return {};
}

}  // namespace nasnet::inline NASNET_ABI::detail
