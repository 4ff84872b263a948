#include "nasnet/core/progress_bar.hpp"

#include <cstdio>
#include <functional>
#include <string>

#include "catch.hpp"

using namespace nasnet;

namespace {

/// What is written to a file that is no terminal.
std::string shown(const std::function<void(ProgressBar&)>& use, OffTerminal off_terminal = OffTerminal::lines) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  {
    ProgressBar bar(file, off_terminal);
    use(bar);
  }
  std::rewind(file);
  std::string text;
  for (int letter = std::fgetc(file); letter != EOF; letter = std::fgetc(file))
    text.push_back(static_cast<char>(letter));
  std::fclose(file);
  return text;
}

Progress progress(std::int64_t done, double seconds) { return {"search", done, 10, seconds, "best 80 %"}; }

}  // namespace

TEST_CASE("progress bar: outside a terminal the first and the last state are lines", "[progress]") {
  const std::string text = shown([](ProgressBar& bar) {
    for (int done = 0; done <= 10; ++done) bar.show(progress(done, 3.0 * done));
  });
  CHECK(text == "search: 0/10, best 80 %\nsearch: 10/10, best 80 %, 30 s\n");
}

TEST_CASE("progress bar: the time left follows the pace, unfinished units included", "[progress]") {
  CHECK(shown([](ProgressBar& bar) { bar.show(progress(5, 10)); }) == "search: 5/10, best 80 %, 10 s left\n");
  CHECK(shown([](ProgressBar& bar) { bar.show(progress(3, 10), 2.0); }) == "search: 3/10, best 80 %, 10 s left\n");
}

TEST_CASE("progress bar: quiet outside a terminal where that is asked for", "[progress]") {
  const auto use = [](ProgressBar& bar) {
    for (int done = 0; done <= 10; ++done) bar.show(progress(done, 3.0 * done));
  };
  CHECK(shown(use, OffTerminal::quiet).empty());
}

TEST_CASE("progress bar: a total that is not known", "[progress]") {
  CHECK(shown([](ProgressBar& bar) { bar({"reading", 3, 0, 1, ""}); }) == "reading: 3, \n");
}

TEST_CASE("progress bar: serves as a callback", "[progress]") {
  CHECK_FALSE(shown([](ProgressBar& bar) {
                const ProgressCallback callback = std::ref(bar);
                callback(progress(10, 1));
              }).empty());
}
