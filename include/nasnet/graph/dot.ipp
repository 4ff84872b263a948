#pragma once

#include "nasnet/graph/dot.hpp"

#include <cstddef>      // size_t
#include <optional>     // nullopt, optional
#include <set>          // set
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move, pair
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/degeneracy.hpp"
#include "nasnet/graph/detail/cell_labels.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/graph/shapes.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Draws one cell as the paper's figure 4 does: inputs below, two ops and their combination a block, the output on top.
class CellDot {
 public:
  NASNET_LAZY CellDot(const Cell& cell, CellRole role, int inputs, std::string_view margin)
      : cell_(cell), role_(to_string(role)), inputs_(inputs), margin_(margin) {
    require_drawable(cell, role, inputs);
    live_ = live_states(cell, inputs);
  }

  NASNET_LAZY [[nodiscard]] std::string text() && {
    draw_inputs();
    for (std::size_t b = 0; b < cell_.blocks.size(); ++b) draw_block(static_cast<int>(b));
    draw_output();
    return std::move(text_);
  }

 private:
  template <class... Parts>
  void line(const Parts&... parts) {
    text_.append(margin_).append(join(parts...)).append(";\n");
  }

  NASNET_LAZY [[nodiscard]] std::string id(std::string_view what) const { return join(role_, '_', what); }
  NASNET_LAZY [[nodiscard]] std::string state_id(int state) const {
    return state < inputs_ ? id(join("h", state)) : id(join("block", state - inputs_));
  }

  NASNET_LAZY void draw_inputs() {
    for (int input = 0; input < inputs_; ++input) {
      const std::string offset = input == 0 ? std::string() : join("&#8722;", input);
      line(state_id(input), " [label=<h<SUB>i", offset, "</SUB>>, ", is_live(input) ? input_style : dead_style, ']');
    }
    text_.append(margin_).append("{ rank=same;");
    for (int input = inputs_; input-- > 0;) text_.append(1, ' ').append(state_id(input)).append(";");
    text_.append(" }\n");
  }

  NASNET_LAZY void draw_block(int number) {
    const Block& block = cell_.blocks[static_cast<std::size_t>(number)];
    const std::string combination = state_id(inputs_ + number);
    const bool live = is_live(inputs_ + number);
    text_ += join(margin_, "subgraph cluster_", combination,
                  " { label=\"\"; style=\"rounded,filled\"; color=\"#f3f5f8\"; margin=5;\n");
    draw_op(block.left, combination, "_left", live);
    draw_op(block.right, combination, "_right", live);
    line(combination, " [label=\"", combiner_label(block.combine), "\", ", live ? combine_style : dead_style, ']');
    text_.append(margin_).append("}\n");
    line(state_id(block.left.state), " -> ", combination, "_left");
    line(state_id(block.right.state), " -> ", combination, "_right");
  }

  NASNET_LAZY void draw_op(const BlockInput& input, const std::string& combination, std::string_view side, bool live) {
    const std::string op = combination + std::string(side);
    line(op, " [label=\"", op_label(input.op), "\", ", live ? op_style : dead_style, ']');
    line(op, " -> ", combination);
  }

  NASNET_LAZY void draw_output() {
    if (cell_.concat.empty()) {
      for (std::size_t b = 0; b < cell_.blocks.size(); ++b) {
        const std::string output = id(join("output", b));
        line(output, " [label=\"output ", b, "\", ", output_style, ']');
        line(state_id(inputs_ + static_cast<int>(b)), " -> ", output);
      }
      return;
    }
    line(id("concat"), " [label=\"concat\", ", output_style, ']');
    line(id("output"), " [label=<h<SUB>i+1</SUB>>, ", input_style, ']');
    for (const int state : cell_.concat) line(state_id(state), " -> ", id("concat"));
    line(id("concat"), " -> ", id("output"));
  }

  [[nodiscard]] bool is_live(int state) const { return live_[static_cast<std::size_t>(state)]; }

  static constexpr std::string_view input_style = "fillcolor=\"#ffffff\", color=\"#8a8a8a\"";
  static constexpr std::string_view op_style = "fillcolor=\"#fff3c4\", color=\"#c9a227\"";
  static constexpr std::string_view combine_style = "fillcolor=\"#d5ecd4\", color=\"#5a9e5d\"";
  static constexpr std::string_view output_style = "fillcolor=\"#f8d7df\", color=\"#c2627d\"";
  static constexpr std::string_view dead_style =
      "fillcolor=\"#f4f4f4\", color=\"#b5b5b5\", fontcolor=\"#8a8a8a\", style=\"rounded,filled,dashed\"";

  const Cell& cell_;
  std::string role_;
  int inputs_;
  std::string margin_;
  std::vector<bool> live_;
  std::string text_;
};

/// What every drawing begins with: bottom to top, as the paper draws.
NASNET_LAZY [[nodiscard]] inline std::string dot_head(std::string_view name) {
  return join(
      "digraph ", name,
      " {\n"
      "  rankdir=BT; ranksep=0.35; nodesep=0.15; fontname=\"Helvetica\"; fontsize=13; pad=0.2;\n"
      "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, height=0.32, width=0.7, "
      "margin=\"0.09,0.04\"];\n"
      "  edge [color=\"#6b7280\", arrowsize=0.55, penwidth=0.9];\n");
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string cell_dot(const Cell& cell, CellRole role, int inputs) {
  return detail::dot_head(join(to_string(role), "_cell")) + detail::CellDot(cell, role, inputs, "  ").text() + "}\n";
}

NASNET_BODY std::string architecture_dot(const Architecture& architecture) {
  std::string text = detail::dot_head("cells");
  for (const CellRole role : {CellRole::normal, CellRole::reduction}) {
    const bool reduces = role == CellRole::reduction;
    text += join("  subgraph cluster_", to_string(role), " {\n    label=\"",
                 reduces ? "Reduction cell: stride 2 for ops on its inputs" : "Normal cell",
                 "\"; labelloc=b; style=\"rounded\"; color=\"#c9ced6\"; margin=14;\n");
    text += detail::CellDot(cell_of(architecture, role), role, architecture.inputs, "    ").text();
    text += "  }\n";
  }
  return text + "}\n";
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// Draws a network with one node a cell, from the image below to the logits on top.
class NetworkDot {
 public:
  NASNET_LAZY NetworkDot(const NetworkGraph& graph, std::optional<Size> image) : graph_(graph), image_(image) {
    if (image_) shapes_ = infer_shapes(graph, *image_);
  }

  NASNET_LAZY [[nodiscard]] std::string text() {
    text_ = dot_head("network");
    draw_image();
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) draw_first_of_part(static_cast<int>(n));
    draw_edges();
    return text_ + "}\n";
  }

 private:
  /// Which drawn node a node of the graph belongs to.
  NASNET_LAZY [[nodiscard]] std::string owner(int node) const {
    if (node < 0) return "image";
    const GraphNode& found = graph_.nodes[static_cast<std::size_t>(node)];
    switch (found.part) {
      case NetworkPart::cell: return join("cell", found.cell);
      case NetworkPart::head: return "head";
      case NetworkPart::auxiliary: return "auxiliary_head";
      case NetworkPart::stem: break;
    }
    return "stem";
  }

  NASNET_LAZY void draw_node(const std::string& id, const std::string& title, const std::string& map,
                             std::string_view colours) {
    text_ += join("  ", id, " [label=\"", title, "\\n", map, "\", ", colours, "];\n");
  }

  NASNET_LAZY void draw_image() {
    const std::string channels = join(graph_.input_channels, graph_.input_channels == 1 ? " channel" : " channels");
    const std::string map = image_ ? join(image_->height, 'x', image_->width, 'x', graph_.input_channels) : channels;
    draw_node("image", "image", map, "fillcolor=\"#ffffff\", color=\"#8a8a8a\", group=spine");
  }

  /// A part is drawn where its first node stands, so that the drawing's text follows the network.
  NASNET_LAZY void draw_first_of_part(int node) {
    const std::string id = owner(node);
    if (!drawn_.insert(id).second) return;
    switch (graph_.nodes[static_cast<std::size_t>(node)].part) {
      case NetworkPart::stem: draw_node(id, "stem", map_of(last_of(id)), plain); break;
      case NetworkPart::cell: draw_cell(graph_.nodes[static_cast<std::size_t>(node)].cell); break;
      case NetworkPart::head: draw_node(id, "head", logits(graph_.output), head); break;
      case NetworkPart::auxiliary: draw_node(id, "auxiliary head", logits(last_of(id)), auxiliary); break;
    }
  }

  NASNET_LAZY void draw_cell(int number) {
    const GraphCell& cell = graph_.cells[static_cast<std::size_t>(number)];
    const std::string title = join(number, ": ", cell.in_stem ? "stem, " : "", to_string(cell.role));
    draw_node(join("cell", number), title, map_of(cell.output), cell.role == CellRole::normal ? normal : reduction);
  }

  NASNET_LAZY [[nodiscard]] int last_of(const std::string& id) const {
    int last = -1;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (owner(static_cast<int>(n)) == id) last = static_cast<int>(n);
    }
    return last;
  }

  /// "28x28x192", or "stride 4, 192 channels" where no size is given.
  NASNET_LAZY [[nodiscard]] std::string map_of(int node) const {
    const auto index = static_cast<std::size_t>(node);
    if (image_) return to_string(shapes_[index]);
    return join("stride ", graph_.nodes[index].stride, ", ", graph_.nodes[index].channels, " channels");
  }

  NASNET_LAZY [[nodiscard]] std::string logits(int node) const { return join(graph_.channels_of(node), " classes"); }

  NASNET_LAZY void draw_edges() {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const std::string reader = owner(static_cast<int>(n));
      for (const int source : graph_.nodes[n].inputs) {
        const std::string from = owner(source);
        if (from == reader || !seen.insert({from, reader}).second) continue;
        text_ += join("  ", from, " -> ", reader, reads_as_previous(graph_.nodes[n], from) ? previous : spine, ";\n");
      }
    }
  }

  /// An older map than the one right before the cell.
  NASNET_LAZY [[nodiscard]] bool reads_as_previous(const GraphNode& reader, const std::string& from) const {
    if (reader.part != NetworkPart::cell) return false;
    return owner(graph_.cells[static_cast<std::size_t>(reader.cell)].sources[0]) != from;
  }

  static constexpr std::string_view plain = "fillcolor=\"#eef1f5\", color=\"#8d99ae\", group=spine";
  static constexpr std::string_view normal = "fillcolor=\"#dbe9fb\", color=\"#5b8fd6\", group=spine";
  static constexpr std::string_view reduction = "fillcolor=\"#fde3cf\", color=\"#d98a4b\", group=spine";
  static constexpr std::string_view head = "fillcolor=\"#f8d7df\", color=\"#c2627d\", group=spine";
  static constexpr std::string_view auxiliary = "fillcolor=\"#f8d7df\", color=\"#c2627d\"";
  static constexpr std::string_view spine = " [weight=20]";
  static constexpr std::string_view previous = " [style=dashed, color=\"#98a1b0\"]";

  const NetworkGraph& graph_;
  std::optional<Size> image_;
  std::vector<FeatureShape> shapes_;
  std::set<std::string> drawn_;
  std::string text_;
};

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string network_dot(const NetworkGraph& graph, std::optional<Size> image) {
  return detail::NetworkDot(graph, image).text();
}

NASNET_BODY void write_dot(const Architecture& architecture, const std::string& path) {
  write_file_atomically(path, architecture_dot(architecture));
}

NASNET_BODY void write_dot(const NetworkGraph& graph, const std::string& path, std::optional<Size> image) {
  write_file_atomically(path, network_dot(graph, image));
}

}  // namespace nasnet::inline NASNET_ABI
