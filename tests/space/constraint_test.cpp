#include "nasnet/space/constraint.hpp"

#include "catch.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/named_networks.hpp"

namespace {

using nasnet::Limits;
using nasnet::reason_against;

TEST_CASE("counts are written in groups of three digits") {
  CHECK(nasnet::detail::grouped(0) == "0");
  CHECK(nasnet::detail::grouped(999) == "999");
  CHECK(nasnet::detail::grouped(1000) == "1,000");
  CHECK(nasnet::detail::grouped(1234567) == "1,234,567");
  CHECK(nasnet::detail::grouped(-123456) == "-123,456");
}

TEST_CASE("a network beyond a limit is refused with both numbers") {
  const auto network = nasnet::named_network("nasnet-a-cifar");
  const auto ops = nasnet::NasnetOps::table();
  const auto reason = [&](const Limits& limits) {
    return reason_against(network.architecture, ops, network.config, {32, 32}, limits).value_or("");
  };
  CHECK(reason({}) == "");
  CHECK(reason({.max_parameters = 3'346'538}) == "");
  CHECK(reason({.max_parameters = 3'346'537}) == "3,346,538 parameters, at most 3,346,537 are allowed");
  CHECK(reason({.max_multiply_adds = 544'333'312}) == "");
  CHECK(reason({.max_multiply_adds = 544'333'311}) == "544,333,312 multiply-adds, at most 544,333,311 are allowed");
  CHECK(reason({.max_parameters = 3'346'538, .max_multiply_adds = 1}) ==
        "544,333,312 multiply-adds, at most 1 are allowed");
}

TEST_CASE("multiply-adds are those of the image") {
  const auto network = nasnet::named_network("nasnet-a-cifar");
  const auto graph = nasnet::build_network(network.architecture, nasnet::NasnetOps::table(), network.config);
  const Limits limits{.max_multiply_adds = 544'333'312};
  CHECK_FALSE(reason_against(graph, {32, 32}, limits));
  CHECK(reason_against(graph, {33, 32}, limits));
}

}  // namespace
