/// The cells of NAS-Bench-201 as a search space.
#pragma once

#include <algorithm>    // sort
#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <memory>       // make_shared, shared_ptr
#include <optional>     // nullopt, optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/hash.hpp"
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
  static constexpr std::array<std::string_view, 5> ops{"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3",
                                                       "avg_pool_3x3"};
  static constexpr std::int64_t cells = 15'625;

  Nasbench201Space() : hashes_(std::make_shared<const std::vector<std::uint64_t>>(all_hashes())) {}

  [[nodiscard]] static int decisions() { return static_cast<int>(edges); }
  [[nodiscard]] static int choices(int /*position*/) { return static_cast<int>(ops.size()); }
  [[nodiscard]] static BigUnsigned sequences() { return BigUnsigned(static_cast<std::uint64_t>(cells)); }

  /// @throws GenotypeError for an architecture that is no cell of the benchmark.
  [[nodiscard]] static std::vector<int> encode(const Architecture& architecture) {
    const Edges found = edges_of(architecture);
    return {found.begin(), found.end()};
  }

  /// @throws GenotypeError for a wrong length or a decision out of range.
  [[nodiscard]] static Architecture decode(std::span<const int> sequence) {
    if (sequence.size() != edges) {
      fail<GenotypeError>("NAS-Bench-201: a sequence of ", sequence.size(), " decisions, ", edges, " expected");
    }
    Edges found{};
    for (std::size_t edge = 0; edge < edges; ++edge) {
      if (sequence[edge] < 0 || sequence[edge] >= choices(0)) {
        fail<GenotypeError>("NAS-Bench-201: decision ", edge, " is ", sequence[edge], ", 0 to ", choices(0) - 1,
                            " expected");
      }
      found[edge] = sequence[edge];
    }
    return architecture_of(found);
  }

  /// The cell of a number; the last edge changes fastest.
  /// @throws GenotypeError where the index is out of range.
  [[nodiscard]] static Architecture at(std::int64_t index) {
    if (index < 0 || index >= cells) fail<GenotypeError>("NAS-Bench-201: cell ", index, " of ", cells);
    return architecture_of(edges_at(index));
  }

  /// The number of a cell.
  /// @throws GenotypeError as encode.
  [[nodiscard]] static std::int64_t index(const Architecture& architecture) { return index_of(edges_of(architecture)); }

  /// Each op uniform.
  [[nodiscard]] static Architecture sample(RandomStream& random) {
    Edges found{};
    for (int& op : found) op = static_cast<int>(random.below(choices(0)));
    return architecture_of(found);
  }

  /// Another op on one edge, both uniform.
  [[nodiscard]] static Architecture mutate(const Architecture& architecture, RandomStream& random) {
    Edges found = edges_of(architecture);
    int& op = found[static_cast<std::size_t>(random.below(decisions()))];
    const int other = static_cast<int>(random.below(choices(0) - 1));
    op = other < op ? other : other + 1;
    return architecture_of(found);
  }

  /// Each edge from one parent or the other.
  [[nodiscard]] static Architecture crossover(const Architecture& first, const Architecture& second,
                                              RandomStream& random) {
    Edges child = edges_of(first);
    const Edges other = edges_of(second);
    for (std::size_t edge = 0; edge < edges; ++edge) {
      if (random.below(2) == 1) child[edge] = other[edge];
    }
    return architecture_of(child);
  }

  /// The 24 cells with another op on one edge.
  [[nodiscard]] static std::vector<Architecture> neighbours(const Architecture& architecture) {
    std::vector<Architecture> found;
    Edges sequence = edges_of(architecture);
    for (int& op : sequence) {
      const int own = op;
      for (op = 0; op < choices(0); ++op) {
        if (op != own) found.push_back(architecture_of(sequence));
      }
      op = own;
    }
    return found;
  }

  /// Equal for cells that compute the same sums of ops: edges of zeros are left out, skips are followed, sums are
  /// flattened and sorted. There are 4,930. (Equal up to rounding, and to what a batch norm learns about zeros.)
  [[nodiscard]] std::uint64_t canonical_hash(const Architecture& architecture) const {
    return (*hashes_)[static_cast<std::size_t>(index(architecture))];
  }

  [[nodiscard]] static std::optional<std::string> reason_against(const Architecture& architecture) {
    if (find_edges(architecture)) return std::nullopt;
    return std::string("the architecture is no cell of NAS-Bench-201");
  }

  [[nodiscard]] static std::string description() { return "nasbench201 nodes=4 ops=5"; }

 private:
  static constexpr std::size_t edges = 6;
  using Edges = std::array<int, edges>;

  [[nodiscard]] static BlockInput edge(int state, int op) {
    return {state, std::string(ops[static_cast<std::size_t>(op)])};
  }

  /// States: 0 is node 0, 1 node 1, 2 node 2, 3 the first two summands of node 3, 4 node 3.
  [[nodiscard]] static Architecture architecture_of(const Edges& e) {
    constexpr int none = 0;
    constexpr int skip = 1;
    Architecture architecture;
    architecture.inputs = 1;
    architecture.normal.blocks = {{edge(0, e[0]), edge(0, none)},
                                  {edge(0, e[1]), edge(1, e[2])},
                                  {edge(0, e[3]), edge(1, e[4])},
                                  {edge(3, skip), edge(2, e[5])}};
    architecture.normal.concat = {4};
    architecture.reduction.blocks = {{edge(0, skip), edge(0, none)}};
    architecture.reduction.concat = {1};
    return architecture;
  }

  [[nodiscard]] static int op_index(std::string_view name) {
    for (std::size_t op = 0; op < ops.size(); ++op) {
      if (ops[op] == name) return static_cast<int>(op);
    }
    return -1;
  }

  [[nodiscard]] static std::optional<Edges> find_edges(const Architecture& architecture) {
    const std::vector<Block>& blocks = architecture.normal.blocks;
    if (blocks.size() != 4) return std::nullopt;
    const Edges found{op_index(blocks[0].left.op), op_index(blocks[1].left.op),  op_index(blocks[1].right.op),
                      op_index(blocks[2].left.op), op_index(blocks[2].right.op), op_index(blocks[3].right.op)};
    for (const int op : found) {
      if (op < 0) return std::nullopt;
    }
    if (!(architecture == architecture_of(found))) return std::nullopt;
    return found;
  }

  [[nodiscard]] static Edges edges_of(const Architecture& architecture) {
    const std::optional<Edges> found = find_edges(architecture);
    if (!found) fail<GenotypeError>(*reason_against(architecture));
    return *found;
  }

  [[nodiscard]] static std::int64_t index_of(const Edges& found) {
    std::int64_t index = 0;
    for (const int op : found) index = index * choices(0) + op;
    return index;
  }

  [[nodiscard]] static Edges edges_at(std::int64_t index) {
    Edges found{};
    for (std::size_t edge = edges; edge-- > 0; index /= choices(0)) found[edge] = static_cast<int>(index % choices(0));
    return found;
  }

  /// A node as the summands that arrive at it; none for zero.
  using Summands = std::vector<std::string>;

  static void add_edge(Summands& node, int op, const Summands& from) {
    constexpr int none = 0;
    constexpr int skip = 1;
    if (op == none || from.empty()) return;
    if (op == skip) {
      node.insert(node.end(), from.begin(), from.end());
      return;
    }
    std::string text = std::to_string(op) + '(';
    for (const std::string& summand : from) text.append(summand).push_back('+');
    node.push_back(std::move(text.append(1, ')')));
  }

  [[nodiscard]] static std::uint64_t hash_of(const Edges& e) {
    std::array<Summands, 4> nodes;
    nodes[0] = {"x"};
    std::size_t edge = 0;
    for (std::size_t to = 1; to < nodes.size(); ++to) {
      for (std::size_t from = 0; from < to; ++from) add_edge(nodes[to], e[edge++], nodes[from]);
      std::sort(nodes[to].begin(), nodes[to].end());
    }
    std::string text;
    for (const std::string& summand : nodes[3]) text.append(summand).push_back('+');
    return text_hash(text);
  }

  [[nodiscard]] static std::vector<std::uint64_t> all_hashes() {
    std::vector<std::uint64_t> hashes;
    for (std::int64_t index = 0; index < cells; ++index) hashes.push_back(hash_of(edges_at(index)));
    return hashes;
  }

  std::shared_ptr<const std::vector<std::uint64_t>> hashes_;  // of the cells by number
};

}  // namespace nasnet::inline NASNET_ABI
