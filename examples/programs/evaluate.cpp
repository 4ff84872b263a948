// How well a network with its weights does on a folder of images.
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>

#include <nasnet/core/context.hpp>
#include <nasnet/data/augmentation.hpp>
#include <nasnet/data/dataset.hpp>
#include <nasnet/data/folder.hpp>
#include <nasnet/data/gzip.hpp>
#include <nasnet/model/model.hpp>
#include <nasnet/report/result_file.hpp>
#include <nasnet/train/evaluation.hpp>

#include "flags.hpp"
#include "network_flags.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
  CLI::App app("Measures the accuracy of a network on a folder of images.", "evaluate");
  program::TrainedNetworkFlags network;
  std::string data;
  std::string part = "test";
  std::int64_t batch = 128;
  int threads = 0;
  program::FlagTable table = network.table();
  table.add({
      program::flag("--data", data, "folder of images: IDX, CIFAR-10, CIFAR-100 or NumPy, also with .gz").required(),
      program::flag("--part", part, "which of its images: test or train").check(CLI::IsMember({"test", "train"})),
      program::flag("--batch", batch, "images at a time").check(program::whole_number<std::int64_t>(1)),
      program::flag("--threads", threads, "0: one for each core").check(program::whole_number(0)),
  });
  table.declare(app);
  return program::run(app, argc, argv, [&] {
    const nasnet::SearchResult described = network.describe();
    const nasnet::Model<> model = network.load(described);
    const nasnet::ImageData images = nasnet::load_dataset(data, nasnet::read_gzip_file);
    // Without the constants of the training, those of the folder's training images.
    const nasnet::ChannelStatistics normalisation =
        described.normalisation.mean.empty() ? channel_statistics(images.train) : described.normalisation;
    nasnet::Context context(threads);
    const nasnet::ImageDataset& measured = part == "test" ? images.test : images.train;
    nasnet::Metrics metrics;
    program::about(data, [&] { metrics = evaluate(context, model, measured, normalisation, batch); });
    std::cout << std::fixed << std::setprecision(2) << "accuracy " << 100 * metrics.accuracy << " % on "
              << metrics.images << ' ' << part << " images, loss " << std::setprecision(4) << metrics.loss << '\n';
    return 0;
  });
}
