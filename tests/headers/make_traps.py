"""Writes one translation unit that includes all headers after setting macro traps.

The standard and third-party headers that ours use come first, since traps would break those too. A trap expands to an
error rather than to another name, which the compiler would simply accept in its place.
"""

import argparse
import pathlib
import re

# From windows.h (min to interface), complex.h (I) and termios.h (B0).
TRAPS = ("min(a, b)", "max(a, b)", "small", "near", "far", "interface", "I", "B0")

# Headers that only some machines can compile, whatever __has_include says.
MACHINE_SPECIFIC = re.compile(r"arm_\w+\.h|windows\.h|intrin\.h|io\.h")


def make(include: pathlib.Path, headers: list[pathlib.Path]) -> str:
    outside: set[str] = set()
    for header in headers:
        outside.update(re.findall(r"^\s*#\s*include\s*<([^>]+)>", header.read_text(encoding="utf-8"), re.MULTILINE))
    text = ""
    for name in sorted(outside):
        if not name.startswith("nasnet/") and not MACHINE_SPECIFIC.fullmatch(name):
            text += f"#if __has_include(<{name}>)\n#include <{name}>\n#endif\n"
    for trap in TRAPS:
        name = trap.partition("(")[0]
        text += f"#undef {name}\n"
        text += f'#define {trap} _Pragma("GCC error \\"the macro {name} of other headers breaks this\\"")\n'
    for header in sorted(headers):
        text += f'#include "{header.relative_to(include).as_posix()}"\n'
    return text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("headers", type=pathlib.Path, nargs="*")
    arguments = parser.parse_args()
    arguments.output.write_text(make(arguments.include, arguments.headers), encoding="utf-8")


if __name__ == "__main__":
    main()
