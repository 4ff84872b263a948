#pragma once

#include "nasnet/strategy/ppo_controller.hpp"

#include <algorithm>          // copy, find_if
#include <cmath>              // isfinite, log
#include <cstddef>            // size_t
#include <cstdint>            // int64_t, uint64_t
#include <memory>             // make_shared
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <span>               // span
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/autograd/tape.hpp"
#include "nasnet/autograd/variable.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/thread_pool.hpp"
#include "nasnet/genotype/json_values.hpp"
#include "nasnet/ops/elementwise.hpp"
#include "nasnet/ops/reductions.hpp"
#include "nasnet/space/any_space.hpp"
#include "nasnet/strategy/controller_network.hpp"
#include "nasnet/strategy/detail/hex_floats.hpp"
#include "nasnet/strategy/detail/saved_state.hpp"
#include "nasnet/strategy/strategy.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

template <class Scalar>
Variable<Scalar> clipped_surrogate(Tape<Scalar>& tape, const Variable<Scalar>& log_probabilities,
                                   const Variable<Scalar>& sampled, const Variable<Scalar>& advantages, double clip) {
  constexpr double most = 10;
  constexpr double least_logarithm = -80;
  const Variable<Scalar> difference = tape.apply(Subtract{}, {log_probabilities, sampled});
  const Variable<Scalar> ratio = tape.apply(Exp{}, {tape.apply(Clamp{least_logarithm, std::log(most)}, {difference})});
  const Variable<Scalar> free = tape.apply(Multiply{}, {ratio, advantages});
  const Variable<Scalar> clipped = tape.apply(Multiply{}, {tape.apply(Clamp{1 - clip, 1 + clip}, {ratio}), advantages});
  return tape.apply(Minimum{}, {free, clipped});
}

NASNET_BODY void RewardBaseline::add(double reward) {
  sum_ = decay_ * sum_ + reward;
  weight_ = decay_ * weight_ + 1;
}

NASNET_BODY std::optional<double> RewardBaseline::value() const {
  if (weight_ == 0) return std::nullopt;
  return sum_ / weight_;
}

NASNET_BODY JsonValue RewardBaseline::save() const {
  return nlohmann::json::object({{"sum", sum_}, {"weight", weight_}});
}

NASNET_BODY void RewardBaseline::load(const detail::SavedState& saved) {
  const double sum = saved.number("sum");
  const double weight = saved.number("weight");
  if (weight < 0) saved.fail_at("weight");
  sum_ = sum;
  weight_ = weight;
}

NASNET_BODY PpoController::PpoController(AnySpace space, std::uint64_t seed, PpoOptions options)
    : space_(std::move(space)),
      seed_(seed),
      options_(options),
      context_(std::make_shared<ThreadPool>(1)),
      network_(choices_of(space_), options.network, RandomStream(seed).split("ppo controller weights")),
      optimizer_(Adam{}, network_.parameters()),
      baseline_(options.baseline_decay) {
  check_options();
}

NASNET_BODY Answer PpoController::ask() {
  RandomStream random = RandomStream(seed_).split("ppo controller", static_cast<std::uint64_t>(proposals_));
  pending_.push_back(draw(random));
  ++proposals_;
  return pending_.back().architecture;
}

NASNET_BODY void PpoController::tell(const Trial& trial) {
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const Pending& one) { return one.architecture == trial.architecture; });
  if (found == pending_.end()) return;
  Sample sample{std::move(found->decisions), found->log_probability, 0};
  pending_.erase(found);
  const std::optional<double> reward = reward_of(trial);
  if (!reward) return;
  sample.advantage = *reward - baseline_.value().value_or(*reward);
  baseline_.add(*reward);
  batch_.push_back(std::move(sample));
  if (static_cast<std::int64_t>(batch_.size()) < options_.batch) return;
  learn();
  batch_.clear();
}

NASNET_BODY JsonValue PpoController::settings() const {
  const ControllerNetworkOptions& network = options_.network;
  nlohmann::json json = nlohmann::json::object({{"name", "ppo_controller"},
                                                {"seed", seed_},
                                                {"gradient", to_string(options_.gradient)},
                                                {"units", network.units},
                                                {"embedding", network.embedding},
                                                {"first_weights", network.first_weights},
                                                {"temperature", network.temperature},
                                                {"tanh_constant", network.tanh_constant},
                                                {"batch", options_.batch},
                                                {"epochs", options_.epochs},
                                                {"clip", options_.clip},
                                                {"learning_rate", options_.learning_rate},
                                                {"entropy_weight", options_.entropy_weight},
                                                {"baseline_decay", options_.baseline_decay}});
  if (options_.failure_reward) json["failure_reward"] = *options_.failure_reward;
  return json;
}

NASNET_BODY JsonValue PpoController::save() const {
  nlohmann::json pending = nlohmann::json::array();
  for (const Pending& one : pending_) pending.push_back(Sample{one.decisions, one.log_probability, 0}.save().get());
  nlohmann::json batch = nlohmann::json::array();
  for (const Sample& one : batch_) batch.push_back(one.save().get());
  return nlohmann::json::object({{"proposals", proposals_},
                                 {"steps", optimizer_.steps()},
                                 {"baseline", baseline_.save()},
                                 {"pending", std::move(pending)},
                                 {"batch", std::move(batch)},
                                 {"weights", save_weights()}});
}

NASNET_BODY void PpoController::load(const JsonValue& state) {
  const detail::SavedState saved("ppo controller", state);
  const std::int64_t proposals = saved.count("proposals");
  const std::int64_t steps = saved.count("steps");
  RewardBaseline baseline(options_.baseline_decay);
  baseline.load(saved.part(saved.field("baseline")));
  std::vector<Pending> pending;
  for (const nlohmann::json& one : saved.list("pending")) {
    Sample sample = load_sample(saved.part(one));
    Architecture architecture = space_.decode(sample.decisions);
    pending.push_back({std::move(architecture), std::move(sample.decisions), sample.log_probability});
  }
  std::vector<Sample> batch;
  for (const nlohmann::json& one : saved.list("batch")) batch.push_back(load_sample(saved.part(one)));
  if (static_cast<std::int64_t>(batch.size()) >= options_.batch) {
    fail<DataError>("ppo controller: the saved state has ", batch.size(), " results, a batch ", options_.batch);
  }
  load_weights(saved.part(saved.field("weights")));
  optimizer_.set_steps(steps);
  proposals_ = proposals;
  baseline_ = baseline;
  pending_ = std::move(pending);
  batch_ = std::move(batch);
}

NASNET_BODY JsonValue PpoController::Sample::save() const {
  return nlohmann::json::object(
      {{"decisions", decisions}, {"log_probability", log_probability}, {"advantage", advantage}});
}

NASNET_BODY std::vector<int> PpoController::choices_of(const AnySpace& space) {
  std::vector<int> choices;
  for (int position = 0; position < space.decisions(); ++position) choices.push_back(space.choices(position));
  return choices;
}

NASNET_BODY void PpoController::check_options() const {
  const auto require = [](bool is_right, const char* name, const auto& value, const char* wanted) {
    if (!is_right) fail<ArgumentError>("ppo controller: ", name, " is ", value, ", wanted ", wanted);
  };
  require(options_.batch >= 1, "the batch", options_.batch, "1 or more");
  require(options_.epochs >= 1, "the number of epochs", options_.epochs, "1 or more");
  require(options_.clip > 0 && options_.clip < 1, "the clip", options_.clip, "a number between 0 and 1");
  require(options_.learning_rate > 0 && options_.learning_rate <= 1, "the learning rate", options_.learning_rate,
          "a number above 0, up to 1");
  require(options_.entropy_weight >= 0 && std::isfinite(options_.entropy_weight), "the entropy weight",
          options_.entropy_weight, "0 or more");
  require(options_.baseline_decay >= 0 && options_.baseline_decay < 1, "the baseline's decay", options_.baseline_decay,
          "a number from 0, below 1");
  require(std::isfinite(options_.failure_reward.value_or(0)), "the reward of a failure",
          options_.failure_reward.value_or(0), "a finite number");
}

NASNET_BODY PpoController::Pending PpoController::draw(RandomStream& random) {
  constexpr int most_draws = 100;
  for (int attempt = 0; attempt < most_draws; ++attempt) {
    auto drawn = network_.draw(context_, random);
    Architecture architecture = space_.decode(drawn.decisions);
    if (space_.contains(architecture)) {
      return {std::move(architecture), std::move(drawn.decisions), drawn.log_probability};
    }
  }
  Architecture architecture = space_.sample(random);
  std::vector<int> decisions = space_.encode(architecture);
  Tape<float> tape(context_, Recording::off);
  const auto scores = network_.score(tape, std::span(&decisions, 1));
  const auto log_probability = static_cast<double>(scores.log_probabilities.value()[0]);
  return {std::move(architecture), std::move(decisions), log_probability};
}

NASNET_BODY std::optional<double> PpoController::reward_of(const Trial& trial) const {
  if (trial.state == TrialState::duplicate) return std::nullopt;
  if (trial.state != TrialState::done) return options_.failure_reward;
  const double accuracy = trial.evaluation.validation_accuracy;
  if (!std::isfinite(accuracy)) return options_.failure_reward;
  return accuracy;
}

NASNET_BODY void PpoController::learn() {
  const std::int64_t steps = options_.gradient == PolicyGradient::ppo ? options_.epochs : 1;
  for (std::int64_t step = 0; step < steps; ++step) {
    for (TrainableParameter<float> parameter : network_.parameters()) parameter.variable.clear_gradient();
    Tape<float> tape(context_);
    tape.backward(loss(tape));
    optimizer_.step(context_, options_.learning_rate);
  }
}

NASNET_BODY Variable<float> PpoController::loss(Tape<float>& tape) const {
  std::vector<std::vector<int>> sequences;
  for (const Sample& sample : batch_) sequences.push_back(sample.decisions);
  const auto scores = network_.score(tape, sequences);
  const Variable<float> advantages = batch_values(&Sample::advantage);
  const Variable<float> objective =
      options_.gradient == PolicyGradient::ppo
          ? clipped_surrogate(tape, scores.log_probabilities, batch_values(&Sample::log_probability), advantages,
                              options_.clip)
          : tape.apply(Multiply{}, {scores.log_probabilities, advantages});
  const Variable<float> lost = tape.apply(Scale{-1}, {tape.apply(Mean{}, {objective})});
  return tape.apply(Add{}, {lost, tape.apply(Scale{-options_.entropy_weight}, {scores.entropy})});
}

NASNET_BODY Variable<float> PpoController::batch_values(double Sample::*member) const {
  Tensor<float> values({static_cast<std::int64_t>(batch_.size())});
  for (std::size_t k = 0; k < batch_.size(); ++k) values.values()[k] = static_cast<float>(batch_[k].*member);
  return Variable<float>(std::move(values));
}

NASNET_BODY PpoController::Sample PpoController::load_sample(const detail::SavedState& saved) const {
  Sample sample{{}, saved.number("log_probability"), saved.number("advantage")};
  const std::vector<int>& choices = network_.choices();
  const nlohmann::json& decisions = saved.list("decisions");
  if (decisions.size() != choices.size()) saved.fail_at("decisions");
  for (std::size_t d = 0; d < choices.size(); ++d) {
    const std::optional<std::int64_t> decision = detail::whole_number_of(decisions[d], 0, choices[d] - 1);
    if (!decision) saved.fail_at("decisions");
    sample.decisions.push_back(static_cast<int>(*decision));
  }
  return sample;
}

NASNET_BODY JsonValue PpoController::save_weights() const {
  nlohmann::json weights = nlohmann::json::object();
  const auto& parameters = network_.parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    nlohmann::json& texts = weights[parameters[p].name];
    texts.push_back(detail::hex_floats(parameters[p].variable.value().values()));
    for (const Tensor<float>& average : optimizer_.state()[p]) texts.push_back(detail::hex_floats(average.values()));
  }
  return weights;
}

NASNET_BODY void PpoController::load_weights(const detail::SavedState& saved) {
  std::vector<std::vector<float>> values;
  for (const TrainableParameter<float>& parameter : network_.parameters()) {
    const nlohmann::json& texts = saved.list(parameter.name.c_str());
    if (texts.size() != 1 + Adam::slots) saved.fail_at(parameter.name.c_str());
    for (const nlohmann::json& text : texts) {
      const auto count = static_cast<std::size_t>(parameter.variable.value().elements());
      auto found = text.is_string() ? detail::floats_of_hex(text.get_ref<const std::string&>(), count) : std::nullopt;
      if (!found) saved.fail_at(parameter.name.c_str());
      values.push_back(std::move(*found));
    }
  }
  auto next = values.begin();
  const auto take = [&next](Tensor<float>& to) {
    std::copy(next->begin(), next->end(), to.values().begin());
    ++next;
  };
  for (std::size_t p = 0; p < network_.parameters().size(); ++p) {
    Variable<float> weights = network_.parameters()[p].variable;
    take(weights.value());
    for (Tensor<float>& average : optimizer_.state()[p]) take(average);
  }
}

NASNET_BODY std::optional<double> PpoController::baseline() const { return baseline_.value(); }

}  // namespace nasnet::inline NASNET_ABI
