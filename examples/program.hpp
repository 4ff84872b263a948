// What the programs here share: command line, errors, Ctrl-C. Included by examples only.
#pragma once

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <atomic>
#include <charconv>
#include <csignal>
#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include <nasnet/core/attempt.hpp>
#include <nasnet/core/error.hpp>

namespace program {

/// Exit status for whatever the user can put right: the command line, data, files.
inline constexpr int bad_input = 2;

/// One sentence on standard error.
inline int refuse(const CLI::App& app, std::string sentence) {
  while (!sentence.empty() && (sentence.back() == '\n' || sentence.back() == '.')) sentence.pop_back();
  std::cerr << app.get_name() << ": " << sentence << '\n';
  return bad_input;
}

/// Reads the command line, then runs `body`, whose result is the exit status. --help is 0; every mistake and every
/// error is one sentence and exit status 2.
inline int run(CLI::App& app, int argc, char** argv, const std::function<int()>& body) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& end) {
    if (end.get_exit_code() == 0) return app.exit(end);
    return refuse(app, end.what());
  }
  int status = 0;
  if (const auto failure = nasnet::attempt([&] { status = body(); })) return refuse(app, failure->message);
  std::cout.flush();
  return std::cout ? status : refuse(app, "cannot write to standard output");
}

/// Text that is a whole number of the type; CLI11 itself takes the nearest for one that is too large.
template <class Number>
[[nodiscard]] CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) {
        Number number{};
        const char* end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, number);
        return error == std::errc{} && rest == end
                   ? std::string()
                   : nasnet::join('\'', text, "' is no whole number up to ", std::numeric_limits<Number>::max());
      },
      "");
}

/// Ctrl-C and SIGTERM ask the program to stop; a second one ends it at once.
class StopSignal {
 public:
  StopSignal() {
    struct sigaction action {};
    action.sa_handler = &note;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }

  /// What search() looks at.
  [[nodiscard]] const std::atomic<bool>* pointer() const { return &given_; }
  [[nodiscard]] bool was_given() const { return given_; }

  /// As shells count: 130 after Ctrl-C.
  [[nodiscard]] int exit_status() const { return 128 + number_; }

 private:
  static void note(int signal) {
    number_ = signal;
    given_ = true;
    constexpr std::string_view text = "\nstopping as soon as nothing is lost; once more ends at once\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
  }

  static inline std::atomic<bool> given_ = false;
  static inline std::atomic<int> number_ = SIGINT;
};

}  // namespace program
