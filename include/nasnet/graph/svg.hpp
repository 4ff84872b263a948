/// Drawings of cells as SVG, laid out here, so that they need no other program. Equal inputs give equal text.
#pragma once

#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/genotype/architecture.hpp"

namespace nasnet::inline NASNET_ABI {

/// Text between tags or in an attribute of XML and HTML.
NASNET_LAZY [[nodiscard]] std::string xml_escaped(std::string_view text);

/// A number of a drawing, with at most one digit after the point, whatever the locale.
NASNET_LAZY [[nodiscard]] std::string svg_number(double value);

/// The style sheet of cell_svg, for pages that hold several drawings. Follows the reader's light or dark scheme.
NASNET_LAZY [[nodiscard]] std::string_view cell_svg_style();

/// A cell as an SVG element without its style sheet, for pages that hold cell_svg_style() themselves. Grey and dashed:
/// what does not reach the cell's output.
/// @param inputs states that it gets from the cells before it
/// @throws GenotypeError for an invalid cell.
NASNET_LAZY [[nodiscard]] std::string cell_svg(const Cell& cell, CellRole role, int inputs = 2);

/// Both cells of an architecture, side by side, as an SVG document.
/// @throws GenotypeError for an invalid architecture.
NASNET_LAZY [[nodiscard]] std::string architecture_svg(const Architecture& architecture);

/// Both cells into a file.
/// @throws GenotypeError as above, IoError where the file cannot be written.
NASNET_LAZY void write_svg(const Architecture& architecture, const std::string& path);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/svg.ipp"
#endif
