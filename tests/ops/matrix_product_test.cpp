// Matrix products for every instruction set, against plain loops.
#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint64_t
#include <vector>   // vector

#include "cases/kernel_run.hpp"
#include "catch.hpp"
#include "nasnet/ops/matrix_product.hpp"

namespace {

using nasnet::InstructionSet;
using nasnet::MatrixSpan;
using nasnet::Tensor;

// How A and B lie in memory.
enum class Product { plain, left_transposed, right_transposed };

struct Extents {
  std::int64_t rows;     // of C
  std::int64_t terms;    // of each sum
  std::int64_t columns;  // of C
};

// A matrix with rows further apart than they are long, and nothing behind the last one: its memory is exact, so that
// the address sanitizer sees reads past it.
template <class Scalar>
class Matrix {
 public:
  Matrix(std::int64_t rows, std::int64_t columns, std::int64_t gap, std::uint64_t seed, bool whole = true)
      : rows_(rows), columns_(columns), stride_(columns + gap) {
    const std::int64_t elements = rows == 0 ? 0 : rows * stride_ - gap;
    const Tensor<Scalar> numbers =
        whole ? cases::whole_numbers<Scalar>({elements}, seed) : cases::normal_numbers<Scalar>({elements}, seed);
    values_.assign(numbers.values().begin(), numbers.values().end());
  }

  [[nodiscard]] MatrixSpan<Scalar> span() { return {values_.data(), rows_, columns_, stride_}; }
  [[nodiscard]] double operator()(std::int64_t row, std::int64_t column) const {
    return static_cast<double>(values_[static_cast<std::size_t>(row * stride_ + column)]);
  }
  [[nodiscard]] const std::vector<Scalar>& values() const { return values_; }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t stride_;
  std::vector<Scalar> values_;
};

template <class Scalar>
struct Operands {
  Matrix<Scalar> a;
  Matrix<Scalar> b;
  Matrix<Scalar> c;

  Operands(Product product, const Extents& n, std::int64_t gap, bool whole = true)
      : a(product == Product::left_transposed ? Matrix<Scalar>(n.terms, n.rows, gap, 1, whole)
                                              : Matrix<Scalar>(n.rows, n.terms, gap, 1, whole)),
        b(product == Product::right_transposed ? Matrix<Scalar>(n.columns, n.terms, gap, 2, whole)
                                               : Matrix<Scalar>(n.terms, n.columns, gap, 2, whole)),
        c(n.rows, n.columns, gap, 3, whole) {}

  void multiply(Product product, nasnet::Context& context, bool accumulate, InstructionSet set) {
    switch (product) {
      case Product::plain: return nasnet::multiply<Scalar>(context, a.span(), b.span(), c.span(), accumulate, set);
      case Product::left_transposed:
        return nasnet::multiply_left_transposed<Scalar>(context, a.span(), b.span(), c.span(), accumulate, set);
      case Product::right_transposed:
        return nasnet::multiply_right_transposed<Scalar>(context, a.span(), b.span(), c.span(), accumulate, set);
    }
  }
};

template <class Scalar>
void check(Product product, const Extents& n, std::int64_t gap, bool accumulate, InstructionSet set) {
  INFO(to_string(set) << " product " << static_cast<int>(product) << ' ' << n.rows << 'x' << n.terms << 'x' << n.columns
                      << " gap " << gap << (accumulate ? " added" : ""));
  nasnet::Context context(2);
  Operands<Scalar> operands(product, n, gap);
  const std::vector<Scalar> before = operands.c.values();
  operands.multiply(product, context, accumulate, set);
  bool equal = true;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::int64_t row = static_cast<std::int64_t>(i) / (n.columns + gap);
    const std::int64_t column = static_cast<std::int64_t>(i) % (n.columns + gap);
    const bool in_gap = column >= n.columns;
    double expected = in_gap || accumulate ? static_cast<double>(before[i]) : 0.0;
    for (std::int64_t k = 0; k < n.terms && !in_gap; ++k) {
      expected += (product == Product::left_transposed ? operands.a(k, row) : operands.a(row, k)) *
                  (product == Product::right_transposed ? operands.b(column, k) : operands.b(k, column));
    }
    equal = equal && static_cast<double>(operands.c.values()[i]) == expected;
  }
  CHECK(equal);
}

constexpr Product products[] = {Product::plain, Product::left_transposed, Product::right_transposed};

}  // namespace

TEST_CASE("products equal plain loops for all small extents", "[matrix_product]") {
  for (const InstructionSet set : cases::instruction_sets()) {
    for (const Product product : products) {
      for (const std::int64_t rows : {1, 2, 3, 4, 5, 7, 8, 9, 13}) {
        for (const std::int64_t columns : {1, 2, 4, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 50}) {
          for (const std::int64_t terms : {1, 2, 5}) {
            check<float>(product, {rows, terms, columns}, 0, false, set);
            check<double>(product, {rows, terms, columns}, 3, true, set);
          }
        }
      }
    }
  }
}

TEST_CASE("products equal plain loops where they are cut into blocks and parts", "[matrix_product]") {
  for (const InstructionSet set : cases::instruction_sets()) {
    for (const Product product : products) {
      for (const Extents& n : {Extents{300, 44, 44},
                               {5000, 8, 8},
                               {8, 5000, 8},
                               {11, 2600, 3},
                               {101, 97, 103},
                               {1500, 3, 5},
                               {44, 1100, 60},
                               {2, 2, 700}}) {
        for (const bool accumulate : {false, true}) {
          check<float>(product, n, 0, accumulate, set);
          check<float>(product, n, 5, accumulate, set);
        }
      }
    }
  }
}

TEST_CASE("a product with nothing to sum up is zero", "[matrix_product]") {
  for (const InstructionSet set : cases::instruction_sets()) {
    for (const Product product : products) {
      check<float>(product, {3, 0, 4}, 0, false, set);
      check<float>(product, {3, 0, 4}, 2, true, set);
    }
  }
}

TEST_CASE("products have the same bits for any number of threads", "[matrix_product]") {
  for (const InstructionSet set : cases::instruction_sets()) {
    for (const Product product : products) {
      for (const Extents& n : {Extents{3000, 16, 24}, {20, 6000, 10}, {250, 130, 170}}) {
        Operands<float> one(product, n, 0, false);
        nasnet::Context single(1);
        one.multiply(product, single, false, set);
        for (const int threads : {2, 3}) {
          Operands<float> more(product, n, 0, false);
          nasnet::Context team(threads);
          more.multiply(product, team, false, set);
          CHECK(one.c.values() == more.c.values());
        }
      }
    }
  }
}

TEST_CASE("a row of a product does not depend on the rows around it", "[matrix_product]") {
  for (const InstructionSet set : cases::instruction_sets()) {
    for (const std::int64_t columns : {1, 8, 16, 44}) {  // below, of and above what has kernels of its own
      nasnet::Context context(1);
      const Extents n{203, 37, columns};
      Operands<float> all(Product::plain, n, 0, false);
      all.multiply(Product::plain, context, false, set);
      for (const std::int64_t row : {0, 1, 7, 96, 200, 202}) {
        INFO(to_string(set) << ", row " << row << " of " << columns << " columns");
        std::vector<float> one(static_cast<std::size_t>(columns));
        nasnet::multiply<float>(context, {all.a.span().data + row * n.terms, 1, n.terms}, all.b.span(),
                                {one.data(), 1, columns}, false, set);
        const auto in_all = all.c.values().begin() + row * columns;
        CHECK(one == std::vector<float>(in_all, in_all + columns));
      }
    }
  }
}

TEST_CASE("a product of normal numbers is as exact as its sums", "[matrix_product]") {
  for (const InstructionSet set : cases::instruction_sets()) {
    for (const Product product : products) {
      nasnet::Context context(1);
      const Extents n{50, 1200, 40};
      Operands<float> single(product, n, 0, false);
      Operands<double> exact(product, n, 0, false);
      single.multiply(product, context, false, set);
      exact.multiply(product, context, false, set);
      for (std::size_t i = 0; i < single.c.values().size(); ++i) {
        // Of 1200 terms around one: half a unit for each partial sum, which is below 200.
        CHECK(static_cast<double>(single.c.values()[i]) == Approx(exact.c.values()[i]).margin(1e-3));
      }
    }
  }
}
