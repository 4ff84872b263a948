#pragma once

#include "nasnet/train/checkpoint.hpp"

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <cstring>  // memcpy
#include <span>     // span
#include <string>   // string
#include <vector>   // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file_path.hpp"
#include "nasnet/io/safetensors.hpp"
#include "nasnet/train/trainer.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// Calls visit(name, tensor) for every tensor of the state.
template <class Visit>
void for_each_tensor(TrainingState& state, const Visit& visit) {
  const std::vector<GraphParameter>& parameters = state.model.graph().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    visit(join("model.", parameters[p].name), state.model.parameters()[p].value());
    if (state.average) visit(join("average.", parameters[p].name), state.average->values()[p]);
  }
  for (std::size_t p = 0; p < state.optimizer.parameters().size(); ++p) {
    for (std::size_t s = 0; s < state.optimizer.state()[p].size(); ++s) {
      visit(join("optimizer.", s, '.', state.optimizer.parameters()[p].name), state.optimizer.state()[p][s]);
    }
  }
}

NASNET_LAZY [[nodiscard]] inline std::vector<std::int64_t> counters_of(const TrainingState& state) {
  return {state.position.epoch, state.position.step, state.optimizer.steps(),
          state.average ? state.average->steps() : 0};
}

NASNET_LAZY inline void set_counters(TrainingState& state, const Tensor<std::int64_t>& counters) {
  state.position = {counters[0], counters[1]};
  state.optimizer.set_steps(counters[2]);
  if (state.average) state.average->set_steps(counters[3]);
}

}  // namespace nasnet::inline NASNET_ABI::detail

namespace nasnet::inline NASNET_ABI {

NASNET_BODY void save_checkpoint(const FilePath& path, detail::TrainingState state, const std::string& fingerprint) {
  TensorFile file(path.string());
  detail::for_each_tensor(state, [&](const std::string& name, const Tensor<float>& tensor) { file.set(name, tensor); });
  const std::vector<std::int64_t> counters = detail::counters_of(state);
  file.set("counters", Shape{static_cast<std::int64_t>(counters.size())}, std::span<const std::int64_t>(counters));
  std::vector<double> epochs;
  for (const EpochSummary& epoch : state.epochs) epochs.insert(epochs.end(), {epoch.loss, epoch.accuracy});
  file.set("epochs", Shape{static_cast<std::int64_t>(epochs.size())}, std::span<const double>(epochs));
  file.metadata()["training"] = fingerprint;
  write_safetensors(path, file);
}

NASNET_BODY void load_checkpoint(const FilePath& path, detail::TrainingState& state, const std::string& fingerprint) {
  const TensorFile file = read_safetensors(path);
  const auto found = file.metadata().find("training");
  if (found == file.metadata().end() || found->second != fingerprint) {
    fail<DataError>("'", path.string(), "' is a checkpoint of another training: found '",
                    found == file.metadata().end() ? std::string("none") : found->second, "', wanted '", fingerprint,
                    "'");
  }
  std::vector<Tensor<float>> loaded;
  detail::for_each_tensor(state, [&](const std::string& name, const Tensor<float>& tensor) {
    loaded.push_back(file.values<float>(name));
    if (!(loaded.back().shape() == tensor.shape())) {
      fail<DataError>("'", path.string(), "': '", name, "' is ", loaded.back().shape().to_string(), ", wanted ",
                      tensor.shape().to_string());
    }
  });
  constexpr std::size_t others = 2;  // counters and epochs
  if (file.tensors().size() != loaded.size() + others) {
    fail<DataError>("'", path.string(), "' is a checkpoint of another network or optimiser: it holds ",
                    file.tensors().size(), " tensors, wanted ", loaded.size() + others);
  }
  const Tensor<std::int64_t> counters = file.values<std::int64_t>("counters");
  const Tensor<double> epochs = file.values<double>("epochs");
  if (counters.elements() != 4 || epochs.elements() % 2 != 0) {
    fail<DataError>("'", path.string(), "': the checkpoint has ", counters.elements(), " counters and ",
                    epochs.elements(), " figures of epochs; 4 and two for each epoch are expected");
  }
  std::size_t next = 0;
  detail::for_each_tensor(state, [&](const std::string&, Tensor<float>& tensor) {
    const Tensor<float>& stored = loaded[next++];
    std::memcpy(tensor.data(), stored.data(), stored.values().size_bytes());
  });
  detail::set_counters(state, counters);
  state.epochs.clear();
  for (std::int64_t e = 0; e < epochs.elements(); e += 2) {
    state.epochs.push_back(EpochSummary{.loss = epochs[e], .accuracy = epochs[e + 1]});
  }
}

}  // namespace nasnet::inline NASNET_ABI
