/// The structure of a primitive of any type, with the defaults of what it does not state.
#pragma once

#include <concepts>     // convertible_to, copy_constructible
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/primitive/primitives.hpp"

namespace nasnet::inline NASNET_ABI {

/// A primitive is a copyable type with a `name`. It may state, and has these defaults where it does not:
///
/// | member                                           | default                                      |
/// |--------------------------------------------------|----------------------------------------------|
/// | `std::vector<ParameterSpec> parameters(Channels)`| none                                         |
/// | `std::int64_t input_count()`                     | 1; -1 stands for one or more                 |
/// | `std::int64_t output_channels(Channels)`         | those of the first input                     |
/// | `Size output_size(Size)`                         | the size of the inputs                       |
/// | `std::int64_t stride()`                          | 1                                            |
/// | `std::int64_t multiply_adds(Features)`           | 0                                            |
/// | `static constexpr bool backward_reads_inputs`    | true: training keeps the inputs              |
/// | `static constexpr bool backward_reads_output`    | false: training does not keep the output     |
/// | `bool passes_gradient(std::size_t input)`        | false: true where that input's gradient is   |
/// |                                                  | the output's                                 |
template <class P>
concept PrimitiveStructure = std::copy_constructible<P> && requires {
  { P::name } -> std::convertible_to<std::string_view>;
};

template <PrimitiveStructure P>
[[nodiscard]] std::string_view name_of(const P&) {
  return P::name;
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr bool backward_reads_inputs(const P&) {
  if constexpr (requires { P::backward_reads_inputs; }) return P::backward_reads_inputs;
  return true;
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr bool backward_reads_output(const P&) {
  if constexpr (requires { P::backward_reads_output; }) return P::backward_reads_output;
  return false;
}

template <class P>
[[nodiscard]] constexpr bool passes_gradient(const P& primitive, std::size_t input) {
  if constexpr (requires { primitive.passes_gradient(input); }) return primitive.passes_gradient(input);
  return false;
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr std::int64_t input_count(const P& primitive) {
  if constexpr (requires { primitive.input_count(); }) return primitive.input_count();
  return 1;
}

template <PrimitiveStructure P>
[[nodiscard]] std::vector<ParameterSpec> parameters_of(const P& primitive, Channels inputs) {
  if constexpr (requires { primitive.parameters(inputs); }) return primitive.parameters(inputs);
  return {};
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr std::int64_t output_channels(const P& primitive, Channels inputs) {
  if constexpr (requires { primitive.output_channels(inputs); }) return primitive.output_channels(inputs);
  return inputs[0];
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr Size output_size(const P& primitive, Size input) {
  if constexpr (requires { primitive.output_size(input); }) return primitive.output_size(input);
  return input;
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr std::int64_t stride_of(const P& primitive) {
  if constexpr (requires { primitive.stride(); }) return primitive.stride();
  return 1;
}

template <PrimitiveStructure P>
[[nodiscard]] constexpr std::int64_t multiply_adds(const P& primitive, Features inputs) {
  if constexpr (requires { primitive.multiply_adds(inputs); }) return primitive.multiply_adds(inputs);
  return 0;
}

}  // namespace nasnet::inline NASNET_ABI
