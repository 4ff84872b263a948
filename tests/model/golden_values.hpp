// The formulas that golden/make_golden.py and the tests share, and comparisons with its numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.hpp"
#include "golden/formula.hpp"
#include "nasnet/io/weights.hpp"
#include "nasnet/model/model.hpp"
#include "tests_folder.hpp"

namespace golden_values {

using golden_formula::uniform;
using nlohmann::json;
using namespace nasnet;

// A parameter's values by formula, in the file's layout.
inline Tensor<double> formula(const GraphParameter& parameter) {
  const Shape shape = parameter.spec.file_shape();
  const std::string& name = parameter.name;
  Tensor<double> tensor(shape);
  const bool around_one = name.ends_with("running_var") || name.ends_with("bn.weight") ||
                          name.ends_with("bn1.weight") || name.ends_with("bn2.weight");
  double scale = 0.25;
  if (shape.rank() > 1) scale = std::sqrt(24.0 / static_cast<double>(shape.elements() / shape[0]));
  const std::vector<double> u = uniform(name, shape.elements());
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    const double value = u[static_cast<std::size_t>(i)];
    tensor[i] = around_one && shape.rank() == 1 ? 1 + 0.5 * value : scale * value;
  }
  return tensor;
}

template <class Scalar>
void set_by_formula(Model<Scalar>& model) {
  const auto& parameters = model.graph().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    from_file_layout(parameters[p].spec, formula(parameters[p]), model.parameters()[p].value());
  }
}

template <class Scalar>
Tensor<Scalar> images_of(const json& golden) {
  const auto extents = golden.at("images").get<std::vector<std::int64_t>>();
  Tensor<Scalar> images{Shape(extents)};
  const std::vector<double> u = uniform("images of " + golden.at("name").get<std::string>(), images.elements());
  for (std::int64_t i = 0; i < images.elements(); ++i)
    images[i] = static_cast<Scalar>(4 * u[static_cast<std::size_t>(i)]);
  return images;
}

template <class Scalar>
void check_values(const Tensor<Scalar>& found, const json& wanted, double tolerance) {
  const auto values = wanted.get<std::vector<double>>();
  REQUIRE(found.elements() == static_cast<std::int64_t>(values.size()));
  double scale = 0;
  double error = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    scale = (std::max)(scale, std::abs(values[i]));
    error = (std::max)(error, std::abs(values[i] - static_cast<double>(found[static_cast<std::int64_t>(i)])));
  }
  CHECK(error <= tolerance * scale);
}

struct Sums {
  double weighted = 0, absolute = 0;
};

template <class Scalar>
Sums sums(const ParameterSpec& spec, const Tensor<Scalar>& values) {
  const Tensor<Scalar> stored = to_file_layout(spec, values);
  const std::vector<double> weights = uniform("weights", stored.elements());
  Sums result;
  for (std::int64_t i = 0; i < stored.elements(); ++i) {
    result.weighted += weights[static_cast<std::size_t>(i)] * static_cast<double>(stored[i]);
    result.absolute += std::abs(static_cast<double>(stored[i]));
  }
  return result;
}

inline void check_sums(const std::string& name, const Sums& found, const json& wanted, double tolerance) {
  INFO(name);
  const double weighted = wanted[0];
  const double absolute = wanted[1];
  const double margin = tolerance * (absolute + 0.05);  // some gradients are zero but for rounding
  CHECK(std::abs(found.weighted - weighted) <= margin);
  CHECK(std::abs(found.absolute - absolute) <= margin);
}

inline json golden_cases(const char* file_name) {
  std::ifstream file(tests_folder() / "golden" / file_name);
  REQUIRE(file.good());
  return json::parse(file);
}

// Labels of a batch.
inline std::vector<std::int32_t> labels_of(const json& golden) {
  std::vector<std::int32_t> labels;
  const auto classes = golden.at("classes").get<std::int32_t>();
  for (std::int32_t n = 0; n < golden.at("images")[0].get<std::int32_t>(); ++n) labels.push_back(n * 3 % classes);
  return labels;
}

}  // namespace golden_values
