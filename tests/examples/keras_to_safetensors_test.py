"""scripts/keras_to_safetensors.py: what Keras wrote is read, and anything else is one sentence and exit status 2.

Skipped (exit status 77) without h5py and numpy.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import programs
from programs import floats, read_safetensors

try:
    import h5py
    import numpy as np
except ImportError:
    h5py = None

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "keras_to_safetensors.py"


def convert(folder: pathlib.Path, name: str, *python: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-B", *python, str(SCRIPT), str(folder / name), str(folder / "out.safetensors")],
                          capture_output=True, text=True, timeout=60)


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="nasnet-keras-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def assert_refused(self, result: subprocess.CompletedProcess, *naming: str) -> None:
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("keras_to_safetensors: "), result.stderr)
        for part in naming:
            self.assertIn(part, result.stderr)
        self.assertEqual([path.name for path in self.folder.iterdir() if "out" in path.name], [])


class WithoutH5py(Folder):
    def test_what_is_missing_is_named(self) -> None:
        # Isolated, and without the folders of packages.
        self.assert_refused(convert(self.folder, "x.h5", "-I", "-S"), "h5py", "pip install")


@unittest.skipIf(h5py is None, "needs h5py and numpy")
class Convert(Folder):
    def file(self, name: str = "x.h5", below: str = "", **attributes: object) -> None:
        """A dense layer and one without weights."""
        with h5py.File(self.folder / name, "w") as file:
            root = file.create_group(below) if below else file
            root.attrs["layer_names"] = [b"dense", b"relu"]
            dense = root.create_group("dense")
            dense.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
            dense["dense/kernel:0"] = np.arange(6, dtype=np.float32).reshape(2, 3)
            dense["dense/bias:0"] = np.ones(3, dtype=np.float32)
            root.create_group("relu").attrs["weight_names"] = np.zeros(0, dtype="S1")

    def change(self, change, *naming: str) -> None:
        self.file()
        with h5py.File(self.folder / "x.h5", "a") as file:
            change(file)
        self.assert_refused(convert(self.folder, "x.h5"), "x.h5", *naming)

    def test_weights_and_whole_models(self) -> None:
        for below in ["", "model_weights"]:
            self.file(below=below)
            result = convert(self.folder, "x.h5")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(read_safetensors(self.folder / "out.safetensors"),
                             {"dense/kernel": ("F32", [2, 3], floats([0, 1, 2, 3, 4, 5])), "dense/bias": ("F32", [3], floats([1, 1, 1]))})

    def test_names_in_pieces(self) -> None:
        self.file()
        with h5py.File(self.folder / "x.h5", "a") as file:
            del file.attrs["layer_names"]
            file.attrs["layer_names0"], file.attrs["layer_names1"] = [b"dense"], [b"relu"]
        self.assertEqual(convert(self.folder, "x.h5").returncode, 0)
        self.assertEqual(len(read_safetensors(self.folder / "out.safetensors")), 2)

    def test_files_that_are_none(self) -> None:
        self.assert_refused(convert(self.folder, "absent.h5"), "absent.h5")
        for content in [b"", b"no HDF5 at all", b"\x89HDF\r\n\x1a\n" + bytes(40)]:
            (self.folder / "x.h5").write_bytes(content)
            self.assert_refused(convert(self.folder, "x.h5"), "x.h5")
        self.assert_refused(convert(self.folder, "."), str(self.folder))

    def test_names_that_are_none(self) -> None:
        self.change(lambda file: file.attrs.create("layer_names", [1, 2]), "layer_names")
        self.change(lambda file: file.attrs.create("layer_names", 7), "layer_names")
        self.change(lambda file: file.attrs.create("layer_names", [b"\xff\xfe"]), "layer_names")
        self.change(lambda file: file["dense"].attrs.create("weight_names", [3.5]), "weight_names")
        self.change(lambda file: file.attrs.__delitem__("layer_names"), "names no layers")
        self.change(lambda file: file.attrs.create("layer_names", [b"other"]), "other")

    def test_weights_that_are_none(self) -> None:
        def replace(file, make) -> None:
            del file["dense"]["dense/kernel:0"]
            make(file["dense"])

        self.change(lambda file: replace(file, lambda dense: None), "dense/kernel:0")
        self.change(lambda file: replace(file, lambda dense: dense.create_group("dense/kernel:0")), "dense/kernel:0")
        self.change(lambda file: replace(file, lambda dense: dense.create_dataset("dense/kernel:0", data=[1, 2])), "dense/kernel")
        self.change(lambda file: replace(file, lambda dense: dense.create_dataset("dense/kernel:0", data=b"x")), "dense/kernel")
        self.change(lambda file: (file.__delitem__("relu"), file.create_dataset("relu", data=[1.0])), "relu")
        self.change(lambda file: file["dense"].attrs.create("weight_names", [b"a/bias", b"dense/bias:0"]), "a/bias")
        self.change(lambda file: (file.__delitem__("dense"), file.create_group("dense")), "dense")

    def test_output_that_cannot_be_written(self) -> None:
        self.file()
        result = subprocess.run([sys.executable, "-B", str(SCRIPT), str(self.folder / "x.h5"), str(self.folder / "no" / "way")],
                                capture_output=True, text=True, timeout=60)
        self.assert_refused(result, "no/way")


if __name__ == "__main__":
    result = unittest.main(argv=[sys.argv[0], *sys.argv[2:]], exit=False).result
    sys.exit(1 if not result.wasSuccessful() else 77 if h5py is None else 0)
