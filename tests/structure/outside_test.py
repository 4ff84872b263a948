"""Which headers of other libraries ours include: CUDA nowhere, Eigen, zlib and hiredis in one place each."""

import pathlib
import re
import unittest

import tree

EIGEN_HEADER = "nasnet/ops/eigen.hpp"


def faults(root: pathlib.Path) -> list[str]:
    include = root / "include"
    found = []
    for header in tree.headers_and_bodies(root):
        name = header.relative_to(include).as_posix()
        text = tree.code(header.read_text(encoding="utf-8"))
        for line, target in tree.includes(header):
            if re.match(r"(unsupported/)?Eigen/", target) and name != EIGEN_HEADER:
                found.append(f"{name}:{line}: Eigen is included by {EIGEN_HEADER} alone")
            if re.match(r"(cuda|cublas|cudnn|curand|cusparse|nvrtc|thrust/|cub/)", target):
                found.append(f"{name}:{line}: {target} belongs to kernels/")
            if target == "zlib.h" and name != "nasnet/data/gzip.hpp":
                found.append(f"{name}:{line}: zlib is included by nasnet/data/gzip.hpp alone")
            if target.startswith("hiredis/") and name != "nasnet/redis/connection.hpp":
                found.append(f"{name}:{line}: hiredis is included by nasnet/redis/connection.hpp alone")
        if "Eigen::" in text and name != EIGEN_HEADER:
            found.append(f"{name}: Eigen belongs to {EIGEN_HEADER}")
        if re.search(r"\b__(global|device|shared)__\b|<<<", text):
            found.append(f"{name}: device code belongs to kernels/")
    return found


class Outside(unittest.TestCase):
    def notices(self, name: str, text: str, expected: str) -> None:
        with tree.Sample({f"include/nasnet/{name}": text}) as root:
            self.assertIn(expected, "\n".join(faults(root)))

    def test_tree(self) -> None:
        self.assertEqual(faults(tree.ROOT), [])

    def test_notices_eigen(self) -> None:
        self.notices("graph/a.hpp", "#include <Eigen/Core>\n", "Eigen is included by nasnet/ops/eigen.hpp alone")
        self.notices("core/a.hpp", "using Matrix = Eigen::MatrixXf;\n", "Eigen belongs to")

    def test_accepts_eigen_in_its_header(self) -> None:
        with tree.Sample({"include/nasnet/ops/eigen.hpp": "#include <Eigen/Core>\n"}) as root:
            self.assertEqual(faults(root), [])

    def test_notices_cuda(self) -> None:
        self.notices("cuda/a.hpp", "#include <cuda_runtime.h>\n", "belongs to kernels/")
        self.notices("cuda/a.hpp", "__global__ void f();\n", "device code")

    def test_notices_zlib(self) -> None:
        self.notices("data/idx.hpp", "#include <zlib.h>\n", "gzip.hpp alone")

    def test_notices_hiredis(self) -> None:
        self.notices("redis/trial_queue.hpp", "#include <hiredis/hiredis.h>\n", "connection.hpp alone")


if __name__ == "__main__":
    unittest.main()
