"""All C++ files follow .clang-format. Version 14 decides, since others format differently."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import tree

FOLDERS = ("include", "src", "tests", "test_package", "examples", "bench", "kernels")


def formatter() -> str | None:
    for name in ("clang-format-14", "clang-format"):
        program = shutil.which(name)
        if program:
            version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
            if re.search(r"version 14\.", version):
                return program
    return None


def sources(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*")
                  if path.suffix in {".hpp", ".ipp", ".cpp", ".cu", ".cuh"})


def faults(root: pathlib.Path) -> list[str]:
    """Files that the formatter would change. (Its --dry-run also objects to `namespace a::inline b` where it changes nothing.)"""
    program = formatter()
    assert program is not None
    style = f"--style=file:{tree.ROOT / '.clang-format'}"

    def differs(path: pathlib.Path) -> bool:
        formatted = subprocess.run([program, style, str(path)], capture_output=True, check=True).stdout
        return formatted != path.read_bytes()

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        files = sources(root)
        return [str(path.relative_to(root)) for path, bad in zip(files, pool.map(differs, files)) if bad]


class Format(unittest.TestCase):
    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [], "scripts/format.sh formats all files")

    def test_notices_other_formats(self) -> None:
        with tree.Sample({"include/a.hpp": "int  f( );\n", "include/b.hpp": "int f();\n"}) as root:
            self.assertEqual(faults(root), ["include/a.hpp"])


if __name__ == "__main__":
    if formatter() is None:
        print("skipped: clang-format 14 is not installed")
        sys.exit(77)
    unittest.main()
