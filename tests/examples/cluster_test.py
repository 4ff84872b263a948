"""A search on many machines, as search_cells --queue and search_worker on this one: workers and the server are killed, and nothing
is lost or done twice."""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

import programs
from programs import PROGRAMS, ProgramTest, records

FLAGS = ["--trials", 24, "--workers", 5, "--final-epochs", 0]


def events(journal: pathlib.Path, name: str) -> list[dict]:
    """Of the lines that are whole: the driver may be writing the last one."""
    text = journal.read_text(encoding="utf-8") if journal.exists() else ""
    lines = text[:text.rfind("\n") + 1].splitlines()
    return [record for record in map(json.loads, lines) if record.get("event") == name]


class Cluster(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.processes: list[subprocess.Popen] = []
        self.addCleanup(self.end_all)
        self.start_server()

    def end_all(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()

    def start_server(self, *more: str) -> None:
        folder = self.folder / "server"
        folder.mkdir(exist_ok=True)
        self.server = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
             "--appendonly", "yes", "--appendfsync", "always", *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(self.server)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                self.assertIsNone(self.server.poll())
                time.sleep(0.01)

    def queue(self, name: str = "cells", login: str = "") -> str:
        return f"redis://{login}127.0.0.1:{self.port}/{name}"

    def begin(self, program: str, *arguments: object, **options: object) -> subprocess.Popen:
        with open(self.folder / "said.txt", "a", encoding="utf-8") as said:
            process = subprocess.Popen(self.command(program, *arguments), cwd=self.folder, stdin=subprocess.DEVNULL,
                                       stdout=said, stderr=said, **options)
        self.processes.append(process)
        return process

    def worker(self, *arguments: object) -> subprocess.Popen:
        return self.begin("search_worker", "--queue", self.queue(), "--data", self.data, "--threads", 1, *arguments)

    def driver(self, out: str, *arguments: object) -> subprocess.Popen:
        return self.begin("search_cells", *self.search_flags(out, *FLAGS, "--queue", self.queue(), "--lease", 1, *arguments))

    def said(self) -> str:
        return (self.folder / "said.txt").read_text(encoding="utf-8")

    def wait_for(self, condition) -> None:
        end = time.monotonic() + 200
        while not condition():
            self.assertLess(time.monotonic(), end, self.said())
            time.sleep(0.005)

    def test_kills_change_nothing(self) -> None:
        alone = self.search("alone", *FLAGS)
        journal = self.folder / "cluster" / "journal.jsonl"
        self.search_with_kills(journal)
        self.assertEqual(records(journal), records(alone / "journal.jsonl"))
        self.assertEqual(len(events(journal, "finished")), 24)
        for name in ["best.json", "best.hpp"]:
            self.assertEqual((self.folder / "cluster" / name).read_bytes(), (alone / name).read_bytes())

    def test_kills_change_nothing_where_the_strategy_learns_and_the_search_is_ordered(self) -> None:
        flags = ["--strategy", "regularized-evolution", "--population", 4, "--sample", 2, "--ordered", 4]
        alone = self.search("alone", *FLAGS, *flags, "--workers", 1)
        journal = self.folder / "cluster" / "journal.jsonl"
        self.search_with_kills(journal, *flags)
        self.assertEqual(len(events(journal, "finished")), 24)
        self.assertEqual(records(journal), records(alone / "journal.jsonl"))

    def search_with_kills(self, journal: pathlib.Path, *flags: object) -> None:
        """A search by three workers, of which one after the other is killed, and once the server."""
        draw = random.Random(11)
        workers = [self.worker() for _ in range(3)]
        driver = self.driver(journal.parent.name, *flags)
        for ended in [3, 8, 13]:
            self.wait_for(lambda: len(events(journal, "finished")) >= ended or driver.poll() is not None)
            victim = draw.randrange(3)
            time.sleep(draw.uniform(0, 0.05))  # a random point, not a wait for anything
            workers[victim].kill()
            workers[victim] = self.worker()
            if ended == 8:
                self.server.kill()
                self.server.wait()
                self.start_server()
        self.assertEqual(driver.wait(), 0, self.said())
        for worker in workers:
            self.assertEqual(worker.wait(), 0, self.said())
        self.assertIn("trying again", self.said())

    def test_one_trial_at_a_time_writes_the_same_journal(self) -> None:
        def timeless(folder: pathlib.Path) -> list[dict]:
            lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
            return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]

        flags = ["--strategy", "regularized-evolution", "--population", 3, "--sample", 2, "--trials", 8, "--workers", 1]
        alone = self.search("alone", *FLAGS, *flags)
        self.worker()
        self.assertEqual(self.driver("cluster", *flags).wait(), 0, self.said())
        self.assertEqual(timeless(self.folder / "cluster"), timeless(alone))

    def test_driver_and_workers_leave_and_join(self) -> None:
        alone = self.search("alone", *FLAGS)
        journal = self.folder / "cluster" / "journal.jsonl"
        first = self.worker()
        driver = self.driver("cluster")
        self.wait_for(lambda: len(events(journal, "finished")) >= 3)
        driver.send_signal(signal.SIGINT)
        self.assertEqual(driver.wait(), 130, self.said())
        self.assertEqual(events(journal, "failed"), [])
        first.send_signal(signal.SIGTERM)
        self.assertEqual(first.wait(), 143, self.said())
        self.assertIn("search_worker: stopped after", self.said())

        driver = self.driver("cluster", "--resume")
        second = self.worker()
        self.wait_for(lambda: len(events(journal, "finished")) >= 8)
        driver.kill()
        driver.wait()
        self.assertEqual(self.driver("cluster", "--resume").wait(), 0, self.said())
        self.assertEqual(second.wait(), 0, self.said())
        self.assertEqual(records(journal), records(alone / "journal.jsonl"))

    def test_limits_of_memory_reach_the_workers(self) -> None:
        flags = ["--trials", 3, "--filters", 64, "--batch", 40]

        def failures(out: str) -> list[tuple[str, str]]:
            found = events(self.folder / out / "journal.jsonl", "failed")
            return [(event["kind"], event["message"]) for event in found]

        self.worker()
        self.assertEqual(self.driver("limited", *flags, "--trial-memory", 1).wait(), 2, self.said())
        self.assertEqual([kind for kind, _ in failures("limited")], ["out_of_memory"] * 3)
        self.end_all()
        self.start_server()
        queue = ["--queue", self.queue("small")]
        self.begin("search_worker", *queue, "--data", self.data, "--threads", 1, "--memory", 1)
        self.assertEqual(self.begin("search_cells", *self.search_flags("small", *FLAGS, *flags, *queue)).wait(), 2, self.said())
        self.assertEqual([kind for kind, _ in failures("small")], ["out_of_memory"] * 3)
        for _, message in failures("small"):
            self.assertRegex(message, r"predicted to need \d+ bytes of memory, worker .* has 1000000")
        # What no machine has room for is rejected before it comes to any.
        self.refuse("search_cells", *self.search_flags("none", *FLAGS, *flags, "--queue", self.queue("none"), "--memory", 1),
                    notices=["1000 were rejected"])

    def test_trials_in_processes_of_their_own(self) -> None:
        flags = ["--trials", 4]
        alone = self.search("alone", *FLAGS, *flags)
        isolated = self.worker("--isolate")
        self.assertEqual(self.driver("cluster", *flags, "--trial-seconds", 1000).wait(), 0, self.said())
        self.assertEqual(isolated.wait(), 0, self.said())
        self.assertEqual(records(self.folder / "cluster" / "journal.jsonl"), records(alone / "journal.jsonl"))
        self.end_all()
        shutil.rmtree(self.folder / "server")
        self.start_server()
        isolated = self.worker("--isolate")
        self.assertEqual(self.driver("hurried", *flags, "--trial-seconds", 0.001).wait(), 2, self.said())
        failures = events(self.folder / "hurried" / "journal.jsonl", "failed")
        self.assertEqual([event["kind"] for event in failures], ["timeout"] * 4)
        self.assertEqual(isolated.wait(), 0, self.said())

    def test_events_of_a_worker(self) -> None:
        worker = self.start("search_worker", "--queue", self.queue(), "--data", self.data, "--threads", 1, "--json")
        self.processes.append(worker)
        self.assertEqual(self.driver("cluster", "--trials", 3).wait(), 0, self.said())
        found = [json.loads(line) for line in worker.communicate()[0].splitlines()]
        trials = [(event["event"], event["trial"]) for event in found[:-1]]
        # The queue may hold them in another order; what one worker does with each comes together.
        order = [trial for _, trial in trials[::2]]
        self.assertEqual(sorted(order), [0, 1, 2])
        self.assertEqual(trials, [(name, trial) for trial in order for name in ("begun", "recorded")])
        self.assertEqual(found[-1], {"event": "over", "recorded": 3, "late": 0, "given_back": 0})

    def test_refusals(self) -> None:
        self.refuse("search_worker", "--queue", "127.0.0.1", "--data", self.data, naming=["redis://"])
        self.refuse("search_cells", *self.search_flags("none", "--queue", "redis://127.0.0.1:1/cells"), naming=["127.0.0.1:1"])
        driver = self.driver("cluster")
        self.wait_for(lambda: events(self.folder / "cluster" / "journal.jsonl", "started"))
        other = programs.write_data(self.folder / "other", train=90)
        self.refuse("search_worker", "--queue", self.queue(), "--data", other, naming=["cannot take part", "evaluator.data.hash"])
        self.refuse("search_cells", *self.search_flags("again", *FLAGS, "--queue", self.queue()), naming=["holds a search already"])
        driver.kill()
        driver.wait()

    def test_the_instruction_set_is_the_drivers(self) -> None:
        weak = {**os.environ, "NASNET_ISA": "baseline"}
        flags = [*FLAGS, "--trials", 3]
        self.succeed("search_cells", *self.search_flags("alone", *flags), env=weak)
        strong = self.begin("search_cells", *self.search_flags("strong", *flags, "--queue", self.queue("strong")))
        self.wait_for(lambda: events(self.folder / "strong" / "journal.jsonl", "started"))
        header = json.loads((self.folder / "strong" / "journal.jsonl").read_text(encoding="utf-8").splitlines()[0])
        if header["instruction_set"] != "baseline":
            self.refuse("search_worker", "--queue", self.queue("strong"), "--data", self.data, env=weak,
                        naming=["cannot take part", "instruction_set", "NASNET_ISA"])
        strong.kill()

        worker = self.worker()  # lowers itself
        driver = self.begin("search_cells", *self.search_flags("cluster", *flags, "--queue", self.queue()), env=weak)
        self.assertEqual((driver.wait(), worker.wait()), (0, 0), self.said())
        self.assertEqual(records(self.folder / "cluster" / "journal.jsonl"), records(self.folder / "alone" / "journal.jsonl"))

    def test_password(self) -> None:
        self.server.kill()
        self.server.wait()
        self.start_server("--requirepass", "open sesame")
        self.refuse("search_worker", "--queue", self.queue(), "--data", self.data, naming=["password"])
        secret = self.folder / "secret"
        secret.write_text("open sesame\n")
        queue = self.queue(login=f":{secret}@")
        worker = self.begin("search_worker", "--queue", queue, "--data", self.data)
        self.search("out", *FLAGS, "--trials", 2, "--queue", queue)
        self.assertEqual(worker.wait(), 0, self.said())
        self.assertNotIn("sesame", self.said())


if __name__ == "__main__":
    if shutil.which("redis-server") is None or not (PROGRAMS / "search_worker").exists():
        print("skipped: redis-server is not installed, or the programs were built without hiredis")
        sys.exit(77)
    programs.main()
