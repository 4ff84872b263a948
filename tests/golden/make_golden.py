#!/usr/bin/env python3
"""Writes what PyTorch computes in double precision: networks.json, family.json and resize.json.

    python make_golden.py [FOLDER]          needs torch (CPU); made with torch 2.15

The networks are written here from the description of the cells alone, on [N,C,H,W] tensors. Weights, images and labels
follow the formulas of `values`, on both sides, so that the files hold results only. Two sums stand for a whole tensor:
one weighted by a formula, and that of the absolute values, which scales the tolerance. networks.json has every gradient
of a few small networks; family.json has the published networks, with sums of every cell's output and the gradients of
the first, middle and last parameters.

Semantics, written out and not taken from any layer that has its own idea of them:
  convolutions and pools pad as TensorFlow's SAME: ceil(n / stride) outputs, the odd pixel after; maximum pools pad with
  minus infinity, average pools divide by the number of real pixels. (timm's stride-2 average pool divides by the whole
  window and is no reference here.) The ImageNet stem's first convolution is VALID.
  Which input of a cell needs a factorised reduction follows from the number of reductions before it.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def uniform(name: str, count: int) -> torch.Tensor:
    """Numbers in [-0.5, 0.5), multiples of 2^-16, from the name and the place."""
    h = 2166136261
    for letter in name.encode():
        h = ((h ^ letter) * 16777619) % 2**32
    i = torch.arange(count, dtype=torch.int64)
    x = (h + i * 40503 + (i * i % 65536) * 30011) % 65536
    x = (x * 25173 + 13849 + x * x % 65536) % 65536
    return x.to(torch.float64) / 65536 - 0.5


def values(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    u = uniform(name, math.prod(shape)).reshape(shape)
    if len(shape) > 1:  # kernels: O,I,kh,kw, C,1,kh,kw or O,I
        return u * math.sqrt(24.0 / math.prod(shape[1:]))
    if name.endswith("running_var") or name.endswith("bn.weight") or name.endswith(("bn1.weight", "bn2.weight")):
        return 1 + 0.5 * u
    return 0.25 * u


def sums(tensor: torch.Tensor) -> list[float]:
    """Of a tensor in the order of its file layout."""
    flat = tensor.detach().reshape(-1)
    weights = uniform("weights", flat.numel())
    return [rounded((flat * weights).sum().item()), rounded(flat.abs().sum().item())]


def rounded(value: float) -> float:
    return float(f"{value:.12g}")


def pads(n: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    reach = (kernel - 1) * dilation + 1
    total = max((-(-n // stride) - 1) * stride + reach - n, 0)
    return total // 2, total - total // 2


def pad_same(x, kernel, stride, dilation=1, value=0.0):
    top, bottom = pads(x.shape[2], kernel[0], stride[0], dilation)
    left, right = pads(x.shape[3], kernel[1], stride[1], dilation)
    return F.pad(x, (left, right, top, bottom), value=value)


class Network:
    def __init__(self, case):
        self.case = case
        self.weights: dict[str, torch.Tensor] = {}
        self.statistics: dict[str, torch.Tensor] = {}
        self.training = False

    # ---- primitives

    def weight(self, name, shape):
        if name not in self.weights:
            self.weights[name] = values(name, shape).requires_grad_()
        assert tuple(self.weights[name].shape) == tuple(shape), name
        return self.weights[name]

    def statistic(self, name, count):
        return self.statistics.setdefault(name, values(name, (count,)))

    def bn(self, x, name):
        c = x.shape[1]
        gamma, beta = self.weight(name + ".weight", (c,)), self.weight(name + ".bias", (c,))
        mean, var = self.statistic(name + ".running_mean", c), self.statistic(name + ".running_var", c)
        epsilon, decay = self.case["epsilon"], self.case["decay"]
        if self.training:
            batch_mean = x.mean(dim=(0, 2, 3))
            centred = x - batch_mean[None, :, None, None]
            batch_var = (centred**2).mean(dim=(0, 2, 3))
            n = x.numel() // c
            self.statistics[name + ".running_mean"] = decay * mean + (1 - decay) * batch_mean.detach()
            self.statistics[name + ".running_var"] = decay * var + (1 - decay) * batch_var.detach() * n / max(n - 1, 1)
            mean, var = batch_mean, batch_var
        x = (x - mean[None, :, None, None]) / torch.sqrt(var[None, :, None, None] + epsilon)
        return x * gamma[None, :, None, None] + beta[None, :, None, None]

    def conv(self, x, filters, name, kernel=(1, 1), stride=(1, 1), dilation=1, valid=False):
        w = self.weight(name + ".weight", (filters, x.shape[1], *kernel))
        if not valid:
            x = pad_same(x, kernel, stride, dilation)
        return F.conv2d(x, w, stride=stride, dilation=dilation)

    def depthwise(self, x, name, kernel, stride):
        w = self.weight(name + ".weight", (x.shape[1], 1, kernel, kernel))
        return F.conv2d(pad_same(x, (kernel, kernel), (stride, stride)), w, stride=stride, groups=x.shape[1])

    def dense(self, x, units, name):
        w, b = self.weight(name + ".weight", (units, x.shape[1])), self.weight(name + ".bias", (units,))
        return x @ w.t() + b

    @staticmethod
    def max_pool(x, kernel, stride):
        return F.max_pool2d(pad_same(x, (kernel, kernel), (stride, stride), value=-math.inf), kernel, stride)

    @staticmethod
    def average_pool(x, kernel, stride):
        def window_sums(t):
            return F.avg_pool2d(pad_same(t, (kernel, kernel), (stride, stride)), kernel, stride) * kernel**2

        return window_sums(x) / window_sums(torch.ones_like(x[:1, :1]))

    # ---- cells

    def relu_conv_bn(self, x, filters, name, kernel=(1, 1), stride=(1, 1), dilation=1):
        return self.bn(self.conv(F.relu(x), filters, name + "conv", kernel, stride, dilation), name + "bn")

    def factorised_reduction(self, x, filters, name):
        even = x[:, :, ::2, ::2]
        odd = F.pad(x, (0, 1, 0, 1))[:, :, 1::2, 1::2]
        y = torch.cat([self.conv(even, filters // 2, name + "path1"),
                       self.conv(odd, filters - filters // 2, name + "path2")], dim=1)
        return self.bn(y, name + "bn")

    def op(self, x, op, filters, stride, name):
        s2 = (stride, stride)
        if op == "identity":
            same = stride == 1 and x.shape[1] == filters
            return x if same else self.relu_conv_bn(x, filters, name, stride=s2)
        if "pool" in op:
            kernel = int(op[-1])
            x = (self.max_pool if op.startswith("max") else self.average_pool)(x, kernel, stride)
            if x.shape[1] != filters:
                x = self.bn(self.conv(x, filters, name + "fit.conv"), name + "fit.bn")
            return x
        if op.startswith("sep_conv"):
            kernel = int(op[-1])
            for number in (1, 2):
                part = f"{name}sep{number}."
                x = self.depthwise(F.relu(x), part + "depthwise", kernel, stride if number == 1 else 1)
                x = self.bn(self.conv(x, filters, part + "pointwise"), part + "bn")
            return x
        if op in ("conv_1x3_3x1", "conv_1x7_7x1"):
            kernel = int(op[-3])
            x = self.bn(self.conv(F.relu(x), filters, name + "conv1", (1, kernel), (1, stride)), name + "bn1")
            return self.bn(self.conv(F.relu(x), filters, name + "conv2", (kernel, 1), (stride, 1)), name + "bn2")
        if op == "bottleneck_1x7_7x1":
            narrow = filters // 4
            if narrow == 0:
                return self.op(x, "conv_1x7_7x1", filters, stride, name)
            x = self.relu_conv_bn(x, narrow, name + "reduce.")
            return self.relu_conv_bn(self.op(x, "conv_1x7_7x1", narrow, stride, name), filters, name + "expand.")
        if op == "dil_conv_3x3":
            return self.relu_conv_bn(x, filters, name, (3, 3), s2, 2)
        kernel = {"conv_1x1": 1, "conv_3x3": 3}[op]
        return self.relu_conv_bn(x, filters, name, (kernel, kernel), s2)

    def fit_previous(self, x, halvings, filters, name):
        """`halvings`: how many times larger than the current map, in powers of two."""
        for half in range(halvings):
            x = self.factorised_reduction(F.relu(x), filters, name + (f"half{half + 1}." if half else ""))
        return x if x.shape[1] == filters else self.relu_conv_bn(x, filters, name)

    def combine(self, sides, how, name):
        if how == "concat":
            return torch.cat(sides, dim=1)
        x = sides[0] + sides[1]
        if how == "add":
            return x
        axes = (1, 2, 3) if how == "add_layer_norm" else (2, 3)
        mean = x.mean(dim=axes, keepdim=True)
        variance = ((x - mean) ** 2).mean(dim=axes, keepdim=True)
        gamma, beta = self.weight(name + "norm.weight", (x.shape[1],)), self.weight(name + "norm.bias", (x.shape[1],))
        x = (x - mean) / torch.sqrt(variance + 1e-6)
        return x * gamma[None, :, None, None] + beta[None, :, None, None]

    def cell(self, number, cell, reduces, filters, sources):
        """`sources`: (map, reductions before it), the most recent first; None where there is none yet."""
        name = f"cells.{number}."
        current, reductions = sources[0]
        states = [self.relu_conv_bn(current, filters, name + "fit_current.")]
        for j, source in enumerate(sources[1:], 1):
            scope = name + ("fit_previous." if j == 1 else f"fit_previous{j}.")
            states.append(current if source is None else self.fit_previous(source[0], reductions - source[1], filters, scope))
        inputs = len(states)
        for b, block in enumerate(cell["blocks"]):
            sides = []
            for side in ("left", "right"):
                state, op = block[side]
                stride = 2 if reduces and state < inputs else 1
                sides.append(self.op(states[state], op, filters, stride, f"{name}blocks.{b}.{side}."))
            states.append(self.combine(sides, block["combine"], f"{name}blocks.{b}."))
        if not cell["concat"]:
            return states[inputs:]
        parts = []
        for state in cell["concat"]:
            x = states[state]
            fit = f"{name}fit_concat.{state}."
            if state < inputs and reduces:
                x = self.factorised_reduction(x, filters, fit)
            elif state < inputs and x.shape[1] != filters:
                x = self.bn(self.conv(x, filters, fit + "conv"), fit + "bn")
            parts.append(x)
        return [torch.cat(parts, dim=1)]

    # ---- the network

    def sources(self):
        """What the next cell reads. Cells that pass all outputs on: input j is output j of the layer j + 1 back."""
        inputs = self.case["architecture"].get("inputs", 2)
        found = []
        for j in range(inputs):
            if j >= len(self.layers) and inputs == 2:
                found.append(None)
                continue
            outputs, reductions = self.layers[-1 - j] if j < len(self.layers) else self.layers[0]
            found.append((outputs[j if len(outputs) > 1 else 0], reductions))
        return found

    def add_cell(self, role, width, sources):
        reduces = role == "reduction"
        outputs = self.cell(len(self.layers) - 1, self.case["architecture"][role], reduces, width, sources)
        self.layers.append((outputs, sources[0][1] + (1 if reduces else 0)))

    def forward(self, x):
        case = self.case
        filters, imagenet = case["filters"], case["stem"] == "imagenet"
        within = case.get("reduction_starts_stack", False)
        stem = case.get("stem_filters", 32 if imagenet else 3 * filters)
        if imagenet:
            x = self.bn(self.conv(x, stem, "stem.conv", (3, 3), (2, 2), valid=True), "stem.bn")
        else:
            x = self.bn(self.conv(x, stem, "stem.conv", (3, 3)), "stem.bn")
        self.layers = [([x], 0)]  # outputs of stem and cells, and how many reduction cells came before
        auxiliary = None
        if imagenet:
            for divisor in (4, 2):
                self.add_cell("reduction", filters // divisor, self.sources())
        for stack in range(3):
            skipped = None
            if stack > 0:
                filters *= 2
                skipped = self.sources()
                self.add_cell("reduction", filters, skipped)
            for n in range(case["cells"] - (1 if stack > 0 and within else 0)):
                sources = self.sources()
                if stack > 0 and n == 0 and case["skip"]:
                    sources = [sources[0], *skipped[1:]]
                self.add_cell("normal", filters, sources)
            if stack == 1 and case["auxiliary"]:
                auxiliary = torch.cat(self.layers[-1][0], dim=1)
        y = F.relu(torch.cat(self.layers[-1][0], dim=1)).mean(dim=(2, 3))
        logits = self.dense(y, case["classes"], "head")
        return logits, self.auxiliary_head(auxiliary) if auxiliary is not None else None

    def auxiliary_head(self, x):
        x = F.avg_pool2d(F.relu(x), 5, 3)
        x = F.relu(self.bn(self.conv(x, 128, "aux.conv1"), "aux.bn1"))
        x = F.relu(self.bn(self.conv(x, 768, "aux.conv2", tuple(x.shape[2:]), valid=True), "aux.bn2"))
        return self.dense(x.flatten(1), self.case["classes"], "aux.dense")


def block(left, right, combine="add"):
    return {"left": list(left), "right": list(right), "combine": combine}


NASNET_A = {
    "numbering": "current-first",
    "normal": {"blocks": [block((0, "sep_conv_5x5"), (1, "sep_conv_3x3")), block((1, "sep_conv_5x5"), (1, "sep_conv_3x3")),
                          block((0, "avg_pool_3x3"), (1, "identity")), block((1, "avg_pool_3x3"), (1, "avg_pool_3x3")),
                          block((0, "sep_conv_3x3"), (0, "identity"))],
               "concat": [1, 2, 3, 4, 5, 6]},
    "reduction": {"blocks": [block((0, "sep_conv_5x5"), (1, "sep_conv_7x7")), block((0, "max_pool_3x3"), (1, "sep_conv_7x7")),
                             block((0, "avg_pool_3x3"), (1, "sep_conv_5x5")), block((3, "identity"), (2, "avg_pool_3x3")),
                             block((2, "sep_conv_3x3"), (0, "max_pool_3x3"))],
                  "concat": [3, 4, 5, 6]},
}

# Every op, strided and not, both combiners, and a concatenated input.
ALL_OPS = {
    "numbering": "current-first",
    "normal": {"blocks": [block((0, "conv_1x3_3x1"), (1, "dil_conv_3x3"), "concat"),
                          block((2, "identity"), (1, "max_pool_5x5")), block((2, "max_pool_7x7"), (0, "conv_1x7_7x1")),
                          block((3, "conv_1x1"), (4, "conv_3x3"), "concat"), block((2, "sep_conv_3x3"), (1, "identity"))],
               "concat": [0, 5, 6]},
    "reduction": {"blocks": [block((0, "identity"), (1, "conv_1x7_7x1")), block((0, "max_pool_7x7"), (1, "conv_3x3"), "concat"),
                             block((1, "conv_1x1"), (0, "dil_conv_3x3")), block((0, "conv_1x3_3x1"), (1, "max_pool_5x5")),
                             block((3, "avg_pool_3x3"), (0, "avg_pool_3x3"))],
                  "concat": [1, 2, 4, 5, 6]},
}

PNASNET_CELL = {"blocks": [block((1, "sep_conv_5x5"), (1, "max_pool_3x3")), block((0, "sep_conv_7x7"), (0, "max_pool_3x3")),
                           block((0, "sep_conv_5x5"), (0, "sep_conv_3x3")), block((4, "sep_conv_3x3"), (0, "max_pool_3x3")),
                           block((1, "sep_conv_3x3"), (0, "identity"))],
                "concat": [2, 3, 4, 5, 6]}
PNASNET_5 = {"numbering": "current-first", "normal": PNASNET_CELL, "reduction": PNASNET_CELL}

AMOEBANET_A = {
    "numbering": "current-first",
    "normal": {"blocks": [block((0, "avg_pool_3x3"), (0, "max_pool_3x3")), block((1, "sep_conv_3x3"), (1, "identity")),
                          block((0, "identity"), (1, "avg_pool_3x3")), block((0, "sep_conv_3x3"), (2, "sep_conv_5x5")),
                          block((5, "avg_pool_3x3"), (0, "sep_conv_3x3"))],
               "concat": [1, 3, 4, 6]},
    "reduction": {"blocks": [block((1, "sep_conv_3x3"), (0, "avg_pool_3x3")), block((0, "max_pool_3x3"), (2, "sep_conv_7x7")),
                             block((1, "max_pool_3x3"), (0, "max_pool_3x3")), block((4, "sep_conv_3x3"), (0, "bottleneck_1x7_7x1")),
                             block((1, "avg_pool_3x3"), (0, "sep_conv_7x7"))],
                  "concat": [2, 3, 4, 5, 6]},
}

LAYER, INSTANCE = "add_layer_norm", "add_instance_norm"

NASNET_B = {
    "numbering": "current-first",
    "inputs": 4,
    "normal": {"blocks": [block((1, "sep_conv_5x5"), (2, "identity"), LAYER), block((0, "sep_conv_5x5"), (3, "sep_conv_3x3"), LAYER),
                          block((1, "sep_conv_3x3"), (3, "identity"), LAYER), block((0, "identity"), (1, "sep_conv_3x3"), LAYER)],
               "concat": []},
    "reduction": {"blocks": [block((0, "sep_conv_3x3"), (1, "sep_conv_3x3"), LAYER),
                             block((1, "sep_conv_3x3"), (3, "identity"), LAYER), block((2, "identity"), (3, "avg_pool_3x3")),
                             block((0, "avg_pool_3x3"), (4, "conv_1x3_3x1"))],
                  "concat": []},
}

NASNET_C = {
    "numbering": "current-first",
    "normal": {"blocks": [block((0, "sep_conv_3x3"), (0, "sep_conv_5x5")),
                          block((0, "sep_conv_3x3"), (1, "sep_conv_3x3"), INSTANCE),
                          block((0, "sep_conv_3x3"), (1, "sep_conv_3x3"), "concat"),
                          block((1, "sep_conv_3x3"), (1, "conv_1x3_3x1"), LAYER)],
               "concat": [2, 3, 4, 5]},
    "reduction": {"blocks": [block((0, "max_pool_3x3"), (0, "max_pool_3x3"), "concat"),
                             block((0, "conv_1x7_7x1"), (1, "max_pool_3x3"), LAYER),
                             block((0, "max_pool_3x3"), (1, "max_pool_3x3"), INSTANCE),
                             block((1, "sep_conv_7x7"), (1, "max_pool_5x5"), LAYER)],
                  "concat": [2, 3, 4, 5]},
}

CIFAR = {"stem": "cifar", "cells": 1, "classes": 10, "epsilon": 1e-5, "decay": 0.9, "skip": False, "auxiliary": False}
IMAGENET = CIFAR | {"stem": "imagenet", "epsilon": 1e-3, "decay": 0.9997}

CASES = [
    CIFAR | {"name": "NASNet-A, 28x28x1", "architecture": NASNET_A, "filters": 8, "images": [3, 28, 28, 1]},
    CIFAR | {"name": "NASNet-A, 15x11x3, auxiliary head", "architecture": NASNET_A, "filters": 3,
             "images": [4, 15, 11, 3], "auxiliary": True},
    CIFAR | {"name": "all ops, 13x18x2, skipped previous input", "architecture": ALL_OPS, "filters": 4, "cells": 2,
             "images": [3, 13, 18, 2], "skip": True},
    IMAGENET | {"name": "NASNet-A, 53x38x3, ImageNet stem", "architecture": NASNET_A, "filters": 9,
                "images": [2, 53, 38, 3], "classes": 7},
]


# The published networks. "network" is the name under which the library knows the whole of it; what follows changes it.
FAMILY = [
    IMAGENET | {"name": "mobile at its own size", "network": "nasnet-a-mobile", "architecture": NASNET_A, "cells": 4,
                "filters": 44, "classes": 1000, "images": [1, 224, 224, 3], "trains": False,
                "float_only": True},
    IMAGENET | {"name": "mobile, rectangular, auxiliary head", "network": "nasnet-a-mobile", "architecture": NASNET_A,
                "cells": 4, "filters": 12, "classes": 9, "images": [2, 67, 90, 3], "auxiliary": True},
    CIFAR | {"name": "CIFAR 6 @ 96, auxiliary head", "network": "nasnet-a-cifar", "architecture": NASNET_A, "cells": 6,
             "filters": 4, "images": [3, 16, 17, 3], "auxiliary": True},
    IMAGENET | {"name": "large in small: odd widths, skip, wide stem", "network": "nasnet-a-large", "architecture": NASNET_A,
                "cells": 2, "filters": 9, "stem_filters": 20, "skip": True, "classes": 5, "images": [4, 71, 69, 3],
                "auxiliary": True},
    IMAGENET | {"name": "PNASNet mobile, whole", "network": "pnasnet-5-mobile", "architecture": PNASNET_5, "cells": 3,
                "filters": 54, "reduction_starts_stack": True, "classes": 1000, "images": [1, 65, 72, 3], "trains": False},
    IMAGENET | {"name": "PNASNet, odd widths", "network": "pnasnet-5-mobile", "architecture": PNASNET_5, "cells": 2,
                "filters": 15, "reduction_starts_stack": True, "classes": 8, "images": [4, 67, 72, 3], "auxiliary": True},
    IMAGENET | {"name": "AmoebaNet-A", "network": "amoebanet-a-large", "architecture": AMOEBANET_A, "cells": 2, "filters": 14,
                "classes": 6, "images": [2, 47, 36, 3]},
    CIFAR | {"name": "NASNet-B", "network": "nasnet-b-cifar", "architecture": NASNET_B, "cells": 2, "filters": 5,
             "images": [2, 13, 16, 3]},
    IMAGENET | {"name": "NASNet-B, ImageNet stem", "network": "nasnet-b-mobile", "architecture": NASNET_B, "cells": 1,
                "filters": 8, "classes": 4, "images": [2, 37, 32, 3]},
    CIFAR | {"name": "NASNet-C", "network": "nasnet-c-cifar", "architecture": NASNET_C, "cells": 2, "filters": 5,
             "images": [2, 12, 15, 3]},
    IMAGENET | {"name": "NASNet-C, ImageNet stem", "network": "nasnet-c-mobile", "architecture": NASNET_C, "cells": 1,
                "filters": 9, "classes": 4, "images": [2, 38, 41, 3]},
]

# Both parities at every reduction, and rectangles.
SWEPT_SIZES = [(3, 3), (4, 5), (7, 4), *((n, n) for n in range(19, 36)), (33, 20), (20, 35), (40, 41)]
SWEEP = IMAGENET | {"name": "sizes", "network": "nasnet-a-imagenet-1@192", "architecture": NASNET_A, "cells": 1, "filters": 8,
                    "classes": 3}


def images_of(case):
    n, height, width, channels = case["images"]
    images = 4 * uniform("images of " + case["name"], n * height * width * channels)
    return images.reshape(n, height, width, channels).permute(0, 3, 1, 2)


def map_sums(tensor: torch.Tensor) -> list[float]:
    """Of a map in the order [N,H,W,C]."""
    return sums(tensor.permute(0, 2, 3, 1).contiguous())


def loss_of(case, logits, auxiliary):
    labels = torch.arange(case["images"][0]) * 3 % case["classes"]
    loss = F.cross_entropy(logits, labels, label_smoothing=0.1)
    whole = loss
    if auxiliary is not None:
        whole = loss + 0.4 * F.cross_entropy(auxiliary, labels, label_smoothing=0.1)
    return loss, whole


def chosen_names(names: list[str]) -> list[str]:
    """First, middle and last, and a few between."""
    return [names[(len(names) - 1) * k // 8] for k in range(9)]


def run_family(case):
    network = Network(case)
    images = images_of(case)
    with torch.no_grad():
        logits, auxiliary = network.forward(images)
    result = {key: value for key, value in case.items() if key not in ("architecture", "epsilon", "decay")}
    result |= {"logits": [rounded(x) for x in logits.flatten().tolist()],
               "cell_sums": [[map_sums(x) for x in outputs] for outputs, _ in network.layers[1:]]}
    if not case.get("trains", True):
        return result
    network.training = True
    logits, auxiliary = network.forward(images)
    loss, whole = loss_of(case, logits, auxiliary)
    whole.backward()
    if auxiliary is not None:
        result["auxiliary_logits"] = [rounded(x) for x in auxiliary.flatten().tolist()]
    trained = [name for name, weight in network.weights.items() if weight.grad is not None]  # some outputs go nowhere
    return result | {
        "training_logits": [rounded(x) for x in logits.flatten().tolist()],
        "loss": rounded(loss.item()),
        "gradients": {name: sums(network.weights[name].grad) for name in chosen_names(trained)},
        "statistics": {name: sums(network.statistics[name]) for name in chosen_names(list(network.statistics))},
    }


def run_sweep():
    swept = []
    network = Network(SWEEP)
    for height, width in SWEPT_SIZES:
        case = SWEEP | {"images": [1, height, width, 3]}
        with torch.no_grad():
            logits, _ = network.forward(images_of(case))
        swept.append({"size": [height, width], "logits": [rounded(x) for x in logits.flatten().tolist()]})
    return {key: value for key, value in SWEEP.items() if key not in ("architecture", "epsilon", "decay")} | {"sizes": swept}


def run_resize():
    """No target of one column: there PyTorch repeats the first row (seen with 2.15)."""
    cases = []
    for way in ("bilinear", "bicubic"):
        for source, target in [((5, 7), (11, 9)), ((12, 10), (5, 4)), ((9, 9), (3, 17)), ((1, 6), (4, 13)), ((13, 2), (6, 3))]:
            i = torch.arange(source[0] * source[1])
            image = ((i * i * 7 + i * 3) % 97).to(torch.float64).reshape(1, 1, *source) / 97
            y = F.interpolate(image, size=target, mode=way, align_corners=False, antialias=True)
            cases.append({"way": way, "from": source, "to": target, "values": [rounded(x) for x in y.flatten().tolist()]})
    return cases


def run(case):
    network = Network(case)
    images = images_of(case)
    with torch.no_grad():
        evaluated, _ = network.forward(images)
    network.training = True
    logits, auxiliary = network.forward(images)
    loss, whole = loss_of(case, logits, auxiliary)
    whole.backward()
    decayed = [w for name, w in network.weights.items() if w.dim() > 1]
    others = [w for name, w in network.weights.items() if w.dim() == 1]
    gradients = {name: sums(w.grad) for name, w in network.weights.items()}
    optimizer = torch.optim.SGD([{"params": decayed, "weight_decay": 0.01}, {"params": others}], lr=0.05, momentum=0.9,
                                nesterov=True)
    optimizer.step()
    return case | {
        "logits": [rounded(x) for x in evaluated.flatten().tolist()],
        "training_logits": [rounded(x) for x in logits.flatten().tolist()],
        "loss": rounded(loss.item()),
        "gradients": gradients,
        "statistics": {name: sums(s) for name, s in network.statistics.items()},
        "stepped": [rounded(sum(sums(w)[i] for w in network.weights.values())) for i in (0, 1)],
    }


def write(path: pathlib.Path, cases) -> None:
    texts = [json.dumps(case).replace("], ", "],\n") for case in cases]
    path.write_text("[" + ",\n".join(texts) + "]\n")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    write(folder / "networks.json", map(run, CASES))
    write(folder / "family.json", [*map(run_family, FAMILY), run_sweep()])
    write(folder / "resize.json", run_resize())


if __name__ == "__main__":
    main()
