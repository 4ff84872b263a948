"""search_cells from start to end: results, equal runs, resuming, Ctrl-C, kill -9."""

import collections
import csv
import gzip
import json
import os
import pathlib
import pty
import random
import re
import shutil
import signal
import subprocess
import time

import programs
from programs import RESULTS, ProgramTest, records


def lines(journal: pathlib.Path) -> list[str]:
    return journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []


def wait_for(condition, process: subprocess.Popen) -> bool:
    """Whether the condition came true while the process ran."""
    while process.poll() is None:
        if condition():
            return True
        time.sleep(0.002)
    return False


def rows_of(path: pathlib.Path) -> list[dict]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


FEW = ["--population", 2, "--sample", 2, "--controller-batch", 2]
STRATEGIES = {
    **{name: ["--strategy", name, *FEW] for name in [
        "random", "regularized-evolution", "ppo", "local-search", "local-search-whole", "pareto-evolution", "exhaustive"]},
    "successive-halving": ["--strategy", "successive-halving", "--epochs", 3],
    "repeats": ["--strategy", "regularized-evolution", *FEW, "--repeats", 2],
    "median-stop": ["--strategy", "regularized-evolution", *FEW, "--median-stop", "--epochs", 9],
}

# Values that are not the usual ones, for each flag that a journal has only then.
CHANGED = ["--duplicates", "evaluate", "--ordered", 2, "--controller-gradient", "reinforce", "--controller-entropy-weight", 0.25,
           "--controller-temperature", 2, "--controller-tanh-constant", 1.5, "--max-latency-ms", 1e6, "--trial-seconds", 100,
           "--trial-memory", 4000, "--memory", 8000]
MAY_CHANGE = {"--help", "--data", "--out", "--resume", "--queue", "--lease", "--trials", "--workers", "--threads", "--isolate",
              "--enqueue", "--warm-start", "--json"}


class Results(ProgramTest):
    def test_leaves_all_files(self) -> None:
        run = self.succeed("search_cells", *self.search_flags("out"))
        out = self.folder / "out"
        for name in [*RESULTS, "journal.jsonl", "trials.csv", "report.html"]:
            self.assertGreater((out / name).stat().st_size, 0, name)
        self.assertEqual([path for path in out.iterdir() if path.name.endswith(".tmp")], [])
        best = json.loads((out / "best.json").read_text())
        self.assertEqual(best["format"], 1)
        self.assertEqual(len(best["architecture"]["normal"]["blocks"]), 2)
        self.assertEqual(best["network"]["filters"], 2)
        self.assertEqual(best["network"]["classes"], 10)
        accuracies = [json.loads(record)["validation_accuracy"] for record in records(out / "journal.jsonl")]
        self.assertEqual(len(accuracies), 4)
        self.assertEqual(best["validation_accuracy"], max(accuracies))
        self.assertIn(f"test accuracy {100 * best['test_accuracy']:.2f} %", run.stdout)
        self.assertEqual(run.stderr, "")  # which is no terminal
        for text in [str(self.folder), "seconds"]:
            self.assertNotIn(text, (out / "best.json").read_text())

    def test_the_winner_as_a_header(self) -> None:
        out = self.search("out", "--final-epochs", 0)
        header = (out / "best.hpp").read_text()
        self.assertIn("inline constexpr nasnet::ArchitectureGenotype<nasnet::NasnetOps, 2> best{", header)
        architecture = json.loads((out / "best.json").read_text())["architecture"]
        ops = [block[side][1] for role in ["normal", "reduction"] for block in architecture[role]["blocks"]
               for side in ["left", "right"]]
        self.assertEqual(re.findall(r'"(\w+)"', header), ops)

    def test_graphviz_reads_the_drawing(self) -> None:
        if shutil.which("dot") is None:
            self.skipTest("Graphviz is not installed")
        out = self.search("out", "--final-epochs", 0)
        drawn = subprocess.run(["dot", "-Tsvg", out / "best.dot"], capture_output=True, text=True)
        self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
        blocks = json.loads((out / "best.json").read_text())["architecture"]["normal"]["blocks"]
        for op in [block[side][1] for block in blocks for side in ["left", "right"]]:
            self.assertIn(op.rsplit("_", 1)[-1], drawn.stdout)

    def test_each_strategy_repeats_itself_and_goes_on(self) -> None:
        for name, strategy in STRATEGIES.items():
            flags = [*strategy, "--final-epochs", 0]
            whole = self.search(f"whole-{name}", "--trials", 6, *flags)
            out = self.search(f"part-{name}", "--trials", 3, *flags)
            self.succeed("search_cells", *self.search_flags(f"part-{name}", "--trials", 6, *flags), "--resume")
            self.assertEqual(records(out / "journal.jsonl"), records(whole / "journal.jsonl"), name)
            self.assertEqual((out / "best.json").read_bytes(), (whole / "best.json").read_bytes())

    def test_the_best_has_the_largest_budget_and_the_mean_of_its_repeats(self) -> None:
        out = self.search("halving", "--strategy", "successive-halving", "--epochs", 3, "--trials", 12, "--final-epochs", 0)
        best = json.loads((out / "best.json").read_text())
        rows = rows_of(out / "trials.csv")
        self.assertEqual({row["budget"] for row in rows}, {"1", "3"})
        full = [float(row["validation_accuracy"]) for row in rows if row["budget"] == "3"]
        self.assertEqual((best["budget"], best["validation_accuracy"]), (3, max(full)))
        self.assertEqual([row["budget"] for row in rows if row["best"] == "true"], ["3"])
        self.assertIn("<th>Budget</th>", (out / "report.html").read_text(encoding="utf-8"))

        out = self.search("repeats", "--repeats", 3, "--trials", 9, "--final-epochs", 0)
        best = json.loads((out / "best.json").read_text())
        cells = collections.defaultdict(list)
        for row in rows_of(out / "trials.csv"):
            cells[row["hash"]].append(float(row["validation_accuracy"]))
        self.assertEqual([len(accuracies) for accuracies in cells.values()], [3, 3, 3])
        self.assertEqual(best["evaluations"], 3)
        self.assertAlmostEqual(best["validation_accuracy"], max(sum(cell) / 3 for cell in cells.values()))

    def test_flags_of_the_controller(self) -> None:
        flags = ["--strategy", "ppo", "--final-epochs", 0, "--controller-gradient", "reinforce", "--controller-temperature", 2,
                 "--controller-tanh-constant", 1.5, "--controller-entropy-weight", 0.25]
        out = self.search("out", *flags)
        settings = json.loads(lines(out / "journal.jsonl")[0])["settings"]
        found = [settings["strategy"][name] for name in ["gradient", "temperature", "tanh_constant", "entropy_weight"]]
        self.assertEqual(found, ["reinforce", 2, 1.5, 0.25])
        self.refuse("search_cells", *self.search_flags("out", *flags, "--resume", "--controller-gradient", "ppo"),
                    naming=["--controller-gradient: the journal has \"reinforce\", this run has nothing"])

    def test_each_flag_is_in_the_journal_or_may_change_from_run_to_run(self) -> None:
        names = set(re.findall(r"^ +(?:-h,)?(--[\w-]+)", self.succeed("search_cells", "--help").stdout, re.MULTILINE))
        recorded = set()
        for n, flags in enumerate([["--repeats", 2], ["--median-stop"]]):
            out = self.search(f"out{n}", "--final-epochs", 0, *CHANGED, *flags)
            recorded |= set(json.loads(lines(out / "journal.jsonl")[0])["settings"]["program"])
        self.assertEqual(names - recorded, MAY_CHANGE)

    def test_duplicates(self) -> None:
        # In a space of one block and few members, an evolution repeats itself.
        flags = ["--strategy", "regularized-evolution", "--population", 2, "--sample", 2, "--blocks", 1, "--trials", 60,
                 "--train-images", 10, "--validation-images", 10, "--final-epochs", 0, "--seed", 3]
        events = {}
        for how in ["skip", "replay", "evaluate"]:
            out = self.search(how, *flags, "--duplicates", how)
            header, *events[how] = map(json.loads, lines(out / "journal.jsonl"))
            self.assertEqual(header["settings"]["program"].get("--duplicates", "skip"), how)
            self.assertEqual(header["settings"]["duplicates"], "evaluate" if how == "evaluate" else "skip")
            self.assertEqual(header["settings"]["strategy"]["name"] == "replay_duplicates", how == "replay")
        counts = {how: collections.Counter(event["event"] for event in all_of) for how, all_of in events.items()}
        self.assertGreater(counts["skip"]["duplicate"], 0)
        self.assertGreater(counts["replay"]["duplicate"], 0)
        self.assertEqual(counts["evaluate"]["duplicate"], 0)
        self.assertNotEqual(records(self.folder / "replay" / "journal.jsonl"), records(self.folder / "skip" / "journal.jsonl"))
        self.refuse("search_cells", *self.search_flags("skip", *flags, "--resume", "--duplicates", "replay"),
                    naming=["--duplicates: the journal has nothing, this run has \"replay\""])
        self.refuse("search_cells", *self.search_flags("none", "--duplicates", "count"), naming=["count"])

    def test_strategies_that_do_not_go_together(self) -> None:
        self.refuse("search_cells", *self.search_flags("a", "--strategy", "successive-halving", "--median-stop"),
                    naming=["--median-stop", "successive-halving"])
        self.refuse("search_cells", *self.search_flags("b", "--repeats", 2, "--median-stop"), naming=["--repeats"])

    def test_names_of_the_weights(self) -> None:
        weights = programs.read_safetensors(self.search("out") / "best.safetensors")
        self.assertEqual(weights["stem.conv.weight"][:2], ("F32", [6, 1, 3, 3]))
        self.assertEqual(weights["head.bias"][:2], ("F32", [10]))
        self.assertIn("cells.0.fit_current.conv.weight", weights)
        self.assertIn("stem.bn.running_mean", weights)

    def test_report_is_one_sound_file(self) -> None:
        report = (self.search("out") / "report.html").read_text(encoding="utf-8")
        self.assertIn("Accuracy over trials", report)
        self.assertEqual(report.count('class="cell"'), 2)
        self.assertNotIn("src=", report)

    def test_without_final_training(self) -> None:
        out = self.search("out", "--final-epochs", 0)
        self.assertFalse((out / "best.safetensors").exists())
        self.assertNotIn("test_accuracy", json.loads((out / "best.json").read_text()))
        self.assertTrue((out / "report.html").exists())

    def test_compressed_data_and_a_part_of_the_images(self) -> None:
        plain = self.search("plain", "--final-images", 30)
        for path in self.data.iterdir():
            (path.parent / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
        self.assert_equal_results(plain, self.search("gzip", "--final-images", 30))

    def test_limits_reject_what_is_too_large(self) -> None:
        free = [json.loads(line)["parameters"] for line in lines(self.search("free") / "journal.jsonl")[1:] if "started" in line]
        limit = sorted(free)[1]
        out = self.search("limited", "--max-params", limit, "--max-multiply-adds", 10**9)
        kept = [json.loads(line)["parameters"] for line in lines(out / "journal.jsonl")[1:] if '"started"' in line]
        self.assertEqual(len(kept), 4)
        self.assertLessEqual(max(kept), limit)
        self.assertTrue(any('"rejected"' in line for line in lines(out / "journal.jsonl")))

    def test_the_bar_of_a_terminal(self) -> None:
        terminal, end = pty.openpty()
        with subprocess.Popen(self.command("search_cells", *self.search_flags("out")), cwd=self.folder, stderr=end,
                              stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"}) as process:
            os.close(end)
            shown = b""
            while True:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                shown += piece
        os.close(terminal)
        self.assertEqual(process.returncode, 0)
        for part in [b"\rsearch [", b"best ", b"4/4", b"training [", b"left"]:
            self.assertIn(part, shown)


class EqualRuns(ProgramTest):
    def test_workers_and_threads_change_nothing(self) -> None:
        one = self.search("one", "--workers", 1, "--threads", 1)
        for workers, threads in [(1, 2), (2, 2), (2, 1)]:
            other = self.search(f"w{workers}t{threads}", "--workers", workers, "--threads", threads)
            self.assert_equal_results(one, other)

    def test_ordered_searches_do_not_depend_on_workers(self) -> None:
        flags = ["--strategy", "regularized-evolution", "--population", 3, "--sample", 2, "--trials", 14, "--final-epochs", 0,
                 "--ordered", 3]
        one = self.search("one", *flags, "--workers", 1)
        three = self.search("three", *flags, "--workers", 3)
        self.assertEqual(len(records(one / "journal.jsonl")), 14)
        self.assertEqual(records(three / "journal.jsonl"), records(one / "journal.jsonl"))
        header = json.loads(lines(one / "journal.jsonl")[0])
        self.assertEqual(header["settings"]["program"]["--ordered"], 3)
        self.assertEqual(header["settings"]["ordered"], 3)
        four = self.search("four", *flags, "--ordered", 5)
        self.assertNotEqual(records(four / "journal.jsonl"), records(one / "journal.jsonl"))
        self.refuse("search_cells", *self.search_flags("one", *flags, "--resume", "--ordered", 5),
                    naming=["--ordered: the journal has 3, this run has 5"])

    def test_another_seed_is_another_search(self) -> None:
        self.assertNotEqual(records(self.search("one") / "journal.jsonl"),
                            records(self.search("two", "--seed", 2) / "journal.jsonl"))


class Resume(ProgramTest):
    def test_a_finished_search_writes_the_same_files_again(self) -> None:
        out = self.search("out")
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        for name in [*RESULTS, "report.html"]:
            (out / name).unlink()
        self.search("out", "--resume")
        self.assertEqual({path.name: path.read_bytes() for path in out.iterdir()}, before)

    def test_without_a_journal_it_begins(self) -> None:
        (self.folder / "new").mkdir()
        self.assert_equal_results(self.search("out"), self.search("new", "--resume"))

    def test_an_existing_journal_is_not_overwritten(self) -> None:
        out = self.search("out")
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        self.refuse("search_cells", *self.search_flags("out"), naming=["journal.jsonl", "--resume", "--out"])
        self.assertEqual({path.name: path.read_bytes() for path in out.iterdir()}, before)

    def test_other_settings_are_refused(self) -> None:
        out = self.search("out")
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        for flag, value in [("--seed", 2), ("--epochs", 2), ("--filters", 3), ("--blocks", 3), ("--batch", 5),
                            ("--learning-rate", 0.01), ("--train-images", 30), ("--validation-images", 10),
                            ("--cells", 2), ("--final-epochs", 3), ("--final-images", 20), ("--max-params", 10**9),
                            ("--max-multiply-adds", 10**12), ("--trials", 3)]:
            self.refuse("search_cells", *self.search_flags("out", flag, value, "--resume"),
                        naming=["journal.jsonl", flag, str(value)])
        other = programs.write_data(self.folder / "other", train=90)
        self.refuse("search_cells", *self.search_flags("out", "--data", other, "--resume"), naming=["journal.jsonl", "data"])
        self.assertEqual({path.name: path.read_bytes() for path in out.iterdir()}, before)

    def test_more_trials_extend_a_search(self) -> None:
        whole = self.search("whole", "--trials", 6)
        self.search("parts", "--trials", 2)
        self.assert_equal_results(whole, self.search("parts", "--trials", 6, "--resume"))

    def test_a_torn_last_line_is_dropped_with_a_notice(self) -> None:
        whole = self.search("whole")
        for cut in [1, 20, 200]:
            torn = self.search(f"torn{cut}", "--trials", 4)
            journal = torn / "journal.jsonl"
            journal.write_bytes(journal.read_bytes()[:-cut])
            run = self.succeed("search_cells", *self.search_flags(f"torn{cut}", "--resume"))
            self.assertIn("journal.jsonl", run.stderr)
            self.assertIn("dropped", run.stderr)
            self.assert_equal_results(whole, torn)

    def test_a_stale_checkpoint_is_no_harm(self) -> None:
        whole = self.search("whole")
        again = self.search("again", "--seed", 5, "--epochs", 1)
        (again / "journal.jsonl").unlink()
        self.assert_equal_results(whole, self.search("again", "--resume"))


class Interrupts(ProgramTest):
    LONG = ["--trials", 30, "--final-epochs", 40]

    def setUp(self) -> None:
        super().setUp()
        self.whole = self.search("whole", *self.LONG)

    def interrupt(self, out: str, sent: signal.Signals, condition) -> subprocess.Popen:
        process = self.start("search_cells", *self.search_flags(out, *self.LONG, "--resume"))
        if wait_for(condition, process):
            process.send_signal(sent)
        self.output = process.communicate(timeout=300)
        return process

    def test_ctrl_c_during_the_search(self) -> None:
        journal = self.folder / "out" / "journal.jsonl"
        process = self.interrupt("out", signal.SIGINT, lambda: len(lines(journal)) > 6)
        self.assertEqual(process.returncode, 130, self.output)
        self.assertIn("--resume", self.output[1])
        started = sum('"started"' in line for line in lines(journal))
        self.assertEqual(len(records(journal)), started)  # the running trials are recorded
        self.assertTrue((self.folder / "out" / "report.html").exists())
        self.assertFalse((self.folder / "out" / "best.json").exists())
        self.assert_equal_results(self.whole, self.search("out", *self.LONG, "--resume"))

    def test_ctrl_c_during_the_final_training(self) -> None:
        out = self.folder / "out"
        process = self.interrupt("out", signal.SIGINT, lambda: any(out.glob("training-of-trial-*.safetensors")))
        self.assertEqual(process.returncode, 130, self.output)
        self.assertFalse((out / "best.safetensors").exists())
        self.assert_equal_results(self.whole, self.search("out", *self.LONG, "--resume"))

    def test_sigterm(self) -> None:
        journal = self.folder / "out" / "journal.jsonl"
        process = self.interrupt("out", signal.SIGTERM, lambda: len(lines(journal)) > 3)
        self.assertEqual(process.returncode, 143, self.output)
        self.assert_equal_results(self.whole, self.search("out", *self.LONG, "--resume"))

    def test_kill_before_the_first_trial(self) -> None:
        out = self.folder / "out"
        process = self.interrupt("out", signal.SIGKILL, out.exists)
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assert_equal_results(self.whole, self.search("out", *self.LONG, "--resume"))

    def test_kill_at_random_points_until_it_is_through(self) -> None:
        begin = time.monotonic()
        self.search("timed", *self.LONG)
        duration = time.monotonic() - begin
        draw = random.Random(3)
        for chain in range(3):
            waits = [duration * draw.uniform(0.02, 0.6) for _ in range(8)]
            self.kill_after(waits, f"chain{chain}", *self.LONG, "--workers", 2, "--resume")
            self.assert_equal_results(self.whole, self.search(f"chain{chain}", *self.LONG, "--workers", 2, "--resume"))


class Kills(ProgramTest):
    def test_each_strategy_goes_on_after_kills_at_random_points(self) -> None:
        draw = random.Random(4)
        for name, strategy in STRATEGIES.items():
            flags = [*strategy, "--trials", 24, "--final-epochs", 0]
            begin = time.monotonic()
            whole = self.search(f"whole-{name}", *flags)
            duration = time.monotonic() - begin
            waits = [duration * draw.uniform(0.05, 0.6) for _ in range(5)]
            self.kill_after(waits, f"killed-{name}", *flags, "--resume")
            killed = self.search(f"killed-{name}", *flags, "--resume")
            self.assertEqual(records(killed / "journal.jsonl"), records(whole / "journal.jsonl"), name)
            self.assertEqual((killed / "best.json").read_bytes(), (whole / "best.json").read_bytes(), name)


if __name__ == "__main__":
    programs.main()
