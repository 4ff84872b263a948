// An op set of a user's own, for own_ops.hpp.
#pragma once

#include <string_view>

#include "nasnet/genotype/ops.hpp"

namespace my_ops {

struct Blur {
  static constexpr std::string_view name = "my-blur";
  static nasnet::Value expand(nasnet::GraphBuilder& g, nasnet::Value x, nasnet::OpContext at);
};

using Ops = nasnet::OpSet<Blur, nasnet::Identity>;

}  // namespace my_ops
