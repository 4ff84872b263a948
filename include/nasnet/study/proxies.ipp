#pragma once

#include "nasnet/study/proxies.hpp"

#include <cmath>    // abs, log, sqrt
#include <cstddef>  // size_t
#include <cstdint>  // int32_t, int64_t, uint8_t
#include <limits>   // numeric_limits
#include <utility>  // move
#include <variant>  // get_if, holds_alternative
#include <vector>   // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/size.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/primitive/primitives.hpp"
#include "nasnet/train/train_step.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A fresh network with the gradients of the batch's loss.
template <class Scalar>
[[nodiscard]] Model<Scalar> model_with_gradients(Context& context, const NetworkGraph& graph,
                                                 const RandomStream& random, const ProxyBatch<Scalar>& batch) {
  Model<Scalar> model(graph, random);
  static_cast<void>(compute_gradients(context, model, batch.images.clone(context.allocator()), batch.labels,
                                      {.mode = Mode::train, .random = random.split("proxy")}, {.auxiliary_weight = 0}));
  return model;
}

/// Calls visit(value, gradient) for each number of each kernel that has a gradient.
template <class Scalar, class Visit>
void visit_kernels(const Model<Scalar>& model, const Visit& visit) {
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const Variable<Scalar>& parameter = model.parameters()[p];
    if (!model.graph().parameters[p].spec.decays() || !parameter.has_gradient()) continue;
    for (std::int64_t i = 0; i < parameter.value().elements(); ++i) {
      visit(static_cast<double>(parameter.value()[i]), static_cast<double>(parameter.gradient()[i]));
    }
  }
}

NASNET_BODY void make_linear(Model<double>& model) {
  const NetworkGraph& graph = model.graph();
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    if (!graph.parameters[p].spec.decays()) continue;
    for (double& value : model.parameters()[p].value().values()) value = std::abs(value);
  }
  for (const GraphNode& node : graph.nodes) {
    const auto* norm = std::get_if<BatchNorm>(&node.primitive);
    if (norm == nullptr) continue;
    // weight, bias, mean and variance
    const double values[] = {1, 0, 0, 1 - norm->epsilon};
    for (std::size_t k = 0; k < node.parameters.size(); ++k) {
      model.parameters()[static_cast<std::size_t>(node.parameters[k])].value().fill(values[k]);
    }
  }
}

NASNET_BODY double log_determinant(std::vector<std::vector<double>> rows) {
  double sum = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    double pivot = rows[k][k];
    for (std::size_t j = 0; j < k; ++j) pivot -= rows[k][j] * rows[k][j];
    const double rounding = std::numeric_limits<double>::epsilon() * static_cast<double>(rows.size()) * rows[k][k];
    if (!(pivot > rounding)) return -std::numeric_limits<double>::infinity();
    sum += std::log(pivot);
    rows[k][k] = std::sqrt(pivot);
    for (std::size_t i = k + 1; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < k; ++j) rows[i][k] -= rows[i][j] * rows[k][j];
      rows[i][k] /= rows[k][k];
    }
  }
  return sum;
}

/// The outputs of all ReLUs of a network, auxiliary head left out, as signs: for each image a code of 0 and 1.
template <class Scalar>
[[nodiscard]] std::vector<std::vector<std::uint8_t>> relu_codes(Context& context, const Model<Scalar>& model,
                                                                const Tensor<Scalar>& images,
                                                                const RandomStream& random) {
  std::vector<int> relus;
  for (std::size_t n = 0; n < model.graph().nodes.size(); ++n) {
    const GraphNode& node = model.graph().nodes[n];
    if (node.part != NetworkPart::auxiliary && std::holds_alternative<Relu>(node.primitive)) {
      relus.push_back(static_cast<int>(n));
    }
  }
  Tape<Scalar> tape(context, Recording::off);
  const Variable<Scalar> input(images.clone(context.allocator()));
  std::vector<std::vector<std::uint8_t>> codes(static_cast<std::size_t>(images.extent(0)));
  for (const NodeMap<Scalar>& relu : model.features(tape, input, relus, {.mode = Mode::train, .random = random})) {
    const Tensor<Scalar>& map = relu.map.value();
    const std::int64_t length = map.elements() / map.extent(0);
    for (std::int64_t i = 0; i < map.elements(); ++i) {
      codes[static_cast<std::size_t>(i / length)].push_back(map[i] > 0 ? 1 : 0);
    }
  }
  return codes;
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
double gradient_norm_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                           const ProxyBatch<Scalar>& batch) {
  double squares = 0;
  detail::visit_kernels(detail::model_with_gradients(context, graph, random, batch),
                        [&](double /*value*/, double gradient) { squares += gradient * gradient; });
  return std::sqrt(squares);
}

template <class Scalar>
double snip_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                  const ProxyBatch<Scalar>& batch) {
  double sum = 0;
  detail::visit_kernels(detail::model_with_gradients(context, graph, random, batch),
                        [&](double value, double gradient) { sum += std::abs(value * gradient); });
  return sum;
}

NASNET_BODY double synflow_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random, Size image) {
  Model<double> model(graph, random);
  detail::make_linear(model);
  Tensor<double> ones = context.tensor<double>({1, image.height, image.width, graph.input_channels});
  ones.fill(1);
  Tape<double> tape(context);
  const ModelOutput<double> output = model.forward(tape, Variable<double>(std::move(ones)), {.mode = Mode::frozen});
  tape.backward(tape.apply(Sum{}, {output.logits}));
  double sum = 0;
  detail::visit_kernels(model, [&](double value, double gradient) { sum += value * gradient; });
  return sum;
}

template <class Scalar>
double naswot_proxy(Context& context, const NetworkGraph& graph, const RandomStream& random,
                    const Tensor<Scalar>& images) {
  const Model<Scalar> model(graph, random);
  const auto codes = detail::relu_codes(context, model, images, random.split("proxy"));
  std::vector<std::vector<double>> kernel;
  for (const std::vector<std::uint8_t>& one : codes) {
    std::vector<double>& row = kernel.emplace_back();
    for (const std::vector<std::uint8_t>& other : codes) {
      std::int64_t equal = 0;
      for (std::size_t k = 0; k < one.size(); ++k) equal += one[k] == other[k] ? 1 : 0;
      row.push_back(static_cast<double>(equal));
    }
  }
  return detail::log_determinant(std::move(kernel));
}

}  // namespace nasnet::inline NASNET_ABI
