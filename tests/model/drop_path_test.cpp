#include <cmath>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/model/model.hpp"

using namespace nasnet;
using namespace sample_networks;

namespace {

RunOptions run_at(double keep, double progress, std::uint64_t seed, Mode mode = Mode::train) {
  RunOptions run{.mode = mode, .random = RandomStream(seed)};
  run.drop_path_keep = keep;
  run.drop_path_progress = progress;
  return run;
}

Tensor<float> ones(Shape shape) {
  Tensor<float> tensor(shape);
  tensor.fill(1);
  return tensor;
}

// drop_path(pool(x)) twice from one map, side by side.
Model<float> two_pools(double depth_ratio) {
  GraphBuilder g(2);
  const Value left = g.drop_path(g.average_pool(g.input()), depth_ratio);
  const Value right = g.drop_path(g.average_pool(g.input()), depth_ratio);
  return Model<float>(std::move(g).finish(g.concat(std::vector<Value>{left, right})), RandomStream(1));
}

Tensor<float> output(const Model<float>& model, Context& context, const Tensor<float>& images, const RunOptions& run) {
  Tape<float> tape(context, Recording::off);
  return model.forward(tape, Variable<float>(images.clone()), run).logits.value().clone();
}

}  // namespace

TEST_CASE("a drop path keeps or drops a sample's whole map and divides by the probability of staying") {
  Context context(1);
  const Model<float> model = two_pools(0.5);
  constexpr std::int64_t n = 4000;
  // keep = 1 - 0.8 * 0.5 * (1 - 0.4) = 0.76
  const Tensor<float> y = output(model, context, ones({n, 2, 3, 2}), run_at(0.4, 0.8, 7));
  const float kept = 1.0F / 0.76F;
  std::int64_t left = 0;
  std::int64_t right = 0;
  std::int64_t both = 0;
  for (std::int64_t sample = 0; sample < n; ++sample) {
    const float l = y(sample, 0, 0, 0);
    const float r = y(sample, 0, 0, 2);
    for (std::int64_t h = 0; h < 2; ++h) {
      for (std::int64_t w = 0; w < 3; ++w) {
        for (std::int64_t c = 0; c < 2; ++c) {
          REQUIRE(y(sample, h, w, c) == l);
          REQUIRE(y(sample, h, w, 2 + c) == r);
        }
      }
    }
    REQUIRE((l == 0 || l == Approx(kept).epsilon(1e-6)));
    REQUIRE((r == 0 || r == Approx(kept).epsilon(1e-6)));
    left += l > 0 ? 1 : 0;
    right += r > 0 ? 1 : 0;
    both += l > 0 && r > 0 ? 1 : 0;
  }
  // Five deviations of a binomial; the two masks are independent.
  const double deviation = std::sqrt(0.76 * 0.24 / n);
  CHECK(std::abs(static_cast<double>(left) / n - 0.76) < 5 * deviation);
  CHECK(std::abs(static_cast<double>(right) / n - 0.76) < 5 * deviation);
  CHECK(std::abs(static_cast<double>(both) / n - 0.76 * 0.76) < 5 * std::sqrt(0.5776 * 0.4224 / n));
}

TEST_CASE("the mean of what a drop path yields is what it reads") {
  Context context(1);
  const Model<float> model = two_pools(1.0);
  const Tensor<float> images = random_images({1, 3, 3, 2}, 4);
  const Tensor<float> wanted = output(model, context, images, run_at(1, 1, 0));
  std::vector<double> mean(static_cast<std::size_t>(wanted.elements()), 0.0);
  constexpr int runs = 4000;
  for (int run = 0; run < runs; ++run) {
    const Tensor<float> y = output(model, context, images, run_at(0.6, 1, static_cast<std::uint64_t>(run)));
    for (std::int64_t i = 0; i < y.elements(); ++i)
      mean[static_cast<std::size_t>(i)] += static_cast<double>(y[i]) / runs;
  }
  for (std::int64_t i = 0; i < wanted.elements(); ++i) {
    const double x = wanted[i];
    const double deviation = std::abs(x) * std::sqrt((1 - 0.6) / 0.6 / runs);
    CHECK(std::abs(mean[static_cast<std::size_t>(i)] - x) < 5 * deviation + 1e-6);
  }
}

TEST_CASE("drop paths act in frozen training and not in evaluation") {
  Context context(1);
  const Model<float> model = two_pools(1.0);
  const Tensor<float> images = ones({64, 1, 1, 2});
  const auto zeros = [&](const RunOptions& run) {
    int count = 0;
    const Tensor<float> y = output(model, context, images, run);
    for (const float value : y.values()) count += value == 0 ? 1 : 0;
    return count;
  };
  CHECK(zeros(run_at(0.5, 1, 1, Mode::evaluate)) == 0);
  CHECK(zeros(run_at(0.5, 1, 1, Mode::frozen)) > 0);
  CHECK(zeros(run_at(0.5, 0, 1)) == 0);
  CHECK(zeros(run_at(1, 1, 1)) == 0);
}

TEST_CASE("a dropped path passes no gradient, a kept one passes it divided") {
  Context context(1);
  GraphBuilder g(1);
  const Value y = g.drop_path(g.input(), 1.0);
  const Model<float> model(std::move(g).finish(y), RandomStream(1));
  const Variable<float> images(ones({32, 1, 1, 1}), true);
  Tape<float> tape(context);
  const Variable<float> out = model.forward(tape, images, run_at(0.5, 1, 3)).logits;
  const Tape<float>::SeededOutput seed{out, ones({32, 1, 1, 1})};
  tape.backward(std::span(&seed, 1));
  int kept = 0;
  for (std::int64_t n = 0; n < 32; ++n) {
    CHECK(images.gradient()[n] == out.value()[n]);
    kept += out.value()[n] > 0 ? 1 : 0;
  }
  CHECK(kept > 0);
  CHECK(kept < 32);
}

TEST_CASE("dropout drops single values in training, with the mean kept") {
  Context context(1);
  GraphBuilder g(5000);
  const Value y = g.dropout(g.input(), 0.75);
  const Model<float> model(std::move(g).finish(y), RandomStream(1));
  const Tensor<float> dropped = output(model, context, ones({2, 1, 1, 5000}), run_at(1, 0, 3));
  double mean = 0;
  int differ = 0;
  for (std::int64_t i = 0; i < 10000; ++i) {
    REQUIRE((dropped[i] == 0 || dropped[i] == Approx(1 / 0.75).epsilon(1e-6)));
    mean += static_cast<double>(dropped[i]) / 10000;
    differ += i < 5000 && dropped[i] != dropped[i + 5000] ? 1 : 0;
  }
  CHECK(std::abs(mean - 1) < 5 * std::sqrt(0.25 / 0.75 / 10000));
  CHECK(differ > 1000);
  const Tensor<float> evaluated = output(model, context, ones({2, 1, 1, 5000}), run_at(1, 0, 3, Mode::evaluate));
  for (const float value : evaluated.values()) REQUIRE(value == 1);
}
