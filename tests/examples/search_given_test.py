"""search_cells with trials in processes of their own, given architectures, results of others, limits, and for machines."""

import csv
import json
import os
import pathlib
import signal
import subprocess
import time

import programs
from programs import ProgramTest, records

FLAGS = ["--final-epochs", 0]


def events(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def table(path: pathlib.Path) -> list[dict]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def processes_of(group: str) -> list[int]:
    """The processes, ended ones left out, whose command line names this."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and group in (entry / "cmdline").read_text():
                if (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                    found.append(int(entry.name))
        except OSError:
            pass
    return found


class Isolation(ProgramTest):
    def test_changes_no_result(self) -> None:
        one = self.search("inside")
        two = self.search("outside", "--isolate", "--workers", 2)
        self.assert_equal_results(one, two)

    def test_goes_on_without_it_and_with_it(self) -> None:
        whole = self.search("whole", "--trials", 6, *FLAGS)
        out = self.search("parts", "--trials", 2, "--isolate", *FLAGS)
        for trials, more in [(4, []), (6, ["--isolate"])]:
            self.succeed("search_cells", *self.search_flags("parts", "--trials", trials, *FLAGS), "--resume", *more)
        self.assertEqual(records(out / "journal.jsonl"), records(whole / "journal.jsonl"))

    def test_a_trial_beyond_its_time_or_memory_costs_itself(self) -> None:
        run = self.execute("search_cells", *self.search_flags("late", "--epochs", 100000, "--trials", 2, *FLAGS), "--isolate",
                           "--trial-seconds", 0.3)
        self.assertIn("none of 2 trials has a result: it ran longer than the limit of 0.3 seconds", run.stderr)
        kinds = [json.loads(line).get("kind") for line in (self.folder / "late/journal.jsonl").read_text().splitlines()]
        self.assertEqual(kinds.count("timeout"), 2)
        run = self.execute("search_cells", *self.search_flags("large", "--batch", 40, "--filters", 64, "--trials", 2, *FLAGS),
                           "--isolate", "--trial-memory", 1)
        self.assertEqual([row["failure"] for row in table(self.folder / "large/trials.csv")], ["out_of_memory"] * 2)

    def stop(self, out: str, signals: list[int], to_group: bool) -> subprocess.Popen:
        flags = self.search_flags(out, "--epochs", 1000, "--trials", 4, "--workers", 2, *FLAGS)
        process = subprocess.Popen(self.command("search_cells", *flags, "--isolate"), cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        journal = self.folder / out / "journal.jsonl"
        end = time.monotonic() + 120
        while time.monotonic() < end and (not journal.exists() or journal.read_text().count('"started"') < 2):
            time.sleep(0.01)
        while time.monotonic() < end and len(processes_of(f"--out\0{out}\0")) < 3:  # begun after it is recorded
            time.sleep(0.01)
        self.assertGreaterEqual(len(processes_of(f"--out\0{out}\0")), 3)
        for number in signals:
            (os.killpg if to_group else os.kill)(process.pid, number)
        process.communicate(timeout=120)
        end = time.monotonic() + 60
        while processes_of(f"--out\0{out}\0") and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(processes_of(f"--out\0{out}\0"), [])
        return process

    def test_killed_it_leaves_no_process(self) -> None:
        self.stop("killed", [signal.SIGKILL], to_group=False)

    def test_a_second_ctrl_c_leaves_no_process(self) -> None:
        self.stop("twice", [signal.SIGINT, signal.SIGINT], to_group=True)

    def test_ctrl_c_lets_trials_end(self) -> None:
        flags = self.search_flags("out", "--trials", 6, "--epochs", 5, *FLAGS)
        whole = self.search("whole", "--trials", 6, "--epochs", 5, *FLAGS)
        process = subprocess.Popen(self.command("search_cells", *flags, "--isolate"), cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
        journal = self.folder / "out" / "journal.jsonl"
        while process.poll() is None and (not journal.exists() or '"started"' not in journal.read_text()):
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=120)
        if process.returncode != 0:  # else it was at its end
            self.assertEqual(process.returncode, 130, errors)
        self.assertNotIn('"failed"', journal.read_text())
        self.succeed("search_cells", *flags, "--resume")
        self.assertEqual(records(journal), records(whole / "journal.jsonl"))


class Latency(ProgramTest):
    def rows(self, out: str) -> list[dict]:
        return table(self.folder / out / "trials.csv")

    def test_networks_within_a_limit_are_measured_and_the_others_rejected(self) -> None:
        run = self.succeed("search_cells", *self.search_flags("free", "--trials", 8, "--max-latency-ms", 1e6, *FLAGS))
        self.assertIn(" ms for an image", run.stdout)
        milliseconds = sorted(1000 * float(row["latency"]) for row in self.rows("free"))
        self.assertEqual(len(milliseconds), 8)
        self.assertGreater(milliseconds[0], 0)
        self.assertIn("<th>Latency, ms</th>", (self.folder / "free" / "report.html").read_text(encoding="utf-8"))

        # The least limit there is, which no machine keeps: measured times between two limits change with its load.
        limit = 0.001
        self.refuse("search_cells", *self.search_flags("limited", "--max-latency-ms", limit, *FLAGS),
                    notices=["1000 were rejected"])
        journal = events((self.folder / "limited" / "journal.jsonl").read_text(encoding="utf-8"))
        rejected = [event["reason"] for event in journal if event.get("event") == "rejected"]
        self.assertEqual(len(rejected), 1000)
        self.assertTrue(all("a prediction takes" in reason for reason in rejected), rejected[:3])
        self.assertFalse([event for event in journal if event.get("event") in ("started", "finished")])

    def test_goes_on_with_the_latencies_of_the_journal(self) -> None:
        flags = ["--trials", 6, "--max-latency-ms", 1e6, *FLAGS]
        out = self.search("out", *flags)
        journal = out / "journal.jsonl"
        whole = journal.read_text().splitlines(keepends=True)
        kept = [n for n, line in enumerate(whole) if '"finished"' in line][2] + 1
        journal.write_text("".join(whole[:kept]))
        self.succeed("search_cells", *self.search_flags("out", *flags), "--resume", "--isolate")
        again = journal.read_text().splitlines(keepends=True)
        self.assertEqual(again[:kept], whole[:kept])

        def without_times(lines: list[str]) -> list[dict]:
            found = [json.loads(line) for line in lines]
            for event in found:
                event.pop("seconds", None)
                event.get("metrics", {}).pop("latency", None)
            return found

        self.assertEqual(without_times(again), without_times(whole))
        self.refuse("search_cells", *self.search_flags("out", *flags, "--max-latency-ms", 7, "--resume"),
                    naming=["--max-latency-ms", "1000000", "7"])
        self.refuse("search_cells", *self.search_flags("out", "--trials", 6, *FLAGS, "--resume"), naming=["--max-latency-ms"])
        for wrong in [0, -1, "x", "nan"]:
            self.refuse("search_cells", *self.search_flags("other"), f"--max-latency-ms={wrong}", naming=["0.001"])


class Given(ProgramTest):
    def test_enqueued_cells_come_first(self) -> None:
        best = self.search("first", *FLAGS) / "best.json"
        out = self.search("second", "--seed", 5, "--enqueue", best, *FLAGS)
        rows = table(out / "trials.csv")
        self.assertEqual([row["enqueued"] for row in rows if row["trial"]], ["true", "false", "false", "false"])
        hashes = {row["trial"]: row["hash"] for row in table(self.folder / "first/trials.csv")}
        self.assertIn(rows[0]["hash"], hashes.values())
        self.refuse("search_cells", *self.search_flags("third", "--enqueue", "nasnet-a-cifar", *FLAGS), naming=["enqueued", "space"])

    def test_a_warm_start_is_recorded(self) -> None:
        old = self.search("old", *FLAGS) / "journal.jsonl"
        flags = ["--strategy", "regularized-evolution", "--population", 4, "--sample", 2, "--seed", 9, *FLAGS]
        warm = self.search("warm", *flags, "--warm-start", old)
        cold = self.search("cold", *flags)
        self.assertEqual(sum('"known"' in line for line in (warm / "journal.jsonl").read_text().splitlines()), 4)
        self.assertNotEqual(records(warm / "journal.jsonl"), records(cold / "journal.jsonl"))
        part = self.search("part", *flags, "--trials", 2, "--warm-start", old)
        ignoring = self.succeed("search_cells", *self.search_flags("ppo", *FLAGS, "--strategy", "ppo", "--warm-start", old))
        self.assertIn("the strategy ppo_controller does not learn from results of other searches", ignoring.stderr)
        old.unlink()
        self.succeed("search_cells", *self.search_flags("part", *flags), "--resume")
        self.assertEqual(records(part / "journal.jsonl"), records(warm / "journal.jsonl"))
        other = self.search("other", "--blocks", 3, *FLAGS) / "journal.jsonl"
        self.refuse("search_cells", *self.search_flags("x", "--warm-start", other, *FLAGS), naming=["another space"])

    def test_memory_for_all_rejects(self) -> None:
        out = self.search("out", "--memory", 1, "--trials", 2, "--batch", 2, *FLAGS)
        rows = table(out / "trials.csv")
        self.assertTrue(all(int(row["bytes"]) <= 10**6 for row in rows if row["state"] == "done"))
        self.refuse("search_cells", *self.search_flags("none", "--memory", 1, "--filters", 64, "--batch", 40, *FLAGS),
                    notices=["1000 were rejected"])


class Machines(ProgramTest):
    def test_one_line_for_each_event(self) -> None:
        run = self.succeed("search_cells", *self.search_flags("out"), "--json")
        self.assertEqual(run.stderr, "")
        found = events(run.stdout)
        self.assertEqual([event["trial"] for event in found if event["event"] == "finished"], [0, 1, 2, 3])
        searching = [event for event in found if event["event"] == "progress" and event["task"] == "search"]
        self.assertEqual((searching[0]["done"], searching[0]["total"], searching[-1]["done"]), (0, 4, 4))
        self.assertEqual(max(event["running"] for event in searching), 1)
        self.assertIn("seconds_left", searching[-1])
        training = [event for event in found if event["event"] == "progress" and event["task"] == "training"]
        self.assertEqual(training[-1]["done"], training[-1]["total"])
        self.assertEqual(found[-1]["event"], "result")
        best = json.loads((self.folder / "out/best.json").read_text())
        self.assertEqual(found[-1]["test_accuracy"], best["test_accuracy"])
        self.assertEqual(found[-1]["validation_accuracy"], searching[-1]["best_accuracy"])


if __name__ == "__main__":
    programs.main()
