"""What is wrong with data, flags, journals and disks: one sentence, exit status 2, and nothing lost."""

import fcntl
import gzip
import os
import resource
import shutil
import signal
import struct
import subprocess

import programs
from programs import ProgramTest


def snapshot(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class CommandLine(ProgramTest):
    def test_help_is_no_mistake(self) -> None:
        for program in ["search_cells", "predict", "evaluate", "transfer_cell", "count_networks", "convert_weights",
                        "export_onnx", "compare_strategies"]:
            result = self.succeed(program, "--help")
            self.assertIn("Usage", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_mistakes_of_each_program(self) -> None:
        for argument in ["--no-such-flag", "stray"]:
            self.refuse("count_networks", argument)
        for program in ["search_cells", "predict", "evaluate", "transfer_cell", "convert_weights", "export_onnx"]:
            self.refuse(program)
            self.refuse(program, "--no-such-flag")
            self.refuse(program, "stray")
            self.refuse(program, "--input" if program in ["predict", "convert_weights"] else "--size" if program == "export_onnx" else "--data")

    def test_values_out_of_range(self) -> None:
        for flag, values in {
            "--trials": [0, -1, "many", 1.5, "9" * 30],
            "--workers": [0, -1, 1000],
            "--threads": [-1],
            "--seed": [-1, "x", 2**64, "9" * 30],
            "--epochs": [0, -1],
            "--batch": [0, -1],
            "--filters": [0, -1, 10**12],
            "--cells": [0, -1],
            "--blocks": [0, -1, 10**6],
            "--train-images": [-1, 10**9],
            "--validation-images": [0, -1, 80, 10**9],
            "--final-epochs": [-1],
            "--final-images": [-1, 81],
            "--learning-rate": [0, -1, "nan", "inf", "fast"],
            "--strategy": ["magic"],
            "--population": [0, "many"],
            "--sample": [0],
            "--controller-batch": [0, "few"],
            "--controller-rate": [0, 2, "nan"],
            "--max-params": ["few", 0, -5],
            "--max-multiply-adds": [0],
        }.items():
            for value in values:
                sentence = self.refuse("search_cells", *self.search_flags("out", f"{flag}={value}"))
                self.assertLess(len(sentence), 200, sentence)
        self.assertFalse((self.folder / "out").exists())

    def test_more_threads_than_the_system_starts(self) -> None:
        def limit_memory() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
        self.refuse("search_cells", *self.search_flags("out", "--threads=3000"), naming=["3000 threads"],
                    preexec_fn=limit_memory)

    def test_a_flag_twice(self) -> None:
        self.refuse("search_cells", *self.search_flags("out"), "--seed=2", "--seed=3")

    def test_limits_that_nothing_keeps(self) -> None:
        self.refuse("search_cells", *self.search_flags("out", "--max-params", 1), naming=["no proposal became a trial"],
                    notices=["1000 were rejected"])
        self.assertTrue((self.folder / "out" / "report.html").exists())


class Data(ProgramTest):
    def spoil(self, name: str, content: bytes) -> None:
        (self.data / name).write_bytes(content)

    def refuse_data(self, *naming: str) -> None:
        sentence = self.refuse("search_cells", *self.search_flags("out"), naming=list(naming))
        self.assertFalse((self.folder / "out" / "journal.jsonl").exists(), sentence)

    def test_missing(self) -> None:
        self.refuse("search_cells", "--data", "nowhere", naming=["nowhere"])
        self.refuse("search_cells", "--data", self.folder, naming=[self.folder, "no images found"])
        (self.data / "t10k-labels-idx1-ubyte").unlink()
        self.refuse_data("t10k-labels-idx1-ubyte")

    def test_truncated_and_too_long(self) -> None:
        for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"]:
            content = (self.data / name).read_bytes()
            for spoilt in [content[:-1], content[:10], content[:3], b"", content + b"x"]:
                self.spoil(name, spoilt)
                self.refuse_data(name)
            self.spoil(name, content)

    def test_no_idx(self) -> None:
        name = "train-images-idx3-ubyte"
        content = (self.data / name).read_bytes()
        self.spoil(name, b"\x89PNG" + content[4:])
        self.refuse_data(name, "no IDX file")
        self.spoil(name, content[:2] + b"\x0d" + content[3:])
        self.refuse_data(name, "13")
        self.spoil(name, gzip.compress(content))
        self.refuse_data(name, "gzip")

    def test_header_that_lies(self) -> None:
        name = "train-images-idx3-ubyte"
        rest = (self.data / name).read_bytes()[16:]
        for extents in [[0, 8, 8], [80, 0, 8], [81, 8, 8], [2**32 - 1, 2**32 - 1, 2**32 - 1]]:
            self.spoil(name, struct.pack(">BBBB3I", 0, 0, 8, 3, *extents) + rest)
            self.refuse_data(name)

    def test_labels_outside_the_classes(self) -> None:
        name = "train-labels-idx1-ubyte"
        content = bytearray((self.data / name).read_bytes())
        content[8 + 17] = 10
        self.spoil(name, bytes(content))
        self.refuse_data(name, "17", "10")

    def test_labels_of_another_number(self) -> None:
        self.spoil("train-labels-idx1-ubyte", programs.idx([79], bytes(79)))
        self.refuse_data("train-labels-idx1-ubyte", "79")

    def test_damaged_gzip(self) -> None:
        name = "train-images-idx3-ubyte"
        packed = gzip.compress((self.data / name).read_bytes())
        (self.data / name).unlink()
        for spoilt in [packed[:-9], packed[:40], packed[:20] + b"\xff\xff\xff" + packed[23:], b"plain", packed + b"more"]:
            self.spoil(name + ".gz", spoilt)
            self.refuse_data(name + ".gz")


class Journals(ProgramTest):
    def test_a_damaged_line_is_named_and_left_alone(self) -> None:
        out = self.search("out")
        journal = out / "journal.jsonl"
        sound = journal.read_bytes().split(b"\n")
        for number, spoilt in [(1, b"{"), (1, b'{"a": 1}'), (3, b"not json"), (3, sound[2][:-4]), (3, sound[1]), (3, b""),
                               (2, sound[1].replace(b"identity", b"idenity").replace(b"conv", b"cnov"))]:
            journal.write_bytes(b"\n".join([*sound[:number - 1], spoilt, *sound[number:]]))
            before = snapshot(out)
            self.refuse("search_cells", *self.search_flags("out", "--resume"), naming=["journal.jsonl", f"line {number}"])
            self.assertEqual(snapshot(out), before)

    def test_a_file_that_is_no_journal(self) -> None:
        (self.folder / "out").mkdir()
        (self.folder / "out" / "journal.jsonl").write_text("my shopping list")
        for arguments in [[], ["--resume"]]:
            self.refuse("search_cells", *self.search_flags("out", *arguments), naming=["journal.jsonl"])
        self.assertEqual((self.folder / "out" / "journal.jsonl").read_text(), "my shopping list")

    def test_another_run_is_writing(self) -> None:
        out = self.search("out")
        with open(out / "journal.jsonl", "ab") as journal:
            fcntl.flock(journal, fcntl.LOCK_EX)
            self.refuse("search_cells", *self.search_flags("out", "--resume"), naming=["another run"])


class Disks(ProgramTest):
    def test_folders_that_cannot_be(self) -> None:
        (self.folder / "file").write_text("here")
        self.refuse("search_cells", *self.search_flags("file"), naming=["file"])
        self.refuse("search_cells", *self.search_flags("file/below"), naming=["file/below"])
        self.refuse("search_cells", *self.search_flags("/proc/out"), naming=["/proc/out"])
        self.assertEqual((self.folder / "file").read_text(), "here")

    def test_a_folder_in_the_place_of_a_file(self) -> None:
        for name in [*programs.RESULTS, "journal.jsonl", "report.html"]:
            place = self.folder / "out" / name
            place.mkdir(parents=True)
            self.refuse("search_cells", *self.search_flags("out"), naming=[f"out/{name}", "folder"])
            place.rmdir()
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_folder_without_permission(self) -> None:
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        (self.folder / "closed").mkdir(mode=0o500)
        self.refuse("search_cells", *self.search_flags("closed"), naming=["closed"])

    def test_data_are_not_replaced(self) -> None:
        (self.folder / "out").mkdir()
        images = self.data / "train-images-idx3-ubyte"
        before = images.read_bytes()
        for name in programs.RESULTS:
            (self.folder / "out" / name).symlink_to(images)
            self.refuse("search_cells", *self.search_flags("out"), naming=[name, "replace the input", images])
            (self.folder / "out" / name).unlink()
        self.assertEqual(images.read_bytes(), before)

    def test_output_that_takes_nothing(self) -> None:
        with open("/dev/full", "wb") as full:
            self.refuse("search_cells", *self.search_flags("out"), stdout=full, naming=["output"])

    def limited(self, largest: int):
        """Runs in which files cannot grow beyond a size."""
        def prepare() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which would end the program
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        return prepare

    def test_files_that_cannot_grow(self) -> None:
        whole = self.search("whole")
        sizes = sorted(path.stat().st_size for path in whole.iterdir())
        for largest in [0, 500, 3000, *(size - 1 for size in sizes)]:
            out = self.folder / "out"
            self.refuse("search_cells", *self.search_flags("out", "--resume"), preexec_fn=self.limited(largest), naming=["out/"])
            self.assertEqual([path.name for path in out.iterdir() if path.name.endswith(".tmp")], [])
            self.assert_equal_results(whole, self.search("out", "--resume"))
            shutil.rmtree(out)

    def test_full_disk(self) -> None:
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("no file system can be mounted here")
        try:
            sentence = self.refuse("search_cells", *self.search_flags("disk/out"))
            self.assertIn("No space left", sentence)
            self.assertTrue((disk / "out" / "journal.jsonl").read_bytes().endswith(b"\n"))
        finally:
            subprocess.run(["umount", str(disk)], check=True)


if __name__ == "__main__":
    programs.main()
