"""A header's test is found by its name: tests/<room>/<header>_test.cpp tests include/nasnet/<room>/<header>.hpp."""

import pathlib
import unittest

import tree

# Public headers without a test of their name, and the test that has their cases.
ELSEWHERE = {
    "autograd/variable.hpp": "autograd/tape_test.cpp",
    "core/size.hpp": "primitive/feature_shape_test.cpp",
    "data/file_reader.hpp": "data/folder_test.cpp",
    "evaluator/evaluator.hpp": "evaluator/process_evaluator_test.cpp",
    "evaluator/evaluator_model.hpp": "search/search_test.cpp",
    "evaluator/outcome_json.hpp": "evaluator/process_evaluator_test.cpp",
    "genotype/architecture.hpp": "genotype/fault_test.cpp",
    "genotype/hash.hpp": "genotype/canonical_test.cpp",
    "genotype/json_values.hpp": "genotype/json_test.cpp",
    "genotype/ops.hpp": "graph/op_expansions_test.cpp",
    "genotype/strict_json.hpp": "genotype/json_test.cpp",
    "graph/network_config.hpp": "graph/build_network_test.cpp",
    "graph/network_graph.hpp": "graph/graph_builder_test.cpp",
    "graph/network_json.hpp": "report/result_file_test.cpp",
    "graph/network_scale.hpp": "graph/named_networks_test.cpp",
    "io/onnx_primitives.hpp": "io/onnx_test.cpp",
    "io/tensor_file.hpp": "io/safetensors_test.cpp",
    "journal/journal_reader.hpp": "journal/journal_test.cpp",
    "journal/journal_record.hpp": "journal/journal_test.cpp",
    "journal/journal_writer.hpp": "journal/journal_test.cpp",
    "journal/record_fields.hpp": "journal/golden_journal_test.cpp",
    "journal/record_json.hpp": "journal/golden_journal_test.cpp",
    "journal/search_book.hpp": "search/resume_test.cpp",
    "journal/settings_difference.hpp": "search/resume_test.cpp",
    "journal/warm_start.hpp": "search/given_test.cpp",
    "ops/add.hpp": "ops/op_cases_test.cpp",
    "ops/add_bias.hpp": "autograd/expressions_test.cpp",
    "ops/concat.hpp": "ops/op_cases_test.cpp",
    "ops/convolution_chain.hpp": "model/convolution_chain_test.cpp",
    "ops/double_convolution_chain.hpp": "model/convolution_chain_test.cpp",
    "ops/dropout.hpp": "ops/drop_path_test.cpp",
    "ops/elementwise.hpp": "autograd/expressions_test.cpp",
    "ops/fused_convolution.hpp": "model/inference_plan_test.cpp",
    "ops/fused_pool.hpp": "model/inference_plan_test.cpp",
    "ops/gather.hpp": "autograd/expressions_test.cpp",
    "ops/global_average_pool.hpp": "ops/op_cases_test.cpp",
    "ops/instance_norm.hpp": "ops/op_cases_test.cpp",
    "ops/layer_norm.hpp": "ops/op_cases_test.cpp",
    "ops/log_softmax.hpp": "autograd/expressions_test.cpp",
    "ops/map_arithmetic.hpp": "model/inference_plan_test.cpp",
    "ops/map_view.hpp": "model/inference_plan_test.cpp",
    "ops/matrix_multiply.hpp": "autograd/expressions_test.cpp",
    "ops/ops.hpp": "ops/op_cases_test.cpp",
    "ops/reductions.hpp": "autograd/expressions_test.cpp",
    "ops/relu.hpp": "ops/op_cases_test.cpp",
    "ops/run_primitive.hpp": "primitive/primitive_test.cpp",
    "ops/slice.hpp": "autograd/expressions_test.cpp",
    "ops/subsample.hpp": "ops/op_cases_test.cpp",
    "ops/zero.hpp": "ops/op_cases_test.cpp",
    "primitive/convolution_chain.hpp": "model/convolution_chain_test.cpp",
    "primitive/custom_primitive.hpp": "primitive/primitive_test.cpp",
    "primitive/onnx_call.hpp": "io/onnx_test.cpp",
    "primitive/op_call.hpp": "primitive/primitive_test.cpp",
    "primitive/primitives.hpp": "primitive/primitive_test.cpp",
    "primitive/structure.hpp": "primitive/primitive_test.cpp",
    "redis/connection.hpp": "redis/trial_queue_test.cpp",
    "redis/queue_evaluator.hpp": "redis/queue_search_test.cpp",
    "redis/queue_worker.hpp": "redis/queue_search_test.cpp",
    "report/study_report.hpp": "study/study_test.cpp",
    "report/trials_csv.hpp": "search/given_test.cpp",
    "search/duplicates.hpp": "search/search_test.cpp",
    "search/ledger.hpp": "search/search_test.cpp",
    "search/proposal_judge.hpp": "search/search_test.cpp",
    "search/search_events.hpp": "search/given_test.cpp",
    "search/search_options.hpp": "search/search_test.cpp",
    "search/search_progress_bar.hpp": "examples/search_cells_test.py",
    "space/candidate.hpp": "search/search_test.cpp",
    "space/cell_space.hpp": "space/search_space_test.cpp",
    "strategy/any_strategy.hpp": "strategy/strategies_test.cpp",
    "strategy/pareto_archive.hpp": "strategy/pareto_test.cpp",
    "strategy/pareto_evolution.hpp": "strategy/pareto_test.cpp",
    "strategy/strategy.hpp": "strategy/strategies_test.cpp",
    "train/checkpoint.hpp": "train/trainer_test.cpp",
    "train/evaluation.hpp": "train/train_step_test.cpp",
    "train/learning_rate.hpp": "train/optimizer_test.cpp",
    "train/parameter_average.hpp": "train/optimizer_test.cpp",
    "trial/field_reader.hpp": "journal/journal_test.cpp",
    "trial/json_line.hpp": "journal/journal_test.cpp",
    "trial/result_ranking.hpp": "trial/trial_test.cpp",
    "trial/settings.hpp": "journal/journal_test.cpp",
    "trial/trial_fields.hpp": "journal/golden_journal_test.cpp",
}


def faults(root: pathlib.Path, elsewhere: dict[str, str]) -> list[str]:
    found = []
    for header in tree.headers(root):
        name = header.relative_to(root / "include/nasnet").as_posix()
        if "/" not in name or "/detail/" in name:
            continue
        own = root / "tests" / f"{name.removesuffix('.hpp')}_test.cpp"
        if own.exists() and name in elsewhere:
            found.append(f"{name} has a test of its name: take it from the list")
        elif not own.exists() and name not in elsewhere:
            found.append(f"{name} has no test: {own.relative_to(root).as_posix()} is missing")
    for name, test in elsewhere.items():
        if not (root / "include/nasnet" / name).exists():
            found.append(f"{name} is no header: take it from the list")
        if not (root / "tests" / test).exists():
            found.append(f"{name}: its test tests/{test} does not exist")
    return found


class TestNames(unittest.TestCase):
    def check(self, files: list[str], elsewhere: dict[str, str]) -> list[str]:
        with tree.Sample({name: "\n" for name in files}) as root:
            return faults(root, elsewhere)

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT, ELSEWHERE), [])

    def test_finds_a_test_by_its_name(self) -> None:
        self.assertEqual(self.check(["include/nasnet/core/a.hpp", "tests/core/a_test.cpp"], {}), [])

    def test_notices_a_header_without_test(self) -> None:
        self.assertEqual(self.check(["include/nasnet/core/a.hpp", "tests/graph/a_test.cpp"], {}),
                         ["core/a.hpp has no test: tests/core/a_test.cpp is missing"])

    def test_leaves_private_headers_out(self) -> None:
        self.assertEqual(self.check(["include/nasnet/core/detail/a.hpp", "include/nasnet/fwd.hpp"], {}), [])

    def test_accepts_a_test_elsewhere_while_both_exist(self) -> None:
        elsewhere = {"core/a.hpp": "core/b_test.cpp"}
        self.assertEqual(self.check(["include/nasnet/core/a.hpp", "tests/core/b_test.cpp"], elsewhere), [])
        self.assertEqual(self.check(["include/nasnet/core/a.hpp"], elsewhere),
                         ["core/a.hpp: its test tests/core/b_test.cpp does not exist"])
        self.assertEqual(self.check(["tests/core/b_test.cpp"], elsewhere),
                         ["core/a.hpp is no header: take it from the list"])

    def test_notices_what_need_not_stand_in_the_list(self) -> None:
        files = ["include/nasnet/core/a.hpp", "tests/core/a_test.cpp"]
        self.assertEqual(self.check(files, {"core/a.hpp": "core/a_test.cpp"}),
                         ["core/a.hpp has a test of its name: take it from the list"])


if __name__ == "__main__":
    unittest.main()
