#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "nasnet/autograd/gradient_check.hpp"
#include "nasnet/autograd/tape.hpp"
#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/shape.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/add.hpp"
#include "nasnet/ops/add_bias.hpp"
#include "nasnet/ops/concat.hpp"
#include "nasnet/ops/elementwise.hpp"
#include "nasnet/ops/gather.hpp"
#include "nasnet/ops/log_softmax.hpp"
#include "nasnet/ops/matrix_multiply.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/ops/slice.hpp"

using namespace nasnet;

namespace {

Variable<double> normal(const Shape& shape, std::uint64_t seed, double scale = 0.5) {
  RandomStream random = RandomStream(seed).split("test");
  Tensor<double> tensor(shape);
  for (double& value : tensor.values()) value = scale * random.normal();
  return Variable<double>(std::move(tensor), true);
}

// A one-layer LSTM over tokens, which picks a token at each step and feeds it back: sum of log-probabilities and
// entropy.
struct Recurrent {
  std::int64_t units = 5;
  std::int64_t choices = 4;
  Variable<double> embedding = normal({4, 3}, 1);
  Variable<double> input_weight = normal({3, 20}, 2);
  Variable<double> state_weight = normal({5, 20}, 3);
  Variable<double> bias = normal({20}, 4);
  Variable<double> output_weight = normal({5, 4}, 5);

  [[nodiscard]] std::vector<Variable<double>> parameters() const {
    return {embedding, input_weight, state_weight, bias, output_weight};
  }

  [[nodiscard]] Variable<double> loss(Tape<double>& tape, const std::vector<std::vector<std::int32_t>>& tokens) const {
    const auto batch = static_cast<std::int64_t>(tokens[0].size());
    Variable<double> h(tape.context().zeros<double>({batch, units}));
    Variable<double> c(tape.context().zeros<double>({batch, units}));
    Variable<double> total;
    for (std::size_t step = 0; step + 1 < tokens.size(); ++step) {
      const Variable<double> x = tape.apply(EmbeddingRow{tokens[step]}, {embedding});
      Variable<double> gates = tape.apply(
          Add{}, {tape.apply(MatrixMultiply{}, {x, input_weight}), tape.apply(MatrixMultiply{}, {h, state_weight})});
      gates = tape.apply(AddBias{}, {gates, bias});
      const auto gate = [&](std::int64_t index) {
        return tape.apply(Slice{index * units, (index + 1) * units}, {gates});
      };
      const Variable<double> in = tape.apply(Sigmoid{}, {gate(0)});
      const Variable<double> forget = tape.apply(Sigmoid{}, {gate(1)});
      const Variable<double> cell = tape.apply(Tanh{}, {gate(2)});
      const Variable<double> out = tape.apply(Sigmoid{}, {gate(3)});
      c = tape.apply(Add{}, {tape.apply(Multiply{}, {forget, c}), tape.apply(Multiply{}, {in, cell})});
      h = tape.apply(Multiply{}, {out, tape.apply(Tanh{}, {c})});
      const Variable<double> log_p = tape.apply(LogSoftmax{}, {tape.apply(MatrixMultiply{}, {h, output_weight})});
      const Variable<double> chosen = tape.apply(Sum{}, {tape.apply(PickColumn{tokens[step + 1]}, {log_p})});
      const Variable<double> entropy = tape.apply(Sum{}, {tape.apply(Multiply{}, {tape.apply(Exp{}, {log_p}), log_p})});
      const Variable<double> both = tape.apply(Add{}, {chosen, tape.apply(Scale{0.1}, {entropy})});
      total = step == 0 ? both : tape.apply(Add{}, {total, both});
    }
    return total;
  }
};

}  // namespace

TEST_CASE("a recurrent controller's expression has the gradients of finite differences") {
  Context context(1);
  const Recurrent lstm;
  const std::vector<std::vector<std::int32_t>> tokens{{0, 1, 3}, {2, 2, 1}, {3, 0, 0}, {1, 1, 2}};
  const auto result =
      check_gradients([&](Tape<double>& tape) { return lstm.loss(tape, tokens); }, lstm.parameters(), context);
  INFO(result.worst_place);
  CHECK(result.passed);
  CHECK(result.worst_error < 1e-8);
}

TEST_CASE("a clipped ratio objective has the gradients of finite differences") {
  Context context(1);
  // min(r a, clamp(r, 0.8, 1.2) a) with r = exp(x), away from the corners.
  const Variable<double> x = normal({40}, 8, 0.4);
  const Variable<double> advantage = normal({40}, 9, 1.0);
  const auto objective = [&](Tape<double>& tape) {
    const Variable<double> ratio = tape.apply(Exp{}, {x});
    const Variable<double> plain = tape.apply(Multiply{}, {ratio, advantage});
    const Variable<double> clipped = tape.apply(Multiply{}, {tape.apply(Clamp{0.8, 1.2}, {ratio}), advantage});
    return tape.apply(Mean{}, {tape.apply(Minimum{}, {plain, clipped})});
  };
  const auto result = check_gradients(objective, {x, advantage}, context);
  INFO(result.worst_place);
  CHECK(result.passed);
}

TEST_CASE("a quotient by logarithms has the gradients of finite differences") {
  Context context(1);
  Variable<double> x = normal({12}, 10);
  for (double& value : x.value().values()) value = 0.5 + std::abs(value);
  const Variable<double> y = normal({12}, 11);
  const auto f = [&](Tape<double>& tape) {
    const Variable<double> log_x = tape.apply(Log{}, {x});
    return tape.apply(Sum{}, {tape.apply(Exp{}, {tape.apply(Subtract{}, {y, log_x})})});
  };
  CHECK(check_gradients(f, {x, y}, context).passed);
}
