/// One run of an inference plan.
#pragma once

#include <algorithm>  // copy_n, fill_n
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <optional>   // optional
#include <variant>    // get, visit
#include <vector>     // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/step_sequence.hpp"
#include "nasnet/model/detail/plan_layout.hpp"
#include "nasnet/model/detail/plan_program.hpp"
#include "nasnet/ops/map_arithmetic.hpp"
#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// to [pixels,channels] = the channels of a value.
template <class T>
void copy_channels(const MapView<const T>& from, const PlanValue& value, T* to, std::int64_t channels) {
  for (std::int64_t pixel = 0; pixel < from.pixels(); ++pixel) {
    for (const ChannelRun& run : value.runs) {
      std::copy_n(from.pixel(pixel) + run.from, run.count, to + pixel * channels + run.to);
    }
  }
}

/// The other way round, with zeros between the runs.
template <class T>
void paste_channels(const T* from, std::int64_t channels, const PlanValue& value, const MapView<T>& to) {
  for (std::int64_t pixel = 0; pixel < to.pixels(); ++pixel) {
    std::fill_n(to.pixel(pixel), to.channels, T{0});
    for (const ChannelRun& run : value.runs) {
      std::copy_n(from + pixel * channels + run.to, run.count, to.pixel(pixel) + run.from);
    }
  }
}

/// The maps of one run, and its steps. Holds the program and the layout by reference.
template <class T>
class PlanRun {
 public:
  PlanRun(Context& context, const PlanProgram<T>& program, const PlanLayout<T>& layout)
      : context_(context),
        program_(program),
        layout_(layout),
        arena_(context.tensor<T>({layout.arena_size()})),
        scratch_(context, layout.scratch_size(), layout.pointer_count()) {}

  /// All maps, where the layout has put them.
  [[nodiscard]] Tensor<T>& arena() { return arena_; }

  /// @param images [N,H,W,C] of the layout's shape
  void read_images(const T* images) {
    const MapView<T> to = layout_.view(program_.input, arena_.data());
    if (program_.dense_input) {
      std::copy_n(images, layout_.images().elements(), to.data);
    } else {
      paste_channels(images, layout_.images()[3], program_.input, to);
    }
  }

  /// All steps, by all threads of the context.
  void run() {
    for (const PlanSegment& segment : layout_.segments()) {
      if (segment.steps.empty()) {
        run_primitive_step(segment.first);
      } else {
        run_sequence(context_, segment.steps, [&] { return Worker{*this, segment.first, TileMemory<T>(scratch_)}; });
      }
    }
  }

  /// A step that has no tasks.
  void run_primitive_step(int step) {
    const auto& primitive = std::get<PrimitiveStep<T>>(program_.steps[static_cast<std::size_t>(step)]);
    std::vector<Tensor<T>> inputs;
    OpCall<T> call{.context = context_, .keep = false};
    for (const int node : primitive.inputs) inputs.push_back(dense(node));
    for (const Tensor<T>& tensor : inputs) call.inputs.push_back(&tensor);
    for (const auto& parameter : primitive.parameters) call.parameters.push_back(parameter.get());
    forward(primitive.primitive, call);
    const std::int64_t channels = call.output.extent(call.output.shape().rank() - 1);
    paste_channels(call.output.data(), channels, program_.value(primitive.output), output(primitive.output));
  }

  /// All tasks of any other step.
  void run_tiled_step(int step, std::int64_t tasks) {
    const TileMemory<T> memory(scratch_);
    for (std::int64_t task = 0; task < tasks; ++task) run_task(step, task, memory);
  }

  /// to [pixels,channels] = a node's value.
  void write_value(int node, T* to, std::int64_t channels) {
    copy_channels(input(node), program_.value(node), to, channels);
  }

 private:
  /// A task of a step, for each kind of step.
  struct TiledTask {
    PlanRun& run;
    const TileMemory<T>& memory;
    std::size_t step_index;
    std::int64_t number;

    template <class Kind>
    [[nodiscard]] const Kind& tiling() const {
      return run.layout_.template tiling<Kind>(step_index);
    }
    [[nodiscard]] InstructionSet set() const { return run.program_.set; }

    void operator()(const ConvolutionStep<T>& step) const {
      tiling<ConvolutionTiling<T>>().run_task(number, step.convolution, run.input(step.input), run.addend(step.addend),
                                              run.output(step.output), memory);
    }
    void operator()(const PoolStep& step) const {
      tiling<PoolTiling<T>>().run_task(number, step.pool, run.input(step.input), run.addend(step.addend),
                                       run.output(step.output), memory);
    }
    void operator()(const SumStep& step) const {
      const MapView<T> to = run.output(step.output);
      MapView<const T> sum = run.input(step.inputs[0]);
      for (std::size_t i = 1; i < step.inputs.size(); ++i, sum = to.read_only()) {
        add_pixels<T>(tiling<TaskRanges>(), number, sum, run.input(step.inputs[i]), to, set());
      }
    }
    void operator()(const CopyStep& step) const {
      copy_pixels<T>(tiling<TaskRanges>(), number, run.input(step.input),
                     run.layout_.view(step.place, run.arena_.data()), set());
    }
    void operator()(const MeanStep& step) const {
      mean_of_pixels<T>(tiling<TaskRanges>(), number, run.input(step.input), step.rectify, run.output(step.output),
                        set());
    }
    void operator()(const PrimitiveStep<T>&) const {}  // has no tasks
  };

  /// A thread's part in a segment.
  struct Worker {
    PlanRun& run;
    int first_step;
    TileMemory<T> memory;

    void operator()(int step, std::int64_t task) { run.run_task(first_step + step, task, memory); }
  };

  void run_task(int step, std::int64_t task, const TileMemory<T>& memory) {
    const auto index = static_cast<std::size_t>(step);
    std::visit(TiledTask{*this, memory, index, task}, program_.steps[index]);
  }

  [[nodiscard]] MapView<T> output(int node) { return layout_.view(program_.value(node), arena_.data()); }
  [[nodiscard]] MapView<const T> input(int node) { return output(node).read_only(); }
  [[nodiscard]] MapView<const T> addend(const std::optional<int>& node) {
    return node ? input(*node) : MapView<const T>{};
  }

  /// A value without padding.
  [[nodiscard]] Tensor<T> dense(int node) {
    const MapView<const T> map = input(node);
    const PlanValue& value = program_.value(node);
    const std::int64_t channels = value.runs.back().to + value.runs.back().count;
    Tensor<T> tensor = context_.tensor<T>({map.images, map.height, map.width, channels});
    copy_channels(map, value, tensor.data(), channels);
    return tensor;
  }

  Context& context_;
  const PlanProgram<T>& program_;
  const PlanLayout<T>& layout_;
  Tensor<T> arena_;
  TileScratch<T> scratch_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
