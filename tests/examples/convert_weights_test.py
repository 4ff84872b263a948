"""convert_weights: there and back, names as the libraries have them, and any mistake named."""

import programs
from programs import ProgramTest, floats, read_safetensors, write_safetensors

NAMINGS = ["nasnet", "timm", "cadene", "keras"]

# A small network of published cells.
NETWORK = ["--architecture", "nasnet-a-mobile", "--cells", 1, "--filters", 8, "--classes", 3]


class ConvertWeights(ProgramTest):
    def convert(self, source: str, target: str, input: object, output: object) -> dict:
        self.succeed("convert_weights", *NETWORK, "--from", source, "--to", target, "--input", input, "--output", output)
        return read_safetensors(self.folder / output)

    def weights(self) -> dict[str, tuple[str, list[int], bytes]]:
        """A file that fits, found by asking until nothing is missing or of another shape."""
        tensors: dict[str, tuple[str, list[int], bytes]] = {}
        for _ in range(400):
            write_safetensors(self.folder / "ours.safetensors", tensors)
            result = self.execute("convert_weights", *NETWORK, "--from", "nasnet", "--to", "nasnet", "--input",
                                  "ours.safetensors", "--output", "same.safetensors")
            if result.returncode == 0:
                return tensors
            for part in result.stderr.strip().split(" network: ")[1].split("; "):
                name = part.split("'")[1] if "'" in part else None
                if part.endswith("is missing"):
                    tensors[name] = ("F32", [0], b"")
                elif ", wanted [" in part:
                    shape = [int(extent) for extent in part.split(", wanted [")[1].split("]")[0].split(",")]
                    count = 1
                    for extent in shape:
                        count *= extent
                    start = len(tensors[name]) + sum(name.encode())
                    tensors[name] = ("F32", shape, floats([(start + 7 * i) % 31 / 16 for i in range(count)]))
        raise AssertionError(f"no end of refusals: {result.stderr}")

    def setUp(self) -> None:
        super().setUp()
        self.ours = self.weights()

    def test_there_and_back(self) -> None:
        self.assertIn("stem.conv.weight", self.ours)
        for naming in NAMINGS:
            theirs = self.convert("nasnet", naming, "ours.safetensors", f"{naming}.safetensors")
            self.assertEqual(len(theirs), len(self.ours))
            self.assertEqual(self.convert(naming, "nasnet", f"{naming}.safetensors", "back.safetensors"), self.ours)
            for other in NAMINGS:
                self.convert(naming, other, f"{naming}.safetensors", "once.safetensors")
                self.convert("nasnet", other, "ours.safetensors", "direct.safetensors")
                self.assertEqual((self.folder / "once.safetensors").read_bytes(), (self.folder / "direct.safetensors").read_bytes())

    def test_names(self) -> None:
        timm = self.convert("nasnet", "timm", "ours.safetensors", "timm.safetensors")
        self.assertEqual(timm["conv0.conv.weight"], self.ours["stem.conv.weight"])
        self.assertEqual(timm["last_linear.bias"], self.ours["head.bias"])
        keras = self.convert("nasnet", "keras", "ours.safetensors", "keras.safetensors")
        self.assertEqual(keras["stem_conv1/kernel"][1], [3, 3, 3, 32])
        self.assertEqual(keras["stem_bn1/gamma"], self.ours["stem.bn.weight"])

    def test_what_pytorch_keeps_beside_the_weights(self) -> None:
        timm = self.convert("nasnet", "timm", "ours.safetensors", "timm.safetensors")
        timm["conv0.bn.num_batches_tracked"] = ("I64", [], bytes(8))
        write_safetensors(self.folder / "timm.safetensors", timm)
        self.assertEqual(self.convert("timm", "nasnet", "timm.safetensors", "back.safetensors"), self.ours)

    def test_the_result_predicts(self) -> None:
        images = write_safetensors(self.folder / "images.safetensors", {"input": ("F32", [1, 33, 40, 3], floats([0.5] * 3960))})
        self.convert("nasnet", "keras", "ours.safetensors", "keras.safetensors")
        self.convert("keras", "nasnet", "keras.safetensors", "back.safetensors")
        for weights in ["ours", "back"]:
            self.succeed("predict", *NETWORK, "--weights", f"{weights}.safetensors", "--input", images, "--output", f"{weights}.logits")
        logits = read_safetensors(self.folder / "ours.logits")
        self.assertEqual(logits["logits"][1], [1, 3])
        self.assertEqual(read_safetensors(self.folder / "back.logits"), logits)

    def test_mistakes(self) -> None:
        def refuse(*arguments: object, naming: list[object]) -> None:
            self.refuse("convert_weights", *arguments, naming=naming)
            self.assertFalse((self.folder / "out.safetensors").exists())

        files = ["--input", "ours.safetensors", "--output", "out.safetensors"]
        both = ["--from", "nasnet", "--to", "timm"]
        refuse(naming=["--"])
        refuse(*NETWORK, *files, "--to", "timm", naming=["--from"])
        refuse(*NETWORK, *files, "--from", "nasnet", "--to", "caffe", naming=["--to", "caffe"])
        refuse(*NETWORK, *files, "--from", "caffe", "--to", "nasnet", naming=["--from", "caffe"])
        refuse(*NETWORK, *files, "--from", "timm", "--to", "nasnet", naming=["ours.safetensors", "conv0.conv.weight"])
        refuse(*NETWORK, *both, "--input", "none.safetensors", "--output", "out.safetensors", naming=["none.safetensors"])
        refuse(*NETWORK, *both, "--input", "ours.safetensors", "--output", "no/such/out", naming=["no/such"])
        refuse("--architecture", "nasnet-x", *both, *files, naming=["nasnet-x"])
        refuse("--architecture", "nasnet-a-cifar", *both, *files, naming=["no name in files of timm"])
        refuse(*NETWORK[:-1], 4, *both, *files, naming=["head.bias", "[3]", "[4]"])
        refuse(*NETWORK, "--stem", "cifar", *both, *files, naming=["no name in files of timm"])
        whole = (self.folder / "ours.safetensors").read_bytes()
        refuse(*NETWORK, *both, "--input", "ours.safetensors", "--output", "ours.safetensors", naming=["replace the input"])
        self.assertEqual((self.folder / "ours.safetensors").read_bytes(), whole)
        grey = self.ours | {"stem.conv.weight": ("F32", [32, 1, 3, 3], floats([0.5] * 288))}
        write_safetensors(self.folder / "grey.safetensors", grey)
        refuse(*NETWORK, *both, "--input", "grey.safetensors", "--output", "out.safetensors",
               naming=["grey.safetensors", "1 channels", "nasnet-a-mobile takes 3"])
        long = self.ours | {"x" * 100_000: ("F32", [1], floats([0]))}
        write_safetensors(self.folder / "long.safetensors", long)
        refuse(*NETWORK, *both, "--input", "long.safetensors", "--output", "out.safetensors", naming=["x" * 80 + "...'"])
        for spoilt in [b"", whole[:9], whole[:-1], whole + b"x", b"\xff" * 100]:
            (self.folder / "ours.safetensors").write_bytes(spoilt)
            refuse(*NETWORK, *both, *files, naming=["ours.safetensors"])


if __name__ == "__main__":
    programs.main()
