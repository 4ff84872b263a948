/// The published networks: a table of what was published about them, and all of them by name.
#pragma once

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/graph/network_config.hpp"
#include "nasnet/graph/network_scale.hpp"

namespace nasnet::inline NASNET_ABI {

/// How a count of this library stands to a published one.
enum class Agreement {
  not_stated,           ///< nothing was published
  equal,                ///< rounds to what was published
  within_half_percent,  ///< does not round to it, but is that close
  differs,              ///< neither; the wiring behind the published figure is not that of any published description
};

[[nodiscard]] constexpr std::string_view to_string(Agreement agreement) {
  switch (agreement) {
    case Agreement::not_stated: return "not stated";
    case Agreement::equal: return "equal";
    case Agreement::within_half_percent: return "near";
    case Agreement::differs: return "differs";
  }
  return "unknown";
}

/// A published size and whether counting gives it.
struct PublishedCount {
  double millions = 0;  ///< 0: not stated
  Agreement agreement = Agreement::not_stated;
};

/// A row of the publications' tables.
struct PublishedNetwork {
  std::string_view name;          ///< for named_network
  std::string_view architecture;  ///< for published_architecture
  Stem stem = Stem::cifar;
  std::int64_t cells_per_stack = 0;
  std::int64_t filters = 0;
  std::int64_t stem_filters = 0;  ///< 0: the stem's default
  bool skip_reduction_input = false;
  bool reduction_starts_stack = false;
  std::int64_t image_side = 32;
  PublishedCount parameters{};
  bool counts_statistics = false;  ///< whether the published parameters include batch norm's running statistics
  PublishedCount multiply_adds{};
  double top_1 = 0;  ///< percent of ImageNet's validation images; 0: not stated
  double top_5 = 0;
  double error = 0;  ///< percent of CIFAR-10's test images, mean of runs without cutout; 0: not stated
  double error_with_cutout = 0;
};

/// What was published. NASNet: Zoph et al., CVPR 2018, tables 1 and 2; PNASNet-5: Liu et al., ECCV 2018; AmoebaNet-A:
/// Real et al., AAAI 2019, table 2. Agreement is this library's counting, which a test holds.
///
/// Of NASNet-A, 4 @ 1056, 6 @ 4032 and 6 @ 768 are the released networks. 5 @ 1538 (1536 is meant), 7 @ 1920 and
/// 7 @ 2304 were published with sizes that the released cells do not have. NASNet-B and NASNet-C are built from the
/// figures alone, C with 1xk-kx1 convolutions of full width.
inline constexpr std::array<PublishedNetwork, 13> network_table{{
    {.name = "nasnet-a-mobile",
     .architecture = "nasnet-a",
     .stem = Stem::imagenet,
     .cells_per_stack = 4,
     .filters = 44,
     .image_side = 224,
     .parameters = {5.3, Agreement::equal},
     .multiply_adds = {564, Agreement::equal},
     .top_1 = 74.0,
     .top_5 = 91.6},
    {.name = "nasnet-a-large",
     .architecture = "nasnet-a",
     .stem = Stem::imagenet,
     .cells_per_stack = 6,
     .filters = 168,
     .stem_filters = 96,
     .skip_reduction_input = true,
     .image_side = 331,
     .parameters = {88.9, Agreement::equal},
     .counts_statistics = true,
     .multiply_adds = {23'800, Agreement::equal},
     .top_1 = 82.7,
     .top_5 = 96.2},
    {.name = "nasnet-a-cifar",
     .architecture = "nasnet-a",
     .cells_per_stack = 6,
     .filters = 32,
     .parameters = {3.3, Agreement::equal},
     .error = 3.41,
     .error_with_cutout = 2.65},
    {.name = "nasnet-a-cifar-7@2304",
     .architecture = "nasnet-a",
     .cells_per_stack = 7,
     .filters = 96,
     .parameters = {27.6, Agreement::differs},
     .error = 2.97,
     .error_with_cutout = 2.40},
    {.name = "nasnet-a-imagenet-5@1536",
     .architecture = "nasnet-a",
     .stem = Stem::imagenet,
     .cells_per_stack = 5,
     .filters = 64,
     .image_side = 299,
     .parameters = {10.9, Agreement::differs},
     .multiply_adds = {2'350, Agreement::differs},
     .top_1 = 78.6,
     .top_5 = 94.2},
    {.name = "nasnet-a-imagenet-7@1920",
     .architecture = "nasnet-a",
     .stem = Stem::imagenet,
     .cells_per_stack = 7,
     .filters = 80,
     .image_side = 299,
     .parameters = {22.6, Agreement::differs},
     .multiply_adds = {4'930, Agreement::differs},
     .top_1 = 80.8,
     .top_5 = 95.3},
    {.name = "nasnet-b-mobile",
     .architecture = "nasnet-b",
     .stem = Stem::imagenet,
     .cells_per_stack = 4,
     .filters = 96,
     .image_side = 224,
     .parameters = {5.3, Agreement::differs},
     .multiply_adds = {488, Agreement::differs},
     .top_1 = 72.8,
     .top_5 = 91.3},
    {.name = "nasnet-b-cifar",
     .architecture = "nasnet-b",
     .cells_per_stack = 4,
     .filters = 72,
     .parameters = {2.6, Agreement::differs},
     .error = 3.73},
    {.name = "nasnet-c-mobile",
     .architecture = "nasnet-c",
     .stem = Stem::imagenet,
     .cells_per_stack = 3,
     .filters = 48,
     .image_side = 224,
     .parameters = {4.9, Agreement::differs},
     .multiply_adds = {558, Agreement::differs},
     .top_1 = 72.5,
     .top_5 = 91.0},
    {.name = "nasnet-c-cifar",
     .architecture = "nasnet-c",
     .cells_per_stack = 4,
     .filters = 32,
     .parameters = {3.1, Agreement::differs},
     .error = 3.59},
    {.name = "pnasnet-5-large",
     .architecture = "pnasnet-5",
     .stem = Stem::imagenet,
     .cells_per_stack = 4,
     .filters = 216,
     .stem_filters = 96,
     .reduction_starts_stack = true,
     .image_side = 331,
     .parameters = {86.1, Agreement::equal},
     .multiply_adds = {25'000, Agreement::within_half_percent},
     .top_1 = 82.9,
     .top_5 = 96.2},
    {.name = "pnasnet-5-mobile",
     .architecture = "pnasnet-5",
     .stem = Stem::imagenet,
     .cells_per_stack = 3,
     .filters = 54,
     .reduction_starts_stack = true,
     .image_side = 224,
     .parameters = {5.1, Agreement::equal},
     .multiply_adds = {588, Agreement::within_half_percent},
     .top_1 = 74.2,
     .top_5 = 91.9},
    {.name = "amoebanet-a-large",
     .architecture = "amoebanet-a",
     .stem = Stem::imagenet,
     .cells_per_stack = 6,
     .filters = 190,
     .image_side = 331,
     .parameters = {86.7, Agreement::equal},
     .multiply_adds = {23'100, Agreement::equal},
     .top_1 = 82.8,
     .top_5 = 96.1},
}};

namespace detail {

[[nodiscard]] constexpr auto names_of_table() {
  std::array<std::string_view, network_table.size()> names;
  for (std::size_t row = 0; row < names.size(); ++row) names[row] = network_table[row].name;
  return names;
}

}  // namespace detail

/// The names of the published networks. named_network knows others besides.
inline constexpr auto network_names = detail::names_of_table();

/// The network of a row: 1000 classes and ImageNet's batch norm, or 10 classes and CIFAR's.
NASNET_LAZY [[nodiscard]] NetworkDescription describe(const PublishedNetwork& row);

/// Whether this is the name of a published network, or of published cells with a stem and a scale, as
/// "nasnet-a-cifar-2@48" or "pnasnet-5-imagenet-3@1080".
NASNET_LAZY [[nodiscard]] bool is_network_name(std::string_view name);

/// The network of this name. Cells at a scale of their own get NASNet-A's way of stacking; PNASNet-5's reduction cells
/// start their stacks.
/// @throws ArgumentError for an unknown name, listing the known ones, and for a scale that there is not.
NASNET_LAZY [[nodiscard]] NetworkDescription named_network(std::string_view name);

/// NASNet-A for images of the CIFAR sets; the defaults are 6 @ 768.
NASNET_LAZY [[nodiscard]] NetworkDescription nasnet_a_cifar(std::int64_t cells_per_stack = 6,
                                                            std::int64_t filters = 32);

/// NASNet-A 4 @ 1056 for ImageNet, 224x224.
NASNET_LAZY [[nodiscard]] NetworkDescription nasnet_a_mobile();

/// NASNet-A 6 @ 4032 for ImageNet, 331x331, with the previous-input skip of the released network.
NASNET_LAZY [[nodiscard]] NetworkDescription nasnet_a_large();

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/named_networks.ipp"
#endif
