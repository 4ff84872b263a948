"""scripts/single_include.py makes one file of the headers, and the file that it made before is up to date."""

import pathlib
import subprocess
import sys
import unittest

import tree

SCRIPT = tree.ROOT / "scripts/single_include.py"
VERSION = "".join(f"#define NASNET_VERSION_{part} 1\n" for part in ("MAJOR", "MINOR", "PATCH"))


def run(root: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-B", str(SCRIPT), "--root", str(root), *arguments],
                          capture_output=True, text=True, check=False)


class SingleInclude(unittest.TestCase):
    def sample(self, files: dict[str, str]) -> tree.Sample:
        files = {f"include/nasnet/{name}": text for name, text in files.items()}
        return tree.Sample({"LICENSE": "Free\n", "include/nasnet/version.hpp": VERSION, **files})

    def merged(self, files: dict[str, str]) -> str:
        """The lines of the file that is made of these headers, from the first include on, without its headings."""
        with self.sample(files) as root:
            result = run(root)
            self.assertEqual(result.stderr, "")
            text = (root / "single_include/nasnet/nasnet.hpp").read_text(encoding="utf-8")
        text = text[text.index("#endif\n") + len("#endif\n"):]
        return "\n".join(line for line in text.split("\n") if line and not line.startswith("// ---- "))

    def fails(self, files: dict[str, str], expected: str) -> None:
        with self.sample(files) as root:
            result = run(root)
        self.assertEqual(result.returncode, 1)
        self.assertIn(expected, result.stderr)

    def test_tree(self) -> None:
        result = run(tree.ROOT, "--check")
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)

    def test_takes_each_header_once(self) -> None:
        text = self.merged({
            "nasnet.hpp": '#pragma once\n#include "nasnet/core/a.hpp"\n#include "nasnet/core/b.hpp"\n',
            "core/a.hpp": "#pragma once\n#include <vector>  // vector\n\nint a;\n",
            "core/b.hpp": '#pragma once\n#include <array>\n#include <vector>\n#include "nasnet/core/a.hpp"\nint b;\n',
        })
        self.assertEqual(text, "#include <array>\n#include <vector>\nint a;\nint b;")

    def test_takes_bodies_where_the_compiler_reads_them(self) -> None:
        bodies = '#include "nasnet/core/b.hpp"\nint a_body;\n'
        text = self.merged({
            "nasnet.hpp": '#include "nasnet/core/a.hpp"\n',
            "core/a.hpp": '#pragma once\nint a;\n#if NASNET_HEADER_ONLY\n#include "nasnet/core/a.ipp"\n#endif\n',
            "core/a.ipp": '#pragma once\n#include "nasnet/core/a.hpp"\n' + bodies,
            "core/b.hpp": "int b;\n",
        })
        self.assertEqual(text, "int a;\nint b;\nint a_body;")

    def test_answers_questions_about_the_form(self) -> None:
        text = self.merged({"nasnet.hpp": "#if NASNET_HEADER_ONLY\nint a;\n#else\nint b;\n#include <deque>\n#endif\n"
                                          "#ifdef NASNET_COMPILED\nint c;\n#  if __linux__\nint d;\n#  endif\n#endif\n"
                                          "#if !NASNET_HEADER_ONLY  // compiled\nint e;\n#endif\n"})
        self.assertEqual(text, "int a;")

    def test_leaves_other_questions_and_what_depends_on_them(self) -> None:
        lines = "#if defined(__linux__)\n#include <sched.h>\n#elif 1\nint a;\n#endif"
        self.assertEqual(self.merged({"nasnet.hpp": lines}), lines)

    def test_leaves_comments_and_strings_alone(self) -> None:
        lines = '/*\n#include <vector>\n*/\nauto a = "/*";\nauto b = R"x(\n#pragma once\n)x";\nint c = 1\'000;'
        self.assertEqual(self.merged({"nasnet.hpp": lines}), lines)

    def test_notices_headers_that_cannot_be_merged(self) -> None:
        self.fails({"nasnet.hpp": '#include "nasnet/core/a.hpp"\n'}, "nasnet/core/a.hpp, which does not exist")
        self.fails({"nasnet.hpp": '\n#include "version.hpp"\n'}, "nasnet/nasnet.hpp:2: includes \"version.hpp\"")
        self.fails({"nasnet.hpp": '#if A\n#include "nasnet/a.hpp"\n#endif\n', "a.hpp": ""}, "under a condition")
        self.fails({"nasnet.hpp": "#if A\n"}, "an #if without #endif")
        self.fails({"nasnet.hpp": "#endif\n"}, "#endif without #if")
        self.fails({"nasnet.hpp": "#if NASNET_HEADER_ONLY\n#elif A\n#endif\n"}, "#elif after a question about the form")

    def test_notices_a_file_out_of_date(self) -> None:
        with self.sample({"nasnet.hpp": "int a;\n"}) as root:
            missing = run(root, "--check")
            run(root)
            good = run(root, "--check")
            (root / "include/nasnet/nasnet.hpp").write_text("int b;\n", encoding="utf-8")
            old = run(root, "--check")
        self.assertEqual((missing.returncode, good.returncode, old.returncode), (1, 0, 1))
        self.assertIn("does not exist. Make it with: python3 scripts/single_include.py", missing.stderr)
        self.assertIn("reads 'int a;' and should read 'int b;'", old.stderr)
        self.assertIn("Make it anew with: python3 scripts/single_include.py", old.stderr)

    def test_refuses_the_compiled_form(self) -> None:
        with self.sample({"nasnet.hpp": ""}) as root:
            run(root)
            text = (root / "single_include/nasnet/nasnet.hpp").read_text(encoding="utf-8")
        self.assertIn('#if defined(NASNET_COMPILED)\n#error "', text)


if __name__ == "__main__":
    unittest.main()
