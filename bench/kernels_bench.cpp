/// The kernels one by one, on one thread.
///
///     kernels_bench --benchmark_filter=depthwise/
///
/// Names are kernel/pass/size of the window/channels x extent/batch. `flop/s` counts two for a multiply-add,
/// `of_limit` is its part of what the thread can do at most. `bytes/s` counts inputs, output and parameters once,
/// however often a kernel reads them and whatever a backward pass reads besides; `of_copy` is its part of what a copy
/// of as many bytes reaches.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <nasnet/nasnet.hpp>
#include <string>
#include <utility>
#include <vector>

#include "random_tensor.hpp"
#include "rates.hpp"

namespace {

using bench::random_tensor;
using nasnet::GradientSlot;
using nasnet::Primitive;
using nasnet::Tensor;
using nasnet::Window;

enum class Pass { forward, input_gradient, weight_gradient };

std::string name_of(Pass pass) {
  switch (pass) {
    case Pass::forward: return "forward";
    case Pass::input_gradient: return "input_gradient";
    case Pass::weight_gradient: return "weight_gradient";
  }
  return "unknown";
}

struct Map {
  std::int64_t channels, extent, batch;
};

/// A primitive with all that its passes read and write.
class Application {
 public:
  Application(Primitive primitive, const Map& map) : primitive_(std::move(primitive)) {
    const auto count = nasnet::input_count(primitive_) == -1 ? 2 : nasnet::input_count(primitive_);
    for (std::int64_t i = 0; i < count; ++i) {
      inputs_.push_back(random_tensor({map.batch, map.extent, map.extent, map.channels}));
      features_.push_back({map.extent, map.extent, map.channels});
      channels_.push_back(map.channels);
    }
    for (const nasnet::ParameterSpec& parameter : nasnet::parameters_of(primitive_, channels_)) {
      parameters_.push_back(random_tensor(parameter.shape));
      for (float& value : parameters_.back().values()) value = value * value;  // variances too
    }
    for (Tensor<float>& input : inputs_) call_.inputs.push_back(&input);
    for (Tensor<float>& parameter : parameters_) call_.parameters.push_back(&parameter);
    call_.run.mode = nasnet::Mode::train;
    nasnet::forward(primitive_, call_);
    output_ = std::move(call_.output);
    call_.kept_output = &output_;
    output_gradient_ = random_tensor(output_.shape());
    for (const Tensor<float>& input : inputs_) input_gradients_.emplace_back(input.shape());
    for (const Tensor<float>& parameter : parameters_) parameter_gradients_.emplace_back(parameter.shape());
  }

  void run(Pass pass) {
    if (pass == Pass::forward) {
      nasnet::forward(primitive_, call_);
      return;
    }
    nasnet::OpGradients<float> gradients{.output = output_gradient_};
    for (Tensor<float>& gradient : input_gradients_) {
      gradients.inputs.push_back({pass == Pass::input_gradient ? &gradient : nullptr});
    }
    for (Tensor<float>& gradient : parameter_gradients_) {
      gradients.parameters.push_back({pass == Pass::weight_gradient ? &gradient : nullptr});
    }
    nasnet::backward(primitive_, call_, gradients);
  }

  [[nodiscard]] double operations() const {
    const auto batch = static_cast<double>(output_.extent(0));
    return 2 * batch * static_cast<double>(nasnet::multiply_adds(primitive_, features_));
  }

  /// Input, output or their gradients, and parameters, each once.
  [[nodiscard]] double bytes() const {
    std::int64_t elements = output_.elements();
    for (const Tensor<float>& input : inputs_) elements += input.elements();
    for (const Tensor<float>& parameter : parameters_) elements += parameter.elements();
    return static_cast<double>(elements) * sizeof(float);
  }

 private:
  Primitive primitive_;
  nasnet::Context context_{1};
  std::vector<nasnet::FeatureShape> features_;
  std::vector<std::int64_t> channels_;
  std::vector<Tensor<float>> inputs_, parameters_, input_gradients_, parameter_gradients_;
  Tensor<float> output_, output_gradient_;
  nasnet::OpCall<float> call_{.context = context_};
};

void add(const std::string& kernel, const Primitive& primitive, const Map& map, Pass pass) {
  const std::string name = kernel.substr(0, kernel.find('/')) + '/' + name_of(pass) + kernel.substr(kernel.find('/')) +
                           '/' + std::to_string(map.channels) + 'x' + std::to_string(map.extent) + '/' +
                           std::to_string(map.batch);
  benchmark::RegisterBenchmark(name.c_str(), [primitive, map, pass](benchmark::State& state) {
    Application application(primitive, map);
    for (auto _ : state) {
      application.run(pass);
      benchmark::ClobberMemory();
    }
    const double bytes = application.bytes();
    bench::print_rates(state, {.operations = application.operations(), .bytes = bytes, .at_a_time = bytes});
  })->Unit(benchmark::kMicrosecond);
}

void add_all() {
  const std::vector<Map> maps{{44, 28, 1}, {176, 7, 1},  {168, 42, 1}, {336, 21, 1}, {672, 11, 1},
                              {8, 28, 64}, {32, 32, 32}, {168, 42, 8}, {336, 21, 8}};
  for (const Map& map : maps) {
    for (const std::int64_t k : {3, 5, 7}) {
      const nasnet::Depthwise depthwise{.window = Window::square(k)};
      for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
        add("depthwise/k" + std::to_string(k), depthwise, map, pass);
      }
    }
    const nasnet::Pointwise pointwise{.filters = map.channels};
    for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
      add("pointwise/k1", pointwise, map, pass);
    }
    for (const Pass pass : {Pass::forward, Pass::input_gradient}) {
      add("max_pool/k3", nasnet::MaximumPool{.window = Window::square(3)}, map, pass);
      add("average_pool/k3", nasnet::AveragePool{.window = Window::square(3)}, map, pass);
      add("batch_norm/k1", nasnet::BatchNorm{}, map, pass);
      add("relu/k1", nasnet::Relu{}, map, pass);
    }
    add("add/k1", nasnet::Add{}, map, Pass::forward);
    add("concat/k1", nasnet::Concat{}, map, Pass::forward);
  }
}

}  // namespace

int main(int argc, char** argv) {
  add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
