"""An ONNX file of this library as a PyTorch module, node by node: PyTorch eager on exactly the same network."""

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional


def attributes_of(node):
    return {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}


def same_pads(pads):
    """(height, width) where the pads before and behind are equal, else None."""
    top, left, bottom, right = pads
    return (top, left) if (top, left) == (bottom, right) else None


class OnnxNetwork:
    def __init__(self, path, memory_format=torch.channels_last):
        graph = onnx.load(str(path)).graph
        self.values = {}
        self.format = memory_format
        for tensor in graph.initializer:
            value = torch.from_numpy(numpy.array(numpy_helper.to_array(tensor)))
            self.values[tensor.name] = value.contiguous(memory_format=memory_format) if value.dim() == 4 else value
        self.nodes = [(node.op_type, list(node.input), node.output[0], attributes_of(node)) for node in graph.node]
        self.last_use = {name: index for index, (_, inputs, _, _) in enumerate(self.nodes) for name in inputs}
        self.output = graph.output[0].name

    @torch.inference_mode()
    def __call__(self, images):
        live = {"input": images.contiguous(memory_format=self.format)}
        for index, (kind, inputs, output, attributes) in enumerate(self.nodes):
            arguments = [live[name] if name in live else self.values[name] for name in inputs]
            live[output] = getattr(self, kind)(attributes, *arguments)
            for name in inputs:
                if self.last_use[name] == index:
                    live.pop(name, None)
        return live[self.output]

    def Conv(self, attributes, x, weight, bias=None):
        pads = attributes.get("pads", [0, 0, 0, 0])
        around = same_pads(pads)
        if around is None:
            x = functional.pad(x, (pads[1], pads[3], pads[0], pads[2]))
        return functional.conv2d(x, weight, bias, tuple(attributes.get("strides", (1, 1))), around or (0, 0),
                                 tuple(attributes.get("dilations", (1, 1))), attributes.get("group", 1))

    def MaxPool(self, attributes, x):
        pads = attributes.get("pads", [0, 0, 0, 0])
        around = same_pads(pads)
        if around is None:
            x = functional.pad(x, (pads[1], pads[3], pads[0], pads[2]), value=float("-inf"))
        return functional.max_pool2d(x, attributes["kernel_shape"], attributes.get("strides", (1, 1)), around or (0, 0))

    def AveragePool(self, attributes, x):
        pads = attributes.get("pads", [0, 0, 0, 0])
        kernel, strides = attributes["kernel_shape"], attributes.get("strides", (1, 1))
        around = same_pads(pads)
        if around is not None:
            return functional.avg_pool2d(x, kernel, strides, around, count_include_pad=False)
        padding = (pads[1], pads[3], pads[0], pads[2])
        sums = functional.avg_pool2d(functional.pad(x, padding), kernel, strides)
        return sums / functional.avg_pool2d(functional.pad(torch.ones_like(x[:1, :1]), padding), kernel, strides)

    def BatchNormalization(self, attributes, x, scale, shift, mean, variance):
        return functional.batch_norm(x, mean, variance, scale, shift, False, 0.0, attributes["epsilon"])

    def Pad(self, attributes, x, pads, value=None):
        pads = pads.tolist()
        return functional.pad(x, (pads[3], pads[7], pads[2], pads[6]), value=0.0 if value is None else value.item())

    def Slice(self, attributes, x, starts, ends, axes, steps):
        where = [slice(None)] * x.dim()
        for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps.tolist()):
            where[axis] = slice(start, end, step)
        return x[tuple(where)]

    def Relu(self, attributes, x):
        return functional.relu(x)

    def Add(self, attributes, a, b):
        return a + b

    def Sum(self, attributes, *terms):
        return sum(terms[1:], terms[0])

    def Concat(self, attributes, *parts):
        return torch.cat(parts, attributes["axis"])

    def GlobalAveragePool(self, attributes, x):
        return x.mean((2, 3), keepdim=True)

    def Unsqueeze(self, attributes, x, axes):
        for axis in axes.tolist():
            x = x.unsqueeze(axis)
        return x

    def Flatten(self, attributes, x):
        return x.flatten(attributes.get("axis", 1))

    def Reshape(self, attributes, x, shape):
        return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())])

    def MatMul(self, attributes, a, b):
        return a @ b

    def Gemm(self, attributes, a, b, c):
        return a @ (b.t() if attributes.get("transB", 0) else b) + c
