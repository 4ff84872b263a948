// Images, statistics and small networks for tests of models.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nasnet/model/model.hpp"

namespace sample_networks {

template <class Scalar = float>
nasnet::Tensor<Scalar> random_images(nasnet::Shape shape, std::uint64_t seed) {
  nasnet::RandomStream random = nasnet::RandomStream(seed).split("images");
  nasnet::Tensor<Scalar> images(shape);
  for (Scalar& value : images.values()) value = static_cast<Scalar>(random.normal());
  return images;
}

template <class Scalar>
std::vector<Scalar> to_vector(const nasnet::Tensor<Scalar>& tensor) {
  return {tensor.values().begin(), tensor.values().end()};
}

// Samples begin .. begin + count - 1.
inline nasnet::Tensor<float> slice_batch(const nasnet::Tensor<float>& images, std::int64_t begin, std::int64_t count) {
  nasnet::Tensor<float> part({count, images.extent(1), images.extent(2), images.extent(3)});
  const std::int64_t length = images.elements() / images.extent(0);
  for (std::int64_t i = 0; i < part.elements(); ++i) part[i] = images[begin * length + i];
  return part;
}

template <class Scalar>
std::size_t index_of(const nasnet::Model<Scalar>& model, const std::string& name) {
  for (std::size_t p = 0; p < model.graph().parameters.size(); ++p) {
    if (model.graph().parameters[p].name == name) return p;
  }
  throw std::runtime_error("no parameter is named " + name);
}

template <class Scalar>
std::vector<std::vector<Scalar>> statistics_of(const nasnet::Model<Scalar>& model) {
  std::vector<std::vector<Scalar>> statistics;
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    if (model.graph().parameters[p].spec.role != nasnet::ParameterRole::statistic) continue;
    statistics.push_back(to_vector(model.parameters()[p].value()));
  }
  return statistics;
}

// Brings the running statistics near those of random images.
template <class Scalar>
void move_statistics(nasnet::Model<Scalar>& model, nasnet::Context& context, nasnet::Shape shape) {
  for (std::uint64_t step = 0; step < 20; ++step) {
    nasnet::Tape<Scalar> tape(context, nasnet::Recording::off);
    const nasnet::Variable<Scalar> images(random_images<Scalar>(shape, 100 + step));
    static_cast<void>(model.forward(tape, images, {.mode = nasnet::Mode::train}));
  }
}

// Parameters away from their neutral initial values, and variances above zero.
template <class Scalar>
nasnet::Model<Scalar> varied_model(const nasnet::NetworkGraph& graph, std::uint64_t seed = 7) {
  nasnet::Model<Scalar> model(graph, nasnet::RandomStream(seed));
  nasnet::RandomStream random = nasnet::RandomStream(seed).split("statistics");
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const nasnet::ParameterSpec& spec = graph.parameters[p].spec;
    if (spec.layout != nasnet::ParameterLayout::vector || spec.role == nasnet::ParameterRole::fixed) continue;
    for (Scalar& value : model.parameters()[p].value().values()) {
      value = static_cast<Scalar>(spec.name == "running_var" || spec.name == "weight" ? 0.5 + random.uniform()
                                                                                      : 0.3 * random.normal());
    }
  }
  return model;
}

}  // namespace sample_networks
