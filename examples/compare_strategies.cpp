// Compares search strategies on a table of all architectures of a small space: many searches of each, with simulated
// workers in virtual time, and random search always among them. On a table with budgets also strategies that use them.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <nasnet/nasnet.hpp>

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
  std::int64_t population = 30;
  std::int64_t sample = 8;
  nasnet::PpoOptions controller = program::StrategyFlags{}.controller;
  bool json = false;
};

constexpr const char* halving = "successive-halving";
constexpr const char* median_stop = "median-stop";

/// Of all strategies, then of those that need a table with budgets.
[[nodiscard]] std::vector<std::string> names() {
  std::vector<std::string> names = program::strategy_names();
  names.insert(names.end(), {halving, median_stop});
  return names;
}

void declare(CLI::App& app, Flags& flags) {
  const auto add = [&app](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->capture_default_str();
  };
  constexpr std::int64_t most = 1'000'000;
  app.add_option("--table", flags.table, "file of comma-separated values, known by its first line")->required();
  add("--strategies", flags.strategies, "to compare; random search is always among them")
      ->delimiter(',')
      ->check(CLI::IsMember(names()));
  add("--evaluations", flags.evaluations, "after how many evaluations they are compared, ascending")
      ->delimiter(',')
      ->check(program::whole_number(std::int64_t{1}, most));
  add("--seeds", flags.seeds, "searches of each strategy")->check(program::whole_number(std::int64_t{1}, most));
  add("--seed", flags.seed, "of the first search; the others have the next ones")
      ->check(program::whole_number<std::uint64_t>(0));
  add("--workers", flags.workers, "evaluations at a time, in virtual time")->check(program::whole_number(1, 10'000));
  add("--threads", flags.threads, "of this machine, 0: one for each core")->check(program::whole_number(0, 1024));
  add("--duplicates", flags.duplicates, "whether architectures tried before count as evaluations or are free")
      ->check(CLI::IsMember({"count", "free"}));
  add("--population", flags.population, "members of an evolution")->check(program::whole_number(std::int64_t{1}, most));
  add("--sample", flags.sample, "members of a tournament")->check(program::whole_number(std::int64_t{1}, most));
  program::declare_controller(app, flags.controller);
  app.add_flag("--json", flags.json, "print the figures as JSON, and how far it is as lines of JSON on standard error");
  app.add_option("--out", flags.out, "folder for report.html and study.json");
}

/// One that spends less on some architectures than on others.
[[nodiscard]] nasnet::StudyStrategy budgeted_strategy(const std::string& name, const nasnet::BenchmarkTable& table) {
  using nasnet::AnySpace;
  using nasnet::AnyStrategy;
  const std::vector<std::int64_t>& budgets = table.budgets();
  if (budgets.size() < 2) {
    nasnet::fail<nasnet::ArgumentError>("--strategies: ", name, " needs a table with trainings of several budgets, ",
                                        table.name(), " has one");
  }
  if (name == median_stop) {
    return {name, [budgets](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
              return nasnet::MedianStop(nasnet::RandomSearch(space, seed), {.budgets = budgets});
            }};
  }
  return program::halving_strategy(
      {.least_budget = budgets.front(), .most_budget = budgets.back(), .reduction = budgets[1] / budgets[0]});
}

/// Each once, in the order of the command line.
[[nodiscard]] std::vector<nasnet::StudyStrategy> chosen_strategies(const Flags& flags,
                                                                   const nasnet::BenchmarkTable& table) {
  std::vector<nasnet::StudyStrategy> chosen;
  const program::StrategyFlags strategy_flags{.evolution = {.population = flags.population, .sample = flags.sample},
                                              .controller = flags.controller};
  for (const std::string& name : flags.strategies) {
    for (const nasnet::StudyStrategy& one : chosen) {
      if (one.name == name) nasnet::fail<nasnet::ArgumentError>("--strategies: ", name, " is there twice");
    }
    const bool is_budgeted = name == halving || name == median_stop;
    chosen.push_back(is_budgeted ? budgeted_strategy(name, table) : program::strategy_named(name, strategy_flags));
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
  declare(app, flags);
  return program::run(app, argc, argv, [&] { return compare(flags); });
}
