// Trains a small NASNet-A on images in memory, keeps its weights in a file, and reads them back.
#include <iostream>

#include <nasnet/nasnet.hpp>

#include "patterns.hpp"

int main() {
  const nasnet::ImageData data{.train = program::patterns(600, 1), .test = program::patterns(150, 2)};
  const nasnet::NetworkConfig config{.input_channels = 1, .classes = 3, .cells_per_stack = 1, .filters = 4};
  const nasnet::NetworkGraph graph =
      build_network(nasnet::published_architecture("nasnet-a"), nasnet::NasnetOps::table(), config);

  nasnet::Context context;  // all cores
  nasnet::Model<> model(graph, nasnet::RandomStream(1));
  nasnet::TrainOptions options;
  options.epochs = 3;
  options.batch = 32;
  options.learning_rate = {.initial = 0.05};
  options.normalisation = channel_statistics(data.train);
  options.seed = 1;
  const nasnet::TrainSummary summary = train(context, model, data.train, options);
  for (const nasnet::EpochSummary& epoch : summary.epochs) {
    std::cout << "loss " << epoch.loss << ", accuracy " << epoch.accuracy << '\n';
  }
  const double accuracy = evaluate(context, model, data.test, options.normalisation).accuracy;
  std::cout << "test accuracy " << accuracy << '\n';

  save_weights(model, "04_weights.safetensors");
  nasnet::Model<> restored(graph, nasnet::RandomStream(2));
  load_weights(restored, "04_weights.safetensors");
  const bool same = evaluate(context, restored, data.test, options.normalisation).accuracy == accuracy;
  return same && accuracy > 0.8 ? 0 : 1;
}
