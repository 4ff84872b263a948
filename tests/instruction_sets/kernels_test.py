"""Each kernel stands in one object of the compiled library: what stands in several is compiled as often.

    kernels_test.py NM LIBRARY
"""

import re
import subprocess
import sys
import unittest
from collections.abc import Iterable

OBJECT = re.compile(r"^(\S.*):$")
SYMBOL = re.compile(r"^[0-9a-f]+ ([0-9a-f]+) [TtWwuV] (.*)$")
KERNEL = re.compile(r"\brun_on_(?:avx512|avx2|baseline)<")
PART = re.compile(r" (?:\(\.|\[clone )")  # that the compiler has put elsewhere, as cold code


class Kernels:
    """Objects and bytes of each kernel, from the lines of nm -SC."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.objects: dict[str, list[str]] = {}
        self.bytes = 0
        name = ""
        for line in lines:
            if match := OBJECT.match(line):
                name = match.group(1)
            elif (match := SYMBOL.match(line)) and KERNEL.search(match.group(2)) and not PART.search(match.group(2)):
                self.objects.setdefault(match.group(2), []).append(name)
                self.bytes += int(match.group(1), 16)

    def faults(self) -> list[str]:
        return [f"{kernel} stands in {', '.join(objects)}" for kernel, objects in sorted(self.objects.items())
                if len(objects) > 1]


class KernelsOnce(unittest.TestCase):
    nm = ""
    library = ""

    def test_library(self) -> None:
        run = subprocess.run([self.nm, "-SC", self.library], check=True, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        found = Kernels(run.stdout.splitlines())
        print(f"{len(found.objects)} kernels, {found.bytes} bytes of code", flush=True)
        self.assertEqual(found.faults(), [])
        self.assertGreater(len(found.objects), 30)

    def test_faults_are_seen(self) -> None:
        kernel = "0000000000000000 0000000000000010 W void run_on_avx2<K, float, J<float> >(J<float> const&)"
        found = Kernels(["a.o:", "", kernel, kernel + " (.cold)", kernel.replace("avx2", "avx512"),
                         "0000000000000000 0000000000000010 W f<float>()", "                 U run_on_avx2<K, float>", "",
                         "b.o:", kernel])
        self.assertEqual(found.bytes, 3 * 16)
        self.assertEqual(found.faults(), ["void run_on_avx2<K, float, J<float> >(J<float> const&) stands in a.o, b.o"])


if __name__ == "__main__":
    KernelsOnce.nm, KernelsOnce.library = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
