// Primitives of a user that lack something.
//
// error 1: PrimitiveStructure|no matching (function|constructor)
// error 2: a primitive needs forward
#include <string_view>

#include "nasnet/primitive/custom_primitive.hpp"
#include "nasnet/primitive/op_call.hpp"

struct Structure {
  static constexpr std::string_view name = "swish";
};

struct Swish : Structure {};
void forward(const Swish& primitive, nasnet::OpCall<float>& call);
void backward(const Swish& primitive, const nasnet::OpCall<float>& call, const nasnet::OpGradients<float>& gradients);
const nasnet::CustomPrimitive swish(Swish{});

#if CASE == 1  // no name
struct Nameless {};
const nasnet::CustomPrimitive nameless(Nameless{});
#elif CASE == 2
struct Idle : Structure {};
const nasnet::CustomPrimitive idle(Idle{});
#endif
