#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "nasnet/autograd/tape.hpp"
#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/add.hpp"
#include "nasnet/ops/elementwise.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/primitive/op_call.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

Variable<double> variable(std::vector<double> values, bool wants_gradient = true) {
  Tensor<double> tensor({static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.values().begin());
  return Variable<double>(std::move(tensor), wants_gradient);
}

std::vector<double> gradient_of(const Variable<double>& v) {
  REQUIRE(v.has_gradient());
  return {v.gradient().values().begin(), v.gradient().values().end()};
}

// Notes in which order backward runs.
struct Noted {
  static constexpr std::string_view name = "noted";
  static constexpr bool backward_reads_inputs = false;
  int number = 0;
  std::vector<int>* order = nullptr;
};

void forward(const Noted&, OpCall<double>& call) {
  const Tensor<double>& x = call.input();
  Tensor<double>& y = call.allocate_output(x.shape());
  std::copy(x.values().begin(), x.values().end(), y.values().begin());
}

void backward(const Noted& noted, const OpCall<double>& call, const OpGradients<double>& gradients) {
  noted.order->push_back(noted.number);
  CHECK(call.inputs[0] == nullptr);  // not asked for
  CHECK(call.kept_output == nullptr);
  const GradientSlot<double>& slot = gradients.inputs[0];
  if (!slot) return;
  for (std::int64_t i = 0; i < gradients.output.elements(); ++i) {
    (*slot.tensor)[i] = gradients.output[i] + (slot.accumulate ? (*slot.tensor)[i] : 0.0);
  }
}

}  // namespace

TEST_CASE("the tape plays applications back from the last to the first") {
  Context context(1);
  Tape<double> tape(context);
  std::vector<int> order;
  Variable<double> x = variable({1, 2});
  Variable<double> y = x;
  for (int i = 0; i < 5; ++i) y = tape.apply(Noted{i, &order}, {y});
  const Variable<double> loss = tape.apply(Sum{}, {y});
  CHECK(tape.size() == 6);
  tape.backward(loss);
  CHECK(order == std::vector<int>{4, 3, 2, 1, 0});
  CHECK(tape.size() == 0);
  CHECK(gradient_of(x) == std::vector<double>{1, 1});
}

TEST_CASE("gradients of several uses add up") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({3, -2});
  // f = sum(2x + x * x + x) with f' = 3 + 2x
  const Variable<double> doubled = tape.apply(Scale{2.0}, {x});
  const Variable<double> squared = tape.apply(Multiply{}, {x, x});
  const Variable<double> sum = tape.apply(Add{}, {doubled, squared, x});
  tape.backward(tape.apply(Sum{}, {sum}));
  CHECK(gradient_of(x) == std::vector<double>{9, -1});
}

TEST_CASE("a variable that stands twice or more among the inputs of one application") {
  Context context(1);
  for (const int times : {2, 3, 5}) {
    Tape<double> tape(context);
    const Variable<double> x = variable({1, 2, 3});
    const std::vector<Variable<double>> inputs(static_cast<std::size_t>(times), x);
    const Variable<double> sum = tape.apply(Add{}, std::span<const Variable<double>>(inputs));
    tape.backward(tape.apply(Sum{}, {sum}));
    CHECK(gradient_of(x) == std::vector<double>(3, times));
  }
}

TEST_CASE("gradients of two backward passes add up until they are cleared") {
  Context context(1);
  Variable<double> x = variable({1, 2});
  const auto pass = [&] {
    Tape<double> tape(context);
    tape.backward(tape.apply(Sum{}, {tape.apply(Scale{3.0}, {x})}));
  };
  pass();
  pass();
  CHECK(gradient_of(x) == std::vector<double>{6, 6});
  x.clear_gradient();
  CHECK_FALSE(x.has_gradient());
  pass();
  CHECK(gradient_of(x) == std::vector<double>{3, 3});
}

TEST_CASE("branches that do not lead to the loss are passed over") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1, 2});
  const Variable<double> other = variable({5, 6});
  std::vector<int> order;
  const Variable<double> dead = tape.apply(Noted{1, &order}, {tape.apply(Noted{0, &order}, {other})});
  const Variable<double> loss = tape.apply(Sum{}, {tape.apply(Noted{2, &order}, {x})});
  static_cast<void>(dead);
  tape.backward(loss);
  CHECK(order == std::vector<int>{2});
  CHECK_FALSE(other.has_gradient());
  CHECK(x.has_gradient());
}

TEST_CASE("several outputs with given gradients are one loss") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({2, 3});
  const Variable<double> a = tape.apply(Scale{10.0}, {x});
  const Variable<double> b = tape.apply(Multiply{}, {x, x});
  std::vector<Tape<double>::SeededOutput> seeds;
  const auto seed = [&](const Variable<double>& output, double first, double second) {
    Tensor<double> gradient({2});
    gradient[0] = first;
    gradient[1] = second;
    seeds.push_back({output, std::move(gradient)});
  };
  seed(a, 1, 0.5);
  seed(b, 2, -1);
  seed(a, 1, 1);  // the same output again
  tape.backward(seeds);
  CHECK(gradient_of(x) == std::vector<double>{10 * 2 + 2 * 4, 10 * 1.5 - 6});
}

TEST_CASE("a seed on an inner output joins what flows in from above") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1});
  const Variable<double> inner = tape.apply(Scale{2.0}, {x});
  const Variable<double> outer = tape.apply(Scale{5.0}, {inner});
  std::vector<Tape<double>::SeededOutput> seeds;
  for (const Variable<double>* output : {&inner, &outer}) {
    Tensor<double> one({1});
    one.fill(1);
    seeds.push_back({*output, std::move(one)});
  }
  tape.backward(seeds);
  CHECK(gradient_of(x) == std::vector<double>{2 * (1 + 5)});
}

TEST_CASE("nothing is noted where nothing wants a gradient, or recording is off") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> constant = variable({1, 2}, false);
  const Variable<double> y = tape.apply(Scale{2.0}, {constant});
  CHECK(tape.size() == 0);
  CHECK_FALSE(y.wants_gradient());
  CHECK(y.value()[1] == 4);
  Tape<double> off(context, Recording::off);
  const Variable<double> z = off.apply(Scale{2.0}, {variable({1, 2})});
  CHECK(off.size() == 0);
  CHECK_FALSE(z.wants_gradient());
}

TEST_CASE("a constant operand gets no gradient") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1, 2});
  const Variable<double> c = variable({5, 7}, false);
  tape.backward(tape.apply(Sum{}, {tape.apply(Multiply{}, {x, c})}));
  CHECK(gradient_of(x) == std::vector<double>{5, 7});
  CHECK_FALSE(c.has_gradient());
}

TEST_CASE("each application's memory is free as soon as it has played back") {
  Context context(1);
  constexpr std::int64_t elements = 1 << 14;
  Tensor<double> start = context.zeros<double>({elements});
  const Variable<double> x(std::move(start), true);
  constexpr std::size_t bytes = elements * sizeof(double);
  Tape<double> tape(context);
  Variable<double> y = x;
  for (int i = 0; i < 50; ++i) y = tape.apply(Tanh{}, {y});  // each keeps its output
  const Variable<double> loss = tape.apply(Sum{}, {y});
  y = {};
  const std::size_t kept = context.allocator().statistics().in_use;
  CHECK(kept >= 50 * bytes);
  context.allocator().reset_peak();
  tape.backward(loss);
  // Gradients take the place of the outputs that went: never more than a few at a time.
  CHECK(context.allocator().statistics().peak <= kept + 4 * bytes);
  CHECK(context.allocator().statistics().in_use <= 3 * bytes);
}

TEST_CASE("clear forgets what was noted and its memory") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1, 2});
  {
    Variable<double> y = tape.apply(Tanh{}, {x});
    y = tape.apply(Tanh{}, {y});
  }
  CHECK(tape.size() == 2);
  tape.clear();
  CHECK(tape.size() == 0);
  CHECK(context.allocator().statistics().in_use == 0);
  CHECK_FALSE(x.has_gradient());
}

TEST_CASE("a chain of 100,000 applications plays back without recursion") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1});
  Variable<double> y = x;
  for (int i = 0; i < 100'000; ++i) y = tape.apply(Scale{1.0}, {y});
  CHECK(tape.size() == 100'000);
  tape.backward(y);
  CHECK(gradient_of(x) == std::vector<double>{1});
  // And one that is dropped without playing back.
  Variable<double> z = x;
  for (int i = 0; i < 100'000; ++i) z = tape.apply(Tanh{}, {z});
  tape.clear();
}

TEST_CASE("a reserved gradient is memory alone") {
  Context context(1);
  Variable<double> x = variable({1, 2});
  x.reserve_gradient(context);
  CHECK_FALSE(x.has_gradient());
  const std::size_t reserved = context.allocator().statistics().in_use;
  CHECK(reserved > 0);
  x.reserve_gradient(context);
  CHECK(context.allocator().statistics().in_use == reserved);
  x.gradient().fill(100);  // what lies there is no part of a gradient
  const double* const memory = x.gradient().data();
  Tape<double> tape(context);
  tape.backward(tape.apply(Sum{}, {tape.apply(Multiply{}, {x, x})}));
  CHECK(gradient_of(x) == std::vector<double>{2, 4});
  CHECK(x.gradient().data() == memory);
  Variable<double> constant = variable({1, 2}, false);
  constant.reserve_gradient(context);
  CHECK_FALSE(constant.wants_gradient());
}

TEST_CASE("a value that is held keeps its gradient after the pass") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1, 2});
  const Variable<double> inner = tape.apply(Scale{2.0}, {x});
  tape.backward(tape.apply(Sum{}, {tape.apply(Multiply{}, {inner, inner})}));
  CHECK(gradient_of(inner) == std::vector<double>{4, 8});
}

TEST_CASE("a loss of several elements, or one that nothing led to, is refused") {
  Context context(1);
  Tape<double> tape(context);
  const Variable<double> x = variable({1, 2});
  const Variable<double> y = tape.apply(Scale{2.0}, {x});
  REQUIRE_THROWS_MATCHES(tape.backward(y), ShapeError, MessageMatches(ContainsSubstring("[2]")));
  REQUIRE_THROWS_AS(tape.backward(tape.apply(Sum{}, {variable({1}, false)})), ArgumentError);
  const Tape<double>::SeededOutput seed{y, Tensor<double>({3})};
  REQUIRE_THROWS_MATCHES(tape.backward(std::span(&seed, 1)), ShapeError,
                         MessageMatches(ContainsSubstring("[2]") && ContainsSubstring("[3]")));
}

TEST_CASE("a gradient that is passed on as it is changes its owner, unless others know or share it") {
  Context context(1);
  const auto gradients = [&](bool keep, bool twice, bool used_before) {
    Tape<double> tape(context);
    const Variable<double> a = variable({1, 2});
    const Variable<double> b = variable({3, 4});
    Variable<double> kept;
    {
      const Variable<double> sum = tape.apply(Add{}, {a, twice ? a : b});
      const Variable<double> result = tape.apply(Scale{2.0}, {sum});
      const Variable<double> more = used_before ? tape.apply(Add{}, {result, b}) : result;
      if (keep) kept = sum;
      tape.backward(tape.apply(Sum{}, {more}));
    }
    if (keep) CHECK(gradient_of(kept) == std::vector<double>{2, 2});
    return std::vector{gradient_of(a), twice && !used_before ? std::vector<double>{} : gradient_of(b)};
  };
  for (const bool keep : {false, true}) {
    CHECK(gradients(keep, false, false) == std::vector<std::vector<double>>{{2, 2}, {2, 2}});
    CHECK(gradients(keep, true, false) == std::vector<std::vector<double>>{{4, 4}, {}});
    CHECK(gradients(keep, false, true) == std::vector<std::vector<double>>{{2, 2}, {3, 3}});
    CHECK(gradients(keep, true, true) == std::vector<std::vector<double>>{{4, 4}, {1, 1}});
  }
}
