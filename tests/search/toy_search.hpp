// A small space and evaluators that cost nothing, for the tests of search/.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/genotype/canonical.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/journal/journal.hpp"
#include "nasnet/search/search.hpp"
#include "nasnet/space/cell_space.hpp"
#include "nasnet/strategy/random_search.hpp"

namespace toy {

/// 5,184 sequences, fewer canonical forms.
using Space = nasnet::CellSpace<nasnet::OpSet<nasnet::Identity, nasnet::MaxPool<3>, nasnet::SepConv<3>>, 1>;

/// 4 sequences: one op, one combiner, the same cell in both roles.
inline nasnet::SearchSpace tiny_space() {
  const auto ops = nasnet::OpSet<nasnet::MaxPool<3>>::infos();
  return nasnet::SearchSpace(ops, {.blocks = 1, .combiners = {nasnet::Combiner::add}, .same_cell = true});
}

/// A trial that is done, for a strategy to be told.
inline nasnet::Trial done(const nasnet::Proposal& proposal, double accuracy) {
  nasnet::Trial trial;
  trial.architecture = proposal.architecture;
  trial.budget = proposal.budget;
  trial.evaluation.validation_accuracy = accuracy;
  return trial;
}
inline nasnet::Trial done(const nasnet::Architecture& architecture, double accuracy) {
  return done(nasnet::Proposal{architecture}, accuracy);
}

/// An accuracy that depends on the architecture and the trial's random numbers; some trials fail, in each way.
struct Evaluator {
  bool fails = true;
  int most_milliseconds = 0;  // of a pause, which depends on nothing that repeats
  std::string name = "toy";

  nasnet::Evaluation operator()(const nasnet::Architecture& architecture, nasnet::TrialContext& trial) const {
    pause();
    nasnet::RandomStream random = trial.random.split("toy");
    const double kind = random.uniform();
    if (fails && kind < 0.1) nasnet::fail<nasnet::DataError>("the toy broke in trial ", trial.trial);
    if (fails && kind < 0.2) return {.validation_accuracy = std::numeric_limits<double>::quiet_NaN()};
    if (fails && kind < 0.3) nasnet::fail<nasnet::MemoryError>("the toy is too large");
    const auto hash = nasnet::canonical_hash(architecture);
    const double accuracy = static_cast<double>(hash % 1000) / 3000 + random.uniform() / 2;
    return {.validation_accuracy = accuracy, .validation_loss = -accuracy / 3, .metrics = {{"draw", random.uniform()}}};
  }

  [[nodiscard]] nlohmann::json settings() const { return {{"name", name}, {"fails", fails}}; }

 private:
  void pause() const {
    if (most_milliseconds == 0) return;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    std::this_thread::sleep_for(std::chrono::microseconds(now / 100 % (1000 * most_milliseconds)));
  }
};

/// A strategy that heeds results: asks for a neighbour of the best so far.
class Climber {
 public:
  explicit Climber(std::uint64_t seed) : seed_(seed) {}

  nasnet::Answer ask() {
    nasnet::RandomStream random = nasnet::RandomStream(seed_).split("climber", asked_++);
    if (!best_) return space_.sample(random);
    return space_.mutate(best_->architecture, random);
  }
  void tell(const nasnet::Trial& trial) {
    if (trial.state != nasnet::TrialState::done) return;
    const bool better = !best_ || trial.evaluation.validation_accuracy > best_->evaluation.validation_accuracy;
    if (better) best_ = trial;
  }
  [[nodiscard]] nlohmann::json settings() const { return {{"name", "climber"}, {"seed", seed_}}; }
  [[nodiscard]] nlohmann::json save() const { return nlohmann::json::object(); }
  void load(const nlohmann::json&) {}

 private:
  nasnet::SearchSpace space_ = Space::space();
  std::uint64_t seed_;
  std::uint64_t asked_ = 0;
  std::optional<nasnet::Trial> best_;
};

/// A strategy that asks what a function says.
struct Scripted {
  std::function<nasnet::Answer(int asked, int told)> script;
  int asked = 0;
  int told = 0;
  std::vector<nasnet::Trial> trials{};

  nasnet::Answer ask() { return script(asked++, told); }
  void tell(const nasnet::Trial& trial) {
    ++told;
    trials.push_back(trial);
  }
  [[nodiscard]] static nlohmann::json settings() { return {{"name", "scripted"}}; }
  [[nodiscard]] static nlohmann::json save() { return nlohmann::json::object(); }
  void load(const nlohmann::json&) {}
};

/// The architecture of this number in Space.
inline nasnet::Architecture architecture(std::int64_t index) { return Space::space().at(index); }

/// Options that share one pool, since making threads for each of thousands of searches would take most of the time.
inline nasnet::SearchOptions options(std::int64_t trials, int workers = 1) {
  nasnet::SearchOptions options;
  options.trials = trials;
  options.workers = workers;
  options.seed = 7;
  return options;
}

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void store(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline std::vector<std::string> lines(const std::filesystem::path& path) {
  std::vector<std::string> found;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) found.push_back(line);
  return found;
}

}  // namespace toy
