/// Search spaces over cells: what may be chosen, how much there is, and how to move in it.
#pragma once

#include <cstddef>      // size_t
#include <cstdint>      // int64_t, uint64_t
#include <optional>     // optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/space/big_unsigned.hpp"

namespace nasnet::inline NASNET_ABI {

/// The shape of a search space.
struct SpaceOptions {
  int blocks = 5;  ///< of each cell
  int inputs = 2;  ///< states that a cell gets
  std::vector<Combiner> combiners{Combiner::add, Combiner::concat};
  bool same_cell = false;        ///< one cell in both roles
  bool allow_degenerate = true;  ///< cells that leave an input unread belong to the space
  bool pass_on_outputs = false;  ///< no concat list: all block outputs are passed on (NASNet-B); blocks == inputs
};

/// One choice among those that make an architecture.
struct Decision {
  enum class Kind { left_state, right_state, left_op, right_op, combine };
  CellRole cell = CellRole::normal;
  int block = 0;
  Kind kind = Kind::left_state;

  bool operator==(const Decision&) const = default;
};

/// All architectures of a number of blocks over an op set, whose cells concatenate their loose ends.
///
/// An architecture is the sequence of its decisions, five a block: first state, second state, op of the first, op of
/// the second, combiner; block by block, the normal cell before the reduction cell (Zoph et al., CVPR 2018,
/// section 3 and figure 3). Two architectures of the space are equal where all decisions are. Every function that makes
/// an architecture makes one of the space.
class SearchSpace {
 public:
  /// @throws GenotypeError for blocks or inputs out of range, no ops, no combiners, or a space without members.
  NASNET_LAZY explicit SearchSpace(OpTable ops, SpaceOptions options = {});

  /// A space to count, sample and walk in. No networks can be made of its architectures: it knows the names of its ops
  /// and not what they are.
  NASNET_LAZY explicit SearchSpace(std::span<const OpInfo> ops, SpaceOptions options = {});

  [[nodiscard]] const SpaceOptions& options() const { return options_; }
  [[nodiscard]] int blocks() const { return options_.blocks; }
  [[nodiscard]] int inputs() const { return options_.inputs; }

  /// What architectures are made of.
  [[nodiscard]] const OpTable& ops() const { return ops_; }

  /// Length of a sequence: 10 a block, or 5 where both roles have the same cell.
  [[nodiscard]] int decisions() const { return 5 * options_.blocks * (options_.same_cell ? 1 : 2); }

  /// What is decided at this place of a sequence, 0 <= position < decisions().
  NASNET_LAZY [[nodiscard]] Decision decision(int position) const;

  /// Among how many options, at this place.
  NASNET_LAZY [[nodiscard]] int choices(int position) const;

  /// Number of sequences, degenerate ones included.
  NASNET_LAZY [[nodiscard]] BigUnsigned sequences() const;

  /// Number of architectures: that of sequences, less the degenerate ones where they are not allowed.
  NASNET_LAZY [[nodiscard]] BigUnsigned size() const;

  /// Entropy of a uniform choice among all architectures, in nats.
  NASNET_LAZY [[nodiscard]] double entropy() const;

  /// Why an architecture is not of this space, in one sentence; nothing where it is.
  NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_against(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] bool contains(const Architecture& architecture) const;

  /// The sequence of an architecture, each decision from 0 to choices - 1.
  /// @throws GenotypeError with the sentence of reason_against; degenerate architectures pass.
  NASNET_LAZY [[nodiscard]] std::vector<int> encode(const Architecture& architecture) const;

  /// The architecture of a sequence; a degenerate one where the sequence is.
  /// @throws GenotypeError for a wrong length or a decision out of range.
  NASNET_LAZY [[nodiscard]] Architecture decode(std::span<const int> sequence) const;

  /// A uniform choice: each decision uniform and independent; drawn again where the result is degenerate and that is
  /// not allowed.
  NASNET_LAZY [[nodiscard]] Architecture sample(RandomStream& random) const;

  /// A neighbour: one decision, uniform among those with more than one option, gets another value, uniform among the
  /// others. Never the architecture itself. An input is twice as likely to change as the combiner, as is an op.
  /// @throws GenotypeError where the architecture is not of this space or has no neighbour.
  NASNET_LAZY [[nodiscard]] Architecture mutate(const Architecture& architecture, RandomStream& random) const;

  /// Each block of each cell from one parent or the other, both equally likely. Where the child is degenerate and this
  /// is not allowed, again, and after 100 times the first parent.
  /// @throws GenotypeError where a parent is not of this space.
  NASNET_LAZY [[nodiscard]] Architecture crossover(const Architecture& first, const Architecture& second,
                                                   RandomStream& random) const;

  /// All architectures that differ in exactly one decision, in order of position and value.
  NASNET_LAZY [[nodiscard]] std::vector<Architecture> neighbours(const Architecture& architecture) const;

  /// The architecture of a number, 0 <= index < sequences(); the last decision changes fastest. May be degenerate.
  /// @throws GenotypeError where the index is out of range or the space has more than 2^63 - 1 sequences.
  NASNET_LAZY [[nodiscard]] Architecture at(std::int64_t index) const;

  /// The number of an architecture.
  /// @throws GenotypeError as encode, and where the space has more than 2^63 - 1 sequences.
  NASNET_LAZY [[nodiscard]] std::int64_t index(const Architecture& architecture) const;

  /// Calls visit(architecture) for each architecture of the space, in order of their numbers.
  /// @throws GenotypeError where the space has more than 2^63 - 1 sequences.
  template <class Visit>
  void for_each(Visit&& visit) const;

  /// See nasnet::canonical_form, with the flags of this space's ops.
  NASNET_LAZY [[nodiscard]] Architecture canonical_form(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] std::uint64_t canonical_hash(const Architecture& architecture) const;

  /// All that defines the space, in one line.
  NASNET_LAZY [[nodiscard]] std::string description() const;

  /// 16 hexadecimal digits of the description: journals of equal spaces agree.
  NASNET_LAZY [[nodiscard]] std::string fingerprint() const;

 private:
  static constexpr int decisions_per_block = 5;

  NASNET_LAZY void require_options() const;
  NASNET_LAZY [[nodiscard]] int op_index(std::string_view name) const;
  NASNET_LAZY [[nodiscard]] int combiner_index(Combiner combine) const;
  NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_against_cell(CellRole role, const Cell& cell) const;
  NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_against_sequence(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] bool is_allowed(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] std::vector<int> outputs_of(const Cell& cell) const;
  NASNET_LAZY void append_cell(std::vector<int>& sequence, const Cell& cell) const;
  NASNET_LAZY [[nodiscard]] Cell decode_cell(std::span<const int> sequence) const;
  NASNET_LAZY [[nodiscard]] Architecture decode_checked(std::span<const int> sequence) const;
  NASNET_LAZY [[nodiscard]] BigUnsigned cell_sequences(int readable_inputs) const;
  NASNET_LAZY [[nodiscard]] BigUnsigned cells_that_read_all_inputs() const;
  NASNET_LAZY [[nodiscard]] BigUnsigned for_both_roles(const BigUnsigned& cells) const;
  NASNET_LAZY [[nodiscard]] std::vector<int> encode_member(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] std::int64_t countable_sequences() const;
  NASNET_LAZY [[nodiscard]] bool advance(std::vector<int>& sequence) const;
  NASNET_LAZY [[nodiscard]] std::vector<int> open_positions() const;

  OpTable ops_;
  SpaceOptions options_;
};

template <class Visit>
void SearchSpace::for_each(Visit&& visit) const {
  static_cast<void>(countable_sequences());
  std::vector<int> sequence(static_cast<std::size_t>(decisions()), 0);
  do {
    const Architecture architecture = decode_checked(sequence);
    if (is_allowed(architecture)) visit(architecture);
  } while (advance(sequence));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/space/search_space.ipp"
#endif
