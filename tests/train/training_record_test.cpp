// What checkpoints and journals say of a training's options.
#include "nasnet/train/training_record.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "nasnet/train/trainer.hpp"

using namespace nasnet;

namespace testing_of_records {

/// Converts to a member of any type, to count those of an aggregate. Never called, hence without a body, which
/// is only allowed outside the unnamed namespace.
struct Anything {
  template <class T>
  operator T() const;
};

}  // namespace testing_of_records

namespace {

std::string text_of(const TrainOptions& options, std::int64_t images = 27) {
  return detail::checkpoint_text(detail::training_record(options, images));
}

/// What a journal has of it, as "key=value" or "object.key=value".
std::string journalled(const TrainOptions& options) {
  std::string text;
  for (const detail::RecordedGroup& group : detail::training_record(options, 27)) {
    for (const detail::RecordedField& field : group.fields) {
      if (!field.in_journals) continue;
      const std::string alone = detail::checkpoint_text({{"", "", {{.name = "", .value = field.value}}}});
      text.append(text.empty() ? "" : ", ").append(group.object).append(group.object.empty() ? "" : ".");
      text.append(field.name).append("=").append(alone.substr(1));
    }
  }
  return text;
}

template <class T, class... Members>
constexpr std::size_t members() {
  if constexpr (requires { T{Members{}..., testing_of_records::Anything{}}; }) {
    return members<T, Members..., testing_of_records::Anything>();
  } else {
    return sizeof...(Members);
  }
}

using Change = std::function<void(TrainOptions&)>;

/// Changes of one option each, on which results depend, and of those on which none does.
const std::vector<Change> changes{
    [](TrainOptions& o) { o.epochs = 21; },
    [](TrainOptions& o) { o.batch = 65; },
    [](TrainOptions& o) { o.optimizer = Sgd{.momentum = 0.8, .nesterov = true, .weight_decay = 5e-4}; },
    [](TrainOptions& o) { o.learning_rate.initial = 1; },
    [](TrainOptions& o) { o.clip_norm = 4; },
    [](TrainOptions& o) { o.loss.label_smoothing = 0.1; },
    [](TrainOptions& o) { o.drop_path_keep = 0.9; },
    [](TrainOptions& o) { o.average_decay = 0.9; },
    [](TrainOptions& o) { o.mode = Mode::frozen; },
    [](TrainOptions& o) { o.augmentation.pad = 1; },
    [](TrainOptions& o) {
      o.normalisation = {{0.5F}, {0.5F}};
    },
    [](TrainOptions& o) { o.seed = 1; },
};
const std::vector<Change> changes_without_effect{
    [](TrainOptions& o) { o.prefetch = false; },
    [](TrainOptions& o) { o.checkpoint = "elsewhere"; },
    [](TrainOptions& o) { o.progress = [](const Progress&) {}; },
    [](TrainOptions& o) { o.should_stop = [] { return false; }; },
};

}  // namespace

TEST_CASE("checkpoints say what a training depends on, as they always did") {
  CHECK(text_of({}) ==
        "epochs 20, batch 64, seed 0, images 27, sgd 0.90000000000000002 1 0.00050000000000000001, learning rate "
        "0.025000000000000001 1 0.96999999999999997 2.3999999999999999 1 0, clip 5, loss 0 0.40000000000000002, drop "
        "path 1, average 0, mode 0, augmentation 0 0 0 0, normalisation");
  TrainOptions options;
  options.optimizer = RmsProp{};
  options.average_decay = 0.5;
  options.mode = Mode::frozen;
  options.augmentation = {.pad = 4, .flip = true, .cutout = 16};
  options.normalisation = {{0.25F, 0.1F}, {1, 2}};
  options.seed = 18'446'744'073'709'551'615U;
  CHECK(text_of(options, 1) ==
        "epochs 20, batch 64, seed 18446744073709551615, images 1, rmsprop 0.90000000000000002 0.90000000000000002 1 "
        "0, learning rate 0.025000000000000001 1 0.96999999999999997 2.3999999999999999 1 0, clip 5, loss 0 "
        "0.40000000000000002, drop path 1, average 0.5, mode 2, augmentation 4 0 1 16, normalisation 0.25 "
        "0.10000000149011612 1 2");
  options.optimizer = Adam{};
  CHECK(text_of(options, 1).find(", adam 0.90000000000000002 0.999 1e-08 0, ") != std::string::npos);
}

TEST_CASE("journals say what acts in a training, without seed and images") {
  CHECK(journalled({}) ==
        "epochs=20, batch=64, optimizer.name=sgd, optimizer.momentum=0.90000000000000002, optimizer.nesterov=1, "
        "optimizer.weight_decay=0.00050000000000000001, learning_rate.initial=0.025000000000000001, "
        "learning_rate.decay=cosine, learning_rate.warm_up_epochs=0, clip_norm=5, label_smoothing=0, "
        "auxiliary_weight=0.40000000000000002, drop_path_keep=1, frozen_batch_norm=0, augmentation.pad=0, "
        "augmentation.enlarge=0, augmentation.flip=0, augmentation.cutout=0");
  TrainOptions options;
  options.learning_rate.decay = LearningRate::Decay::exponential;
  options.average_decay = 0.5;
  options.mode = Mode::frozen;
  const std::string text = journalled(options);
  CHECK(text.find("learning_rate.decay=exponential, learning_rate.factor=0.96999999999999997, "
                  "learning_rate.epochs_per_decay=2.3999999999999999, learning_rate.staircase=1, ") !=
        std::string::npos);
  CHECK(text.find("average_decay=0.5, frozen_batch_norm=1") != std::string::npos);
}

TEST_CASE("each option of a training is in the record or changes no result") {
  // An option that is new belongs into training_record() and into one of the two lists above.
  REQUIRE(members<TrainOptions>() == changes.size() + changes_without_effect.size());
  for (const Change& change : changes) {
    TrainOptions options;
    change(options);
    CHECK(text_of(options) != text_of({}));
  }
  for (const Change& change : changes_without_effect) {
    TrainOptions options;
    change(options);
    CHECK(text_of(options) == text_of({}));
    CHECK(journalled(options) == journalled({}));
  }
}
