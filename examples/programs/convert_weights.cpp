// Turns the weights of a network from the names and layouts of one library to those of another.
#include <string>
#include <vector>

#include <nasnet/core/error.hpp>
#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/network_config.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/io/convert_weights.hpp>
#include <nasnet/io/safetensors.hpp>
#include <nasnet/io/tensor_file.hpp>
#include <nasnet/io/weight_names.hpp>
#include <nasnet/report/load_network.hpp>
#include <nasnet/report/result_file.hpp>

#include "flags.hpp"
#include "network_flags.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
  CLI::App app("Turns the weights of a network from the names of one library to those of another.", "convert_weights");
  program::NetworkFlags network;
  std::string from, to, input, output;
  const std::vector<std::string> namings(nasnet::weight_naming_names.begin(), nasnet::weight_naming_names.end());
  program::FlagTable table = network.table();
  table.add({
      program::flag("--from", from, "whose names the input has: nasnet, timm, cadene or keras")
          .required()
          .check(CLI::IsMember(namings)),
      program::flag("--to", to, "whose names the output gets").required().check(CLI::IsMember(namings)),
      program::flag("--input", input, "weights to read (safetensors)").required(),
      program::flag("--output", output, "weights to write (safetensors)").required(),
  });
  table.declare(app);
  return program::run(app, argc, argv, [&] {
    program::keep_inputs(output, network.inputs());
    program::keep_inputs(output, {input});
    const nasnet::SearchResult described = network.describe();
    const nasnet::TensorFile weights = nasnet::read_safetensors(input);
    const nasnet::NetworkConfig config = prediction_config(described, weights);
    if (network.names_published_network() && config.input_channels != described.network.input_channels) {
      nasnet::fail<nasnet::DataError>("'", input, "': its stem takes images of ", config.input_channels, " channels, ",
                                      network.architecture, " takes ", described.network.input_channels);
    }
    const nasnet::NetworkGraph graph = build_network(described.architecture, nasnet::AllOps::table(), config);
    write_safetensors(output, convert_weights(graph, weights, nasnet::weight_naming(from), nasnet::weight_naming(to)));
    return 0;
  });
}
