/// The pen of a journal; see journal/journal.hpp.
#pragma once

#include <string>  // string

#include "nasnet/core/file.hpp"
#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// Writes a journal line by line. One search at a time writes a file; another one is refused.
class JournalWriter {
 public:
  /// Opens the file, or makes it.
  /// @throws IoError where it cannot be written.
  NASNET_LAZY explicit JournalWriter(const std::string& path, AppendOptions options = {});

  NASNET_LAZY [[nodiscard]] std::string path() const;

  /// Cuts off a last line that was not written whole.
  NASNET_LAZY void drop_torn_line();

  /// @throws IoError where the line could not be stored, as on a full disk; the file then ends with the line before.
  NASNET_LAZY void begin(const JournalHeader& header);

  /// As above.
  NASNET_LAZY void write(JournalEvent event, const Trial& trial = {});

  /// A line that is put together already. As above.
  NASNET_LAZY void write_line(const std::string& line);

 private:
  AppendFile file_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/journal/journal_writer.ipp"
#endif
