#pragma once

#include "nasnet/train/training_record.hpp"

#include <array>        // array
#include <cstdint>      // int64_t, uint64_t
#include <cstdio>       // snprintf
#include <string>       // string, to_string
#include <string_view>  // string_view
#include <variant>      // get_if
#include <vector>       // vector

#include "nasnet/data/augmentation.hpp"
#include "nasnet/primitive/op_call.hpp"
#include "nasnet/train/learning_rate.hpp"
#include "nasnet/train/optimizer.hpp"
#include "nasnet/train/train_step.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline RecordedValue recorded(std::int64_t number) {
  return {.kind = RecordedValue::Kind::whole, .whole = number};
}
NASNET_LAZY [[nodiscard]] inline RecordedValue recorded(std::uint64_t number) {
  return {.kind = RecordedValue::Kind::unsigned_whole, .unsigned_whole = number};
}
NASNET_LAZY [[nodiscard]] inline RecordedValue recorded(double number) {
  return {.kind = RecordedValue::Kind::real, .real = number};
}
NASNET_LAZY [[nodiscard]] inline RecordedValue recorded(bool flag) {
  return {.kind = RecordedValue::Kind::flag, .flag = flag};
}
NASNET_LAZY [[nodiscard]] inline RecordedValue recorded(std::string_view word) {
  return {.kind = RecordedValue::Kind::word, .word = word};
}

/// In checkpoints and journals alike.
template <class Value>
[[nodiscard]] RecordedField everywhere(std::string_view name, Value value) {
  return {.name = name, .value = recorded(value)};
}

template <class Value>
[[nodiscard]] RecordedField in_checkpoints(Value value) {
  return {.value = recorded(value), .in_journals = false};
}

template <class Value>
[[nodiscard]] RecordedField in_journals(std::string_view name, Value value) {
  return {.name = name, .value = recorded(value), .in_checkpoints = false};
}

// Each struct is taken apart by a structured binding: with another member it does not compile, until somebody has
// decided where that one is written. A new option is to be written only where it is changed, so that earlier files go
// on.

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const Sgd& rule) {
  const auto& [momentum, nesterov, weight_decay] = rule;
  return {"sgd",
          "optimizer",
          {in_journals("name", std::string_view("sgd")), everywhere("momentum", momentum),
           everywhere("nesterov", nesterov), everywhere("weight_decay", weight_decay)}};
}

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const RmsProp& rule) {
  const auto& [decay, momentum, epsilon, weight_decay] = rule;
  return {"rmsprop",
          "optimizer",
          {in_journals("name", std::string_view("rmsprop")), everywhere("decay", decay),
           everywhere("momentum", momentum), everywhere("epsilon", epsilon), everywhere("weight_decay", weight_decay)}};
}

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const Adam& rule) {
  const auto& [beta1, beta2, epsilon, weight_decay] = rule;
  return {"adam",
          "optimizer",
          {in_journals("name", std::string_view("adam")), everywhere("beta1", beta1), everywhere("beta2", beta2),
           everywhere("epsilon", epsilon), everywhere("weight_decay", weight_decay)}};
}

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const OptimizerRule& rule) {
  if (const auto* sgd = std::get_if<Sgd>(&rule)) return recorded_group(*sgd);
  if (const auto* rms_prop = std::get_if<RmsProp>(&rule)) return recorded_group(*rms_prop);
  return recorded_group(std::get<Adam>(rule));
}

[[nodiscard]] constexpr std::string_view name_of(LearningRate::Decay decay) {
  switch (decay) {
    case LearningRate::Decay::constant: return "constant";
    case LearningRate::Decay::cosine: return "cosine";
    default: return "exponential";
  }
}

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const LearningRate& rate) {
  const auto& [initial, decay, factor, epochs_per_decay, staircase, warm_up_epochs] = rate;
  const bool steps = decay == LearningRate::Decay::exponential;  // journals have what acts
  RecordedGroup group{"learning rate",
                      "learning_rate",
                      {everywhere("initial", initial), in_checkpoints(std::int64_t{static_cast<int>(decay)}),
                       in_journals("decay", name_of(decay)), everywhere("factor", factor),
                       everywhere("epochs_per_decay", epochs_per_decay), everywhere("staircase", staircase),
                       everywhere("warm_up_epochs", warm_up_epochs)}};
  for (const std::size_t place : {3U, 4U, 5U}) group.fields[place].in_journals = steps;
  return group;
}

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const LossOptions& loss) {
  const auto& [label_smoothing, auxiliary_weight] = loss;
  return {
      "loss", "", {everywhere("label_smoothing", label_smoothing), everywhere("auxiliary_weight", auxiliary_weight)}};
}

NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const Augmentation& augmentation) {
  const auto& [pad, enlarge, flip, cutout] = augmentation;
  return {
      "augmentation",
      "augmentation",
      {everywhere("pad", pad), everywhere("enlarge", enlarge), everywhere("flip", flip), everywhere("cutout", cutout)}};
}

/// Of the images, which journals know by their contents.
NASNET_LAZY [[nodiscard]] inline RecordedGroup recorded_group(const ChannelStatistics& statistics) {
  const auto& [mean, deviation] = statistics;
  RecordedGroup group{"normalisation", "", {}};
  for (const float value : mean) group.fields.push_back(in_checkpoints(double{value}));
  for (const float value : deviation) group.fields.push_back(in_checkpoints(double{value}));
  return group;
}

NASNET_BODY std::vector<RecordedGroup> training_record(const TrainOptions& options, std::int64_t images) {
  const auto& [epochs, batch, optimizer, learning_rate, clip_norm, loss, drop_path_keep, average_decay, mode,
               augmentation, normalisation, seed, prefetch, checkpoint, progress, should_stop] = options;
  RecordedField average = everywhere("average_decay", average_decay.value_or(0));
  average.in_journals = average_decay.has_value();
  // The seed of a trial is its search's.
  return {
      {"epochs", "", {everywhere("epochs", epochs)}},
      {"batch", "", {everywhere("batch", batch)}},
      {"seed", "", {in_checkpoints(seed)}},
      {"images", "", {in_checkpoints(images)}},
      recorded_group(optimizer),
      recorded_group(learning_rate),
      {"clip", "", {everywhere("clip_norm", clip_norm)}},
      recorded_group(loss),
      {"drop path", "", {everywhere("drop_path_keep", drop_path_keep)}},
      {"average", "", {average}},
      {"mode",
       "",
       {in_checkpoints(std::int64_t{static_cast<int>(mode)}), in_journals("frozen_batch_norm", mode == Mode::frozen)}},
      recorded_group(augmentation),
      recorded_group(normalisation)};
}

NASNET_LAZY [[nodiscard]] inline std::string exact_text(const RecordedValue& value) {
  switch (value.kind) {
    case RecordedValue::Kind::whole: return std::to_string(value.whole);
    case RecordedValue::Kind::unsigned_whole: return std::to_string(value.unsigned_whole);
    case RecordedValue::Kind::flag: return value.flag ? "1" : "0";
    case RecordedValue::Kind::word: return std::string(value.word);
    default: break;
  }
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.17g", value.real);
  return digits.data();
}

NASNET_BODY std::string checkpoint_text(const std::vector<RecordedGroup>& record) {
  std::string text;
  for (const RecordedGroup& group : record) {
    text.append(text.empty() ? "" : ", ").append(group.title);
    for (const RecordedField& field : group.fields) {
      if (field.in_checkpoints) text.append(" ").append(exact_text(field.value));
    }
  }
  return text;
}

}  // namespace nasnet::inline NASNET_ABI::detail
