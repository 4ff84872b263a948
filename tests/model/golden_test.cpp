// Networks against PyTorch. The numbers and their script are in golden/.
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "model/golden_values.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/ops.hpp"
#include "nasnet/graph/build_network.hpp"
#include "nasnet/train/train_step.hpp"

using namespace nasnet;
using namespace golden_values;

namespace {

NetworkGraph graph_of(const json& golden) {
  const auto extents = golden.at("images").get<std::vector<std::int64_t>>();
  NetworkConfig config;
  config.stem = golden.at("stem") == "imagenet" ? Stem::imagenet : Stem::cifar;
  config.input_channels = extents[3];
  config.classes = golden.at("classes");
  config.cells_per_stack = golden.at("cells");
  config.filters = golden.at("filters");
  config.skip_reduction_input = golden.at("skip");
  config.batch_norm = {.epsilon = golden.at("epsilon"), .decay = golden.at("decay")};
  if (golden.at("auxiliary")) config.image_size = Size{extents[1], extents[2]};
  return build_network(architecture_from_json(golden.at("architecture").dump()), NasnetOps::table(), config);
}

template <class Scalar>
void check_case(const json& golden, double tolerance) {
  INFO(golden.at("name").get<std::string>());
  Context context(1);
  Model<Scalar> model(graph_of(golden), RandomStream(1));
  set_by_formula(model);
  check_values(model.predict(context, images_of<Scalar>(golden)), golden.at("logits"), tolerance);

  Tape<Scalar> tape(context, Recording::off);
  Model<Scalar> other(model.graph(), RandomStream(1));  // whose statistics may move
  set_by_formula(other);
  RunOptions run;
  run.mode = Mode::train;
  const auto output = other.forward(tape, Variable<Scalar>(images_of<Scalar>(golden)), run);
  check_values(output.logits.value(), golden.at("training_logits"), tolerance);

  const std::vector<std::int32_t> labels = labels_of(golden);
  Optimizer<Scalar> optimizer(Sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0.01},
                              trainable_parameters(model));
  const StepResult result = train_step<Scalar>(context, model, optimizer, images_of<Scalar>(golden), labels, 0.05, run,
                                               {.label_smoothing = 0.1, .auxiliary_weight = 0.4});
  CHECK(result.loss == Approx(golden.at("loss").get<double>()).epsilon(tolerance));

  const auto& parameters = model.graph().parameters;
  Sums stepped;
  std::size_t gradients = 0;
  std::size_t statistics = 0;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Variable<Scalar>& variable = model.parameters()[p];
    const std::string& name = parameters[p].name;
    if (parameters[p].spec.role == ParameterRole::statistic) {
      ++statistics;
      check_sums(name, sums(parameters[p].spec, variable.value()), golden.at("statistics").at(name), tolerance);
      continue;
    }
    ++gradients;
    REQUIRE(variable.has_gradient());
    check_sums(name, sums(parameters[p].spec, variable.gradient()), golden.at("gradients").at(name), tolerance);
    const Sums after = sums(parameters[p].spec, variable.value());
    stepped.weighted += after.weighted;
    stepped.absolute += after.absolute;
  }
  CHECK(gradients == golden.at("gradients").size());
  CHECK(statistics == golden.at("statistics").size());
  check_sums("weights after the step", stepped, golden.at("stepped"), tolerance);
}

}  // namespace

TEST_CASE("networks agree with PyTorch in double: logits, loss, gradients, statistics, one step") {
  for (const json& golden : golden_cases("networks.json")) check_case<double>(golden, 1e-9);
}

TEST_CASE("networks agree with PyTorch in float: logits, loss, gradients, statistics, one step") {
  for (const json& golden : golden_cases("networks.json")) check_case<float>(golden, 1e-4);
}
