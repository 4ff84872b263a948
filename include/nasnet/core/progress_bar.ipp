#pragma once

#include "nasnet/core/progress_bar.hpp"

#include <sys/ioctl.h>  // ioctl, TIOCGWINSZ, winsize
#include <algorithm>    // clamp, min
#include <array>        // array
#include <cstddef>      // size_t
#include <cstdio>       // FILE, fflush, fileno, fputs, stderr
#include <cstdlib>      // getenv
#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/duration_text.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/core/steady_time.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void ProgressBar::show(const Progress& progress, double running) {
  const bool ends = progress.total > 0 && progress.done >= progress.total;
  if (is_terminal_) {
    if (ends || is_due(0.1)) draw(progress, running);
  } else if (off_terminal_ == OffTerminal::lines && progress.done != shown_done_ && (ends || is_due(20))) {
    shown_done_ = progress.done;
    print(join(progress.task, ": ", counts(progress), ", ", tail(progress, running), "\n"));
  }
}

NASNET_BODY void ProgressBar::finish() {
  if (drawn_) print("\n");
  drawn_ = false;
}

NASNET_BODY bool ProgressBar::is_due(double seconds) {
  const SteadyTime now = SteadyTime::now();
  if (shown_ != SteadyTime{} && now - shown_ < seconds) return false;
  shown_ = now;
  return true;
}

NASNET_BODY void ProgressBar::print(const std::string& text) {
  std::fputs(text.c_str(), stream_);
  std::fflush(stream_);
}

NASNET_BODY void ProgressBar::draw(const Progress& progress, double running) {
  constexpr std::size_t bar_cells = 24;
  const std::string text = join(progress.task, ' ', bar(fraction(progress, running), bar_cells), ' ', counts(progress),
                                "  ", tail(progress, running));
  print(join("\r", clipped(text), "\x1b[K"));
  drawn_ = true;
}

NASNET_BODY double ProgressBar::fraction(const Progress& progress, double running) {
  if (progress.total <= 0) return 0;
  return std::clamp((static_cast<double>(progress.done) + running) / static_cast<double>(progress.total), 0.0, 1.0);
}

NASNET_BODY std::string ProgressBar::counts(const Progress& progress) {
  return progress.total > 0 ? join(progress.done, '/', progress.total) : std::to_string(progress.done);
}

NASNET_BODY std::string ProgressBar::tail(const Progress& progress, double running) {
  const double done = fraction(progress, running);
  std::string text = progress.detail;
  if (done <= 0) return text;
  const bool ends = progress.done >= progress.total;
  const double seconds = ends ? progress.seconds : progress.seconds / done * (1 - done);
  text.append(text.empty() ? "" : ", ").append(duration_text(seconds));
  return text.append(ends ? "" : " left");
}

NASNET_BODY std::string ProgressBar::bar(double fraction, std::size_t cells) {
  const auto eighths = static_cast<std::size_t>(fraction * static_cast<double>(8 * cells));
  if (!shows_utf8()) {
    return join('[', std::string(eighths / 8, '='), std::string(cells - eighths / 8, ' '), ']');
  }
  std::string text;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::size_t filled = eighths > 8 * cell ? (std::min)(eighths - 8 * cell, std::size_t{8}) : 0;
    text.append(part_of_cell(filled));
  }
  return join("\u2595", text, "\u258F");
}

NASNET_BODY std::string_view ProgressBar::part_of_cell(std::size_t eighths) {
  constexpr std::array<std::string_view, 9> parts{" ",      "\u258F", "\u258E", "\u258D", "\u258C",
                                                  "\u258B", "\u258A", "\u2589", "\u2588"};
  return parts[eighths];
}

NASNET_BODY bool ProgressBar::shows_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

NASNET_BODY std::string ProgressBar::clipped(const std::string& text) const {
  winsize size{};
  const bool known = ioctl(fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  std::size_t room = known ? size.ws_col : std::size_t{80};
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool begins_letter = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins_letter && room-- <= 1) break;
  }
  return text.substr(0, end);
}

NASNET_BODY ProgressBar::ProgressBar(std::FILE* stream, OffTerminal off_terminal)
    : stream_(stream), is_terminal_(isatty(fileno(stream)) == 1), off_terminal_(off_terminal) {}

NASNET_INLINE ProgressBar::~ProgressBar() { finish(); }

NASNET_BODY void ProgressBar::operator()(const Progress& progress) { show(progress); }

}  // namespace nasnet::inline NASNET_ABI
