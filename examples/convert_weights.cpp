// Turns the weights of a network from the names and layouts of one library to those of another.
#include <string>
#include <vector>

#include <nasnet/nasnet.hpp>

#include "network_flags.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
  CLI::App app("Turns the weights of a network from the names of one library to those of another.", "convert_weights");
  const program::NetworkFlags network(app);
  std::string from, to, input, output;
  const std::vector<std::string> namings(nasnet::weight_naming_names.begin(), nasnet::weight_naming_names.end());
  app.add_option("--from", from, "whose names the input has: nasnet, timm, cadene or keras")
      ->required()
      ->check(CLI::IsMember(namings));
  app.add_option("--to", to, "whose names the output gets")->required()->check(CLI::IsMember(namings));
  app.add_option("--input", input, "weights to read (safetensors)")->required();
  app.add_option("--output", output, "weights to write (safetensors)")->required();
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
