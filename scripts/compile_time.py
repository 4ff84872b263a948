#!/usr/bin/env python3
"""What it costs to compile programs that use nasnet, beside a file that includes nlohmann/json.hpp alone.

    python3 scripts/compile_time.py                          # five rounds with g++, a table in Markdown
    python3 scripts/compile_time.py --compiler clang++ --repetitions 3
    python3 scripts/compile_time.py --root ../older          # another checkout beside this one, in the same run
    python3 scripts/compile_time.py --headers                # each public header alone: lines and seconds
    python3 scripts/compile_time.py --headers core/ --repetitions 1

A figure is the processor time (user and system) of one compilation over that of json.hpp with the same compiler and
flags just before it; the table has the median of the rounds. One compiler runs at a time, and everything is
compiled in turn, round by round, so that a slow phase of the machine falls on all alike. Each program is compiled
header-only and as programs are that link nasnet::compiled (with NASNET_COMPILED defined).

The programs are in bench/compile_time and examples. The other checkout's own headers and examples are measured.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from typing import Any, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[1]
FORMS = {"header-only": [], "compiled": ["-DNASNET_COMPILED"]}
BASELINE = "json_alone"


class Subject(NamedTuple):
    """A program, how it is compiled, and the most that each form should cost, as ratios to json.hpp alone."""

    name: str
    what: str
    file: str
    optimisation: str
    targets: dict[str, float]


SUBJECTS = [
    Subject("umbrella", "umbrella, empty main", "bench/compile_time/umbrella.cpp", "-O0",
            {"header-only": 3.0, "compiled": 1.3}),
    Subject("space", "count a space", "bench/compile_time/count_space.cpp", "-O2",
            {"header-only": 0.8, "compiled": 0.8}),
    Subject("graph", "count a published network", "bench/compile_time/count_network.cpp", "-O2",
            {"header-only": 1.2, "compiled": 0.9}),
    Subject("standard", "ten standard headers, json_fwd.hpp", "bench/compile_time/standard_headers.cpp", "-O0", {}),
    Subject("train", "train a network", "examples/04_train_network.cpp", "-O2",
            {"header-only": 15.0, "compiled": 2.0}),
    Subject("search", "search", "examples/05_search.cpp", "-O2", {"header-only": 20.0, "compiled": 2.5}),
]
MEMORY_TARGETS = {"header-only": 500, "compiled": 300}  # MB of the compiler for the umbrella


class Cost(NamedTuple):
    seconds: float
    megabytes: float


class Compiler:
    def __init__(self, command: str, flags: list[str], folder: pathlib.Path) -> None:
        self.command, self._flags, self._folder = command, flags, folder

    def arguments(self, root: pathlib.Path, form: str, optimisation: str) -> list[str]:
        own = [*FORMS[form], f"-I{root / 'include'}"]
        return [self.command, "-std=c++20", "-pthread", optimisation, *self._flags, *own]

    def compile(self, source: pathlib.Path, root: pathlib.Path, form: str, optimisation: str) -> Cost:
        """Compiles one file to an object."""
        output = self._folder / "object.o"
        command = [*self.arguments(root, form, optimisation), "-c", str(source), "-o", str(output)]
        with open(self._folder / "errors.txt", "w+", encoding="utf-8") as errors:
            process = subprocess.Popen(command, stderr=errors, env={**os.environ, "CCACHE_DISABLE": "1"})
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                errors.seek(0)
                lines = "".join(errors.readlines()[:20])
                sys.exit(f"compile_time.py: this failed: {' '.join(command)}\n{lines}")
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def preprocessed_lines(self, source: pathlib.Path, root: pathlib.Path, form: str) -> int:
        """Lines that the compiler reads after the preprocessor, without blank ones."""
        command = [*self.arguments(root, form, "-O0"), "-E", "-P", str(source)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return sum(1 for line in text.split("\n") if line.strip())

    def version(self) -> str:
        printed = subprocess.run([self.command, "--version"], capture_output=True, text=True, check=True).stdout
        return printed.split("\n")[0]


def forms_of(root: pathlib.Path) -> list[str]:
    """Checkouts from before there was a compiled library have one form."""
    has_both = "NASNET_COMPILED" in (root / "include/nasnet/config.hpp").read_text(encoding="utf-8")
    return list(FORMS) if has_both else ["header-only"]


def revision(root: pathlib.Path) -> str:
    found = subprocess.run(["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*"],
                           capture_output=True, text=True, check=False)
    return found.stdout.strip() or root.name


def processor() -> str:
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def source_of(subject: Subject, root: pathlib.Path) -> pathlib.Path:
    return (root if subject.file.startswith("examples/") else ROOT) / subject.file


def measure(compiler: Compiler, roots: list[pathlib.Path], subjects: list[Subject],
            repetitions: int) -> list[dict[str, Any]]:
    """One row for each program, checkout and form: seconds and megabytes of each round, and the ratios."""
    jobs = [(subject, root, form) for subject in subjects for root in roots for form in forms_of(root)
            if form == "header-only" or subject.name != "standard"]
    baseline = ROOT / "bench/compile_time" / f"{BASELINE}.cpp"
    rows = [{"name": subject.name, "what": subject.what, "optimisation": subject.optimisation, "root": str(root),
             "form": form, "seconds": [], "megabytes": [], "ratios": []} for subject, root, form in jobs]
    for turn in range(repetitions):
        print(f"round {turn + 1} of {repetitions}", file=sys.stderr)
        for row, (subject, root, form) in zip(rows, jobs):
            # Again for each, so that both lie in the same slow or fast phase.
            base = compiler.compile(baseline, ROOT, "header-only", subject.optimisation).seconds
            cost = compiler.compile(source_of(subject, root), root, form, subject.optimisation)
            row["seconds"].append(round(cost.seconds, 3))
            row["megabytes"].append(round(cost.megabytes, 1))
            row["ratios"].append(round(cost.seconds / base, 3))
    return rows


def table(rows: list[dict[str, Any]], subjects: list[Subject], roots: list[pathlib.Path]) -> str:
    """The rows in Markdown: each cell is the ratio, then seconds; the last row the memory for the umbrella."""
    columns = [(root, form) for root in roots for form in FORMS if form in forms_of(root)]
    found = {(row["name"], row["root"], row["form"]): row for row in rows}

    def cell(name: str, root: pathlib.Path, form: str) -> str:
        row = found.get((name, str(root), form))
        if row is None:
            return ""
        return f"{statistics.median(row['ratios']):.2f} ({statistics.median(row['seconds']):.2f} s)"

    heads = [f"{form}, {revision(root)}" for root, form in columns]
    lines = ["| Program | flags | " + " | ".join(heads) + " | target header-only, compiled |",
             "| --- | --- |" + " --- |" * (len(columns) + 1)]
    for subject in subjects:
        targets = ", ".join(f"{subject.targets[form]:.1f}" for form in FORMS if form in subject.targets)
        cells = [cell(subject.name, root, form) for root, form in columns]
        lines.append(f"| {subject.what} | {subject.optimisation} | " + " | ".join(cells) + f" | {targets} |")
    if any(subject.name == "umbrella" for subject in subjects):
        umbrellas = [found["umbrella", str(root), form] for root, form in columns]
        cells = [f"{statistics.median(row['megabytes']):.0f} MB" for row in umbrellas]
        targets = ", ".join(f"{most} MB" for most in MEMORY_TARGETS.values())
        lines.append("| memory for the umbrella | -O0 | " + " | ".join(cells) + f" | {targets} |")
    return "\n".join(lines)


def public_headers(root: pathlib.Path) -> list[str]:
    """Headers that need nlohmann/json alone."""
    include = root / "include"
    names = [path.relative_to(include).as_posix() for path in sorted((include / "nasnet").rglob("*.hpp"))]
    needy = ("nasnet/cuda/", "nasnet/redis/", "nasnet/data/gzip.hpp", "nasnet/ops/eigen.hpp")
    return [name for name in names if "/detail/" not in name and not name.startswith(needy)]


def measure_headers(compiler: Compiler, root: pathlib.Path, text: str, repetitions: int,
                    folder: pathlib.Path) -> list[dict[str, Any]]:
    """One row for each public header with this text in its name, and form."""
    source = folder / "header.cpp"
    rows = []
    for name in (name for name in public_headers(root) if text in name):
        source.write_text(f"#include <{name}>\n", encoding="utf-8")
        for form in forms_of(root):
            costs = [compiler.compile(source, root, form, "-O0") for _ in range(repetitions)]
            rows.append({"name": name, "root": str(root), "form": form,
                         "lines": compiler.preprocessed_lines(source, root, form),
                         "seconds": round(statistics.median(cost.seconds for cost in costs), 3),
                         "megabytes": round(statistics.median(cost.megabytes for cost in costs), 1)})
    return rows


def headers_table(rows: list[dict[str, Any]]) -> str:
    lines = ["| Header | form | lines | seconds | MB |", "| --- | --- | --- | --- | --- |"]
    for row in sorted(rows, key=lambda row: -row["lines"]):
        lines.append(f"| {row['name']} | {row['form']} | {row['lines']} | {row['seconds']:.2f} | "
                     f"{row['megabytes']:.0f} |")
    return "\n".join(lines)


def main() -> None:
    names = [subject.name for subject in SUBJECTS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++", help="the compiler (default: g++)")
    parser.add_argument("--flags", default="", help="further flags for everything, such as -stdlib=libc++")
    parser.add_argument("--repetitions", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--programs", default=",".join(names), help=f"which ones (default: {','.join(names)})")
    parser.add_argument("--root", type=pathlib.Path, action="append", default=[], metavar="DIR",
                        help="another checkout to measure beside this one; may be given several times")
    parser.add_argument("--headers", nargs="?", const="", metavar="TEXT",
                        help="instead of programs each public header alone, or those whose name has this text")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write everything measured to a file")
    arguments = parser.parse_args()
    wanted = arguments.programs.split(",")
    if unknown := [name for name in wanted if name not in names]:
        parser.error(f"there is no program {', '.join(unknown)}; there are {', '.join(names)}")
    if arguments.repetitions < 1:
        parser.error(f"found {arguments.repetitions} repetitions, at least one is wanted")
    if shutil.which(arguments.compiler) is None:
        parser.error(f"no compiler {arguments.compiler} here")
    roots = [path.resolve() for path in arguments.root] + [ROOT]
    for root in roots:
        if not (root / "include/nasnet/config.hpp").exists():
            parser.error(f"{root} is no checkout of nasnet: it has no include/nasnet/config.hpp")

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compiler = Compiler(arguments.compiler, arguments.flags.split(), folder)
        result: dict[str, Any] = {"compiler": compiler.version(), "flags": arguments.flags, "processor": processor(),
                                  "repetitions": arguments.repetitions,
                                  "revisions": {str(root): revision(root) for root in roots}}
        if arguments.headers is not None:
            result["headers"] = []
            for root in roots:
                result["headers"] += measure_headers(compiler, root, arguments.headers, arguments.repetitions, folder)
            text = headers_table(result["headers"])
        else:
            subjects = [subject for subject in SUBJECTS if subject.name in wanted]
            result["programs"] = measure(compiler, roots, subjects, arguments.repetitions)
            text = table(result["programs"], subjects, roots)
    print(f"{result['compiler']}, {result['processor']}, medians of {arguments.repetitions}\n\n{text}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
