/// Reading a journal line by line.
#pragma once

#include <cstdint>      // int64_t, uint64_t
#include <functional>   // function
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/journal/journal_record.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

class JournalLine;

/// Reads line after line, checks that each event can follow those before it, and passes it on.
///
/// It keeps little of what it reads, so that who replays a long journal has each architecture once. A record says what
/// its line says: where a trial ends or starts once more, all else of the trial is in the record of its first start;
/// see SearchBook.
class JournalReader {
 public:
  using HeaderSink = std::function<void(JournalHeader)>;
  using RecordSink = std::function<void(JournalRecord)>;

  NASNET_LAZY JournalReader(const std::string& path, HeaderSink take_header, RecordSink take_record);

  NASNET_LAZY void read(std::string_view text);

  /// Bytes after the last whole line.
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  NASNET_LAZY void read_line(std::string_view text);

  /// A torn line is dropped, but never a file that somebody named by mistake.
  NASNET_LAZY void keep_torn_line(std::string_view text);

  NASNET_LAZY void read_header(const JournalLine& line);

  NASNET_LAZY void read_record(const JournalLine& line);

  NASNET_LAZY [[nodiscard]] static JournalEvent event_of(const JournalLine& line);

  /// Fails where the event cannot follow those before it.
  NASNET_LAZY void check(const JournalLine& line, JournalEvent event, const Trial& trial);

  NASNET_LAZY void check_start(const JournalLine& line, const Trial& trial);

  NASNET_LAZY void check_end(const JournalLine& line, const Trial& trial);

  NASNET_LAZY void check_proposal(const JournalLine& line, const Trial& trial);

  /// What has to be known of a trial to judge the lines that follow.
  struct Begun {
    std::uint64_t hash = 0;
    std::int64_t attempt = 0;
    bool has_ended = false;
  };

  /// The trial of this number, which must run.
  NASNET_LAZY [[nodiscard]] Begun& running(const JournalLine& line, std::int64_t number);

  const std::string& path_;
  HeaderSink take_header_;
  RecordSink take_record_;
  std::int64_t line_ = 0;
  std::int64_t proposals_ = 0;
  std::uint64_t torn_bytes_ = 0;
  std::vector<Begun> trials_;  // by number
};

}  // namespace nasnet::inline NASNET_ABI::detail

#if NASNET_HEADER_ONLY
#include "nasnet/journal/journal_reader.ipp"
#endif
