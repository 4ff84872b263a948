"""compare_strategies on a made-up table. On the real one: nasbench201_test.py."""

import itertools
import json
import pathlib
import subprocess
import unittest

import programs
from programs import ProgramTest

HEADER = "edge01,edge02,edge12,edge03,edge13,edge23,validation,test\n"


def write_table(path: pathlib.Path, rows: int = 15625) -> pathlib.Path:
    """The higher the numbers of the ops, the better."""
    with path.open("w", encoding="ascii") as table:
        table.write(HEADER)
        for ops in itertools.islice(itertools.product(range(5), repeat=6), rows):
            accuracy = 30 + 2.5 * sum(ops)
            table.write(",".join(map(str, ops)) + f",{accuracy},{accuracy + 5}\n")
    return path


def study_of(run: subprocess.CompletedProcess) -> dict:
    """The one document that --json prints; lines on standard error say how far the searches are."""
    progress = [json.loads(line) for line in run.stderr.splitlines()]
    assert progress and all((event["event"], event["task"]) == ("progress", "study") for event in progress), progress
    assert progress[-1]["done"] == progress[-1]["total"], progress
    return json.loads(run.stdout)


class MadeUpTable(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.table = write_table(self.folder / "table.csv")

    def figures(self, *arguments: object) -> dict:
        return study_of(self.succeed("compare_strategies", "--table", self.table, "--json", *arguments))

    def test_json_report_and_text(self) -> None:
        study = self.figures("--seeds", 10, "--evaluations", "20,60", "--out", "out")
        self.assertEqual(study["evaluations"], [20, 60])
        self.assertEqual(list(study["strategies"]), ["random", "regularized-evolution", "local-search"])
        self.assertEqual(json.loads((self.folder / "out" / "study.json").read_text()), study)
        report = (self.folder / "out" / "report.html").read_text()
        for name, figures in study["strategies"].items():
            self.assertIn(name, report)
            self.assertEqual(len(figures["test_mean"]), 2)
            self.assertGreater(figures["test_mean"][1], figures["test_mean"][0])
        text = self.succeed("compare_strategies", "--table", self.table, "--seeds", 10, "--evaluations", "20,60").stdout
        self.assertIn(f"{study['strategies']['random']['test_mean'][1]:.2f}", text)

    def test_random_search_is_always_there(self) -> None:
        study = self.figures("--seeds", 3, "--evaluations", "10", "--strategies", "local-search")
        self.assertEqual(list(study["strategies"]), ["random", "local-search"])

    def test_the_controller_learns(self) -> None:
        study = self.figures("--seeds", 10, "--evaluations", "100,300", "--strategies", "ppo", "--controller-rate", 0.01)
        learnt, random = study["strategies"]["ppo"], study["strategies"]["random"]
        self.assertGreater(learnt["test_low"][1], random["test_high"][1])
        self.assertGreater(learnt["test_mean"][1], learnt["test_mean"][0])

    def test_each_flag_of_the_controller_matters(self) -> None:
        flags = ["--seeds", 2, "--evaluations", 60, "--strategies", "ppo"]
        usual = self.figures(*flags)
        self.assertEqual(self.figures(*flags, "--controller-gradient", "ppo", "--controller-temperature", 1), usual)
        for flag, value in [("--controller-gradient", "reinforce"), ("--controller-entropy-weight", 1),
                            ("--controller-temperature", 3), ("--controller-tanh-constant", 0.01)]:
            self.assertNotEqual(self.figures(*flags, flag, value), usual, flag)

    def test_equal_seeds_give_equal_figures(self) -> None:
        flags = ["--seeds", 5, "--evaluations", "50", "--workers", 7, "--duplicates", "free"]
        first = self.figures(*flags, "--threads", 1)
        self.assertEqual(self.figures(*flags, "--threads", 2), first)
        self.assertNotEqual(self.figures(*flags, "--seed", 6), first)
        self.assertLess(first["strategies"]["random"]["seconds_mean"][0], 10)

    def test_mistakes(self) -> None:
        table = ["--table", self.table]
        self.refuse("compare_strategies")
        self.refuse("compare_strategies", *table, "--strategies", "magic", naming=["magic"])
        self.refuse("compare_strategies", *table, "--strategies", "random,random", naming=["twice"])
        for flag, value in [("--seeds", 0), ("--evaluations", "50,20"), ("--evaluations", "0"), ("--evaluations", "x"),
                            ("--workers", 0), ("--duplicates", "maybe"), ("--population", 0), ("--sample", 0), ("--controller-batch", 0), ("--controller-rate", 0),
                            ("--controller-gradient", "sideways"), ("--controller-entropy-weight", -1),
                            ("--controller-temperature", 0), ("--controller-tanh-constant", -1),
                            ("--seed", -1), ("--threads", -1)]:
            self.refuse("compare_strategies", *table, f"{flag}={value}")
        self.refuse("compare_strategies", "--table", self.folder / "absent.csv", naming=["absent.csv"])
        poem = self.folder / "poem.txt"
        poem.write_text("Shall I compare thee to a summer's day?\n")
        self.refuse("compare_strategies", "--table", poem, naming=["poem.txt", "known"])
        short = write_table(self.folder / "short.csv", 100)
        self.refuse("compare_strategies", "--table", short, naming=["short.csv", "100 cells"])
        self.refuse("compare_strategies", *table, "--seeds", 1, "--evaluations", "5", "--out", poem, naming=["poem.txt"])
        with open("/dev/full", "wb") as full:
            self.refuse("compare_strategies", *table, "--seeds", 1, "--evaluations", "5", stdout=full, naming=["output"])


if __name__ == "__main__":
    programs.main()
