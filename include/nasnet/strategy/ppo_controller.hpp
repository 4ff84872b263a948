/// The controller of the paper: a recurrent network that learns from rewards which architectures to propose.
#pragma once

#include <cstdint>      // int64_t, uint64_t
#include <optional>     // nullopt, optional
#include <string_view>  // string_view
#include <vector>       // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/json_value.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/controller_network.hpp"
#include "nasnet/strategy/detail/scored.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// How a controller learns from a batch of rewards.
enum class PolicyGradient {
  ppo,        ///< proximal policy optimisation with a clipped ratio (Schulman et al., arXiv 1707.06347): the paper's
  reinforce,  ///< Williams, Machine Learning 8, 1992: one step along advantage times gradient of the log-probability
};

/// The name in settings.
[[nodiscard]] constexpr std::string_view to_string(PolicyGradient gradient) {
  switch (gradient) {
    case PolicyGradient::ppo: return "ppo";
    case PolicyGradient::reinforce: return "reinforce";
  }
  return "unknown";
}

/// The defaults are those of the paper's search of 20,000 trials (Zoph et al., CVPR 2018, appendix). Where it is
/// silent they are ours: the clip is that of the PPO paper, the epochs are those of OpenAI's implementation. A search
/// of hundreds of trials needs a learning rate some ten times as high, and smaller batches.
struct PpoOptions {
  ControllerNetworkOptions network{};
  PolicyGradient gradient = PolicyGradient::ppo;
  std::int64_t batch = 20;         ///< results that the controller learns from at a time
  std::int64_t epochs = 4;         ///< steps on a batch (ours); PPO only
  double clip = 0.2;               ///< ratios of probabilities count within 1 - clip to 1 + clip (ours); PPO only
  double learning_rate = 0.00035;  ///< of Adam (the optimiser is ours)
  double entropy_weight = 0.00001;
  double baseline_decay = 0.95;  ///< of the moving average of rewards

  /// Reward of trials that failed or were rejected. Without one they teach nothing: lost workers and broken files say
  /// nothing about an architecture, and a 0 among accuracies near 0.9 would drown all other advantages of its batch.
  std::optional<double> failure_reward{};

  bool operator==(const PpoOptions&) const = default;
};

/// PPO's objective for each of N samples, to be maximised: min(r A, clamp(r, 1 - clip, 1 + clip) A), where A is the
/// advantage and r = exp(log_probability - sampled_log_probability).
///
/// Ratios above 10 count as 10, which shows where A < 0 only: a sample of a much older policy would else have a
/// gradient that Adam's averages remember for a thousand steps.
/// @param log_probabilities  [N] of the samples now
/// @param sampled            [N] of the samples when they were drawn
/// @param advantages         [N]
/// @return [N]
template <class Scalar>
[[nodiscard]] Variable<Scalar> clipped_surrogate(Tape<Scalar>& tape, const Variable<Scalar>& log_probabilities,
                                                 const Variable<Scalar>& sampled, const Variable<Scalar>& advantages,
                                                 double clip);

/// An exponential moving average, corrected for its start: the first rewards count alike.
/// After n rewards: the sum of decay^(n-i) r_i over the sum of decay^(n-i).
class RewardBaseline {
 public:
  explicit RewardBaseline(double decay) : decay_(decay) {}

  NASNET_LAZY void add(double reward);

  /// Nothing before the first reward.
  NASNET_LAZY [[nodiscard]] std::optional<double> value() const;

  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  NASNET_LAZY void load(const detail::SavedState& saved);

 private:
  double decay_;
  double sum_ = 0;
  double weight_ = 0;
};

/// Zoph, Vasudevan, Shlens and Le, "Learning Transferable Architectures for Scalable Image Recognition", CVPR 2018,
/// section 3 and appendix.
///
/// It draws each proposal from its network and remembers the decisions with their probability. An accuracy less the
/// moving average of those told before is the proposal's advantage; the first result has none. After each batch of
/// results, in the order told, the network is trained: the clipped ratio is that of the joint probability of all
/// decisions, against that at the time of the proposal, so that results may come late. It never waits: with many
/// workers some results of a batch are proposals of an earlier network.
///
/// Failed and rejected trials teach nothing, unless `failure_reward` is set. Duplicates teach nothing either, and a
/// controller that has made up its mind repeats itself: with ReplayDuplicates it learns from them. Results of
/// architectures that it did not propose are ignored. What the space does not contain (degenerate cells where they are
/// not allowed) is drawn again.
///
/// It moves; it is not copied. Where a journal is resumed it learns all of it again.
class PpoController {
 public:
  /// @throws ArgumentError for options out of range.
  NASNET_LAZY PpoController(AnySpace space, std::uint64_t seed, PpoOptions options = {});
  PpoController(PpoController&&) = default;
  PpoController& operator=(PpoController&&) = default;
  PpoController(const PpoController&) = delete;
  PpoController& operator=(const PpoController&) = delete;
  ~PpoController() = default;

  NASNET_LAZY [[nodiscard]] Answer ask();

  NASNET_LAZY void tell(const Trial& trial);

  /// What it draws from.
  [[nodiscard]] const ControllerNetwork<float>& network() const { return network_; }

  /// The moving average of rewards; nothing before the first.
  NASNET_LAZY [[nodiscard]] std::optional<double> baseline() const;

  NASNET_LAZY [[nodiscard]] JsonValue settings() const;

  /// With all weights and the optimiser's averages: some megabytes in the space of the paper.
  NASNET_LAZY [[nodiscard]] JsonValue save() const;

  /// @throws DataError for what `save` does not write.
  NASNET_LAZY void load(const JsonValue& state);

 private:
  /// A proposal that has no result yet.
  struct Pending {
    Architecture architecture;
    std::vector<int> decisions;
    double log_probability = 0;  // when it was drawn
  };

  /// A proposal with its result.
  struct Sample {
    std::vector<int> decisions;
    double log_probability = 0;
    double advantage = 0;

    NASNET_LAZY [[nodiscard]] JsonValue save() const;
  };

  NASNET_LAZY [[nodiscard]] static std::vector<int> choices_of(const AnySpace& space);

  NASNET_LAZY void check_options() const;

  // ---- proposals

  /// After many draws in vain, which a space without degenerate cells may cost a policy that has settled on one: a
  /// uniform sample.
  NASNET_LAZY [[nodiscard]] Pending draw(RandomStream& random);

  // ---- learning

  NASNET_LAZY [[nodiscard]] std::optional<double> reward_of(const Trial& trial) const;

  NASNET_LAZY void learn();

  /// Of the batch: minus the mean objective, minus the entropy's share.
  NASNET_LAZY [[nodiscard]] Variable<float> loss(Tape<float>& tape) const;

  NASNET_LAZY [[nodiscard]] Variable<float> batch_values(double Sample::*member) const;

  // ---- saved states

  NASNET_LAZY [[nodiscard]] Sample load_sample(const detail::SavedState& saved) const;

  /// By name: the values and the optimiser's two averages.
  NASNET_LAZY [[nodiscard]] JsonValue save_weights() const;

  /// All or nothing.
  NASNET_LAZY void load_weights(const detail::SavedState& saved);

  AnySpace space_;
  std::uint64_t seed_;
  PpoOptions options_;
  Context context_;  // one thread: an update is short, and trials need the others
  ControllerNetwork<float> network_;
  Optimizer<float> optimizer_;
  RewardBaseline baseline_;
  std::int64_t proposals_ = 0;
  std::vector<Pending> pending_;  // the oldest first
  std::vector<Sample> batch_;     // in the order told
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/ppo_controller.ipp"
#endif
