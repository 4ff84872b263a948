"""compare_strategies: on a made-up table, and on the real NAS-Bench-201 table where NASNET_TABLE names it."""

import itertools
import json
import math
import os
import pathlib
import subprocess
import time
import unittest

import programs
from programs import ProgramTest

HEADER = "edge01,edge02,edge12,edge03,edge13,edge23,validation,test\n"

# Mean test accuracy after 50, 100, 200 and 400 evaluations, over 300 searches each, from an independent program, and
# their standard errors. Evolution has a population of 30 and tournaments of 8.
REFERENCE = {
    "random": ([87.75, 88.12, 88.27, 88.43], [0.045, 0.035, 0.025, 0.02]),
    "regularized-evolution": ([88.10, 88.62, 88.83, 88.91], [0.04, 0.03, 0.02, 0.015]),
    "local-search": ([88.31, 88.73, 88.93, 89.01], [0.044, 0.024, 0.016, 0.006]),
}


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


@unittest.skipUnless(os.environ.get("NASNET_TABLE"), "NASNET_TABLE does not name the table of NAS-Bench-201 on CIFAR-10")
class RealTable(ProgramTest):
    def figures(self, *arguments: object) -> dict:
        table = pathlib.Path(os.environ["NASNET_TABLE"]).resolve()
        return study_of(self.succeed("compare_strategies", "--table", table, "--json", *arguments))["strategies"]

    def test_figures_agree_with_another_program(self) -> None:
        seeds = 400
        begin = time.monotonic()
        found = self.figures("--seeds", seeds)
        self.assertLess(time.monotonic() - begin, 60)
        for name, (means, errors) in REFERENCE.items():
            for mean, error, our_mean, our_sd in zip(means, errors, found[name]["test_mean"], found[name]["test_sd"]):
                noise = math.hypot(error, our_sd / math.sqrt(seeds)) + 0.005  # the reference has two digits
                self.assertLess(abs(our_mean - mean), 4 * noise, f"{name}: {our_mean}, {mean} expected")

    def test_evolution_beats_random_and_free_duplicates_help(self) -> None:
        counted = self.figures("--seeds", 100)
        free = self.figures("--seeds", 100, "--duplicates", "free")
        for name, figures in counted.items():
            for k in range(4):
                self.assertGreater(free[name]["test_mean"][k], figures["test_mean"][k] - 0.02, name)
                if name != "random":
                    self.assertGreater(figures["test_low"][k], counted["random"]["test_high"][k], name)


if __name__ == "__main__":
    programs.main()
