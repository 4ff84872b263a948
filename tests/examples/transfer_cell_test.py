"""transfer_cell: a cell of a search goes on in a larger network on larger images."""

import json
import signal
import time

import programs
from programs import ProgramTest, read_safetensors

SMALL = ["--size", 20, "--epochs", 1, "--frozen-epochs", 1, "--batch", 10, "--threads", 1]


class Transfer(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.found = self.search("found", "--trials", 1, "--filters", 8)
        self.flags = ["--from", self.found, "--data", self.data, *SMALL]

    def transfer(self, out: str, *arguments: object):
        return self.succeed("transfer_cell", *self.replaced(*self.flags, "--out", out, *arguments))

    def report(self, out: str) -> dict:
        return json.loads((self.folder / out / "load-report.json").read_text())

    def test_imagenet_stem(self) -> None:
        run = self.transfer("out")
        out = self.folder / "out"
        report = self.report("out")
        weights = read_safetensors(out / "transfer.safetensors")
        # Every parameter of the new network stands in one list.
        names = [*report["loaded"], *report["missing"], *(each["name"] for each in report["mismatched"])]
        self.assertEqual(sorted(names), sorted(weights))
        for name in ["cells.3.fit_current.conv.weight", "head.weight"]:  # the first reduction: cell 1 of the search
            self.assertIn(name, report["loaded"])
        self.assertIn("cells.0.fit_current.conv.weight", report["missing"])
        self.assertIn({"name": "stem.conv.weight", "found": "F32 [24,1,3,3]", "wanted": "[32,1,3,3]"}, report["mismatched"])
        for count in [f"loaded {len(report['loaded'])} ", f" {len(report['missing'])} are new"]:
            self.assertIn(count, run.stdout)
        for when in ["before training", "after training", "after fine-tuning"]:
            self.assertIn(f"test accuracy {when}: ", run.stdout)
        result = json.loads((out / "transfer.json").read_text())
        self.assertEqual(result["network"]["stem"], "imagenet")
        self.assertEqual(result["network"]["batch_norm_decay"], 0.9)
        self.assertEqual(result["architecture"], json.loads((self.found / "best.json").read_text())["architecture"])
        # The other programs read what it wrote, and refuse images that its stem cannot take.
        network = ["--architecture", out / "transfer.json", "--weights", out / "transfer.safetensors"]
        for size, is_large_enough in [(3, True), (2, False)]:
            images = self.folder / f"{size}.safetensors"
            programs.write_safetensors(images, {"input": ("F32", [1, size, 5, 1], programs.floats([0.5] * 5 * size))})
            if is_large_enough:
                self.succeed("predict", *network, "--input", images, "--output", "y")
            else:
                self.refuse("predict", *network, "--input", images, "--output", "y", naming=["2x5"])
        self.succeed("evaluate", "--architecture", out / "transfer.json", "--weights", out / "transfer.safetensors",
                     "--data", self.data)

    def test_events_for_machines(self) -> None:
        run = self.transfer("out", "--json")
        self.assertEqual(run.stderr, "")
        found = [json.loads(line) for line in run.stdout.splitlines()]
        training = [event for event in found if event["event"] == "progress"]
        self.assertEqual({event["task"] for event in training}, {"training"})
        self.assertEqual([event["done"] for event in training if event["done"] == event["total"]], [training[-1]["total"]] * 2)
        self.assertEqual([event["event"] for event in found if event not in training],
                         ["loaded", "measured", "measured", "measured", "result"])
        result = json.loads((self.folder / "out" / "transfer.json").read_text())
        self.assertEqual(found[-1]["test_accuracy"], result["test_accuracy"])

    def test_weights_are_those_of_the_search(self) -> None:
        self.transfer("out", "--epochs", 0, "--frozen-epochs", 0)
        before = read_safetensors(self.found / "best.safetensors")
        after = read_safetensors(self.folder / "out" / "transfer.safetensors")
        moved = {"cells.3.": "cells.1.", "cells.4.": "cells.2.", "cells.5.": "cells.3.", "cells.6.": "cells.4."}
        compared = 0
        for name in self.report("out")["loaded"]:
            prefix = name[:8]
            source = moved[prefix] + name[8:] if prefix in moved else name.replace("cells.2.", "cells.0.", 1)
            self.assertEqual(after[name], before[source], name)
            compared += 1
        self.assertGreater(compared, 50)

    def test_frozen_fine_tuning_keeps_the_statistics(self) -> None:
        self.transfer("none", "--epochs", 0, "--frozen-epochs", 0)
        self.transfer("frozen", "--epochs", 0)
        before = read_safetensors(self.folder / "none" / "transfer.safetensors")
        after = read_safetensors(self.folder / "frozen" / "transfer.safetensors")
        changed = 0
        for name, tensor in before.items():
            if "running" in name:
                self.assertEqual(after[name], tensor, name)
            elif after[name] != tensor:
                changed += 1
        self.assertGreater(changed, 20)

    def test_same_network_loads_whole(self) -> None:
        self.transfer("out", "--stem", "cifar", "--size", 8)
        report = self.report("out")
        self.assertEqual([report["missing"], report["mismatched"], report["unused"]], [[], [], []])

    def test_other_sizes_and_auxiliary_head(self) -> None:
        self.transfer("out", "--cells", 2, "--filters", 9, "--train-images", 20)
        report = self.report("out")
        self.assertGreater(len(report["mismatched"]), 0)
        self.assertTrue(any(name.startswith("cells.3.") for name in report["missing"]))
        self.transfer("head", "--size", 67, "--auxiliary-head", "--train-images", 20, "--frozen-epochs", 0)
        self.assertIn("aux.dense.bias", read_safetensors(self.folder / "head" / "transfer.safetensors"))

    def test_some_of_the_test_images(self) -> None:
        accuracy = {}
        for count in [7, 30, 0]:
            self.transfer(f"out{count}", "--test-images", count, "--epochs", 0, "--frozen-epochs", 0, "--stem", "cifar", "--size", 8)
            accuracy[count] = json.loads((self.folder / f"out{count}" / "transfer.json").read_text())["test_accuracy"]
        self.assertAlmostEqual(accuracy[7] * 7, round(accuracy[7] * 7))
        self.assertAlmostEqual(accuracy[30], accuracy[0])
        self.assertAlmostEqual(accuracy[0] * 30, round(accuracy[0] * 30))

    def test_threads_change_nothing_and_a_stopped_run_goes_on(self) -> None:
        self.transfer("whole", "--epochs", 6)
        process = self.start("transfer_cell", *self.replaced(*self.flags, "--out", "parts", "--epochs", 6, "--threads", 2))
        checkpoint = self.folder / "parts" / "checkpoint-of-training.safetensors"
        while process.poll() is None and not checkpoint.exists():
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=300)
        self.assertIn(process.returncode, [0, 130])
        self.transfer("parts", "--epochs", 6, "--resume")
        for name in ["transfer.json", "transfer.safetensors", "load-report.json"]:
            self.assertEqual((self.folder / "parts" / name).read_bytes(), (self.folder / "whole" / name).read_bytes())

    def test_mistakes(self) -> None:
        def refuse(*arguments: object, naming: list[str] = ()) -> None:
            self.refuse("transfer_cell", *self.replaced(*self.flags, "--out", "out", *arguments), naming=naming)
        refuse("--size", 2, naming=["--size 2", "3 pixels"])
        refuse("--size", 0)
        refuse("--size", "large")
        refuse("--stem", "none")
        refuse("--filters", 7, naming=["7 filters"])
        refuse("--cells", 0, naming=["cells"])
        refuse("--batch", 0)
        refuse("--epochs", -1)
        for rate in [0, "nan", "inf", 1e4]:
            refuse("--learning-rate", rate, naming=["--learning-rate"])
        refuse("--cells", "9" * 20, naming=["--cells"])
        refuse("--test-images", 31, naming=["31"])
        for name in ["transfer.json", "transfer.safetensors"]:
            (self.folder / "out").mkdir(exist_ok=True)
            (self.folder / "out" / name).symlink_to(self.found / "best.safetensors")
            refuse(naming=[name, "replace the input"])
            (self.folder / "out" / name).unlink()
        refuse("--train-images", 81, naming=["81"])
        refuse("--auxiliary-head", naming=["auxiliary head", "20x20"])
        refuse("--resume", "--out", self.data / "train-images-idx3-ubyte" / "x")
        for flag, value in [("--from", "nowhere"), ("--data", "nowhere")]:
            refuse(flag, value, naming=["nowhere"])
        (self.found / "best.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00not json")
        refuse(naming=["best.safetensors"])
        programs.write_safetensors(self.found / "best.safetensors", {"x": ("F32", [1], programs.floats([1]))})
        refuse(naming=["best.safetensors", "nothing"])
        (self.found / "best.json").write_text("{")
        refuse(naming=["best.json"])
        (self.found / "best.safetensors").unlink()
        refuse(naming=["best"])


if __name__ == "__main__":
    programs.main()
