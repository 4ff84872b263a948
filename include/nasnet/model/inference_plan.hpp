/// A network compiled for prediction.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <memory>   // make_shared, make_unique, shared_ptr, unique_ptr
#include <mutex>    // lock_guard, mutex
#include <vector>   // vector

#include "nasnet/core/context.hpp"
#include "nasnet/core/instruction_set.hpp"
#include "nasnet/model/detail/plan_builder.hpp"
#include "nasnet/model/detail/plan_layout.hpp"
#include "nasnet/model/detail/plan_program.hpp"
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
  explicit InferencePlan(const Model<Scalar>& model, InstructionSet set = instruction_set());

  /// Logits [N,classes]. @param images [N,H,W,C]
  /// @throws ShapeError where the images do not fit the network.
  [[nodiscard]] Tensor<Scalar> predict(Context& context, const Tensor<Scalar>& images) const;

  /// Memory that a run takes for its maps. @param images [N,H,W,C]
  [[nodiscard]] std::int64_t arena_bytes(const Shape& images) const;

  /// The least that any arena could take for these steps: the largest set of maps that are needed at one time.
  [[nodiscard]] std::int64_t live_bytes(const Shape& images) const;

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
    [[nodiscard]] std::shared_ptr<const Layout> layout(const Shape& images);
  };

  void check_images(const Shape& shape) const;

  [[nodiscard]] static Shape with_images(const Shape& shape, std::int64_t images) {
    return {images, shape[1], shape[2], shape[3]};
  }

  /// How many images go through the network together: as many as leave its maps in the cache, since more would not make
  /// its products faster.
  [[nodiscard]] std::int64_t images_at_a_time(const Shape& images) const;

  [[nodiscard]] std::shared_ptr<const Layout> group_layout(const Shape& images) const {
    return state_->layout(with_images(images, images_at_a_time(images)));
  }

  void predict_group(Context& context, const Layout& layout, const Scalar* images, Scalar* logits) const;

  std::unique_ptr<State> state_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/model/inference_plan.ipp"
#endif
