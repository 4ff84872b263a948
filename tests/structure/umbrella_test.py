"""nasnet.hpp includes every public header, except those that need CUDA, zlib, Eigen or hiredis, and parts of plans."""

import pathlib
import unittest

import tree


def optional(name: str) -> bool:
    return name.startswith(("nasnet/cuda/", "nasnet/redis/")) or name in ("nasnet/data/gzip.hpp", "nasnet/ops/eigen.hpp")


# What the steps of an inference plan are made of. It brings the kernels' parts, and programs use InferencePlan.
PARTS_OF_PLANS = ("nasnet/ops/fused_convolution.hpp", "nasnet/ops/fused_pool.hpp")


def faults(root: pathlib.Path) -> list[str]:
    include = root / "include"
    umbrella = include / "nasnet/nasnet.hpp"
    if not umbrella.exists():
        return ["nasnet/nasnet.hpp does not exist"]
    listed = [target for _, target in tree.includes(umbrella)]
    found = [f"nasnet.hpp includes {name} twice" for name in sorted(set(listed)) if listed.count(name) > 1]
    for header in tree.headers(root):
        name = header.relative_to(include).as_posix()
        if name == "nasnet/nasnet.hpp" or "/detail/" in name:
            continue
        if not optional(name) and name not in (*listed, *PARTS_OF_PLANS):
            found.append(f"nasnet.hpp does not include {name}")

    reached, waiting = set(), ["nasnet/nasnet.hpp"]
    while waiting:
        name = waiting.pop()
        if name not in reached and (include / name).exists():
            reached.add(name)
            waiting += [target for _, target in tree.includes(include / name)]
    return found + [f"nasnet.hpp reaches {name}" for name in sorted(reached) if optional(name)]


class Umbrella(unittest.TestCase):
    def check(self, files: dict[str, str]) -> list[str]:
        with tree.Sample({f"include/nasnet/{name}": text for name, text in files.items()}) as root:
            return faults(root)

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_a_missing_header(self) -> None:
        self.assertEqual(self.check({"nasnet.hpp": "", "core/a.hpp": ""}), ["nasnet.hpp does not include nasnet/core/a.hpp"])

    def test_notices_an_optional_header(self) -> None:
        files = {
            "nasnet.hpp": '#include "nasnet/core/a.hpp"\n',
            "core/a.hpp": '#include "nasnet/data/gzip.hpp"\n',
            "data/gzip.hpp": "",
        }
        self.assertEqual(self.check(files), ["nasnet.hpp reaches nasnet/data/gzip.hpp"])

    def test_leaves_private_and_optional_headers_out(self) -> None:
        self.assertEqual(self.check({"nasnet.hpp": "", "core/detail/a.hpp": "", "cuda/a.hpp": "", "data/gzip.hpp": ""}), [])


if __name__ == "__main__":
    unittest.main()
