// The table of op cases, used four ways: kernels against plain loops, gradients against finite differences in double,
// a GPU against the CPU, and benchmarks.
#pragma once

#include <cstdint>     // int64_t
#include <functional>  // function
#include <string>      // string
#include <utility>     // move
#include <variant>     // in_place_type
#include <vector>      // vector

#include "cases/reference_ops.hpp"
#include "nasnet/ops/run_primitive.hpp"

namespace cases {

/// A primitive and what it is applied to. Its inputs' and parameters' values are those of case_values (op_run.hpp).
struct OpCase {
  std::string name;  ///< "depthwise 5x5 stride 2, [2,9,7,13]"
  nasnet::Primitive primitive;
  std::vector<Shape> inputs;
  std::int64_t terms = 1;  ///< most products or values that one output sums up
  nasnet::Mode mode = nasnet::Mode::train;
  bool positive = false;   ///< inputs are above zero
  double steepness = 1.0;  ///< largest factor between an output gradient and a part of an input gradient
  double drop_path_keep = 1.0;
  double drop_path_progress = 1.0;
  std::function<Tensor<double>(const ReferenceCall&)> reference{};
};

template <class P>
nasnet::Primitive to_primitive(const P& p) {
  if constexpr (requires { nasnet::Primitive(std::in_place_type<P>, p); }) {
    return nasnet::Primitive(std::in_place_type<P>, p);
  } else {
    return nasnet::CustomPrimitive(p);
  }
}

/// The list under construction.
class OpCaseList {
 public:
  /// Adds a case; returns it for what differs from the defaults.
  template <class P>
  OpCase& add(const P& primitive, std::vector<Shape> inputs, std::int64_t terms = 1, const std::string& note = {}) {
    OpCase result{.name = std::string(P::name), .primitive = to_primitive(primitive), .inputs = {}, .terms = terms};
    if (!note.empty()) result.name += " " + note;
    for (const Shape& shape : inputs) result.name += " " + shape.to_string();
    result.inputs = std::move(inputs);
    result.reference = [primitive](const ReferenceCall& call) { return cases::reference(primitive, call); };
    cases_.push_back(std::move(result));
    return cases_.back();
  }

  [[nodiscard]] std::vector<OpCase> take() { return std::move(cases_); }

 private:
  std::vector<OpCase> cases_;
};

/// A window and a map that it slides over.
struct WindowCase {
  nasnet::Window window;
  Shape input;
};

inline std::string to_string(const nasnet::Window& w) {
  std::string text = nasnet::join(w.kernel_height, 'x', w.kernel_width, '/', w.stride_height, ',', w.stride_width);
  if (w.dilation > 1) text += nasnet::join(" dilation ", w.dilation);
  if (w.padding == nasnet::Padding::valid) text += " valid";
  return text;
}

/// Windows of all kinds over maps of all kinds: odd and even, rectangular, smaller than the window, one channel, and
/// channels around the widths of vectors.
inline std::vector<WindowCase> window_cases() {
  using nasnet::Padding;
  using nasnet::Window;
  return {
      {Window::square(3), {2, 8, 8, 8}},
      {Window::square(3), {1, 7, 5, 13}},
      {Window::square(3, 2), {2, 8, 8, 16}},
      {Window::square(3, 2), {2, 7, 9, 5}},
      {Window::square(3, 1, 2), {1, 9, 8, 9}},
      {Window::square(3, 2, 2), {1, 9, 10, 4}},
      {Window::square(3, 3), {1, 8, 10, 3}},
      {Window::square(3, 1, 1, Padding::valid), {2, 6, 5, 7}},
      {Window::square(3, 2, 1, Padding::valid), {1, 9, 8, 6}},
      {Window::square(5), {1, 6, 7, 8}},
      {Window::square(5), {2, 4, 3, 17}},
      {Window::square(5, 2), {2, 8, 6, 12}},
      {Window::square(5, 2), {1, 7, 7, 1}},
      {Window::square(5, 3, 1, Padding::valid), {1, 14, 9, 3}},
      {Window::square(7), {1, 9, 8, 10}},
      {Window::square(7, 2), {2, 10, 9, 8}},
      {Window::square(7), {1, 2, 3, 5}},
      {Window::square(7, 2), {1, 1, 1, 3}},
      {Window::square(3), {3, 1, 1, 11}},
      {Window::square(1, 2), {1, 5, 6, 8}},
      {Window::square(2), {1, 5, 4, 3}},
      {Window::square(2, 2), {1, 4, 5, 6}},
      {Window::square(4, 2), {1, 7, 8, 2}},
      {Window{.kernel_height = 1, .kernel_width = 7, .stride_width = 2}, {1, 5, 8, 6}},
      {Window{.kernel_height = 7, .kernel_width = 1, .stride_height = 2}, {1, 9, 4, 6}},
      {Window{.kernel_height = 1, .kernel_width = 3}, {2, 4, 5, 8}},
      {Window{.kernel_height = 3, .kernel_width = 1}, {2, 5, 4, 8}},
      {Window{.kernel_height = 4, .kernel_width = 3, .padding = Padding::valid}, {1, 4, 3, 5}},
      {Window::square(5), {2, 31, 33, 20}},
      {Window::square(3, 2), {3, 30, 37, 33}},
  };
}

inline void add_windows(OpCaseList& list) {
  for (const auto& [window, input] : window_cases()) {
    const std::int64_t taps = window.taps();
    list.add(nasnet::Depthwise{.window = window}, {input}, taps, to_string(window));
    list.add(nasnet::MaximumPool{.window = window}, {input}, 1, to_string(window));
    list.add(nasnet::AveragePool{.window = window}, {input}, taps, to_string(window));
    const std::int64_t filters = input[3] % 2 == 0 ? input[3] + 3 : input[3] / 2 + 1;
    list.add(nasnet::Convolution{.window = window, .filters = filters}, {input}, taps * input[3], to_string(window));
  }
  list.add(nasnet::Depthwise{.window = nasnet::Window::square(3, 2), .fixed_weight = {1, 2, 1, 2, 4, 2, 1, 2, 1}},
           {{1, 5, 6, 7}}, 9, "constant kernel");
}

inline void add_products(OpCaseList& list) {
  for (const Shape& input : {Shape{1, 1, 1, 1}, Shape{2, 5, 3, 8}, Shape{1, 4, 4, 13}, Shape{3, 1, 7, 32},
                             Shape{2, 30, 31, 24}, Shape{1, 1, 1, 200}}) {
    for (const std::int64_t filters : {1, 7, 16, 33}) {
      list.add(nasnet::Pointwise{.filters = filters}, {input}, input[3], nasnet::join("to ", filters));
    }
  }
  struct Product {
    std::int64_t samples;
    std::int64_t channels;
    std::int64_t units;
  };
  for (const auto& [samples, channels, units] :
       {Product{1, 1, 1}, Product{4, 24, 10}, Product{3, 7, 5}, Product{65, 48, 10}, Product{2, 100, 33}}) {
    list.add(nasnet::Dense{.units = units}, {{samples, 1, 1, channels}}, channels, nasnet::join("to ", units));
  }
  for (const auto& [rows, inner, columns] :
       {Product{1, 1, 1}, Product{2, 5, 3}, Product{7, 33, 20}, Product{100, 64, 130}}) {
    list.add(nasnet::MatrixMultiply{}, {{rows, inner}, {inner, columns}}, inner);
  }
}

/// Maps for what works channel by channel: a pixel, one channel, rectangles, many chunks, wide and narrow.
inline std::vector<Shape> map_shapes() {
  return {{1, 1, 1, 1},  {2, 1, 1, 3},   {1, 3, 5, 1},   {2, 4, 3, 8},   {3, 5, 4, 13},
          {1, 7, 8, 33}, {2, 6, 6, 129}, {4, 33, 31, 8}, {2, 40, 37, 24}};
}

inline void add_norms(OpCaseList& list) {
  for (const Shape& shape : map_shapes()) {
    const std::int64_t pixels = shape[1] * shape[2];
    for (const nasnet::Mode mode : {nasnet::Mode::train, nasnet::Mode::evaluate, nasnet::Mode::frozen}) {
      const char* const note = mode == nasnet::Mode::train    ? "train"
                               : mode == nasnet::Mode::frozen ? "frozen"
                                                              : "evaluate";
      list.add(nasnet::BatchNorm{}, {shape}, shape[0] * pixels, note).mode = mode;
    }
    // Of a single value the deviation is 0, and its gradient the difference of two that are 1 / sqrt(epsilon) large.
    list.add(nasnet::LayerNorm{}, {shape}, pixels * shape[3]).steepness = pixels * shape[3] == 1 ? 1e3 : 1;
    list.add(nasnet::InstanceNorm{}, {shape}, pixels).steepness = pixels == 1 ? 1e3 : 1;
    list.add(nasnet::GlobalAveragePool{}, {shape}, pixels);
  }
}

inline void add_paths(OpCaseList& list) {
  for (const Shape& shape : map_shapes()) {
    list.add(nasnet::Relu{}, {shape});
    list.add(nasnet::Add{}, {shape});
    list.add(nasnet::Add{}, {shape, shape}, 2);
    list.add(nasnet::Add{}, {shape, shape, shape, shape}, 4);
    const Shape wider{shape[0], shape[1], shape[2], shape[3] + 5};
    list.add(nasnet::Concat{}, {shape});
    list.add(nasnet::Concat{}, {shape, wider, shape});
    list.add(nasnet::Subsample{.step = 2, .offset = 0}, {shape}, 1, "2 from 0");
    list.add(nasnet::Subsample{.step = 2, .offset = 1}, {shape}, 1, "2 from 1");
    list.add(nasnet::Subsample{.step = 3, .offset = 2}, {shape}, 1, "3 from 2");
    list.add(nasnet::Zeros{.step = 2, .filters = 6}, {shape}, 1, "stride 2");
    list.add(nasnet::Zeros{.step = 1, .filters = shape[3]}, {shape});
  }
}

inline void add_random(OpCaseList& list) {
  for (const Shape& shape : {Shape{5, 3, 2, 7}, Shape{16, 1, 1, 3}, Shape{6, 20, 21, 12}}) {
    for (const nasnet::Mode mode : {nasnet::Mode::train, nasnet::Mode::evaluate, nasnet::Mode::frozen}) {
      OpCase& path = list.add(nasnet::DropPath{.depth_ratio = 0.75}, {shape});
      path.mode = mode;
      path.drop_path_keep = 0.5;
      path.drop_path_progress = 0.8;
      list.add(nasnet::Dropout{.keep = 0.6}, {shape}).mode = mode;
    }
    list.add(nasnet::DropPath{}, {shape}, 1, "off");
    list.add(nasnet::Dropout{.keep = 1.0}, {shape}, 1, "off");
  }
}

inline void add_controller(OpCaseList& list) {
  for (const Shape& shape : {Shape{1}, Shape{7, 13}, Shape{3, 2, 5}, Shape{210, 100}}) {
    list.add(nasnet::Sigmoid{}, {shape});
    list.add(nasnet::Tanh{}, {shape});
    list.add(nasnet::Exp{}, {shape});
    list.add(nasnet::Log{}, {shape}).positive = true;
    list.add(nasnet::Scale{.factor = -1.0}, {shape});
    list.add(nasnet::Clamp{.low = -0.70113, .high = 0.90127}, {shape});
    list.add(nasnet::Multiply{}, {shape, shape});
    list.add(nasnet::Subtract{}, {shape, shape});
    list.add(nasnet::Minimum{}, {shape, shape});
    list.add(nasnet::Sum{}, {shape}, shape.elements());
    list.add(nasnet::Mean{}, {shape}, shape.elements());
    list.add(nasnet::LogSoftmax{}, {shape}, shape[shape.rank() - 1]);
    list.add(nasnet::AddBias{}, {shape, {shape[shape.rank() - 1]}});
  }
  list.add(nasnet::Slice{.begin = 2, .end = 5}, {{4, 9}});
  list.add(nasnet::Slice{.begin = 0, .end = 1}, {{2, 3, 3}});
  list.add(nasnet::Slice{.begin = 100, .end = 400}, {{70, 400}});
  list.add(nasnet::PickColumn{.indices = {2, 0, 4}}, {{3, 5}});
  list.add(nasnet::EmbeddingRow{.indices = {1, 1, 0, 3, 1}}, {{4, 6}});
}

inline void add_losses(OpCaseList& list) {
  for (const double smoothing : {0.0, 0.1, 1.0}) {
    list.add(nasnet::SoftmaxCrossEntropy{.labels = {0}, .label_smoothing = smoothing}, {{1, 1}}, 1);
    list.add(nasnet::SoftmaxCrossEntropy{.labels = {0, 9, 3}, .label_smoothing = smoothing}, {{3, 10}}, 30);
    list.add(nasnet::SoftmaxCrossEntropy{.labels = {2, 1}, .label_smoothing = smoothing}, {{2, 1, 1, 5}}, 10);
  }
  nasnet::SoftmaxCrossEntropy batch{.labels = {}, .label_smoothing = 0.1};
  for (std::int32_t n = 0; n < 130; ++n) batch.labels.push_back(n * 7 % 100);
  list.add(batch, {{130, 100}}, 230);
}

/// All cases.
inline std::vector<OpCase> op_cases() {
  OpCaseList list;
  add_windows(list);
  add_products(list);
  add_norms(list);
  add_paths(list);
  add_random(list);
  add_controller(list);
  add_losses(list);
  return list.take();
}

}  // namespace cases
