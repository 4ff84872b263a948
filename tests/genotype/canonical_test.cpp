#include "nasnet/genotype/canonical.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "catch.hpp"
#include "nasnet/genotype/degeneracy.hpp"
#include "nasnet/genotype/hash.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/text.hpp"
#include "random_architecture.hpp"

namespace {

using nasnet::AllOps;
using nasnet::Architecture;
using nasnet::architecture_from_text;
using nasnet::canonical_form;
using nasnet::canonical_hash;
using nasnet::to_text;

const auto infos = AllOps::infos();

// The normal cell's canonical text; the reduction cell does not matter.
std::string normal_form(const std::string& cell) {
  const std::string text =
      to_text(canonical_form(architecture_from_text(cell + " reduction[conv_1x1(0) + conv_1x1(1)]"), infos));
  return text.substr(0, text.find(" reduction"));
}
std::string reduction_form(const std::string& cell) {
  const std::string text =
      to_text(canonical_form(architecture_from_text("normal[conv_1x1(0) + conv_1x1(1)] " + cell), infos));
  return text.substr(text.find("reduction"));
}

TEST_CASE("a numbering of blocks and the sides of a sum do not matter") {
  nasnet::RandomStream random(8);
  for (int i = 0; i < 2000; ++i) {
    const Architecture a = nasnet_test::random_architecture(random, {.most_blocks = 9, .pass_on = false});
    const Architecture b{a.inputs, nasnet_test::shuffled(random, a.normal, a.inputs),
                         nasnet_test::shuffled(random, a.reduction, a.inputs)};
    CHECK(to_text(canonical_form(a, infos)) == to_text(canonical_form(b, infos)));
    CHECK(canonical_hash(a) == canonical_hash(b));
  }
}

TEST_CASE("many alike blocks are numbered alike") {
  // Few ops and states, so that ties are the rule.
  nasnet::RandomStream random(9);
  for (int i = 0; i < 1000; ++i) {
    nasnet::Cell cell = nasnet_test::random_cell(random, 10, 1, true);
    for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
      for (auto* operand : {&cell.blocks[b].left, &cell.blocks[b].right}) {
        operand->op = std::string(1, random.below(4) == 0 ? 'b' : 'a');
        if (b < 6) operand->state = 0;
      }
    }
    cell.concat = nasnet::loose_ends(cell, 1);
    const Architecture a{1, cell, cell};
    const Architecture b{1, nasnet_test::shuffled(random, cell, 1), nasnet_test::shuffled(random, cell, 1)};
    CHECK(to_text(canonical_form(a)) == to_text(canonical_form(b)));
  }
}

TEST_CASE("the canonical form is valid, live and its own") {
  nasnet::RandomStream random(10);
  for (int i = 0; i < 2000; ++i) {
    const Architecture a = nasnet_test::random_architecture(random, {.most_blocks = 8});
    for (const auto ops : {std::span<const nasnet::OpInfo>(), std::span<const nasnet::OpInfo>(infos)}) {
      const Architecture form = canonical_form(a, ops);
      CHECK(describe(validate(form)) == "no fault");
      CHECK(to_text(canonical_form(form, ops)) == to_text(form));
      for (const auto& part : degeneracies(form)) {
        const std::vector<int>& concat = cell_of(form, part.cell).concat;
        const bool only_inputs = !concat.empty() && concat.back() < form.inputs;
        CHECK((only_inputs || part.kind == nasnet::Degeneracy::Kind::unread_input));
      }
    }
  }
}

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) { return nasnet::RandomStream(a).split("", b)(); }

// A number that a cell computes when its inputs are numbers, each op a fixed function and a sum a sum: what may not
// change.
class Evaluation {
 public:
  Evaluation(const nasnet::Cell& cell, int inputs, nasnet::CellRole role) : inputs_(inputs), role_(role) {
    for (int input = 0; input < inputs; ++input)
      states_.push_back({mixed(1, static_cast<std::uint64_t>(input)), input == 0});
    for (const nasnet::Block& block : cell.blocks) states_.push_back(value_of(block));
    for (std::size_t i = 0; i < cell.concat.size(); ++i) {
      const std::uint64_t value = states_[static_cast<std::size_t>(cell.concat[i])].value;
      output_ += mixed(2, value);  // in any order
    }
    for (std::size_t i = static_cast<std::size_t>(inputs); cell.concat.empty() && i < states_.size(); ++i) {
      output_ += mixed(i, states_[i].value);
    }
  }
  std::uint64_t output() const { return output_; }

 private:
  struct State {
    std::uint64_t value;
    bool has_f_channels;
  };

  std::uint64_t value_of(const nasnet::BlockInput& operand) const {
    const State& state = states_[static_cast<std::size_t>(operand.state)];
    const bool is_input = operand.state < inputs_;
    if (operand.op == "zero") return 0;
    const bool strided = is_input && role_ == nasnet::CellRole::reduction;
    const bool is_identity = operand.op == "identity" || operand.op == "skip_connect";
    if (is_identity && !strided && state.has_f_channels) return state.value;
    return mixed(nasnet::text_hash(operand.op) + (strided ? 1 : 0), state.value);
  }

  State value_of(const nasnet::Block& block) const {
    const std::uint64_t left = value_of(block.left);
    const std::uint64_t right = value_of(block.right);
    if (block.combine == nasnet::Combiner::add) return {left + right, true};
    if (block.combine == nasnet::Combiner::concat) return {mixed(mixed(3, left), right), false};
    return {mixed(static_cast<std::uint64_t>(block.combine), left + right), true};
  }

  int inputs_;
  nasnet::CellRole role_;
  std::vector<State> states_;
  std::uint64_t output_ = 0;
};

// Ops with parameters that reach the output: as many before and after.
std::multiset<std::string> live_parameters(const nasnet::Cell& cell, int inputs) {
  const std::vector<bool> live = live_states(cell, inputs);
  std::multiset<std::string> ops;
  for (std::size_t b = 0; b < cell.blocks.size(); ++b) {
    if (!live[static_cast<std::size_t>(inputs) + b]) continue;
    for (const auto* operand : {&cell.blocks[b].left, &cell.blocks[b].right}) {
      if (operand->op.find("conv") != std::string::npos) ops.insert(operand->op);
    }
  }
  return ops;
}

TEST_CASE("the canonical form computes the same with as many parameters") {
  nasnet::RandomStream random(11);
  int folded = 0;
  for (int i = 0; i < 5000; ++i) {
    Architecture a = nasnet_test::random_architecture(random, {.most_blocks = 8, .most_inputs = 2});
    for (nasnet::Block& block : a.normal.blocks) {
      if (random.below(3) == 0) block.left.op = "zero";
      if (random.below(3) == 0) block.right.op = random.below(2) == 0 ? "identity" : "zero";
    }
    const Architecture form = canonical_form(a, infos);
    folded += form.normal.blocks.size() < a.normal.blocks.size() ? 1 : 0;
    for (const auto role : {nasnet::CellRole::normal, nasnet::CellRole::reduction}) {
      CHECK(Evaluation(cell_of(a, role), a.inputs, role).output() ==
            Evaluation(cell_of(form, role), form.inputs, role).output());
      CHECK(live_parameters(cell_of(a, role), a.inputs).size() >=
            live_parameters(cell_of(form, role), form.inputs).size());
    }
  }
  CHECK(folded > 500);
}

// All cells of two blocks over these ops, two inputs, sums, loose ends: how many are different? The counts of other
// people's canonical forms, which agree.
std::pair<std::size_t, std::size_t> sorted_and_canonical(const std::vector<std::string>& ops, int blocks) {
  std::set<std::string> sorted, canonical;
  Architecture a;
  a.normal.blocks.resize(static_cast<std::size_t>(blocks));
  std::vector<std::size_t> choice(static_cast<std::size_t>(2 * blocks), 0);
  while (true) {
    for (std::size_t i = 0; i < choice.size(); ++i) {
      nasnet::Block& block = a.normal.blocks[i / 2];
      nasnet::BlockInput& operand = i % 2 == 0 ? block.left : block.right;
      operand.state = static_cast<int>(choice[i] / ops.size());
      operand.op = ops[choice[i] % ops.size()];
    }
    a.normal.concat = loose_ends(a.normal, 2);
    a.reduction = a.normal;
    Architecture by_side = a;
    for (nasnet::Block& block : by_side.normal.blocks) nasnet::detail::sort_operands(block);
    by_side.reduction = by_side.normal;
    sorted.insert(to_text(by_side));
    canonical.insert(to_text(canonical_form(a, infos)));
    std::size_t i = 0;
    while (i < choice.size() && ++choice[i] == (2 + i / 2) * ops.size()) choice[i++] = 0;
    if (i == choice.size()) return {sorted.size(), canonical.size()};
  }
}

TEST_CASE("small spaces have as many classes as others count") {
  using Counts = std::pair<std::size_t, std::size_t>;
  const Counts three = sorted_and_canonical({"identity", "max_pool_3x3", "sep_conv_3x3"}, 2);
  CHECK(three.first == 945);
  CHECK(three.second == 735);
  CHECK(sorted_and_canonical({"identity", "max_pool_3x3", "sep_conv_3x3", "sep_conv_5x5"}, 2) == Counts{2808, 2178});
  CHECK(sorted_and_canonical({"identity", "max_pool_3x3", "sep_conv_3x3", "sep_conv_5x5", "avg_pool_3x3"}, 2) ==
        Counts{6600, 5115});
}

TEST_CASE("dead blocks are removed") {
  CHECK(normal_form("normal[conv_1x1(0) + conv_1x1(0); conv_3x3(1) + conv_3x3(0); conv_1x1(2) + conv_1x1(2) -> 3]") ==
        "normal[conv_3x3(0) + conv_3x3(1) -> 2]");
}

TEST_CASE("operands of a concatenation keep their sides") {
  CHECK(normal_form("normal[conv_3x3(1) ++ conv_1x1(0)]") == "normal[conv_3x3(1) ++ conv_1x1(0) -> 2]");
  CHECK(normal_form("normal[conv_3x3(1) +layer_norm conv_1x1(0)]") ==
        "normal[conv_1x1(0) +layer_norm conv_3x3(1) -> 2]");
  CHECK(normal_form("normal[conv_3x3(0) + conv_1x1(0)]") == "normal[conv_1x1(0) + conv_3x3(0) -> 2]");
}

TEST_CASE("a zero op's input does not matter") {
  CHECK(normal_form("normal[conv_3x3(0) + conv_3x3(0); zero(2) + conv_1x1(1) -> 3]") ==
        "normal[zero(0) + conv_1x1(1) -> 2]");
  CHECK(normal_form("normal[conv_1x1(1) ++ zero(1)]") == "normal[conv_1x1(1) ++ zero(0) -> 2]");
}

TEST_CASE("zero plus an identity is the state that it returns") {
  CHECK(normal_form("normal[conv_3x3(0) + conv_3x3(1); identity(2) + zero(0); conv_1x1(3) + conv_1x1(1)]") ==
        normal_form("normal[conv_3x3(0) + conv_3x3(1); conv_1x1(2) + conv_1x1(1)]"));
  CHECK(normal_form("normal[zero(0) + identity(0); conv_1x1(2) + conv_1x1(1)]") ==
        "normal[conv_1x1(0) + conv_1x1(1) -> 2]");
  CHECK(normal_form("normal[conv_3x3(0) + conv_3x3(1); identity(2) + zero(0)]") ==
        "normal[conv_3x3(0) + conv_3x3(1) -> 2]");
  CHECK(reduction_form("reduction[conv_3x3(0) + conv_3x3(1); identity(2) + zero(0); conv_1x1(3) + conv_1x1(1)]") ==
        reduction_form("reduction[conv_3x3(0) + conv_3x3(1); conv_1x1(2) + conv_1x1(1)]"));
}

TEST_CASE("an identity that is a convolution or a reduction is not folded") {
  // Of the older input, which the first cell gets unfitted; of any input of a reduction cell; of 2F channels.
  CHECK(normal_form("normal[zero(0) + identity(1); conv_1x1(2) + conv_1x1(1)]").find("identity") != std::string::npos);
  CHECK(reduction_form("reduction[zero(0) + identity(0); conv_1x1(2) + conv_1x1(1)]").find("identity") !=
        std::string::npos);
  CHECK(normal_form("normal[conv_1x1(0) ++ conv_1x1(1); identity(2) + zero(0)]").find("identity") != std::string::npos);
  const std::string one_input = to_text(canonical_form(
      architecture_from_text(
          "inputs=1 normal[zero(0) + identity(0); conv_1x1(1) + conv_1x1(0)] reduction[zero(0) + zero(0)]"),
      infos));
  CHECK(one_input.find("identity") != std::string::npos);
  // A norm and a concatenation compute something.
  CHECK(normal_form("normal[conv_1x1(0) + conv_1x1(1); identity(2) +layer_norm zero(0)]").find("identity") !=
        std::string::npos);
  CHECK(normal_form("normal[conv_1x1(0) + conv_1x1(1); identity(2) ++ zero(0)]").find("identity") != std::string::npos);
}

TEST_CASE("identity ops are alike where they return their input, and only there") {
  CHECK(normal_form("normal[skip_connect(0) + conv_1x1(1)]") == "normal[identity(0) + conv_1x1(1) -> 2]");
  CHECK(normal_form("normal[skip_connect(1) + conv_1x1(0)]") == "normal[conv_1x1(0) + skip_connect(1) -> 2]");
  CHECK(reduction_form("reduction[skip_connect(0) + conv_1x1(1)]") == "reduction[skip_connect(0) + conv_1x1(1) -> 2]");
}

TEST_CASE("zero blocks are one state, and their identity is zero") {
  CHECK(normal_form("normal[zero(0) + zero(1); zero(1) + zero(1); conv_1x1(2) + conv_1x1(3); identity(3) + conv_1x1(0) "
                    "-> 4 5]") ==
        normal_form("normal[zero(0) + zero(0); conv_1x1(2) + conv_1x1(2); zero(0) + conv_1x1(0) -> 3 4]"));
}

TEST_CASE("an output that holds a state several times keeps it so often") {
  const std::string twice = "normal[conv_1x1(0) + conv_1x1(1); identity(2) + zero(0) -> 2 3]";
  CHECK(normal_form(twice) == "normal[conv_1x1(0) + conv_1x1(1); zero(0) + identity(2) -> 2 3]");
  CHECK(normal_form("normal[conv_1x1(0) + conv_1x1(1); zero(1) + identity(2); identity(3) + zero(1) -> 3 4]") ==
        normal_form(twice));
  CHECK(normal_form("normal[zero(0) + zero(0); zero(0) + zero(1); conv_1x1(3) + conv_1x1(0) -> 3 4]") ==
        normal_form("normal[zero(0) + zero(0); conv_1x1(2) + conv_1x1(0) -> 2 3]"));
}

TEST_CASE("a cell that returns an input keeps one idle block") {
  CHECK(normal_form("normal[zero(0) + identity(0)]") == "normal[zero(0) + zero(0) -> 0]");
  CHECK(
      to_text(canonical_form(architecture_from_text("normal[b(0) + c(1); a(2) + b(2) -> 1] reduction[a(0) + a(1)]"))) ==
      "normal[a(0) + a(0) -> 1] reduction[a(0) + a(1) -> 2]");
}

TEST_CASE("what is merely close stays apart") {
  // Two pools have two drop-path masks; sums of sums round differently.
  CHECK(normal_form("normal[avg_pool_3x3(1) + avg_pool_3x3(1); conv_1x1(2) + conv_1x1(0)]")
            .find("avg_pool_3x3(1) + avg_pool_3x3(1)") != std::string::npos);
  CHECK(normal_form("normal[conv_1x1(0) + conv_3x3(0); identity(2) + conv_1x1(1)]") !=
        normal_form("normal[conv_1x1(0) + conv_1x1(1); identity(2) + conv_3x3(0)]"));
  // One block read twice, and two alike blocks read once.
  CHECK(normal_form("normal[conv_1x1(0) + conv_1x1(0); conv_1x1(0) + conv_1x1(0); conv_3x3(2) + conv_3x3(2) -> 3 4]") !=
        normal_form("normal[conv_1x1(0) + conv_1x1(0); conv_1x1(0) + conv_1x1(0); conv_3x3(2) + conv_3x3(3) -> 3 4]"));
}

TEST_CASE("blocks whose outputs are passed on one by one keep their places") {
  const std::string text =
      "normal[conv_3x3(1) + conv_1x1(0); conv_1x1(0) + conv_1x1(0) -> none] reduction[conv_1x1(0) + conv_1x1(0); "
      "identity(2) + "
      "zero(1) -> none]";
  CHECK(to_text(canonical_form(architecture_from_text(text), infos)) ==
        "normal[conv_1x1(0) + conv_3x3(1); conv_1x1(0) + conv_1x1(0) -> none] reduction[conv_1x1(0) + conv_1x1(0); "
        "zero(0) + "
        "identity(2) -> none]");
}

TEST_CASE("published cells fold into nothing else") {
  std::set<std::uint64_t> hashes;
  for (const auto name : nasnet::published_names) {
    const Architecture a = nasnet::published_architecture(name);
    const Architecture form = canonical_form(a, infos);
    CHECK(form.normal.blocks.size() == a.normal.blocks.size());
    CHECK(form.reduction.blocks.size() == a.reduction.blocks.size());
    hashes.insert(canonical_hash(a, infos));
  }
  CHECK(hashes.size() == nasnet::published_names.size());
}

TEST_CASE("hashes are equal on all machines") {
  CHECK(nasnet::text_hash("") == 0xcbf29ce484222325U);
  CHECK(nasnet::text_hash("a") == 0xaf63dc4c8601ec8cU);
  CHECK(nasnet::hex_text(0x00af63dc4c8601ecU) == "00af63dc4c8601ec");
  CHECK(nasnet::hex_text(canonical_hash(nasnet::published_architecture("nasnet-a"), infos)) == "513ace97cce25cd4");
}

TEST_CASE("contrived cells of the largest size end soon") {
  nasnet::Cell cell;
  for (int b = 0; b < 600; ++b) cell.blocks.push_back({{0, "a"}, {0, "a"}});
  for (int b = 0; b < 400; ++b) cell.blocks.push_back({{2 + b, "a"}, {2 + (b * 7 + 1) % 600, "a"}});
  cell.concat = loose_ends(cell, 2);
  const Architecture form = canonical_form({2, cell, {{{{0, "a"}, {1, "a"}}}, {2}}});
  CHECK(form.normal.blocks.size() == 1000);
  CHECK_FALSE(validate(form));
}

}  // namespace
