"""The header checks catch what they are there for: bad headers fail, a good one passes."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import make_traps

compiler = "c++"


def build(text: str) -> str:
    """The compiler's complaints about a program with one header of this text, checked as the real headers are."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        header = root / "include/nasnet/sample.hpp"
        header.parent.mkdir(parents=True)
        header.write_text(text)
        (root / "traps.cpp").write_text(make_traps.make(root / "include", [header]))
        (root / "alone.cpp").write_text('#include "nasnet/sample.hpp"\n#include "nasnet/sample.hpp"\n')
        (root / "main.cpp").write_text("int main() { return 0; }\n")
        result = subprocess.run(
            [compiler, "-std=c++20", "-I", "include", "-o", "program", "traps.cpp", "alone.cpp", "main.cpp"],
            cwd=root, capture_output=True, text=True, check=False)
        return result.stderr if result.returncode != 0 else ""


class HeaderChecks(unittest.TestCase):
    def test_good_header_passes(self) -> None:
        self.assertEqual(build("#pragma once\n#include <algorithm>\n#include <cstddef>\n"
                               "inline int larger(int a) { return (std::max)(a, 1); }\n"), "")

    def test_missing_guard(self) -> None:
        self.assertIn("redefinition", build("inline int one() { return 1; }\n"))

    def test_missing_inline(self) -> None:
        self.assertIn("multiple definition", build("#pragma once\nint one() { return 1; }\n"))

    def test_missing_include(self) -> None:
        self.assertNotEqual(build("#pragma once\ninline std::string text() { return {}; }\n"), "")

    def test_min_max_macros(self) -> None:
        text = "#pragma once\n#include <algorithm>\ninline int larger(int a) { return std::max(a, 1); }\n"
        self.assertIn("macro max", build(text))

    def test_one_letter_macro(self) -> None:
        self.assertIn("macro I", build("#pragma once\ntemplate <int I>\nstruct Index {};\n"))

    def test_small_macro(self) -> None:
        self.assertIn("macro small", build("#pragma once\ninline int small = 1;\n"))


if __name__ == "__main__":
    compiler = sys.argv.pop() if len(sys.argv) > 1 else compiler
    unittest.main()
