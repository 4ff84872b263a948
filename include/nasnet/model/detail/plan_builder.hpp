/// Makes the program of an inference plan from a network and its parameters.
#pragma once

#include <algorithm>  // all_of, max, min
#include <cmath>      // sqrt
#include <cstddef>    // size_t
#include <cstdint>    // int64_t
#include <memory>     // make_shared
#include <optional>   // nullopt, optional
#include <span>       // span
#include <utility>    // move
#include <vector>     // vector

#include "nasnet/autograd/variable.hpp"
#include "nasnet/graph/network_graph.hpp"
#include "nasnet/model/detail/plan_matching.hpp"
#include "nasnet/model/detail/plan_order.hpp"
#include "nasnet/model/detail/plan_program.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Scale and shift of each filter of a convolution.
struct FilterScales {
  std::vector<double> scale;
  std::vector<double> shift;
};

template <class T>
class PlanBuilder {
 public:
  /// @param parameters in the order of graph.parameters @param outputs nodes whose values are wanted
  PlanBuilder(const NetworkGraph& graph, std::span<const Variable<T>> parameters, const std::vector<int>& outputs,
              InstructionSet set)
      : graph_(graph),
        parameters_(parameters),
        outputs_(outputs),
        matching_(graph, outputs),
        width_(full_width<T>(set)) {
    program_.set = set;
  }

  [[nodiscard]] PlanProgram<T> build() {
    find_runs();
    place_values();
    place_input();
    for (int n = 0; n < size(); ++n) {
      if (matching_.has_value(n) && !matching_.is_hosted(n)) compute(n);
    }
    order_steps();
    find_lifetimes();
    return std::move(program_);
  }

 private:
  [[nodiscard]] static std::size_t at(int node) { return static_cast<std::size_t>(node); }
  [[nodiscard]] int size() const { return static_cast<int>(graph_.nodes.size()); }
  [[nodiscard]] PlanValue& value(int node) { return program_.values[at(node)]; }
  [[nodiscard]] const std::vector<int>& inputs_of(int node) const { return graph_.nodes[at(node)].inputs; }
  [[nodiscard]] int input_of(int node, std::size_t input = 0) const {
    return matching_.value_of(inputs_of(node)[input]);
  }

  // ---- where values lie

  /// The lanes of each value: those of a concatenation are those of its parts, and pools and sums keep them.
  void find_runs() {
    program_.values.resize(graph_.nodes.size());
    set_runs(program_.input, graph_.input_channels);
    for (int n = 0; n < size(); ++n) {
      if (!matching_.has_value(n)) continue;
      if (matching_.template as<Concat>(n) != nullptr) {
        std::int64_t channels = 0;
        for (const int input : inputs_of(n)) append_runs(value(n), program_.value(matching_.value_of(input)), channels);
      } else if (keeps_lanes(n)) {
        const PlanValue& input = program_.value(matching_.operand(inputs_of(n)[0]).node);
        value(n).lanes = input.lanes;
        value(n).runs = input.runs;
      } else {
        set_runs(value(n), graph_.nodes[at(n)].channels);
        matching_.release_host(n);
      }
    }
  }

  /// Whether each lane of a node's value comes of the same lane of its inputs.
  [[nodiscard]] bool keeps_lanes(int node) const {
    if (matching_.template as<MaximumPool>(node) != nullptr || matching_.template as<AveragePool>(node) != nullptr ||
        matching_.template as<GlobalAveragePool>(node) != nullptr) {
      return true;
    }
    return matching_.template as<Add>(node) != nullptr && has_uniform_inputs(node);
  }

  [[nodiscard]] bool has_uniform_inputs(int sum) const {
    const auto& first = program_.value(input_of(sum)).runs;
    return std::all_of(inputs_of(sum).begin(), inputs_of(sum).end(),
                       [&](int input) { return program_.value(matching_.value_of(input)).runs == first; });
  }

  void set_runs(PlanValue& value, std::int64_t channels) const {
    value.lanes = rounded_up(channels, width_);
    value.runs = {{.from = 0, .to = 0, .count = channels}};
  }

  static void append_runs(PlanValue& value, const PlanValue& part, std::int64_t& channels) {
    for (const ChannelRun& run : part.runs) {
      const std::int64_t from = value.lanes + run.from;
      if (!value.runs.empty() && value.runs.back().from + value.runs.back().count == from) {
        value.runs.back().count += run.count;
      } else {
        value.runs.push_back({.from = from, .to = channels, .count = run.count});
      }
      channels += run.count;
    }
    value.lanes += part.lanes;
  }

  /// From the end to the beginning: what joins values decides where they lie.
  void place_values() {
    for (int n = size() - 1; n >= 0; --n) {
      if (!matching_.has_value(n) || matching_.is_hosted(n)) continue;
      if (value(n).buffer < 0) {
        value(n).buffer = static_cast<int>(program_.buffers.size());
        program_.buffers.push_back({.lanes = value(n).lanes, .node = n});
      }
      if (matching_.template as<Concat>(n) != nullptr) place_parts(n);
      if (const std::optional<int> host = matching_.host(n)) place_summand(n, *host);
    }
  }

  void place_parts(int concat) {
    std::int64_t lane = value(concat).lane;
    for (const int input : inputs_of(concat)) {
      const int part = matching_.value_of(input);
      if (part >= 0 && value(part).buffer < 0) {
        value(part).buffer = value(concat).buffer;
        value(part).lane = lane;
      }
      lane += program_.value(part).lanes;
    }
  }

  /// The summand that the host adds lies where the sum will be, if nobody else reads it.
  void place_summand(int sum, int host) {
    const int other = other_summand(sum, host);
    if (other < 0 || value(other).buffer >= 0 || !matching_.has_one_reader(other)) return;
    if (matching_.template as<Concat>(other) != nullptr) return;
    value(other).buffer = value(sum).buffer;
    value(other).lane = value(sum).lane;
  }

  [[nodiscard]] int other_summand(int sum, int host) const {
    return input_of(sum, 0) == host ? input_of(sum, 1) : input_of(sum, 0);
  }

  void place_input() {
    program_.dense_input = matching_.input_is_gathered();
    program_.input.buffer = static_cast<int>(program_.buffers.size());
    program_.buffers.push_back({.lanes = program_.dense_input ? graph_.input_channels : program_.input.lanes});
  }

  // ---- steps

  void compute(int node) {
    const std::optional<int> host = matching_.host(node);
    if (host) {
      compute_value(*host, node, other_summand(node, *host));
    } else {
      compute_value(node, node, std::nullopt);
    }
  }

  /// @param output the node's own value, or the sum that it is a part of
  void compute_value(int node, int output, std::optional<int> addend) {
    if (const auto& convolution = matching_.convolution(node)) {
      add_step(ConvolutionStep<T>{fuse(*convolution), convolution->input.node, addend, output});
    } else if (const auto* maximum = matching_.template as<MaximumPool>(node)) {
      add_step(PoolStep{{.maximum = true, .window = maximum->window}, input_of(node), addend, output});
    } else if (const auto* average = matching_.template as<AveragePool>(node)) {
      add_step(PoolStep{{.window = average->window}, input_of(node), addend, output});
    } else if (matching_.template as<Add>(node) != nullptr && keeps_lanes(node)) {
      std::vector<int> inputs;
      for (const int input : inputs_of(node)) inputs.push_back(matching_.value_of(input));
      add_step(SumStep{std::move(inputs), output});
    } else if (matching_.template as<Concat>(node) != nullptr) {
      copy_parts(node);
    } else if (matching_.template as<GlobalAveragePool>(node) != nullptr) {
      add_step(MeanStep{operand(node).node, operand(node).rectify, output});
    } else {
      add_primitive(node);
    }
  }

  [[nodiscard]] PlanOperand operand(int node) const { return matching_.operand(inputs_of(node)[0]); }

  void add_step(PlanStep<T> step) { program_.steps.push_back(std::move(step)); }

  /// Parts that lie elsewhere: in another concatenation, or in this one twice.
  void copy_parts(int concat) {
    std::int64_t lane = value(concat).lane;
    for (const int input : inputs_of(concat)) {
      const int part = matching_.value_of(input);
      const PlanValue& from = program_.value(part);
      if (from.buffer != value(concat).buffer || from.lane != lane) {
        add_step(CopyStep{part, {.buffer = value(concat).buffer, .lane = lane, .lanes = from.lanes}});
      }
      lane += from.lanes;
    }
  }

  void add_primitive(int node) {
    PrimitiveStep<T> step{
        .primitive = graph_.nodes[at(node)].primitive, .parameters = {}, .inputs = {}, .output = node};
    for (const int parameter : graph_.nodes[at(node)].parameters) {
      step.parameters.push_back(std::make_shared<Tensor<T>>(parameters_[at(parameter)].value().clone()));
    }
    for (const int input : inputs_of(node)) step.inputs.push_back(matching_.value_of(input));
    add_step(std::move(step));
  }

  // ---- weights

  [[nodiscard]] const Tensor<T>& parameter(int node, std::size_t number) const {
    return parameters_[at(graph_.nodes[at(node)].parameters[number])].value();
  }

  [[nodiscard]] FusedConvolution<T> fuse(const PlanConvolution& found) const {
    const PlanValue& input = program_.value(found.input.node);
    FusedConvolution<T> fused;
    fused.rectify = found.input.rectify;
    fused.runs = input.runs;
    fused.pixel_columns = graph_.channels_of(found.input.node);
    std::int64_t terms = 0;
    std::int64_t filters = 0;
    for (const int core : found.cores) {
      terms += parameter(core, 0).elements() / graph_.channels_of(core);
      filters += graph_.channels_of(core);
    }
    if (found.depthwise) {
      fused.source = TileSource::depthwise;
      fused.window = matching_.template as<Depthwise>(*found.depthwise)->window;
      fused.depthwise_weight = strip_by_strip(parameter(*found.depthwise, 0), input);
      if (input.runs.size() > 1) terms = input.lanes;
    } else if (const auto* full = matching_.template as<Convolution>(found.cores[0])) {
      fused.source = TileSource::windows;
      fused.window = full->window;
    } else if (!found.subsamples.empty()) {
      fused.subsamples.clear();
      for (const int node : found.subsamples) fused.subsamples.push_back(*matching_.template as<Subsample>(node));
    }
    const FilterScales scales = filter_scales(found, filters);
    fused.bias = Tensor<T>({rounded_up(filters, width_)});
    fused.bias.fill(T{0});
    for (std::int64_t o = 0; o < filters; ++o) fused.bias[o] = static_cast<T>(scales.shift[index(o)]);
    fused.weight = PackedMatrix<T>(terms, filters, width_);
    pack(found.cores, scales, input, fused);
    return fused;
  }

  [[nodiscard]] static std::size_t index(std::int64_t number) { return static_cast<std::size_t>(number); }

  /// The terms of a tile are the channels, or of a depthwise convolution of several runs the lanes. Paths side by side
  /// have terms and filters of their own, and zeros elsewhere.
  void pack(const std::vector<int>& cores, const FilterScales& scales, const PlanValue& input,
            FusedConvolution<T>& fused) const {
    const bool by_lane = fused.source == TileSource::depthwise;
    std::int64_t first_term = 0;
    std::int64_t first_filter = 0;
    for (const int core : cores) {
      const Tensor<T>& weight = parameter(core, 0);
      const std::int64_t filters = graph_.channels_of(core);
      const std::int64_t rows = weight.elements() / filters;
      for (std::int64_t first = 0; first < rows; first += fused.pixel_columns) {
        for (const ChannelRun& run : input.runs) {
          for (std::int64_t i = 0; i < run.count; ++i) {
            const std::int64_t row = first + run.to + i;
            const std::int64_t term = by_lane ? run.from + i : first_term + row;
            for (std::int64_t o = 0; o < filters; ++o) {
              fused.weight(term, first_filter + o) = static_cast<T>(static_cast<double>(weight[row * filters + o]) *
                                                                    scales.scale[index(first_filter + o)]);
            }
          }
        }
      }
      first_term += rows;
      first_filter += filters;
    }
  }

  /// Of a batch norm in evaluation, and of a dense layer's bias.
  [[nodiscard]] FilterScales filter_scales(const PlanConvolution& found, std::int64_t filters) const {
    FilterScales scales{std::vector<double>(index(filters), 1.0), std::vector<double>(index(filters), 0.0)};
    if (matching_.template as<Dense>(found.cores[0]) != nullptr) {
      const Tensor<T>& bias = parameter(found.cores[0], 1);
      for (std::int64_t o = 0; o < filters; ++o) scales.shift[index(o)] = static_cast<double>(bias[o]);
    }
    if (!found.batch_norm) return scales;
    const auto value = [&](std::size_t number, std::int64_t o) {
      return static_cast<double>(parameter(*found.batch_norm, number)[o]);
    };
    const double epsilon = matching_.template as<BatchNorm>(*found.batch_norm)->epsilon;
    for (std::int64_t o = 0; o < filters; ++o) {
      const double scale = value(0, o) / std::sqrt(value(3, o) + epsilon);
      scales.shift[index(o)] = value(1, o) + (scales.shift[index(o)] - value(2, o)) * scale;
      scales.scale[index(o)] = scale;
    }
    return scales;
  }

  /// weight [kh,kw,C] as [strips][kh][kw][lanes], zeros between the runs.
  [[nodiscard]] Tensor<T> strip_by_strip(const Tensor<T>& weight, const PlanValue& input) const {
    const std::int64_t taps = weight.extent(0) * weight.extent(1);
    const std::int64_t channels = weight.extent(2);
    Tensor<T> strips({input.lanes / width_, taps, width_});
    strips.fill(T{0});
    for (const ChannelRun& run : input.runs) {
      for (std::int64_t i = 0; i < run.count; ++i) {
        const std::int64_t lane = run.from + i;
        for (std::int64_t tap = 0; tap < taps; ++tap) {
          strips[(lane / width_ * taps + tap) * width_ + lane % width_] = weight[tap * channels + run.to + i];
        }
      }
    }
    return strips;
  }

  // ---- order and lifetimes

  void order_steps() {
    const std::vector<std::vector<PlanAccess>> accesses = accesses_of(program_);
    const auto conflict = [](const PlanAccess& left, const PlanAccess& right) { return left.conflicts_with(right); };
    std::vector<std::vector<std::size_t>> needs(accesses.size());
    for (std::size_t step = 0; step < accesses.size(); ++step) {
      for (std::size_t earlier = 0; earlier < step; ++earlier) {
        if (any_conflict(accesses[step], accesses[earlier], conflict)) needs[step].push_back(earlier);
      }
    }
    std::vector<PlanStep<T>> steps;
    for (const std::size_t step : interleaved_order(needs)) steps.push_back(std::move(program_.steps[step]));
    program_.steps = std::move(steps);
  }

  void find_lifetimes() {
    for (PlanBuffer& buffer : program_.buffers) buffer.first_step = static_cast<int>(program_.steps.size());
    touch(program_.input, -1);
    for (int s = 0; s < static_cast<int>(program_.steps.size()); ++s) {
      for (const PlanAccess& access : accesses_of(program_, program_.steps[at(s)])) touch(*access.value, s);
    }
    for (const int output : outputs_) {
      touch(program_.value(matching_.value_of(output)), static_cast<int>(program_.steps.size()));
    }
  }

  void touch(const PlanValue& value, int step) {
    PlanBuffer& buffer = program_.buffers[at(value.buffer)];
    buffer.first_step = (std::min)(buffer.first_step, step);
    buffer.last_step = (std::max)(buffer.last_step, step);
  }

  const NetworkGraph& graph_;
  std::span<const Variable<T>> parameters_;
  std::vector<int> outputs_;
  PlanMatching matching_;
  std::int64_t width_;
  PlanProgram<T> program_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
