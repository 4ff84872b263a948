// Writes a network as an ONNX file, for images of one size.
#include <cstdint>
#include <filesystem>
#include <vector>

#include <nasnet/io/onnx.hpp>

#include "flags.hpp"
#include "network_flags.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Writes a network as an ONNX file, for images of one size. Its input is what the network itself takes: images "
      "normalised as in its training, [N,C,H,W].",
      "export_onnx");
  program::TrainedNetworkFlags network;
  std::vector<std::int64_t> size;
  std::filesystem::path output;
  program::FlagTable table = network.table();
  table.add({
      program::flag("--size", size, "height and width of the images")
          .required()
          .expected(2)
          .check(program::whole_number<std::int64_t>(1, 1'000'000)),
      program::flag("--output", output, "where to write the network (ONNX)").required(),
  });
  table.declare(app);
  return program::run(app, argc, argv, [&] {
    program::keep_inputs(output, network.inputs());
    write_onnx(network.load(network.describe()), output, {.height = size[0], .width = size[1]});
    return 0;
  });
}
