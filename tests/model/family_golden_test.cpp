// The published networks against PyTorch: every cell's output, logits, auxiliary logits, one training step. The numbers
// and their script are in golden/.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "model/golden_values.hpp"
#include "model/sample_networks.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/graph/named_networks.hpp"
#include "nasnet/graph/op_expansions.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace golden_values;
using namespace sample_networks;

namespace {

// The named network at the size of the case. Stem, skip, stacks and batch norm are the name's own.
NetworkGraph graph_of(const json& golden) {
  NetworkDescription network = named_network(golden.at("network").get<std::string>());
  NetworkConfig& config = network.config;
  CHECK((config.stem == Stem::imagenet) == (golden.at("stem") == "imagenet"));
  CHECK(config.skip_reduction_input == golden.at("skip").get<bool>());
  CHECK(config.reduction_starts_stack == golden.value("reduction_starts_stack", false));
  config.classes = golden.at("classes");
  config.cells_per_stack = golden.at("cells");
  config.filters = golden.at("filters");
  config.stem_filters = golden.value("stem_filters", std::int64_t{0});
  config.dropout_keep = 1;
  if (golden.at("auxiliary")) config.image_size = Size{golden.at("images")[1], golden.at("images")[2]};
  return build_network(network.architecture, AllOps::table(), config);
}

// A cell's outputs: the concatenation, or each block's where the cell passes them on.
std::vector<int> output_nodes(const GraphCell& cell, std::size_t count) {
  if (count == 1) return {cell.output};
  std::vector<int> nodes;
  for (const auto& block : cell.blocks) nodes.push_back(block.output);
  return nodes;
}

template <class Scalar>
Sums map_sums(const Tensor<Scalar>& map) {
  const std::vector<double> weights = uniform("weights", map.elements());
  Sums result;
  for (std::int64_t i = 0; i < map.elements(); ++i) {
    result.weighted += weights[static_cast<std::size_t>(i)] * static_cast<double>(map[i]);
    result.absolute += std::abs(static_cast<double>(map[i]));
  }
  return result;
}

template <class Scalar>
void check_cells(Context& context, const Model<Scalar>& model, const json& golden, double tolerance) {
  const std::vector<GraphCell>& cells = model.graph().cells;
  REQUIRE(cells.size() == golden.at("cell_sums").size());
  std::vector<int> chosen;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::vector<int> nodes = output_nodes(cells[c], golden.at("cell_sums")[c].size());
    REQUIRE(nodes.size() == golden.at("cell_sums")[c].size());
    chosen.insert(chosen.end(), nodes.begin(), nodes.end());
  }
  Tape<Scalar> tape(context, Recording::off);
  const auto maps = model.features(tape, Variable<Scalar>(images_of<Scalar>(golden)), chosen, RunOptions{});
  std::size_t next = 0;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    for (const json& wanted : golden.at("cell_sums")[c]) {
      check_sums("cell " + std::to_string(c), map_sums(maps[next++].map.value()), wanted, tolerance);
    }
  }
}

template <class Scalar>
void check_training(Context& context, Model<Scalar>& model, const json& golden, double tolerance) {
  RunOptions run;
  run.mode = Mode::train;
  {
    Model<Scalar> other(model.graph(), RandomStream(1));  // whose statistics may move
    set_by_formula(other);
    Tape<Scalar> tape(context, Recording::off);
    const auto output = other.forward(tape, Variable<Scalar>(images_of<Scalar>(golden)), run);
    check_values(output.logits.value(), golden.at("training_logits"), tolerance);
    REQUIRE(output.auxiliary_logits.has_value() == golden.contains("auxiliary_logits"));
    if (output.auxiliary_logits)
      check_values(output.auxiliary_logits->value(), golden.at("auxiliary_logits"), tolerance);
  }
  const std::vector<std::int32_t> labels = labels_of(golden);
  const StepResult result = compute_gradients<Scalar>(context, model, images_of<Scalar>(golden), labels, run,
                                                      {.label_smoothing = 0.1, .auxiliary_weight = 0.4});
  CHECK(result.loss == Approx(golden.at("loss").get<double>()).epsilon(tolerance));
  // Where the input of a ReLU is within rounding of 0, float and double may differ in whether it passes a gradient, and
  // here a few pixels bear much of one. So float is held to two percent; double decides.
  const double gradient_tolerance = sizeof(Scalar) == 4 ? 0.02 : tolerance;
  for (const char* kind : {"gradients", "statistics"}) {
    REQUIRE(golden.at(kind).size() == 9);
    for (const auto& [name, wanted] : golden.at(kind).items()) {
      const std::size_t p = index_of(model, name);
      const Variable<Scalar>& variable = model.parameters()[p];
      const bool gradient = kind == std::string("gradients");
      REQUIRE((!gradient || variable.has_gradient()));
      const Tensor<Scalar>& values = gradient ? variable.gradient() : variable.value();
      check_sums(name, sums(model.graph().parameters[p].spec, values), wanted,
                 gradient ? gradient_tolerance : tolerance);
    }
  }
}

template <class Scalar>
void check_case(const json& golden, double tolerance) {
  INFO(golden.at("name").get<std::string>());
  Context context(2);
  Model<Scalar> model(graph_of(golden), RandomStream(1));
  set_by_formula(model);
  check_values(model.predict(context, images_of<Scalar>(golden)), golden.at("logits"), tolerance);
  check_cells(context, model, golden, tolerance);
  if (golden.value("trains", true)) check_training(context, model, golden, tolerance);
}

std::vector<json> family() {
  std::vector<json> cases;
  for (const json& golden : golden_cases("family.json")) {
    if (!golden.contains("sizes")) cases.push_back(golden);
  }
  REQUIRE(cases.size() == 11);
  return cases;
}

json sweep() {
  for (const json& golden : golden_cases("family.json")) {
    if (golden.contains("sizes")) return golden;
  }
  FAIL("no sweep of sizes");
  return {};
}

}  // namespace

TEST_CASE("the published networks agree with PyTorch in float, cell by cell, the mobile one at its own size") {
  for (const json& golden : family()) check_case<float>(golden, 1e-4);
}

TEST_CASE("the published networks agree with PyTorch in double, cell by cell") {
  for (const json& golden : family()) {
    if (!golden.value("float_only", false)) check_case<double>(golden, 1e-9);
  }
}

TEST_CASE("one set of weights agrees with PyTorch at every size of image, odd, even and rectangular") {
  const json golden = sweep();
  NetworkDescription network = named_network(golden.at("network").get<std::string>());
  network.config.classes = golden.at("classes");
  CHECK(network.config.filters == golden.at("filters").get<std::int64_t>());
  const NetworkGraph graph = build_network(network.architecture, AllOps::table(), network.config);
  Model<double> model(graph, RandomStream(1));
  set_by_formula(model);
  Context context(1);
  REQUIRE(golden.at("sizes").size() >= 20);
  for (const json& each : golden.at("sizes")) {
    json sized = golden;
    sized["images"] = {1, each.at("size")[0], each.at("size")[1], 3};
    INFO("image " << each.at("size").dump());
    check_values(model.predict(context, images_of<double>(sized)), each.at("logits"), 1e-9);
  }
}
