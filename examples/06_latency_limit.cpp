// Accuracy under a latency limit: cells whose network predicts too slowly on this machine are rejected before they are
// trained, and each trial runs in a process of its own.
#include <iostream>

#include <nasnet/nasnet.hpp>

#include "patterns.hpp"

int main() {
  // [limit]
  using Space = nasnet::CellSpace<nasnet::NasnetOps, 3>;
  const nasnet::ImageDataset images = program::patterns(360, 1);
  const nasnet::ChildTrainer train(images, {.cells_per_stack = 1,
                                            .filters = 4,
                                            .epochs = 1,
                                            .validation_images = 60,
                                            .training = {.batch = 20, .learning_rate = {.initial = 0.05}}});
  const nasnet::LatencyMeter latency(train.counted_network(), {.batch = 1, .threads = 1});
  // Before the first thread: a crash, a hang or a lack of memory then costs one trial.
  const nasnet::ProcessEvaluator isolated(train, Space{}, {.threads = 1});

  nasnet::SearchOptions options;
  options.trials = 6;
  options.workers = 2;
  options.rules = {latency.at_most(0.005)};  // 5 ms for an image
  options.trial_seconds = 300;
  options.memory_bytes = std::int64_t{1} << 30;  // of all trials, as predicted
  nasnet::RegularizedEvolution strategy(Space::space(), /*seed=*/1, {.population = 4, .sample = 2});
  const nasnet::History history = nasnet::search<Space>(strategy, nasnet::MeasureLatency(isolated, latency), options);

  for (const nasnet::Trial& trial : history.trials) {
    if (trial.state != nasnet::TrialState::done) continue;
    std::cout << trial.number << ": " << trial.evaluation.validation_accuracy << " in "
              << 1000 * trial.evaluation.metrics.at("latency") << " ms\n";
  }
  // [limit]
  std::cout << history.count(nasnet::TrialState::rejected) << " were too slow\n";
  return history.trials.size() == 6 ? 0 : 1;
}
