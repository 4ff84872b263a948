"""Instructions that not every processor has stand only in kernels for processors that have them, and such kernels call
nothing that could be compiled for another processor, or be what the linker keeps for all.

    instruction_sets_test.py OBJDUMP LIBRARY
"""

import re
import subprocess
import sys
import unittest
from collections.abc import Iterable

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
INSTRUCTION = re.compile(r"^\s+[0-9a-f]+:\t(\S+)(.*)$")
CALLEE = re.compile(r"R_X86_64_(?:PLT32|PC32|GOTPCREL\w*)\t(\S.*?)(?:-0x4)?$")

# Compiled by their own libraries for all processors, or chosen when the program starts.
ALLOWED_CALLEES = {"memset", "memcpy", "memmove"}


def needed_set(operation: str, operands: str) -> str | None:
    """The weakest set that has the instruction, of those beyond the baseline."""
    if "%zmm" in operands or re.search(r"%k[0-7]\b|%[xy]mm(1[6-9]|2[0-9]|3[01])\b", operands):
        return "avx512"
    if "%ymm" in operands or (operation.startswith("v") and "%xmm" in operands):
        return "avx2"
    return None


def kernel_set(function: str) -> str | None:
    match = re.search(r"\brun_on_(avx512|avx2)\b", function)
    return match.group(1) if match else None


class Disassembly:
    """What is wrong, and how often each set was seen in its kernels."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.faults: list[str] = []
        self.kernels: dict[str, set[str]] = {"avx2": set(), "avx512": set()}
        function, operation = "", ""
        for line in lines:
            if match := FUNCTION.match(line):
                function = match.group(1)
            elif match := INSTRUCTION.match(line):
                operation = match.group(1)
                self.see(function, needed_set(operation, match.group(2)))
            elif operation in ("call", "callq", "jmp") and (match := CALLEE.search(line)):
                self.see_call(function, match.group(1))

    def see(self, function: str, needed: str | None) -> None:
        if needed is None:
            return
        own = kernel_set(function)
        if own is None or needed == "avx512" and own == "avx2":
            self.add(f"{function} has instructions of {needed}")
        elif needed == own:
            self.kernels[own].add(function)

    def see_call(self, function: str, callee: str) -> None:
        if kernel_set(function) is not None and callee not in ALLOWED_CALLEES and not callee.startswith("."):
            self.add(f"{function} calls {callee}")

    def add(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


class InstructionSets(unittest.TestCase):
    objdump = ""
    library = ""

    def test_kernels_of_the_library(self) -> None:
        run = subprocess.run([self.objdump, "-drC", "--no-show-raw-insn", self.library], check=True, text=True,
                             stdout=subprocess.PIPE)
        found = Disassembly(run.stdout.splitlines())
        self.assertEqual(found.faults, [])
        for name, kernels in found.kernels.items():
            self.assertGreater(len(kernels), 10, f"kernels with instructions of {name}")

    def test_faults_are_seen(self) -> None:
        def faults(function: str, *lines: str) -> list[str]:
            return Disassembly([f"0000000000000000 <{function}>:", *lines]).faults

        wide = "   0:\tvaddps %zmm0,%zmm1,%zmm2"
        masked = "   0:\tvaddps %ymm0,%ymm1,%ymm2{%k1}"
        upper = "   0:\tvaddps %xmm1,%xmm2,%xmm16"
        half = "   0:\tvaddps %ymm0,%ymm1,%ymm2"
        narrow = "   0:\tvmovss (%rax),%xmm0"
        old = "   0:\taddps  %xmm0,%xmm1"
        call = ["   5:\tcall   a <f+0xa>", "\t\t\t6: R_X86_64_PLT32\tstd::fill-0x4"]
        self.assertEqual(faults("std::fill", wide), ["std::fill has instructions of avx512"])
        self.assertEqual(faults("run_on_avx2<X>", wide), ["run_on_avx2<X> has instructions of avx512"])
        self.assertEqual(faults("run_on_avx2<X>", masked), ["run_on_avx2<X> has instructions of avx512"])
        self.assertEqual(faults("run_on_avx2<X>", upper), ["run_on_avx2<X> has instructions of avx512"])
        self.assertEqual(faults("run_on_baseline<X>", half), ["run_on_baseline<X> has instructions of avx2"])
        self.assertEqual(faults("f", narrow), ["f has instructions of avx2"])
        self.assertEqual(faults("run_on_avx512<X>", *call), ["run_on_avx512<X> calls std::fill"])
        for name, lines in [("f", [old, *call]), ("run_on_avx2<X>", [half, narrow, old]), ("run_on_avx512<X>", [wide, half]),
                            ("run_on_avx2<X>", ["   5:\tcall   a", "\t\t\t6: R_X86_64_PLT32\tmemset-0x4"])]:
            self.assertEqual(faults(name, *lines), [], name)


if __name__ == "__main__":
    InstructionSets.objdump, InstructionSets.library = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
