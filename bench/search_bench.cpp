/// What a strategy itself costs: one ask and the tell of its result, in a space of the paper's size and on a table.
/// Then what takes long if anything does: a study of four strategies, and to open a journal of 100,000 trials.
///
///     search_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nasnet/nasnet.hpp>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using nasnet::AnySpace;
using nasnet::AnyStrategy;

/// The space of Zoph et al.: 13 ops, 5 blocks.
AnySpace paper_space() { return nasnet::CellSpace<nasnet::NasnetOps, 5>::space(); }

/// An accuracy that costs nothing and prefers some architectures.
double accuracy_of(const nasnet::Architecture& architecture) {
  std::size_t sum = 0;
  for (const nasnet::Block& block : architecture.normal.blocks) sum += block.left.op.size() + block.right.op.size();
  return 0.5 + 0.001 * static_cast<double>(sum);
}

void ask_and_tell(benchmark::State& state, AnyStrategy strategy) {
  nasnet::Trial trial;
  const auto step = [&] {
    trial.architecture = strategy.ask().proposal().architecture;
    trial.evaluation.validation_accuracy = accuracy_of(trial.architecture);
    trial.parameters = static_cast<std::int64_t>(1e6 * trial.evaluation.validation_accuracy);
    strategy.tell(trial);
  };
  for (int k = 0; k < 1000; ++k) step();  // populations are full
  for (auto _ : state) step();
}

void random_search(benchmark::State& state) { ask_and_tell(state, nasnet::RandomSearch(paper_space(), 1)); }

void regularized_evolution(benchmark::State& state) {
  ask_and_tell(state, nasnet::RegularizedEvolution(paper_space(), 1));
}

void local_search(benchmark::State& state) { ask_and_tell(state, nasnet::LocalSearch(paper_space(), 1)); }

void pareto_evolution(benchmark::State& state) { ask_and_tell(state, nasnet::ParetoEvolution(paper_space(), 1)); }

/// An ask, a tell, and a twentieth of an update.
void ppo_controller(benchmark::State& state) { ask_and_tell(state, nasnet::PpoController(paper_space(), 1)); }

void ppo_controller_asks(benchmark::State& state) {
  nasnet::PpoController controller(paper_space(), 1);
  nasnet::Trial trial;
  trial.state = nasnet::TrialState::failed;
  for (auto _ : state) {
    trial.architecture = controller.ask().proposal().architecture;
    controller.tell(trial);
  }
}

void evolution_on_a_table(benchmark::State& state) {
  ask_and_tell(state, nasnet::RegularizedEvolution(nasnet::Nasbench201Space(), 1));
}

/// What a search adds for each proposal: canonical form, hash and the rules of the space.
void judge(benchmark::State& state) {
  const nasnet::ProposalJudge judge(paper_space());
  nasnet::RandomSearch strategy(paper_space(), 1);
  nasnet::Trial trial;
  trial.architecture = strategy.ask().architecture;
  for (auto _ : state) {
    judge.judge(trial);
    benchmark::DoNotOptimize(trial.hash);
  }
}

/// Made-up accuracies for all cells of NAS-Bench-201.
nasnet::BenchmarkTable made_up_table() {
  const nasnet::Nasbench201Space space;
  nasnet::BenchmarkTable::Entries entries;
  for (std::int64_t index = 0; index < nasnet::Nasbench201Space::cells; ++index) {
    const double noise = static_cast<double>(space.canonical_hash(space.at(index)) % 1000) / 1e4;
    double sum = 0;
    for (std::int64_t rest = index; rest > 0; rest /= 5) sum += static_cast<double>(rest % 5);
    const double accuracy = 0.3 + 0.02 * sum + noise;
    entries[static_cast<std::uint64_t>(index)] = {.validation_accuracy = accuracy, .test_accuracy = accuracy + 0.01};
  }
  const auto key = [](const nasnet::Architecture& cell) {
    return static_cast<std::uint64_t>(nasnet::Nasbench201Space::index(cell));
  };
  return {"made up", space, key, std::move(entries)};
}

/// Four strategies, 100 searches of each, 400 evaluations, on all cores.
void study(benchmark::State& state) {
  const nasnet::BenchmarkTable table = made_up_table();
  const std::vector<nasnet::StudyStrategy> strategies{
      {"random",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return nasnet::RandomSearch(space, seed); }},
      {"regularized-evolution",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::RegularizedEvolution(space, seed, {.population = 30, .sample = 8});
       }},
      {"local-search",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy { return nasnet::LocalSearch(space, seed); }},
      {"ppo",
       [](const AnySpace& space, std::uint64_t seed) -> AnyStrategy {
         return nasnet::PpoController(space, seed, {.batch = 10, .learning_rate = 0.003});
       }},
  };
  for (auto _ : state) benchmark::DoNotOptimize(run_study(table, strategies));
}

/// A search of many trials with a journal, which is gone afterwards.
class JournalledSearch {
 public:
  explicit JournalledSearch(std::int64_t trials)
      : path_(std::filesystem::temp_directory_path() /
              nasnet::join("nasnet-bench-", std::int64_t{::getpid()}, ".jsonl")) {
    options_.trials = trials;
    options_.journal = path_;
    options_.pool = std::make_shared<nasnet::ThreadPool>(1);
    static_cast<void>(run());
    options_.resume = true;
  }
  JournalledSearch(const JournalledSearch&) = delete;
  JournalledSearch& operator=(const JournalledSearch&) = delete;
  ~JournalledSearch() { std::filesystem::remove(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// The second time: the journal read, and all of it told again.
  [[nodiscard]] nasnet::History run() {
    const auto evaluate = [](const nasnet::Architecture& architecture, nasnet::TrialContext&) {
      return nasnet::Evaluation{.validation_accuracy = accuracy_of(architecture)};
    };
    return nasnet::search(paper_space(), nasnet::RandomSearch(paper_space(), 1), evaluate, options_);
  }

 private:
  std::filesystem::path path_;
  nasnet::SearchOptions options_;
};

void read_journal(benchmark::State& state) {
  const JournalledSearch search(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(nasnet::read_history(search.path()));
}

void resume_journal(benchmark::State& state) {
  JournalledSearch search(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(search.run());
}

BENCHMARK(random_search);
BENCHMARK(regularized_evolution);
BENCHMARK(local_search);
BENCHMARK(pareto_evolution);
BENCHMARK(ppo_controller);
BENCHMARK(ppo_controller_asks);
BENCHMARK(evolution_on_a_table);
BENCHMARK(judge);
BENCHMARK(study)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();
BENCHMARK(read_journal)->Arg(100'000)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();
BENCHMARK(resume_journal)->Arg(100'000)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
