#pragma once

#include "nasnet/graph/svg.hpp"

#include <algorithm>    // max
#include <cmath>        // lround
#include <cstdint>      // int64_t
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/fault.hpp"
#include "nasnet/graph/detail/cell_labels.hpp"
#include "nasnet/graph/detail/cell_layout.hpp"

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&': escaped.append("&amp;"); break;
      case '<': escaped.append("&lt;"); break;
      case '>': escaped.append("&gt;"); break;
      case '"': escaped.append("&quot;"); break;
      case '\'': escaped.append("&#39;"); break;
      default: escaped.push_back(letter);
    }
  }
  return escaped;
}

NASNET_BODY std::string svg_number(double value) {
  const auto tenths = static_cast<std::int64_t>(std::lround(value * 10));
  const std::int64_t size = tenths < 0 ? -tenths : tenths;
  std::string text = join(tenths < 0 ? "-" : "", size / 10);
  if (size % 10 != 0) text.append(join('.', size % 10));
  return text;
}

NASNET_BODY std::string_view cell_svg_style() {
  return R"css(
.cell text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;fill:#1f2430;text-anchor:middle}
.cell .title{font-size:14px;font-weight:600}
.cell .paper{fill:#fff}
.cell .frame{fill:#8899b0;fill-opacity:.1}
.cell .input rect{fill:#fff;stroke:#8a8f99}
.cell .op rect{fill:#fff3c4;stroke:#c9a227}
.cell .combination rect{fill:#d5ecd4;stroke:#5a9e5d}
.cell .output rect{fill:#f8d7df;stroke:#c2627d}
.cell .dead rect{fill:none;stroke:#a7adb8;stroke-dasharray:4 3}
.cell .dead text{fill:#8a909c}
.cell .wire{fill:none;stroke:#7b8494;stroke-width:1.1}
.cell .tip{fill:#7b8494}
@media (prefers-color-scheme:dark){
.cell text{fill:#e6e8ee}
.cell .paper{fill:#15181e}
.cell .input rect{fill:#2a2f3a;stroke:#8a93a5}
.cell .op rect{fill:#4a3f17;stroke:#b9952a}
.cell .combination rect{fill:#1f4426;stroke:#5a9e5d}
.cell .output rect{fill:#51202f;stroke:#c2627d}
.cell .dead rect{fill:none;stroke:#666e7d}
.cell .dead text{fill:#8a909c}
.cell .wire{stroke:#8f99ab}
.cell .tip{fill:#8f99ab}
}
)css";
}

}  // namespace nasnet::inline NASNET_ABI

namespace nasnet::inline NASNET_ABI::detail {

/// Writes a laid-out cell as the content of an SVG.
class CellSvg {
 public:
  NASNET_LAZY explicit CellSvg(const CellLayout& layout) : layout_(layout) {}

  NASNET_LAZY [[nodiscard]] std::string text() && {
    for (const Box& frame : layout_.frames()) draw_rectangle(frame, 10, " class=\"frame\"");
    for (const CellWire& wire : layout_.wires()) draw(wire);
    for (const CellBox& box : layout_.boxes()) draw(box);
    return std::move(text_);
  }

 private:
  NASNET_LAZY void draw_rectangle(const Box& box, int radius, std::string_view attributes) {
    text_ +=
        join("<rect x=\"", svg_number(box.left), "\" y=\"", svg_number(box.top), "\" width=\"", svg_number(box.width),
             "\" height=\"", svg_number(box.height), "\" rx=\"", radius, "\"", attributes, "/>");
  }

  NASNET_LAZY void draw(const CellWire& wire) {
    const double tip = wire.arrow ? wire.to_y + 5 : wire.to_y;
    const double bend = (wire.from_y - tip) * 0.5;
    text_ +=
        join("<path class=\"wire\" d=\"M", point(wire.from_x, wire.from_y), 'C', point(wire.from_x, wire.from_y - bend),
             ' ', point(wire.to_x, tip + bend), ' ', point(wire.to_x, tip), "\"/>");
    if (!wire.arrow) return;
    text_ += join("<path class=\"tip\" d=\"M", point(wire.to_x, wire.to_y), 'L', point(wire.to_x + 3, wire.to_y + 6),
                  ' ', point(wire.to_x - 3, wire.to_y + 6), "Z\"/>");
  }

  NASNET_LAZY void draw(const CellBox& box) {
    text_ += join("<g class=\"", class_of(box.kind), box.live ? "" : " dead", "\">");
    draw_rectangle(box.place, 6, "");
    text_ += join("<text x=\"", svg_number(box.place.centre()), "\" y=\"", svg_number(box.place.bottom() - 9), "\">",
                  xml_escaped(box.label));
    if (!box.subscript.empty()) text_ += join("<tspan dy=\"3\" font-size=\"9\">", box.subscript, "</tspan>");
    text_ += "</text></g>";
  }

  NASNET_LAZY [[nodiscard]] static std::string_view class_of(CellBoxKind kind) {
    switch (kind) {
      case CellBoxKind::input: return "input";
      case CellBoxKind::op: return "op";
      case CellBoxKind::combination: return "combination";
      case CellBoxKind::output: return "output";
    }
    return "";
  }

  NASNET_LAZY [[nodiscard]] static std::string point(double x, double y) {
    return join(svg_number(x), ' ', svg_number(y));
  }

  const CellLayout& layout_;
  std::string text_;
};

/// An SVG element of this size. @param style a style sheet to hold inside; empty for a part of a page
NASNET_LAZY [[nodiscard]] inline std::string svg_element(double width, double height, std::string_view label,
                                                         std::string_view style, std::string_view content) {
  std::string text = join("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cell\" role=\"img\" aria-label=\"",
                          xml_escaped(label), "\" viewBox=\"0 0 ", svg_number(width), ' ', svg_number(height),
                          "\" width=\"", svg_number(width), "\" height=\"", svg_number(height), "\">");
  if (!style.empty()) text += join("<style>", style, "</style><rect class=\"paper\" width=\"100%\" height=\"100%\"/>");
  return text.append(content).append("</svg>\n");
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY std::string cell_svg(const Cell& cell, CellRole role, int inputs) {
  detail::require_drawable(cell, role, inputs);
  const detail::CellLayout layout(cell, inputs);
  return detail::svg_element(layout.width(), layout.height(), detail::cell_title(role), {},
                             detail::CellSvg(layout).text());
}

NASNET_BODY std::string architecture_svg(const Architecture& architecture) {
  constexpr double head = 34;
  constexpr double gap = 40;
  require_valid(architecture);
  const detail::CellLayout normal(architecture.normal, architecture.inputs);
  const detail::CellLayout reduction(architecture.reduction, architecture.inputs);
  const double height = (std::max)(normal.height(), reduction.height());
  const auto placed = [&](const detail::CellLayout& layout, CellRole role, double left) {
    return join("<g transform=\"translate(", svg_number(left), ' ', svg_number(head + height - layout.height()),
                ")\"><text class=\"title\" x=\"", svg_number(layout.width() / 2), "\" y=\"-14\">",
                detail::cell_title(role), "</text>", detail::CellSvg(layout).text(), "</g>");
  };
  return detail::svg_element(
      normal.width() + gap + reduction.width(), head + height, "Normal and reduction cell", cell_svg_style(),
      placed(normal, CellRole::normal, 0) + placed(reduction, CellRole::reduction, normal.width() + gap));
}

NASNET_BODY void write_svg(const Architecture& architecture, const std::string& path) {
  write_file_atomically(path, architecture_svg(architecture));
}

}  // namespace nasnet::inline NASNET_ABI
