#include "nasnet/graph/svg.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/text.hpp"
#include "nasnet/graph/detail/cell_labels.hpp"
#include "nasnet/graph/detail/cell_layout.hpp"
#include "random_cells.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;

namespace {

bool overlap(const detail::Box& a, const detail::Box& b) {
  constexpr double hair = 1e-6;
  return a.left + hair < b.left + b.width && b.left + hair < a.left + a.width && a.top + hair < b.top + b.height &&
         b.top + hair < a.top + a.height;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("svg: values are spread apart, in order and as near as can be") {
  const auto values = detail::spread_apart({0, 0, 10}, {4, 4});
  CHECK(values == std::vector<double>{-2, 2, 10});
  CHECK(detail::spread_apart({5, 1}, {2}) == std::vector<double>{2, 4});
  CHECK(detail::spread_apart({}, {}).empty());
  CHECK(detail::spread_apart({7}, {}) == std::vector<double>{7});
}

TEST_CASE("svg: boxes of random cells do not overlap and lie within the drawing") {
  std::mt19937 random(3);
  for (int n = 0; n < 150; ++n) {
    const Cell cell = graph_probe::random_cell(random, 1 + n % 9);
    const detail::CellLayout layout(cell, 2);
    const auto& boxes = layout.boxes();
    REQUIRE(boxes.size() == 2 + 3 * cell.blocks.size() + 2);
    REQUIRE(layout.frames().size() == cell.blocks.size());
    for (std::size_t a = 0; a < boxes.size(); ++a) {
      const detail::Box& box = boxes[a].place;
      CHECK(
          (box.left >= 0 && box.top >= 0 && box.left + box.width <= layout.width() && box.bottom() <= layout.height()));
      for (std::size_t b = 0; b < a; ++b) CHECK_FALSE(overlap(box, boxes[b].place));
    }
    for (std::size_t a = 0; a < layout.frames().size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) CHECK_FALSE(overlap(layout.frames()[a], layout.frames()[b]));
    }
  }
}

TEST_CASE("svg: wires go upwards, and no box of a random cell lies on a wire that passes it") {
  std::mt19937 random(5);
  for (int n = 0; n < 100; ++n) {
    const detail::CellLayout layout(graph_probe::random_cell(random, 2 + n % 5), 2);
    for (const detail::CellWire& wire : layout.wires()) {
      CHECK(wire.from_y > wire.to_y);
      if (wire.arrow || wire.from_x != wire.to_x) continue;
      const detail::Box passage{wire.from_x - 2, wire.to_y, 4, wire.from_y - wire.to_y};
      for (const detail::Box& frame : layout.frames()) CHECK_FALSE(overlap(passage, frame));
    }
  }
}

TEST_CASE("svg: a drawing holds what the cell has") {
  const Architecture architecture = published_architecture("nasnet-a");
  const std::string text = cell_svg(architecture.normal, CellRole::normal);
  CHECK(text == cell_svg(architecture.normal, CellRole::normal));
  CHECK_THAT(text, Catch::Matchers::StartsWith("<svg ") && Catch::Matchers::EndsWith("</svg>\n"));
  CHECK(count(text, "class=\"op\"") == 10);
  CHECK(count(text, "class=\"combination\"") == 5);
  CHECK(count(text, ">sep 3x3<") == 3);
  CHECK(count(text, "dead") == 0);
  CHECK(count(text, "<style") == 0);
}

TEST_CASE("svg: what does not reach the output is marked") {
  const Architecture cells = architecture_from_text(
      "normal[identity(0) + identity(0); conv_3x3(0) + conv_1x1(0) -> 2] reduction[identity(0) + identity(1)]");
  CHECK(count(cell_svg(cells.normal, CellRole::normal), " dead\"") == 1 + 3);
  CHECK(count(cell_svg(cells.reduction, CellRole::reduction), " dead\"") == 0);
}

TEST_CASE("svg: a document stands on its own and is written whole") {
  const TemporaryFolder folder;
  const Architecture architecture = published_architecture("amoebanet-a");
  write_svg(architecture, folder / "cells.svg");
  const std::string text = folder.read("cells.svg");
  CHECK(text == architecture_svg(architecture));
  CHECK_THAT(text, ContainsSubstring("<style>") && ContainsSubstring(">Normal cell<") &&
                       ContainsSubstring(">Reduction cell<"));
  CHECK(count(text, "<g") == count(text, "</g>"));
  CHECK(count(text, "<text") == count(text, "</text>"));
  CHECK_THROWS_AS(write_svg(architecture, folder / "no" / "cells.svg"), IoError);
}

TEST_CASE("svg: cells without a concat list, with other numbers of inputs, and large ones") {
  std::string chain = "conv_1x1(0) + conv_1x1(1)";
  for (int state = 2; state < 40; ++state) chain += "; identity(" + std::to_string(state) + ") + conv_3x3(0)";
  for (const std::string& text :
       {std::string("normal[identity(0) + conv_1x1(1); identity(1) + conv_1x1(0) -> none] "
                    "reduction[identity(0) + conv_1x1(1); identity(1) + conv_1x1(0) -> none]"),
        std::string("inputs=1 normal[identity(0) + identity(0)] reduction[identity(0) + conv_3x3(0)]"),
        std::string("inputs=4 normal[identity(0) + identity(3)] reduction[identity(2) + conv_3x3(1)]"),
        "normal[" + chain + "] reduction[identity(0) + identity(1)]"}) {
    const std::string drawing = architecture_svg(architecture_from_text(text));
    CHECK(count(drawing, "nan") == 0);
    CHECK(count(drawing, "class=\"op") == count(text, "("));
  }
}

TEST_CASE("svg: the largest cells that are valid are drawn in a moment") {
  std::mt19937 random(9);
  CHECK(count(cell_svg(graph_probe::random_cell(random, max_cell_blocks), CellRole::normal), "class=\"op") == 2000);
}

TEST_CASE("svg: numbers have one digit after the point at most") {
  CHECK(svg_number(1.25) == "1.3");
  CHECK(svg_number(-0.04) == "0");
  CHECK(svg_number(-3.5) == "-3.5");
  CHECK(svg_number(100) == "100");
}

TEST_CASE("svg: text is escaped") { CHECK(xml_escaped("<a b=\"c\">&'") == "&lt;a b=&quot;c&quot;&gt;&amp;&#39;"); }
