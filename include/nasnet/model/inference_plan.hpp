/// A network compiled for prediction.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <memory>   // unique_ptr

#include "nasnet/core/instruction_set.hpp"
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

  InferencePlan(InferencePlan&& other) noexcept;
  InferencePlan& operator=(InferencePlan&& other) noexcept;
  ~InferencePlan();

  /// Logits [N,classes]. @param images [N,H,W,C]
  /// @throws ShapeError where the images do not fit the network.
  [[nodiscard]] Tensor<Scalar> predict(Context& context, const Tensor<Scalar>& images) const;

  /// Memory that a run takes for its maps. @param images [N,H,W,C]
  [[nodiscard]] std::int64_t arena_bytes(const Shape& images) const;

  /// The least that any arena could take for these steps: the largest set of maps that are needed at one time.
  [[nodiscard]] std::int64_t live_bytes(const Shape& images) const;

  [[nodiscard]] const NetworkGraph& graph() const;
  /// How many passes over maps a run makes.
  [[nodiscard]] std::size_t step_count() const;

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/model/inference_plan.ipp"
#endif
