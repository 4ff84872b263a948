// Searches NASNet cells on a folder of images: trials, the winner trained again on all images, and everything about it
// in files: journal.jsonl, trials.csv, best.json, best.hpp, best.dot, best.svg, best.safetensors, report.html.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nasnet/core/context.hpp>
#include <nasnet/core/error.hpp>
#include <nasnet/core/file.hpp>
#include <nasnet/core/progress_bar.hpp>
#include <nasnet/core/random.hpp>
#include <nasnet/core/thread_pool.hpp>
#include <nasnet/data/augmentation.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/folder.hpp>
#include <nasnet/data/gzip.hpp>
#include <nasnet/evaluator/child_trainer.hpp>
#include <nasnet/evaluator/latency.hpp>
#include <nasnet/evaluator/process_evaluator.hpp>
#include <nasnet/genotype/emit_header.hpp>
#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/dot.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/graph/svg.hpp>
#include <nasnet/io/weights.hpp>
#include <nasnet/journal/warm_start.hpp>
#include <nasnet/model/model.hpp>
#include <nasnet/report/report.hpp>
#include <nasnet/report/result_file.hpp>
#include <nasnet/report/trials_csv.hpp>
#include <nasnet/search/search.hpp>
#include <nasnet/search/search_events.hpp>
#include <nasnet/search/search_progress_bar.hpp>
#include <nasnet/space/search_space.hpp>
#include <nasnet/strategy/any_strategy.hpp>
#include <nasnet/strategy/average_repeats.hpp>
#include <nasnet/strategy/median_stop.hpp>
#include <nasnet/strategy/replay_duplicates.hpp>
#include <nasnet/train/evaluation.hpp>
#include <nasnet/train/trainer.hpp>
#include <nasnet/trial/trial.hpp>
#ifdef NASNET_HAS_QUEUE
#include <nasnet/redis/queue_evaluator.hpp>
#endif

#include "flags.hpp"
#include "program.hpp"
#include "strategies.hpp"
#include "trial_flags.hpp"

namespace {

using program::flag;
using program::FlagTable;
using program::setting;
using program::setting_if_changed;

struct Flags {
  std::filesystem::path data, out = "search";
  bool resume = false;
  std::string queue;
  std::int64_t lease_seconds = 60;
  std::string strategy = "random";
  program::StrategyFlags strategies;
  std::string duplicates = "skip";
  std::int64_t repeats = 1;
  bool median_stop = false;
  std::int64_t trials = 20;
  int workers = 2;
  std::int64_t ordered = 0;
  int threads = 0;
  program::TrialFlags trial;
  std::int64_t final_epochs = 3;
  std::int64_t final_images = 0;
  std::optional<std::int64_t> max_parameters, max_multiply_adds;
  std::optional<double> max_latency;  // ms
  bool isolate = false;
  std::optional<std::int64_t> trial_memory, memory;  // MB
  std::optional<double> trial_seconds;
  std::vector<std::string> enqueue;
  std::filesystem::path warm_start;
  bool json = false;
};

constexpr std::int64_t megabyte = 1'000'000;

[[nodiscard]] FlagTable place_table(Flags& flags) {
  return {
      flag("--data", flags.data, "folder of images: IDX, CIFAR-10, CIFAR-100 or NumPy, also with .gz").required(),
      flag("--out", flags.out, "folder for the results"),
      flag("--resume", flags.resume, "go on with the search in the output folder"),
      flag("--queue", flags.queue,
           "have trials evaluated by search_worker: redis://[user:password-file@]host:port/name"),
      flag("--lease", flags.lease_seconds,
           "seconds without a sign of life after which a trial goes to another worker of the queue")
          .check(program::whole_number<std::int64_t>(1, 86'400)),
  };
}

[[nodiscard]] FlagTable strategy_table(Flags& flags) {
  FlagTable table{
      setting("--strategy", flags.strategy, "how to choose cells")
          .check(CLI::IsMember(program::names_of(program::all_strategies()))),
  };
  table.add(flags.strategies.table());
  return table.add({
      setting_if_changed("--duplicates", flags.duplicates,
                         "what becomes of a cell that was tried before: the strategy learns no more than that (skip), "
                         "or its result again (replay), or it is a trial like any other (evaluate)")
          .check(CLI::IsMember({"skip", "replay", "evaluate"})),
      setting_if_changed("--repeats", flags.repeats, "trainings of each cell; the strategy learns their mean")
          .check(program::whole_number<std::int64_t>(1, 1'000)),
      setting_if_changed("--median-stop", flags.median_stop,
                         "train a cell for all its epochs only if it is no worse than most after few")
          .excludes("--repeats"),
  });
}

[[nodiscard]] FlagTable search_table(Flags& flags) {
  return {
      flag("--trials", flags.trials, "networks to train").check(program::whole_number<std::int64_t>(1)),
      flag("--workers", flags.workers, "trials at a time; with --queue, trials in the queue")
          .check(program::whole_number(1, 256)),
      setting_if_changed("--ordered", flags.ordered,
                         "trials in flight of a search whose cells do not depend on workers and time: the strategy "
                         "learns results in the order of trials; at most so many run at a time; 0: it learns each as "
                         "it comes")
          .check(program::whole_number<std::int64_t>(0)),
      flag("--threads", flags.threads, "threads in all, 0: one for each core; at least one for each worker")
          .check(program::whole_number(0)),
  };
}

[[nodiscard]] FlagTable final_table(Flags& flags) {
  const auto count = program::whole_number<std::int64_t>(0);
  return {
      setting("--final-epochs", flags.final_epochs, "of the winner's training, 0: none").check(count),
      setting("--final-images", flags.final_images, "that the winner is trained on, 0: all").check(count),
  };
}

/// Of networks and of trials.
[[nodiscard]] FlagTable limit_table(Flags& flags) {
  const auto positive = program::whole_number<std::int64_t>(1);
  const auto megabytes = program::whole_number<std::int64_t>(1, 1'000'000'000);
  const auto fraction = program::number(1e-3, 1e9, "from 0.001 to 1e9");
  return {
      setting("--max-params", flags.max_parameters, "reject networks with more parameters").check(positive),
      setting("--max-multiply-adds", flags.max_multiply_adds, "reject networks with more multiply-adds for an image")
          .check(positive),
      setting_if_changed("--max-latency-ms", flags.max_latency,
                         "reject networks that take longer to predict an image on one thread of this machine")
          .check(fraction),
      flag("--isolate", flags.isolate, "run each trial in a process of its own, so that a crash costs one trial")
          .excludes("--queue"),  // its trials run in other programs
      setting_if_changed("--trial-memory", flags.trial_memory,
                         "most MB of a trial; with --isolate of its whole process")
          .check(megabytes),
      setting_if_changed("--trial-seconds", flags.trial_seconds,
                         "most seconds of a trial, with --queue on its worker; it ends at the next batch, with "
                         "--isolate (of search_worker where there is a queue) it is killed")
          .check(fraction),
      setting_if_changed("--memory", flags.memory,
                         "MB for all trials, with --queue for each: those predicted to need more are rejected, others "
                         "wait for room")
          .check(megabytes),
  };
}

[[nodiscard]] FlagTable flag_table(Flags& flags) {
  FlagTable table = place_table(flags);
  table.add(strategy_table(flags)).add(search_table(flags)).add(flags.trial.table());
  table.add(final_table(flags)).add(limit_table(flags));
  return table.add({
      flag("--enqueue", flags.enqueue, "files of architectures (JSON) or names of published cells, tried first"),
      flag("--warm-start", flags.warm_start, "journal of another search of these cells to learn from"),
      flag("--json", flags.json, "print a line of JSON for each event"),
  });
}

/// From the command line to the files.
class Program {
 public:
  /// @param settings that results depend on; other flags may change from run to run
  Program(const Flags& flags, nlohmann::json settings)
      : flags_(flags),
        settings_(std::move(settings)),
        data_(nasnet::load_dataset(flags.data, nasnet::read_gzip_file)),
        space_(nasnet::NasnetOps::table(), {.blocks = flags.trial.blocks}),
        evaluate_(data_, flags.trial.child_options()),
        isolated_(isolated()),
        latency_(evaluate_.counted_network()),
        pool_(std::make_shared<nasnet::ThreadPool>(pool_size(flags))),
        final_images_(chosen_final_images()) {}

  /// The exit status.
  [[nodiscard]] int run() {
    check_places();
    nasnet::make_folder(flags_.out);
    const nasnet::History history = search();
    if (history.interrupted) return stop_after_trials(history);
    if (history.find_best() == nullptr) fail_without_result(history);
    nasnet::SearchResult result = result_of(history);
    if (flags_.final_epochs > 0 && !retrain(history.best(), result)) {
      std::cerr << "stopped while training the winner; --resume goes on\n";
      return stop_.exit_status();
    }
    write_files(history, result);
    return 0;
  }

 private:
  [[nodiscard]] static int pool_size(const Flags& flags) {
    const int threads = flags.threads > 0 ? flags.threads : nasnet::ThreadPool::hardware_threads();
    return flags.queue.empty() ? std::max(threads, flags.workers) : threads;
  }

  [[nodiscard]] std::optional<nasnet::ProcessEvaluator<nasnet::ChildTrainer>> isolated() const {
    if (!flags_.isolate) return std::nullopt;
    const int threads = std::max(1, pool_size(flags_) / flags_.workers);
    return nasnet::ProcessEvaluator(evaluate_, space_, {.threads = threads});
  }

  [[nodiscard]] nasnet::ImageDataset chosen_final_images() const {
    if (flags_.final_images == 0) return data_.train;
    return nasnet::split(data_.train, 0, flags_.trial.seed).train.first(flags_.final_images);
  }

  /// Before anything is written: the places of all files, so that no search ends without them.
  void check_places() const {
    program::Inputs inputs{flags_.data};
    if (!flags_.warm_start.empty()) inputs.push_back(flags_.warm_start);
    for (const std::string& name : flags_.enqueue) inputs.emplace_back(name);
    const std::filesystem::path journal = flags_.out / "journal.jsonl";
    std::error_code absent;
    if (!flags_.resume && std::filesystem::file_size(journal, absent) > 0 && !absent) {
      nasnet::fail<nasnet::ArgumentError>(
          '\'', journal.string(), "' holds a search already: --resume goes on with it, --out chooses another folder");
    }
    for (const std::string_view name : {"journal.jsonl", "trials.csv", "report.html", "best.json", "best.hpp",
                                        "best.dot", "best.svg", "best.safetensors"}) {
      if (std::filesystem::is_directory(flags_.out / name, absent)) {
        nasnet::fail<nasnet::IoError>('\'', (flags_.out / name).string(),
                                      "' is a folder: a file is to be written there");
      }
      program::keep_inputs(flags_.out / name, inputs);
    }
  }

  // ---- the search

  [[nodiscard]] nasnet::History search() {
    nasnet::SearchProgressBar bar;
    nasnet::SearchOptions options = search_options();
    bar.attach(options);
    if (flags_.json) events_.attach(options);
    if (!std::filesystem::exists(options.journal)) remove_checkpoints();
    nasnet::History history = search_with(options);
    write_trials_csv(history, flags_.out / "trials.csv");
    if (static_cast<std::int64_t>(history.trials.size()) > flags_.trials) {
      nasnet::fail<nasnet::ArgumentError>("--trials ", flags_.trials, ": '", options.journal, "' has ",
                                          history.trials.size(), " trials already");
    }
    return history;
  }

  [[nodiscard]] nasnet::History search_with(const nasnet::SearchOptions& options) const {
    if (!flags_.queue.empty()) return search_through_queue(options);
    return isolated_ ? search_with(*isolated_, options) : search_with(evaluate_, options);
  }

  template <class Evaluator>
  [[nodiscard]] nasnet::History search_with(const Evaluator& evaluate, const nasnet::SearchOptions& options) const {
    if (!flags_.max_latency) return search_by(evaluate, options);
    return search_by(nasnet::MeasureLatency<const Evaluator&>(evaluate, latency_), options);
  }

  template <class Evaluator>
  [[nodiscard]] nasnet::History search_by(const Evaluator& evaluate, const nasnet::SearchOptions& options) const {
    return nasnet::search(space_, strategy(), evaluate, options);
  }

#ifdef NASNET_HAS_QUEUE
  /// Trials wait for workers on threads of their own, since these do nothing.
  [[nodiscard]] nasnet::History search_through_queue(nasnet::SearchOptions options) const {
    options.pool.reset();
    nasnet::QueueOptions queue{
        .resume = flags_.resume,
        .lease = std::chrono::seconds(flags_.lease_seconds),
        .duplicates = duplicates(),
        .settings = settings_,
        .stop = stop_.pointer(),
        .notice = [](const std::string& sentence) { std::cerr << nasnet::join(sentence, '\n'); }};
    const nasnet::QueueEvaluator evaluate(evaluate_, space_, nasnet::queue_address(flags_.queue), std::move(queue));
    nasnet::History history = search_with(evaluate, options);
    if (!history.interrupted) evaluate.finish();
    return history;
  }
#else
  [[noreturn]] static nasnet::History search_through_queue(const nasnet::SearchOptions&) {
    nasnet::fail<nasnet::ArgumentError>("--queue needs hiredis, which this program was built without");
  }
#endif

  [[nodiscard]] nasnet::Duplicates duplicates() const {
    return flags_.duplicates == "evaluate" ? nasnet::Duplicates::evaluate : nasnet::Duplicates::skip;
  }

  [[nodiscard]] nasnet::AnyStrategy strategy() const {
    if (flags_.duplicates == "replay") return nasnet::ReplayDuplicates(strategy_without_replay());
    return strategy_without_replay();
  }

  [[nodiscard]] nasnet::AnyStrategy strategy_without_replay() const {
    program::StrategyFlags strategies = flags_.strategies;
    strategies.halving.most_budget = flags_.trial.child.epochs;
    nasnet::AnyStrategy strategy = program::strategy_named(flags_.strategy, strategies).make(space_, flags_.trial.seed);
    if (flags_.median_stop && flags_.strategy == "successive-halving") {
      nasnet::fail<nasnet::ArgumentError>("--median-stop: successive-halving has budgets of its own");
    }
    if (flags_.repeats > 1) return nasnet::AverageRepeats(std::move(strategy), flags_.repeats);
    if (flags_.median_stop) return nasnet::MedianStop(std::move(strategy), {.budgets = few_to_all_epochs()});
    return strategy;
  }

  /// A ninth, a third and all of the epochs of a trial, each once.
  [[nodiscard]] std::vector<std::int64_t> few_to_all_epochs() const {
    std::vector<std::int64_t> budgets;
    for (const std::int64_t part : {9, 3, 1}) {
      const std::int64_t epochs = std::max(flags_.trial.child.epochs / part, std::int64_t{1});
      if (budgets.empty() || epochs > budgets.back()) budgets.push_back(epochs);
    }
    return budgets;
  }

  [[nodiscard]] nasnet::SearchOptions search_options() const {
    nasnet::SearchOptions options;
    options.trials = flags_.trials;
    options.workers = flags_.workers;
    options.ordered = flags_.ordered;
    options.duplicates = duplicates();
    options.seed = flags_.trial.seed;
    options.journal = flags_.out / "journal.jsonl";
    options.resume = flags_.resume;
    options.limits = {.max_parameters = flags_.max_parameters, .max_multiply_adds = flags_.max_multiply_adds};
    if (flags_.max_latency) {
      options.rules.push_back(latency_.at_most(*flags_.max_latency / 1000));
    }
    options.settings = settings_;
    options.trial_seconds = flags_.trial_seconds;
    if (flags_.trial_memory) options.trial_bytes = static_cast<std::size_t>(*flags_.trial_memory * megabyte);
    if (flags_.memory) options.memory_bytes = *flags_.memory * megabyte;
    for (const std::string& name : flags_.enqueue) {
      options.enqueue.push_back({nasnet::find_network(name, nasnet::NasnetOps::infos()).architecture});
    }
    if (!flags_.warm_start.empty()) options.known = nasnet::warm_start(flags_.warm_start, space_);
    options.pool = pool_;
    options.stop = stop_.pointer();
    return options;
  }

  [[nodiscard]] int stop_after_trials(const nasnet::History& history) const {
    write_report(history, flags_.out / "report.html", report_options());
    std::cerr << "stopped after " << history.trials.size() << " of " << flags_.trials << " trials; --resume goes on\n";
    return stop_.exit_status();
  }

  [[noreturn]] void fail_without_result(const nasnet::History& history) const {
    write_report(history, flags_.out / "report.html", report_options());
    if (history.trials.empty()) nasnet::fail<nasnet::DataError>("no proposal became a trial, so there is no result");
    nasnet::fail<nasnet::DataError>("none of ", history.trials.size(),
                                    " trials has a result: ", history.trials.back().message);
  }

  [[nodiscard]] nasnet::SearchResult result_of(const nasnet::History& history) const {
    const nasnet::RankedResult best = *history.best_result();
    const std::string repeats =
        best.evaluations > 1 ? nasnet::join(" (mean of ", best.evaluations, " repeats)") : std::string();
    tell("best validation accuracy ", percent(best.accuracy), repeats, ", trial ", best.first->number, " of ",
         history.trials.size(), latency_text(*best.first));
    return {.architecture = best.first->architecture,
            .network = evaluate_.network(),
            .normalisation = channel_statistics(final_images_),
            .validation_accuracy = best.accuracy,
            .budget = best.first->budget,
            .evaluations = best.evaluations};
  }

  /// ", 1.25 ms for an image", where it was measured.
  [[nodiscard]] static std::string latency_text(const nasnet::Trial& trial) {
    const auto latency = trial.evaluation.metrics.find("latency");
    if (latency == trial.evaluation.metrics.end()) return {};
    return nasnet::join(", ", two_digits(1000 * latency->second), " ms for an image");
  }

  // ---- the winner

  /// False where Ctrl-C stopped it. A checkpoint after each epoch lets --resume go on, to the same weights.
  [[nodiscard]] bool retrain(const nasnet::Trial& best, nasnet::SearchResult& result) {
    nasnet::Context context(pool_);
    nasnet::Model<> model(build_network(best.architecture, nasnet::NasnetOps::table(), result.network),
                          nasnet::RandomStream(flags_.trial.seed).split("final.parameters"));
    nasnet::ProgressBar bar;
    nasnet::TrainOptions options = evaluate_.options().training;
    options.epochs = flags_.final_epochs;
    options.normalisation = result.normalisation;
    options.seed = flags_.trial.seed;
    options.checkpoint = flags_.out / nasnet::join(checkpoint_prefix, best.number, ".safetensors");
    options.progress = [&](const nasnet::Progress& progress) {
      bar(progress);
      if (flags_.json) events_.report(progress);
    };
    options.should_stop = [this] { return stop_.was_given(); };
    const nasnet::TrainSummary summary = train(context, model, final_images_, options);
    bar.finish();
    if (summary.diverged) {
      nasnet::fail<nasnet::DataError>(
          "the training of the winner diverged: its loss is no finite number; try a smaller ",
          "--learning-rate in another folder");
    }
    if (!summary.finished) return false;
    result.test_accuracy = evaluate(context, model, data_.test, result.normalisation).accuracy;
    tell("test accuracy ", percent(*result.test_accuracy), " after training on ", final_images_.size(), " images");
    save_weights(model, flags_.out / "best.safetensors");
    return true;
  }

  /// Those of a search that is not there any more.
  void remove_checkpoints() const {
    for (const auto& entry : std::filesystem::directory_iterator(flags_.out)) {
      if (entry.path().filename().string().starts_with(checkpoint_prefix)) std::filesystem::remove(entry.path());
    }
  }

  // ---- files

  void write_files(const nasnet::History& history, const nasnet::SearchResult& result) {
    write_result(result, flags_.out / "best.json");
    write_header(result.architecture, flags_.out / "best.hpp");
    write_dot(result.architecture, flags_.out / "best.dot");
    write_svg(result.architecture, flags_.out / "best.svg");
    nasnet::ReportOptions options = report_options();
    options.test_accuracy = result.test_accuracy;
    write_report(history, flags_.out / "report.html", options);
    tell("results are in ", flags_.out.string(), ": best.json, best.hpp, best.dot, best.svg, ",
         result.test_accuracy ? "best.safetensors, " : "", "report.html, trials.csv, journal.jsonl");
    if (!flags_.json) return;
    nlohmann::ordered_json event{{"event", "result"},
                                 {"trial", history.best().number},
                                 {"validation_accuracy", *result.validation_accuracy},
                                 {"out", flags_.out.string()}};
    if (result.test_accuracy) event["test_accuracy"] = *result.test_accuracy;
    events_.write(event);
  }

  /// A sentence for people.
  template <class... Parts>
  void tell(const Parts&... parts) const {
    if (!flags_.json) std::cout << nasnet::join(parts...) << '\n';
  }

  [[nodiscard]] nasnet::ReportOptions report_options() const {
    const nasnet::ImageDataset& images = data_.train;
    nasnet::ReportOptions options;
    options.title = "Cells for " + std::filesystem::absolute(flags_.data / ".").parent_path().filename().string();
    options.subtitle = nasnet::join(images.size(), " training images of ", images.height(), 'x', images.width(), 'x',
                                    images.channels(), ", ", images.classes(), " classes");
    const auto add = [&options](const char* name, auto value) {
      options.settings.emplace_back(name, nasnet::join(value));
    };
    add("strategy", flags_.strategy);
    add("blocks of a cell", flags_.trial.blocks);
    add("normal cells a stack", flags_.trial.child.cells_per_stack);
    add("filters", flags_.trial.child.filters);
    add("images of a trial", evaluate_.split().train.size());
    add("validation images", flags_.trial.child.validation_images);
    add("epochs of a trial", flags_.trial.child.epochs);
    add("images of the final training", final_images_.size());
    add("epochs of the final training", flags_.final_epochs);
    return options;
  }

  [[nodiscard]] static std::string percent(double fraction) { return two_digits(100 * fraction).append(" %"); }

  [[nodiscard]] static std::string two_digits(double value) {
    const auto hundredths = static_cast<std::int64_t>(100 * value + 0.5);
    return nasnet::join(hundredths / 100, '.', hundredths / 10 % 10, hundredths % 10);
  }

  static constexpr std::string_view checkpoint_prefix = "training-of-trial-";

  Flags flags_;
  nlohmann::json settings_;
  program::StopSignal stop_;
  nasnet::ImageData data_;
  nasnet::SearchSpace space_;
  nasnet::ChildTrainer evaluate_;
  std::optional<nasnet::ProcessEvaluator<nasnet::ChildTrainer>> isolated_;  // made before the first thread
  nasnet::LatencyMeter latency_;
  std::shared_ptr<nasnet::ThreadPool> pool_;
  nasnet::SearchEvents events_{std::cout};
  nasnet::ImageDataset final_images_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Searches network cells on a folder of images and trains the best.", "search_cells");
  Flags flags;
  const FlagTable table = flag_table(flags);
  table.declare(app);
  return program::run(app, argc, argv, [&] { return Program(flags, table.settings()).run(); });
}
