/// The published cells, as compile-time values and by name.
///
/// State 0 is the more recent input of a cell, state 1 the older one, state 2 the output of the first block.
#pragma once

#include <array>        // array
#include <string_view>  // string_view

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/genotype/ops.hpp"

namespace nasnet::inline NASNET_ABI {

using FiveBlockGenotype = ArchitectureGenotype<NasnetOps, 5>;

/// NASNet-A as its released code builds it (TensorFlow models, slim/nets/nasnet): outputs of 6F and 4F channels, the
/// wiring behind the published ImageNet figures. Blocks: Zoph et al., CVPR 2018, figure 4.
inline constexpr FiveBlockGenotype nasnet_a{
    .normal = detail::published_cell<NasnetOps>({{{0, "sep_conv_5x5"}, {1, "sep_conv_3x3"}},
                                                 {{1, "sep_conv_5x5"}, {1, "sep_conv_3x3"}},
                                                 {{0, "avg_pool_3x3"}, {1, "identity"}},
                                                 {{1, "avg_pool_3x3"}, {1, "avg_pool_3x3"}},
                                                 {{0, "sep_conv_3x3"}, {0, "identity"}}},
                                                {1, 2, 3, 4, 5, 6}),
    .reduction = detail::published_cell<NasnetOps>({{{0, "sep_conv_5x5"}, {1, "sep_conv_7x7"}},
                                                    {{0, "max_pool_3x3"}, {1, "sep_conv_7x7"}},
                                                    {{0, "avg_pool_3x3"}, {1, "sep_conv_5x5"}},
                                                    {{3, "identity"}, {2, "avg_pool_3x3"}},
                                                    {{2, "sep_conv_3x3"}, {0, "max_pool_3x3"}}},
                                                   {3, 4, 5, 6})};

namespace detail {

/// The same blocks, with the block outputs that no block reads as output.
[[nodiscard]] constexpr FiveBlockGenotype with_loose_ends(FiveBlockGenotype genotype) {
  genotype.normal.concat = loose_ends(genotype.normal);
  genotype.reduction.concat = loose_ends(genotype.reduction);
  return genotype;
}

}  // namespace detail

/// NASNet-A as figure 4 of the paper draws it: only unused states are concatenated, 5F and 3F channels.
inline constexpr FiveBlockGenotype nasnet_a_figure_4 = detail::with_loose_ends(nasnet_a);

/// NASNet-B as the paper's appendix draws it: cells of four inputs and four outputs, all of which are passed on, sums
/// with layer normalisation. No code of it was ever released; how its outputs travel between cells is this library's
/// reading (see build_network), and the published sizes are not reproduced.
inline constexpr ArchitectureGenotype<NasnetOps, 4, 4> nasnet_b{
    .normal =
        detail::published_cell<NasnetOps, 4>({{{1, "sep_conv_5x5"}, {2, "identity"}, Combiner::add_layer_norm},
                                              {{0, "sep_conv_5x5"}, {3, "sep_conv_3x3"}, Combiner::add_layer_norm},
                                              {{1, "sep_conv_3x3"}, {3, "identity"}, Combiner::add_layer_norm},
                                              {{0, "identity"}, {1, "sep_conv_3x3"}, Combiner::add_layer_norm}},
                                             {}),
    .reduction =
        detail::published_cell<NasnetOps, 4>({{{0, "sep_conv_3x3"}, {1, "sep_conv_3x3"}, Combiner::add_layer_norm},
                                              {{1, "sep_conv_3x3"}, {3, "identity"}, Combiner::add_layer_norm},
                                              {{2, "identity"}, {3, "avg_pool_3x3"}},
                                              {{0, "avg_pool_3x3"}, {4, "conv_1x3_3x1"}}},
                                             {})};

/// NASNet-C as the paper's appendix draws it: sums with layer and with instance normalisation, and blocks that
/// concatenate. Released code is not known. Its published sizes are met only roughly, see network_table.
inline constexpr ArchitectureGenotype<NasnetOps, 4> nasnet_c{
    .normal =
        detail::published_cell<NasnetOps>({{{0, "sep_conv_3x3"}, {0, "sep_conv_5x5"}},
                                           {{0, "sep_conv_3x3"}, {1, "sep_conv_3x3"}, Combiner::add_instance_norm},
                                           {{0, "sep_conv_3x3"}, {1, "sep_conv_3x3"}, Combiner::concat},
                                           {{1, "sep_conv_3x3"}, {1, "conv_1x3_3x1"}, Combiner::add_layer_norm}},
                                          {2, 3, 4, 5}),
    .reduction =
        detail::published_cell<NasnetOps>({{{0, "max_pool_3x3"}, {0, "max_pool_3x3"}, Combiner::concat},
                                           {{0, "conv_1x7_7x1"}, {1, "max_pool_3x3"}, Combiner::add_layer_norm},
                                           {{0, "max_pool_3x3"}, {1, "max_pool_3x3"}, Combiner::add_instance_norm},
                                           {{1, "sep_conv_7x7"}, {1, "max_pool_5x5"}, Combiner::add_layer_norm}},
                                          {2, 3, 4, 5})};

namespace detail {

// One cell for both roles. State 4 is concatenated although block 4 reads it.
inline constexpr auto pnasnet_5_cell = detail::published_cell<NasnetOps>({{{1, "sep_conv_5x5"}, {1, "max_pool_3x3"}},
                                                                          {{0, "sep_conv_7x7"}, {0, "max_pool_3x3"}},
                                                                          {{0, "sep_conv_5x5"}, {0, "sep_conv_3x3"}},
                                                                          {{4, "sep_conv_3x3"}, {0, "max_pool_3x3"}},
                                                                          {{1, "sep_conv_3x3"}, {0, "identity"}}},
                                                                         {2, 3, 4, 5, 6});

}  // namespace detail

/// PNASNet-5 as its released code builds it (TensorFlow models, slim/nets/nasnet/pnasnet). Liu et al., ECCV 2018.
inline constexpr FiveBlockGenotype pnasnet_5{.normal = detail::pnasnet_5_cell, .reduction = detail::pnasnet_5_cell};

/// AmoebaNet-A of the TPU release (tensorflow/tpu, models/official/amoeba_net), whose 1x7-7x1 convolutions have
/// bottlenecks. Real et al., AAAI 2019. The literal in the DARTS code is a different cell.
inline constexpr ArchitectureGenotype<AllOps, 5> amoebanet_a{
    .normal = detail::published_cell<AllOps>({{{0, "avg_pool_3x3"}, {0, "max_pool_3x3"}},
                                              {{1, "sep_conv_3x3"}, {1, "identity"}},
                                              {{0, "identity"}, {1, "avg_pool_3x3"}},
                                              {{0, "sep_conv_3x3"}, {2, "sep_conv_5x5"}},
                                              {{5, "avg_pool_3x3"}, {0, "sep_conv_3x3"}}},
                                             {1, 3, 4, 6}),
    .reduction = detail::published_cell<AllOps>({{{1, "sep_conv_3x3"}, {0, "avg_pool_3x3"}},
                                                 {{0, "max_pool_3x3"}, {2, "sep_conv_7x7"}},
                                                 {{1, "max_pool_3x3"}, {0, "max_pool_3x3"}},
                                                 {{4, "sep_conv_3x3"}, {0, "bottleneck_1x7_7x1"}},
                                                 {{1, "avg_pool_3x3"}, {0, "sep_conv_7x7"}}},
                                                {2, 3, 4, 5, 6})};

using DartsGenotype = ArchitectureGenotype<AllOps, 4>;

/// DARTS, first order: DARTS_V1 of its code, states 0 and 1 swapped from its numbering. Liu et al., ICLR 2019.
inline constexpr DartsGenotype darts_v1{
    .normal = detail::published_cell<AllOps>({{{0, "sep_conv_3x3"}, {1, "sep_conv_3x3"}},
                                              {{1, "skip_connect"}, {0, "sep_conv_3x3"}},
                                              {{1, "skip_connect"}, {0, "sep_conv_3x3"}},
                                              {{1, "sep_conv_3x3"}, {2, "skip_connect"}}},
                                             {2, 3, 4, 5}),
    .reduction = detail::published_cell<AllOps>({{{1, "max_pool_3x3"}, {0, "max_pool_3x3"}},
                                                 {{2, "skip_connect"}, {1, "max_pool_3x3"}},
                                                 {{1, "max_pool_3x3"}, {2, "skip_connect"}},
                                                 {{2, "skip_connect"}, {1, "avg_pool_3x3"}}},
                                                {2, 3, 4, 5})};

/// DARTS, second order: DARTS_V2 of its code, states 0 and 1 swapped from its numbering. Liu et al., ICLR 2019.
inline constexpr DartsGenotype darts_v2{
    .normal = detail::published_cell<AllOps>({{{1, "sep_conv_3x3"}, {0, "sep_conv_3x3"}},
                                              {{1, "sep_conv_3x3"}, {0, "sep_conv_3x3"}},
                                              {{0, "sep_conv_3x3"}, {1, "skip_connect"}},
                                              {{1, "skip_connect"}, {2, "dil_sep_conv_3x3"}}},
                                             {2, 3, 4, 5}),
    .reduction = detail::published_cell<AllOps>({{{1, "max_pool_3x3"}, {0, "max_pool_3x3"}},
                                                 {{2, "skip_connect"}, {0, "max_pool_3x3"}},
                                                 {{1, "max_pool_3x3"}, {2, "skip_connect"}},
                                                 {{2, "skip_connect"}, {0, "max_pool_3x3"}}},
                                                {2, 3, 4, 5})};

/// The names that published_architecture knows.
inline constexpr std::array<std::string_view, 8> published_names{
    "nasnet-a", "nasnet-a-figure-4", "nasnet-b", "nasnet-c", "pnasnet-5", "amoebanet-a", "darts-v1", "darts-v2"};

/// The published architecture of this name.
/// @throws GenotypeError that lists the known names for an unknown name.
NASNET_LAZY [[nodiscard]] Architecture published_architecture(std::string_view name);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/genotype/published.ipp"
#endif
