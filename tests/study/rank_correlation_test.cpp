#include "nasnet/study/rank_correlation.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "nasnet/core/error.hpp"

using namespace nasnet;

namespace {

using Values = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("rank correlation: of equal and opposite orders") {
  const Values ascending{1, 2, 5, 100};
  const Values descending{-1, -2, -3, -4};
  CHECK(spearman(ascending, ascending) == Approx(1));
  CHECK(kendall(ascending, ascending) == Approx(1));
  CHECK(spearman(ascending, descending) == Approx(-1));
  CHECK(kendall(ascending, descending) == Approx(-1));
}

// The expected numbers are those of scipy.stats 1.17, spearmanr and kendalltau.
TEST_CASE("rank correlation: without equal values") {
  const Values a{3.1, 0.2, 4.7, 1.5, 9.9, 2.6, 5.3};
  const Values b{1, 7, 5, 4, 6, 2, 3};
  CHECK(spearman(a, b) == Approx(-0.07142857142857144));
  CHECK(kendall(a, b) == Approx(-0.04761904761904762));
}

TEST_CASE("rank correlation: equal values share their rank") {
  const Values a{1, 2, 2, 3, 3, 3, 7};
  const Values b{4, 1, 5, 5, 6, 2, 7};
  CHECK(spearman(a, b) == Approx(0.6136446160401058));
  CHECK(kendall(a, b) == Approx(0.5423261445466404));
}

TEST_CASE("rank correlation: of a list of equal values is 0") {
  const Values equal{2, 2, 2};
  const Values others{1, 2, 3};
  CHECK(spearman(equal, others) == 0);
  CHECK(kendall(others, equal) == 0);
}

TEST_CASE("rank correlation: infinite values are the first and the last") {
  const Values a{-infinity, -infinity, 0, infinity};
  const Values b{1, 1, 2, 3};
  CHECK(spearman(a, b) == Approx(1));
  CHECK(kendall(a, b) == Approx(1));
}

TEST_CASE("rank correlation: what cannot be compared is refused") {
  CHECK_THROWS_AS(spearman(Values{1, 2}, Values{1, 2, 3}), ArgumentError);
  CHECK_THROWS_AS(kendall(Values{1}, Values{1}), ArgumentError);
  CHECK_THROWS_AS(kendall(Values{}, Values{}), ArgumentError);
  CHECK_THROWS_AS(spearman(Values{1, std::numeric_limits<double>::quiet_NaN()}, Values{1, 2}), ArgumentError);
}
