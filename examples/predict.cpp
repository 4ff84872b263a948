// Runs a network on images of a file and writes its logits to another.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include <nasnet/nasnet.hpp>

#include "network_flags.hpp"
#include "program.hpp"

namespace {

struct Flags {
  std::string input, output;
  std::int64_t batch = 16;
  int threads = 0;
};

/// Images from `begin` on, at most `count`.
nasnet::Tensor<float> part_of(const nasnet::Tensor<float>& images, std::int64_t begin, std::int64_t count) {
  count = std::min(count, images.extent(0) - begin);
  nasnet::Tensor<float> part({count, images.extent(1), images.extent(2), images.extent(3)});
  const std::int64_t size = images.elements() / images.extent(0);
  std::copy_n(images.data() + begin * size, count * size, part.data());
  return part;
}

nasnet::Tensor<float> read_images(const std::string& path) {
  nasnet::Tensor<float> images = nasnet::read_safetensors(path).floats("input");
  if (images.shape().rank() != 4 || images.elements() == 0) {
    nasnet::fail<nasnet::DataError>("'", path, "': the tensor 'input' is ", images.shape().to_string(),
                                    ", [N,H,W,C] without a 0 is wanted");
  }
  return images;
}

nasnet::Tensor<float> predict(const nasnet::InferencePlan<>& plan, const nasnet::Tensor<float>& images,
                              const Flags& flags) {
  nasnet::Context context(flags.threads);
  nasnet::Tensor<float> logits({images.extent(0), plan.graph().channels_of(plan.graph().output)});
  for (std::int64_t begin = 0; begin < images.extent(0); begin += flags.batch) {
    const nasnet::Tensor<float> part = plan.predict(context, part_of(images, begin, flags.batch));
    std::copy_n(part.data(), part.elements(), logits.data() + begin * logits.extent(1));
  }
  return logits;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs a network on images and writes its logits.", "predict");
  const program::TrainedNetworkFlags network(app);
  Flags flags;
  app.add_option("--input", flags.input, "images: tensor 'input', [N,H,W,C], 32-bit floats (safetensors)")->required();
  app.add_option("--output", flags.output, "where to write the tensor 'logits', [N,classes] (safetensors)")->required();
  app.add_option("--batch", flags.batch, "images at a time")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--threads", flags.threads, "0: one for each core")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  return program::run(app, argc, argv, [&] {
    if (std::error_code none; std::filesystem::equivalent(flags.input, flags.output, none)) {
      nasnet::fail<nasnet::ArgumentError>("--output '", flags.output, "' would replace the images of --input");
    }
    const nasnet::SearchResult described = network.describe();
    const nasnet::InferencePlan<> plan(network.load(described));
    nasnet::TensorFile result;
    result.set("logits", predict(plan, read_images(flags.input), flags));
    write_safetensors(flags.output, result);
    return 0;
  });
}
