// How well figures of untrained networks (nasnet/study/proxies.hpp) rank the cells of a table: the rank correlation of
// each with the cells' test accuracy, after training with the most epochs, over all trainings.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nasnet/core/context.hpp>
#include <nasnet/core/error.hpp>
#include <nasnet/core/progress_bar.hpp>
#include <nasnet/core/random.hpp>
#include <nasnet/core/size.hpp>
#include <nasnet/data/augmentation.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/loader.hpp>
#include <nasnet/genotype/architecture.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/costs.hpp>
#include <nasnet/graph/network_config.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/study/cell_table.hpp>
#include <nasnet/study/proxies.hpp>
#include <nasnet/study/rank_correlation.hpp>

#include "flags.hpp"
#include "halved_images.hpp"
#include "program.hpp"

namespace {

struct Flags {
  std::filesystem::path table, data;
  std::int64_t filters = 4;
  std::int64_t batch = 64;
  std::int64_t cells = 0;
  std::uint64_t seed = 1;
  bool json = false;
};

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  using program::flag;
  return {
      flag("--table", flags.table, "file that generate_table has made").required(),
      flag("--data", flags.data, "folder of the images that it was made with").required(),
      flag("--filters", flags.filters, "of the first stack, as in the table")
          .check(program::whole_number<std::int64_t>(1)),
      flag("--batch", flags.batch, "training images that the proxies look at")
          .check(program::whole_number<std::int64_t>(2, 4096)),
      flag("--cells", flags.cells, "only so many cells, spread over the table, 0: all")
          .check(program::whole_number<std::int64_t>(0)),
      flag("--seed", flags.seed, "of parameters and batch").check(program::whole_number<std::uint64_t>(0)),
      flag("--json", flags.json, "print one line of JSON"),
  };
}

/// A proxy's value for each cell.
struct Column {
  std::string name;
  std::vector<double> values{};
};

class Proxies {
 public:
  explicit Proxies(const Flags& flags) : random_(flags.seed) {
    const nasnet::ImageDataset images = program::load_halved(flags.data).train;
    config_.input_channels = images.channels();
    config_.classes = images.classes();
    config_.cells_per_stack = 1;
    config_.filters = flags.filters;
    image_ = {images.height(), images.width()};
    if (flags.batch > images.size()) {
      nasnet::fail<nasnet::ArgumentError>("--batch ", flags.batch, ": there are ", images.size(), " training images");
    }
    nasnet::BatchLoader loader(
        images,
        {.batch = flags.batch, .seed = flags.seed, .prefetch = false, .normalisation = channel_statistics(images)});
    nasnet::Batch batch = loader.next();
    batch_ = {std::move(batch.images), std::move(batch.labels)};
  }

  /// Adds a value to each column.
  void measure(const nasnet::Architecture& cell) {
    const nasnet::NetworkGraph graph = build_network(cell, nasnet::CellTableOps::table(), config_);
    const double values[] = {
        static_cast<double>(parameter_count(graph)),           static_cast<double>(multiply_adds(graph, image_)),
        gradient_norm_proxy(context_, graph, random_, batch_), snip_proxy(context_, graph, random_, batch_),
        synflow_proxy(context_, graph, random_, image_),       naswot_proxy(context_, graph, random_, batch_.images)};
    for (std::size_t k = 0; k < columns_.size(); ++k) columns_[k].values.push_back(values[k]);
  }

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }

 private:
  nasnet::RandomStream random_;
  nasnet::NetworkConfig config_{};
  nasnet::Size image_{};
  nasnet::ProxyBatch<float> batch_{};
  nasnet::Context context_{};
  std::vector<Column> columns_{{"parameters"}, {"multiply-adds"}, {"gradient norm"}, {"SNIP"}, {"SynFlow"}, {"NASWOT"}};
};

[[nodiscard]] double mean_test_accuracy(const nasnet::CellTableRow& row) {
  double sum = 0;
  for (const nasnet::CellTraining& training : row.trainings.back()) sum += training.test_accuracy;
  return sum / static_cast<double>(row.trainings.back().size());
}

/// So many lines at equal distances.
[[nodiscard]] std::vector<nasnet::CellTableRow> chosen(std::vector<nasnet::CellTableRow> rows, std::int64_t wanted) {
  const auto count = static_cast<std::int64_t>(rows.size());
  if (wanted == 0 || wanted >= count) return rows;
  std::vector<nasnet::CellTableRow> some;
  for (std::int64_t k = 0; k < wanted; ++k) some.push_back(rows[static_cast<std::size_t>(k * count / wanted)]);
  return some;
}

int rank(const Flags& flags) {
  const std::vector<nasnet::CellTableRow> rows = chosen(nasnet::read_cell_table(flags.table), flags.cells);
  Proxies proxies(flags);
  std::vector<double> accuracies;
  nasnet::ProgressBar bar;
  const auto begin = std::chrono::steady_clock::now();
  for (const nasnet::CellTableRow& row : rows) {
    proxies.measure(row.architecture);
    accuracies.push_back(mean_test_accuracy(row));
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    bar({.task = "proxies",
         .done = static_cast<std::int64_t>(accuracies.size()),
         .total = static_cast<std::int64_t>(rows.size()),
         .seconds = passed.count(),
         .detail = ""});
  }
  bar.finish();
  nlohmann::ordered_json json{{"cells", rows.size()}, {"batch", flags.batch}};
  if (!flags.json) {
    std::cout << "rank correlation with the mean test accuracy, " << rows.size() << " cells, a batch of " << flags.batch
              << " images\n"
              << std::setw(16) << "Spearman" << std::setw(12) << "Kendall\n";
  }
  for (const Column& column : proxies.columns()) {
    const double rho = nasnet::spearman(column.values, accuracies);
    const double tau = nasnet::kendall(column.values, accuracies);
    json["proxies"][column.name] = {{"spearman", rho}, {"kendall", tau}};
    if (flags.json) continue;
    std::cout << std::left << std::setw(16) << column.name << std::right << std::fixed << std::setprecision(3)
              << std::setw(8) << rho << std::setw(11) << tau << '\n';
  }
  if (flags.json) std::cout << json.dump() << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Ranks the cells of a table by figures of untrained networks.", "rank_proxies");
  Flags flags;
  flag_table(flags).declare(app);
  return program::run(app, argc, argv, [&] { return rank(flags); });
}
