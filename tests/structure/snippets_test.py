"""C++ in the documentation is cut from files that are compiled.

A block of C++ in a Markdown file follows a line `<!-- from examples/a.cpp -->` (the whole file) or
`<!-- from examples/a.cpp: name -->` (what stands between two lines `// [name]`).
"""

import pathlib
import re
import textwrap
import unittest

import tree

BLOCK = re.compile(r"(?:^<!-- from (?P<file>[^\s:]+)(?:: (?P<name>\w+))? -->\n+)?^```cpp\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


def faults(root: pathlib.Path) -> list[str]:
    found = []
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        if not page.exists():
            continue
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            where = f"{page.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
            if match["file"] is None:
                found.append(f"{where}: a block of C++ that comes from no file")
                continue
            source = root / match["file"]
            if not source.exists():
                found.append(f"{where}: {match['file']} does not exist")
                continue
            wanted = source.read_text(encoding="utf-8")
            if match["name"]:
                parts = re.split(rf"^ *// \[{match['name']}\]\n", wanted, flags=re.MULTILINE)
                if len(parts) != 3:
                    found.append(f"{where}: {match['file']} has not two lines // [{match['name']}]")
                    continue
                wanted = textwrap.dedent(parts[1])
            if match["text"].strip("\n") != wanted.strip("\n"):
                found.append(f"{where}: differs from {match['file']}")
    return found


class Snippets(unittest.TestCase):
    def check(self, page: str) -> str:
        source = "// [a]\n  int n = 1;\n  // [a]\n"
        with tree.Sample({"README.md": page, "examples/a.cpp": "int main() {\n  " + source + "}\n"}) as root:
            return "\n".join(faults(root))

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_accepts_a_copy(self) -> None:
        self.assertEqual(self.check("<!-- from examples/a.cpp: a -->\n```cpp\nint n = 1;\n```\n"), "")

    def test_notices_a_difference(self) -> None:
        self.assertIn("differs", self.check("<!-- from examples/a.cpp: a -->\n```cpp\nint n = 2;\n```\n"))
        self.assertIn("differs", self.check("<!-- from examples/a.cpp -->\n```cpp\nint n = 1;\n```\n"))

    def test_notices_what_is_missing(self) -> None:
        self.assertIn("does not exist", self.check("<!-- from examples/b.cpp -->\n```cpp\n```\n"))
        self.assertIn("has not two lines", self.check("<!-- from examples/a.cpp: b -->\n```cpp\n```\n"))
        self.assertIn("from no file", self.check("text\n```cpp\nint n;\n```\n"))


if __name__ == "__main__":
    unittest.main()
