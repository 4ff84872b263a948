/// The cells of NAS-Bench-201 as a search space.
#pragma once

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <memory>       // make_shared, shared_ptr
#include <optional>     // nullopt, optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/space/big_unsigned.hpp"

namespace nasnet::inline NASNET_ABI {

/// Dong and Yang, "NAS-Bench-201: Extending the scope of reproducible neural architecture search", ICLR 2020.
///
/// A cell has four nodes; an op leads from each node to each later one, a node is the sum of what arrives, node 0 is
/// the input and node 3 the output. The six decisions are the ops of the edges 0-1, 0-2, 1-2, 0-3, 1-3, 2-3. It is an
/// ArchitectureSpace: as an Architecture, the normal cell has the sums as blocks (node 3, a sum of three, as two of
/// them), and the reduction cell stands for the benchmark's fixed block.
class Nasbench201Space {
 public:
  /// Of an edge, in the benchmark's order.
  static constexpr std::array<std::string_view, 5> op_names{"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3",
                                                            "avg_pool_3x3"};
  static constexpr std::int64_t cells = 15'625;

  NASNET_LAZY Nasbench201Space();

  /// The ops of its edges with their expansions: nothing, the input, ReLU with convolution and batch norm, a pool.
  NASNET_LAZY [[nodiscard]] static OpTable ops();

  [[nodiscard]] static int decisions() { return static_cast<int>(edges); }
  [[nodiscard]] static int choices(int /*position*/) { return static_cast<int>(op_names.size()); }
  NASNET_LAZY [[nodiscard]] static BigUnsigned sequences() { return BigUnsigned(static_cast<std::uint64_t>(cells)); }

  /// @throws GenotypeError for an architecture that is no cell of the benchmark.
  NASNET_LAZY [[nodiscard]] static std::vector<int> encode(const Architecture& architecture);

  /// @throws GenotypeError for a wrong length or a decision out of range.
  NASNET_LAZY [[nodiscard]] static Architecture decode(std::span<const int> sequence);

  /// The cell of a number; the last edge changes fastest.
  /// @throws GenotypeError where the index is out of range.
  NASNET_LAZY [[nodiscard]] static Architecture at(std::int64_t index);

  /// The number of a cell.
  /// @throws GenotypeError as encode.
  NASNET_LAZY [[nodiscard]] static std::int64_t index(const Architecture& architecture) {
    return index_of(edges_of(architecture));
  }

  /// Each op uniform.
  NASNET_LAZY [[nodiscard]] static Architecture sample(RandomStream& random);

  /// Another op on one edge, both uniform.
  NASNET_LAZY [[nodiscard]] static Architecture mutate(const Architecture& architecture, RandomStream& random);

  /// Each edge from one parent or the other.
  NASNET_LAZY [[nodiscard]] static Architecture crossover(const Architecture& first, const Architecture& second,
                                                          RandomStream& random);

  /// The 24 cells with another op on one edge.
  NASNET_LAZY [[nodiscard]] static std::vector<Architecture> neighbours(const Architecture& architecture);

  /// Equal for cells that compute the same sums of ops: edges of zeros are left out, skips are followed, sums are
  /// flattened and sorted. There are 4,930. (Equal up to rounding, and to what a batch norm learns about zeros.)
  NASNET_LAZY [[nodiscard]] std::uint64_t canonical_hash(const Architecture& architecture) const {
    return (*hashes_)[static_cast<std::size_t>(index(architecture))];
  }

  NASNET_LAZY [[nodiscard]] static std::optional<std::string> reason_against(const Architecture& architecture);

  [[nodiscard]] static std::string description() { return "nasbench201 nodes=4 ops=5"; }

 private:
  static constexpr std::size_t edges = 6;
  using Edges = std::array<int, edges>;

  NASNET_LAZY [[nodiscard]] static BlockInput edge(int state, int op) {
    return {state, std::string(op_names[static_cast<std::size_t>(op)])};
  }

  /// States: 0 is node 0, 1 node 1, 2 node 2, 3 the first two summands of node 3, 4 node 3.
  NASNET_LAZY [[nodiscard]] static Architecture architecture_of(const Edges& e);

  NASNET_LAZY [[nodiscard]] static int op_index(std::string_view name);

  NASNET_LAZY [[nodiscard]] static std::optional<Edges> find_edges(const Architecture& architecture);

  NASNET_LAZY [[nodiscard]] static Edges edges_of(const Architecture& architecture);

  NASNET_LAZY [[nodiscard]] static std::int64_t index_of(const Edges& found);

  NASNET_LAZY [[nodiscard]] static Edges edges_at(std::int64_t index);

  /// A node as the summands that arrive at it; none for zero.
  using Summands = std::vector<std::string>;

  NASNET_LAZY static void add_edge(Summands& node, int op, const Summands& from);

  NASNET_LAZY [[nodiscard]] static std::uint64_t hash_of(const Edges& e);

  NASNET_LAZY [[nodiscard]] static std::vector<std::uint64_t> all_hashes();

  std::shared_ptr<const std::vector<std::uint64_t>> hashes_;  // of the cells by number
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/space/nasbench201_space.ipp"
#endif
