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

NASNET_BODY JournalWriter::JournalWriter(const std::string& path, AppendOptions options) : file_(path, options) {}

NASNET_BODY std::string JournalWriter::path() const { return file_.path().string(); }

NASNET_BODY void JournalWriter::drop_torn_line() { file_.drop_torn_line(); }

NASNET_BODY void JournalWriter::write_line(const std::string& line) { file_.append(line); }

}  // namespace nasnet::inline NASNET_ABI
