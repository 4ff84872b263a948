/// An inference plan for one size of input: where each buffer lies in the arena, and how steps are cut into tasks.
#pragma once

#include <algorithm>    // find_if, max, max_element, rotate, stable_sort
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <limits>       // numeric_limits
#include <numeric>      // iota
#include <type_traits>  // is_same_v
#include <variant>      // get, holds_alternative, monostate, variant, visit
#include <vector>       // vector

#include "nasnet/core/shape.hpp"
#include "nasnet/core/step_sequence.hpp"
#include "nasnet/graph/shapes.hpp"
#include "nasnet/model/detail/plan_program.hpp"
#include "nasnet/ops/map_arithmetic.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A piece of memory that is needed from one step to another.
struct ArenaBlock {
  std::int64_t size = 0;
  int first_step = 0;
  int last_step = 0;
  std::int64_t offset = 0;

  [[nodiscard]] bool lives_with(const ArenaBlock& other) const {
    return first_step <= other.last_step && other.first_step <= last_step;
  }
  [[nodiscard]] bool overlaps(const ArenaBlock& other) const {
    return offset < other.offset + other.size && other.offset < offset + size;
  }
};

/// Gives each block, in this order, the lowest place that no block has which lives with it. @return the size of all
NASNET_LAZY inline std::int64_t place_blocks(std::vector<ArenaBlock>& blocks, const std::vector<std::size_t>& order) {
  std::vector<std::size_t> placed;  // by offset
  std::int64_t end = 0;
  for (const std::size_t block : order) {
    std::int64_t offset = 0;
    for (const std::size_t other : placed) {
      if (!blocks[block].lives_with(blocks[other])) continue;
      if (blocks[other].offset >= offset + blocks[block].size) break;
      offset = (std::max)(offset, blocks[other].offset + blocks[other].size);
    }
    blocks[block].offset = offset;
    end = (std::max)(end, offset + blocks[block].size);
    const auto place =
        std::find_if(placed.begin(), placed.end(), [&](std::size_t other) { return blocks[other].offset > offset; });
    placed.insert(place, block);
  }
  return end;
}

/// The largest sum of blocks that live at one step.
NASNET_LAZY [[nodiscard]] inline std::int64_t largest_alive(const std::vector<ArenaBlock>& blocks) {
  std::int64_t largest = 0;
  for (const ArenaBlock& at : blocks) {  // the sum can only rise where a block begins
    std::int64_t alive = 0;
    for (const ArenaBlock& block : blocks) {
      if (block.first_step <= at.first_step && at.first_step <= block.last_step) alive += block.size;
    }
    largest = (std::max)(largest, alive);
  }
  return largest;
}

/// Orders in which blocks may be placed.
NASNET_LAZY [[nodiscard]] inline std::vector<std::vector<std::size_t>> placing_orders(
    const std::vector<ArenaBlock>& blocks) {
  const auto in_order = [&](const auto& weight) {
    std::vector<std::size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return weight(blocks[a]) > weight(blocks[b]); });
    return order;
  };
  const auto steps = [](const ArenaBlock& block) { return std::int64_t{block.last_step} - block.first_step + 1; };
  return {
      in_order([](const ArenaBlock& block) { return block.size; }),
      in_order([&](const ArenaBlock& block) { return block.size * steps(block); }),
      in_order([&](const ArenaBlock& block) { return steps(block); }),
      in_order([](const ArenaBlock& block) { return -block.first_step; }),
      in_order([](const ArenaBlock& block) { return block.last_step; }),
  };
}

/// The block that reaches furthest goes to the front of an order. @return whether it was not there yet
NASNET_LAZY inline bool move_furthest_to_front(const std::vector<ArenaBlock>& blocks, std::vector<std::size_t>& order) {
  const auto end = [&](std::size_t block) { return blocks[block].offset + blocks[block].size; };
  const auto furthest =
      std::max_element(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return end(a) < end(b); });
  if (furthest == order.begin() || furthest == order.end()) return false;
  std::rotate(order.begin(), furthest, furthest + 1);
  return true;
}

/// Finds an offset for each block, so that no two that live together overlap. Tries several orders, and each again with
/// the block that lay furthest placed first; keeps what takes least. @return the size of all
NASNET_LAZY inline std::int64_t pack_arena(std::vector<ArenaBlock>& blocks) {
  constexpr int attempts = 12;  // for each order
  const std::int64_t no_less = largest_alive(blocks);
  std::vector<std::size_t> best;
  std::int64_t least = (std::numeric_limits<std::int64_t>::max)();
  for (std::vector<std::size_t>& order : placing_orders(blocks)) {
    for (int attempt = 0; attempt < attempts && least > no_less; ++attempt) {
      const std::int64_t size = place_blocks(blocks, order);
      if (size < least) {
        least = size;
        best = order;
      }
      if (!move_furthest_to_front(blocks, order)) break;
    }
  }
  return place_blocks(blocks, best);
}

/// Steps that run together: `steps.size()` of them from `first` on, or a step of a primitive alone.
struct PlanSegment {
  int first = 0;
  std::vector<SequenceStep> steps{};  ///< empty for a primitive, which cuts itself
};

template <class T>
class PlanLayout {
 public:
  using Tiling = std::variant<std::monostate, ConvolutionTiling<T>, PoolTiling<T>, TaskRanges>;

  /// @param images [N,H,W,C] @throws ShapeError where the network cannot take them.
  PlanLayout(const PlanProgram<T>& program, const NetworkGraph& graph, const Shape& images)
      : program_(program), images_(images), shapes_(infer_shapes(graph, {images[1], images[2]})) {
    for (const PlanBuffer& buffer : program.buffers) {
      const Size size = size_of(buffer.node);
      const std::int64_t scalars = images[0] * size.height * size.width * buffer.lanes + overhang_of(buffer);
      blocks_.push_back(
          {.size = rounded_up(scalars, cache_line), .first_step = buffer.first_step, .last_step = buffer.last_step});
    }
    arena_size_ = pack_arena(blocks_);
    for (const PlanStep<T>& step : program.steps) tilings_.push_back(tile(step));
    find_segments();
  }

  [[nodiscard]] const Shape& images() const { return images_; }
  [[nodiscard]] std::int64_t arena_size() const { return arena_size_; }
  [[nodiscard]] std::int64_t largest_alive() const { return detail::largest_alive(blocks_); }
  [[nodiscard]] std::int64_t scratch_size() const { return scratch_size_; }
  [[nodiscard]] std::int64_t pointer_count() const { return pointer_count_; }
  [[nodiscard]] const std::vector<PlanSegment>& segments() const { return segments_; }
  template <class Kind>
  [[nodiscard]] const Kind& tiling(std::size_t step) const {
    return std::get<Kind>(tilings_[step]);
  }

  /// The maps of a value, with their lanes for channels.
  [[nodiscard]] MapView<T> view(const PlanValue& value, T* arena) const {
    const PlanBuffer& buffer = program_.buffers[static_cast<std::size_t>(value.buffer)];
    const Size size = size_of(buffer.node);
    return {.data = arena + blocks_[static_cast<std::size_t>(value.buffer)].offset + value.lane,
            .images = images_[0],
            .height = size.height,
            .width = size.width,
            .channels = value.lanes,
            .pitch = buffer.lanes};
  }

 private:
  static constexpr std::int64_t cache_line = 64 / static_cast<std::int64_t>(sizeof(T));

  [[nodiscard]] Size size_of(int node) const {
    return node < 0 ? Size{images_[1], images_[2]} : shapes_[static_cast<std::size_t>(node)].size();
  }

  /// Scalars that are read past the last pixel: the input has no padding, but is read in whole vectors.
  [[nodiscard]] std::int64_t overhang_of(const PlanBuffer& buffer) const {
    return buffer.node < 0 ? program_.input.lanes - buffer.lanes : 0;
  }

  [[nodiscard]] Tiling tile(const PlanStep<T>& any_step) {
    return std::visit([this](const auto& step) { return this->tile_step(step); }, any_step);
  }

  [[nodiscard]] Tiling tile_step(const ConvolutionStep<T>& step) {
    ConvolutionTiling<T> tiling(step.convolution, map_of(step.input), program_.set);
    need(tiling.scratch_size(), step.convolution.window.kernel_height);
    return tiling;
  }
  [[nodiscard]] Tiling tile_step(const PoolStep& step) {
    PoolTiling<T> tiling(step.pool, map_of(step.input), program_.set);
    need(tiling.scratch_size(), step.pool.window.kernel_height);
    return tiling;
  }
  [[nodiscard]] Tiling tile_step(const SumStep& step) const { return pixel_ranges(map_of(step.output)); }
  [[nodiscard]] Tiling tile_step(const CopyStep& step) const { return pixel_ranges(map_of(step.input)); }
  [[nodiscard]] Tiling tile_step(const MeanStep& step) const { return mean_ranges(map_of(step.input), program_.set); }
  [[nodiscard]] Tiling tile_step(const PrimitiveStep<T>&) const { return std::monostate{}; }

  /// Its sizes, at no place.
  [[nodiscard]] MapView<const T> map_of(int node) const { return view(program_.value(node), nullptr).read_only(); }

  void find_segments() {
    const std::vector<std::vector<PlanAccess>> accesses = accesses_of(program_);
    bool joins = false;
    for (int s = 0; s < static_cast<int>(tilings_.size()); ++s) {
      const Tiling& tiling = tilings_[static_cast<std::size_t>(s)];
      const bool is_primitive = std::holds_alternative<std::monostate>(tiling);
      if (!joins || is_primitive) segments_.push_back({.first = s});
      joins = !is_primitive;
      if (is_primitive) continue;
      PlanSegment& segment = segments_.back();
      segment.steps.push_back(
          {.tasks = tasks_of(tiling), .after = last_conflict(accesses, segment.first, s) - segment.first});
    }
  }

  [[nodiscard]] static std::int64_t tasks_of(const Tiling& any_tiling) {
    return std::visit(
        []<class Kind>(const Kind& tiling) -> std::int64_t {
          if constexpr (std::is_same_v<Kind, std::monostate>) {
            return 0;
          } else {
            return tiling.tasks();
          }
        },
        any_tiling);
  }

  /// The last step from `first` on and before this one that writes what it reads, or reads or writes where it writes;
  /// first - 1: none.
  [[nodiscard]] int last_conflict(const std::vector<std::vector<PlanAccess>>& accesses, int first, int step) const {
    const auto conflicts = [this](const PlanAccess& left, const PlanAccess& right) { return conflict(left, right); };
    const auto accesses_at = [&](int number) -> const auto& { return accesses[static_cast<std::size_t>(number)]; };
    int earlier = step - 1;
    while (earlier >= first && !any_conflict(accesses_at(step), accesses_at(earlier), conflicts)) --earlier;
    return earlier;
  }

  [[nodiscard]] bool conflict(const PlanAccess& left, const PlanAccess& right) const {
    if (left.value->buffer == right.value->buffer) return left.conflicts_with(right);
    return (left.writes || right.writes) && block_of(left).overlaps(block_of(right));
  }

  [[nodiscard]] const ArenaBlock& block_of(const PlanAccess& access) const {
    return blocks_[static_cast<std::size_t>(access.value->buffer)];
  }

  void need(std::int64_t scalars, std::int64_t kernel_height) {
    scratch_size_ = (std::max)(scratch_size_, scalars);
    pointer_count_ = (std::max)(pointer_count_, 2 * kernel_height);
  }

  const PlanProgram<T>& program_;
  Shape images_;
  std::vector<FeatureShape> shapes_;
  std::vector<ArenaBlock> blocks_;
  std::int64_t arena_size_ = 0;
  std::int64_t scratch_size_ = 1;
  std::int64_t pointer_count_ = 2;
  std::vector<Tiling> tilings_;
  std::vector<PlanSegment> segments_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
