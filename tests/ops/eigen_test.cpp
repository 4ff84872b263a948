// Tensors as Eigen's matrices, and our products against Eigen's.
#include <cstdint>      // int64_t
#include <type_traits>  // is_same_v
#include <utility>      // as_const

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/eigen.hpp"
#include "nasnet/ops/matrix_product.hpp"

using nasnet::as_eigen;
using nasnet::MatrixSpan;
using nasnet::Tensor;

TEST_CASE("a tensor's elements are the entries of its matrix", "[eigen]") {
  Tensor<float> map({2, 3, 4, 5});
  for (std::int64_t i = 0; i < map.elements(); ++i) map[i] = static_cast<float>(i);
  auto matrix = as_eigen(map);
  REQUIRE(matrix.rows() == 24);
  REQUIRE(matrix.cols() == 5);
  CHECK(matrix(23, 4) == map(1, 2, 3, 4));
  matrix.row(1).setZero();
  CHECK(map(0, 0, 1, 0) == 0.0F);
  CHECK(map(0, 0, 2, 0) == 10.0F);
  CHECK(as_eigen(std::as_const(map)).sum() == matrix.sum());

  Tensor<double> empty({0, 7});
  CHECK(as_eigen(empty).rows() == 0);
  CHECK(as_eigen(empty).cols() == 7);
}

TEST_CASE("our products equal Eigen's", "[eigen]") {
  nasnet::Context context(2);
  struct Extents {
    std::int64_t rows, terms, columns;
  };
  for (const Extents& n : {Extents{1, 1, 1}, {784, 44, 44}, {97, 168, 53}, {5, 1000, 88}}) {
    const Tensor<double> a = cases::normal_numbers<double>({n.rows, n.terms}, 1);
    const Tensor<double> b = cases::normal_numbers<double>({n.terms, n.columns}, 2);
    Tensor<double> c({n.rows, n.columns});
    nasnet::multiply<double>(context, {a.data(), n.rows, n.terms}, {b.data(), n.terms, n.columns},
                             {c.data(), n.rows, n.columns});
    const nasnet::EigenMatrix<double> expected = as_eigen(a) * as_eigen(b);
    CHECK((as_eigen(c) - expected).cwiseAbs().maxCoeff() <= 1e-12 * static_cast<double>(n.terms));
  }
}
