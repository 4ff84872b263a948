#!/usr/bin/env python3
"""Writes networks.json: what PyTorch computes for small networks, in double precision.

    python make_golden.py [OUTPUT]          needs torch (CPU); made with torch 2.15

The networks are written here from the description of the cells alone, on [N,C,H,W] tensors. Weights, images and labels
follow the formulas of `values`, on both sides, so that the file holds results only. Two sums stand for a whole tensor:
one weighted by a formula, and that of the absolute values, which scales the tolerance.
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
        if op == "dil_conv_3x3":
            return self.relu_conv_bn(x, filters, name, (3, 3), s2, 2)
        kernel = {"conv_1x1": 1, "conv_3x3": 3}[op]
        return self.relu_conv_bn(x, filters, name, (kernel, kernel), s2)

    def cell(self, number, cell, reduces, filters, current, previous, previous_halves):
        """`previous_halves`: the previous map is twice as large as the current one."""
        name = f"cells.{number}."
        h0 = self.relu_conv_bn(current, filters, name + "fit_current.")
        if previous is None:
            h1 = current
        elif previous_halves:
            h1 = self.factorised_reduction(F.relu(previous), filters, name + "fit_previous.")
        elif previous.shape[1] != filters:
            h1 = self.relu_conv_bn(previous, filters, name + "fit_previous.")
        else:
            h1 = previous
        states = [h0, h1]
        for b, block in enumerate(cell["blocks"]):
            sides = []
            for side in ("left", "right"):
                state, op = block[side]
                stride = 2 if reduces and state < 2 else 1
                sides.append(self.op(states[state], op, filters, stride, f"{name}blocks.{b}.{side}."))
            states.append(sides[0] + sides[1] if block["combine"] == "add" else torch.cat(sides, dim=1))
        parts = []
        for state in cell["concat"]:
            x = states[state]
            fit = f"{name}fit_concat.{state}."
            if state < 2 and reduces:
                x = self.factorised_reduction(x, filters, fit)
            elif state < 2 and x.shape[1] != filters:
                x = self.bn(self.conv(x, filters, fit + "conv"), fit + "bn")
            parts.append(x)
        return torch.cat(parts, dim=1)

    # ---- the network

    def forward(self, x):
        case, architecture = self.case, self.case["architecture"]
        filters, imagenet = case["filters"], case["stem"] == "imagenet"
        if imagenet:
            x = self.bn(self.conv(x, 32, "stem.conv", (3, 3), (2, 2), valid=True), "stem.bn")
        else:
            x = self.bn(self.conv(x, 3 * filters, "stem.conv", (3, 3)), "stem.bn")
        history = [(None, 0), (x, 0)]  # maps and how often a reduction cell came before
        halvings, number, auxiliary = 0, 0, None

        def add_cell(role, width, current, previous):
            nonlocal number
            reduces = role == "reduction"
            y = self.cell(number, architecture[role], reduces, width, current[0], previous[0], previous[1] < current[1])
            number += 1
            history.append((y, current[1] + (1 if reduces else 0)))

        if imagenet:
            for divisor in (4, 2):
                add_cell("reduction", filters // divisor, history[-1], history[-2])
        for stack in range(3):
            skipped = None
            if stack > 0:
                filters *= 2
                skipped = history[-2]
                add_cell("reduction", filters, history[-1], history[-2])
            for n in range(case["cells"]):
                first = stack > 0 and n == 0 and case["skip"]
                add_cell("normal", filters, history[-1], skipped if first else history[-2])
            if stack == 1 and case["auxiliary"]:
                auxiliary = history[-1][0]
        y = F.relu(history[-1][0]).mean(dim=(2, 3))
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


def run(case):
    network = Network(case)
    n, height, width, channels = case["images"]
    images = 4 * uniform("images of " + case["name"], n * height * width * channels).reshape(n, height, width, channels)
    images = images.permute(0, 3, 1, 2)
    labels = torch.arange(n) * 3 % case["classes"]
    with torch.no_grad():
        evaluated, _ = network.forward(images)
    network.training = True
    logits, auxiliary = network.forward(images)
    loss = F.cross_entropy(logits, labels, label_smoothing=0.1)
    whole = loss
    if auxiliary is not None:
        whole = loss + 0.4 * F.cross_entropy(auxiliary, labels, label_smoothing=0.1)
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


def main():
    output = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "networks.json")
    cases = [json.dumps(run(case)).replace("], ", "],\n") for case in CASES]
    output.write_text("[" + ",\n".join(cases) + "]\n")


if __name__ == "__main__":
    main()
