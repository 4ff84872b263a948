#!/usr/bin/env python3
"""Writes single_include/nasnet/nasnet.hpp: the library as one file, for projects that copy a header and nothing else.

    python3 scripts/single_include.py            writes the file
    python3 scripts/single_include.py --check    compares it with the headers; exit status 1 where they differ

The file is the header-only form of nasnet/nasnet.hpp, with every header and every .ipp file in the place where the
compiler would read it first. Questions about the form (#if NASNET_HEADER_ONLY) are answered, includes of the standard
library stand once at the top, and those under a condition stay where they are. nlohmann/json is not in it.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PLACE = "single_include/nasnet/nasnet.hpp"
COMMAND = "python3 scripts/single_include.py"

HEAD = """\
/// nasnet {version} as one file: what nasnet/nasnet.hpp includes, in the header-only form.
///
/// Made by scripts/single_include.py; changes belong into include/nasnet. It needs C++20, nlohmann/json and -pthread.
/// Not in it: nasnet/data/gzip.hpp, nasnet/ops/eigen.hpp and nasnet/redis/.
///
{license}
#pragma once

#if defined(NASNET_COMPILED)
#error "This file is the header-only form of nasnet. To link nasnet::compiled, include the headers of its package."
#endif

"""

_DIRECTIVE = re.compile(r"\s*#\s*(?P<word>\w+)\b\s*(?P<rest>.*?)\s*$")
_INCLUDE = re.compile(r'(?:<(?P<system>[^>]+)>|"(?P<own>[^"]+)")')
# Where a raw string, a string, a character or a comment begins.
_TOKEN = re.compile(
    r'R"(?P<mark>[^()\\\s]{0,16})\(|"(?:\\.|[^"\\])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\])+\'|//|/\*')
# What the header-only form answers, without blanks.
_ANSWERS = {
    "NASNET_HEADER_ONLY": True,
    "!NASNET_HEADER_ONLY": False,
    "defined(NASNET_COMPILED)": False,
    "definedNASNET_COMPILED": False,
    "!defined(NASNET_COMPILED)": True,
    "!definedNASNET_COMPILED": True,
}


class Unsuitable(Exception):
    """A header that cannot become a part of one file, with the place and the reason."""


def without_comment(rest: str) -> str:
    return re.sub(r"\s*(//.*|/\*.*\*/\s*)$", "", rest)


def answer(word: str, rest: str) -> bool | None:
    """Whether the header-only form takes the branch of this #if, or None where the compiler has to decide."""
    condition = re.sub(r"\s+", "", without_comment(rest))
    if word == "ifdef":
        condition = f"defined({condition})"
    elif word == "ifndef":
        condition = f"!defined({condition})"
    return _ANSWERS.get(condition)


class Merger:
    def __init__(self, root: pathlib.Path) -> None:
        self._include = root / "include"
        self._merged: set[str] = set()
        self._lines: list[str] = []
        self.outside: set[str] = set()

    def text(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n") + "\n"

    def add(self, name: str) -> None:
        """Appends a header with what it includes and has not been appended yet."""
        self._merged.add(name)
        self._lines += ["", f"// ---- {name} " + "-" * max(3, 108 - len(name)), ""]
        # For every open #if: None where the compiler decides, else whether the branch that stands here is taken.
        branches: list[bool | None] = []
        until = ""
        for number, line in enumerate((self._include / name).read_text(encoding="utf-8").split("\n"), start=1):
            where = f"{name}:{number}"
            directive = None if until else _DIRECTIVE.match(line)
            if directive is None:
                until = self._ends_inside(line, until)
            if directive is not None and self._conditional(directive["word"], directive["rest"], branches, where):
                continue
            if False in branches:
                continue
            if directive is not None and directive["word"] == "pragma" and directive["rest"].startswith("once"):
                continue
            if directive is not None and directive["word"] == "include":
                if self._included(directive["rest"], None in branches, where):
                    continue
            self._lines.append(line)
        if branches:
            raise Unsuitable(f"{name}: an #if without #endif")

    def _conditional(self, word: str, rest: str, branches: list[bool | None], where: str) -> bool:
        """Follows #if and its relatives. True where the line is left out, being answered here."""
        if word in ("if", "ifdef", "ifndef"):
            branches.append(answer(word, rest))
            return branches[-1] is not None
        if word in ("else", "elif", "endif") and not branches:
            raise Unsuitable(f"{where}: #{word} without #if")
        if word == "else" and branches[-1] is not None:
            branches[-1] = not branches[-1]
            return True
        if word == "elif" and branches[-1] is not None:
            raise Unsuitable(f"{where}: #elif after a question about the form; write #else and a new #if")
        if word == "endif":
            return branches.pop() is not None
        return False

    def _included(self, rest: str, conditional: bool, where: str) -> bool:
        """Follows an include. True where the line is left out, its file being here or at the top."""
        target = _INCLUDE.match(rest)
        if target is None:
            raise Unsuitable(f"{where}: an #include that names no file: {rest}")
        name = target["system"] or target["own"]
        if not name.startswith("nasnet/"):
            if target["own"]:
                raise Unsuitable(f"{where}: includes \"{name}\"; headers of nasnet are named from nasnet/ on")
            if conditional:
                return False
            self.outside.add(name)
            return True
        if not (self._include / name).exists():
            raise Unsuitable(f"{where}: includes {name}, which does not exist")
        if name not in self._merged:
            if conditional:
                raise Unsuitable(f"{where}: includes {name} under a condition; include it before the #if")
            self.add(name)
        return True

    @staticmethod
    def _ends_inside(line: str, until: str) -> str:
        """What ends the comment or raw string that the line after this one begins in; empty where it begins in none.
        `until` is the same of this line."""
        place = 0
        while True:
            if until:
                end = line.find(until, place)
                if end < 0:
                    return until
                place, until = end + len(until), ""
            token = _TOKEN.search(line, place)
            if token is None or token.group() == "//":
                return ""
            place = token.end()
            if token.group() == "/*":
                until = "*/"
            elif token["mark"] is not None:
                until = f'){token["mark"]}"'


def merged(root: pathlib.Path) -> str:
    """The text of the single file for the headers below root."""
    merger = Merger(root)
    merger.add("nasnet/nasnet.hpp")
    numbers = dict(re.findall(r"^#define NASNET_VERSION_(\w+) (\S+)$",
                              (root / "include/nasnet/version.hpp").read_text(encoding="utf-8"), re.MULTILINE))
    version = ".".join(numbers[part] for part in ("MAJOR", "MINOR", "PATCH"))
    license_lines = (root / "LICENSE").read_text(encoding="utf-8").strip().split("\n")
    head = HEAD.format(version=version, license="\n".join(f"// {line}".rstrip() for line in license_lines))
    includes = "".join(f"#include <{name}>\n" for name in sorted(merger.outside))
    return head + includes + "\n" + merger.text()


def first_difference(left: str, right: str) -> str:
    ours, theirs = left.split("\n"), right.split("\n")
    for number, (one, other) in enumerate(zip(ours, theirs), start=1):
        if one != other:
            return f"line {number} reads '{other.strip()}' and should read '{one.strip()}'"
    return f"it has {len(theirs)} lines and should have {len(ours)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if the file is out of date")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the checkout (default: this one)")
    parser.add_argument("--output", type=pathlib.Path, help=f"the file (default: {PLACE} in the checkout)")
    arguments = parser.parse_args()
    output = arguments.output or arguments.root / PLACE
    try:
        text = merged(arguments.root)
    except Unsuitable as reason:
        print(f"single_include.py: {reason}", file=sys.stderr)
        return 1
    if not arguments.check:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        return 0
    if not output.exists():
        print(f"single_include.py: {output} does not exist. Make it with: {COMMAND}", file=sys.stderr)
        return 1
    found = output.read_text(encoding="utf-8")
    if found != text:
        print(f"single_include.py: {output} is not what the headers give: {first_difference(text, found)}. "
              f"Make it anew with: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
