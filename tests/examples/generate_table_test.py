"""generate_table on a few cells, and the programs that read the committed table."""

import json
import pathlib
import signal
import subprocess
import time

import programs
from programs import ProgramTest, write_data

TABLE = pathlib.Path(__file__).resolve().parents[2] / "tables" / "fashion_mnist_14x14.csv"
SMALL = ["--cells", 2, "--train-images", 20, "--validation-images", 20, "--test-images", 10, "--batch", 10]
TIMES = ("epoch_ms", "latency_us")


def rows_of(path: pathlib.Path) -> list[dict[str, str]]:
    header, *lines = [line.split(",") for line in path.read_text().splitlines()]
    return [dict(zip(header, line, strict=True)) for line in lines]


class Generator(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.images = write_data(self.folder / "images", train=60, test=20)

    def flags(self, out: str, *arguments: object) -> list[object]:
        return ["generate_table", *self.replaced("--data", self.images, "--out", out, *SMALL, *arguments)]

    def table(self, out: str) -> list[dict[str, str]]:
        return rows_of(self.folder / out / "table.csv")

    def test_both_steps_make_a_table(self) -> None:
        self.assertIn("--times", self.succeed(*self.flags("out")).stdout)
        self.assertFalse((self.folder / "out" / "table.csv").exists())
        self.succeed(*self.flags("out", "--times"))
        rows = self.table("out")
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertEqual(len(row), 24)
            for name, value in row.items():
                if name.startswith(("validation", "test")):
                    self.assertTrue(0 <= float(value) <= 100)
            for name in (*TIMES, "parameters", "multiply_adds"):
                self.assertGreater(float(row[name]), 0)
        self.assertNotEqual([row["validation_4_1"] for row in rows], [row["validation_4_2"] for row in rows])
        self.assertEqual([path.name for path in (self.folder / "out").glob("*.csv*")], ["table.csv"])
        # In the other order, on one worker: the same, but for the times.
        self.succeed(*self.flags("other", "--times"))
        self.succeed(*self.flags("other", "--workers", 1))
        for row, other in zip(rows, self.table("other"), strict=True):
            for name in row.keys() - set(TIMES):
                self.assertEqual(row[name], other[name], name)

    def test_events_as_json(self) -> None:
        def events(*arguments: object) -> list[dict]:
            return [json.loads(line) for line in self.succeed(*self.flags("out", "--json", *arguments)).stdout.splitlines()]

        trained = events()
        self.assertEqual(sum(event["event"] == "finished" for event in trained), 12)
        self.assertEqual({event["total"] for event in trained if event["event"] == "progress"}, {12})
        self.assertEqual(trained[-1], {"event": "incomplete", "lacks": "times"})
        measured = events("--times")
        self.assertEqual(sum(event["event"] == "finished" for event in measured), 2)
        self.assertEqual(measured[-1], {"event": "result", "table": "out/table.csv", "cells": 2})

    def test_goes_on_after_a_kill(self) -> None:
        self.succeed(*self.flags("whole"))
        self.succeed(*self.flags("whole", "--times"))
        journal = self.folder / "killed" / "journal.jsonl"
        with subprocess.Popen(self.command(*self.flags("killed")), cwd=self.folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            while not journal.exists() or journal.read_text().count('"finished"') < 3:
                self.assertIsNone(process.poll())
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
        self.assertLess(journal.read_text().count('"finished"'), 12)
        self.refuse(*self.flags("killed"), naming=["journal.jsonl"])
        self.refuse(*self.flags("killed", "--resume", "--filters", 5), naming=["filters"])
        self.succeed(*self.flags("killed", "--resume"))
        self.succeed(*self.flags("killed", "--times"))
        for row, other in zip(self.table("whole"), self.table("killed"), strict=True):
            for name in row.keys() - set(TIMES):
                self.assertEqual(row[name], other[name], name)

    def test_mistakes(self) -> None:
        self.refuse("generate_table")
        self.refuse("generate_table", "--data", self.folder / "absent", naming=["absent"])
        for flag in ("--filters", "--train-images", "--validation-images", "--test-images", "--batch", "--workers"):
            self.refuse(*self.flags("out", flag, 0), naming=[flag])
        self.refuse(*self.flags("out", "--test-images", 21), naming=["21", "20"])
        self.refuse(*self.flags("out", "--train-images", 41), naming=["41"])


class CommittedTable(ProgramTest):
    def test_describe_table(self) -> None:
        text = self.succeed("describe_table", "--table", TABLE, "--best", 3).stdout
        self.assertIn("735 cells", text)
        self.assertEqual(len(text.split("best by mean test accuracy")[1].strip().splitlines()), 4)
        values = next(line for line in text.splitlines() if line.startswith("test of trainings 1 and 2, 4")).split()
        self.assertGreater(float(values[-2]), 0.5)
        self.refuse("describe_table", "--table", self.folder / "absent.csv", naming=["absent.csv"])

    def test_rank_proxies(self) -> None:
        images = write_data(self.folder / "images")
        flags = ["rank_proxies", "--table", TABLE, "--data", images, "--batch", 8, "--cells", 6]
        found = json.loads(self.succeed(*flags, "--json").stdout)
        self.assertEqual(found["cells"], 6)
        self.assertEqual(list(found["proxies"]),
                         ["parameters", "multiply-adds", "gradient norm", "SNIP", "SynFlow", "NASWOT"])
        for values in found["proxies"].values():
            self.assertTrue(-1 <= values["spearman"] <= 1)
            self.assertTrue(-1 <= values["kendall"] <= 1)
        self.assertIn(f"{found['proxies']['SynFlow']['spearman']:.3f}", self.succeed(*flags).stdout)
        self.refuse(*flags[:-4], "--batch", 81, naming=["81", "80"])

    def test_compare_strategies(self) -> None:
        names = "random,median-stop,successive-halving,local-search"
        output = self.succeed("compare_strategies", "--table", TABLE, "--seeds", 20, "--evaluations", "10,40",
                              "--strategies", names, "--json").stdout
        study = json.loads(output)
        self.assertEqual(study["full_budget"], 4)
        self.assertEqual(list(study["strategies"]), names.split(","))
        for figures in study["strategies"].values():
            self.assertGreater(figures["test_mean"][1], figures["test_mean"][0])
            self.assertLessEqual(figures["validation_mean"][1], study["best"]["validation"] + 1e-9)


if __name__ == "__main__":
    programs.main()
