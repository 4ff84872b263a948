// Takes a cell that search_cells found on small images to larger ones: builds a network for them, loads what fits of
// the search's weights, trains it, then fine-tunes it with batch norms left as they are.
// Leaves transfer.json, transfer.safetensors and load-report.json.
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <nasnet/core/context.hpp>
#include <nasnet/core/error.hpp>
#include <nasnet/core/file.hpp>
#include <nasnet/core/progress_bar.hpp>
#include <nasnet/core/random.hpp>
#include <nasnet/core/size.hpp>
#include <nasnet/data/augmentation.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/folder.hpp>
#include <nasnet/data/gzip.hpp>
#include <nasnet/data/resize.hpp>
#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/network_config.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/io/partial_weights.hpp>
#include <nasnet/io/safetensors.hpp>
#include <nasnet/io/weights.hpp>
#include <nasnet/model/model.hpp>
#include <nasnet/report/result_file.hpp>
#include <nasnet/search/search_events.hpp>
#include <nasnet/train/evaluation.hpp>
#include <nasnet/train/trainer.hpp>

#include "flags.hpp"
#include "program.hpp"

namespace {

struct Flags {
  std::filesystem::path from, data, out = "transfer";
  std::int64_t size = 64;
  std::string stem = "imagenet";
  std::optional<std::int64_t> cells, filters;
  std::int64_t epochs = 2;
  std::int64_t frozen_epochs = 1;
  std::int64_t train_images = 0;
  std::int64_t test_images = 0;
  std::int64_t batch = 64;
  double learning_rate = 0.05;
  bool auxiliary_head = false;
  bool resume = false;
  bool json = false;
  int threads = 0;
  std::uint64_t seed = 1;
};

[[nodiscard]] program::FlagTable training_table(Flags& flags) {
  using program::flag;
  const auto count = program::whole_number<std::int64_t>(0);
  return {
      flag("--epochs", flags.epochs, "of training, 0: none").check(count),
      flag("--frozen-epochs", flags.frozen_epochs, "of fine-tuning with frozen batch norms, 0: none").check(count),
      flag("--train-images", flags.train_images, "to train on, 0: all").check(count),
      flag("--test-images", flags.test_images, "to measure the accuracy on, 0: all").check(count),
      flag("--batch", flags.batch, "images of a training step").check(program::whole_number<std::int64_t>(1)),
      flag("--learning-rate", flags.learning_rate,
           "at the start, then a cosine to 0; a tenth of it for the fine-tuning")
          .check(program::learning_rate()),
      flag("--auxiliary-head", flags.auxiliary_head, "train with the auxiliary head, for 67 pixels and more"),
  };
}

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  using program::flag;
  const auto positive = program::whole_number<std::int64_t>(1);
  program::FlagTable table{
      flag("--from", flags.from, "folder of a search: best.json and best.safetensors").required(),
      flag("--data", flags.data, "folder of images: IDX, CIFAR-10, CIFAR-100 or NumPy, also with .gz").required(),
      flag("--out", flags.out, "folder for the results"),
      flag("--size", flags.size, "height and width that images are brought to")
          .check(program::whole_number<std::int64_t>(1, 2048)),
      flag("--stem", flags.stem, "how images enter the larger network").check(CLI::IsMember({"cifar", "imagenet"})),
      flag("--cells", flags.cells, "normal cells in each of the three stacks, instead of the search's").check(positive),
      flag("--filters", flags.filters, "filters of the first stack, instead of the search's").check(positive),
  };
  table.add(training_table(flags));
  return table.add({
      flag("--resume", flags.resume, "go on with the training in the output folder"),
      flag("--json", flags.json, "print a line of JSON for each event"),
      flag("--threads", flags.threads, "0: one for each core").check(program::whole_number(0)),
      flag("--seed", flags.seed, "of everything that is random").check(program::whole_number<std::uint64_t>(0)),
  });
}

class Program {
 public:
  explicit Program(const Flags& flags)
      : flags_(flags),
        found_(nasnet::read_result(flags.from / "best.json")),
        weights_(nasnet::read_safetensors(flags.from / "best.safetensors")),
        data_(resized_data()),
        context_(flags.threads) {}

  /// The exit status.
  [[nodiscard]] int run() {
    nasnet::SearchResult result{.architecture = found_.architecture,
                                .network = larger_network(),
                                .normalisation = channel_statistics(data_.train)};
    nasnet::Model<> model(graph_of(result.network), nasnet::RandomStream(flags_.seed).split("parameters"));
    keep_inputs();
    nasnet::make_folder(flags_.out);
    load(model);
    if (!flags_.resume) remove_checkpoints();
    tell_accuracy("before training", measure(model, result));
    const double rate = flags_.learning_rate;
    if (!train_phase(model, result, {phases[0], nasnet::Mode::train, flags_.epochs, rate}) ||
        !train_phase(model, result, {phases[1], nasnet::Mode::frozen, flags_.frozen_epochs, rate / 10})) {
      std::cerr << "stopped; --resume goes on\n";
      return stop_.exit_status();
    }
    result.test_accuracy = measure(model, result);
    save_weights(model, flags_.out / "transfer.safetensors");
    write_result(result, flags_.out / "transfer.json");
    if (flags_.json) {
      events_.write({{"event", "result"}, {"test_accuracy", *result.test_accuracy}, {"out", flags_.out.string()}});
    } else {
      std::cout << "results are in " << flags_.out.string()
                << ": transfer.json, transfer.safetensors, load-report.json\n";
    }
    return 0;
  }

 private:
  static constexpr std::array<std::string_view, 2> phases{"training", "fine-tuning"};

  struct Phase {
    std::string_view name;
    nasnet::Mode mode;
    std::int64_t epochs;
    double learning_rate;
  };

  void keep_inputs() const {
    const program::Inputs inputs{flags_.from / "best.json", flags_.from / "best.safetensors", flags_.data};
    for (const std::string_view name : {"transfer.json", "transfer.safetensors", "load-report.json"}) {
      program::keep_inputs(flags_.out / name, inputs);
    }
    for (const std::string_view phase : phases) program::keep_inputs(checkpoint(phase), inputs);
  }

  [[nodiscard]] nasnet::ImageData resized_data() const {
    const nasnet::ImageData read = nasnet::load_dataset(flags_.data, nasnet::read_gzip_file);
    const nasnet::ImageDataset train = some_of(read.train, flags_.train_images);
    const nasnet::ImageDataset test = some_of(read.test, flags_.test_images);
    const nasnet::Size size{flags_.size, flags_.size};
    return {resized(train, size), resized(test, size)};
  }

  /// As many images, chosen at random, or with 0 all.
  [[nodiscard]] nasnet::ImageDataset some_of(const nasnet::ImageDataset& images, std::int64_t count) const {
    return count > 0 ? nasnet::split(images, 0, flags_.seed).train.first(count) : images;
  }

  /// The search's network around the cells, with another stem and size. Its batch norm is kept: weights were trained
  /// with it, and ImageNet's slow averages need more steps than a fine-tuning has.
  [[nodiscard]] nasnet::NetworkConfig larger_network() const {
    nasnet::NetworkConfig config = found_.network;
    config.stem = flags_.stem == "imagenet" ? nasnet::Stem::imagenet : nasnet::Stem::cifar;
    config.stem_filters = 0;
    config.cells_per_stack = flags_.cells.value_or(config.cells_per_stack);
    config.filters = flags_.filters.value_or(config.filters);
    config.classes = data_.train.classes();
    config.input_channels = data_.train.channels();
    config.image_size.reset();
    if (flags_.auxiliary_head) config.image_size = nasnet::Size{flags_.size, flags_.size};
    config.check();
    if (flags_.size < config.smallest_side()) {
      nasnet::fail<nasnet::ArgumentError>("--size ", flags_.size, ": this stem takes images of ",
                                          config.smallest_side(), " pixels and more");
    }
    return config;
  }

  [[nodiscard]] nasnet::NetworkGraph graph_of(const nasnet::NetworkConfig& config) const {
    return build_network(found_.architecture, nasnet::AllOps::table(), config);
  }

  /// Fills what fits and writes down by name what did not.
  void load(nasnet::Model<>& model) {
    nasnet::NetworkConfig small = found_.network;
    small.image_size.reset();
    const nasnet::NameInFile names = corresponding_names(graph_of(small), model.graph());
    const nasnet::PartialLoad report = load_partial_weights(model, weights_, names);
    if (report.loaded.empty()) {
      nasnet::fail<nasnet::DataError>("'", weights_.origin(), "': nothing in it fits the network of '",
                                      (flags_.from / "best.json").string(), "'");
    }
    if (flags_.json) {
      events_.write({{"event", "loaded"},
                     {"loaded", report.loaded.size()},
                     {"missing", report.missing.size()},
                     {"mismatched", report.mismatched.size()},
                     {"unused", report.unused.size()}});
    } else {
      std::cout << "loaded " << report.loaded.size() << " parameters; " << report.missing.size()
                << " are new to this network, " << report.mismatched.size() << " have other shapes, "
                << report.unused.size() << " of the search are left over\n";
    }
    nlohmann::ordered_json json{{"loaded", report.loaded}, {"missing", report.missing}};
    json["mismatched"] = nlohmann::ordered_json::array();
    for (const nasnet::PartialLoad::Mismatch& each : report.mismatched) {
      json["mismatched"].push_back({{"name", each.name}, {"found", each.found}, {"wanted", each.wanted}});
    }
    json["unused"] = report.unused;
    nasnet::write_file_atomically(flags_.out / "load-report.json", json.dump(1) + "\n");
  }

  /// False where Ctrl-C stopped it.
  [[nodiscard]] bool train_phase(nasnet::Model<>& model, const nasnet::SearchResult& result, const Phase& phase) {
    if (phase.epochs == 0) return true;
    nasnet::ProgressBar bar;
    nasnet::TrainOptions options;
    options.epochs = phase.epochs;
    options.batch = flags_.batch;
    options.learning_rate = {.initial = phase.learning_rate};
    options.mode = phase.mode;
    options.normalisation = result.normalisation;
    options.seed = flags_.seed;
    options.checkpoint = checkpoint(phase.name);
    options.progress = [&](const nasnet::Progress& progress) {
      bar(progress);
      if (flags_.json) events_.report(progress);
    };
    options.should_stop = [this] { return stop_.was_given(); };
    const nasnet::TrainSummary summary = train(context_, model, data_.train, options);
    bar.finish();
    if (summary.diverged) {
      nasnet::fail<nasnet::DataError>("the ", phase.name, " diverged: its loss is no finite number; try a smaller ",
                                      "--learning-rate in another folder");
    }
    if (!summary.finished) return false;
    tell_accuracy(nasnet::join("after ", phase.name), measure(model, result));
    return true;
  }

  [[nodiscard]] double measure(const nasnet::Model<>& model, const nasnet::SearchResult& result) {
    return evaluate(context_, model, data_.test, result.normalisation, flags_.batch).accuracy;
  }

  void tell_accuracy(const std::string& when, double accuracy) {
    if (flags_.json) return events_.write({{"event", "measured"}, {"when", when}, {"test_accuracy", accuracy}});
    const auto hundredths = static_cast<std::int64_t>(accuracy * 10000 + 0.5);
    std::cout << nasnet::join("test accuracy ", when, ": ", hundredths / 100, '.', hundredths / 10 % 10,
                              hundredths % 10, " %\n");
  }

  [[nodiscard]] std::filesystem::path checkpoint(std::string_view phase) const {
    return flags_.out / nasnet::join("checkpoint-of-", phase, ".safetensors");
  }

  void remove_checkpoints() const {
    for (const std::string_view phase : phases) std::filesystem::remove(checkpoint(phase));
  }

  Flags flags_;
  program::StopSignal stop_;
  nasnet::SearchEvents events_{std::cout};
  nasnet::SearchResult found_;
  nasnet::TensorFile weights_;
  nasnet::ImageData data_;
  nasnet::Context context_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Takes a cell found on small images to a network for larger ones.", "transfer_cell");
  Flags flags;
  flag_table(flags).declare(app);
  return program::run(app, argc, argv, [&] { return Program(flags).run(); });
}
