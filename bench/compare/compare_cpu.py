#!/usr/bin/env python3
"""This library beside PyTorch, ONNX Runtime and OpenVINO on the processor, in one run.

    cmake --preset release && cmake --build --preset release --target network_bench kernels_bench limits_bench export_networks
    python3 bench/compare/compare_cpu.py                  # installs the peers from PyPI into build/compare-venv

All measure in turn, several times over; the table has medians, and of ratios the lowest and highest turn too. Networks
are the same to the weight: the library writes them as ONNX files, and the logits of the peers are compared with its own.

    infer      the inference plan beside ONNX Runtime, OpenVINO (32-bit floats, latency) and PyTorch eager
    train      one training step beside PyTorch eager in channels-last; --compile adds torch.compile, minutes of compiling
    begin      a new network: built, first step, ten more steps
    depthwise  the weight gradient of depthwise convolutions, one thread
    memory     what a training step adds to the resident memory
    scaling    two threads beside one, and two programs of one thread each beside one such program
    native     programs built with -O2 alone beside -O3 -march=native (cmake --preset plain, and native, built likewise)
    before     this build beside --before, the build folder of another checkout: what a change did to the speed

The last three need no peers and install none.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["torch", "numpy", "onnx", "onnxruntime", "openvino", "matplotlib"]
NETWORKS = ["nasnet_a_mobile_224", "nasnet_a_cifar_6x768", "nasnet_a_large_331"]
CHILDREN = {  # cells per stack, filters, size, channels, batch, parameters
    "child_n1_f8_28x28/64": (1, 8, 28, 1, 64, 71938),
    "child_n2_f32_32x32/32": (2, 32, 32, 3, 32, 1294698),
}
MAPS = [(44, 28, 1), (168, 42, 1), (336, 21, 1), (168, 42, 8), (336, 21, 8)]  # channels, extent, batch


def enter_environment(folder):
    """Goes on inside a virtual environment that has the peers, made at the first run."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if pathlib.Path(sys.prefix).resolve() != folder.resolve():
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True)
        os.execv(str(python), [str(python), *sys.argv])


class Program:
    """A Google Benchmark program of this project, on `threads` cores."""

    def __init__(self, path, threads, seconds, first_core=0):
        if not path.exists():
            sys.exit(f"{path} is not there: build the targets that --help names first")
        self.path, self.seconds = path, seconds
        self.cores = ",".join(str(core) for core in range(first_core, first_core + threads))

    def command(self, *arguments):
        return ["taskset", "-c", self.cores, str(self.path), *arguments]

    def run(self, name):
        output = subprocess.run(self.command(f"--benchmark_filter=^{name}$", "--benchmark_format=json",
                                             f"--benchmark_min_time={self.seconds}"),
                                check=True, capture_output=True, text=True).stdout
        runs = json.loads(output)["benchmarks"]
        if len(runs) != 1:
            sys.exit(f"{self.path} has no benchmark {name}")
        return runs[0]

    def measure(self, name):
        return seconds_of(self.run(name))

    def operations(self, name):
        """Floating-point operations of one run, as the benchmark counts them."""
        run = self.run(name)
        return 2 * run["multiply_adds"] if "multiply_adds" in run else run["flop/s"] * seconds_of(run)


def seconds_of(run):
    return run["real_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[run["time_unit"]]


class Row(NamedTuple):
    """What is measured in turn: this library and its peers, each a function that returns seconds, or bytes."""
    name: str
    ours: Callable[[], float]
    peers: dict
    operations: float = 0  # floating-point operations of one run; 0: not known
    threads: int = 0       # of its own, where it has not those of the others


def repeat(call, seconds):
    """Seconds of one call."""
    call()
    begin, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - begin < seconds:
        call()
        calls += 1
    return (time.perf_counter() - begin) / calls


def read_tensors(path):
    import numpy
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = numpy.frombuffer(content[8 + length + begin:8 + length + end], "<f4").reshape(entry["shape"])
    return tensors


# ---- inference


def onnx_runtime(path, images, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"input": images})[0]


def openvino(path, images, threads):
    import openvino as ov
    core = ov.Core()
    model = core.read_model(str(path))
    model.reshape({"input": list(images.shape)})
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32",
                                                 "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": "1"})
    request = compiled.create_infer_request()
    request.set_input_tensor(ov.Tensor(images))

    def run():
        request.infer()
        return request.get_output_tensor().data
    return run


def torch_eager(memory_format):
    def make(path, images, threads):
        import torch
        from onnx_torch import OnnxNetwork
        network, batch = OnnxNetwork(path, getattr(torch, memory_format)), torch.from_numpy(images)
        return lambda: network(batch).numpy()
    return make


INFERENCE_PEERS = {"ONNX Runtime": onnx_runtime, "OpenVINO": openvino, "PyTorch NHWC": torch_eager("channels_last"),
                   "PyTorch NCHW": torch_eager("contiguous_format")}


def infer_rows(arguments):
    import numpy
    folder, exporter = arguments.build / "compare", arguments.build / "bench/export_networks"
    written = [folder / f"{network}.onnx" for network in NETWORKS]
    if not all(file.exists() and file.stat().st_mtime > exporter.stat().st_mtime for file in written):
        subprocess.run([str(exporter), str(folder)], check=True)
    program = Program(arguments.build / "bench/network_bench", arguments.threads, arguments.seconds)
    for network in NETWORKS:
        sample = read_tensors(folder / f"{network}.safetensors")
        image = numpy.ascontiguousarray(sample["input"].transpose(0, 3, 1, 2))
        for batch in arguments.batches:
            images = numpy.repeat(image, batch, axis=0)
            peers = {}
            for name, make in INFERENCE_PEERS.items():
                peers[name] = make(folder / f"{network}.onnx", images, arguments.threads)
                error = numpy.abs(peers[name]()[:1] - sample["logits"]).max() / numpy.abs(sample["logits"]).max()
                if not error <= 1e-3:
                    sys.exit(f"{name} computes other logits for {network}: the error is {error:.1e} of the largest")
            row = f"infer/{network}/{batch}"
            yield Row(row, lambda: program.measure(row),
                      {name: (lambda run=run: repeat(run, arguments.seconds)) for name, run in peers.items()},
                      program.operations(row))


# ---- training


class Child:
    def __init__(self, cells, filters, size, channels, batch, parameters):
        import torch
        from nasnet_torch import NasnetA
        torch.manual_seed(1)
        self.model = NasnetA(cells, filters, channels).to(memory_format=torch.channels_last)
        found = sum(p.numel() for p in self.model.parameters())
        if found != parameters:
            sys.exit(f"the peer has {found} parameters, {parameters} are wanted")
        self.run = self.model
        self.images = torch.randn(batch, channels, size, size).to(memory_format=torch.channels_last)
        self.labels = torch.arange(batch) % 10
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def compiled(self):
        import torch
        self.run = torch.compile(self.model)
        return self

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.run(self.images), self.labels).backward()
        self.optimizer.step()


def train_rows(arguments):
    program = Program(arguments.build / "bench/network_bench", arguments.threads, arguments.seconds)
    for name, child in CHILDREN.items():
        peers = {"PyTorch NHWC": Child(*child)}
        if arguments.compile:
            peers["torch.compile"] = Child(*child).compiled()
        row = f"train/{name}"
        yield Row(row, lambda: program.measure(row),
                  {peer: (lambda child=child: repeat(child.step, arguments.seconds)) for peer, child in peers.items()},
                  program.operations(row))


def begin_rows(arguments):
    program = Program(arguments.build / "bench/network_bench", arguments.threads, arguments.seconds)

    def begin(shape):
        start = time.perf_counter()
        child = Child(*shape)
        for _ in range(11):
            child.step()
        return time.perf_counter() - start

    for name, child in CHILDREN.items():
        row = f"begin/{name}"
        yield Row(row, lambda: program.measure(row), {"PyTorch NHWC": lambda: begin(child)}, program.operations(row))


def depthwise_rows(arguments):
    import torch
    program = Program(arguments.build / "bench/kernels_bench", 1, arguments.seconds / 4)

    def gradient(k, channels, extent, batch):
        x = torch.randn(batch, channels, extent, extent).to(memory_format=torch.channels_last)
        dy = torch.randn_like(x)
        weight = torch.randn(channels, 1, k, k)

        def run():
            torch.set_num_threads(1)
            torch.ops.aten.convolution_backward(dy, x, weight, None, [1, 1], [k // 2, k // 2], [1, 1], False, [0, 0],
                                                channels, [False, True, False])
        return run

    for k in [5, 7]:
        for channels, extent, batch in MAPS:
            row = f"depthwise/weight_gradient/k{k}/{channels}x{extent}/{batch}"
            run = gradient(k, channels, extent, batch)
            yield Row(row, lambda: program.measure(row), {"PyTorch NHWC": lambda: repeat(run, arguments.seconds / 4)},
                      program.operations(row), threads=1)


# ---- memory


def peak_of_library(program, row):
    """Bytes that the benchmark adds to what the program takes anyway."""
    # Started by a small process: a program's peak is at least that of the process that starts it.
    starter = ("import os, subprocess, sys; process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, "
               "stderr=subprocess.DEVNULL); print(os.wait4(process.pid, 0)[2].ru_maxrss * 1024)")

    def peak(*flags):
        command = [sys.executable, "-c", starter, *program.command(*flags)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return peak(f"--benchmark_filter=^{row}$", "--benchmark_min_time=0.01") - peak("--benchmark_list_tests=true")


def peak_of_peer(name, threads):
    """In a process of its own: the peak of three steps over what importing takes."""
    command = [sys.executable, __file__, "--peak-of", name, "--threads", str(threads)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(name, threads):
    import torch
    import nasnet_torch  # noqa: F401
    torch.set_num_threads(threads)
    torch.nn.Conv2d(1, 1, 1)(torch.zeros(1, 1, 1, 1)).sum().backward()
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # forgets the peak of importing
    before = status_bytes("VmRSS")
    child = Child(*CHILDREN[name])
    for _ in range(3):
        child.step()
    print(status_bytes("VmHWM") - before)


def status_bytes(field):
    """What the system knows of this process's memory."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    sys.exit(f"/proc/self/status has no {field}")


def memory_rows(arguments):
    program = Program(arguments.build / "bench/network_bench", arguments.threads, 0.01)
    for name in CHILDREN:
        yield Row(f"memory/{name}", lambda: peak_of_library(program, f"train/{name}"),
                  {"PyTorch NHWC": lambda: peak_of_peer(name, arguments.threads)})


# ---- this library beside itself


OWN_ROWS = [f"infer/{network}/1" for network in NETWORKS] + [f"train/{child}" for child in CHILDREN]


def scaling_rows(arguments):
    path = arguments.build / "bench/network_bench"
    one, both = Program(path, 1, arguments.seconds), Program(path, 2, arguments.seconds)
    second = Program(path, 1, arguments.seconds, first_core=1)

    def together(row):
        with ThreadPoolExecutor(2) as pool:
            return statistics.mean(pool.map(lambda program: program.measure(row), [one, second]))

    for row in OWN_ROWS:
        yield Row(f"2 threads/{row}", lambda: both.measure(row), {"1 thread": lambda: one.measure(row)})
        yield Row(f"2 programs/{row}", lambda: together(row) / 2, {"1 program": lambda: one.measure(row)})


def native_rows(arguments):
    plain, native = [Program(build / "bench/network_bench", arguments.threads, arguments.seconds)
                     for build in [ROOT / "build/plain", ROOT / "build/native"]]
    for row in OWN_ROWS:
        yield Row(f"-O2/{row}", lambda: plain.measure(row), {"-O3 -march=native": lambda: native.measure(row)})


def before_rows(arguments):
    if arguments.before is None:
        sys.exit("--parts before compares with another build: name its folder with --before")
    now, before = [Program(build / "bench/network_bench", arguments.threads, arguments.seconds)
                   for build in [arguments.build, arguments.before]]
    for row in OWN_ROWS + [f"begin/{child}" for child in CHILDREN]:
        yield Row(f"now/{row}", lambda: now.measure(row), {"before": lambda: before.measure(row)})


# ---- the table


def processor():
    """Name, family and model: the name alone can stand for several generations."""
    found = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), value.strip())
    if "model name" not in found:
        return platform.processor() or "unknown processor"
    return f"{found['model name']} (family {found.get('cpu family', '?')} model {found.get('model', '?')})"


def compare(row, repetitions):
    """Medians and, for each peer, its figure over ours in each turn."""
    figures = {"nasnet": []} | {name: [] for name in row.peers}
    for _ in range(repetitions):
        for name, measure in [("nasnet", row.ours), *row.peers.items()]:
            figures[name].append(measure())
    result = {"row": row.name, "nasnet": statistics.median(figures["nasnet"]), "peers": {}}
    for name in row.peers:
        ratios = [theirs / own for theirs, own in zip(figures[name], figures["nasnet"])]
        result["peers"][name] = {"median": statistics.median(figures[name]), "ratio": statistics.median(ratios),
                                 "lowest": min(ratios), "highest": max(ratios)}
    return result


def print_result(result):
    scale, unit = (1e-6, "MB") if result["row"].startswith("memory/") else (1e3, "ms")
    fraction = f"{result['of_limit']:8.0%} of the limit" if "of_limit" in result else ""
    print(f"{result['row']:48}{scale * result['nasnet']:10.3f} {unit}{fraction}")
    for name, peer in result["peers"].items():
        print(f"    {name:44}{scale * peer['median']:10.3f} {unit}{peer['ratio']:8.2f} times ours, {peer['lowest']:.2f} "
              f"to {peer['highest']:.2f}", flush=True)


def draw(results, path):
    """Bars of the peers' figures over ours, for each row."""
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.fonttype"] = "none"  # letters as text
    from matplotlib import pyplot
    names = list(dict.fromkeys(name for result in results for name in result["peers"]))
    bars = [(result["row"], name, peer["ratio"]) for result in results for name, peer in result["peers"].items()]
    figure, axes = pyplot.subplots(figsize=(9, 0.28 * len(bars) + 1.2))
    for index, (row, name, ratio) in enumerate(bars):
        axes.barh(index, ratio, color=f"C{names.index(name)}")
        axes.text(max(ratio, 1), index, f" {ratio:.2f}", va="center", fontsize=8)
    axes.set_yticks(range(len(bars)), [f"{row}  {name}" for row, name, _ in bars], fontsize=8)
    axes.axvline(1, color="black", linewidth=1)
    axes.margins(x=0.08, y=0.01)
    axes.invert_yaxis()
    axes.set_xlabel(f"times this library's; {processor()}")
    figure.tight_layout()
    figure.savefig(path)


PARTS = {"infer": infer_rows, "train": train_rows, "begin": begin_rows, "depthwise": depthwise_rows,
         "memory": memory_rows, "scaling": scaling_rows, "native": native_rows, "before": before_rows}
WITHOUT_PEERS = {"scaling", "native", "before"}
UNASKED = [part for part in PARTS if part not in ("native", "before")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=UNASKED)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--before", type=pathlib.Path, help="build folder of another checkout, for --parts before")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--compile", action="store_true", help="measure torch.compile too")
    parser.add_argument("--json", type=pathlib.Path, help="write the results there")
    parser.add_argument("--chart", type=pathlib.Path, help="draw the ratios there (SVG or PNG)")
    parser.add_argument("--environment", type=pathlib.Path, default=ROOT / "build/compare-venv")
    parser.add_argument("--peak-of", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak_of:
        return print_peak(arguments.peak_of, arguments.threads)
    with_peers = not WITHOUT_PEERS.issuperset(arguments.parts)
    if with_peers:
        enter_environment(arguments.environment)
        import torch
    limits = {}
    for threads in sorted({1, arguments.threads}):
        program = Program(arguments.build / "bench/limits_bench", threads, 0.5)
        limits[threads] = program.run(f"multiply_adds/{threads}/real_time")["flop/s"]
    machine = (f"{processor()}, {arguments.threads} threads, at most {limits[arguments.threads] / 1e9:.0f} GFLOP/s, "
               f"one at most {limits[1] / 1e9:.0f}")
    if with_peers:
        machine += f"; PyTorch {torch.__version__}"
    print(f"{machine}; medians of {arguments.repetitions} turns", flush=True)
    results = []
    for part in (part for part in PARTS if part in arguments.parts):
        for row in PARTS[part](arguments):
            if with_peers:
                torch.set_num_threads(arguments.threads)
            results.append(compare(row, arguments.repetitions))
            if row.operations:
                limit = limits[row.threads or arguments.threads]
                results[-1]["of_limit"] = row.operations / results[-1]["nasnet"] / limit
            print_result(results[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine, "rows": results}, indent=1) + "\n")
    if arguments.chart:
        draw(results, arguments.chart)


if __name__ == "__main__":
    main()
