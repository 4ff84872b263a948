"""export_onnx: a file that is there whole or not at all, and any mistake named. What it computes is the subject of
onnx_runtime_test.py."""

import programs
from programs import ProgramTest, floats, read_safetensors, write_safetensors


class ExportOnnx(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.out = self.search("out", "--trials", 2)
        self.network = ["--architecture", self.out / "best.json", "--weights", self.out / "best.safetensors"]

    def export(self, *arguments: object, output: str = "net.onnx") -> bytes:
        self.succeed("export_onnx", *self.network, "--output", output, *arguments)
        return (self.folder / output).read_bytes()

    def refuse_export(self, *arguments: object, naming: list[str] = (), **options: object) -> None:
        before = sorted(self.folder.iterdir())
        self.refuse("export_onnx", *self.network, *arguments, naming=naming, **options)
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_weights_lie_in_the_file_under_their_names(self) -> None:
        content = self.export("--size", 8, 9)
        self.assertIn(b"nasnet", content)
        for name in [b"input", b"logits", b"head.weight", b"stem.conv.weight"]:
            self.assertIn(name, content)
        for name in ["head.weight", "head.bias", "stem.conv.weight", "stem.bn.running_var"]:
            self.assertIn(read_safetensors(self.out / "best.safetensors")[name][2], content, name)

    def test_equal_runs_give_equal_files(self) -> None:
        self.assertEqual(self.export("--size", 8, 8), self.export("--size", 8, 8, output="again.onnx"))
        self.assertNotEqual(self.export("--size", 8, 8), self.export("--size", 8, 9))

    def test_replaces_a_file_whole(self) -> None:
        (self.folder / "net.onnx").write_text("here before" * 100000)
        self.assertNotIn(b"here before", self.export("--size", 8, 8))

    def test_sizes_out_of_range(self) -> None:
        for size in [[0, 8], [8, 0], [-1, 8], [8], [8, 8, 8], ["a", 8], [8, 10**7], [8, "9" * 30], [1.5, 8]]:
            self.refuse_export("--size", *size, "--output", "net.onnx")
        self.refuse_export("--output", "net.onnx", naming=["--size"])
        self.refuse_export("--size", 8, 8, naming=["--output"])

    def test_outputs_that_cannot_be_written(self) -> None:
        for output, reason in [("/dev/full", "No space left"), ("no/such/folder.onnx", "no/such"), (".", "'.'")]:
            self.refuse_export("--size", 8, 8, "--output", output, naming=[reason])

    def test_weights_that_do_not_fit(self) -> None:
        weights = read_safetensors(self.out / "best.safetensors")
        weights["head.bias"] = ("F32", [9], floats([0] * 9))
        self.network[3] = write_safetensors(self.folder / "w.safetensors", weights)
        self.refuse_export("--size", 8, 8, "--output", "net.onnx", naming=["w.safetensors", "head.bias"])
        self.network[3] = self.folder / "nothing.safetensors"
        self.refuse_export("--size", 8, 8, "--output", "net.onnx", naming=["nothing.safetensors"])


if __name__ == "__main__":
    programs.main()
