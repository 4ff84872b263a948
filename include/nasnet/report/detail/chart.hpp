/// Scatter and line charts as inline SVG.
#pragma once

#include <algorithm>    // max, min, reverse
#include <array>        // array
#include <charconv>     // chars_format, to_chars
#include <cmath>        // ceil, floor, isfinite, log10, pow
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string>       // string, to_string
#include <string_view>  // string_view
#include <utility>      // move, pair
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/graph/svg.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// A number with this many digits after the point, whatever the locale.
NASNET_LAZY [[nodiscard]] inline std::string fixed_text(double value, int digits) {
  if (!std::isfinite(value)) return std::string("not a number");
  std::array<char, 400> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  return std::string(text.data(), end.ptr);
}

/// 1234567 as "1,234,567".
NASNET_LAZY [[nodiscard]] inline std::string with_commas(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;) text.insert(place -= 3, 1, ',');
  return text;
}

/// 71938 as "71.9 k", 10000000 as "10 M".
NASNET_LAZY [[nodiscard]] inline std::string compact_text(double value) {
  constexpr std::array<std::pair<double, std::string_view>, 3> units{{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}}};
  for (const auto& [size, name] : units) {
    if (value < size * 0.9995) continue;
    std::string text = fixed_text(value / size, value / size < 99.95 ? 1 : 0);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text.append(name);
  }
  return fixed_text(value, 0);
}

/// The values that an axis shows, and the marks on it.
struct Axis {
  std::string title;
  double low = 0;
  double high = 1;
  std::vector<std::pair<double, std::string>> ticks = {};

  /// Where a value lies: 0 at the low end, 1 at the high end.
  [[nodiscard]] double place(double value) const { return (value - low) / (high - low); }
};

/// 1, 2 or 5 times a power of ten: a distance of ticks that makes about `count` of them.
NASNET_LAZY [[nodiscard]] inline double tick_distance(double range, int count) {
  const double power = std::pow(10.0, std::floor(std::log10(range / count)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (range / (step * power) <= count) return step * power;
  }
  return 10.0 * power;
}

/// @param digits after the point, in the labels
NASNET_LAZY inline void add_ticks(Axis& axis, double distance, int digits) {
  const double first = std::ceil(axis.low / distance - 1e-9);
  for (double k = first; k * distance <= axis.high + distance * 1e-9; k += 1.0) {
    axis.ticks.emplace_back(k * distance, fixed_text(k * distance + 0.0, digits));
  }
}

/// Percentages from `low` to `high`, with room around them, within 0 and 100.
NASNET_LAZY [[nodiscard]] inline Axis percent_axis(std::string title, double low, double high) {
  const double room = (std::max)((high - low) * 0.08, 0.5);
  Axis axis{std::move(title), (std::max)(low - room, 0.0), (std::min)(high + room, 100.0)};
  const double distance = tick_distance(axis.high - axis.low, 6);
  add_ticks(axis, distance, distance < 0.95 ? 1 : 0);
  for (auto& [value, label] : axis.ticks) label.append(" %");
  return axis;
}

/// Whole numbers from 0 to `last`.
NASNET_LAZY [[nodiscard]] inline Axis count_axis(std::string title, std::int64_t last) {
  const double high = static_cast<double>((std::max)(last, std::int64_t{1}));
  Axis axis{std::move(title), -0.03 * high, 1.03 * high};
  add_ticks(axis, (std::max)(tick_distance(high, 8), 1.0), 0);
  return axis;
}

/// Positive values on a logarithmic scale: places are those of log10(value).
NASNET_LAZY [[nodiscard]] inline Axis logarithmic_axis(std::string title, double low, double high) {
  const double middle = (std::log10(low) + std::log10(high)) / 2;
  const double half = (std::max)((std::log10(high) - std::log10(low)) * 0.54, 0.22);
  Axis axis{std::move(title), middle - half, middle + half};
  for (double power = std::floor(axis.low); power <= axis.high; power += 1.0) {
    for (const double step : {1.0, 2.0, 3.0, 5.0}) {
      const double place = power + std::log10(step);
      const bool crowded = half > 1.0 && step > 1.0;
      if (place < axis.low || place > axis.high || crowded) continue;
      axis.ticks.emplace_back(place, compact_text(step * std::pow(10.0, power)));
    }
  }
  return axis;
}

/// A chart under construction. Marks get the classes of the page's style sheet.
class Chart {
 public:
  NASNET_LAZY Chart(std::string label, Axis x, Axis y) : label_(std::move(label)), x_(std::move(x)), y_(std::move(y)) {
    draw_grid();
  }

  /// @param note shown when the reader points at it
  NASNET_LAZY void add_point(double x, double y, std::string_view css_class, double radius, std::string_view note) {
    marks_ += join("<circle class=\"", css_class, "\" cx=\"", svg_number(left_of(x)), "\" cy=\"", svg_number(top_of(y)),
                   "\" r=\"", svg_number(radius), "\"><title>", xml_escaped(note), "</title></circle>");
  }

  /// A small cross on the lower edge.
  NASNET_LAZY void add_cross(double x, std::string_view css_class, std::string_view note) {
    marks_ += join("<path class=\"", css_class, "\" d=\"M", svg_number(left_of(x) - 3), ' ', svg_number(bottom - 9),
                   "l6 6m0-6l-6 6\"><title>", xml_escaped(note), "</title></path>");
  }

  /// A line that goes right, then up, from value to value.
  NASNET_LAZY void add_steps(const std::vector<std::pair<double, double>>& points, std::string_view css_class) {
    if (points.size() < 2) return;
    std::string path = join('M', svg_number(left_of(points[0].first)), ' ', svg_number(top_of(points[0].second)));
    for (std::size_t i = 1; i < points.size(); ++i) {
      path += join('H', svg_number(left_of(points[i].first)));
      if (points[i].second != points[i - 1].second) path += join('V', svg_number(top_of(points[i].second)));
    }
    marks_ += join("<path class=\"", css_class, "\" d=\"", path, "\"/>");
  }

  /// A line from point to point.
  NASNET_LAZY void add_line(const std::vector<std::pair<double, double>>& points, std::string_view css_class) {
    if (points.size() < 2) return;
    marks_ += join("<path class=\"", css_class, "\" d=\"", path_through(points, 'M'), "\"/>");
  }

  /// The area between two lines over the same places.
  NASNET_LAZY void add_band(const std::vector<std::pair<double, double>>& low,
                            std::vector<std::pair<double, double>> high, std::string_view css_class) {
    if (low.size() < 2) return;
    std::reverse(high.begin(), high.end());
    marks_ += join("<path class=\"", css_class, "\" d=\"", path_through(low, 'M'), path_through(high, 'L'), "Z\"/>");
  }

  NASNET_LAZY [[nodiscard]] std::string text() const {
    return join("<svg class=\"chart\" role=\"img\" aria-label=\"", xml_escaped(label_), "\" viewBox=\"0 0 ",
                svg_number(width), ' ', svg_number(height), "\">", grid_, marks_, "</svg>");
  }

 private:
  static constexpr double width = 520;
  static constexpr double height = 320;
  static constexpr double left = 54;
  static constexpr double right = 508;
  static constexpr double top = 12;
  static constexpr double bottom = 268;

  NASNET_LAZY [[nodiscard]] double left_of(double x) const { return left + x_.place(x) * (right - left); }
  NASNET_LAZY [[nodiscard]] double top_of(double y) const { return bottom - y_.place(y) * (bottom - top); }

  /// @param first M to begin a path, L to go on with one
  NASNET_LAZY [[nodiscard]] std::string path_through(const std::vector<std::pair<double, double>>& points,
                                                     char first) const {
    std::string path;
    for (const auto& [x, y] : points) {
      // What lies beyond the chart is drawn on its edge.
      const double inside = (std::min)((std::max)(y, y_.low), y_.high);
      path += join(path.empty() ? first : 'L', svg_number(left_of(x)), ' ', svg_number(top_of(inside)));
    }
    return path;
  }

  NASNET_LAZY void draw_grid() {
    for (const auto& [value, label] : y_.ticks) {
      const std::string place = svg_number(top_of(value));
      grid_ += join("<path class=\"grid\" d=\"M", svg_number(left), ' ', place, 'H', svg_number(right), "\"/>");
      draw_text(left - 8, top_of(value) + 4, "end", label);
    }
    for (const auto& [value, label] : x_.ticks) {
      grid_ += join("<path class=\"tick\" d=\"M", svg_number(left_of(value)), ' ', svg_number(bottom), "v4\"/>");
      draw_text(left_of(value), bottom + 18, "middle", label);
    }
    grid_ +=
        join("<path class=\"base\" d=\"M", svg_number(left), ' ', svg_number(bottom), 'H', svg_number(right), "\"/>");
    draw_text((left + right) / 2, bottom + 42, "middle", x_.title);
  }

  NASNET_LAZY void draw_text(double x, double y, std::string_view anchor, std::string_view text) {
    grid_ += join("<text x=\"", svg_number(x), "\" y=\"", svg_number(y), "\" text-anchor=\"", anchor, "\">",
                  xml_escaped(text), "</text>");
  }

  std::string label_;
  Axis x_;
  Axis y_;
  std::string grid_;
  std::string marks_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
