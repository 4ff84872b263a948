// Writes the files of files/, in the formats of the version of the library that it is compiled with. See README.md.
#include <filesystem>

#include <nasnet/nasnet.hpp>
#include "earlier_files.hpp"

using namespace nasnet;

namespace {

void make_weights(const std::filesystem::path& folder) {
  const Model<float> model(earlier_files::graph(), RandomStream(1));
  save_weights(model, folder / "weights.safetensors");
}

void make_checkpoint(const std::filesystem::path& folder) {
  Context context(1);
  Model<float> model(earlier_files::graph(), RandomStream(1));
  TrainOptions options = earlier_files::training(folder / "checkpoint.safetensors");
  std::int64_t steps = 0;
  options.should_stop = [&] {
    return steps++ == earlier_files::epochs_in_checkpoint * (earlier_files::training_images / 8);
  };
  static_cast<void>(train(context, model, earlier_files::images(earlier_files::training_images), options));
}

void make_journal(const std::filesystem::path& folder) {
  ChildOptions child{.cells_per_stack = 1, .filters = 2, .epochs = 1, .validation_images = 10};
  child.training = earlier_files::training({});
  child.training.checkpoint.reset();
  SearchOptions options;
  options.trials = earlier_files::trials_in_journal;
  options.seed = 9;
  options.journal = folder / "journal.jsonl";
  options.settings = {{"--epochs", 1}};
  RegularizedEvolution strategy(cell_table_space(), 4, {.population = earlier_files::population, .sample = 2});
  const ChildTrainer evaluate(earlier_files::images(30), child);
  static_cast<void>(search<CellSpace<CellTableOps, 2>>(strategy, evaluate, options));
}

void make_result(const std::filesystem::path& folder) {
  write_result({.architecture = earlier_files::architecture(),
                .network = earlier_files::config(),
                .normalisation = {.mean = {0.25F}, .deviation = {0.5F}},
                .validation_accuracy = 0.8125,
                .budget = 27,
                .evaluations = 3,
                .test_accuracy = 0.75},
               folder / "result.json");
}

}  // namespace

int main(int, char** arguments) {
  const std::filesystem::path folder = arguments[1];
  make_weights(folder);
  make_checkpoint(folder);
  make_journal(folder);
  make_result(folder);
}
