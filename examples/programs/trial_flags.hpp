// How search_cells trains its trials. search_worker reads the same from the settings in the queue. Included by programs
// only.
#pragma once

#include <cstdint>

#include <nlohmann/json.hpp>

#include <nasnet/core/error.hpp>
#include <nasnet/evaluator/child_trainer.hpp>

#include "flags.hpp"

namespace program {

struct TrialFlags {
  std::uint64_t seed = 1;
  int blocks = 5;
  nasnet::ChildOptions child{.cells_per_stack = 1,
                             .filters = 8,
                             .epochs = 1,
                             .train_images = 5000,
                             .training = {.batch = 64, .learning_rate = {.initial = 0.05}}};

  [[nodiscard]] FlagTable table() {
    const auto count = whole_number<std::int64_t>(0);
    const auto positive = whole_number<std::int64_t>(1);
    return {
        setting("--seed", seed, "of everything that is random").check(whole_number<std::uint64_t>(0)),
        setting("--blocks", blocks, "blocks of a cell").check(whole_number(1)),
        setting("--cells", child.cells_per_stack, "normal cells in each of the three stacks").check(positive),
        setting("--filters", child.filters, "filters of the cells of the first stack").check(positive),
        setting("--epochs", child.epochs, "of a trial").check(positive),
        setting("--train-images", child.train_images, "that a trial is trained on, 0: all that are left").check(count),
        setting("--validation-images", child.validation_images, "kept apart to judge the trials").check(positive),
        setting("--batch", child.training.batch, "images of a training step").check(positive),
        setting("--learning-rate", child.training.learning_rate.initial, "at the start, then a cosine to 0")
            .check(learning_rate()),
    };
  }

  [[nodiscard]] nasnet::ChildOptions child_options() const {
    nasnet::ChildOptions options = child;
    options.split_seed = seed;
    return options;
  }

  /// Those of the search that has these settings.
  /// @throws DataError where it is no search of search_cells.
  [[nodiscard]] static TrialFlags of(const nlohmann::json& settings) {
    TrialFlags flags;
    if (const auto missing = flags.table().take(settings)) {
      nasnet::fail<nasnet::DataError>("the search says nothing of ", *missing, ": it is none of search_cells");
    }
    return flags;
  }
};

}  // namespace program
