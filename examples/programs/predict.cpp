// Runs a network on images of a file and writes its logits to another.
#include <algorithm>
#include <cstdint>
#include <string>

#include <nasnet/core/context.hpp>
#include <nasnet/core/error.hpp>
#include <nasnet/core/tensor.hpp>
#include <nasnet/data/augmentation.hpp>
#include <nasnet/io/safetensors.hpp>
#include <nasnet/io/tensor_file.hpp>
#include <nasnet/model/inference_plan.hpp>
#include <nasnet/report/result_file.hpp>

#include "flags.hpp"
#include "network_flags.hpp"
#include "program.hpp"

namespace {

struct Flags {
  std::string input, output;
  bool normalise = false;
  std::int64_t batch = 16;
  int threads = 0;
};

[[nodiscard]] program::FlagTable flag_table(Flags& flags) {
  using program::flag;
  return {
      flag("--input", flags.input, "images: tensor 'input', [N,H,W,C], 32-bit floats (safetensors)").required(),
      flag("--output", flags.output, "where to write the tensor 'logits', [N,classes] (safetensors)").required(),
      flag("--normalise", flags.normalise,
           "the images are pixels from 0 to 1: apply the normalisation of the architecture's file first"),
      flag("--batch", flags.batch, "images at a time").check(program::whole_number<std::int64_t>(1)),
      flag("--threads", flags.threads, "0: one for each core").check(program::whole_number(0)),
  };
}

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
  CLI::App app(
      "Runs a network on images and writes its logits. Images are what the network itself takes: normalised as in its "
      "training, which --normalise does by the constants of a search's file.",
      "predict");
  program::TrainedNetworkFlags network;
  Flags flags;
  network.table().add(flag_table(flags)).declare(app);
  return program::run(app, argc, argv, [&] {
    program::keep_inputs(flags.output, network.inputs());
    program::keep_inputs(flags.output, {flags.input});
    const nasnet::SearchResult described = network.describe();
    if (flags.normalise && described.normalisation.mean.empty()) {
      nasnet::fail<nasnet::ArgumentError>("--normalise: '", network.architecture, "' has no normalisation");
    }
    const nasnet::InferencePlan<> plan(network.load(described));
    nasnet::Tensor<float> images = read_images(flags.input);
    nasnet::TensorFile result;
    program::about(flags.input, [&] {
      if (flags.normalise) images = normalised(images, described.normalisation);
      result.set("logits", predict(plan, images, flags));
    });
    write_safetensors(flags.output, result);
    return 0;
  });
}
