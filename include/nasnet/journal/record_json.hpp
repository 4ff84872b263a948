/// The lines of a journal as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>  // ordered_json

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] nlohmann::ordered_json header_json(const JournalHeader& header);

NASNET_LAZY [[nodiscard]] nlohmann::ordered_json record_json(JournalEvent event, const Trial& trial);

/// What came of a trial that is done or failed, without times, attempts and workers.
NASNET_LAZY [[nodiscard]] nlohmann::ordered_json result_json(const Trial& trial);

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/journal/record_json.ipp"
#endif
