"""Macros stand in two headers and all begin with NASNET_; whoever uses one includes config.hpp."""

import pathlib
import re
import unittest

import tree

WITH_MACROS = {"nasnet/config.hpp", "nasnet/version.hpp"}


def faults(root: pathlib.Path) -> list[str]:
    found = []
    for header in tree.headers_and_bodies(root):
        name = header.relative_to(root / "include").as_posix()
        text = tree.code(header.read_text(encoding="utf-8"))
        for match in re.finditer(r"^[ \t]*#[ \t]*(define|undef)[ \t]+(\w+)", text, re.MULTILINE):
            where = f"{name}:{text.count(chr(10), 0, match.start()) + 1}"
            if name not in WITH_MACROS:
                found.append(f"{where}: #{match.group(1)} {match.group(2)} outside config.hpp")
            elif not match.group(2).startswith("NASNET_"):
                found.append(f"{where}: {match.group(2)} does not begin with NASNET_")
    return found + left_to_others(root)


def left_to_others(root: pathlib.Path) -> list[str]:
    """Headers that use a macro and reach no config.hpp: included first, they would declare things in a namespace
    NASNET_ABI."""
    include = root / "include"
    texts = {path.relative_to(include).as_posix(): path for path in tree.headers_and_bodies(root)}
    reads = {name: [target for _, target in tree.includes(path) if target in texts] for name, path in texts.items()}
    found = []
    for name, path in texts.items():
        reached, waiting = set(), [name]
        while waiting:
            last = waiting.pop()
            if last not in reached:
                reached.add(last)
                waiting += reads[last]
        if not reached & WITH_MACROS and "NASNET_" in tree.code(path.read_text(encoding="utf-8")):
            found.append(f"{name}: uses a macro without including nasnet/config.hpp")
    return found


class Macros(unittest.TestCase):
    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_a_macro_elsewhere(self) -> None:
        files = {"include/nasnet/core/a.hpp": '\n#  define NASNET_A 1\n#include "nasnet/config.hpp"\n'}
        with tree.Sample({"include/nasnet/config.hpp": "", **files}) as root:
            self.assertEqual(faults(root), ["nasnet/core/a.hpp:2: #define NASNET_A outside config.hpp"])

    def test_notices_a_name(self) -> None:
        with tree.Sample({"include/nasnet/config.hpp": "#define FORCE_INLINE inline\n#define NASNET_B\n"}) as root:
            self.assertEqual(faults(root), ["nasnet/config.hpp:1: FORCE_INLINE does not begin with NASNET_"])

    def test_notices_a_macro_from_nowhere(self) -> None:
        text = "namespace nasnet::inline NASNET_ABI {}\n"
        files = {"include/nasnet/config.hpp": "", "include/nasnet/core/a.hpp": text}
        with tree.Sample(files) as root:
            self.assertEqual(faults(root), ["nasnet/core/a.hpp: uses a macro without including nasnet/config.hpp"])
        files["include/nasnet/core/a.hpp"] = '#include "nasnet/core/b.hpp"\n' + text
        files["include/nasnet/core/b.hpp"] = '#include "nasnet/config.hpp"\n'
        with tree.Sample(files) as root:
            self.assertEqual(faults(root), [])


if __name__ == "__main__":
    unittest.main()
