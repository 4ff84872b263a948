"""How much a module's headers bring into a file that includes them: lines, and heavy headers of other libraries.

What it costs in seconds depends on the machine (scripts/compile_time.py measures it); this does not. To include more
than before may be right: then the tables here change, and whoever reads the change sees it.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import tree

# The most lines that the compiler reads, without blank ones, of a file that includes all public headers of a module:
# header-only, and compiled. With gcc 12; nlohmann/json.hpp alone has 95,000.
CAPS = {
    "autograd": (71000, 57000),
    "core": (102000, 62000),
    "data": (75000, 59000),
    "evaluator": (121000, 64000),
    "fwd": (1000, 1000),
    "genotype": (100000, 46000),
    "graph": (103000, 58000),
    "io": (113000, 65000),
    "journal": (102000, 57000),
    "model": (76000, 54000),
    "nasnet": (135000, 73000),
    "ops": (74000, 57000),
    "primitive": (68000, 56000),
    "report": (127000, 65000),
    "search": (113000, 68000),
    "space": (71000, 63000),
    "strategy": (114000, 65000),
    "study": (121000, 64000),
    "train": (112000, 60000),
    "trial": (99000, 51000),
}

# Headers that take long to compile, and the public headers that may reach them in the compiled form. A name that ends
# in a slash is a folder.
ALLOWED = {
    "nlohmann/json.hpp": [
        "nasnet/redis/",
    ],
    "thread": [
        "nasnet/redis/",
    ],
    "functional": [
        "nasnet/",
    ],
    "filesystem": [
        "nasnet/redis/",
    ],
    "chrono": [
        "nasnet/redis/",
    ],
    "immintrin.h": [],
}

# Headers that need libraries which may be missing: their lines are not counted.
OPTIONAL = ("nasnet/cuda/", "nasnet/redis/", "nasnet/data/gzip.hpp", "nasnet/ops/eigen.hpp")
COMPILER = shutil.which("g++")


def public_headers(root: pathlib.Path) -> list[str]:
    names = [header.relative_to(root / "include").as_posix() for header in tree.headers(root)]
    return [name for name in names if "/detail/" not in name]


def included(text: str) -> list[str]:
    """What a file includes in the compiled form. Of other conditions all branches count."""
    found = []
    taken: list[bool | None] = []  # for each open #if: whether the branch counts, None where the condition is another
    for line in tree.code(text).split("\n"):
        match = re.match(r"\s*#\s*(\w+)\s*(.*?)\s*$", line)
        if match is None:
            continue
        word, rest = match.groups()
        if word in ("if", "ifdef", "ifndef"):
            condition = re.sub(r"\s+", "", rest)
            header_only = word == "if" and condition in ("NASNET_HEADER_ONLY", "!defined(NASNET_COMPILED)")
            header_only = header_only or (word == "ifndef" and condition == "NASNET_COMPILED")
            compiled = word == "if" and condition in ("!NASNET_HEADER_ONLY", "defined(NASNET_COMPILED)")
            compiled = compiled or (word == "ifdef" and condition == "NASNET_COMPILED")
            taken.append(False if header_only else True if compiled else None)
        elif word == "else" and taken and taken[-1] is not None:
            taken[-1] = not taken[-1]
        elif word == "endif" and taken:
            taken.pop()
        elif word == "include" and False not in taken:
            target = re.match(r'[<"]([^>"]+)[>"]', rest)
            if target:
                found.append(target.group(1))
    return found


def roads(root: pathlib.Path, start: str) -> dict[str, list[str]]:
    """Every header that a header reaches in the compiled form, with the headers on the way."""
    found = {start: [start]}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        path = root / "include" / name
        if not path.exists():
            continue
        for target in included(path.read_text(encoding="utf-8")):
            if target not in found:
                found[target] = found[name] + [target]
                waiting.append(target)
    return found


def heavy_faults(root: pathlib.Path, allowed: dict[str, list[str]]) -> list[str]:
    found = []
    used = set()
    for name in public_headers(root):
        reached = roads(root, name)
        for heavy, names in allowed.items():
            if heavy not in reached:
                continue
            reasons = [entry for entry in names if name == entry or (entry.endswith("/") and name.startswith(entry))]
            used |= {(heavy, entry) for entry in reasons}
            if not reasons:
                found.append(f"{name} reaches <{heavy}>: {' -> '.join(reached[heavy])}")
    found += [f"{entry} does not reach <{heavy}> any more: take it from the list"
              for heavy, names in allowed.items() for entry in names if (heavy, entry) not in used]
    return found


def modules(root: pathlib.Path) -> dict[str, list[str]]:
    """The public headers of each module that can be compiled without optional libraries."""
    found: dict[str, list[str]] = {}
    for name in public_headers(root):
        parts = name.split("/")
        if not name.startswith(OPTIONAL):
            found.setdefault(parts[1] if len(parts) > 2 else parts[1].removesuffix(".hpp"), []).append(name)
    return {name: headers for name, headers in found.items() if name not in ("config", "version")}


def lines(root: pathlib.Path, headers: list[str], compiled: bool) -> int:
    """Lines after the preprocessor, without blank ones."""
    source = "".join(f"#include <{name}>\n" for name in headers)
    command = [str(COMPILER), "-std=c++20", "-E", "-P", f"-I{root / 'include'}", "-x", "c++", "-"]
    if compiled:
        command.insert(1, "-DNASNET_COMPILED")
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return sum(1 for line in result.stdout.split("\n") if line.strip())


def line_faults(root: pathlib.Path, caps: dict[str, tuple[int, int]]) -> list[str]:
    found = [f"{name} is no module: take it from the table" for name in caps if name not in modules(root)]
    for name, headers in modules(root).items():
        if name not in caps:
            found.append(f"{name} has no caps in the table")
            continue
        for form, cap, compiled in zip(("header-only", "compiled"), caps[name], (False, True)):
            count = lines(root, headers, compiled)
            if count > cap:
                found.append(f"{name}, {form}: {count} lines, at most {cap} are allowed")
    return found


class Weight(unittest.TestCase):
    def heavy(self, files: dict[str, str], allowed: list[str]) -> list[str]:
        with tree.Sample({f"include/nasnet/{name}": text for name, text in files.items()}) as root:
            return heavy_faults(root, {"thread": allowed})

    def test_lines_of_tree(self) -> None:
        if COMPILER is None:
            self.skipTest("there is no g++ here")
        self.assertEqual(line_faults(tree.ROOT, CAPS), [])

    def test_heavy_headers_of_tree(self) -> None:
        self.assertEqual(heavy_faults(tree.ROOT, ALLOWED), [])

    def test_notices_heavy_headers(self) -> None:
        files = {"core/a.hpp": '#include "nasnet/core/b.hpp"\n', "core/b.hpp": "#include <thread>\n"}
        self.assertEqual(self.heavy(files, ["nasnet/core/b.hpp"]),
                         ["nasnet/core/a.hpp reaches <thread>: nasnet/core/a.hpp -> nasnet/core/b.hpp -> thread"])
        self.assertEqual(self.heavy(files, ["nasnet/core/"]), [])

    def test_notices_what_need_not_be_allowed(self) -> None:
        self.assertEqual(self.heavy({"core/a.hpp": ""}, ["nasnet/core/a.hpp"]),
                         ["nasnet/core/a.hpp does not reach <thread> any more: take it from the list"])

    def test_looks_at_the_compiled_form(self) -> None:
        body = '#if NASNET_HEADER_ONLY\n#include "nasnet/core/a.ipp"\n#endif\n'
        self.assertEqual(self.heavy({"core/a.hpp": body, "core/a.ipp": "#include <thread>\n"}, []), [])
        for condition in ("if !NASNET_HEADER_ONLY", "if NASNET_HEADER_ONLY\n#else", "if defined(__linux__)"):
            text = f"#{condition}\n#include <thread>\n#endif\n"
            self.assertEqual(len(self.heavy({"core/a.hpp": text}, [])), 1)

    def test_leaves_private_headers_out(self) -> None:
        self.assertEqual(self.heavy({"core/detail/a.hpp": "#include <thread>\n"}, []), [])

    def test_notices_many_lines(self) -> None:
        if COMPILER is None:
            self.skipTest("there is no g++ here")
        text = "int a;\n\nint b;\n#if !defined(NASNET_COMPILED)\nint c;\n#endif\n"
        with tree.Sample({"include/nasnet/core/a.hpp": text}) as root:
            self.assertEqual(line_faults(root, {"core": (3, 2)}), [])
            self.assertEqual(line_faults(root, {"core": (2, 1)}),
                             ["core, header-only: 3 lines, at most 2 are allowed",
                              "core, compiled: 2 lines, at most 1 are allowed"])
            self.assertEqual(line_faults(root, {"graph": (1, 1)}),
                             ["graph is no module: take it from the table", "core has no caps in the table"])


if __name__ == "__main__":
    if "--measure" in sys.argv:  # prints the table of lines as it would be now
        for module, names in modules(tree.ROOT).items():
            print(f'    "{module}": ({lines(tree.ROOT, names, False)}, {lines(tree.ROOT, names, True)}),')
        sys.exit(0)
    unittest.main()
