// A cell as a value: checked by the compiler, printed, drawn, and counted as part of a network.
#include <iostream>

#include <nasnet/nasnet.hpp>

// State 0 is the cell's more recent input, 1 the older one, 2 the first block's output, and so on. What no block reads
// is concatenated into the cell's output. A wrong state or an unknown op does not compile.
constexpr auto normal = nasnet::make_cell<nasnet::NasnetOps>({
    {{0, "sep_conv_5x5"}, {1, "sep_conv_3x3"}},
    {{0, "identity"}, {2, "avg_pool_3x3"}},
    {{1, "max_pool_3x3"}, {0, "sep_conv_3x3"}, nasnet::Combiner::concat},
});
constexpr auto reduction = nasnet::make_cell<nasnet::NasnetOps>({
    {{0, "max_pool_3x3"}, {1, "sep_conv_7x7"}},
    {{2, "identity"}, {1, "conv_1x7_7x1"}},
    {{0, "avg_pool_3x3"}, {2, "sep_conv_3x3"}},
});
constexpr nasnet::ArchitectureGenotype<nasnet::NasnetOps, 3> genotype{.normal = normal, .reduction = reduction};

int main() {
  const nasnet::Architecture architecture = to_architecture(genotype);
  std::cout << to_text(architecture) << "\n\n" << to_json_text(architecture) << "\n\n";
  write_svg(architecture, "01_cells.svg");
  write_dot(architecture, "01_cells.dot");  // dot -Tsvg 01_cells.dot -o cells.svg

  const nasnet::NetworkConfig config{.classes = 10, .cells_per_stack = 2, .filters = 16};
  const nasnet::NetworkGraph graph = build_network(architecture, nasnet::NasnetOps::table(), config);
  constexpr nasnet::Size image{32, 32};
  write_dot(graph, "01_network.dot", image);
  std::cout << parameter_count(graph) << " parameters, " << multiply_adds(graph, image) << " multiply-adds, "
            << activation_bytes(graph, image).inference / 1024 << " KiB of activations for one image\n";
}
