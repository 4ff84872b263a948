/// The trials of a search that no other beats in all objectives.
#pragma once

#include <optional>  // nullopt, optional
#include <string>    // string
#include <utility>   // move
#include <vector>    // erase_if, vector

#include "nasnet/trial/trial.hpp"

namespace nasnet::inline NASNET_ABI {

/// A cost of a trial that is done: "parameters", "multiply_adds", "seconds", or the metric of this name of its
/// evaluation. Nothing where the trial has no such figure.
NASNET_LAZY [[nodiscard]] std::optional<double> cost_of(const Trial& trial, const std::string& name);

/// The objectives of a trial, each to be made small: the negative validation accuracy, then the costs.
/// @throws ArgumentError naming the trial and the cost that it lacks.
NASNET_LAZY [[nodiscard]] std::vector<double> objectives_of(const Trial& trial, const std::vector<std::string>& costs);

/// Whether the first is at least as small in each objective, and smaller in one.
NASNET_LAZY [[nodiscard]] bool dominates(const std::vector<double>& first, const std::vector<double>& second);

/// Keeps the trials that no other dominates: higher validation accuracy, smaller costs. Of trials equal in all
/// objectives it keeps the first.
class ParetoArchive {
 public:
  /// @param costs names as in cost_of
  NASNET_LAZY explicit ParetoArchive(std::vector<std::string> costs);

  [[nodiscard]] const std::vector<std::string>& costs() const { return costs_; }

  /// Takes in a trial; one that is not done is passed over. Whether it is in the archive now.
  /// @throws ArgumentError where it lacks a cost.
  NASNET_LAZY bool add(const Trial& trial);

  /// By validation accuracy, the best first.
  NASNET_LAZY [[nodiscard]] std::vector<Trial> front() const;

  /// The area between the front and a point that is worse than all of it, for one cost: the usual measure of a front.
  /// What lies beyond the point does not count.
  /// @throws ArgumentError unless there is one cost.
  NASNET_LAZY [[nodiscard]] double hypervolume(double least_accuracy, double most_cost) const;

 private:
  struct Entry {
    Trial trial;
    std::vector<double> objectives;
  };

  std::vector<std::string> costs_;
  std::vector<Entry> entries_;
};

/// The front of all trials of a history, but for those with a smaller budget than others.
/// @throws ArgumentError where a trial lacks a cost.
NASNET_LAZY [[nodiscard]] ParetoArchive pareto_archive(const History& history, std::vector<std::string> costs);

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/strategy/pareto_archive.ipp"
#endif
