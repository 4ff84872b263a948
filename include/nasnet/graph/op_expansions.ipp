#pragma once

#include "nasnet/graph/op_expansions.hpp"

#include <cstdint>  // int64_t

#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/graph_builder.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_BODY Value relu_conv_bn(GraphBuilder& g, Value x, std::int64_t filters, ConvolutionOptions options) {
  return g.batch_norm(g.convolution(g.relu(x), filters, options));
}

NASNET_BODY Value fit_pool(GraphBuilder& g, Value pooled, OpContext at) {
  if (pooled.channels == at.filters) return pooled;
  const auto scope = g.scope("fit");
  return g.batch_norm(g.pointwise(pooled, at.filters, "conv"));
}

NASNET_BODY Value line_convolution(GraphBuilder& g, Value x, OpContext at, LineConvolution line, int number) {
  const ConvolutionOptions options{.kernel_height = line.row ? 1 : line.kernel,
                                   .kernel_width = line.row ? line.kernel : 1,
                                   .stride_height = line.row ? 1 : at.stride,
                                   .stride_width = line.row ? at.stride : 1};
  x = g.convolution(g.relu(x), at.filters, options, join("conv", number));
  return g.batch_norm(x, join("bn", number));
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY Value Identity::expand(GraphBuilder& g, Value x, OpContext at) {
  if (at.stride == 1 && x.channels == at.filters) return x;
  return detail::relu_conv_bn(g, x, at.filters, {.stride = at.stride});
}

NASNET_BODY Value SkipConnect::expand(GraphBuilder& g, Value x, OpContext at) {
  if (at.stride != 2) return Identity::expand(g, x, at);
  return g.factorized_reduction(g.relu(x), at.filters);
}

NASNET_BODY Value Zero::expand(GraphBuilder& g, Value x, OpContext at) { return g.zero(x, at.filters, at.stride); }

}  // namespace nasnet::inline NASNET_ABI
