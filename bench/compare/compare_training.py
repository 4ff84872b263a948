#!/usr/bin/env python3
"""Training steps of child networks, this library beside PyTorch eager in channels-last, in one run.

    cmake --preset release && cmake --build --preset release --target network_bench
    python3 bench/compare/compare_training.py            # installs torch from PyPI into build/compare-venv

The two are measured in turn, several times; the table has the medians. Both do the same work: zero gradients, forward,
loss, backward, SGD with Nesterov momentum and weight decay, NASNet-A cells, the batch already in memory, two threads.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHILDREN = [  # benchmark, cells per stack, filters, size, channels, batch, parameters
    ("train/child_n1_f8_28x28/64", 1, 8, 28, 1, 64, 71938),
    ("train/child_n2_f32_32x32/32", 2, 32, 32, 3, 32, 1294698),
]


def enter_environment(folder):
    """Goes on inside a virtual environment with torch, made at the first run."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "torch", "numpy"], check=True)
    if pathlib.Path(sys.prefix).resolve() != folder.resolve():
        os.execv(str(python), [str(python), *sys.argv])


def measure_library(program, name, threads):
    command = ["taskset", "-c", ",".join(str(core) for core in range(threads)), str(program),
               f"--benchmark_filter=^{name}$", "--benchmark_format=json", "--benchmark_min_time=2"]
    runs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["benchmarks"]
    if len(runs) != 1:
        sys.exit(f"{program} has no benchmark {name}")
    return runs[0]["real_time"] / 1000.0


class Peer:
    def __init__(self, child):
        import torch
        from nasnet_torch import NasnetA
        _, cells, filters, size, channels, batch, parameters = child
        torch.manual_seed(1)
        self.model = NasnetA(cells, filters, channels).to(memory_format=torch.channels_last)
        found = sum(p.numel() for p in self.model.parameters())
        if found != parameters:
            sys.exit(f"the peer has {found} parameters, {parameters} are wanted")
        self.images = torch.randn(batch, channels, size, size).to(memory_format=torch.channels_last)
        self.labels = torch.arange(batch) % 10
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.model(self.images), self.labels).backward()
        self.optimizer.step()

    def measure(self, seconds=2.0):
        self.step()
        begin, steps = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds or steps < 2:
            self.step()
            steps += 1
        return (time.perf_counter() - begin) / steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bench/network_bench")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--environment", type=pathlib.Path, default=ROOT / "build/compare-venv")
    arguments = parser.parse_args()
    if not arguments.program.exists():
        sys.exit(f"{arguments.program} is not there: build the target network_bench first")
    enter_environment(arguments.environment)
    import torch
    torch.set_num_threads(arguments.threads)
    print(f"PyTorch {torch.__version__}, {arguments.threads} threads, medians of {arguments.repetitions} turns")
    print(f"{'training step':32}{'nasnet img/s':>14}{'PyTorch img/s':>15}{'ratio':>8}{'lowest':>8}{'highest':>9}")
    for child in CHILDREN:
        peer, ours, theirs = Peer(child), [], []
        for _ in range(arguments.repetitions):
            ours.append(measure_library(arguments.program, child[0], arguments.threads))
            theirs.append(peer.measure())
        ratios = [b / a for a, b in zip(ours, theirs)]
        batch = child[5]
        print(f"{child[0]:32}{batch / statistics.median(ours):14.1f}{batch / statistics.median(theirs):15.1f}"
              f"{statistics.median(ratios):8.2f}{min(ratios):8.2f}{max(ratios):9.2f}", flush=True)


if __name__ == "__main__":
    main()
