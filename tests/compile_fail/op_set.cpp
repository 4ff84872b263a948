// Op sets whose ops lack something.
//
// error 1: an op needs a name
// error 2: an op needs an expansion
// error 3: two ops of an op set have the same name
// error 4: an op set needs at least one op
// error 5: is made of letters, digits
// error 6: cannot be both the identity and zero
#include <string_view>

#include "nasnet/genotype/op_set.hpp"
#include "nasnet/genotype/ops.hpp"

struct Blur {
  static constexpr std::string_view name = "blur";
  static nasnet::Value expand(nasnet::GraphBuilder& g, nasnet::Value x, nasnet::OpContext at);
};
static_assert(nasnet::OpSet<nasnet::Identity, Blur>::size == 2);

#if CASE == 1
struct Nameless {
  static nasnet::Value expand(nasnet::GraphBuilder& g, nasnet::Value x, nasnet::OpContext at);
};
static_assert(nasnet::OpSet<Nameless>::size == 1);
#elif CASE == 2
struct Unexpandable {
  static constexpr std::string_view name = "unexpandable";
};
static_assert(nasnet::OpSet<Unexpandable>::size == 1);
#elif CASE == 3
static_assert(nasnet::OpSet<Blur, nasnet::Identity, Blur>::size == 3);
#elif CASE == 4
static_assert(nasnet::OpSet<>::size == 0);
#elif CASE == 5
struct Misnamed : Blur {
  static constexpr std::string_view name = "3x3 blur";
};
static_assert(nasnet::OpSet<Misnamed>::size == 1);
#elif CASE == 6
struct Undecided : Blur {
  static constexpr bool is_identity = true;
  static constexpr bool is_zero = true;
};
static_assert(nasnet::OpSet<Undecided>::size == 1);
#endif
