#include "nasnet/train/training_bytes.hpp"

#include "catch.hpp"
#include "graph/graph_probe.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/data/dataset.hpp"
#include "nasnet/graph/costs.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/train/trainer.hpp"

using namespace nasnet;
using namespace graph_probe;
using namespace sample_networks;

namespace {

NetworkGraph small_network() {
  NetworkConfig config;
  config.cells_per_stack = 1;
  config.filters = 8;
  return build(released_nasnet_a(), config);
}

}  // namespace

TEST_CASE("training bytes: each part follows from the graph and the options") {
  const NetworkGraph graph = small_network();
  const Size image{16, 16};
  TrainOptions options{.batch = 10};
  const TrainingBytes sgd = training_bytes(graph, image, options);
  CHECK(sgd.gradients == 4 * parameter_count(graph));
  CHECK(sgd.optimizer == sgd.gradients);
  CHECK(sgd.parameters > sgd.gradients);  // and statistics
  CHECK(sgd.images == 2 * 10 * 16 * 16 * 3 * 4);
  CHECK(sgd.activations == activation_bytes(graph, image, 10).training);
  CHECK(sgd.total() == sgd.activations + sgd.images + sgd.parameters + sgd.gradients + sgd.optimizer);

  options.optimizer = Adam{};
  options.average_decay = 0.9;
  options.prefetch = false;
  const TrainingBytes adam = training_bytes(graph, image, options);
  CHECK(adam.optimizer == 3 * sgd.gradients);
  CHECK(adam.images == sgd.images / 2);
  options.batch = 0;
  CHECK_THROWS_AS(training_bytes(graph, image, options), ArgumentError);
}

TEST_CASE("training bytes: about what a training takes") {
  const NetworkGraph graph = small_network();
  std::vector<float> pixels(static_cast<std::size_t>(64 * 16 * 16 * 3), 0.5F);
  const ImageDataset images("grey", Shape{64, 16, 16, 3}, std::move(pixels), std::vector<std::int32_t>(64, 1), 10);
  for (const std::int64_t batch : {4, 32}) {
    Context context(2);
    Model<float> model(small_network(), RandomStream(1));
    const TrainOptions options{.epochs = 1, .batch = batch};
    static_cast<void>(train(context, model, images, options));
    const auto taken = static_cast<double>(context.allocator().statistics().peak);
    const TrainingBytes predicted = training_bytes(graph, {16, 16}, options);
    const double ratio = static_cast<double>(predicted.activations + predicted.images) / taken;
    INFO("batch " << batch << ": predicted " << predicted.activations << ", taken " << taken);
    CHECK(ratio > 1);  // fused chains keep less than the graph says
    CHECK(ratio < 2);
  }
}
