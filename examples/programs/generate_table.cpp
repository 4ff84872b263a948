// Makes the table of all cells of two blocks over three ops (nasnet/study/cell_table.hpp): each cell trained several
// times on a folder of images reduced to 14x14. Two steps, each with a journal, so that both go on after a stop:
//
//   generate_table --data DIR --out FOLDER           trains all cells (journal.jsonl)
//   generate_table --data DIR --out FOLDER --times   measures all cells (times.jsonl): on a machine that is idle
//
// The step that ends last writes FOLDER/table.csv.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nasnet/core/error.hpp>
#include <nasnet/core/file.hpp>
#include <nasnet/core/thread_pool.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/loader.hpp>
#include <nasnet/evaluator/child_trainer.hpp>
#include <nasnet/evaluator/evaluator.hpp>
#include <nasnet/evaluator/latency.hpp>
#include <nasnet/genotype/architecture.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/journal/journal.hpp>
#include <nasnet/model/model.hpp>
#include <nasnet/search/search.hpp>
#include <nasnet/search/search_events.hpp>
#include <nasnet/search/search_progress_bar.hpp>
#include <nasnet/space/search_space.hpp>
#include <nasnet/strategy/exhaustive.hpp>
#include <nasnet/study/cell_table.hpp>
#include <nasnet/train/optimizer.hpp>
#include <nasnet/train/train_step.hpp>
#include <nasnet/trial/trial.hpp>

#include "flags.hpp"
#include "halved_images.hpp"
#include "program.hpp"

namespace {

struct Flags {
  std::filesystem::path data, out = "table";
  bool times = false;
  bool resume = false;
  int workers = 2;
  std::uint64_t seed = 1;
  std::int64_t cells = 0;
  std::int64_t filters = 4;
  std::int64_t train_images = 2000;
  std::int64_t validation_images = 2000;
  std::int64_t test_images = 2000;
  std::int64_t batch = 16;
  double learning_rate = 0.05;
  bool json = false;
};

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  using program::flag;
  const auto positive = program::whole_number<std::int64_t>(1);
  return {
      flag("--data", flags.data, "folder of images: IDX, CIFAR-10, CIFAR-100 or NumPy, also with .gz").required(),
      flag("--out", flags.out, "folder for journals and table"),
      flag("--times", flags.times, "measure the cells instead of training them; nothing else should run"),
      flag("--resume", flags.resume, "go on with what the output folder has"),
      flag("--workers", flags.workers, "trainings at a time, each on one thread").check(program::whole_number(1, 256)),
      flag("--seed", flags.seed, "of everything that is random").check(program::whole_number<std::uint64_t>(0)),
      flag("--cells", flags.cells, "only the first so many cells, 0: all")
          .check(program::whole_number<std::int64_t>(0)),
      flag("--filters", flags.filters, "filters of the first stack, which has one cell as all have").check(positive),
      flag("--train-images", flags.train_images, "that each training sees").check(positive),
      flag("--validation-images", flags.validation_images, "of the training images, kept apart").check(positive),
      flag("--test-images", flags.test_images, "the first so many of the test images").check(positive),
      flag("--batch", flags.batch, "images of a training step").check(positive),
      flag("--learning-rate", flags.learning_rate, "at the start, then a cosine to 0").check(program::learning_rate()),
      flag("--json", flags.json, "print a line of JSON for each event"),
  };
}

[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// An evaluator that measures instead of training: metrics "epoch_seconds" and "latency", both for one core.
class TimeMeter {
 public:
  explicit TimeMeter(nasnet::ChildTrainer trainer)
      : trainer_(std::move(trainer)), latency_(trainer_.counted_network(), {.warm_up = 20, .repetitions = 201}) {}

  [[nodiscard]] nasnet::Evaluation operator()(const nasnet::Architecture& architecture,
                                              nasnet::TrialContext& trial) const {
    const std::int64_t steps = trainer_.split().train.size() / trainer_.options().training.batch;
    const double epoch = static_cast<double>(std::max(steps, std::int64_t{1})) * step_seconds(architecture, trial);
    return {.metrics = {{"epoch_seconds", epoch}, {"latency", latency_(trial.candidate_of(architecture)).median}}};
  }

  [[nodiscard]] nlohmann::json settings() const {
    return {{"name", "time_meter"}, {"trainer", trainer_.settings()}, {"latency", latency_.settings()}};
  }

  [[nodiscard]] nasnet::CountedNetwork counted_network() const { return trainer_.counted_network(); }

 private:
  /// The median.
  [[nodiscard]] double step_seconds(const nasnet::Architecture& architecture, nasnet::TrialContext& trial) const {
    constexpr int warm_up = 3;
    constexpr int repetitions = 21;
    const nasnet::TrainOptions& training = trainer_.options().training;
    nasnet::Model<float> model(build_network(architecture, trial.ops, trainer_.network()), trial.random);
    nasnet::Optimizer<float> optimizer(training.optimizer, trainable_parameters(model));
    nasnet::BatchLoader loader(trainer_.split().train,
                               {.batch = training.batch, .normalisation = trainer_.normalisation()});
    std::vector<double> seconds;
    for (int run = -warm_up; run < repetitions; ++run) {
      nasnet::Batch batch = loader.next();
      const auto begin = std::chrono::steady_clock::now();
      const nasnet::RunOptions options{.mode = nasnet::Mode::train, .random = trial.random};
      train_step(trial.context, model, optimizer, std::move(batch.images), batch.labels, training.learning_rate.initial,
                 options, training.loss, training.clip_norm);
      if (run >= 0) seconds.push_back(seconds_since(begin));
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2];
  }

  nasnet::ChildTrainer trainer_;
  nasnet::LatencyMeter latency_;
};

class Program {
 public:
  explicit Program(Flags flags) : flags_(std::move(flags)), data_(program::load_halved(flags_.data)) {
    cells_ = static_cast<std::int64_t>(nasnet::cell_table_cells().size());
    if (flags_.cells > 0) cells_ = std::min(cells_, flags_.cells);
  }

  /// The exit status.
  [[nodiscard]] int run() {
    nasnet::make_folder(flags_.out);
    // Only the step that was asked for may train or measure.
    const nasnet::History history = flags_.times ? measure() : train();
    if (history.interrupted) {
      std::cerr << "stopped after " << history.trials.size() << " of " << (flags_.times ? cells_ : trainings())
                << "; --resume goes on\n";
      return stop_.exit_status();
    }
    refuse_failures(history);
    const std::filesystem::path other = flags_.out / (flags_.times ? "journal.jsonl" : "times.jsonl");
    if (!std::filesystem::exists(other)) {
      tell_of_missing_step();
      return 0;
    }
    write_table(flags_.times ? recorded(other, trainings()) : history,
                flags_.times ? history : recorded(other, cells_));
    return 0;
  }

 private:
  [[nodiscard]] std::int64_t trainings() const {
    return cells_ * static_cast<std::int64_t>(nasnet::cell_table_epochs.size() * nasnet::cell_table_trainings);
  }

  void tell_of_missing_step() {
    if (flags_.json) {
      events_.write({{"event", "incomplete"}, {"lacks", flags_.times ? "trainings" : "times"}});
    } else {
      std::cout << "the table lacks its " << (flags_.times ? "trainings" : "times, which --times measures") << '\n';
    }
  }

  [[nodiscard]] nasnet::ChildTrainer trainer() const {
    return nasnet::ChildTrainer(
        data_.train,
        {.cells_per_stack = 1,
         .filters = flags_.filters,
         .epochs = nasnet::cell_table_epochs.back(),
         .train_images = flags_.train_images,
         .validation_images = flags_.validation_images,
         .split_seed = flags_.seed,
         .also_measured = {{"test", data_.test.first(flags_.test_images)}},
         .training = {.batch = flags_.batch, .learning_rate = {.initial = flags_.learning_rate}, .prefetch = false}});
  }

  [[nodiscard]] nasnet::History train() {
    nasnet::ExhaustiveOptions each{.repeats = static_cast<std::int64_t>(nasnet::cell_table_trainings)};
    each.budgets.assign(nasnet::cell_table_epochs.begin(), nasnet::cell_table_epochs.end());
    return search(nasnet::Exhaustive(space_, each), trainer(), trainings(), flags_.workers, "journal.jsonl");
  }

  [[nodiscard]] nasnet::History measure() {
    return search(nasnet::Exhaustive(space_), TimeMeter(trainer()), cells_, 1, "times.jsonl");
  }

  template <class Evaluator>
  [[nodiscard]] nasnet::History search(nasnet::Exhaustive strategy, const Evaluator& evaluate, std::int64_t trials,
                                       int workers, const char* journal) {
    nasnet::SearchOptions options;
    options.trials = trials;
    options.workers = workers;
    options.seed = flags_.seed;
    options.journal = flags_.out / journal;
    options.resume = flags_.resume;
    options.pool = std::make_shared<nasnet::ThreadPool>(workers);
    options.stop = stop_.pointer();
    nasnet::SearchProgressBar bar;
    bar.attach(options);
    if (flags_.json) events_.attach(options);
    return nasnet::search(space_, strategy, evaluate, options);
  }

  /// What the other step has journalled.
  [[nodiscard]] nasnet::History recorded(const std::filesystem::path& journal, std::int64_t wanted) const {
    nasnet::History history = nasnet::read_history(journal);
    if (static_cast<std::int64_t>(history.trials.size()) < wanted) {
      nasnet::fail<nasnet::DataError>('\'', journal.string(), "' has ", history.trials.size(), " of ", wanted,
                                      " results: go on with that step first");
    }
    refuse_failures(history);
    return history;
  }

  static void refuse_failures(const nasnet::History& history) {
    for (const nasnet::Trial& trial : history.trials) {
      if (trial.state == nasnet::TrialState::done) continue;
      nasnet::fail<nasnet::DataError>("trial ", trial.number, " has no result, so there is no table: ", trial.message);
    }
  }

  void write_table(const nasnet::History& trained, const nasnet::History& measured) {
    std::map<std::uint64_t, nasnet::CellTableRow> rows;  // by canonical form
    std::vector<std::uint64_t> order;
    for (const nasnet::Trial& trial : measured.trials) {
      order.push_back(trial.hash);
      rows[trial.hash] = {.architecture = trial.architecture,
                          .parameters = trial.parameters.value(),
                          .multiply_adds = trial.multiply_adds.value(),
                          .epoch_seconds = trial.evaluation.metrics.at("epoch_seconds"),
                          .latency_seconds = trial.evaluation.metrics.at("latency")};
    }
    for (const nasnet::Trial& trial : trained.trials) {
      const auto& epochs = nasnet::cell_table_epochs;
      const auto place =
          static_cast<std::size_t>(std::find(epochs.begin(), epochs.end(), trial.budget) - epochs.begin());
      rows.at(trial.hash).trainings.at(place).at(static_cast<std::size_t>(trial.repeat)) = {
          .validation_accuracy = trial.evaluation.validation_accuracy,
          .test_accuracy = trial.evaluation.metrics.at("test_accuracy")};
    }
    std::vector<nasnet::CellTableRow> table;
    for (const std::uint64_t form : order) table.push_back(rows.at(form));
    const std::filesystem::path path = flags_.out / "table.csv";
    nasnet::write_file_atomically(path, nasnet::cell_table_text(table));
    if (flags_.json) return events_.write({{"event", "result"}, {"table", path.string()}, {"cells", table.size()}});
    std::cout << path.string() << " has " << table.size() << " cells\n";
  }

  Flags flags_;
  program::StopSignal stop_;
  nasnet::ImageData data_;
  nasnet::SearchSpace space_ = nasnet::cell_table_space();
  std::int64_t cells_ = 0;
  nasnet::SearchEvents events_{std::cout};
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes a table of all cells of a small space.", "generate_table");
  Flags flags;
  flag_table(flags).declare(app);
  return program::run(app, argc, argv, [&] { return Program(flags).run(); });
}
