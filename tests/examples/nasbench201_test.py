"""compare_strategies on the real NAS-Bench-201 table of CIFAR-10, a CSV file that NASNET_TABLE names. Skipped without
one (exit status 77)."""

import json
import math
import os
import pathlib
import sys

import programs
from programs import ProgramTest

TABLE = os.environ.get("NASNET_TABLE", "")

# Mean test accuracy after 50, 100, 200 and 400 evaluations, over 300 searches each, from an independent program; where
# duplicates count as evaluations, and where they are free. Evolution has a population of 30 and tournaments of 8.
REFERENCE = {
    "count": {
        "random": [87.75, 88.12, 88.27, 88.43],
        "regularized-evolution": [88.10, 88.62, 88.83, 88.91],
        "local-search": [88.31, 88.73, 88.93, 89.01],
    },
    "free": {
        "random": [87.82, 88.17, 88.37, 88.55],
        "regularized-evolution": [88.34, 88.77, 88.93, 88.97],
        "local-search": [88.52, 88.84, 89.01, 89.03],
    },
}

# The standard errors of those where duplicates count; where they are free, they are no larger.
ERRORS = {
    "random": [0.045, 0.035, 0.025, 0.02],
    "regularized-evolution": [0.04, 0.03, 0.02, 0.015],
    "local-search": [0.044, 0.024, 0.016, 0.006],
}


class RealTable(ProgramTest):
    def figures(self, *arguments: object) -> dict:
        run = self.succeed("compare_strategies", "--table", pathlib.Path(TABLE).resolve(), "--json", *arguments)
        return json.loads(run.stdout)["strategies"]

    def test_figures_agree_with_another_program(self) -> None:
        seeds = 400
        for duplicates, reference in REFERENCE.items():
            found = self.figures("--seeds", seeds, "--duplicates", duplicates)
            for name, means in reference.items():
                figures = zip(means, ERRORS[name], found[name]["test_mean"], found[name]["test_sd"])
                for mean, error, our_mean, our_sd in figures:
                    noise = math.hypot(error, our_sd / math.sqrt(seeds)) + 0.005  # the reference has two digits
                    self.assertLess(abs(our_mean - mean), 4 * noise,
                                    f"{name}, duplicates {duplicates}: {our_mean}, {mean} expected")

    def test_evolution_beats_random_and_free_duplicates_help(self) -> None:
        counted = self.figures("--seeds", 100)
        free = self.figures("--seeds", 100, "--duplicates", "free")
        for name, figures in counted.items():
            for k in range(4):
                self.assertGreater(free[name]["test_mean"][k], figures["test_mean"][k] - 0.02, name)
                if name != "random":
                    self.assertGreater(figures["test_low"][k], counted["random"]["test_high"][k], name)


if __name__ == "__main__":
    if not TABLE:
        print("skipped: NASNET_TABLE does not name the table of NAS-Bench-201 on CIFAR-10")
        sys.exit(77)
    programs.main()
