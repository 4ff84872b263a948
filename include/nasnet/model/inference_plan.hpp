/// A network compiled for prediction.
#pragma once

#include <algorithm>  // clamp, min
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <memory>     // make_shared, make_unique, shared_ptr, unique_ptr
#include <mutex>      // lock_guard, mutex
#include <vector>     // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/model/detail/plan_builder.hpp"
#include "nasnet/model/detail/plan_layout.hpp"
#include "nasnet/model/detail/plan_program.hpp"
#include "nasnet/model/detail/plan_run.hpp"
#include "nasnet/model/model.hpp"

namespace nasnet::inline NASNET_ABI {

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

  /// The least that any arena could take for these steps: the largest set of maps that are needed at one time.
  [[nodiscard]] std::int64_t live_bytes(const Shape& images) const {
    check_images(images);
    return group_layout(images)->largest_alive() * static_cast<std::int64_t>(sizeof(Scalar));
  }

  [[nodiscard]] const NetworkGraph& graph() const { return state_->graph; }
  /// How many passes over maps a run makes.
  [[nodiscard]] std::size_t step_count() const { return state_->program.steps.size(); }

 private:
  using Layout = detail::PlanLayout<Scalar>;

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
    detail::PlanRun<Scalar> run(context, state_->program, layout);
    run.read_images(images);
    run.run();
    run.write_value(state_->output, logits, state_->graph.channels_of(state_->output));
  }

  std::unique_ptr<State> state_;
};

}  // namespace nasnet::inline NASNET_ABI
