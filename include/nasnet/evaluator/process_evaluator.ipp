#pragma once

#include "nasnet/evaluator/process_evaluator.hpp"

#include <sys/resource.h>  // getrlimit, rlimit, setrlimit
#include <unistd.h>        // sysconf, write

#include <algorithm>          // min
#include <array>              // array
#include <cerrno>             // errno, EINTR
#include <csignal>            // SIG*
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <cstdio>             // fopen, fscanf
#include <cstring>            // memcpy
#include <limits>             // numeric_limits
#include <memory>             // make_shared, shared_ptr
#include <new>                // set_new_handler
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <span>               // span
#include <string>             // string
#include <string_view>        // string_view
#include <utility>            // move

#include "nasnet/core/allocator.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/progress.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/steady_time.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/evaluator/detail/fork_server.hpp"
#include "nasnet/evaluator/detail/trial_receiver.hpp"
#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/evaluator/evaluator_model.hpp"
#include "nasnet/evaluator/outcome_json.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/strict_json.hpp"
#include "nasnet/trial/json_line.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Where a process says that `new` found no memory, for it may end before it can say more. -1 in the program itself.
inline int out_of_memory_line = -1;

/// The letters that begin what a process sends.
inline constexpr char progress_letter = 'p';
inline constexpr char result_letter = 'r';
inline constexpr char out_of_memory_letter = 'm';

/// More than a result has in any sense.
inline constexpr std::uint64_t largest_result = std::uint64_t{64} << 20U;

NASNET_LAZY [[nodiscard]] inline std::string length_prefix(std::size_t length) {
  const std::uint64_t value = length;
  std::string prefix(sizeof value, '\0');
  std::memcpy(prefix.data(), &value, sizeof value);
  return prefix;
}

NASNET_LAZY [[nodiscard]] inline std::string progress_text(const Progress& progress) {
  return one_line(nlohmann::json{{"task", progress.task},
                                 {"done", progress.done},
                                 {"total", progress.total},
                                 {"seconds", progress.seconds},
                                 {"detail", progress.detail}});
}

NASNET_LAZY [[nodiscard]] inline std::optional<Progress> read_progress(std::string_view text) {
  const nlohmann::json json = parse_json(text);
  if (!json.is_object()) return std::nullopt;
  std::optional<Progress> progress;
  // Written by a process that may be damaged: a field of another type is an exception of the JSON library.
  const auto failure = catch_failure([&] {
    progress = Progress{.task = json.value("task", ""),
                        .done = json.value("done", std::int64_t{0}),
                        .total = json.value("total", std::int64_t{0}),
                        .seconds = json.value("seconds", 0.0),
                        .detail = json.value("detail", "")};
  });
  return failure ? std::nullopt : progress;
}

NASNET_LAZY [[nodiscard]] inline std::string request_text(const Architecture& architecture, const TrialContext& trial) {
  nlohmann::json json = nlohmann::json::object();
  json["architecture"] = to_json(architecture);
  json["trial"] = trial.trial;
  json["key"] = trial.random.state().key;
  json["position"] = trial.random.state().position;
  json["bytes"] = trial.context.allocator().limit();
  json["reports"] = static_cast<bool>(trial.progress);
  if (trial.budget) json["budget"] = *trial.budget;
  json["repeat"] = trial.repeat;
  if (trial.deadline) json["seconds"] = *trial.deadline - SteadyTime::now();
  const std::string text = one_line(json);
  return length_prefix(text.size()) + text;
}

/// Limits what this process may take in addition to what it has.
NASNET_LAZY inline void limit_process_memory(std::size_t bytes, const ProcessOptions& options) {
#if defined(__linux__)
  constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
  if (bytes == unlimited) return;
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return;
  unsigned long long pages = 0;  // of data and stack
  const bool known = std::fscanf(file, "%*u %*u %*u %*u %*u %llu", &pages) == 1;
  static_cast<void>(std::fclose(file));
  if (!known) return;
  rlimit stack{};
  static_cast<void>(::getrlimit(RLIMIT_STACK, &stack));
  const std::uint64_t stack_bytes = (std::min)(std::uint64_t{stack.rlim_cur}, std::uint64_t{8} << 20U);
  const std::uint64_t has = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t own =
      stack_bytes * static_cast<std::uint64_t>(options.threads) + options.overhead_bytes + has + bytes / 4;
  rlimit limit{};
  static_cast<void>(::getrlimit(RLIMIT_DATA, &limit));
  limit.rlim_cur = (std::min)(std::uint64_t{limit.rlim_max}, own > unlimited - bytes ? unlimited : own + bytes);
  static_cast<void>(::setrlimit(RLIMIT_DATA, &limit));
#else
  static_cast<void>(bytes);
  static_cast<void>(options);
#endif
}

/// Where the system's memory runs out, it shall end a trial rather than the search.
NASNET_LAZY inline void offer_to_be_killed() {
#if defined(__linux__)
  std::FILE* file = std::fopen("/proc/self/oom_score_adj", "we");
  if (file == nullptr) return;
  std::fputs("500", file);
  static_cast<void>(std::fclose(file));
#endif
}

NASNET_LAZY inline void send_result(int line, char letter, std::string_view text) {
  std::string frame(1, letter);
  frame.append(length_prefix(text.size())).append(text);
  std::span<const std::uint8_t> bytes = bytes_of(frame);
  while (!bytes.empty()) {
    const auto written = ::write(line, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// Called where `new` finds no memory: says so, and lets it fail.
inline void note_lack_of_memory() {
  const std::array<char, 1 + sizeof(std::uint64_t)> frame{out_of_memory_letter};  // the length is 0
  static_cast<void>(::write(out_of_memory_line, frame.data(), frame.size()) < 0);
  std::set_new_handler(nullptr);
}

/// The process of one trial: reads the request, evaluates, sends the outcome.
NASNET_LAZY inline void run_trial(const EvaluatorInterface& evaluator, const OpTable& ops,
                                  const ProcessOptions& options, const JobLines& lines) {
  std::uint64_t length = 0;
  if (!read_all(lines.request, writable_bytes_of_value(length))) return;
  std::string text(static_cast<std::size_t>(length), '\0');
  if (!read_all(lines.request, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()})) return;
  offer_to_be_killed();
  out_of_memory_line = lines.result;
  std::set_new_handler(&note_lack_of_memory);

  std::optional<Outcome> outcome;
  const auto failure = catch_failure([&] {
    const nlohmann::json request = parse_json(text);
    const Architecture architecture = architecture_from_json(request["architecture"], "architecture");
    const auto bytes = request["bytes"].get<std::size_t>();
    limit_process_memory(bytes, options);
    const RandomStream::State state{request["key"].get<std::uint64_t>(), request["position"].get<std::uint64_t>()};
    TrialContext trial{.trial = request["trial"].get<std::int64_t>(),
                       .random = RandomStream(state),
                       .context = Context(std::make_shared<ThreadPool>(options.threads), Allocator(bytes)),
                       .ops = ops};
    trial.candidate.emplace(architecture, ops);
    if (request.contains("budget")) trial.budget = request["budget"].get<std::int64_t>();
    trial.repeat = request["repeat"].get<std::int64_t>();
    if (request.contains("seconds")) trial.deadline = SteadyTime::now() + request["seconds"].get<double>();
    SteadyTime reported{};
    if (request["reports"].get<bool>()) {
      trial.progress = [&reported, line = lines.result](const Progress& progress) {
        const SteadyTime now = SteadyTime::now();
        if (now - reported < 0.05) return;
        reported = now;
        send_result(line, progress_letter, progress_text(progress));
      };
    }
    outcome = evaluator.evaluate(architecture, trial);
  });
  if (failure) {
    const bool memory = failure->kind == Failure::Kind::out_of_memory;
    outcome = Outcome::failed(memory ? FailureKind::out_of_memory : FailureKind::exception, failure->message);
  }
  send_result(lines.result, result_letter, one_line(to_json(*outcome)));
}

NASNET_BODY bool TrialReceiver::take(std::string_view piece) {
  buffer_.append(piece);
  constexpr std::size_t head = 1 + sizeof(std::uint64_t);
  std::size_t begin = 0;
  while (buffer_.size() - begin >= head) {
    std::uint64_t length = 0;
    std::memcpy(&length, buffer_.data() + begin + 1, sizeof length);
    if (length > largest_result) is_sound_ = false;
    if (!is_sound_) return false;
    if (buffer_.size() - begin - head < length) break;
    is_sound_ = handle(buffer_[begin], std::string_view(buffer_).substr(begin + head, length));
    if (!is_sound_) return false;
    begin += head + static_cast<std::size_t>(length);
  }
  buffer_.erase(0, begin);
  return true;
}

NASNET_BODY bool TrialReceiver::handle(char letter, std::string_view text) {
  if (letter == out_of_memory_letter) {
    lacked_memory_ = true;
    return text.empty();
  }
  if (letter == result_letter) {
    outcome_ = outcome_from_json(parse_json(text));
    return outcome_.has_value();
  }
  if (letter != progress_letter) return false;
  const std::optional<Progress> progress = read_progress(text);
  if (progress && progress_) progress_(*progress);
  return progress.has_value();
}

NASNET_LAZY [[nodiscard]] inline std::string signal_text(int signal) {
  struct Named {
    int number;
    std::string_view name;
  };
  constexpr std::array names{Named{SIGSEGV, "SIGSEGV"}, Named{SIGABRT, "SIGABRT"}, Named{SIGBUS, "SIGBUS"},
                             Named{SIGFPE, "SIGFPE"},   Named{SIGILL, "SIGILL"},   Named{SIGKILL, "SIGKILL"},
                             Named{SIGTERM, "SIGTERM"}, Named{SIGTRAP, "SIGTRAP"}, Named{SIGXCPU, "SIGXCPU"}};
  for (const Named& named : names) {
    if (named.number == signal) return join("signal ", signal, " (", named.name, ')');
  }
  return join("signal ", signal);
}

NASNET_BODY Outcome outcome_without_result(const ProcessEnd& end, const TrialReceiver& receiver) {
  using Kind = ProcessEnd::Kind;
  if (!receiver.is_sound()) {
    return Outcome::failed(
        FailureKind::crash,
        join("its process sent something that is not a result, or one of more than ", largest_result, " bytes"));
  }
  switch (end.kind) {
    case Kind::timed_out: return Outcome::failed(FailureKind::timeout, "it ran beyond its time and was ended");
    case Kind::not_started:
      return Outcome::unresolved(
          join("processes for trials: the system cannot start a process: ", system_reason(end.value)));
    case Kind::given_up: return Outcome::failed(FailureKind::lost, "nobody waited for it any more, so it was ended");
    case Kind::lost:
      return Outcome::unresolved(
          "processes for trials: the process that starts them has ended, killed perhaps by the system for want of "
          "memory, so none can run any more: begin the program anew to go on");
    case Kind::exited:
    case Kind::signalled: break;
  }
  const std::string how =
      end.kind == Kind::signalled ? signal_text(end.value) : join("exit status ", end.value, " and no result");
  if (receiver.lacked_memory()) {
    return Outcome::failed(FailureKind::out_of_memory, join("its process found no memory and ended with ", how));
  }
  if (end.kind == Kind::signalled && end.value == SIGKILL && end.system_killed != 0) {
    return Outcome::failed(FailureKind::out_of_memory, "the memory of the machine ran out and the system ended it");
  }
  return Outcome::failed(FailureKind::crash, join("its process ended with ", how));
}

NASNET_BODY TrialProcesses::TrialProcesses(std::shared_ptr<const EvaluatorInterface> evaluator, OpTable ops,
                                           const ProcessOptions& options) {
  if (options.threads < 1) {
    fail<ArgumentError>("processes for trials: ", options.threads, " threads for each, 1 or more are wanted");
  }
  server_ =
      std::make_shared<const ForkServer>([evaluator = std::move(evaluator), ops = std::move(ops), options](
                                             const JobLines& lines) { run_trial(*evaluator, ops, options, lines); });
}

NASNET_BODY Outcome TrialProcesses::evaluate(const Architecture& architecture, TrialContext& trial) const {
  double seconds = std::numeric_limits<double>::infinity();
  if (trial.deadline) seconds = *trial.deadline - SteadyTime::now();
  TrialReceiver receiver(trial.progress);
  const ProcessEnd end = server_->run(
      request_text(architecture, trial), seconds, [&receiver](std::string_view piece) { return receiver.take(piece); },
      trial.given_up);
  if (receiver.is_sound() && receiver.outcome()) return *receiver.outcome();
  return outcome_without_result(end, receiver);
}

NASNET_BODY pid_t TrialProcesses::server() const { return server_->process(); }

}  // namespace nasnet::inline NASNET_ABI::detail
