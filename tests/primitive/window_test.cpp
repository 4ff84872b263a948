// SAME and VALID windows against a search over all paddings.
#include "nasnet/primitive/window.hpp"
#include "catch.hpp"
#include "nasnet/core/error.hpp"

#include <cstdint>  // int64_t

namespace {

using nasnet::Padding;
using nasnet::Window;
using nasnet::WindowAxis;

// Outputs of an axis of n cells with some padding in all, by counting the positions at which the window fits.
std::int64_t positions(std::int64_t padded, std::int64_t reach, std::int64_t stride) {
  std::int64_t count = 0;
  for (std::int64_t first = 0; first + reach <= padded; first += stride) ++count;
  return count;
}

// The least padding with which every cell that starts a stride has an output.
std::int64_t least_padding(std::int64_t n, std::int64_t reach, std::int64_t stride, std::int64_t outputs) {
  std::int64_t padding = 0;
  while (positions(n + padding, reach, stride) < outputs) ++padding;
  return padding;
}

}  // namespace

TEST_CASE("SAME padding is the least that gives ceil(n / stride) outputs, the odd cell after", "[window]") {
  for (std::int64_t kernel : {1, 2, 3, 4, 5, 7}) {
    for (std::int64_t stride : {1, 2, 3}) {
      for (std::int64_t dilation : {1, 2}) {
        const WindowAxis axis{.kernel = kernel, .stride = stride, .dilation = dilation, .padding = Padding::same};
        for (std::int64_t n = 1; n <= 40; ++n) {
          const std::int64_t outputs = n % stride == 0 ? n / stride : n / stride + 1;
          REQUIRE(axis.output(n) == outputs);
          const std::int64_t padding = least_padding(n, axis.reach(), stride, outputs);
          REQUIRE(axis.before(n) == padding / 2);
          REQUIRE(axis.after(n) == padding - padding / 2);
        }
      }
    }
  }
}

TEST_CASE("VALID windows lie inside the map", "[window]") {
  for (std::int64_t kernel : {1, 3, 5}) {
    for (std::int64_t stride : {1, 2, 3}) {
      const WindowAxis axis{.kernel = kernel, .stride = stride, .dilation = 1, .padding = Padding::valid};
      for (std::int64_t n = 1; n <= 40; ++n) {
        REQUIRE(axis.output(n) == positions(n, kernel, stride));
        REQUIRE(axis.before(n) == 0);
        REQUIRE(axis.after(n) == 0);
      }
    }
  }
}

TEST_CASE("the paper's windows: symmetric for odd maps, one less before for even ones", "[window]") {
  CHECK(WindowAxis{.kernel = 3, .stride = 2}.before(8) == 0);
  CHECK(WindowAxis{.kernel = 5, .stride = 2}.before(8) == 1);
  CHECK(WindowAxis{.kernel = 7, .stride = 2}.before(8) == 2);
  CHECK(WindowAxis{.kernel = 5, .stride = 2}.before(7) == 2);
  CHECK(WindowAxis{.kernel = 3, .stride = 1, .dilation = 2}.before(8) == 2);
  CHECK(Window::square(3, 2, 1, Padding::valid).output({224, 331}) == nasnet::Size{111, 165});
}

TEST_CASE("a VALID window that does not fit has no outputs", "[window]") {
  STATIC_REQUIRE(Window::square(5, 1, 1, Padding::valid).output({4, 9}) == nasnet::Size{0, 5});
  STATIC_REQUIRE(Window::square(3, 1, 2, Padding::valid).output({5, 4}) == nasnet::Size{1, 0});
}

TEST_CASE("windows that make no sense are refused", "[window]") {
  CHECK_THROWS_WITH(Window::square(0).check("depthwise"),
                    "depthwise: kernel 0x0, stride 1x1 and dilation 1 must all be at least 1");
  CHECK_THROWS_AS((Window{.stride_width = -1}.check("depthwise")), nasnet::ShapeError);
  CHECK_THROWS_AS(Window::square(3, 1, 0).check("depthwise"), nasnet::ShapeError);
}
