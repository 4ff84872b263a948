#!/usr/bin/env python3
"""Writes foreign_weights.json: names, shapes and logits of small networks of timm, pretrained-models.pytorch and Keras.

    python make_foreign.py CADENE_FOLDER [OUTPUT]

CADENE_FOLDER is an unpacked source package of pretrainedmodels. Made with torch 2.15, timm 1.0.31, pretrainedmodels
0.7.4, and Keras 3.15 on JAX 0.10.

The networks are those libraries' own classes with few filters, in double precision, but that Keras's batch norm and
global average round to single precision inside (1e-7). Weights and images follow the
formulas of `values` and `image`, by the name that the library itself gives a tensor, so that the file holds results
only; a digest stands for the names and shapes.

Two of the libraries compute something else than the released networks, which is put right here and measured beside it
("deviation": the largest difference of a logit without the correction, relative to the largest logit):

* timm's average pools of stride 2 count their padding; here they leave it out.
* Keras pads with zeros before the strided pools of reduction cells, so that averages count padding and maxima never
  fall below zero at a border; here the pools pad by themselves ("same"), which leaves padding out.
"""

import importlib.util
import json
import math
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)


def hash_of(text: str, bits: int) -> int:
    """FNV-1a."""
    h, prime = {32: (2166136261, 16777619), 64: (14695981039346656037, 1099511628211)}[bits]
    for letter in text.encode():
        h = ((h ^ letter) * prime) % 2**bits
    return h


def uniform(name: str, count: int) -> np.ndarray:
    """Numbers in [-0.5, 0.5), multiples of 2^-16, from the name and the place."""
    i = np.arange(count, dtype=np.int64)
    x = (hash_of(name, 32) + i * 40503 + (i * i % 65536) * 30011) % 65536
    x = (x * 25173 + 13849 + x * x % 65536) % 65536
    return x / 65536 - 0.5


def values(name: str, shape: tuple[int, ...], outputs: int) -> np.ndarray:
    u = uniform(name, math.prod(shape)).reshape(shape)
    if len(shape) > 1:
        return u * math.sqrt(24.0 * outputs / math.prod(shape))
    if name.endswith(("weight", "gamma", "running_var", "moving_variance")):
        return 1 + 0.5 * u
    return 0.25 * u


def image(name: str, height: int, width: int) -> np.ndarray:
    return 4 * uniform("image of " + name, height * width * 3).reshape(1, height, width, 3)


def digest(shapes: dict[str, tuple[int, ...]]) -> str:
    lines = [f"{name} [{','.join(map(str, shape))}]\n" for name, shape in sorted(shapes.items())]
    return f"{hash_of(''.join(lines), 64):016x}"


def record(name, naming, architecture, config, size, shapes, logits, plain) -> dict:
    logits, plain = np.asarray(logits).reshape(-1), np.asarray(plain).reshape(-1)
    found = {"name": name, "naming": naming, "architecture": architecture, **config, "image": list(size),
             "tensors": len(shapes), "digest": digest(shapes), "logits": [float(f"{x:.10g}") for x in logits[:16]],
             "largest": float(f"{abs(logits).max():.10g}"),
             "deviation": float(f"{abs(logits - plain).max() / abs(logits).max():.2g}")}
    print(found)
    return found


# ---- PyTorch


def torch_case(name, naming, architecture, config, size, network, correct=None) -> dict:
    network.eval()
    shapes = torch_shapes(network)
    weights = {key: torch.from_numpy(values(key, shape, shape[0])) for key, shape in shapes.items()}
    # What the library keeps beside the weights is not needed, and nothing else may be missing.
    network.load_state_dict(weights, strict=True)
    x = torch.from_numpy(image(name, *size)).permute(0, 3, 1, 2)
    with torch.no_grad():
        plain = network(x)
        if correct is not None:
            correct(network)
        return record(name, naming, architecture, config, size, shapes, network(x), plain)


class SameAverage(nn.Module):
    """Averages of 3x3 at stride 2 with SAME padding, which they leave out."""

    def forward(self, x):
        pads = []
        for extent in (x.shape[3], x.shape[2]):
            total = max((-(-extent // 2) - 1) * 2 + 3 - extent, 0)
            pads += [total // 2, total - total // 2]
        count = F.avg_pool2d(F.pad(torch.ones_like(x), pads), 3, 2)
        return F.avg_pool2d(F.pad(x, pads), 3, 2) / count


def correct_timm(network) -> None:
    from timm.layers.pool2d_same import AvgPool2dSame

    for module in list(network.modules()):
        for key, child in list(module.named_children()):
            if isinstance(child, AvgPool2dSame):
                setattr(module, key, SameAverage())


def small_pnasnet(filters: int, stem: int, classes: int):
    """timm's cells as PNASNet-5 puts them together, with one normal cell in each stack."""
    from timm.layers import ConvNormAct
    from timm.models.pnasnet import Cell, CellStem0

    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            f, same = filters, {"pad_type": "same"}
            self.conv_0 = ConvNormAct(3, stem, kernel_size=3, stride=2, padding=0, apply_act=False,
                                      norm_layer=lambda n, **_: nn.BatchNorm2d(n, eps=1e-3))
            self.cell_stem_0 = CellStem0(stem, f // 4, stem, f // 4, **same)
            self.cell_stem_1 = Cell(stem, f // 2, 5 * (f // 4), f // 2, match_prev_layer_dims=True, is_reduction=True, **same)
            self.cell_0 = Cell(5 * (f // 4), f, 5 * (f // 2), f, match_prev_layer_dims=True, **same)
            self.cell_1 = Cell(5 * (f // 2), 2 * f, 5 * f, 2 * f, is_reduction=True, **same)
            self.cell_2 = Cell(5 * f, 2 * f, 10 * f, 2 * f, match_prev_layer_dims=True, **same)
            self.cell_3 = Cell(10 * f, 4 * f, 10 * f, 4 * f, match_prev_layer_dims=False, is_reduction=True, **same)
            self.cell_4 = Cell(10 * f, 4 * f, 20 * f, 4 * f, match_prev_layer_dims=True, **same)
            self.last_linear = nn.Linear(20 * f, classes)

        def forward(self, x):
            maps = [self.conv_0(x)]
            maps.append(self.cell_stem_0(maps[0]))
            numbered = sorted((int(name[5:]), cell) for name, cell in self.named_children() if name.startswith("cell_") and name[5:].isdigit())
            for cell in (self.cell_stem_1, *(cell for _, cell in numbered)):
                maps.append(cell(maps[-2], maps[-1]))
            return self.last_linear(F.relu(maps[-1]).mean(dim=(2, 3)))

    return Small()


def stacked_pnasnet(filters: int, stem: int, classes: int):
    """timm's cells in the stacks of its pnasnet5large: a reduction cell is the first of its stack. Two cells a stack."""
    from timm.models.pnasnet import Cell

    network, f, same = small_pnasnet(filters, stem, classes), filters, {"pad_type": "same"}
    network.cell_1 = Cell(5 * (f // 2), f, 5 * f, f, **same)
    network.cell_2 = Cell(5 * f, 2 * f, 5 * f, 2 * f, is_reduction=True, **same)
    network.cell_3 = Cell(5 * f, 2 * f, 10 * f, 2 * f, match_prev_layer_dims=True, **same)
    network.cell_4 = Cell(10 * f, 4 * f, 10 * f, 4 * f, is_reduction=True, **same)
    network.cell_5 = Cell(10 * f, 4 * f, 20 * f, 4 * f, match_prev_layer_dims=True, **same)
    return network


def cadene_module(folder: pathlib.Path, name: str):
    path = next(folder.rglob(f"models/{name}.py"))
    spec = importlib.util.spec_from_file_location(f"cadene_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torch_shapes(network) -> dict[str, tuple[int, ...]]:
    return {key: tuple(tensor.shape) for key, tensor in network.state_dict().items() if not key.endswith("num_batches_tracked")}


def torch_names(network, naming, model) -> dict:
    shapes = torch_shapes(model)
    return {"network": network, "naming": naming, "tensors": len(shapes), "digest": digest(shapes)}


# ---- Keras


def keras_shapes(network) -> dict[str, tuple[int, ...]]:
    return {f"{layer.name}/{weight.path.split('/')[-1]}": tuple(weight.shape)
            for layer in network.layers for weight in layer.weights}


def keras_names(network, builder) -> dict:
    import keras

    shapes = keras_shapes(getattr(keras.applications, builder)(weights=None))
    return {"network": network, "naming": "keras", "tensors": len(shapes), "digest": digest(shapes)}


def keras_case(name, config, size, **options) -> dict:
    import keras

    keras.config.set_floatx("float64")
    shapes: dict[str, tuple[int, ...]] = {}

    def logits():
        keras.backend.clear_session()
        network = nasnet.NASNet(input_shape=(*size, 3), weights=None, classes=config["classes"], classifier_activation=None,
                                penultimate_filters=24 * config["filters"], stem_block_filters=config["stem_filters"],
                                num_blocks=config["cells"], skip_reduction=config["skip"], default_size=size[0], **options)
        shapes.update(keras_shapes(network))
        for layer in network.layers:
            for weight in layer.weights:
                key, shape = f"{layer.name}/{weight.path.split('/')[-1]}", tuple(weight.shape)
                weight.assign(values(key, shape, shape[2 if key.endswith("depthwise_kernel") else -1]))
        return network(image(name, *size), training=False)

    from keras.src.applications import nasnet

    plain = logits()
    layers = nasnet.layers

    class Corrected:
        """keras.layers, with pools that pad by themselves."""

        def __getattr__(self, key):
            return getattr(layers, key)

        def ZeroPadding2D(self, *args, name=None, **rest):
            is_before_pool = name is not None and name.startswith("reduction_pad")
            return layers.Activation("linear", name=name) if is_before_pool else layers.ZeroPadding2D(*args, name=name, **rest)

        def MaxPooling2D(self, *args, padding="valid", **rest):
            return layers.MaxPooling2D(*args, padding="same", **rest)

        def AveragePooling2D(self, size, *args, padding="valid", **rest):
            return layers.AveragePooling2D(size, *args, padding="same" if size == (3, 3) else padding, **rest)

    nasnet.layers = Corrected()
    try:
        corrected = logits()
    finally:
        nasnet.layers = layers
    return record(name, "keras", "nasnet-a", config, size, shapes, corrected, plain)


def main() -> None:
    from timm.models.nasnet import NASNetALarge
    from timm.models.pnasnet import PNASNet5Large

    cadene = pathlib.Path(sys.argv[1])
    beside = pathlib.Path(__file__).parent / "foreign_weights.json"
    cases = []
    lists = [torch_names("nasnet-a-large", "timm", NASNetALarge()),
             torch_names("pnasnet-5-large", "timm", PNASNet5Large()),
             torch_names("nasnet-a-large", "cadene", cadene_module(cadene, "nasnet").NASNetALarge(num_classes=1000)),
             torch_names("nasnet-a-mobile", "cadene", cadene_module(cadene, "nasnet_mobile").NASNetAMobile(num_classes=1000)),
             keras_names("nasnet-a-mobile", "NASNetMobile"), keras_names("nasnet-a-large", "NASNetLarge")]

    config = {"cells": 6, "filters": 8, "stem_filters": 12, "classes": 5, "skip": True}
    cases.append(torch_case("large of timm", "timm", "nasnet-a", config, (65, 50),
                            NASNetALarge(num_classes=5, stem_size=12, num_features=192), correct_timm))
    config = {"cells": 1, "filters": 12, "stem_filters": 10, "classes": 7, "skip": False}
    cases.append(torch_case("pnasnet of timm", "timm", "pnasnet-5", config, (63, 72), small_pnasnet(12, 10, 7), correct_timm))
    config = {"cells": 2, "filters": 12, "stem_filters": 10, "classes": 7, "skip": False, "starts": True}
    cases.append(torch_case("stacks of timm's pnasnet", "timm", "pnasnet-5", config, (63, 72),
                            stacked_pnasnet(12, 10, 7), correct_timm))
    config = {"cells": 4, "filters": 8, "stem_filters": 6, "classes": 1001, "skip": False}
    mobile = cadene_module(cadene, "nasnet_mobile").NASNetAMobile(num_classes=1001, stem_filters=6, penultimate_filters=192)
    cases.append(torch_case("mobile of cadene", "cadene", "nasnet-a", config, (224, 224), mobile))
    config = {"cells": 2, "filters": 8, "stem_filters": 7, "classes": 5, "skip": False}
    cases.append(keras_case("mobile of keras", config, (64, 75)))
    config = {"cells": 1, "filters": 8, "stem_filters": 9, "classes": 6, "skip": True}
    cases.append(keras_case("large of keras", config, (71, 64)))

    output = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else beside
    output.write_text(json.dumps({"networks": cases, "names": lists}, indent=1) + "\n")


if __name__ == "__main__":
    main()
