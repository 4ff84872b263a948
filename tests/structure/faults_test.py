"""docs/known_faults.md names tests that exist."""

import pathlib
import re
import unittest

import tree

ROW = re.compile(r"^\| (?P<fault>[^|]+) \| (?P<cell>[^|]+) \|$")
TEST = re.compile(r"^`(?P<file>[^`]+)`: (?P<name>.+)$")


def faults(root: pathlib.Path) -> list[str]:
    found = []
    page = root / "docs/known_faults.md"
    rows = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.startswith("|") or line.startswith(("| ---", "| Kind")):
            continue
        where = f"docs/known_faults.md:{number}"
        row = ROW.match(line)
        named = TEST.match(row["cell"]) if row else None
        if named is None:
            found.append(f"{where}: a row is a fault and `file`: name of a test")
            continue
        rows += 1
        source = root / named["file"]
        if not source.exists():
            found.append(f"{where}: {named['file']} does not exist")
        elif f'TEST_CASE("{named["name"]}"' not in source.read_text(encoding="utf-8"):
            found.append(f"{where}: {named['file']} has no test '{named['name']}'")
    if rows == 0:
        found.append("docs/known_faults.md: no rows")
    return found


class Faults(unittest.TestCase):
    def check(self, row: str) -> str:
        files = {"docs/known_faults.md": f"| Kind of fault | Test |\n| --- | --- |\n{row}\n",
                 "tests/a_test.cpp": 'TEST_CASE("it holds") {}\n'}
        with tree.Sample(files) as root:
            return "\n".join(faults(root))

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_accepts_a_test_that_exists(self) -> None:
        self.assertEqual(self.check("| Swapped | `tests/a_test.cpp`: it holds |"), "")

    def test_notices_what_is_missing(self) -> None:
        self.assertIn("no test", self.check("| Swapped | `tests/a_test.cpp`: it hold |"))
        self.assertIn("does not exist", self.check("| Swapped | `tests/b_test.cpp`: it holds |"))
        self.assertIn("a row is", self.check("| Swapped | it holds |"))
        self.assertIn("no rows", self.check(""))


if __name__ == "__main__":
    unittest.main()
