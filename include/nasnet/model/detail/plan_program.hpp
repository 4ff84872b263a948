/// What an inference plan does, without sizes: buffers, the place of each value in them, and the steps in order.
#pragma once

#include <cstddef>   // size_t
#include <cstdint>   // int64_t
#include <memory>    // shared_ptr
#include <optional>  // optional
#include <variant>   // variant, visit
#include <vector>    // vector

#include "nasnet/core/instruction_set.hpp"
#include "nasnet/core/tensor.hpp"
#include "nasnet/ops/fused_convolution.hpp"
#include "nasnet/ops/fused_pool.hpp"
#include "nasnet/ops/map_view.hpp"
#include "nasnet/primitive/primitive.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Maps of one size in one piece of memory, the values of a concatenation side by side.
struct PlanBuffer {
  std::int64_t lanes = 0;  ///< scalars of a pixel
  int node = -1;           ///< a node whose size it has; -1: the network's input
  int first_step = 0;      ///< the steps from the first that writes it
  int last_step = -1;      ///< to the last that reads it
};

/// Where a node's value lies. Each piece of a concatenation is filled up to whole vectors with zeros.
struct PlanValue {
  int buffer = -1;
  std::int64_t lane = 0;           ///< first scalar in a pixel of the buffer
  std::int64_t lanes = 0;          ///< scalars in a pixel, whole vectors
  std::vector<ChannelRun> runs{};  ///< from lanes of the value to channels
};

/// Steps name values by their nodes, -1 for the network's input.
template <class T>
struct ConvolutionStep {
  FusedConvolution<T> convolution;
  int input;
  std::optional<int> addend;
  int output;
};

struct PoolStep {
  FusedPool pool;
  int input;
  std::optional<int> addend;
  int output;
};

struct SumStep {
  std::vector<int> inputs;  ///< two or more
  int output;
};

/// Copies a value to its place in a concatenation.
struct CopyStep {
  int input;
  PlanValue place;
};

struct MeanStep {
  int input;
  bool rectify;
  int output;
};

/// Any other primitive, computed as outside a plan on dense copies of its inputs.
template <class T>
struct PrimitiveStep {
  Primitive primitive;
  std::vector<std::shared_ptr<Tensor<T>>> parameters;
  std::vector<int> inputs;
  int output;
};

template <class T>
using PlanStep = std::variant<ConvolutionStep<T>, PoolStep, SumStep, CopyStep, MeanStep, PrimitiveStep<T>>;

template <class T>
struct PlanProgram {
  InstructionSet set{};
  bool dense_input = false;  ///< the network's input lies in memory without padding between pixels
  std::vector<PlanBuffer> buffers{};
  std::vector<PlanValue> values{};  ///< by node
  PlanValue input{};
  std::vector<PlanStep<T>> steps{};

  [[nodiscard]] const PlanValue& value(int node) const {
    return node < 0 ? input : values[static_cast<std::size_t>(node)];
  }
};

/// A value that a step reads, or a place that it writes.
struct PlanAccess {
  const PlanValue* value = nullptr;
  bool writes = false;

  /// Whether two steps with these accesses must keep their order, by what lies where in the buffers.
  NASNET_LAZY [[nodiscard]] bool conflicts_with(const PlanAccess& other) const {
    return (writes || other.writes) && value->buffer == other.value->buffer &&
           value->lane < other.value->lane + other.value->lanes && other.value->lane < value->lane + value->lanes;
  }
};

/// Of one step.
template <class T>
[[nodiscard]] std::vector<PlanAccess> accesses_of(const PlanProgram<T>& program, const PlanStep<T>& any_step) {
  std::vector<PlanAccess> accesses;
  const auto reads = [&](int node) { accesses.push_back({&program.value(node), false}); };
  std::visit(
      [&]<class Step>(const Step& step) {
        if constexpr (requires { step.place; }) {  // a copy
          accesses.push_back({&step.place, true});
        } else {
          accesses.push_back({&program.value(step.output), true});
        }
        if constexpr (requires { step.input; }) reads(step.input);
        if constexpr (requires { step.addend; }) {
          if (step.addend) reads(*step.addend);
        }
        if constexpr (requires { step.inputs; }) {
          for (const int input : step.inputs) reads(input);
        }
      },
      any_step);
  return accesses;
}

/// Of each step.
template <class T>
[[nodiscard]] std::vector<std::vector<PlanAccess>> accesses_of(const PlanProgram<T>& program) {
  std::vector<std::vector<PlanAccess>> accesses;
  for (const PlanStep<T>& step : program.steps) accesses.push_back(accesses_of(program, step));
  return accesses;
}

/// Whether any of one step's accesses conflicts with any of another's, by a rule for two.
template <class Conflict>
[[nodiscard]] bool any_conflict(const std::vector<PlanAccess>& left, const std::vector<PlanAccess>& right,
                                const Conflict& conflict) {
  for (const PlanAccess& a : left) {
    for (const PlanAccess& b : right) {
      if (conflict(a, b)) return true;
    }
  }
  return false;
}

}  // namespace nasnet::inline NASNET_ABI::detail
