"""Includes follow the arrows of the design: a module reads only the modules below it, and nobody's private parts."""

import pathlib
import unittest

import tree

# Each module and the modules directly below it. What lies below those may be included as well.
BELOW = {
    "core": [],
    "primitive": ["core"],
    "genotype": ["core"],
    "graph": ["primitive", "genotype"],
    "space": ["graph"],
    "ops": ["primitive"],
    "cuda": ["ops"],
    "autograd": ["ops"],
    "model": ["graph", "autograd"],
    "io": ["model"],
    "data": ["core"],
    "train": ["data", "io"],
    "trial": ["genotype"],
    "strategy": ["trial", "space", "train"],
    "evaluator": ["trial", "space", "train"],
    "journal": ["strategy"],
    "search": ["journal", "evaluator"],
    "study": ["search"],
    "report": ["study"],
    "redis": ["search"],
}

# Headers beside the folders that any module may include.
FOR_ALL = {"nasnet/version.hpp", "nasnet/config.hpp", "nasnet/fwd.hpp"}


def reachable(module: str) -> set[str]:
    found = {module}
    for below in BELOW[module]:
        found |= reachable(below)
    return found


def own_bodies(name: str) -> str:
    """The file of bodies that a header includes at its end."""
    return name.removesuffix(".hpp") + ".ipp"


def faults(root: pathlib.Path) -> list[str]:
    include = root / "include"
    found = []
    reads: dict[str, list[str]] = {}
    for header in tree.headers_and_bodies(root):
        name = header.relative_to(include).as_posix()
        parts = name.split("/")
        module = parts[1] if len(parts) > 2 else None
        if module is not None and module not in BELOW:
            found.append(f"{name}: the design has no module {module}")
            continue
        reads[name] = []
        for line, target in tree.includes(header):
            if not (include / target).exists() and not target.startswith("nasnet/"):
                continue
            where = f"{name}:{line}: includes {target}"
            if not (include / target).exists():
                found.append(f"{where}, which does not exist")
                continue
            if target != own_bodies(name):
                reads[name].append(target)
            target_parts = target.split("/")
            target_module = target_parts[1] if len(target_parts) > 2 else None
            if module is None:
                if "detail" in target_parts:
                    found.append(f"{where}, a private part of {target_module}")
                elif name in FOR_ALL and target_module is not None:
                    found.append(f"{where}, although every module may include {name}")
            elif target_module is None:
                if target not in FOR_ALL:
                    found.append(f"{where}, which is above all modules")
            elif target_module not in reachable(module):
                found.append(f"{where}, against the arrows: {module} may include {', '.join(sorted(reachable(module)))}")
            elif "detail" in target_parts and target_module != module:
                found.append(f"{where}, a private part of {target_module}")
    return found + cycles(reads)


def cycles(reads: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append("a circle of includes: " + " -> ".join(path[path.index(name):] + [name]))
        elif name not in done:
            for target in reads.get(name, []):
                visit(target, path + [name])
            done.add(name)

    for name in reads:
        visit(name, [])
    return found


class Arrows(unittest.TestCase):
    def check(self, files: dict[str, str], expected: str) -> None:
        with tree.Sample({f"include/nasnet/{name}": text for name, text in files.items()}) as root:
            found = "\n".join(faults(root))
        if expected:
            self.assertIn(expected, found)
        else:
            self.assertEqual(found, "")

    def test_tree(self) -> None:
        self.assertNotEqual(tree.headers(tree.ROOT), [])
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_an_include_against_the_arrows(self) -> None:
        self.check({"graph/a.hpp": "", "ops/b.hpp": '#include "nasnet/graph/a.hpp"\n'}, "ops/b.hpp:1: includes")
        self.check({"train/a.hpp": "", "space/b.hpp": "#include <nasnet/train/a.hpp>\n"}, "against the arrows")
        self.check({"primitive/a.hpp": "", "genotype/b.hpp": '#  include "nasnet/primitive/a.hpp"\n'}, "against the arrows")

    def test_accepts_what_lies_further_below(self) -> None:
        self.check({"core/a.hpp": "", "search/b.hpp": '#include "nasnet/core/a.hpp"\n'}, "")
        self.check({"core/detail/a.hpp": "", "core/b.hpp": '#include "nasnet/core/detail/a.hpp"\n'}, "")

    def test_notices_private_parts(self) -> None:
        self.check({"core/detail/a.hpp": "", "graph/b.hpp": '#include "nasnet/core/detail/a.hpp"\n'}, "a private part of core")

    def test_notices_the_umbrella_in_a_module(self) -> None:
        self.check({"nasnet.hpp": "", "core/a.hpp": '#include "nasnet/nasnet.hpp"\n'}, "above all modules")

    def test_notices_a_circle(self) -> None:
        self.check({"core/a.hpp": '#include "nasnet/core/b.hpp"\n', "core/b.hpp": '#include "nasnet/core/a.hpp"\n'}, "a circle")

    def test_accepts_bodies_beside_their_header(self) -> None:
        self.check({"core/a.hpp": '#include "nasnet/core/a.ipp"\n', "core/a.ipp": '#include "nasnet/core/a.hpp"\n'}, "")
        self.check({"core/a.hpp": "", "core/a.ipp": '#include "nasnet/graph/b.hpp"\n', "graph/b.hpp": ""}, "core/a.ipp:1: includes")

    def test_notices_missing_and_unknown(self) -> None:
        self.check({"core/a.hpp": '#include "nasnet/core/b.hpp"\n'}, "does not exist")
        self.check({"utils/a.hpp": ""}, "no module utils")

    def test_ignores_comments(self) -> None:
        self.check({"graph/a.hpp": "", "core/b.hpp": '// #include "nasnet/graph/a.hpp"\n/*\n#include "nasnet/graph/a.hpp"\n*/\n'}, "")


if __name__ == "__main__":
    unittest.main()
