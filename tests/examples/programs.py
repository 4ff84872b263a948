"""What the tests of the programs share: small data, runs, files."""

import array
import json
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = pathlib.Path(sys.argv[1]).resolve()

# A search that takes about a second: 8x8 images, cells of two blocks.
SMALL = ["--trials", "4", "--workers", "1", "--epochs", "1", "--train-images", "40", "--validation-images", "20",
         "--filters", "2", "--blocks", "2", "--batch", "10", "--final-epochs", "2"]

RESULTS = ["best.json", "best.hpp", "best.dot", "best.svg", "best.safetensors"]


def idx(extents: list[int], values: bytes) -> bytes:
    return struct.pack(">BBBB", 0, 0, 8, len(extents)) + struct.pack(f">{len(extents)}I", *extents) + values


def images_of(labels: bytes, side: int, draw: random.Random) -> bytes:
    """Each class has a bright pixel of its own, on noise."""
    pixels = bytearray()
    for label in labels:
        image = bytearray(draw.randrange(100) for _ in range(side * side))
        image[(label * 7) % (side * side)] = 255
        pixels += image
    return bytes(pixels)


def write_data(folder: pathlib.Path, train: int = 80, test: int = 30, side: int = 8) -> pathlib.Path:
    """A folder in the format of MNIST."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(7)
    for part, count in [("train", train), ("t10k", test)]:
        labels = bytes(n % 10 for n in range(count))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx([count, side, side], images_of(labels, side, draw)))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx([count], labels))
    return folder


def read_idx(path: pathlib.Path) -> tuple[list[int], bytes]:
    content = path.read_bytes()
    rank = content[3]
    return list(struct.unpack(f">{rank}I", content[4:4 + 4 * rank])), content[4 + 4 * rank:]


def write_safetensors(path: pathlib.Path, tensors: dict[str, tuple[str, list[int], bytes]]) -> pathlib.Path:
    header, data = {}, b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def read_safetensors(path: pathlib.Path) -> dict[str, tuple[str, list[int], bytes]]:
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    data = content[8 + size:]
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}


def floats(values: list[float]) -> bytes:
    return array.array("f", values).tobytes()


def floats_in(content: bytes) -> list[float]:
    return list(array.array("f", content))


def records(journal: pathlib.Path) -> list[str]:
    """What a search found, without when and where: two searches are equal where this is."""
    found = []
    for line in journal.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record.get("event") in ("finished", "failed"):
            for key in ("seconds", "attempt", "worker"):
                record.pop(key)
            found.append((record["trial"], json.dumps(record, sort_keys=True)))
    return [text for _, text in sorted(found)]


class ProgramTest(unittest.TestCase):
    """A folder of its own for each test, removed afterwards."""

    maxDiff = None

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="nasnet-programs-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.data = write_data(self.folder / "data")

    def command(self, program: str, *arguments: object) -> list[str]:
        return [str(PROGRAMS / program), *map(str, arguments)]

    def start(self, program: str, *arguments: object, **options: object) -> subprocess.Popen:
        return subprocess.Popen(self.command(program, *arguments), cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def execute(self, program: str, *arguments: object, **options: object) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(program, *arguments), cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                              stdout=options.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, timeout=300, **options)

    def succeed(self, program: str, *arguments: object, **options: object) -> subprocess.CompletedProcess:
        result = self.execute(program, *arguments, **options)
        self.assertEqual(result.returncode, 0, f"{program} {arguments}: {result.stderr}")
        return result

    def search(self, out: str, *arguments: object) -> pathlib.Path:
        """A small search that succeeds. Later flags replace those of SMALL."""
        self.succeed("search_cells", *self.search_flags(out, *arguments))
        return self.folder / out

    def kill_after(self, waits: list[float], out: str, *arguments: object) -> None:
        """Starts search_cells once for each number of seconds and kills it then, which is in time at least once."""
        kills = 0
        for seconds in waits:
            process = self.start("search_cells", *self.search_flags(out, *arguments))
            try:
                process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
        self.assertGreater(kills, 0, out)

    def search_flags(self, out: str, *arguments: object) -> list[str]:
        return self.replaced("--data", self.data, "--out", out, *SMALL, *arguments)

    @staticmethod
    def replaced(*arguments: object) -> list[str]:
        """Flags with their values, of which a later one replaces an earlier one."""
        flags: dict[str, str | None] = {}
        rest = list(map(str, arguments))
        while rest:
            name = rest.pop(0)
            flags[name] = rest.pop(0) if rest and (not rest[0].startswith("--")) else None
        return [part for name, value in flags.items() for part in ([name] if value is None else [name, value])]

    def refuse(self, program: str, *arguments: object, naming: list[str] = (), notices: list[str] = (),
               **options: object) -> str:
        """One sentence that names what is wrong, and exit status 2. Before it sentences that have these parts."""
        result = self.execute(program, *arguments, **options)
        what = f"{program} {' '.join(map(str, arguments))}: {result.stderr!r}"
        self.assertEqual(result.returncode, 2, what)
        *before, sentence = result.stderr.splitlines() or [""]
        self.assertEqual(len(before), len(notices), what)
        for notice, part in zip(before, notices):
            self.assertIn(part, notice, what)
        self.assertTrue(sentence.startswith(f"{program}: "), what)
        for part in naming:
            self.assertIn(str(part), sentence, what)
        return sentence

    def assert_equal_results(self, one: pathlib.Path, other: pathlib.Path) -> None:
        self.assertEqual(records(one / "journal.jsonl"), records(other / "journal.jsonl"))
        for name in RESULTS:
            self.assertEqual((one / name).read_bytes(), (other / name).read_bytes(), f"{name} of {one} and {other}")


def finite(values: list[float]) -> bool:
    return all(math.isfinite(value) for value in values)


def main() -> None:
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
