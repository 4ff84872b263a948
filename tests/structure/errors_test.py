"""Headers work without exceptions and run-time type information: those stand in two places that handle their absence."""

import pathlib
import re
import unittest

import tree

WITH_EXCEPTIONS = {"nasnet/config.hpp", "nasnet/core/failure.ipp"}
WORDS = re.compile(r"\b(throw|try|catch|dynamic_cast|typeid|rethrow_exception|std::any)\b")


def faults(root: pathlib.Path) -> list[str]:
    found = []
    for header in tree.headers_and_bodies(root):
        name = header.relative_to(root / "include").as_posix()
        if name in WITH_EXCEPTIONS:
            continue
        for number, line in enumerate(tree.code(header.read_text(encoding="utf-8")).split("\n"), start=1):
            found += [f"{name}:{number}: {word}" for word in WORDS.findall(line)]
    return found


class Errors(unittest.TestCase):
    def check(self, text: str) -> list[str]:
        with tree.Sample({"include/nasnet/core/a.hpp": text, "include/nasnet/config.hpp": "throw;\n"}) as root:
            return faults(root)

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_each_word(self) -> None:
        self.assertEqual(self.check("\nthrow Error();\n"), ["nasnet/core/a.hpp:2: throw"])
        self.assertEqual(len(self.check("try { f(); } catch (...) {}\n")), 2)
        self.assertEqual(len(self.check("dynamic_cast<A*>(b); typeid(a);\n")), 2)

    def test_ignores_text(self) -> None:
        self.assertEqual(self.check('// throw\nfail("try again"); try_parse(catch_all);\n'), [])


if __name__ == "__main__":
    unittest.main()
