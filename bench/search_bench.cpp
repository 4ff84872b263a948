/// What a strategy itself costs: one ask and the tell of its result, in a space of the paper's size and on a table.
///
///     search_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true

#include <benchmark/benchmark.h>

#include <nasnet/nasnet.hpp>
#include <string>
#include <utility>

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
  const nasnet::ProposalJudge judge(paper_space(), nasnet::NasnetOps::table());
  nasnet::RandomSearch strategy(paper_space(), 1);
  nasnet::Trial trial;
  trial.architecture = strategy.ask().architecture;
  for (auto _ : state) {
    judge.judge(trial);
    benchmark::DoNotOptimize(trial.hash);
  }
}

BENCHMARK(random_search);
BENCHMARK(regularized_evolution);
BENCHMARK(local_search);
BENCHMARK(pareto_evolution);
BENCHMARK(ppo_controller);
BENCHMARK(ppo_controller_asks);
BENCHMARK(evolution_on_a_table);
BENCHMARK(judge);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
