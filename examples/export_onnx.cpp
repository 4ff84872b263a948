// Writes a network as an ONNX file, for images of one size.
#include <cstdint>
#include <filesystem>
#include <vector>

#include <nasnet/nasnet.hpp>

#include "network_flags.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Writes a network as an ONNX file, for images of one size. Its input is what the network itself takes: images "
      "normalised as in its training, [N,C,H,W].",
      "export_onnx");
  const program::TrainedNetworkFlags network(app);
  std::vector<std::int64_t> size;
  std::filesystem::path output;
  app.add_option("--size", size, "height and width of the images")
      ->required()
      ->expected(2)
      ->check(program::whole_number<std::int64_t>(1, 1'000'000));
  app.add_option("--output", output, "where to write the network (ONNX)")->required();
  return program::run(app, argc, argv, [&] {
    program::keep_inputs(output, network.inputs());
    write_onnx(network.load(network.describe()), output, {.height = size[0], .width = size[1]});
    return 0;
  });
}
