// Compares search strategies on a table of all architectures of a small space: many searches of each, with simulated
// workers in virtual time, and random search always among them. On a table with budgets also strategies that use them.
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <nasnet/core/error.hpp>
#include <nasnet/core/file.hpp>
#include <nasnet/core/progress.hpp>
#include <nasnet/core/progress_bar.hpp>
#include <nasnet/core/thread_pool.hpp>
#include <nasnet/report/study_report.hpp>
#include <nasnet/search/ledger.hpp>
#include <nasnet/space/any_space.hpp>
#include <nasnet/strategy/any_strategy.hpp>
#include <nasnet/strategy/median_stop.hpp>
#include <nasnet/strategy/random_search.hpp>
#include <nasnet/study/benchmark_table.hpp>
#include <nasnet/study/study.hpp>

#include "flags.hpp"
#include "program.hpp"
#include "strategies.hpp"

namespace {

struct Flags {
  std::filesystem::path table, out;
  std::vector<std::string> strategies{"random", "regularized-evolution", "local-search"};
  std::vector<std::int64_t> evaluations{50, 100, 200, 400};
  std::int64_t seeds = 100;
  std::uint64_t seed = 1;
  int workers = 1;
  int threads = 0;
  std::string duplicates = "count";
  program::StrategyFlags options{.evolution = {.population = 30, .sample = 8}};
  bool json = false;
};

constexpr const char* halving = "successive-halving";
constexpr const char* median_stop = "median-stop";

/// Of all strategies, then of those that need a table with budgets.
[[nodiscard]] std::vector<std::string> names() {
  std::vector<std::string> names = program::names_of(program::known_strategies());
  names.insert(names.end(), {halving, median_stop});
  return names;
}

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  using program::flag;
  const auto some = program::whole_number<std::int64_t>(1, 1'000'000);
  program::FlagTable table{
      flag("--table", flags.table, "file of comma-separated values, known by its first line").required(),
      flag("--strategies", flags.strategies, "to compare; random search is always among them")
          .delimiter(',')
          .check(CLI::IsMember(names())),
      flag("--evaluations", flags.evaluations, "after how many evaluations they are compared, ascending")
          .delimiter(',')
          .check(some),
      flag("--seeds", flags.seeds, "searches of each strategy").check(some),
      flag("--seed", flags.seed, "of the first search; the others have the next ones")
          .check(program::whole_number<std::uint64_t>(0)),
      flag("--workers", flags.workers, "evaluations at a time, in virtual time")
          .check(program::whole_number(1, 10'000)),
      flag("--threads", flags.threads, "of this machine, 0: one for each core").check(program::whole_number(0, 1024)),
      flag("--duplicates", flags.duplicates, "whether architectures tried before count as evaluations or are free")
          .check(CLI::IsMember({"count", "free"})),
  };
  table.add(flags.options.table());
  return table.add({
      flag("--json", flags.json, "print the figures as JSON, and how far it is as lines of JSON on standard error"),
      flag("--out", flags.out, "folder for report.html and study.json"),
  });
}

/// Refuses a strategy that spends less on some architectures than on others where a table has no choice.
void check_budgets(const std::string& name, const nasnet::BenchmarkTable& table) {
  if (table.budgets().size() >= 2) return;
  nasnet::fail<nasnet::ArgumentError>("--strategies: ", name, " needs a table with trainings of several budgets, ",
                                      table.name(), " has one");
}

/// Random search that gives up early.
[[nodiscard]] nasnet::StudyStrategy stopped_random_search(const std::vector<std::int64_t>& budgets) {
  return {median_stop, [budgets](const nasnet::AnySpace& space, std::uint64_t seed) -> nasnet::AnyStrategy {
            return nasnet::MedianStop(nasnet::RandomSearch(space, seed), {.budgets = budgets});
          }};
}

[[nodiscard]] nasnet::StudyStrategy chosen_strategy(const std::string& name, program::StrategyFlags options,
                                                    const nasnet::BenchmarkTable& table) {
  if (name != halving && name != median_stop) return program::strategy_named(name, options);
  check_budgets(name, table);
  const std::vector<std::int64_t>& budgets = table.budgets();
  if (name == median_stop) return stopped_random_search(budgets);
  options.halving = {
      .least_budget = budgets.front(), .most_budget = budgets.back(), .reduction = budgets[1] / budgets[0]};
  return program::strategy_named(name, options);
}

/// Each once, in the order of the command line.
[[nodiscard]] std::vector<nasnet::StudyStrategy> chosen_strategies(const Flags& flags,
                                                                   const nasnet::BenchmarkTable& table) {
  std::vector<nasnet::StudyStrategy> chosen;
  for (const std::string& name : flags.strategies) {
    for (const nasnet::StudyStrategy& one : chosen) {
      if (one.name == name) nasnet::fail<nasnet::ArgumentError>("--strategies: ", name, " is there twice");
    }
    chosen.push_back(chosen_strategy(name, flags.options, table));
  }
  return chosen;
}

[[nodiscard]] nasnet::StudyOptions study_options(const Flags& flags) {
  nasnet::StudyOptions options;
  options.evaluations = flags.evaluations;
  options.seeds = flags.seeds;
  options.first_seed = flags.seed;
  options.workers = flags.workers;
  options.duplicates = flags.duplicates == "free" ? nasnet::Duplicates::skip : nasnet::Duplicates::evaluate;
  options.pool = std::make_shared<nasnet::ThreadPool>(flags.threads);
  return options;
}

int compare(const Flags& flags) {
  nasnet::StudyOptions options = study_options(flags);
  options.check();
  nasnet::ProgressBar bar;
  double told_seconds = 0;
  options.progress = [&](const nasnet::Progress& progress) {
    if (!flags.json) return bar(progress);
    if (progress.done < progress.total && progress.seconds < told_seconds + 1) return;
    told_seconds = progress.seconds;
    const nlohmann::ordered_json event{{"event", "progress"},         {"task", progress.task},
                                       {"done", progress.done},       {"total", progress.total},
                                       {"seconds", progress.seconds}, {"seconds_left", nasnet::seconds_left(progress)}};
    std::cerr << event.dump() << '\n';
  };
  const nasnet::BenchmarkTable table = nasnet::load_benchmark_table(flags.table);
  const nasnet::Study study = run_study(table, chosen_strategies(flags, table), options);
  bar.finish();
  if (!flags.out.empty()) {
    nasnet::make_folder(flags.out);
    nasnet::write_file_atomically(flags.out / "study.json", to_json(study).dump(1) + '\n');
    write_report(study, flags.out / "report.html");
  }
  if (flags.json) {
    std::cout << to_json(study).dump() << '\n';
  } else {
    std::cout << to_text(study);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compares search strategies on a table of architectures.", "compare_strategies");
  Flags flags;
  flag_table(flags).declare(app);
  return program::run(app, argc, argv, [&] { return compare(flags); });
}
