#pragma once

#include "nasnet/journal/journal_writer.hpp"

#include <nlohmann/json.hpp>  // ordered_json

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/journal/record_json.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void JournalWriter::begin(const JournalHeader& header) {
  file_.append(detail::one_line(detail::header_json(header)));
}

NASNET_BODY void JournalWriter::write(JournalEvent event, const Trial& trial) {
  write_line(detail::one_line(detail::record_json(event, trial)));
}

}  // namespace nasnet::inline NASNET_ABI
