/// An inference plan for one size of input: where each buffer lies in the arena, and how steps are cut into tasks.
#pragma once

#include <algorithm>  // find_if, max, stable_sort
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <iterator>   // size
#include <limits>     // numeric_limits
#include <numeric>    // iota
#include <variant>    // get, get_if, monostate, variant
#include <vector>     // vector

#include "nasnet/core/shape.hpp"
#include "nasnet/graph/shapes.hpp"
#include "nasnet/model/detail/plan_program.hpp"

namespace nasnet::inline v0::detail {

/// A piece of memory that is needed from one step to another.
struct ArenaBlock {
  std::int64_t size = 0;
  int first_step = 0;
  int last_step = 0;
  std::int64_t offset = 0;

  [[nodiscard]] bool lives_with(const ArenaBlock& other) const {
    return first_step <= other.last_step && other.first_step <= last_step;
  }
};

/// Gives each block, in this order, the lowest place that no block has which lives with it. @return the size of all
inline std::int64_t place_blocks(std::vector<ArenaBlock>& blocks, const std::vector<std::size_t>& order) {
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

/// Finds an offset for each block, so that no two that live together overlap: of several orders the one that takes
/// least. @return the size of all
inline std::int64_t pack_arena(std::vector<ArenaBlock>& blocks) {
  const auto in_order = [&](const auto& weight) {
    std::vector<std::size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return weight(blocks[a]) > weight(blocks[b]); });
    return order;
  };
  const auto steps = [](const ArenaBlock& block) { return std::int64_t{block.last_step} - block.first_step + 1; };
  const std::vector<std::size_t> orders[] = {
      in_order([](const ArenaBlock& block) { return block.size; }),
      in_order([&](const ArenaBlock& block) { return block.size * steps(block); }),
      in_order([&](const ArenaBlock& block) { return steps(block); }),
      in_order([](const ArenaBlock& block) { return -block.first_step; }),
      in_order([](const ArenaBlock& block) { return block.last_step; }),
  };
  std::size_t best = 0;
  std::int64_t least = (std::numeric_limits<std::int64_t>::max)();
  for (std::size_t i = 0; i < std::size(orders); ++i) {
    const std::int64_t size = place_blocks(blocks, orders[i]);
    if (size < least) {
      least = size;
      best = i;
    }
  }
  return place_blocks(blocks, orders[best]);
}

/// The largest sum of blocks that live at one step.
[[nodiscard]] inline std::int64_t largest_alive(const std::vector<ArenaBlock>& blocks) {
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

template <class T>
class PlanLayout {
 public:
  using Tiling = std::variant<std::monostate, ConvolutionTiling<T>, PoolTiling<T>>;

  /// @param images [N,H,W,C] @throws ShapeError where the network cannot take them.
  PlanLayout(const PlanProgram<T>& program, const NetworkGraph& graph, const Shape& images)
      : program_(program), images_(images), shapes_(infer_shapes(graph, {images[1], images[2]})) {
    for (const PlanBuffer& buffer : program.buffers) {
      const Size size = size_of(buffer.node);
      blocks_.push_back({.size = rounded_up(images[0] * size.height * size.width * buffer.lanes, cache_line),
                         .first_step = buffer.first_step,
                         .last_step = buffer.last_step});
    }
    arena_size_ = pack_arena(blocks_) + cache_line;  // vectors are read past the last pixel
    for (const PlanStep<T>& step : program.steps) tilings_.push_back(tile(step));
  }

  [[nodiscard]] const Shape& images() const { return images_; }
  [[nodiscard]] std::int64_t arena_size() const { return arena_size_; }
  [[nodiscard]] std::int64_t largest_alive() const { return detail::largest_alive(blocks_); }
  [[nodiscard]] std::int64_t scratch_size() const { return scratch_size_; }
  [[nodiscard]] std::int64_t pointer_count() const { return pointer_count_; }
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

  [[nodiscard]] Tiling tile(const PlanStep<T>& step) {
    if (const auto* convolution = std::get_if<ConvolutionStep<T>>(&step)) {
      ConvolutionTiling<T> tiling(convolution->convolution, input_view(convolution->input), program_.set);
      need(tiling.scratch_size(), convolution->convolution.window.kernel_height);
      return tiling;
    }
    if (const auto* pool = std::get_if<PoolStep>(&step)) {
      PoolTiling<T> tiling(pool->pool, input_view(pool->input), program_.set);
      need(tiling.scratch_size(), pool->pool.window.kernel_height);
      return tiling;
    }
    return std::monostate{};
  }

  [[nodiscard]] MapView<const T> input_view(int node) const { return view(program_.value(node), nullptr).read_only(); }

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
};

}  // namespace nasnet::inline v0::detail
