/// Progress on a terminal: a bar with the time left.
#pragma once

#include <unistd.h>  // isatty

#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <cstdio>       // FILE, fflush, fileno, fputs, stderr
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/progress.hpp"
#include "nasnet/core/steady_time.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a progress bar does where its stream is no terminal.
enum class OffTerminal {
  lines,  ///< a line now and then
  quiet,  ///< nothing
};

/// Shows progress: on a terminal as a bar that is drawn over itself, elsewhere not at all, or as a line now and then. A
/// ProgressCallback:
///
///     ProgressBar bar;
///     options.progress = std::ref(bar);
///
/// Calls must not overlap.
class ProgressBar {
 public:
  /// @param stream stays open as long as the bar lives
  NASNET_LAZY explicit ProgressBar(std::FILE* stream = stderr, OffTerminal off_terminal = OffTerminal::quiet);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  NASNET_LAZY void operator()(const Progress& progress);

  /// @param running what has been done of units that are not finished, in units
  NASNET_LAZY void show(const Progress& progress, double running = 0);

  /// Leaves what is shown and goes to the next line. Also before other text is printed.
  NASNET_LAZY void finish();

 private:
  NASNET_LAZY [[nodiscard]] bool is_due(double seconds);

  NASNET_LAZY void print(const std::string& text);

  NASNET_LAZY void draw(const Progress& progress, double running);

  NASNET_LAZY [[nodiscard]] static double fraction(const Progress& progress, double running);

  NASNET_LAZY [[nodiscard]] static std::string counts(const Progress& progress);

  NASNET_LAZY [[nodiscard]] static std::string tail(const Progress& progress, double running);

  /// A bar of this many cells, in eighths of a cell where the terminal shows them.
  NASNET_LAZY [[nodiscard]] static std::string bar(double fraction, std::size_t cells);

  NASNET_LAZY [[nodiscard]] static std::string_view part_of_cell(std::size_t eighths);

  NASNET_LAZY [[nodiscard]] static bool shows_utf8();

  /// As much as fits on a line.
  NASNET_LAZY [[nodiscard]] std::string clipped(const std::string& text) const;

  std::FILE* stream_;
  bool is_terminal_;
  OffTerminal off_terminal_;
  bool drawn_ = false;
  std::int64_t shown_done_ = -1;
  SteadyTime shown_{};
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/core/progress_bar.ipp"
#endif
