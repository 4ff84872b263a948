#pragma once

#include "nasnet/model/inference_plan.hpp"

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

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline Shape with_images(const Shape& shape, std::int64_t images) {
  return {images, shape[1], shape[2], shape[3]};
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
struct InferencePlan<Scalar>::State {
  using Layout = detail::PlanLayout<Scalar>;

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

  /// How many images go through the network together: as many as leave its maps in the cache, since more would not make
  /// its products faster.
  [[nodiscard]] std::int64_t images_at_a_time(const Shape& images) {
    constexpr std::int64_t wanted_bytes = std::int64_t{4} << 20;
    if (images[0] == 1) return 1;
    const std::int64_t image_bytes =
        layout(detail::with_images(images, 1))->arena_size() * static_cast<std::int64_t>(sizeof(Scalar));
    return std::clamp(wanted_bytes / image_bytes, std::int64_t{1}, images[0]);
  }

  [[nodiscard]] std::shared_ptr<const Layout> group_layout(const Shape& images) {
    return layout(detail::with_images(images, images_at_a_time(images)));
  }

  void check_images(const Shape& shape) const {
    if (shape.rank() != 4 || shape[3] != graph.input_channels) {
      fail<ShapeError>("network: images are ", shape.to_string(), ", wanted [N,H,W,", graph.input_channels, ']');
    }
    if (shape[0] < 1) fail<ShapeError>("network: the batch ", shape.to_string(), " is empty");
  }

  void predict_group(Context& context, const Layout& layout, const Scalar* images, Scalar* logits) const {
    detail::PlanRun<Scalar> run(context, program, layout);
    run.read_images(images);
    run.run();
    run.write_value(output, logits, graph.channels_of(output));
  }
};

template <class Scalar>
InferencePlan<Scalar>::InferencePlan(const Model<Scalar>& model, InstructionSet set)
    : state_(std::make_unique<State>(model, set)) {}

template <class Scalar>
InferencePlan<Scalar>::InferencePlan(InferencePlan&& other) noexcept = default;

template <class Scalar>
InferencePlan<Scalar>& InferencePlan<Scalar>::operator=(InferencePlan&& other) noexcept = default;

template <class Scalar>
InferencePlan<Scalar>::~InferencePlan() = default;

template <class Scalar>
Tensor<Scalar> InferencePlan<Scalar>::predict(Context& context, const Tensor<Scalar>& images) const {
  state_->check_images(images.shape());
  const std::int64_t image_size = images.elements() / images.extent(0);
  Tensor<Scalar> logits = context.tensor<Scalar>({images.extent(0), state_->graph.channels_of(state_->output)});
  const std::int64_t group = state_->images_at_a_time(images.shape());
  for (std::int64_t first = 0; first < images.extent(0); first += group) {
    const Shape shape = detail::with_images(images.shape(), (std::min)(group, images.extent(0) - first));
    state_->predict_group(context, *state_->layout(shape), images.data() + first * image_size,
                          logits.data() + first * logits.extent(1));
  }
  return logits;
}

template <class Scalar>
std::int64_t InferencePlan<Scalar>::arena_bytes(const Shape& images) const {
  state_->check_images(images);
  return state_->group_layout(images)->arena_size() * static_cast<std::int64_t>(sizeof(Scalar));
}

template <class Scalar>
std::int64_t InferencePlan<Scalar>::live_bytes(const Shape& images) const {
  state_->check_images(images);
  return state_->group_layout(images)->largest_alive() * static_cast<std::int64_t>(sizeof(Scalar));
}

template <class Scalar>
const NetworkGraph& InferencePlan<Scalar>::graph() const {
  return state_->graph;
}

template <class Scalar>
std::size_t InferencePlan<Scalar>::step_count() const {
  return state_->program.steps.size();
}

}  // namespace nasnet::inline NASNET_ABI
