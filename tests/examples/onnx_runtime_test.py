"""Networks as ONNX files: ONNX's own checker accepts them, and ONNX Runtime computes what this library computes.

onnxruntime, onnx and numpy come from this Python, or from a virtual environment in build/onnx-venv, which the first run
makes with packages from PyPI. By hand:

    python3 -m venv build/onnx-venv && build/onnx-venv/bin/pip install onnxruntime onnx numpy
    python3 tests/examples/onnx_runtime_test.py build/release/examples

Where they cannot be had, the test is skipped (exit status 77).
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
PACKAGES = ["onnxruntime", "onnx", "numpy"]
ENVIRONMENT = pathlib.Path(__file__).resolve().parents[2] / "build" / "onnx-venv"
TOLERANCE = 1e-4  # of the largest logit


def has_packages(python: object) -> bool:
    imports = subprocess.run([str(python), "-c", f"import {', '.join(PACKAGES)}"], capture_output=True)
    return imports.returncode == 0


def made_environment() -> bool:
    """Whether there is an environment with the packages, after an attempt to make it."""
    python = ENVIRONMENT / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True, capture_output=True, timeout=120)
        if not has_packages(python):
            subprocess.run([str(python), "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "15", *PACKAGES],
                           check=True, capture_output=True, timeout=600)
        return has_packages(python)
    except (OSError, subprocess.SubprocessError):
        return False


def enter_environment() -> None:
    """Goes on in a Python that has the packages; else runs the test in one that has, or ends it as skipped."""
    if has_packages(sys.executable):
        return
    if not made_environment():
        print(f"skipped: no {', '.join(PACKAGES)} in {sys.executable}, and {ENVIRONMENT} cannot be made")
        sys.exit(SKIPPED)
    python = str(ENVIRONMENT / "bin" / "python")
    sys.exit(subprocess.run([python, "-B", *sys.argv]).returncode)


if __name__ == "__main__":
    enter_environment()

import numpy  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402

import programs  # noqa: E402
from programs import ProgramTest, read_safetensors, write_safetensors  # noqa: E402

CASES = programs.PROGRAMS.parent / "tests" / "onnx_cases"


def tensor(stored: tuple[str, list[int], bytes]) -> numpy.ndarray:
    return numpy.frombuffer(stored[2], dtype=numpy.float32).reshape(stored[1])


def session(path: pathlib.Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def logits_of(network: onnxruntime.InferenceSession, images: numpy.ndarray) -> numpy.ndarray:
    """Of images [N,H,W,C]."""
    return network.run(["logits"], {"input": numpy.ascontiguousarray(images.transpose(0, 3, 1, 2))})[0]


def dimensions(value: onnx.ValueInfoProto) -> list[object]:
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


class Runtime(ProgramTest):
    largest = 0.0

    @classmethod
    def tearDownClass(cls) -> None:
        print(f"{cls.__name__}: largest error {cls.largest:.2e} of the largest logit")

    def compare(self, found: numpy.ndarray, wanted: numpy.ndarray, name: object) -> None:
        self.assertEqual(found.shape, wanted.shape, name)
        self.assertTrue(numpy.isfinite(found).all(), name)
        scale = numpy.abs(wanted).max()
        self.assertGreater(scale, 1e-3, name)
        error = float(numpy.abs(found - wanted).max() / scale)
        type(self).largest = max(type(self).largest, error)
        self.assertLess(error, TOLERANCE, name)

    def check_structure(self, path: pathlib.Path, images: numpy.ndarray, logits: numpy.ndarray) -> None:
        """What the checker and shape inference say, and that nothing but the number of images is free."""
        model = onnx.load(str(path))
        onnx.checker.check_model(model, full_check=True)
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
        _, height, width, channels = images.shape
        self.assertEqual([(value.name, dimensions(value)) for value in inferred.input], [("input", ["N", channels, height, width])])
        self.assertEqual([(value.name, dimensions(value)) for value in inferred.output], [("logits", ["N", logits.shape[1]])])
        self.assertEqual([(operators.domain, operators.version) for operators in model.opset_import], [("", 17)])
        outputs = [output for node in model.graph.node for output in node.output]
        self.assertEqual(len(outputs), len(set(outputs)), path)
        self.assertEqual(len({node.name for node in model.graph.node}), len(model.graph.node), path)


class Cases(Runtime):
    def test_agree(self) -> None:
        with tempfile.TemporaryDirectory(prefix="nasnet-onnx-") as name:
            folder = pathlib.Path(name)
            made = subprocess.run([str(CASES), name], capture_output=True, text=True, check=False)
            self.assertEqual(made.returncode, 0, made.stderr)
            paths = sorted(folder.glob("*.onnx"))
            self.assertEqual(len(paths), int(made.stdout))
            self.assertGreater(len(paths), 300)
            for path in paths:
                numbers = read_safetensors(path.with_suffix(".safetensors"))
                images, logits = tensor(numbers["input"]), tensor(numbers["logits"])
                self.check_structure(path, images, logits)
                network = session(path)
                self.compare(logits_of(network, images), logits, path.name)
                self.compare(logits_of(network, images[1:2]), logits[1:2], path.name)


class Programs(Runtime):
    SIZES = {"cifar": [(8, 8), (9, 13), (1, 1), (32, 20)], "imagenet": [(32, 32), (45, 33), (64, 97)]}

    def compare_programs(self, flags: list[object], sizes: list[tuple[int, int]], channels: int) -> None:
        draw = numpy.random.default_rng(1)
        for height, width in sizes:
            self.succeed("export_onnx", *flags, "--size", height, width, "--output", "net.onnx")
            network = session(self.folder / "net.onnx")
            for batch in (1, 3):
                images = draw.standard_normal((batch, height, width, channels)).astype(numpy.float32)
                write_safetensors(self.folder / "images.safetensors", {"input": ("F32", list(images.shape), images.tobytes())})
                self.succeed("predict", *flags, "--input", "images.safetensors", "--output", "logits.safetensors")
                wanted = tensor(read_safetensors(self.folder / "logits.safetensors")["logits"])
                self.compare(logits_of(network, images), wanted, f"{flags} {height}x{width} {batch}")

    def test_results_of_a_search(self) -> None:
        out = self.search("out", "--trials", 2)
        flags = ["--architecture", out / "best.json", "--weights", out / "best.safetensors"]
        self.compare_programs(flags, self.SIZES["cifar"], channels=1)

    def test_networks_of_both_stems(self) -> None:
        subprocess.run([str(CASES), str(self.folder / "cases")], capture_output=True, check=True)
        results = sorted((self.folder / "cases" / "programs").glob("*.json"))
        self.assertGreaterEqual(len(results), 5)
        for result in results:
            weights = result.with_suffix(".safetensors")
            stem_kernel = read_safetensors(weights)["stem.conv.weight"][1]
            stem = "imagenet" if '"stem":"imagenet"' in result.read_text() else "cifar"
            self.compare_programs(["--architecture", result, "--weights", weights], self.SIZES[stem], channels=stem_kernel[1])


if __name__ == "__main__":
    programs.main()
