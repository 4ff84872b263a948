/// Drawings of cells and networks in Graphviz's DOT language. Equal inputs give equal text.
///
/// Render with `dot -Tsvg best.dot -o best.svg`.
#pragma once

#include <filesystem>   // path
#include <optional>     // nullopt, optional
#include <set>          // set
#include <string>       // string
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// Text between double quotes in DOT.
NASNET_LAZY [[nodiscard]] std::string dot_quoted(std::string_view text);

}  // namespace detail

/// One cell. @param inputs states that it gets from the cells before it
/// @throws GenotypeError where a block reads itself, a later block or nothing that exists.
NASNET_LAZY [[nodiscard]] std::string cell_dot(const Cell& cell, CellRole role, int inputs = 2);

/// Both cells of an architecture, side by side.
/// @throws GenotypeError as above.
NASNET_LAZY [[nodiscard]] std::string architecture_dot(const Architecture& architecture);

namespace detail {

/// Draws a network with one node a cell, from the image below to the logits on top.
class NetworkDot {
 public:
  NASNET_LAZY NetworkDot(const NetworkGraph& graph, std::optional<Size> image);

  NASNET_LAZY [[nodiscard]] std::string text();

 private:
  /// Which drawn node a node of the graph belongs to.
  NASNET_LAZY [[nodiscard]] std::string owner(int node) const;

  NASNET_LAZY void draw_node(const std::string& id, const std::string& title, const std::string& map,
                             std::string_view colours);

  NASNET_LAZY void draw_image();

  /// A part is drawn where its first node stands, so that the drawing's text follows the network.
  NASNET_LAZY void draw_first_of_part(int node);

  NASNET_LAZY void draw_cell(int number);

  NASNET_LAZY [[nodiscard]] int last_of(const std::string& id) const;

  /// "28x28x192", or "stride 4, 192 channels" where no size is given.
  NASNET_LAZY [[nodiscard]] std::string map_of(int node) const;

  NASNET_LAZY [[nodiscard]] std::string logits(int node) const;

  NASNET_LAZY void draw_edges();

  /// An older map than the one right before the cell.
  NASNET_LAZY [[nodiscard]] bool reads_as_previous(const GraphNode& reader, const std::string& from) const;

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

}  // namespace detail

/// A network, one node a cell with its channels and stride; with the size of an image, the sizes of its maps. Dashed:
/// what a cell reads as previous.
/// @throws ShapeError as infer_shapes.
NASNET_LAZY [[nodiscard]] inline std::string network_dot(const NetworkGraph& graph,
                                                         std::optional<Size> image = std::nullopt) {
  return detail::NetworkDot(graph, image).text();
}

/// Both cells into a file.
/// @throws GenotypeError as cell_dot, IoError where the file cannot be written.
NASNET_LAZY inline void write_dot(const Architecture& architecture, const std::filesystem::path& path) {
  write_file_atomically(path, architecture_dot(architecture));
}

/// A network into a file. See network_dot.
NASNET_LAZY inline void write_dot(const NetworkGraph& graph, const std::filesystem::path& path,
                                  std::optional<Size> image = std::nullopt) {
  write_file_atomically(path, network_dot(graph, image));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/dot.ipp"
#endif
