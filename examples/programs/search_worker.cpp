// Evaluates trials of a search that `search_cells --queue` drives, on this machine or another: takes them from a queue
// on a Redis server until the search is over. All it needs to know of the search stands in the queue. docs/cluster.md
// says how to start many.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <nasnet/core/error.hpp>
#include <nasnet/core/thread_pool.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/folder.hpp>
#include <nasnet/data/gzip.hpp>
#include <nasnet/evaluator/child_trainer.hpp>
#include <nasnet/evaluator/process_evaluator.hpp>
#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/redis/queue_address.hpp>
#include <nasnet/redis/queue_worker.hpp>
#include <nasnet/search/search_events.hpp>
#include <nasnet/space/search_space.hpp>

#include "flags.hpp"
#include "program.hpp"
#include "trial_flags.hpp"

namespace {

struct Flags {
  std::string queue;
  std::filesystem::path data;
  int threads = 0;
  std::optional<std::int64_t> memory;  // MB
  bool isolate = false;
  bool json = false;
};

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  using program::flag;
  return {
      flag("--queue", flags.queue, "redis://[user:password-file@]host:port/name").required(),
      flag("--data", flags.data, "folder of the images that the search is about").required(),
      flag("--threads", flags.threads, "threads of this worker, 0: one for each core").check(program::whole_number(0)),
      flag("--memory", flags.memory, "MB of this machine for a trial: what is predicted to need more is refused")
          .check(program::whole_number<std::int64_t>(1, 1'000'000'000)),
      flag("--isolate", flags.isolate,
           "run each trial in a process of its own: a crash costs one trial and not this worker, and one beyond the "
           "--trial-seconds of the search is killed"),
      flag("--json", flags.json, "print a line of JSON for each event"),
  };
}

void say(const std::string& sentence) { std::cerr << nasnet::join("search_worker: ", sentence, '\n'); }

/// Before anything is computed: the search's instruction set, where this processor has more.
void lower_instruction_set(const nlohmann::json& description) {
  const auto found = description.find("instruction_set");
  if (found != description.end() && found->is_string()) {
    setenv("NASNET_ISA", found->get_ref<const std::string&>().c_str(), 0);
  }
}

/// What --json prints of a trial.
std::string_view event_name(nasnet::QueueWork work) {
  switch (work) {
    case nasnet::QueueWork::begun: return "begun";
    case nasnet::QueueWork::recorded: return "recorded";
    case nasnet::QueueWork::late: return "late";
    case nasnet::QueueWork::given_back: return "given_back";
    case nasnet::QueueWork::dropped: return "dropped";
  }
  return "unknown";
}

void report(std::int64_t trial, nasnet::QueueWork work) {
  const auto is_now = [&](std::string_view what) { say(nasnet::join("trial ", trial, ' ', what)); };
  switch (work) {
    case nasnet::QueueWork::begun: return is_now("begins");
    case nasnet::QueueWork::recorded: return is_now("is done");
    case nasnet::QueueWork::late: return is_now("had a result already");
    case nasnet::QueueWork::given_back: return is_now("was given back");
    case nasnet::QueueWork::dropped: return is_now("is not wanted any more");
  }
}

int work(const Flags& flags) {
  const program::StopSignal stop;
  const nasnet::QueueAddress address = nasnet::queue_address(flags.queue);
  nasnet::QueueWorkerOptions options{.stop = stop.pointer(), .notice = say, .on_trial = report};
  nasnet::SearchEvents events(std::cout);
  if (flags.json) {
    options.on_trial = [&events](std::int64_t trial, nasnet::QueueWork work) {
      events.write({{"event", event_name(work)}, {"trial", trial}});
    };
  }
  constexpr std::int64_t megabyte = 1'000'000;
  if (flags.memory) options.memory_bytes = *flags.memory * megabyte;
  const auto search = nasnet::wait_for_search(address, options);
  if (!search) return stop.exit_status();
  lower_instruction_set(search->description);

  const program::TrialFlags trial =
      program::TrialFlags::of(search->description.value("program", nlohmann::json::object()));
  const nasnet::SearchSpace space(nasnet::NasnetOps::table(), {.blocks = trial.blocks});
  const nasnet::ImageData data = nasnet::load_dataset(flags.data, nasnet::read_gzip_file);
  const nasnet::ChildTrainer evaluate(data, trial.child_options());
  const int threads = flags.threads > 0 ? flags.threads : nasnet::ThreadPool::hardware_threads();
  const auto serve = [&](const auto& evaluator, int pool_threads) {
    options.pool = std::make_shared<nasnet::ThreadPool>(pool_threads);
    return nasnet::serve_queue(address, space, evaluator, options);
  };
  const nasnet::QueueWorkerSummary summary =
      flags.isolate ? serve(nasnet::ProcessEvaluator(evaluate, space, {.threads = threads}), 1)
                    : serve(evaluate, threads);
  const int status = summary.stopped ? stop.exit_status() : 0;
  if (flags.json) {
    events.write({{"event", summary.stopped ? "stopped" : "over"},
                  {"recorded", summary.recorded},
                  {"late", summary.late},
                  {"given_back", summary.given_back}});
    return status;
  }
  say(nasnet::join(summary.stopped ? "stopped" : "the search is over", " after ", summary.recorded, " trials"));
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Evaluates trials of a search on many machines.", "search_worker");
  Flags flags;
  flag_table(flags).declare(app);
  return program::run(app, argc, argv, [&] { return work(flags); });
}
