/// ReLU, depthwise convolution, pointwise convolution and batch norm, computed together for training.
///
/// Separable convolutions are chains of two of them, all other 1x1 convolutions of the networks are one without the
/// depthwise part. Together they take one pass over the maps where the primitives one by one take a pass each, and what
/// is cheap to compute again is not kept: ReLU and depthwise convolution are computed a second time in the backward
/// pass. Models find the chains themselves; the results are those of the primitives up to rounding.
#pragma once

#include <algorithm>    // clamp, max, min
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <optional>     // optional
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/ops/batch_norm.hpp"
#include "nasnet/ops/detail/checks.hpp"
#include "nasnet/ops/detail/depthwise_weight_gradient.hpp"
#include "nasnet/ops/detail/kernel_checks.hpp"
#include "nasnet/ops/detail/unit_rows.hpp"
#include "nasnet/ops/matrix_product.hpp"
#include "nasnet/ops/pointwise.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// The chain: [ReLU], [depthwise convolution], pointwise convolution, batch norm, [sum with a second input].
/// Parameters: theirs, in this order.
struct ConvolutionUnit {
  static constexpr std::string_view name = "convolution_unit";
  bool rectify = false;
  std::optional<Window> depthwise{};
  std::int64_t filters = 0;
  BatchNorm norm{};
  bool adds = false;  ///< the second input, of the output's shape

  [[nodiscard]] constexpr std::int64_t input_count() const { return adds ? 2 : 1; }
  [[nodiscard]] constexpr std::size_t parameter_count() const { return depthwise ? 6 : 5; }
  [[nodiscard]] constexpr bool passes_gradient(std::size_t input) const { return input == 1; }
};

namespace detail {

/// The parameters of a unit by name.
template <class T>
struct UnitParameters {
  const Tensor<T>* depthwise = nullptr;  ///< null without one
  const Tensor<T>& pointwise;
  const Tensor<T>& weight;
  const Tensor<T>& bias;
  Tensor<T>& running_mean;
  Tensor<T>& running_variance;

  UnitParameters(const ConvolutionUnit& unit, const OpCall<T>& call)
      : UnitParameters(unit.depthwise ? &call.parameter(0) : nullptr, call, unit.depthwise ? 1 : 0) {}

 private:
  UnitParameters(const Tensor<T>* depthwise_weight, const OpCall<T>& call, std::size_t first)
      : depthwise(depthwise_weight),
        pointwise(call.parameter(first)),
        weight(call.parameter(first + 1)),
        bias(call.parameter(first + 2)),
        running_mean(call.parameter(first + 3)),
        running_variance(call.parameter(first + 4)) {}
};

template <class T>
[[nodiscard]] UnitRows<T> unit_rows(const ConvolutionUnit& unit, const OpCall<T>& call, InstructionSet set) {
  const Tensor<T>* weight = UnitParameters<T>(unit, call).depthwise;
  return {
      call.context, unit.depthwise, unit.rectify, call.input().shape(), weight == nullptr ? nullptr : weight->data(),
      set};
}

template <class T>
void check_unit(const ConvolutionUnit& unit, const OpCall<T>& call) {
  const Shape& shape = call.input().shape();
  const UnitParameters<T> parameters(unit, call);
  check_map(ConvolutionUnit::name, shape);
  if (unit.depthwise) {
    check_window(ConvolutionUnit::name, *unit.depthwise, shape);
    check_parameter(ConvolutionUnit::name, "depthwise weight", parameters.depthwise->shape(),
                    {unit.depthwise->kernel_height, unit.depthwise->kernel_width, shape[3]});
  }
  check_parameter(ConvolutionUnit::name, "pointwise weight", parameters.pointwise.shape(),
                  {1, 1, shape[3], unit.filters});
  check_per_channel(ConvolutionUnit::name, "weight", parameters.weight.shape(), unit.filters);
  check_per_channel(ConvolutionUnit::name, "bias", parameters.bias.shape(), unit.filters);
  check_per_channel(ConvolutionUnit::name, "running_mean", parameters.running_mean.shape(), unit.filters);
  check_per_channel(ConvolutionUnit::name, "running_var", parameters.running_variance.shape(), unit.filters);
}

/// What a unit's batch norm normalises, and with which statistics.
template <class T>
struct UnitPass {
  Tensor<T> product;  ///< [N,Ho,Wo,filters]
  Tensor<T> mean;     ///< [filters]
  Tensor<T> inverse;  ///< of the deviation, [filters]

  void save(OpCall<T>& call) && {
    call.saved.push_back(std::move(product));
    call.saved.push_back(std::move(mean));
    call.saved.push_back(std::move(inverse));
  }
};

/// The same, of a unit's own or among what was saved.
template <class T>
struct UnitPassView {
  const Tensor<T>& product;
  const Tensor<T>& mean;
  const Tensor<T>& inverse;

  explicit UnitPassView(const UnitPass<T>& pass) : UnitPassView(pass.product, pass.mean, pass.inverse) {}
  UnitPassView(const Tensor<T>& product_, const Tensor<T>& mean_, const Tensor<T>& inverse_)
      : product(product_), mean(mean_), inverse(inverse_) {}
};

/// The forward pass up to the batch norm: y [N,H,W,filters], and in training its moments on the way.
template <class T>
class UnitProduct {
 public:
  UnitProduct(const ConvolutionUnit& unit, OpCall<T>& call, InstructionSet set)
      : call_(call),
        rows_(unit_rows(unit, call, set)),
        filters_(unit.filters),
        images_(call.input().extent(0)),
        set_(set_for<T>(unit.filters, set)) {
    constexpr std::int64_t tile_scalars = 12 * 1024;  // rows and products of a task stay in the second cache
    const std::int64_t fitting = tile_scalars / (rows_.output().width * (rows_.stride() + filters_));
    task_rows_ = std::clamp(fitting, std::int64_t{1}, rows_.output().height);
    parts_ = quotient_up(rows_.output().height, task_rows_);
    task_rows_ = quotient_up(rows_.output().height, parts_);
    parts_ = quotient_up(rows_.output().height, task_rows_);
  }

  /// @param moments filled unless null
  [[nodiscard]] Tensor<T> run(const Tensor<T>& weight, Moments<T>* moments) {
    Context& context = call_.context;
    Tensor<T> y = context.tensor<T>({images_, rows_.output().height, rows_.output().width, filters_});
    const ReadableMatrix<T> b = readable<T>(context, channel_matrix(weight), full_width<T>(set_));
    const std::int64_t tasks = images_ * parts_;
    Tensor<T> means = context.tensor<T>({moments == nullptr ? 0 : tasks, filters_});
    Tensor<T> squares = context.tensor<T>(means.shape());
    Scratch<T> scratch(context, rows_.memory(task_rows_));
    Scratch<const T*> pointers(context, rows_.pointers());
    context.parallel_for(tasks, 1, [&](std::int64_t begin, std::int64_t end) {
      const auto memory = scratch.lease();
      const auto pointer = pointers.lease();
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t first = task % parts_ * task_rows_;
        const std::int64_t last = first + rows_of(task);
        const T* a = rows_.make(call_.input(), task / parts_, first, last, memory.data(), pointer.data());
        T* to = y.data() + (task / parts_ * rows_.output().height + first) * rows_.output().width * filters_;
        multiply_rows(a, b, pixels_of(task), to);
        if (moments == nullptr) continue;
        chunk_moments(to, pixels_of(task), filters_, means.data() + task * filters_, squares.data() + task * filters_);
      }
    });
    if (moments != nullptr) *moments = combined(means, squares, tasks);
    return y;
  }

 private:
  [[nodiscard]] std::int64_t rows_of(std::int64_t task) const {
    return (std::min)(task_rows_, rows_.output().height - task % parts_ * task_rows_);
  }
  [[nodiscard]] std::int64_t pixels_of(std::int64_t task) const { return rows_of(task) * rows_.output().width; }

  void multiply_rows(const T* a, const ReadableMatrix<T>& b, std::int64_t pixels, T* to) const {
    run_kernel<ProductKernel<false>, T>(set_, ProductBlock<T>{.a = a,
                                                              .a_stride = rows_.stride(),
                                                              .b = b.view.data,
                                                              .b_stride = b.view.stride,
                                                              .b_last = b.last_row,
                                                              .c = to,
                                                              .c_stride = filters_,
                                                              .rows = pixels,
                                                              .columns = filters_,
                                                              .terms = rows_.terms()});
  }

  [[nodiscard]] Moments<T> combined(const Tensor<T>& means, const Tensor<T>& squares, std::int64_t tasks) const {
    Moments<T> result{call_.context.template tensor<T>({filters_}), call_.context.template tensor<T>({filters_})};
    for (std::int64_t c = 0; c < filters_; ++c) {
      RunningMoments moments;
      for (std::int64_t task = 0; task < tasks; ++task) {
        const std::int64_t at = task * filters_ + c;
        moments.add(pixels_of(task), static_cast<double>(means[at]), static_cast<double>(squares[at]));
      }
      result.mean[c] = static_cast<T>(moments.mean());
      result.variance[c] = static_cast<T>(moments.variance());
    }
    return result;
  }

  OpCall<T>& call_;
  UnitRows<T> rows_;
  std::int64_t filters_;
  std::int64_t images_;
  InstructionSet set_;
  std::int64_t task_rows_ = 1;
  std::int64_t parts_ = 1;
};

/// The backward pass below the batch norm, image by image: its gradient, the rows once more, the gradients of both
/// weights, and that of the input.
template <class T>
class UnitGradient {
 public:
  /// @param line of the batch norm
  UnitGradient(const ConvolutionUnit& unit, const OpCall<T>& call, const OpGradients<T>& gradients,
               const UnitPassView<T>& pass, const GradientLine<T>& line, InstructionSet set)
      : unit_(unit),
        call_(call),
        gradients_(gradients),
        pass_(pass),
        line_(line),
        rows_(unit_rows(unit, call, set)),
        terms_(rows_.terms()),
        filters_(unit.filters),
        images_(call.input().extent(0)),
        pixels_(rows_.output().height * rows_.output().width),
        weight_set_(set_for<T>(filters_, set)),
        rows_set_(set_for<T>(terms_, set)) {
    const Tensor<T>& pointwise = UnitParameters<T>(unit, call).pointwise;
    if (wants_rows_gradient()) {
      transposed_ = transposed_copy<T>(call.context, channel_matrix(pointwise), full_width<T>(rows_set_));
    }
    // Each part adds up gradients of the weights in memory of its own.
    constexpr std::int64_t part_scalars = 1 << 20;
    const std::int64_t parts = std::clamp(part_scalars / (terms_ * filters_), std::int64_t{4}, std::int64_t{32});
    part_images_ = quotient_up(images_, parts);
    parts_ = quotient_up(images_, part_images_);
    if (unit.depthwise) prepare_depthwise(*unit.depthwise);
  }

  void run() {
    Context& context = call_.context;
    if (pointwise_slot()) pointwise_sums_ = context.tensor<T>({parts_, terms_, filters_});
    if (depthwise_slot()) {
      depthwise_sums_ =
          context.zeros<T>({parts_, rows_.strips().count(), unit_.depthwise->taps() * rows_.strips().width});
    }
    const Layout at = layout();
    Scratch<T> scratch(context, at.total);
    Scratch<const T*> pointers(context, rows_.pointers());
    context.parallel_for(parts_, 1, [&](std::int64_t begin, std::int64_t end) {
      const auto memory = scratch.lease();
      const auto pointer = pointers.lease();
      for (std::int64_t part = begin; part < end; ++part) {
        const std::int64_t last = (std::min)((part + 1) * part_images_, images_);
        for (std::int64_t image = part * part_images_; image < last; ++image) {
          run_image(image, part, image == part * part_images_, at, memory.data(), pointer.data());
        }
      }
    });
    if (const GradientSlot<T>& slot = pointwise_slot()) {
      add_parts<T>(context, pointwise_sums_.data(), parts_, {slot.tensor->data(), terms_, filters_}, slot.accumulate);
    }
    if (const GradientSlot<T>& slot = depthwise_slot()) {
      add_strip_sums(*grid_, rows_.strips(), unit_.depthwise->taps(), depthwise_sums_, slot);
    }
  }

 private:
  /// Where in a thread's memory things are.
  struct Layout {
    std::int64_t output_gradient = 0, rows = 0, rows_gradient = 0, ring = 0, band_inputs = 0, band_gradients = 0,
                 total = 0;
  };

  [[nodiscard]] Layout layout() const {
    const std::int64_t width = rows_.strips().width;
    Layout at;
    at.rows = rounded_up(pixels_ * filters_ + width, width);
    at.rows_gradient = at.rows + rows_.memory(rows_.output().height);
    at.ring = at.rows_gradient + (wants_rows_gradient() ? pixels_ * rows_gradient_stride() + width : 0);
    at.ring = rounded_up(at.ring, width);
    at.band_inputs = at.ring + (slide_ ? slide_->ring_size(rows_.strips()) : 0);
    at.band_gradients = at.band_inputs + (grid_ ? grid_->input_rows * grid_->input_width * width : 0);
    at.total = at.band_gradients + (grid_ ? grid_->band_rows * grid_->gradient_width * width : 0);
    return at;
  }

  void prepare_depthwise(const Window& window) {
    const Shape& shape = call_.input().shape();
    slide_.emplace(call_.context, window, Slide::transposed, Size{shape[1], shape[2]}, rows_.output(),
                   UnitParameters<T>(unit_, call_).depthwise->data(), rows_.strips());
    grid_.emplace(window, Shape{1, shape[1], shape[2], shape[3]}, image_rows(), rows_.strips());
    grid_->parts = parts_;
  }

  /// The rows of one image as a map.
  [[nodiscard]] Shape image_rows() const { return {1, rows_.output().height, rows_.output().width, rows_.stride()}; }

  [[nodiscard]] const GradientSlot<T>& input_slot() const { return gradients_.inputs[0]; }
  [[nodiscard]] GradientSlot<T> depthwise_slot() const {
    return unit_.depthwise ? gradients_.parameters[0] : GradientSlot<T>{};
  }
  [[nodiscard]] const GradientSlot<T>& pointwise_slot() const { return gradients_.parameters[unit_.depthwise ? 1 : 0]; }
  [[nodiscard]] bool wants_rows_gradient() const { return input_slot() || depthwise_slot(); }
  [[nodiscard]] std::int64_t rows_gradient_stride() const { return unit_.depthwise ? rows_.stride() : terms_; }

  void run_image(std::int64_t image, std::int64_t part, bool first, const Layout& at, T* memory, const T** pointers) {
    T* dy = memory + at.output_gradient;
    const std::int64_t offset = image * pixels_ * filters_;
    apply_columns<NormaliseGradientStep<false>, T>({.g = gradients_.output.data() + offset,
                                                    .x = pass_.product.data() + offset,
                                                    .mean = pass_.mean.data(),
                                                    .scale = line_.scale.data(),
                                                    .slope = line_.slope.data(),
                                                    .shift = line_.shift.data(),
                                                    .rows = pixels_,
                                                    .columns = filters_,
                                                    .out = dy});
    if (pointwise_slot()) {
      const T* rows = rows_.make(call_.input(), image, 0, rows_.output().height, memory + at.rows, pointers);
      add_pointwise_gradient(rows, dy, pointwise_sums_.data() + part * terms_ * filters_, first);
    }
    if (!wants_rows_gradient()) return;
    T* dz = memory + at.rows_gradient;
    make_rows_gradient(dy, dz);
    if (!unit_.depthwise) return pass_on(image, dz);
    for (std::int64_t strip = 0; strip < rows_.strips().count(); ++strip) {
      const T* strip_gradient = dz + rows_.strips().first_channel(strip);
      if (depthwise_slot()) {
        add_depthwise_gradient(image, part, strip, strip_gradient, memory + at.band_inputs, memory + at.band_gradients);
      }
      if (input_slot()) slide_back(image, strip, strip_gradient, memory + at.ring, pointers);
    }
  }

  /// sums (+)= rows^T dy, some pixels at a time so that they stay in the cache.
  void add_pointwise_gradient(const T* rows, const T* dy, T* sums, bool first) const {
    constexpr std::int64_t most_pixels = 256;
    for (std::int64_t pixel = 0; pixel < pixels_; pixel += most_pixels) {
      const std::int64_t count = (std::min)(most_pixels, pixels_ - pixel);
      run_kernel<ProductKernel<true>, T>(weight_set_, ProductBlock<T>{.a = rows + pixel * rows_.stride(),
                                                                      .a_stride = rows_.stride(),
                                                                      .b = dy + pixel * filters_,
                                                                      .b_stride = filters_,
                                                                      .b_last = dy + (pixel + count - 1) * filters_,
                                                                      .c = sums,
                                                                      .c_stride = filters_,
                                                                      .rows = terms_,
                                                                      .columns = filters_,
                                                                      .terms = count,
                                                                      .accumulate = !first || pixel > 0});
    }
  }

  /// dz = dy w^T.
  void make_rows_gradient(const T* dy, T* dz) const {
    run_kernel<ProductKernel<false>, T>(
        rows_set_, ProductBlock<T>{.a = dy,
                                   .a_stride = filters_,
                                   .b = transposed_.view.data,
                                   .b_stride = transposed_.view.stride,
                                   .b_last = transposed_.last_row,
                                   .c = dz,
                                   .c_stride = rows_gradient_stride(),
                                   .rows = pixels_,
                                   .columns = unit_.depthwise ? rounded_up(terms_, full_width<T>(rows_set_)) : terms_,
                                   .terms = filters_});
  }

  /// Without a depthwise convolution: dx (+)= dz where x counts.
  void pass_on(std::int64_t image, const T* dz) const {
    const GradientSlot<T>& slot = input_slot();
    const std::int64_t count = pixels_ * terms_;
    T* dx = slot.tensor->data() + image * count;
    if (unit_.rectify) {
      run_lanes(count, dx, slot.accumulate, ReluGradientLanes{}, call_.input().data() + image * count, dz);
    } else {
      run_lanes(count, dx, slot.accumulate, CopyLanes{}, dz);
    }
  }

  /// One strip of an image's rows as the source of a kernel.
  [[nodiscard]] StripRow<T> gradient_row(const T* strip_gradient, std::int64_t strip) const {
    const std::int64_t lanes = full_width<T>(rows_.strips().set(strip));
    return {.first = strip_gradient,
            .end = strip_gradient + pixels_ * rows_.stride(),
            .pixels = rows_.output().width,
            .channels = rows_.stride(),
            .used = lanes};
  }

  void add_depthwise_gradient(std::int64_t image, std::int64_t part, std::int64_t strip, const T* strip_gradient,
                              T* inputs, T* gradients) {
    const Tensor<T>& x = call_.input();
    const Window& window = *unit_.depthwise;
    WeightGradientBand<T> band = common_band<T>(window, x.shape(), image_rows(), *grid_);
    band.rectify = unit_.rectify;
    band.inputs = inputs;
    band.gradients = gradients;
    band.sums = depthwise_sums_.data() + (part * rows_.strips().count() + strip) * window.taps() * rows_.strips().width;
    band.input = strip_row(x, image, rows_.strips(), strip);
    for (std::int64_t row = 0; row < rows_.output().height; row += grid_->band_rows) {
      band.gradient = gradient_row(strip_gradient, strip);
      band.gradient.first += row * band.gradient_pitch;
      band.rows = (std::min)(grid_->band_rows, rows_.output().height - row);
      band.top = row * window.stride_height - window.vertical().before(x.extent(1));
      run_kernel<WeightGradientKernel, T>(rows_.strips().set(strip), band);
    }
  }

  void slide_back(std::int64_t image, std::int64_t strip, const T* strip_gradient, T* ring, const T** pointers) const {
    const Shape& shape = call_.input().shape();
    const GradientSlot<T>& slot = input_slot();
    const std::int64_t offset = image * shape[1] * shape[2] * shape[3] + rows_.strips().first_channel(strip);
    SlidingTask<T> task = slide_->task(strip, ring, pointers);
    task.ring.source = gradient_row(strip_gradient, strip);
    task.ring.source_pitch = rows_.output().width * rows_.stride();
    task.destination = slot.tensor->data() + offset;
    task.destination_pitch = shape[2] * shape[3];
    task.destination_pixel = shape[3];
    task.stored = rows_.strips().used(strip);
    if (unit_.rectify) task.gate = call_.input().data() + offset;
    if (slot.accumulate) task.addend = task.destination;
    task.addend_pitch = task.destination_pitch;
    task.addend_pixel = task.destination_pixel;
    task.row_end = shape[1];
    run_kernel<SlidingSumKernel, T>(rows_.strips().set(strip), task);
  }

  const ConvolutionUnit& unit_;
  const OpCall<T>& call_;
  const OpGradients<T>& gradients_;
  const UnitPassView<T>& pass_;
  const GradientLine<T>& line_;
  UnitRows<T> rows_;
  std::int64_t terms_;
  std::int64_t filters_;
  std::int64_t images_;
  std::int64_t pixels_;  // of an output
  InstructionSet weight_set_;
  InstructionSet rows_set_;
  ReadableMatrix<T> transposed_{};
  std::optional<StripSlide<T>> slide_{};
  std::optional<WeightGradientGrid> grid_{};
  std::int64_t part_images_ = 1;
  std::int64_t parts_ = 1;
  Tensor<T> pointwise_sums_{};
  Tensor<T> depthwise_sums_{};
};

/// A unit up to its batch norm. In training the running statistics move.
template <class T>
[[nodiscard]] UnitPass<T> begin_unit(const ConvolutionUnit& unit, OpCall<T>& call, InstructionSet set) {
  check_unit(unit, call);
  const UnitParameters<T> parameters(unit, call);
  const bool trains = call.run.mode == Mode::train;
  Moments<T> moments;
  Tensor<T> product = UnitProduct<T>(unit, call, set).run(parameters.pointwise, trains ? &moments : nullptr);
  if (trains) {
    move_running_statistics(unit.norm, moments, batch_norm_layout(product.shape()).rows, parameters.running_mean,
                            parameters.running_variance);
  } else {
    moments = {parameters.running_mean.clone(call.context.allocator()),
               parameters.running_variance.clone(call.context.allocator())};
  }
  Tensor<T> inverse = inverse_deviation(call.context, moments.variance, unit.norm.epsilon);
  return {std::move(product), std::move(moments.mean), std::move(inverse)};
}

/// y = what the batch norm makes of the product, and the sum.
template <class T>
void end_unit(const ConvolutionUnit& unit, const OpCall<T>& call, const UnitPassView<T>& pass, Tensor<T>& y) {
  const UnitParameters<T> parameters(unit, call);
  if (unit.adds && call.input(1).shape() != y.shape()) {
    fail<ShapeError>(ConvolutionUnit::name, ": what is added is ", call.input(1).shape().to_string(), ", wanted ",
                     y.shape().to_string());
  }
  Tensor<T> scale = call.context.template tensor<T>(pass.inverse.shape());
  for (std::int64_t c = 0; c < unit.filters; ++c) scale[c] = parameters.weight[c] * pass.inverse[c];
  normalise_channels<T>(call.context, batch_norm_layout(y.shape()), pass.product.data(), pass.mean.data(), scale.data(),
                        parameters.bias.data(), y.data(), unit.adds ? call.input(1).data() : nullptr);
}

/// The gradients of a unit that was passed as `pass` says.
template <class T>
void pass_back(const ConvolutionUnit& unit, const OpCall<T>& call, const UnitPassView<T>& pass,
               const OpGradients<T>& gradients, InstructionSet set) {
  const UnitParameters<T> parameters(unit, call);
  const std::size_t first = unit.depthwise ? 2 : 1;  // of the batch norm's parameters
  const ChannelGroups layout = batch_norm_layout(pass.product.shape());
  const GradientSums<T> sums =
      channel_gradient_sums<T>(call.context, layout, gradients.output.data(), pass.product.data(), pass.mean.data());
  map_lanes_gradient(call.context, gradients.parameters[first], MultiplyLanes{}, sums.product.data(),
                     pass.inverse.data());
  copy_gradient(call.context, gradients.parameters[first + 1], sums.sum);
  const GradientLine<T> line =
      batch_norm_line(call.context, call.run.mode, layout, parameters.weight, pass.inverse, sums);
  UnitGradient<T>(unit, call, gradients, pass, line, set).run();
  if (unit.adds) copy_gradient(call.context, gradients.inputs[1], gradients.output);
}

}  // namespace detail

/// y [N,Ho,Wo,filters]. Keeps what the batch norm normalises, and its mean and inverse deviation.
/// @throws ShapeError where a parameter does not fit the input or the filters.
template <class Scalar>
void forward(const ConvolutionUnit& unit, OpCall<Scalar>& call, InstructionSet set = instruction_set());

/// As those of the four primitives, one after another.
template <class Scalar>
void backward(const ConvolutionUnit& unit, const OpCall<Scalar>& call, const OpGradients<Scalar>& gradients,
              InstructionSet set = instruction_set());

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/ops/convolution_unit.ipp"
#endif
