"""Macros stand in two headers and all begin with NASNET_."""

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
    return found


class Macros(unittest.TestCase):
    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_a_macro_elsewhere(self) -> None:
        with tree.Sample({"include/nasnet/core/a.hpp": "\n#  define NASNET_A 1\n"}) as root:
            self.assertEqual(faults(root), ["nasnet/core/a.hpp:2: #define NASNET_A outside config.hpp"])

    def test_notices_a_name(self) -> None:
        with tree.Sample({"include/nasnet/config.hpp": "#define FORCE_INLINE inline\n#define NASNET_B\n"}) as root:
            self.assertEqual(faults(root), ["nasnet/config.hpp:1: FORCE_INLINE does not begin with NASNET_"])


if __name__ == "__main__":
    unittest.main()
