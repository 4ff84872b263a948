// Cells that break a rule, in constant expressions.
//
// error 1: constant expression|non-.constexpr. function
// error 2: constant expression|non-.constexpr. function
// error 3: constant expression|non-.constexpr. function
// error 4: a cell needs at least one block
// error 5: constant expression|non-.constexpr. function
#include "nasnet/genotype/cell_genotype.hpp"
#include "nasnet/genotype/ops.hpp"

using Ops = nasnet::OpSet<nasnet::Identity, nasnet::AvgPool<3>>;

constexpr auto good =
    nasnet::make_cell<Ops>({{{0, "identity"}, {1, "avg_pool_3x3"}}, {{2, "identity"}, {0, "identity"}}});
static_assert(!nasnet::validate(good));

#if CASE == 1  // an op that the set does not have
constexpr auto cell = nasnet::make_cell<Ops>({{{0, "identity"}, {1, "max_pool_3x3"}}});
#elif CASE == 2  // a block that reads itself
constexpr auto cell = nasnet::make_cell<Ops>({{{0, "identity"}, {2, "identity"}}});
#elif CASE == 3  // a block that reads a later one
constexpr auto cell = nasnet::make_cell<Ops>({{{3, "identity"}, {0, "identity"}}, {{0, "identity"}, {1, "identity"}}});
#elif CASE == 4
constexpr nasnet::CellGenotype<Ops, 0> cell{};
#elif CASE == 5  // an output that no cell has
constexpr auto cell = nasnet::make_cell<Ops>({{{0, "identity"}, {1, "identity"}}}, {7});
#endif
