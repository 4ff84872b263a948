/// A network compiled for prediction.
#pragma once

#include <algorithm>  // clamp, copy_n, fill_n, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <memory>     // make_shared, make_unique, shared_ptr, unique_ptr
#include <mutex>      // lock_guard, mutex
#include <utility>    // move
#include <variant>    // get_if, visit
#include <vector>     // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/step_sequence.hpp"
#include "nasnet/model/detail/plan_builder.hpp"
#include "nasnet/model/detail/plan_layout.hpp"
#include "nasnet/model/detail/plan_program.hpp"
#include "nasnet/model/model.hpp"
#include "nasnet/ops/pixel_passes.hpp"
#include "nasnet/ops/run_primitive.hpp"

namespace nasnet::inline v0 {

/// A network as a list of fused steps: batch norms are folded into weights, ReLUs, sums and concatenations are parts of
/// the convolutions and pools around them, and all maps share one piece of memory. Its logits are those of
/// `Model::predict` up to rounding.
///
/// It holds a copy of the parameters. It takes images of any size and number that the network takes; the first run of a
/// new size prepares it. Several threads may run one plan at once, each with its own context.
template <class Scalar = float>
class InferencePlan {
 public:
  /// @param set instruction set of the kernels
  explicit InferencePlan(const Model<Scalar>& model, InstructionSet set = instruction_set())
      : state_(std::make_unique<State>(model, set)) {}

  /// Logits [N,classes]. @param images [N,H,W,C]
  /// @throws ShapeError where the images do not fit the network.
  [[nodiscard]] Tensor<Scalar> predict(Context& context, const Tensor<Scalar>& images) const {
    check_images(images.shape());
    const std::int64_t image_size = images.elements() / images.extent(0);
    Tensor<Scalar> logits = context.tensor<Scalar>({images.extent(0), state_->graph.channels_of(state_->output)});
    const std::int64_t group = images_at_a_time(images.shape());
    for (std::int64_t first = 0; first < images.extent(0); first += group) {
      const Shape shape = with_images(images.shape(), (std::min)(group, images.extent(0) - first));
      predict_group(context, *state_->layout(shape), images.data() + first * image_size,
                    logits.data() + first * logits.extent(1));
    }
    return logits;
  }

  /// Memory that a run takes for its maps. @param images [N,H,W,C]
  [[nodiscard]] std::int64_t arena_bytes(const Shape& images) const {
    check_images(images);
    return group_layout(images)->arena_size() * static_cast<std::int64_t>(sizeof(Scalar));
  }

  /// The least that any order of memory could take: the largest set of maps that are needed at one time.
  [[nodiscard]] std::int64_t live_bytes(const Shape& images) const {
    check_images(images);
    return group_layout(images)->largest_alive() * static_cast<std::int64_t>(sizeof(Scalar));
  }

  [[nodiscard]] const NetworkGraph& graph() const { return state_->graph; }
  /// How many passes over maps a run makes.
  [[nodiscard]] std::size_t step_count() const { return state_->program.steps.size(); }

 private:
  using Layout = detail::PlanLayout<Scalar>;
  using View = MapView<Scalar>;

  struct State {
    NetworkGraph graph;
    int output;
    detail::PlanProgram<Scalar> program;
    std::mutex mutex{};
    std::vector<std::shared_ptr<const Layout>> layouts{};

    State(const Model<Scalar>& model, InstructionSet set)
        : graph(model.graph()),
          output(graph.output),
          program(detail::PlanBuilder<Scalar>(graph, model.parameters(), {output}, set).build()) {}

    /// Layouts of the sizes that were used last.
    [[nodiscard]] std::shared_ptr<const Layout> layout(const Shape& images) {
      constexpr std::size_t kept = 12;  // of four sizes: one image, a group, the rest
      const std::lock_guard lock(mutex);
      for (const std::shared_ptr<const Layout>& known : layouts) {
        if (known->images() == images) return known;
      }
      auto made = std::make_shared<const Layout>(program, graph, images);
      if (layouts.size() == kept) layouts.erase(layouts.begin());
      layouts.push_back(made);
      return made;
    }
  };

  void check_images(const Shape& shape) const {
    const std::int64_t channels = state_->graph.input_channels;
    if (shape.rank() != 4 || shape[3] != channels) {
      fail<ShapeError>("network: images are ", shape.to_string(), ", wanted [N,H,W,", channels, ']');
    }
    if (shape[0] < 1) fail<ShapeError>("network: the batch ", shape.to_string(), " is empty");
  }

  [[nodiscard]] static Shape with_images(const Shape& shape, std::int64_t images) {
    return {images, shape[1], shape[2], shape[3]};
  }

  /// How many images go through the network together: as many as leave its maps in the cache, since more would not make
  /// its products faster.
  [[nodiscard]] std::int64_t images_at_a_time(const Shape& images) const {
    constexpr std::int64_t wanted_bytes = std::int64_t{4} << 20;
    if (images[0] == 1) return 1;
    const std::int64_t image_bytes =
        state_->layout(with_images(images, 1))->arena_size() * static_cast<std::int64_t>(sizeof(Scalar));
    return std::clamp(wanted_bytes / image_bytes, std::int64_t{1}, images[0]);
  }

  [[nodiscard]] std::shared_ptr<const Layout> group_layout(const Shape& images) const {
    return state_->layout(with_images(images, images_at_a_time(images)));
  }

  void predict_group(Context& context, const Layout& layout, const Scalar* images, Scalar* logits) const {
    Tensor<Scalar> arena = context.tensor<Scalar>({layout.arena_size()});
    run(context, layout, images, arena.data());
    const int output = state_->output;
    const detail::PlanValue& value = state_->program.value(output);
    copy_channels(layout.view(value, arena.data()).read_only(), value, logits, state_->graph.channels_of(output));
  }

  /// One run of the steps.
  struct Run {
    Context& context;
    const detail::PlanProgram<Scalar>& program;
    const Layout& layout;
    Scalar* arena;

    [[nodiscard]] View view(int node) const { return layout.view(program.value(node), arena); }
    [[nodiscard]] MapView<const Scalar> input(int node) const { return view(node).read_only(); }
    [[nodiscard]] MapView<const Scalar> addend(const std::optional<int>& node) const {
      return node ? input(*node) : MapView<const Scalar>{};
    }

    void primitive(const detail::PrimitiveStep<Scalar>& step) const {
      std::vector<Tensor<Scalar>> inputs;
      OpCall<Scalar> call{.context = context, .keep = false};
      for (const int node : step.inputs) inputs.push_back(dense(node));
      for (const Tensor<Scalar>& tensor : inputs) call.inputs.push_back(&tensor);
      for (const auto& parameter : step.parameters) call.parameters.push_back(parameter.get());
      forward(step.primitive, call);
      const std::int64_t channels = call.output.extent(call.output.shape().rank() - 1);
      paste_channels(call.output.data(), channels, program.value(step.output), view(step.output));
    }

    [[nodiscard]] Tensor<Scalar> dense(int node) const {
      const MapView<const Scalar> map = input(node);
      const detail::PlanValue& value = program.value(node);
      const std::int64_t channels = value.runs.back().to + value.runs.back().count;
      Tensor<Scalar> tensor = context.tensor<Scalar>({map.images, map.height, map.width, channels});
      copy_channels(map, value, tensor.data(), channels);
      return tensor;
    }
  };

  /// One task of one step.
  struct Task {
    const Run& run;
    const TileMemory<Scalar>& memory;
    std::size_t step_index;
    std::int64_t number;

    template <class Kind>
    [[nodiscard]] const Kind& tiling() const {
      return run.layout.template tiling<Kind>(step_index);
    }
    [[nodiscard]] InstructionSet set() const { return run.program.set; }

    void operator()(const detail::ConvolutionStep<Scalar>& step) const {
      tiling<ConvolutionTiling<Scalar>>().run_task(number, step.convolution, run.input(step.input),
                                                   run.addend(step.addend), run.view(step.output), memory);
    }
    void operator()(const detail::PoolStep& step) const {
      tiling<PoolTiling<Scalar>>().run_task(number, step.pool, run.input(step.input), run.addend(step.addend),
                                            run.view(step.output), memory);
    }
    void operator()(const detail::SumStep& step) const {
      const View to = run.view(step.output);
      MapView<const Scalar> sum = run.input(step.inputs[0]);
      for (std::size_t i = 1; i < step.inputs.size(); ++i, sum = to.read_only()) {
        add_pixels<Scalar>(tiling<TaskRanges>(), number, sum, run.input(step.inputs[i]), to, set());
      }
    }
    void operator()(const detail::CopyStep& step) const {
      copy_pixels<Scalar>(tiling<TaskRanges>(), number, run.input(step.input), run.layout.view(step.place, run.arena),
                          set());
    }
    void operator()(const detail::MeanStep& step) const {
      mean_of_pixels<Scalar>(tiling<TaskRanges>(), number, run.input(step.input), step.rectify, run.view(step.output),
                             set());
    }
    void operator()(const detail::PrimitiveStep<Scalar>&) const {}  // has no tasks
  };

  /// The tasks that one thread takes of a segment.
  struct Worker {
    const Run& run;
    int first_step;
    TileMemory<Scalar> memory;

    void operator()(int number, std::int64_t task) const {
      const auto step = static_cast<std::size_t>(first_step + number);
      std::visit(Task{run, memory, step, task}, run.program.steps[step]);
    }
  };

  void run(Context& context, const Layout& layout, const Scalar* images, Scalar* arena) const {
    const detail::PlanProgram<Scalar>& program = state_->program;
    TileScratch<Scalar> scratch(context, layout.scratch_size(), layout.pointer_count());
    if (program.dense_input) {
      std::copy_n(images, layout.images().elements(), layout.view(program.input, arena).data);
    } else {
      paste_channels(images, layout.images()[3], program.input, layout.view(program.input, arena));
    }
    const Run run{context, program, layout, arena};
    for (const detail::PlanSegment& segment : layout.segments()) {
      if (const auto* step = std::get_if<detail::PrimitiveStep<Scalar>>(&program.steps[index(segment.first)])) {
        run.primitive(*step);
      } else {
        run_sequence(context, segment.steps, [&] { return Worker{run, segment.first, TileMemory<Scalar>(scratch)}; });
      }
    }
  }

  [[nodiscard]] static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  /// to [pixels,channels] = the channels of a value.
  static void copy_channels(const MapView<const Scalar>& from, const detail::PlanValue& value, Scalar* to,
                            std::int64_t channels) {
    for (std::int64_t pixel = 0; pixel < from.pixels(); ++pixel) {
      for (const ChannelRun& run : value.runs) {
        std::copy_n(from.pixel(pixel) + run.from, run.count, to + pixel * channels + run.to);
      }
    }
  }

  /// The other way round, with zeros between the runs.
  static void paste_channels(const Scalar* from, std::int64_t channels, const detail::PlanValue& value,
                             const View& to) {
    for (std::int64_t pixel = 0; pixel < to.pixels(); ++pixel) {
      std::fill_n(to.pixel(pixel), to.channels, Scalar{0});
      for (const ChannelRun& run : value.runs) {
        std::copy_n(from + pixel * channels + run.to, run.count, to.pixel(pixel) + run.from);
      }
    }
  }

  std::unique_ptr<State> state_;
};

}  // namespace nasnet::inline v0
