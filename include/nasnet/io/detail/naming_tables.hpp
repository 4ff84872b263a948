/// The names of other libraries, as tables.
///
/// Sources: the names in the files that pretrained-models.pytorch 0.7.4, timm 1.0 and Keras 3.15 themselves write.
#pragma once

#include <array>  // array
#include <span>   // span

#include "nasnet/io/detail/name_rules.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// How a library numbers the cells after the stem.
enum class CellNumbers {
  by_stack,  ///< normal cells from 0, 6 and 12, as if each stack had six; reduction cells by themselves
  in_order,  ///< normal and reduction cells in one row
  keras,     ///< normal cells from 0, leaving out one number after the first stack; reductions by the cells before them
};

/// Everything about a library's names.
struct NamingTable {
  std::span<const NameRule> network;     ///< outside cells
  std::span<const NameRule> cell;        ///< within a cell, without "cells.N."; an op's place is "ops.OP"
  std::span<const NamePair> words;       ///< for what a * stands for
  std::span<const NamePair> normal_ops;  ///< "0.left" to its name; empty: every op, as "0_left"
  std::span<const NamePair> reduction_ops;
  CellNumbers numbers = CellNumbers::by_stack;
};

// ---- the ports to PyTorch: pretrained-models.pytorch, and timm, which took its names

inline constexpr std::array<NameRule, 3> torch_nasnet_network{
    {{"stem.conv.weight", "conv0.conv.weight"}, {"stem.bn.*", "conv0.bn.{1}"}, {"head.*", "last_linear.{1}"}}};

inline constexpr std::array<NameRule, 10> torch_nasnet_cell{
    {{"fit_current.conv.weight", "{cell}.conv_1x1.conv.weight"},
     {"fit_current.bn.*", "{cell}.conv_1x1.bn.{1}"},
     {"fit_previous.path1.weight", "{cell}.path_1.conv.weight"},
     {"fit_previous.path2.weight", "{cell}.path_2.conv.weight"},
     {"fit_previous.bn.*", "{cell}.final_path_bn.{1}", "fit_previous.path1.weight"},
     {"fit_previous.conv.weight", "{cell}.conv_prev_1x1.conv.weight"},
     {"fit_previous.bn.*", "{cell}.conv_prev_1x1.bn.{1}"},
     {"ops.*.sep*.depthwise.weight", "{cell}.comb_iter_{1}.separable_{2}.depthwise_conv2d.weight"},
     {"ops.*.sep*.pointwise.weight", "{cell}.comb_iter_{1}.separable_{2}.pointwise_conv2d.weight"},
     {"ops.*.sep*.bn.*", "{cell}.comb_iter_{1}.bn_sep_{2}.{3}"}}};

inline constexpr std::array<NameRule, 3> torch_pnasnet_network{
    {{"stem.conv.weight", "conv_0.conv.weight"}, {"stem.bn.*", "conv_0.bn.{1}"}, {"head.*", "last_linear.{1}"}}};

inline constexpr std::array<NameRule, 14> torch_pnasnet_cell{
    {{"fit_current.conv.weight", "{cell}.conv_1x1.conv.weight"},
     {"fit_current.bn.*", "{cell}.conv_1x1.bn.{1}"},
     {"fit_previous.path1.weight", "{cell}.conv_prev_1x1.path_1.conv.weight"},
     {"fit_previous.path2.weight", "{cell}.conv_prev_1x1.path_2.conv.weight"},
     {"fit_previous.bn.*", "{cell}.conv_prev_1x1.final_path_bn.{1}", "fit_previous.path1.weight"},
     {"fit_previous.conv.weight", "{cell}.conv_prev_1x1.conv.weight"},
     {"fit_previous.bn.*", "{cell}.conv_prev_1x1.bn.{1}"},
     {"ops.*.sep*.depthwise.weight", "{cell}.comb_iter_{1}.separable_{2}.depthwise_conv2d.weight"},
     {"ops.*.sep*.pointwise.weight", "{cell}.comb_iter_{1}.separable_{2}.pointwise_conv2d.weight"},
     {"ops.*.sep*.bn.*", "{cell}.comb_iter_{1}.bn_sep_{2}.{3}"},
     {"ops.*.conv.weight", "{cell}.comb_iter_{1}.conv.weight"},  // a strided identity
     {"ops.*.bn.*", "{cell}.comb_iter_{1}.bn.{2}"},
     {"ops.*.fit.conv.weight", "{cell}.comb_iter_{1}.conv.weight"},  // after a pool of other channels
     {"ops.*.fit.bn.*", "{cell}.comb_iter_{1}.bn.{2}"}}};

inline constexpr NamingTable torch_nasnet_table{.network = torch_nasnet_network,
                                                .cell = torch_nasnet_cell,
                                                .words = {},
                                                .normal_ops = {},
                                                .reduction_ops = {},
                                                .numbers = CellNumbers::by_stack};

inline constexpr NamingTable torch_pnasnet_table{.network = torch_pnasnet_network,
                                                 .cell = torch_pnasnet_cell,
                                                 .words = {},
                                                 .normal_ops = {},
                                                 .reduction_ops = {},
                                                 .numbers = CellNumbers::in_order};

// ---- Keras: "layer/variable"

inline constexpr std::array<NameRule, 4> keras_network{{{"stem.conv.weight", "stem_conv1/kernel"},
                                                        {"stem.bn.*", "stem_bn1/{1}"},
                                                        {"head.weight", "predictions/kernel"},
                                                        {"head.bias", "predictions/bias"}}};

inline constexpr std::array<NameRule, 9> keras_cell{
    {{"fit_current.conv.weight", "{role}_conv_1_{cell}/kernel"},
     {"fit_current.bn.*", "{role}_bn_1_{cell}/{1}"},
     {"fit_previous.path1.weight", "adjust_conv_1_{cell}/kernel"},
     {"fit_previous.path2.weight", "adjust_conv_2_{cell}/kernel"},
     {"fit_previous.conv.weight", "adjust_conv_projection_{cell}/kernel"},
     {"fit_previous.bn.*", "adjust_bn_{cell}/{1}"},
     {"ops.*.sep*.depthwise.weight", "separable_conv_{2}_{role}_{1}_{cell}/depthwise_kernel"},
     {"ops.*.sep*.pointwise.weight", "separable_conv_{2}_{role}_{1}_{cell}/pointwise_kernel"},
     {"ops.*.sep*.bn.*", "separable_conv_{2}_bn_{role}_{1}_{cell}/{3}"}}};

inline constexpr std::array<NamePair, 4> keras_words{
    {{"weight", "gamma"}, {"bias", "beta"}, {"running_mean", "moving_mean"}, {"running_var", "moving_variance"}}};

inline constexpr std::array<NamePair, 5> keras_normal_ops{
    {{"0.left", "left1"}, {"0.right", "right1"}, {"1.left", "left2"}, {"1.right", "right2"}, {"4.left", "left5"}}};

// The fifth block's convolution is called after the fourth.
inline constexpr std::array<NamePair, 5> keras_reduction_ops{
    {{"0.left", "left1"}, {"0.right", "right1"}, {"1.right", "right2"}, {"2.right", "right3"}, {"4.left", "left4"}}};

inline constexpr NamingTable keras_table{.network = keras_network,
                                         .cell = keras_cell,
                                         .words = keras_words,
                                         .normal_ops = keras_normal_ops,
                                         .reduction_ops = keras_reduction_ops,
                                         .numbers = CellNumbers::keras};

}  // namespace nasnet::inline NASNET_ABI::detail
