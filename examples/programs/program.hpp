// What the programs here share: command line, errors, Ctrl-C. Included by programs only.
#pragma once

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <nasnet/core/error.hpp>
#include <nasnet/core/failure.hpp>

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
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write, which removes what it began
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& end) {
    // What is mistyped explains what is missing.
    return refuse(app, app.remaining_size() > 0 ? CLI::ExtrasError(app.remaining()).what() : end.what());
  } catch (const CLI::ParseError& end) {
    if (end.get_exit_code() == 0) return app.exit(end);
    return refuse(app, end.what());
  }
  int status = 0;
  if (const auto failure = nasnet::catch_failure([&] { status = body(); })) return refuse(app, failure->message);
  std::cout.flush();
  return std::cout ? status : refuse(app, "cannot write to standard output");
}

/// Files and folders that a program reads, as the command line names them.
using Inputs = std::vector<std::filesystem::path>;

/// Refuses to replace what is read: the output is none of the inputs, nor a file right in a folder of them, whatever
/// their names and links.
inline void keep_inputs(const std::filesystem::path& output, const Inputs& inputs) {
  std::error_code none;
  const auto refuse_if_same = [&](const std::filesystem::path& input) {
    if (!std::filesystem::equivalent(input, output, none)) return;
    nasnet::fail<nasnet::ArgumentError>("the output '", output.string(), "' would replace the input '", input.string(),
                                        '\'');
  };
  for (const std::filesystem::path& input : inputs) {
    refuse_if_same(input);
    if (!std::filesystem::is_directory(input, none)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(input, none)) refuse_if_same(entry.path());
  }
}

/// Calls and gives an error the name of the file that it is about.
template <class Call>
void about(const std::string& file, const Call& call) {
  if (const auto failure = nasnet::catch_failure(call)) {
    nasnet::fail<nasnet::DataError>('\'', file, "': ", failure->message);
  }
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
