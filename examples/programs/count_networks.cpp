// Parameters, multiply-adds and memory of the published networks, beside the figures of their publications.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include <nasnet/core/error.hpp>
#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/costs.hpp>
#include <nasnet/graph/named_networks.hpp>
#include <nasnet/graph/network_graph.hpp>
#include <nasnet/graph/network_scale.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/primitive/parameter.hpp>

#include "flags.hpp"
#include "program.hpp"

namespace {

struct Counts {
  std::int64_t parameters = 0;
  std::int64_t statistics = 0;  ///< batch norm's running means and variances
  std::int64_t multiply_adds = 0;
  nasnet::ActivationBytes activations;
};

Counts count(const nasnet::NetworkDescription& network) {
  const nasnet::NetworkGraph graph = build_network(network.architecture, nasnet::AllOps::table(), network.config);
  Counts counts{.parameters = parameter_count(graph),
                .multiply_adds = multiply_adds(graph, network.image),
                .activations = activation_bytes(graph, network.image)};
  for (const nasnet::GraphParameter& parameter : graph.parameters) {
    if (parameter.spec.role == nasnet::ParameterRole::statistic) counts.statistics += parameter.spec.shape.elements();
  }
  return counts;
}

std::string scale(const nasnet::PublishedNetwork& row, const nasnet::NetworkDescription& network) {
  return nasnet::join(row.cells_per_stack, '@', row.filters * penultimate_multiple(network.architecture));
}

nlohmann::ordered_json published(const nasnet::PublishedCount& count) {
  if (count.millions <= 0) return nullptr;
  return {{"millions", count.millions}, {"agreement", to_string(count.agreement)}};
}

nlohmann::ordered_json or_null(double value) { return value > 0 ? nlohmann::ordered_json(value) : nullptr; }

nlohmann::ordered_json json_of(const nasnet::PublishedNetwork& row) {
  const nasnet::NetworkDescription network = describe(row);
  const Counts counts = count(network);
  return {{"name", row.name},
          {"scale", scale(row, network)},
          {"filters", row.filters},
          {"image", {network.image.height, network.image.width}},
          {"parameters", counts.parameters},
          {"batch_norm_statistics", counts.statistics},
          {"multiply_adds", counts.multiply_adds},
          {"activation_bytes_inference", counts.activations.inference},
          {"activation_bytes_training", counts.activations.training},
          {"published_parameters", published(row.parameters)},
          {"published_parameters_include_statistics", row.counts_statistics},
          {"published_multiply_adds", published(row.multiply_adds)},
          {"published_top_1", or_null(row.top_1)},
          {"published_top_5", or_null(row.top_5)},
          {"published_cifar_10_error", or_null(row.error)},
          {"published_cifar_10_error_with_cutout", or_null(row.error_with_cutout)}};
}

std::string with_digits(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// As "5.29 (5.3 equal)", in millions.
std::string beside(double counted, const nasnet::PublishedCount& count, const char* format) {
  std::string text = with_digits(format, counted / 1e6);
  if (count.millions <= 0) return text;
  return text + " (" + with_digits("%g", count.millions) + ' ' + std::string(to_string(count.agreement)) + ')';
}

std::string accuracy(const nasnet::PublishedNetwork& row) {
  if (row.error > 0) {
    return with_digits("error %.2f", row.error) +
           (row.error_with_cutout > 0 ? with_digits(", with cutout %.2f", row.error_with_cutout) : std::string());
  }
  return with_digits("%.1f", row.top_1) + with_digits(" / %.1f", row.top_5);
}

void print_row(const nasnet::PublishedNetwork& row) {
  const nasnet::NetworkDescription network = describe(row);
  const Counts counts = count(network);
  const std::int64_t compared = counts.parameters + (row.counts_statistics ? counts.statistics : 0);
  const auto mebibytes = [](std::int64_t bytes) { return with_digits("%.1f", static_cast<double>(bytes) / 1048576.0); };
  std::printf("%-25s %-7s %5lld %-22s %-26s %9s %9s  %s\n", std::string(row.name).c_str(), scale(row, network).c_str(),
              static_cast<long long>(row.image_side),
              beside(static_cast<double>(compared), row.parameters, "%.2f").c_str(),
              beside(static_cast<double>(counts.multiply_adds), row.multiply_adds, "%.1f").c_str(),
              mebibytes(counts.activations.inference).c_str(), mebibytes(counts.activations.training).c_str(),
              accuracy(row).c_str());
}

void print_table() {
  std::printf("%-25s %-7s %5s %-22s %-26s %9s %9s  %s\n", "network", "N@P", "image", "parameters, millions",
              "multiply-adds, millions", "infer MiB", "train MiB", "published accuracy, %");
  for (const nasnet::PublishedNetwork& row : nasnet::network_table) print_row(row);
  std::printf(
      "\nIn brackets: what was published, and whether counting gives it: equal to the last digit, near (within half a\n"
      "percent), or differs: the wiring behind that figure was not published. nasnet-a-large is counted with batch\n"
      "norm's statistics, as its publication does. Memory is for one image in 32-bit floats, without parameters.\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Counts the published networks and compares with their publications.", "count_networks");
  bool as_json = false;
  program::FlagTable{program::flag("--json", as_json, "a list of objects, for programs")}.declare(app);
  return program::run(app, argc, argv, [&] {
    if (!as_json) {
      print_table();
      if (std::ferror(stdout) != 0) nasnet::fail<nasnet::IoError>("cannot write to standard output");
      return 0;
    }
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const nasnet::PublishedNetwork& row : nasnet::network_table) list.push_back(json_of(row));
    std::cout << list.dump(1) << '\n';
    return 0;
  });
}
