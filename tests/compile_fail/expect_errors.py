"""Compiles the numbered cases of a file and checks that each is refused with the text it announces."""

import argparse
import os
import pathlib
import re
import subprocess
import sys


def compile_case(compiler: str, flags: list[str], source: pathlib.Path, case: int) -> tuple[bool, str]:
    command = [compiler, *flags, "-fsyntax-only", f"-DCASE={case}", str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return result.returncode == 0, result.stderr


def faults(compiler: str, flags: list[str], source: pathlib.Path) -> list[str]:
    """What is wrong with the file's cases; empty when all is as announced."""
    text = source.read_text(encoding="utf-8")
    announced = {int(number): pattern for number, pattern in re.findall(r"^// error (\d+): (.+)$", text, re.MULTILINE)}
    written = {int(number) for number in re.findall(r"\bCASE == (\d+)", text)} - {0}
    found = []
    if not announced:
        found.append("announces no error")
    if set(announced) != written:
        found.append(f"announces the cases {sorted(announced)} and has the cases {sorted(written)}")
    good, complaints = compile_case(compiler, flags, source, 0)
    if not good:
        found.append(f"case 0 does not compile:\n{complaints}")
    for case, pattern in sorted(announced.items()):
        good, complaints = compile_case(compiler, flags, source, case)
        if good:
            found.append(f"case {case} compiles")
        elif not re.search(pattern, complaints):
            found.append(f"case {case}: no error that matches /{pattern}/ in:\n{complaints}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--flags", type=pathlib.Path, required=True)
    parser.add_argument("source", type=pathlib.Path)
    arguments = parser.parse_args()
    flags = arguments.flags.read_text(encoding="utf-8").split("\n")
    found = faults(arguments.compiler, [flag for flag in flags if flag], arguments.source)
    for fault in found:
        print(f"{arguments.source.name}: {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
