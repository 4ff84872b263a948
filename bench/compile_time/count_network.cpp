// Counts the parameters and multiply-adds of a published network.
#include <cstdio>

#include <nasnet/genotype/ops.hpp>
#include <nasnet/graph/build_network.hpp>
#include <nasnet/graph/costs.hpp>
#include <nasnet/graph/named_networks.hpp>

int main() {
  const nasnet::NetworkDescription network = nasnet::nasnet_a_mobile();
  const nasnet::NetworkGraph graph = build_network(network.architecture, nasnet::NasnetOps::table(), network.config);
  std::printf("%lld parameters, %lld multiply-adds\n", static_cast<long long>(parameter_count(graph)),
              static_cast<long long>(multiply_adds(graph, network.image)));
}
