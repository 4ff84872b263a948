"""CMake files work in a subproject and leave their parent alone."""

import pathlib
import re
import unittest

import tree

UNWANTED = re.compile(
    r"\b(CMAKE_SOURCE_DIR|CMAKE_BINARY_DIR)\b"
    r"|\bset\s*\(\s*(CMAKE_CXX_STANDARD|CMAKE_CXX_FLAGS\w*|CMAKE_BUILD_TYPE)\b"
    r"|^\s*(include_directories|link_directories|link_libraries|add_definitions|add_compile_definitions|add_compile_options)\s*\(",
    re.MULTILINE)


def faults(root: pathlib.Path) -> list[str]:
    files = [root / "CMakeLists.txt"]
    for folder in ("cmake", "tests", "examples", "bench"):
        files += sorted((root / folder).rglob("CMakeLists.txt")) + sorted((root / folder).rglob("*.cmake"))
        files += sorted((root / folder).rglob("*.cmake.in"))
    found = []
    for path in files:
        if not path.exists():
            continue
        text = re.sub(r"#[^\n]*", "", path.read_text(encoding="utf-8"))
        for match in UNWANTED.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(root)}:{line}: {match.group().strip()}")
    return found


class CMake(unittest.TestCase):
    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_what_reaches_the_parent(self) -> None:
        text = "set(a ${CMAKE_SOURCE_DIR})\nset(CMAKE_CXX_STANDARD 20)\nadd_compile_options(-Wall)\ntarget_compile_options(a -g)\n"
        with tree.Sample({"CMakeLists.txt": text}) as root:
            self.assertEqual(len(faults(root)), 3)

    def test_ignores_comments(self) -> None:
        with tree.Sample({"cmake/a.cmake": "# not CMAKE_SOURCE_DIR\nset(a ${PROJECT_SOURCE_DIR})\n"}) as root:
            self.assertEqual(faults(root), [])


if __name__ == "__main__":
    unittest.main()
