/// Drawings of cells and networks in Graphviz's DOT language. Equal inputs give equal text.
///
/// Render with `dot -Tsvg best.dot -o best.svg`.
#pragma once

#include <optional>  // nullopt, optional
#include <string>    // string

#include "nasnet/genotype/architecture.hpp"
#include "nasnet/graph/network_graph.hpp"

namespace nasnet::inline NASNET_ABI {

/// One cell. @param inputs states that it gets from the cells before it
/// @throws GenotypeError where a block reads itself, a later block or nothing that exists.
NASNET_LAZY [[nodiscard]] std::string cell_dot(const Cell& cell, CellRole role, int inputs = 2);

/// Both cells of an architecture, side by side.
/// @throws GenotypeError as above.
NASNET_LAZY [[nodiscard]] std::string architecture_dot(const Architecture& architecture);

/// A network, one node a cell with its channels and stride; with the size of an image, the sizes of its maps. Dashed:
/// what a cell reads as previous.
/// @throws ShapeError as infer_shapes.
NASNET_LAZY [[nodiscard]] std::string network_dot(const NetworkGraph& graph, std::optional<Size> image = std::nullopt);

/// Both cells into a file.
/// @throws GenotypeError as cell_dot, IoError where the file cannot be written.
NASNET_LAZY void write_dot(const Architecture& architecture, const std::string& path);

/// A network into a file. See network_dot.
NASNET_LAZY void write_dot(const NetworkGraph& graph, const std::string& path,
                           std::optional<Size> image = std::nullopt);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/dot.ipp"
#endif
