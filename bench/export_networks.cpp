/// Writes the networks that network_bench predicts with as ONNX files, and for each the logits of some images, so that
/// compare/compare_cpu.py can run the same networks in other systems and see that they compute the same.
///
///     export_networks FOLDER

#include <filesystem>
#include <iostream>
#include <nasnet/nasnet.hpp>
#include <string>

#include "networks.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: export_networks FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const auto failure = nasnet::catch_failure([&] {
    nasnet::make_folder(folder);
    nasnet::Context context;
    for (const bench::InferenceCase& item : bench::inference_cases()) {
      const nasnet::Model<float> model = bench::new_model(item.network);
      const nasnet::Tensor<float> images = bench::random_images(1, item.size, item.network.config.input_channels);
      write_onnx(model, folder / (std::string(item.name) + ".onnx"), item.size);
      nasnet::TensorFile sample;
      sample.set("input", images);
      sample.set("logits", nasnet::InferencePlan<float>(model).predict(context, images));
      write_safetensors(folder / (std::string(item.name) + ".safetensors"), sample);
    }
  });
  if (failure) std::cerr << "export_networks: " << failure->message << '\n';
  return failure ? 2 : 0;
}
