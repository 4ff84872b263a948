// The flags that say which network a program runs. Included by programs only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/named_networks.hpp>
#include <nasnet/graph/network_config.hpp>
#include <nasnet/graph/op_expansions.hpp>
#include <nasnet/io/safetensors.hpp>
#include <nasnet/model/model.hpp>
#include <nasnet/report/load_network.hpp>
#include <nasnet/report/result_file.hpp>

#include "flags.hpp"
#include "program.hpp"

namespace program {

struct NetworkFlags {
  std::string architecture;
  std::optional<std::int64_t> cells, filters, classes;
  std::optional<std::string> stem;

  [[nodiscard]] FlagTable table() {
    const auto count = whole_number<std::int64_t>(1);
    return {
        flag("--architecture", architecture,
             "a file of a search or of an architecture (JSON), or the name of a published network (count_networks "
             "lists them) or of its cells with stem and scale, as nasnet-a-cifar-2@48")
            .required(),
        flag("--cells", cells, "normal cells in each of the three stacks").check(count),
        flag("--filters", filters, "filters of the cells of the first stack").check(count),
        flag("--classes", classes, "number of classes").check(count),
        flag("--stem", stem, "how images enter: cifar or imagenet").check(CLI::IsMember({"cifar", "imagenet"})),
    };
  }

  /// What the file or the name says, with the flags in place of its values.
  [[nodiscard]] nasnet::SearchResult describe() const {
    nasnet::SearchResult result = nasnet::find_network(architecture, nasnet::AllOps::infos());
    nasnet::NetworkConfig& config = result.network;
    if (stem && (*stem == "imagenet") != (config.stem == nasnet::Stem::imagenet)) change_stem(config);
    config.cells_per_stack = cells.value_or(config.cells_per_stack);
    config.filters = filters.value_or(config.filters);
    config.classes = classes.value_or(config.classes);
    config.check();
    return result;
  }

  [[nodiscard]] bool names_published_network() const { return nasnet::is_network_name(architecture); }

  /// What it reads.
  [[nodiscard]] Inputs inputs() const { return names_published_network() ? Inputs{} : Inputs{architecture}; }

 private:
  static void change_stem(nasnet::NetworkConfig& config) {
    const bool to_imagenet = config.stem == nasnet::Stem::cifar;
    nasnet::NetworkConfig changed = to_imagenet ? nasnet::NetworkConfig::imagenet() : nasnet::NetworkConfig{};
    changed.cells_per_stack = config.cells_per_stack;
    changed.filters = config.filters;
    changed.input_channels = config.input_channels;
    config = changed;
  }
};

/// The same with its weights.
struct TrainedNetworkFlags : NetworkFlags {
  std::string weights;

  [[nodiscard]] FlagTable table() {
    return NetworkFlags::table().add(
        {flag("--weights", weights, "parameters of the network (safetensors)").required()});
  }

  [[nodiscard]] Inputs inputs() const {
    Inputs inputs = NetworkFlags::inputs();
    inputs.push_back(weights);
    return inputs;
  }

  [[nodiscard]] nasnet::Model<> load(const nasnet::SearchResult& described) const {
    return nasnet::load_model(described, nasnet::read_safetensors(weights));
  }
};

}  // namespace program
