"""predict and evaluate: what a search wrote is read back, and any mistake is named."""

import json
import os
import random
import resource
import signal

import programs
from programs import ProgramTest, floats, floats_in, read_idx, read_safetensors, write_safetensors


class Networks(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.out = self.search("out", "--trials", 2)
        self.best = json.loads((self.out / "best.json").read_text())
        self.network = ["--architecture", self.out / "best.json", "--weights", self.out / "best.safetensors"]

    def images(self, shape: list[int], name: str = "input", dtype: str = "F32", content: bytes | None = None):
        draw = random.Random(1)
        count = 1
        for extent in shape:
            count *= extent
        if content is None:
            content = floats([draw.gauss(0, 1) for _ in range(count)])
        return write_safetensors(self.folder / "images.safetensors", {name: (dtype, shape, content)})

    def predict(self, images, *arguments: object) -> tuple[list[int], list[float]]:
        self.succeed("predict", *self.network, "--input", images, "--output", "logits.safetensors", *arguments)
        dtype, shape, content = read_safetensors(self.folder / "logits.safetensors")["logits"]
        self.assertEqual(dtype, "F32")
        self.assertTrue(programs.finite(floats_in(content)))
        return shape, floats_in(content)


class Predict(Networks):
    def test_agrees_with_the_search(self) -> None:
        shape, pixels = read_idx(self.data / "t10k-images-idx3-ubyte")
        labels = read_idx(self.data / "t10k-labels-idx1-ubyte")[1]
        mean, deviation = self.best["normalisation"]["mean"][0], self.best["normalisation"]["deviation"][0]
        images = self.images([*shape, 1], content=floats([(pixel / 255 - mean) / deviation for pixel in pixels]))
        (count, classes), logits = self.predict(images)
        self.assertEqual((count, classes), (30, 10))
        rows = [logits[n * classes:(n + 1) * classes] for n in range(count)]
        correct = sum(row.index(max(row)) == label for row, label in zip(rows, labels))
        self.assertAlmostEqual(correct / count, self.best["test_accuracy"])

    def test_normalise_applies_the_constants_of_the_file(self) -> None:
        shape, pixels = read_idx(self.data / "t10k-images-idx3-ubyte")
        mean, deviation = self.best["normalisation"]["mean"][0], self.best["normalisation"]["deviation"][0]
        wanted = self.predict(self.images([*shape, 1], content=floats([(pixel / 255 - mean) / deviation for pixel in pixels])))[1]
        images = self.images([*shape, 1], content=floats([pixel / 255 for pixel in pixels]))
        found = self.predict(images, "--normalise")[1]
        self.assertTrue(all(abs(a - b) < 1e-4 * max(1, abs(a)) for a, b in zip(wanted, found)))
        self.assertFalse(all(abs(a - b) < 1e-4 * max(1, abs(a)) for a, b in zip(wanted, self.predict(images)[1])))
        self.best.pop("normalisation")
        bare = self.folder / "bare.json"
        bare.write_text(json.dumps(self.best))
        self.refuse("predict", "--architecture", bare, *self.network[2:], "--input", images, "--output", "y.safetensors", "--normalise",
                    naming=["--normalise", "bare.json", "no normalisation"])
        self.assertIn("--normalise", self.succeed("predict", "--help").stdout)

    def test_channels_that_the_file_states(self) -> None:
        self.best["network"]["channels"] = 3
        other = self.folder / "other.json"
        other.write_text(json.dumps(self.best))
        self.refuse("predict", "--architecture", other, *self.network[2:], "--input", self.images([1, 8, 8, 1]), "--output", "y",
                    naming=["best.safetensors", "1 channels", "other.json", "says 3"])

    def test_any_size_and_number_of_images(self) -> None:
        for shape in [[1, 8, 8, 1], [3, 13, 9, 1], [37, 5, 5, 1], [1, 1, 1, 1], [2, 64, 3, 1]]:
            self.assertEqual(self.predict(self.images(shape))[0], [shape[0], 10])

    def test_batches_and_threads_change_nothing(self) -> None:
        images = self.images([7, 9, 9, 1])
        logits = self.predict(images)[1]
        for arguments in [["--batch", 3], ["--batch", 1, "--threads", 1], ["--threads", 2]]:
            for one, other in zip(logits, self.predict(images, *arguments)[1]):
                self.assertAlmostEqual(one, other, delta=1e-4 * max(1, abs(one)))

    def test_an_architecture_alone_with_flags_around_it(self) -> None:
        logits = self.predict(self.images([2, 8, 8, 1]))
        cells = self.folder / "cells.json"
        cells.write_text(json.dumps(self.best["architecture"]))
        self.network[1] = cells
        self.assertEqual(self.predict(self.images([2, 8, 8, 1]), "--cells", 1, "--filters", 2, "--stem", "cifar"), logits)
        self.refuse("predict", *self.network, "--input", self.images([2, 8, 8, 1]), "--output", "y.safetensors",
                    naming=["best.safetensors"])

    def test_weights_that_do_not_fit(self) -> None:
        images = self.images([1, 8, 8, 1])
        weights = read_safetensors(self.out / "best.safetensors")
        arguments = ["--architecture", self.network[1], "--weights", "w.safetensors", "--input", images, "--output", "y.safetensors"]
        for spoil, name in [(lambda w: w.pop("head.bias"), "head.bias"),
                            (lambda w: w.update({"extra.weight": ("F32", [1], floats([0]))}), "extra.weight"),
                            (lambda w: w.update({"head.bias": ("F32", [9], floats([0] * 9))}), "head.bias"),
                            (lambda w: w.update({"head.bias": ("I32", [10], floats([0] * 10))}), "head.bias")]:
            spoilt = dict(weights)
            spoil(spoilt)
            write_safetensors(self.folder / "w.safetensors", spoilt)
            self.refuse("predict", *arguments, naming=["w.safetensors", name])
        for flag, value in [("--filters", 3), ("--cells", 2), ("--classes", 9), ("--stem", "imagenet")]:
            self.refuse("predict", *self.network, "--input", images, "--output", "y.safetensors", flag, value)
        self.assertFalse((self.folder / "y.safetensors").exists())

    def test_auxiliary_weights_may_be_there(self) -> None:
        images = self.images([2, 8, 8, 1])
        logits = self.predict(images)
        weights = read_safetensors(self.out / "best.safetensors")
        weights["aux.dense.bias"] = ("F32", [10], floats([1] * 10))
        self.network[3] = write_safetensors(self.folder / "w.safetensors", weights)
        self.assertEqual(self.predict(images), logits)

    def test_inputs_that_are_none(self) -> None:
        def refuse(images, *naming: str) -> None:
            self.refuse("predict", *self.network, "--input", images, "--output", "y.safetensors", naming=list(naming))

        refuse("nothing.safetensors", "nothing.safetensors")
        refuse(self.images([1, 8, 8, 1], name="images"), "input")
        refuse(self.images([1, 8, 8]), "[1,8,8]")
        refuse(self.images([0, 8, 8, 1]), "[0,8,8,1]")
        refuse(self.images([1, 8, 8, 3]), "images.safetensors", "[1,8,8,3]")
        refuse(self.images([1, 2, 2, 1], dtype="I32", content=bytes(16)), "I32")
        path = self.images([1, 8, 8, 1])
        content = path.read_bytes()
        for spoilt in [content[:-1], content[:5], b"", b"\xff" * 40, content + b"more"]:
            path.write_bytes(spoilt)
            refuse(path, "images.safetensors")
        self.assertFalse((self.folder / "y.safetensors").exists())

    def test_outputs_that_cannot_be_written(self) -> None:
        images = self.images([1, 8, 8, 1])
        for output, reason in [("/dev/full", "No space left"), ("no/such/folder.safetensors", "no/such"), (".", "'.'")]:
            self.refuse("predict", *self.network, "--input", images, "--output", output, naming=[reason])

    def test_architectures_that_are_none(self) -> None:
        def refuse(text: str, *naming: str) -> None:
            (self.folder / "a.json").write_text(text)
            self.refuse("predict", "--architecture", "a.json", "--weights", self.network[3], "--input", "x", "--output", "y",
                        naming=["a.json", *naming])

        text = json.dumps(self.best)
        blocks = self.best["architecture"]["normal"]["blocks"]
        name = blocks[0]["left"][1]
        refuse(text.replace(name, "magic_conv"), "magic_conv")
        refuse(text[:-1], "line 1")
        refuse(text.replace('"filters": 2', '"filters": 0'), "filters", "0")
        refuse(text.replace('"filters": 2', '"filters": -2'), "filters", "-2")
        refuse(text.replace('"cells": 1', '"cells": 1, "cellls": 2'), "cellls")
        refuse("[]", "object")
        for state in [2, 3, 7, -1]:
            blocks[0]["left"][0] = state
            refuse(json.dumps(self.best), "normal.blocks[0].left", str(state))
        self.refuse("predict", "--architecture", "nasnet-b", "--weights", "w", "--input", "x", "--output", "y",
                    naming=["nasnet-b", "nasnet-a-mobile"])

    def test_flags_out_of_range(self) -> None:
        for flag, value in [("--cells", 0), ("--filters", -1), ("--classes", 0), ("--stem", "other"), ("--batch", 0),
                            ("--threads", -1), ("--filters", "many"), ("--filters", 10**18), ("--cells", "9" * 20),
                            ("--classes", ""), ("--batch", "")]:
            sentence = self.refuse("predict", *self.network, "--input", "x", "--output", "y", flag, value)
            self.assertLess(len(sentence), 160, sentence)
            if flag != "--filters" or value != 10**18:
                self.assertIn(flag, sentence)

    def test_a_mistyped_flag_is_named_before_what_is_missing(self) -> None:
        self.refuse("predict", "--foo", naming=["--foo"])

    def test_inputs_are_not_replaced(self) -> None:
        images = self.images([1, 8, 8, 1])
        link = self.folder / "link"
        link.symlink_to(self.network[3])
        os.link(self.network[1], self.folder / "hard")
        for output in [images, self.network[1], self.network[3], link, "hard"]:
            before = [path.read_bytes() for path in [images, self.network[1], self.network[3]]]
            self.refuse("predict", *self.network, "--input", images, "--output", output, naming=["output", "replace the input"])
            self.assertEqual([path.read_bytes() for path in [images, self.network[1], self.network[3]]], before)
        for output in self.network[1::2]:
            before = output.read_bytes()
            self.refuse("export_onnx", *self.network, "--size", 8, 8, "--output", output, naming=["replace the input"])
            self.assertEqual(output.read_bytes(), before)

    def test_a_file_that_may_not_grow(self) -> None:
        def limit() -> None:  # the signal's default ends the process
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        before = set(self.folder.iterdir())
        self.refuse("export_onnx", *self.network, "--size", 8, 8, "--output", "net.onnx", preexec_fn=limit, naming=["net.onnx"])
        self.assertEqual(set(self.folder.iterdir()), before)


class Evaluate(Networks):
    def test_agrees_with_the_search(self) -> None:
        result = self.succeed("evaluate", *self.network, "--data", self.data)
        self.assertIn(f"accuracy {100 * self.best['test_accuracy']:.2f} % on 30 test images", result.stdout)
        self.assertIn("on 80 train images", self.succeed("evaluate", *self.network, "--data", self.data, "--part", "train").stdout)

    def test_without_the_constants_of_the_training(self) -> None:
        self.best.pop("normalisation")
        bare = self.folder / "bare.json"
        bare.write_text(json.dumps(self.best))
        result = self.succeed("evaluate", "--architecture", bare, "--weights", self.network[3], "--data", self.data)
        self.assertIn(f"accuracy {100 * self.best['test_accuracy']:.2f} %", result.stdout)

    def test_mistakes(self) -> None:
        self.refuse("evaluate", *self.network, "--data", "nowhere", naming=["nowhere"])
        self.refuse("evaluate", *self.network, "--data", self.data, "--part", "other", naming=["other"])
        self.refuse("evaluate", *self.network, "--data", self.data, "--batch", 0, naming=["batch"])
        self.refuse("evaluate", *self.network, "--data", self.data, "--classes", 3)
        self.best["normalisation"] = {"mean": [0.5] * 3, "deviation": [0.5] * 3}
        (self.folder / "three.json").write_text(json.dumps(self.best))
        self.refuse("evaluate", "--architecture", "three.json", *self.network[2:], "--data", self.data, naming=[self.data, "3 means"])
        self.best["normalisation"] = {"mean": [0.5], "deviation": [0]}
        (self.folder / "zero.json").write_text(json.dumps(self.best))
        self.refuse("evaluate", "--architecture", "zero.json", *self.network[2:], "--data", self.data,
                    naming=["zero.json", "normalisation.deviation[0]"])
        with open("/dev/full", "wb") as full:
            self.refuse("evaluate", *self.network, "--data", self.data, stdout=full, naming=["output"])


if __name__ == "__main__":
    programs.main()
