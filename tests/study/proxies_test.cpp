#include "nasnet/study/proxies.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/graph_builder.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"
#include "nasnet/study/cell_table.hpp"

using namespace nasnet;

namespace {

/// Convolution, batch norm, ReLU, pointwise convolution, batch norm, ReLU, mean, dense layer.
NetworkGraph chain(double epsilon = 1e-3) {
  GraphBuilder g(2, {.epsilon = epsilon});
  Value x = g.batch_norm(g.convolution(g.input(), 5));
  {
    const auto scope = g.scope("second");
    x = g.batch_norm(g.pointwise(g.relu(x), 3));
  }
  return std::move(g).finish(g.dense(g.global_average_pool(g.relu(x)), 4, "head"));
}

/// One of the table's cells, in a small network.
NetworkGraph network_of_cell() {
  NetworkConfig config;
  config.input_channels = 1;
  config.classes = 3;
  config.cells_per_stack = 1;
  config.filters = 2;
  return build_network(cell_table_cells().back(), CellTableOps::table(), config);
}

template <class Scalar>
ProxyBatch<Scalar> batch(Shape shape, int classes) {
  ProxyBatch<Scalar> made{sample_networks::random_images<Scalar>(shape, 3), {}};
  for (std::int64_t n = 0; n < shape[0]; ++n) made.labels.push_back(static_cast<std::int32_t>(n % classes));
  return made;
}

/// The mean cross entropy of a batch.
double loss_of(const Model<double>& model, const ProxyBatch<double>& batch) {
  Context context(1);
  Tape<double> tape(context, Recording::off);
  const Variable<double> images(batch.images.clone());
  const Variable<double> logits = model.forward(tape, images, {.mode = Mode::train}).logits;
  return tape.apply(SoftmaxCrossEntropy{batch.labels}, {logits}).value()[0];
}

/// The sum of all logits where batch norms are left out and kernels have no sign, for an image of ones.
double flow_of(const Model<double>& model, Size image) {
  Context context(1);
  Tape<double> tape(context, Recording::off);
  Tensor<double> ones({1, image.height, image.width, model.graph().input_channels});
  ones.fill(1);
  const ModelOutput<double> output = model.forward(tape, Variable<double>(std::move(ones)), {});
  double sum = 0;
  for (const double logit : output.logits.value().values()) sum += logit;
  return sum;
}

/// Calls visit(weight, derivative) for each number of each kernel; the derivative of `of()` by finite differences.
template <class Of, class Visit>
void differentiate(Model<double>& model, const Of& of, const Visit& visit) {
  constexpr double step = 1e-6;
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    if (!model.graph().parameters[p].spec.decays()) continue;
    for (double& weight : model.parameters()[p].value().values()) {
      const double before = weight;
      weight = before + step;
      const double above = of();
      weight = before - step;
      const double below = of();
      weight = before;
      visit(weight, (above - below) / (2 * step));
    }
  }
}

}  // namespace

TEST_CASE("proxies: gradient norm and SNIP are those of finite differences") {
  for (const NetworkGraph& graph : {chain(), network_of_cell()}) {
    const auto classes = static_cast<int>(graph.channels_of(graph.output));
    const ProxyBatch<double> images = batch<double>({3, 5, 4, graph.input_channels}, classes);
    const RandomStream random(4);
    Model<double> model(graph, random);
    double squares = 0;
    double sum = 0;
    differentiate(
        model, [&] { return loss_of(model, images); },
        [&](double weight, double derivative) {
          squares += derivative * derivative;
          sum += std::abs(weight * derivative);
        });
    Context context(1);
    CHECK(gradient_norm_proxy(context, graph, random, images) == Approx(std::sqrt(squares)).epsilon(1e-4));
    CHECK(snip_proxy(context, graph, random, images) == Approx(sum).epsilon(1e-4));
  }
}

TEST_CASE("proxies: SynFlow of a chain is its output once for each layer with a kernel") {
  for (const double epsilon : {1e-3, 0.5}) {  // batch norms do nothing, whatever they add to the variance
    const NetworkGraph graph = chain(epsilon);
    const RandomStream random(5);
    Model<double> model(graph, random);
    detail::make_linear(model);
    const double flow = flow_of(model, {6, 3});
    CHECK(flow > 0);
    Context context(1);
    CHECK(synflow_proxy(context, graph, random, {6, 3}) == Approx(3 * flow).epsilon(1e-10));
  }
  // 1x1 kernels on one pixel: the sum of products along all paths, made by hand.
  GraphBuilder g(1);
  const NetworkGraph graph = std::move(g).finish(g.pointwise(g.relu(g.pointwise(g.input(), 2)), 1, "last"));
  const Model<double> model(graph, RandomStream(6));
  const auto weights = [&](std::size_t p) { return sample_networks::to_vector(model.parameters()[p].value()); };
  const double paths = std::abs(weights(0)[0] * weights(1)[0]) + std::abs(weights(0)[1] * weights(1)[1]);
  Context context(1);
  CHECK(synflow_proxy(context, graph, RandomStream(6), {1, 1}) == Approx(2 * paths).epsilon(1e-12));
}

TEST_CASE("proxies: SynFlow of a network is that of finite differences") {
  const NetworkGraph graph = network_of_cell();
  const RandomStream random(7);
  Model<double> model(graph, random);
  detail::make_linear(model);
  double sum = 0;
  differentiate(
      model,
      [&] {
        return flow_of(model, {5, 7});
      },
      [&](double weight, double derivative) { sum += weight * derivative; });
  Context context(1);
  CHECK(synflow_proxy(context, graph, random, {5, 7}) == Approx(sum).epsilon(1e-5));
}

TEST_CASE("proxies: NASWOT of codes made by hand") {
  // One pixel, two channels, ReLU first: the codes are the signs of the pixel.
  GraphBuilder g(2);
  const NetworkGraph graph = std::move(g).finish(g.dense(g.global_average_pool(g.relu(g.input())), 2, "head"));
  Tensor<double> images({2, 1, 1, 2});
  const double pixels[] = {1, 2, 3, -4};
  for (std::int64_t i = 0; i < 4; ++i) images[i] = pixels[i];
  Context context(1);
  // K = [[2, 1], [1, 2]]
  CHECK(naswot_proxy(context, graph, RandomStream(1), images) == Approx(std::log(3)));
  images[3] = 4;  // equal codes
  CHECK(naswot_proxy(context, graph, RandomStream(1), images) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("proxies: the logarithm of a determinant") {
  CHECK(detail::log_determinant({{5}}) == Approx(std::log(5)));
  // 4 * (6 * 5 - 1) - 2 * (2 * 5 - 1) + 1 * (2 - 6) = 94
  CHECK(detail::log_determinant({{4, 2, 1}, {2, 6, 1}, {1, 1, 5}}) == Approx(std::log(94)));
  CHECK(detail::log_determinant({{1, 1}, {1, 1}}) == -std::numeric_limits<double>::infinity());
  CHECK(detail::log_determinant({{0}}) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("proxies: depend on the random stream alone, not on threads or what was measured before") {
  const NetworkGraph graph = network_of_cell();
  const ProxyBatch<float> images = batch<float>({8, 9, 9, 1}, 3);
  const auto all = [&](int threads, std::uint64_t seed) {
    Context context(threads);
    const RandomStream random(seed);
    return std::vector<double>{
        gradient_norm_proxy(context, graph, random, images), snip_proxy(context, graph, random, images),
        synflow_proxy(context, graph, random, {9, 9}), naswot_proxy(context, graph, random, images.images)};
  };
  const std::vector<double> once = all(1, 8);
  CHECK(all(3, 8) == once);
  const std::vector<double> other = all(1, 9);
  for (std::size_t k = 0; k < once.size(); ++k) {
    CHECK(std::isfinite(once[k]));
    CHECK(other[k] != once[k]);
  }
}

TEST_CASE("proxies: images and labels that do not fit are refused") {
  const NetworkGraph graph = network_of_cell();
  Context context(1);
  ProxyBatch<float> images = batch<float>({4, 6, 6, 2}, 3);
  CHECK_THROWS_AS(snip_proxy(context, graph, RandomStream(1), images), ShapeError);
  CHECK_THROWS_AS(naswot_proxy(context, graph, RandomStream(1), images.images), ShapeError);
  images = batch<float>({4, 6, 6, 1}, 3);
  images.labels[2] = 3;
  CHECK_THROWS_AS(gradient_norm_proxy(context, graph, RandomStream(1), images), Error);
  images.labels.pop_back();
  CHECK_THROWS_AS(gradient_norm_proxy(context, graph, RandomStream(1), images), Error);
}
