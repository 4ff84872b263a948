// Primitives of a user that lack something.
//
// error 1: PrimitiveStructure|no matching (function|constructor)
// error 2: a primitive needs forward
#include <string_view>

#include "nasnet/primitive/custom_primitive.hpp"

struct Structure {
  static constexpr std::string_view name = "swish";
};

struct Swish : Structure {};
void forward(const Swish& primitive, nasnet::OpCall<float>& call);
void backward(const Swish& primitive, const nasnet::OpCall<float>& call, const nasnet::OpGradients<float>& gradients);
void use(nasnet::CustomPrimitive primitive = nasnet::CustomPrimitive(Swish{}));

#if CASE == 1  // no name
struct Nameless {};
void use_nameless(nasnet::CustomPrimitive primitive = nasnet::CustomPrimitive(Nameless{}));
#elif CASE == 2
struct Idle : Structure {};
void use_idle(nasnet::CustomPrimitive primitive = nasnet::CustomPrimitive(Idle{}));
#endif
