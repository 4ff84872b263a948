"""The project's files, and their text without comments and strings."""

import pathlib
import re
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Raw strings, strings, characters (but not the ' of 1'000), comments.
_TOKENS = re.compile(
    r'R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL)


def code(text: str) -> str:
    """C++ text with comments and strings blanked out. Lines keep their numbers, and #include lines their names."""

    def blank(match: re.Match[str]) -> str:
        token = match.group()
        line = text.rfind("\n", 0, match.start()) + 1
        if token.startswith('"') and text[line:match.start()].strip().replace(" ", "") == "#include":
            return token
        lines = "\n" * token.count("\n")
        return f'""{lines}' if token[0] in 'R"' else f"' '{lines}" if token[0] == "'" else f" {lines}"

    return _TOKENS.sub(blank, text)


def headers(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted((root / "include/nasnet").rglob("*.hpp"))


def headers_and_bodies(root: pathlib.Path) -> list[pathlib.Path]:
    """The headers, and the files of bodies beside them."""
    return sorted([*headers(root), *(root / "include/nasnet").rglob("*.ipp")])


def includes(header: pathlib.Path) -> list[tuple[int, str]]:
    """Line and name of every include."""
    found = []
    for number, line in enumerate(code(header.read_text(encoding="utf-8")).split("\n"), start=1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if match:
            found.append((number, match.group(1)))
    return found


def declarations(text: str) -> list[tuple[int, str]]:
    """The declarations at namespace scope of blanked text, each on one line and with the number of its first line."""
    directive = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
    text = directive.sub(lambda match: "\n" * match.group().count("\n"), text)
    opener = re.compile(r'(inline\s+)?namespace\b[^;={}]*|extern\s*""')
    found = []
    statement, start, line, depth = "", 0, 1, 0

    def finish() -> None:
        nonlocal statement
        if statement.strip():
            found.append((start, " ".join(statement.split())))
        statement = ""

    for place, character in enumerate(text):
        line += character == "\n"
        if depth == 0 and character == "{" and opener.fullmatch(statement.strip()):
            finish()
            continue
        if depth == 0 and character == "}":  # closes a namespace
            statement = ""
            continue
        depth += (character in "{(") - (character in "})")
        if not statement.strip() and not character.isspace():
            start = line
        statement += character
        # A closed brace ends a function; classes, variables and concepts go on to their semicolon.
        if depth == 0 and character in ";}":
            follows = re.compile(r"\s*(.?)").match(text, place + 1).group(1)
            if character == ";" or follows not in tuple(";,({&|=.)<>+-*/%?:"):
                finish()
    return found


class Sample:
    """A folder with the given files, laid out as the project is, for the checks to fail on."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def __enter__(self) -> pathlib.Path:
        self._folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self._folder.name)
        for name, text in self._files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()
