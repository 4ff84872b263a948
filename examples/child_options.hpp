// How search_cells trains its trials, from the settings that its journal and its queue record. Included by examples
// only.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include <nasnet/evaluator/child_trainer.hpp>

namespace program {

/// A setting of search_cells, as "--epochs".
template <class Value>
[[nodiscard]] Value setting(const nlohmann::json& settings, const char* name) {
  if (!settings.contains(name) || !settings.at(name).is_number()) {
    nasnet::fail<nasnet::DataError>("the search says nothing of ", name, ": it is none of search_cells");
  }
  return settings.at(name).get<Value>();
}

[[nodiscard]] inline nasnet::ChildOptions child_options(const nlohmann::json& settings) {
  return {.cells_per_stack = setting<std::int64_t>(settings, "--cells"),
          .filters = setting<std::int64_t>(settings, "--filters"),
          .epochs = setting<std::int64_t>(settings, "--epochs"),
          .train_images = setting<std::int64_t>(settings, "--train-images"),
          .validation_images = setting<std::int64_t>(settings, "--validation-images"),
          .split_seed = setting<std::uint64_t>(settings, "--seed"),
          .training = {.batch = setting<std::int64_t>(settings, "--batch"),
                       .learning_rate = {.initial = setting<double>(settings, "--learning-rate")}}};
}

}  // namespace program
