#include "nasnet/strategy/any_strategy.ipp"
#include "nasnet/strategy/average_repeats.ipp"
#include "nasnet/strategy/controller_network.ipp"
#include "nasnet/strategy/exhaustive.ipp"
#include "nasnet/strategy/local_search.ipp"
#include "nasnet/strategy/median_stop.ipp"
#include "nasnet/strategy/pareto_archive.ipp"
#include "nasnet/strategy/pareto_evolution.ipp"
#include "nasnet/strategy/ppo_controller.ipp"
#include "nasnet/strategy/random_search.ipp"
#include "nasnet/strategy/regularized_evolution.ipp"
#include "nasnet/strategy/replay_duplicates.ipp"
#include "nasnet/strategy/successive_halving.ipp"

namespace nasnet::inline NASNET_ABI {

#define NASNET_INSTANTIATE(Scalar)                                                                                 \
  template class ControllerNetwork<Scalar>;                                                                        \
  template Variable<Scalar> clipped_surrogate(Tape<Scalar>& tape, const Variable<Scalar>& log_probabilities,       \
                                              const Variable<Scalar>& sampled, const Variable<Scalar>& advantages, \
                                              double clip);

NASNET_INSTANTIATE(float)
NASNET_INSTANTIATE(double)

}  // namespace nasnet::inline NASNET_ABI
