// A tensor as a matrix of Eigen's.
#include <nasnet/ops/eigen.hpp>

int main() {
  nasnet::Tensor<float> tensor({2, 3});
  as_eigen(tensor).setOnes();
  return as_eigen(tensor).sum() == 6 ? 0 : 1;
}
