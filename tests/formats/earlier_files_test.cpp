// Files that an earlier version wrote are read, gone on with, and written the same.
#include "earlier_files.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/evaluator/child_trainer.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/inference_plan.hpp"
#include "nasnet/report/load_network.hpp"
#include "nasnet/report/result_file.hpp"
#include "nasnet/search/search.hpp"
#include "nasnet/space/cell_space.hpp"
#include "nasnet/strategy/regularized_evolution.hpp"
#include "nasnet/study/cell_table.hpp"
#include "tests_folder.hpp"

using namespace nasnet;

namespace {

std::filesystem::path earlier(const char* name) { return tests_folder() / "formats" / "files" / name; }

std::filesystem::path copied(const char* name, const TemporaryFolder& folder) {
  const std::filesystem::path copy = folder / name;
  std::filesystem::copy_file(earlier(name), copy);
  return copy;
}

History continued(const std::filesystem::path& journal, std::int64_t trials) {
  ChildOptions child{.cells_per_stack = 1, .filters = 2, .epochs = 1, .validation_images = 10};
  child.training = earlier_files::training({});
  child.training.checkpoint.reset();
  SearchOptions options;
  options.trials = trials;
  options.seed = 9;
  options.journal = journal;
  options.resume = true;
  options.settings = nlohmann::json{{"--epochs", 1}};
  RegularizedEvolution strategy(cell_table_space(), 4, {.population = earlier_files::population, .sample = 2});
  const ChildTrainer evaluate(earlier_files::images(30), child);
  return search<CellSpace<CellTableOps, 2>>(strategy, evaluate, options);
}

}  // namespace

TEST_CASE("weights of an earlier version are loaded, and saved the same") {
  const TemporaryFolder folder;
  Model<float> model(earlier_files::graph(), RandomStream(2));
  load_weights(model, earlier("weights.safetensors"));
  save_weights(model, folder / "again.safetensors");
  CHECK(read_file(folder / "again.safetensors") == read_file(earlier("weights.safetensors")));
}

TEST_CASE("a result of an earlier version is read, written the same, and predicts with its weights") {
  const SearchResult result = read_result(earlier("result.json"));
  CHECK(result.architecture == earlier_files::architecture());
  CHECK(result.network.filters == earlier_files::config().filters);
  CHECK(result.normalisation == ChannelStatistics{{0.25F}, {0.5F}});
  CHECK(result.validation_accuracy == 0.8125);
  CHECK(result.budget == 27);
  CHECK(result.evaluations == 3);
  CHECK(result.test_accuracy == 0.75);
  const TemporaryFolder folder;
  write_result(result, folder / "again.json");
  CHECK(read_text_file(folder / "again.json") == read_text_file(earlier("result.json")));

  Context context(1);
  const auto network = load_network(earlier("result.json").string(), earlier("weights.safetensors"));
  Tensor<float> image(Shape{1, 8, 8, 1});
  image.fill(0.5F);
  const Tensor<float> logits = network.predict(context, image);
  CHECK(logits.shape() == Shape{1, 2});
  CHECK(std::isfinite(logits[0]));
}

TEST_CASE("a training goes on from a checkpoint of an earlier version") {
  const TemporaryFolder folder;
  const std::filesystem::path checkpoint = copied("checkpoint.safetensors", folder);
  const TensorFile before = read_safetensors(earlier("checkpoint.safetensors"));
  Context context(1);
  Model<float> model(earlier_files::graph(), RandomStream(2));
  const TrainSummary summary =
      train(context, model, earlier_files::images(earlier_files::training_images), earlier_files::training(checkpoint));
  CHECK(summary.finished);
  REQUIRE(summary.epochs.size() == 4);
  const Tensor<double> epochs = before.values<double>("epochs");
  REQUIRE(epochs.elements() == 2 * earlier_files::epochs_in_checkpoint);
  for (std::size_t epoch = 0; epoch < std::size_t{earlier_files::epochs_in_checkpoint}; ++epoch) {
    CHECK(summary.epochs[epoch].loss == epochs[static_cast<std::int64_t>(2 * epoch)]);
    CHECK(summary.epochs[epoch].accuracy == epochs[static_cast<std::int64_t>(2 * epoch + 1)]);
  }
  const TensorFile after = read_safetensors(checkpoint);
  CHECK(after.metadata() == before.metadata());
  CHECK(after.tensors().size() == before.tensors().size());
}

TEST_CASE("a search goes on from a journal of an earlier version") {
  const TemporaryFolder folder;
  const std::filesystem::path journal = copied("journal.jsonl", folder);
  const std::string before = read_text_file(journal);
  const History history = continued(journal, earlier_files::trials_in_journal + 2);
  CHECK(history.trials.size() == std::size_t{earlier_files::trials_in_journal + 2});
  const std::string after = read_text_file(journal);
  CHECK(after.starts_with(before));
  CHECK(after.size() > before.size());
}

TEST_CASE("a search that has ended leaves the journal of an earlier version as it was") {
  const TemporaryFolder folder;
  const std::filesystem::path journal = copied("journal.jsonl", folder);
  const History history = continued(journal, earlier_files::trials_in_journal);
  CHECK(history.trials.size() == std::size_t{earlier_files::trials_in_journal});
  CHECK(read_text_file(journal) == read_text_file(earlier("journal.jsonl")));
}

TEST_CASE("the table of an earlier version is read, and written the same") {
  const auto path = tests_folder().parent_path() / "tables" / "fashion_mnist_14x14.csv";
  CHECK(cell_table_text(read_cell_table(path)) == read_text_file(path));
}
