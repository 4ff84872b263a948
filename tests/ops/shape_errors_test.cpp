// What ops say about inputs that do not fit.
#include <string>  // string
#include <vector>  // vector

#include "catch.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/ops/ops.hpp"
#include "nasnet/ops/run_primitive.hpp"
#include "nasnet/ops/slice.hpp"
#include "nasnet/ops/softmax_cross_entropy.hpp"

namespace {

using nasnet::Shape;
using nasnet::Tensor;

// The text of the error that an op throws for inputs of some shapes.
template <class P>
std::string fault(const P& primitive, const std::vector<Shape>& shapes) {
  nasnet::Context context(1);
  std::vector<Tensor<float>> inputs;
  for (const Shape& shape : shapes) {
    inputs.emplace_back(shape);
    inputs.back().fill(1);
  }
  nasnet::OpCall<float> call{.context = context};
  for (const Tensor<float>& input : inputs) call.inputs.push_back(&input);
  const auto failure = nasnet::catch_failure([&] { forward(primitive, call); });
  return failure ? failure->message : "";
}

}  // namespace

TEST_CASE("ops name what does not fit", "[shape_errors]") {
  CHECK(fault(nasnet::Add{}, {{1, 2, 2, 3}, {1, 2, 2, 4}}) == "add: input 1 is [1,2,2,4], input 0 is [1,2,2,3]");
  CHECK(fault(nasnet::Add{}, {}) == "add: no inputs");
  CHECK(fault(nasnet::Concat{}, {{1, 2, 2, 3}, {1, 2, 1, 3}}) ==
        "concat: input is [1,2,1,3], the first one is [1,2,2,3]; only the last extent may differ");
  CHECK(fault(nasnet::GlobalAveragePool{}, {{4, 3}}) == "global_average_pool: input is [4,3], wanted [N,H,W,C]");
  CHECK(fault(nasnet::Subsample{.step = 0}, {{1, 2, 2, 3}}) ==
        "subsample: step 0 and offset 0, wanted at least 1 and 0");
  CHECK(fault(nasnet::Multiply{}, {{2, 3}, {3, 2}}) == "multiply: input 1 is [3,2], input 0 is [2,3]");
  CHECK(fault(nasnet::Multiply{}, {{2, 3}}) == "multiply: 1 inputs, wanted 2");
  CHECK(fault(nasnet::MatrixMultiply{}, {{2, 3}, {2, 3}}) ==
        "matrix_multiply: [2,3] times [2,3], wanted [M,K] times [K,N]");
  CHECK(fault(nasnet::AddBias{}, {{2, 3}, {2}}) == "add_bias: bias is [2], wanted [3]");
  CHECK(fault(nasnet::Slice{.begin = 1, .end = 4}, {{2, 3}}) == "slice: columns 1 to 4 of [2,3]");
  CHECK(fault(nasnet::PickColumn{.indices = {0, 3}}, {{2, 3}}) == "pick_column: index 3 of row 1 is outside 0 to 2");
  CHECK(fault(nasnet::EmbeddingRow{.indices = {5}}, {{2, 3}}) == "embedding_row: index 5 of row 0 is outside 0 to 1");
  CHECK(fault(nasnet::Clamp{.low = 1, .high = 0}, {{2}}) == "clamp: from 1.000000 to 0.000000");
  CHECK(fault(nasnet::Mean{}, {{0}}) == "mean: input [0] is empty");
}
