// A whole search: random cells of three blocks, each trained a little, the best drawn and reported.
#include <iostream>

#include <nasnet/nasnet.hpp>

#include "patterns.hpp"

int main() {
  // [program]
  using Space = nasnet::CellSpace<nasnet::NasnetOps, 3>;  // the paper's 13 ops, cells of three blocks

  const nasnet::ImageDataset images = program::patterns(360, 1);  // or load_idx_images("data/fashion-mnist").train
  const nasnet::ChildTrainer evaluate(images, {.cells_per_stack = 1,
                                               .filters = 4,
                                               .epochs = 2,
                                               .validation_images = 60,
                                               .training = {.batch = 20, .learning_rate = {.initial = 0.05}}});
  nasnet::RandomSearch strategy(Space::space(), /*seed=*/1);
  nasnet::SearchProgressBar bar;
  nasnet::SearchOptions options;
  options.trials = 8;
  options.workers = 2;
  bar.attach(options);
  const nasnet::History history = nasnet::search<Space>(strategy, evaluate, options);

  write_svg(history.best().architecture, "05_best.svg");
  write_report(history, "05_report.html");
  // [program]
  std::cout << "best validation accuracy " << history.best().evaluation.validation_accuracy << '\n';
  return history.trials.size() == 8 ? 0 : 1;
}
