"""The version's numbers and text agree, and the change log knows the version."""

import pathlib
import re
import unittest

import tree


def faults(root: pathlib.Path) -> list[str]:
    header = (root / "include/nasnet/version.hpp").read_text(encoding="utf-8")
    numbers = ".".join(re.findall(r"^#define NASNET_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)$", header, re.MULTILINE))
    text = re.search(r'^#define NASNET_VERSION_STRING "([^"]*)"$', header, re.MULTILINE)
    found = []
    if numbers.count(".") != 2:
        found.append(f"version.hpp: the numbers read {numbers}")
    if text is None or text.group(1) != numbers:
        found.append(f"version.hpp: the text is {text and text.group(1)}, the numbers are {numbers}")
    sections = re.findall(r"^## \[([^\]]+)\]", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if numbers not in sections and "Unreleased" not in sections:
        found.append(f"CHANGELOG.md: neither a section [{numbers}] nor [Unreleased]")
    return found


class Version(unittest.TestCase):
    def check(self, text: str, log: str) -> str:
        header = "#define NASNET_VERSION_MAJOR 1\n#define NASNET_VERSION_MINOR 2\n#define NASNET_VERSION_PATCH 3\n"
        header += f'#define NASNET_VERSION_STRING "{text}"\n'
        with tree.Sample({"include/nasnet/version.hpp": header, "CHANGELOG.md": log}) as root:
            return "\n".join(faults(root))

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_accepts_agreement(self) -> None:
        self.assertEqual(self.check("1.2.3", "## [1.2.3]\n"), "")

    def test_notices_another_text(self) -> None:
        self.assertIn("the text is 1.2.4", self.check("1.2.4", "## [Unreleased]\n"))

    def test_notices_an_unknown_version(self) -> None:
        self.assertIn("CHANGELOG.md", self.check("1.2.3", "## [1.2.2]\n"))


if __name__ == "__main__":
    unittest.main()
