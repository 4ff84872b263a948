"""expect_errors notices a case that compiles, a wrong text and a file that never compiles."""

import pathlib
import sys
import tempfile
import unittest

import expect_errors

compiler = "c++"


def faults(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "sample.cpp"
        source.write_text(text)
        return "\n".join(expect_errors.faults(compiler, ["-std=c++20"], source))


class ExpectErrors(unittest.TestCase):
    def test_refused_as_announced(self) -> None:
        self.assertEqual(faults('// error 1: a sentence\n#if CASE == 1\nstatic_assert(false, "a sentence");\n#endif\n'), "")

    def test_case_that_compiles(self) -> None:
        self.assertIn("case 1 compiles", faults("// error 1: x\n#if CASE == 1\n#endif\n"))

    def test_other_text(self) -> None:
        text = '// error 1: a sentence\n#if CASE == 1\nstatic_assert(false, "another");\n#endif\n'
        self.assertIn("no error that matches", faults(text))

    def test_broken_file(self) -> None:
        self.assertIn("case 0 does not compile", faults("// error 1: missing\n#if CASE == 1\n#endif\n#include <missing>\n"))

    def test_unannounced_case(self) -> None:
        self.assertIn("has the cases [1, 2]", faults("// error 1: x\n#if CASE == 1\n#endif\n#if CASE == 2\n#endif\n"))

    def test_no_case(self) -> None:
        self.assertIn("announces no error", faults("int main() {}\n"))


if __name__ == "__main__":
    compiler = sys.argv.pop() if len(sys.argv) > 1 else compiler
    unittest.main()
