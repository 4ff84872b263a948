#pragma once

#include "nasnet/space/nasbench201_space.hpp"

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
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/op_expansions.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Nasbench201Space::Nasbench201Space()
    : hashes_(std::make_shared<const std::vector<std::uint64_t>>(all_hashes())) {}

NASNET_BODY OpTable Nasbench201Space::ops() {
  return OpTable({{std::string(op_names[0]), false, true, &Zero::expand},
                  {std::string(op_names[1]), true, false, &SkipConnect::expand},
                  {std::string(op_names[2]), false, false, &Conv<1>::expand},
                  {std::string(op_names[3]), false, false, &Conv<3>::expand},
                  {std::string(op_names[4]), false, false, &AvgPool<3>::expand}});
}

NASNET_BODY std::vector<int> Nasbench201Space::encode(const Architecture& architecture) {
  const Edges found = edges_of(architecture);
  return {found.begin(), found.end()};
}

NASNET_BODY Architecture Nasbench201Space::decode(std::span<const int> sequence) {
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

NASNET_BODY Architecture Nasbench201Space::at(std::int64_t index) {
  if (index < 0 || index >= cells) fail<GenotypeError>("NAS-Bench-201: cell ", index, " of ", cells);
  return architecture_of(edges_at(index));
}

NASNET_BODY Architecture Nasbench201Space::sample(RandomStream& random) {
  Edges found{};
  for (int& op : found) op = static_cast<int>(random.below(choices(0)));
  return architecture_of(found);
}

NASNET_BODY Architecture Nasbench201Space::mutate(const Architecture& architecture, RandomStream& random) {
  Edges found = edges_of(architecture);
  int& op = found[static_cast<std::size_t>(random.below(decisions()))];
  const int other = static_cast<int>(random.below(choices(0) - 1));
  op = other < op ? other : other + 1;
  return architecture_of(found);
}

NASNET_BODY Architecture Nasbench201Space::crossover(const Architecture& first, const Architecture& second,
                                                     RandomStream& random) {
  Edges child = edges_of(first);
  const Edges other = edges_of(second);
  for (std::size_t edge = 0; edge < edges; ++edge) {
    if (random.below(2) == 1) child[edge] = other[edge];
  }
  return architecture_of(child);
}

NASNET_BODY std::vector<Architecture> Nasbench201Space::neighbours(const Architecture& architecture) {
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

NASNET_BODY std::optional<std::string> Nasbench201Space::reason_against(const Architecture& architecture) {
  if (find_edges(architecture)) return std::nullopt;
  return std::string("the architecture is no cell of NAS-Bench-201");
}

NASNET_BODY Architecture Nasbench201Space::architecture_of(const Edges& e) {
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

NASNET_BODY int Nasbench201Space::op_index(std::string_view name) {
  for (std::size_t op = 0; op < op_names.size(); ++op) {
    if (op_names[op] == name) return static_cast<int>(op);
  }
  return -1;
}

NASNET_BODY std::optional<Nasbench201Space::Edges> Nasbench201Space::find_edges(const Architecture& architecture) {
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

NASNET_BODY Nasbench201Space::Edges Nasbench201Space::edges_of(const Architecture& architecture) {
  const std::optional<Edges> found = find_edges(architecture);
  if (!found) fail<GenotypeError>(*reason_against(architecture));
  return *found;
}

NASNET_BODY std::int64_t Nasbench201Space::index_of(const Edges& found) {
  std::int64_t index = 0;
  for (const int op : found) index = index * choices(0) + op;
  return index;
}

NASNET_BODY Nasbench201Space::Edges Nasbench201Space::edges_at(std::int64_t index) {
  Edges found{};
  for (std::size_t edge = edges; edge-- > 0; index /= choices(0)) found[edge] = static_cast<int>(index % choices(0));
  return found;
}

NASNET_BODY void Nasbench201Space::add_edge(Summands& node, int op, const Summands& from) {
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

NASNET_BODY std::uint64_t Nasbench201Space::hash_of(const Edges& e) {
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

NASNET_BODY std::vector<std::uint64_t> Nasbench201Space::all_hashes() {
  std::vector<std::uint64_t> hashes;
  for (std::int64_t index = 0; index < cells; ++index) hashes.push_back(hash_of(edges_at(index)));
  return hashes;
}

}  // namespace nasnet::inline NASNET_ABI
