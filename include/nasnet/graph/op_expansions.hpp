/// How the ops of the paper's search space expand into primitives. Each yields `at.filters` channels at `at.stride`.
#pragma once

#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/graph_builder.hpp"

namespace nasnet::inline NASNET_ABI {

namespace detail {

/// ReLU, 1x1 convolution, batch norm: how a map is brought to other channels before it is used.
NASNET_LAZY [[nodiscard]] Value relu_conv_bn(GraphBuilder& g, Value x, std::int64_t filters,
                                             ConvolutionOptions options = {});

/// A pool's channels are fitted after it, without a ReLU.
NASNET_LAZY [[nodiscard]] Value fit_pool(GraphBuilder& g, Value pooled, OpContext at);

/// A kernel of one row and one of one column, each with ReLU and batch norm; the stride acts along the kernel.
struct LineConvolution {
  std::int64_t kernel;
  bool row;  ///< 1 x kernel; else kernel x 1
};

NASNET_LAZY [[nodiscard]] Value line_convolution(GraphBuilder& g, Value x, OpContext at, LineConvolution line,
                                                 int number);

}  // namespace detail

template <int Kernel>
Value AvgPool<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  return detail::fit_pool(g, g.average_pool(x, {.kernel = Kernel, .stride = at.stride}), at);
}

template <int Kernel>
Value MaxPool<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  return detail::fit_pool(g, g.max_pool(x, {.kernel = Kernel, .stride = at.stride}), at);
}

template <int Kernel>
Value Conv<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  return detail::relu_conv_bn(g, x, at.filters, {.kernel = Kernel, .stride = at.stride});
}

template <int Kernel>
Value DilConv<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  return detail::relu_conv_bn(g, x, at.filters, {.kernel = Kernel, .stride = at.stride, .dilation = 2});
}

template <int Kernel>
Value FactorizedConv<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  x = detail::line_convolution(g, x, at, {Kernel, true}, 1);
  return detail::line_convolution(g, x, at, {Kernel, false}, 2);
}

template <int Kernel>
Value FactorizedConvColumnFirst<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  x = detail::line_convolution(g, x, at, {Kernel, false}, 1);
  return detail::line_convolution(g, x, at, {Kernel, true}, 2);
}

template <int Kernel>
Value BottleneckFactorizedConv<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  const std::int64_t narrow = at.filters / 4;
  if (narrow < 1) return FactorizedConv<Kernel>::expand(g, x, at);
  {
    const auto scope = g.scope("reduce");
    x = detail::relu_conv_bn(g, x, narrow);
  }
  x = FactorizedConv<Kernel>::expand(g, x, {at.stride, narrow});
  const auto scope = g.scope("expand");
  return detail::relu_conv_bn(g, x, at.filters);
}

template <int Kernel>
Value SepConv<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  for (const int pass : {1, 2}) {
    const auto scope = g.scope("sep", pass);
    x = g.depthwise(g.relu(x), {.kernel = Kernel, .stride = pass == 1 ? at.stride : 1});
    x = g.batch_norm(g.pointwise(x, at.filters));
  }
  return x;
}

template <int Kernel>
Value DilSepConv<Kernel>::expand(GraphBuilder& g, Value x, OpContext at) {
  x = g.depthwise(g.relu(x), {.kernel = Kernel, .stride = at.stride, .dilation = 2});
  return g.batch_norm(g.pointwise(x, at.filters));
}

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/graph/op_expansions.ipp"
#endif
