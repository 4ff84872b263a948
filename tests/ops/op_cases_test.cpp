// Every case of the table: kernels against plain loops, gradients against finite differences, and the protocol.
#include <algorithm>  // find, max
#include <cmath>      // abs
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <cstring>    // memcmp
#include <limits>     // numeric_limits
#include <string>     // string
#include <variant>    // variant_size_v
#include <vector>     // vector

#include "cases/op_cases.hpp"
#include "cases/op_run.hpp"
#include "catch.hpp"

namespace {

using cases::OpCase;
using cases::OpRun;
using cases::Wanted;
using nasnet::Context;
using nasnet::Tensor;

constexpr float float_epsilon = std::numeric_limits<float>::epsilon();

template <class Scalar>
double largest_of(const Tensor<Scalar>& x) {
  double largest = 0;
  for (const Scalar value : x.values()) largest = std::max(largest, std::abs(static_cast<double>(value)));
  return largest;
}

template <class A, class B>
double distance_of(const Tensor<A>& a, const Tensor<B>& b) {
  double largest = 0;
  for (std::int64_t i = 0; i < a.elements(); ++i) {
    const double distance = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(distance <= largest)) largest = distance;  // also where one is not a number
  }
  return largest;
}

template <class Scalar>
bool same_bits(const Tensor<Scalar>& a, const Tensor<Scalar>& b) {
  return a.shape() == b.shape() &&
         (a.empty() || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.elements()) * sizeof(Scalar)) == 0);
}

template <class Scalar>
bool same_bits(const std::vector<Tensor<Scalar>>& a, const std::vector<Tensor<Scalar>>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same_bits(a[i], b[i])) return false;
  }
  return true;
}

// What rounding may make of a sum of `terms` products of values around one: each step adds half a unit of a partial
// sum that grows like a random walk, so `terms` units in all are generous, and a few more for what follows the sum.
double tolerance_of(std::int64_t terms, double largest) {
  return float_epsilon * static_cast<double>(terms + 16) * std::max(1.0, largest);
}

// A gradient of a parameter sums over all pixels, one of an input over the outputs that read it.
std::int64_t gradient_terms(const OpCase& op, const Tensor<double>& output) {
  std::int64_t terms =
      op.terms + output.elements() / std::max<std::int64_t>(1, output.extent(output.shape().rank() - 1));
  return terms + output.extent(output.shape().rank() - 1);
}

struct Differences {
  double largest = 0;
  std::int64_t place = 0;
};

// Central differences of the loss by some elements of `value`, against `gradient`, relative to its largest element.
Differences finite_differences(OpRun<double>& run, Tensor<double>& value, const Tensor<double>& gradient) {
  constexpr double step = 1e-5;
  const std::int64_t samples = value.elements() * run.output.elements() > 100000 ? 7 : 31;
  const std::int64_t stride = std::max<std::int64_t>(1, value.elements() / samples);
  const double scale = std::max(1.0, largest_of(gradient));
  Differences result;
  for (std::int64_t i = 0; i < value.elements(); i += stride) {
    const double middle = value[i];
    value[i] = middle + step;
    run.forward();
    const double above = run.loss();
    value[i] = middle - step;
    run.forward();
    const double below = run.loss();
    value[i] = middle;
    const double distance = std::abs((above - below) / (2 * step) - gradient[i]) / scale;
    if (!(distance <= result.largest)) result = {distance, i};
  }
  return result;
}

}  // namespace

TEST_CASE("the table has a case of every primitive, with its own name", "[op_cases]") {
  std::vector<bool> seen(std::variant_size_v<nasnet::Primitive>);
  std::vector<std::string> names;
  for (const OpCase& op : cases::op_cases()) {
    seen[op.primitive.index()] = true;
    names.push_back(op.name);
  }
  CHECK(std::find(seen.begin(), seen.end(), false) == seen.end());
  CHECK(names.size() > 200);
}

TEST_CASE("double kernels equal the plain loops", "[op_cases]") {
  Context context(2);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<double> run(op, context);
    const Tensor<double> expected = run.reference();
    run.forward();
    REQUIRE(run.output.shape() == expected.shape());
    const double allowed = 1e-12 * static_cast<double>(op.terms + 16) * std::max(1.0, largest_of(expected));
    CHECK(distance_of(run.output, expected) <= allowed);
  }
}

TEST_CASE("float kernels equal the plain loops within the rounding of their sums", "[op_cases]") {
  Context context(2);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<float> run(op, context);
    const Tensor<double> expected = OpRun<double>(op, context).reference();
    run.forward();
    REQUIRE(run.output.shape() == expected.shape());
    CHECK(distance_of(run.output, expected) <= tolerance_of(op.terms, largest_of(expected)));
  }
}

TEST_CASE("gradients equal central finite differences in double", "[op_cases]") {
  Context context(2);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<double> run(op, context);
    run.forward();
    run.backward(0.0, false);
    for (std::size_t i = 0; i < run.inputs.size(); ++i) {
      const Differences found = finite_differences(run, run.inputs[i], run.input_gradients[i]);
      INFO("input " << i << " at " << found.place);
      CHECK(found.largest < 1e-6);
    }
    for (std::size_t i = 0; i < run.parameters.size(); ++i) {
      if (!run.trainable[i]) continue;
      const Differences found = finite_differences(run, run.parameters[i], run.parameter_gradients[i]);
      INFO("parameter " << i << " at " << found.place);
      CHECK(found.largest < 1e-6);
    }
  }
}

TEST_CASE("float gradients equal double gradients within the rounding of their sums", "[op_cases]") {
  Context context(2);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<float> run(op, context);
    OpRun<double> exact(op, context);
    run.forward();
    run.backward(0.0F, false);
    exact.forward();
    exact.backward(0.0, false);
    const std::int64_t terms = gradient_terms(op, exact.output);
    for (std::size_t i = 0; i < run.inputs.size(); ++i) {
      const double largest = std::max(op.steepness, largest_of(exact.input_gradients[i]));
      CHECK(distance_of(run.input_gradients[i], exact.input_gradients[i]) <= tolerance_of(terms, largest));
    }
    for (std::size_t i = 0; i < run.parameters.size(); ++i) {
      const double largest = largest_of(exact.parameter_gradients[i]);
      CHECK(distance_of(run.parameter_gradients[i], exact.parameter_gradients[i]) <= tolerance_of(terms, largest));
    }
  }
}

TEMPLATE_TEST_CASE("gradients are written everywhere, or added", "[op_cases]", float, double) {
  Context context(2);
  const auto nan = std::numeric_limits<TestType>::quiet_NaN();
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<TestType> written(op, context);
    written.forward();
    written.backward(nan, false);
    OpRun<TestType> added(op, context);
    added.forward();
    added.backward(TestType{1}, true);
    const auto check = [&](const auto& once, const auto& plus_one) {
      double largest = 0;
      for (std::int64_t i = 0; i < once.elements(); ++i) {
        const double distance = std::abs(static_cast<double>(plus_one[i] - once[i]) - 1.0);
        if (!(distance <= largest)) largest = distance;
      }
      const double terms = static_cast<double>(op.terms + 16);
      CHECK(largest <= 4 * terms * static_cast<double>(std::numeric_limits<TestType>::epsilon()) *
                           std::max(1.0, largest_of(once)));
    };
    for (std::size_t i = 0; i < op.inputs.size(); ++i) check(written.input_gradients[i], added.input_gradients[i]);
    for (std::size_t i = 0; i < written.parameters.size(); ++i) {
      if (written.trainable[i]) check(written.parameter_gradients[i], added.parameter_gradients[i]);
    }
  }
}

TEST_CASE("an empty gradient slot changes nothing for the others", "[op_cases]") {
  Context context(2);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<float> run(op, context);
    run.forward();
    run.backward(0.0F, false);
    const std::vector<Tensor<float>> inputs = std::move(run.input_gradients);
    const std::vector<Tensor<float>> parameters = std::move(run.parameter_gradients);
    run.backward(0.0F, false, Wanted::inputs);
    CHECK(same_bits(run.input_gradients, inputs));
    run.backward(0.0F, false, Wanted::parameters);
    CHECK(same_bits(run.parameter_gradients, parameters));
    run.backward(0.0F, false, Wanted::none);
  }
}

TEST_CASE("results do not depend on the number of threads", "[op_cases]") {
  Context one(1);
  Context two(2);
  Context three(3);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<float> expected(op, one);
    expected.forward();
    expected.backward(0.0F, false);
    for (Context* context : {&two, &three}) {
      OpRun<float> run(op, *context);
      run.forward();
      run.backward(0.0F, false);
      CHECK(same_bits(run.output, expected.output));
      CHECK(same_bits(run.call().saved, expected.call().saved));
      CHECK(same_bits(run.parameters, expected.parameters));
      CHECK(same_bits(run.input_gradients, expected.input_gradients));
      CHECK(same_bits(run.parameter_gradients, expected.parameter_gradients));
    }
  }
}

TEST_CASE("a forward pass that nobody follows keeps nothing and gives the same output", "[op_cases]") {
  Context context(1);
  for (const OpCase& op : cases::op_cases()) {
    INFO(op.name);
    OpRun<float> kept(op, context);
    kept.forward();
    OpRun<float> free(op, context);
    nasnet::OpCall<float> call{.context = context, .run = cases::run_options(op), .keep = false};
    for (const Tensor<float>& input : free.inputs) call.inputs.push_back(&input);
    for (Tensor<float>& parameter : free.parameters) call.parameters.push_back(&parameter);
    nasnet::forward(op.primitive, call);
    CHECK(same_bits(call.output, kept.output));
    CHECK(call.saved.empty());
    CHECK(call.taps.empty());
  }
}
