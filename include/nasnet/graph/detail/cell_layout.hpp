/// Where the boxes and wires of a cell's drawing go: rows of blocks, from the cell's inputs below to its output on top.
#pragma once

#include <algorithm>  // max, min, reverse, stable_sort
#include <cstddef>    // size_t
#include <map>        // map
#include <string>     // string
#include <utility>    // pair
#include <vector>     // vector

#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/degeneracy.hpp"
#include "nasnet/graph/detail/cell_labels.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A rectangle of a drawing, in pixels, y downwards.
struct Box {
  double left = 0, top = 0, width = 0, height = 0;

  [[nodiscard]] double centre() const { return left + width / 2; }
  [[nodiscard]] double bottom() const { return top + height; }
};

/// What a box of a cell's drawing stands for.
enum class CellBoxKind { input, op, combination, output };

struct CellBox {
  CellBoxKind kind = CellBoxKind::op;
  Box place;
  std::string label;
  std::string subscript = {};  ///< behind the label, lower and smaller
  bool live = true;            ///< the cell's output depends on it
};

/// A line from one box to another, vertical at both ends.
struct CellWire {
  double from_x = 0, from_y = 0, to_x = 0, to_y = 0;
  bool arrow = true;  ///< it ends at a box and not at another wire
};

/// The values that minimise the squared distance to `wanted` while each is at least `gap` above the one before it:
/// isotonic regression by pooling neighbours that are in each other's way.
/// @param gaps the i-th lies between values i and i + 1
NASNET_LAZY [[nodiscard]] inline std::vector<double> spread_apart(const std::vector<double>& wanted,
                                                                  const std::vector<double>& gaps) {
  struct Pool {
    double sum;
    std::size_t count;
    [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
  };
  std::vector<double> shifts;  // the least distance of a value to the first
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    shifts.push_back(i == 0 ? 0.0 : shifts.back() + gaps[i - 1]);
    pools.push_back({wanted[i] - shifts[i], 1});
    while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
      pools[pools.size() - 2].sum += pools.back().sum;
      pools[pools.size() - 2].count += pools.back().count;
      pools.pop_back();
    }
  }
  std::vector<double> values;
  for (const Pool& pool : pools) {
    for (std::size_t i = 0; i < pool.count; ++i) values.push_back(pool.mean() + shifts[values.size()]);
  }
  return values;
}

/// Lays a cell out in rows. A block stands in the row above the highest state that it reads; a wire that passes a row
/// has a lane there, which all readers of its state share.
class CellLayout {
 public:
  /// @param cell a valid one
  NASNET_LAZY CellLayout(const Cell& cell, int inputs)
      : cell_(cell), inputs_(inputs), live_(live_states(cell, inputs)) {
    place_states();
    place_outputs();
    connect();
    list_neighbours();
    order_rows();
    find_positions();
    draw();
  }

  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] const std::vector<Box>& frames() const { return frames_; }  ///< one behind each block
  [[nodiscard]] const std::vector<CellBox>& boxes() const { return boxes_; }
  [[nodiscard]] const std::vector<CellWire>& wires() const { return wires_; }

 private:
  static constexpr double box_height = 26;
  static constexpr double frame_padding = 8;
  static constexpr double op_gap = 8;      // between the two ops of a block
  static constexpr double inner_gap = 20;  // between ops and combination
  static constexpr double row_gap = 40;
  static constexpr double item_gap = 14;
  static constexpr double lane_width = 10;
  static constexpr double margin = 6;
  static constexpr std::size_t most_ordered_links = 1000;  // crossings are counted pair by pair

  enum class Kind { input, block, lane, output };

  /// What takes part in the order of a row.
  struct Item {
    Kind kind = Kind::block;
    int state = 0;  // of an output: the state it shows, -1 for the concatenation
    std::size_t row = 0;
    double width = 0;
    double x = 0;  // of its centre
  };

  /// A wire between neighbouring rows.
  struct Link {
    std::size_t from = 0, to = 0;  // items
    double offset = 0;             // of its upper end from the centre of the upper item
  };

  [[nodiscard]] const Block& block_of(int state) const {
    return cell_.blocks[static_cast<std::size_t>(state - inputs_)];
  }

  NASNET_LAZY std::size_t add_item(Kind kind, int state, std::size_t row, double width) {
    if (rows_.size() <= row) rows_.resize(row + 1);
    rows_[row].push_back(items_.size());
    items_.push_back({kind, state, row, width, 0});
    return items_.size() - 1;
  }

  [[nodiscard]] static double box_width(const std::string& label) {
    return (std::max)(54.0, 6.7 * static_cast<double>(label.size()) + 18);
  }

  NASNET_LAZY [[nodiscard]] double block_width(const Block& block) const {
    const double ops = box_width(op_label(block.left.op)) + op_gap + box_width(op_label(block.right.op));
    return (std::max)(ops, box_width(combiner_label(block.combine))) + 2 * frame_padding;
  }

  NASNET_LAZY void place_states() {
    for (int input = 0; input < inputs_; ++input) add_item(Kind::input, input, 0, box_width("h"));
    std::reverse(rows_[0].begin(), rows_[0].end());  // the most recent on the right
    for (std::size_t b = 0; b < cell_.blocks.size(); ++b) {
      const Block& block = cell_.blocks[b];
      const std::size_t row = 1 + (std::max)(row_of(block.left.state), row_of(block.right.state));
      add_item(Kind::block, inputs_ + static_cast<int>(b), row, block_width(block));
    }
  }

  // Items of states come first and in the order of the states.
  [[nodiscard]] std::size_t row_of(int state) const { return items_[static_cast<std::size_t>(state)].row; }

  NASNET_LAZY void place_outputs() {
    const std::size_t row = rows_.size();
    if (!cell_.concat.empty()) {
      const double ports = 12.0 * static_cast<double>(cell_.concat.size());
      add_item(Kind::output, -1, row, (std::max)(box_width("concat"), ports));
      return;
    }
    for (std::size_t b = 0; b < cell_.blocks.size(); ++b) {
      add_item(Kind::output, inputs_ + static_cast<int>(b), row, box_width(join("output ", b)));
    }
  }

  NASNET_LAZY void connect() {
    const std::size_t count = items_.size();
    for (std::size_t item = 0; item < count; ++item) {
      const Item reader = items_[item];
      if (reader.kind == Kind::block) {
        connect(block_of(reader.state).left.state, item, left_offset(reader.state));
        connect(block_of(reader.state).right.state, item, right_offset(reader.state));
      } else if (reader.kind == Kind::output && reader.state >= 0) {
        connect(reader.state, item, 0);
      } else if (reader.kind == Kind::output) {
        for (const int state : cell_.concat) connect(state, item, 0);
      }
    }
  }

  NASNET_LAZY void connect(int state, std::size_t reader, double offset) {
    std::size_t from = static_cast<std::size_t>(state);
    for (std::size_t row = row_of(state) + 1; row < items_[reader].row; ++row) from = lane(from, state, row);
    links_.push_back({from, reader, offset});
  }

  NASNET_LAZY std::size_t lane(std::size_t from, int state, std::size_t row) {
    const auto [known, is_new] = lanes_.try_emplace({state, row}, items_.size());
    if (is_new) links_.push_back({from, add_item(Kind::lane, state, row, lane_width), 0});
    return known->second;
  }

  NASNET_LAZY [[nodiscard]] double left_offset(int state) const {
    const Block& block = block_of(state);
    return -(op_gap + box_width(op_label(block.right.op))) / 2;
  }
  NASNET_LAZY [[nodiscard]] double right_offset(int state) const {
    const Block& block = block_of(state);
    return (op_gap + box_width(op_label(block.left.op))) / 2;
  }

  // ---- the order within rows: each item goes where its neighbours are on average, and the best order seen is kept

  NASNET_LAZY void order_rows() {
    pack_rows();
    if (links_.size() > most_ordered_links) return;
    auto best = rows_;
    std::size_t fewest = crossings();
    for (int sweep = 0; sweep < 12 && fewest > 0; ++sweep) {
      sort_rows(sweep % 2 == 0);
      const std::size_t count = crossings();
      if (count >= fewest) continue;
      fewest = count;
      best = rows_;
    }
    rows_ = best;
    pack_rows();
  }

  NASNET_LAZY void pack_rows() {
    for (const auto& row : rows_) pack(row);
  }

  NASNET_LAZY void pack(const std::vector<std::size_t>& row) {
    double total = item_gap * static_cast<double>(row.size() - 1);
    for (const std::size_t item : row) total += items_[item].width;
    double left = -total / 2;
    for (const std::size_t item : row) {
      items_[item].x = left + items_[item].width / 2;
      left += items_[item].width + item_gap;
    }
  }

  NASNET_LAZY void sort_rows(bool upwards) {
    for (std::size_t step = 1; step < rows_.size(); ++step) {
      auto& row = rows_[upwards ? step : rows_.size() - 1 - step];
      std::map<std::size_t, double> places;
      for (const std::size_t item : row) places[item] = mean_of_neighbours(item, upwards, !upwards);
      std::stable_sort(row.begin(), row.end(), [&](auto a, auto b) { return places[a] < places[b]; });
      pack(row);
    }
  }

  NASNET_LAZY void list_neighbours() {
    below_.resize(items_.size());
    above_.resize(items_.size());
    for (std::size_t link = 0; link < links_.size(); ++link) {
      below_[links_[link].to].push_back(link);
      above_[links_[link].from].push_back(link);
    }
  }

  /// Where an item's links would like its centre to be; where it is, without links.
  NASNET_LAZY [[nodiscard]] double mean_of_neighbours(std::size_t item, bool below, bool above) const {
    double sum = 0;
    std::size_t count = 0;
    if (below) {
      for (const std::size_t link : below_[item]) sum += items_[links_[link].from].x - links_[link].offset;
      count += below_[item].size();
    }
    if (above) {
      for (const std::size_t link : above_[item]) sum += items_[links_[link].to].x + links_[link].offset;
      count += above_[item].size();
    }
    return count > 0 ? sum / static_cast<double>(count) : items_[item].x;
  }

  NASNET_LAZY [[nodiscard]] std::size_t crossings() const {
    std::size_t count = 0;
    for (std::size_t a = 0; a < links_.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) count += cross(links_[a], links_[b]) ? 1 : 0;
    }
    return count;
  }

  NASNET_LAZY [[nodiscard]] bool cross(const Link& a, const Link& b) const {
    if (items_[a.to].row != items_[b.to].row) return false;
    const double below = items_[a.from].x - items_[b.from].x;
    const double above = items_[a.to].x + a.offset - items_[b.to].x - b.offset;
    return below * above < 0;
  }

  // ---- positions: each row in turn as near to its neighbours as its order allows

  NASNET_LAZY void find_positions() {
    for (int sweep = 0; sweep < 24; ++sweep) {
      for (std::size_t step = 0; step < rows_.size(); ++step) {
        settle(rows_[sweep % 2 == 0 ? step : rows_.size() - 1 - step]);
      }
    }
    double left = 0;
    double right = 0;
    for (const Item& item : items_) {
      left = (std::min)(left, item.x - item.width / 2);
      right = (std::max)(right, item.x + item.width / 2);
    }
    for (Item& item : items_) item.x += margin - left;
    width_ = right - left + 2 * margin;
  }

  NASNET_LAZY void settle(const std::vector<std::size_t>& row) {
    std::vector<double> wanted;
    std::vector<double> gaps;
    for (std::size_t i = 0; i < row.size(); ++i) {
      wanted.push_back(mean_of_neighbours(row[i], true, true));
      if (i > 0) gaps.push_back((items_[row[i - 1]].width + items_[row[i]].width) / 2 + item_gap);
    }
    const std::vector<double> values = spread_apart(wanted, gaps);
    for (std::size_t i = 0; i < row.size(); ++i) items_[row[i]].x = values[i];
  }

  // ---- boxes and wires

  NASNET_LAZY [[nodiscard]] double row_height(std::size_t row) const {
    if (row == 0) return box_height;
    if (row + 1 == rows_.size()) return cell_.concat.empty() ? box_height : 2 * box_height + inner_gap;
    return 2 * box_height + inner_gap + 2 * frame_padding;
  }

  NASNET_LAZY void draw() {
    tops_.resize(rows_.size());
    height_ = margin;
    for (std::size_t row = rows_.size(); row-- > 0;) {
      tops_[row] = height_;
      height_ += row_height(row) + (row > 0 ? row_gap : margin);
    }
    for (const Item& item : items_) draw(item);
    spread_ports();
    for (const Link& link : links_) draw(link);
  }

  NASNET_LAZY void draw(const Item& item) {
    const double top = tops_[item.row];
    switch (item.kind) {
      case Kind::input: draw_input(item, top); break;
      case Kind::lane: wires_.push_back({item.x, top + row_height(item.row), item.x, top, false}); break;
      case Kind::block: draw_block(item, top); break;
      case Kind::output: draw_output(item, top); break;
    }
  }

  NASNET_LAZY void draw_input(const Item& item, double top) {
    add_box(CellBoxKind::input, item.x, top, "h", is_live(item.state));
    boxes_.back().subscript = item.state == 0 ? std::string("i") : join("i\u2212", item.state);
  }

  NASNET_LAZY void draw_block(const Item& item, double top) {
    const Block& block = block_of(item.state);
    const bool live = is_live(item.state);
    frames_.push_back({item.x - item.width / 2, top, item.width, row_height(item.row)});
    const double upper = top + frame_padding;
    const double lower = upper + box_height + inner_gap;
    add_box(CellBoxKind::op, item.x + left_offset(item.state), lower, op_label(block.left.op), live);
    add_box(CellBoxKind::op, item.x + right_offset(item.state), lower, op_label(block.right.op), live);
    add_box(CellBoxKind::combination, item.x, upper, combiner_label(block.combine), live);
    wires_.push_back({item.x + left_offset(item.state), lower, item.x - 7, upper + box_height});
    wires_.push_back({item.x + right_offset(item.state), lower, item.x + 7, upper + box_height});
  }

  NASNET_LAZY void draw_output(const Item& item, double top) {
    if (item.state >= 0) {
      add_box(CellBoxKind::output, item.x, top, join("output ", item.state - inputs_), true);
      return;
    }
    const double lower = top + box_height + inner_gap;
    add_box(CellBoxKind::input, item.x, top, "h", true);
    boxes_.back().subscript = "i+1";
    boxes_.push_back({CellBoxKind::output, {item.x - item.width / 2, lower, item.width, box_height}, "concat"});
    wires_.push_back({item.x, lower, item.x, top + box_height});
  }

  NASNET_LAZY void add_box(CellBoxKind kind, double centre, double top, const std::string& label, bool live) {
    const double width = box_width(label);
    boxes_.push_back({kind, {centre - width / 2, top, width, box_height}, label, {}, live});
  }

  /// Wires into the concatenation arrive beside each other.
  NASNET_LAZY void spread_ports() {
    std::vector<Link*> arriving;
    for (Link& link : links_) {
      if (items_[link.to].kind == Kind::output && items_[link.to].state < 0) arriving.push_back(&link);
    }
    std::stable_sort(arriving.begin(), arriving.end(),
                     [&](const Link* a, const Link* b) { return items_[a->from].x < items_[b->from].x; });
    for (std::size_t i = 0; i < arriving.size(); ++i) {
      const double middle = static_cast<double>(arriving.size() - 1) / 2;
      arriving[i]->offset = 10 * (static_cast<double>(i) - middle);
    }
  }

  NASNET_LAZY void draw(const Link& link) {
    const Item& from = items_[link.from];
    const Item& to = items_[link.to];
    const double start = tops_[from.row] + (from.kind == Kind::block ? frame_padding : 0);
    double end = tops_[to.row] + row_height(to.row);
    if (to.kind == Kind::block) end -= frame_padding;
    wires_.push_back({from.x, start, to.x + link.offset, end, to.kind != Kind::lane});
  }

  [[nodiscard]] bool is_live(int state) const { return live_[static_cast<std::size_t>(state)]; }

  const Cell& cell_;
  int inputs_;
  std::vector<bool> live_;
  std::vector<Item> items_;
  std::vector<std::vector<std::size_t>> rows_;  // items from left to right, the cell's inputs first
  std::vector<Link> links_;
  std::vector<std::vector<std::size_t>> below_, above_;  // links of each item
  std::map<std::pair<int, std::size_t>, std::size_t> lanes_;
  std::vector<double> tops_;
  double width_ = 0;
  double height_ = 0;
  std::vector<Box> frames_;
  std::vector<CellBox> boxes_;
  std::vector<CellWire> wires_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
