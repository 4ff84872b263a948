"""NASNet-A for images of the CIFAR sets in PyTorch, written from the paper and its released wiring: the peer that the
comparisons in this folder measure. SAME padding as TensorFlow's; averages leave padding out."""

import torch
from torch import nn
from torch.nn import functional


def same_padding(extent, kernel, stride):
    total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
    return total // 2, total - total // 2


def pad_same(x, kernel, stride, value=0.0):
    top, bottom = same_padding(x.shape[2], kernel, stride)
    left, right = same_padding(x.shape[3], kernel, stride)
    return functional.pad(x, (left, right, top, bottom), value=value)


class SamePadded(nn.Module):
    """A convolution without bias; at stride 1 its own symmetric padding is SAME already."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if stride == 1 else 0, groups=groups,
                              bias=False)

    def forward(self, x):
        return self.conv(x if self.stride == 1 else pad_same(x, self.kernel, self.stride))


def batch_norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1)


class SepConv(nn.Module):
    def __init__(self, inputs, filters, kernel, stride):
        super().__init__()
        self.passes = nn.Sequential(
            nn.ReLU(), SamePadded(inputs, inputs, kernel, stride, groups=inputs), nn.Conv2d(inputs, filters, 1, bias=False),
            batch_norm(filters),
            nn.ReLU(), SamePadded(filters, filters, kernel, groups=filters), nn.Conv2d(filters, filters, 1, bias=False),
            batch_norm(filters))

    def forward(self, x):
        return self.passes(x)


class Pool(nn.Module):
    def __init__(self, kind, inputs, filters, kernel, stride):
        super().__init__()
        self.kind, self.kernel, self.stride = kind, kernel, stride
        self.fit = None
        if inputs != filters:
            self.fit = nn.Sequential(nn.Conv2d(inputs, filters, 1, bias=False), batch_norm(filters))

    def pool(self, x):
        if self.kind == "max":
            if self.stride == 1:
                return functional.max_pool2d(x, self.kernel, 1, self.kernel // 2)
            return functional.max_pool2d(pad_same(x, self.kernel, self.stride, float("-inf")), self.kernel, self.stride)
        if self.stride == 1:
            return functional.avg_pool2d(x, self.kernel, 1, self.kernel // 2, count_include_pad=False)
        ones = torch.ones_like(x[:1, :1])
        sums = functional.avg_pool2d(pad_same(x, self.kernel, self.stride), self.kernel, self.stride)
        return sums / functional.avg_pool2d(pad_same(ones, self.kernel, self.stride), self.kernel, self.stride)

    def forward(self, x):
        x = self.pool(x)
        return x if self.fit is None else self.fit(x)


class Identity(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.fit = None
        if inputs != filters or stride != 1:
            self.fit = nn.Sequential(nn.ReLU(), nn.Conv2d(inputs, filters, 1, stride, bias=False), batch_norm(filters))

    def forward(self, x):
        return x if self.fit is None else self.fit(x)


class FactorizedReduction(nn.Module):
    def __init__(self, inputs, filters):
        super().__init__()
        self.path1 = nn.Conv2d(inputs, filters // 2, 1, bias=False)
        self.path2 = nn.Conv2d(inputs, filters - filters // 2, 1, bias=False)
        self.bn = batch_norm(filters)

    def forward(self, x):
        even = self.path1(x[:, :, ::2, ::2])
        odd = self.path2(functional.pad(x, (0, 1, 0, 1))[:, :, 1::2, 1::2])
        return self.bn(torch.cat([even, odd], 1))


def make_op(name, inputs, filters, stride):
    if name == "identity":
        return Identity(inputs, filters, stride)
    kind, kernel = name.split("_")[0], int(name[-1])
    if kind == "sep":
        return SepConv(inputs, filters, kernel, stride)
    return Pool(kind, inputs, filters, kernel, stride)


# (state, op) left and right of each block; state 0 is the more recent input.
NORMAL = ([((0, "sep_5"), (1, "sep_3")), ((1, "sep_5"), (1, "sep_3")), ((0, "avg_3"), (1, "identity")),
           ((1, "avg_3"), (1, "avg_3")), ((0, "sep_3"), (0, "identity"))], [1, 2, 3, 4, 5, 6])
REDUCTION = ([((0, "sep_5"), (1, "sep_7")), ((0, "max_3"), (1, "sep_7")), ((0, "avg_3"), (1, "sep_5")),
              ((3, "identity"), (2, "avg_3")), ((2, "sep_3"), (0, "max_3"))], [3, 4, 5, 6])


class Cell(nn.Module):
    def __init__(self, cell, current, previous, filters, reduction):
        """current, previous: (channels, stride) of the inputs; previous None in the first cell."""
        super().__init__()
        blocks, self.concat = cell
        self.fit_current = nn.Sequential(nn.ReLU(), nn.Conv2d(current[0], filters, 1, bias=False), batch_norm(filters))
        self.fit_previous = nn.Identity()
        channels = [filters, current[0] if previous is None else filters]
        if previous is not None and previous[1] != current[1]:
            self.fit_previous = nn.Sequential(nn.ReLU(), FactorizedReduction(previous[0], filters))
        elif previous is not None and previous[0] != filters:
            self.fit_previous = nn.Sequential(nn.ReLU(), nn.Conv2d(previous[0], filters, 1, bias=False),
                                              batch_norm(filters))
        self.wiring, self.ops = [], nn.ModuleList()
        for pair in blocks:
            self.wiring.append([state for state, _ in pair])
            for state, name in pair:
                self.ops.append(make_op(name, channels[state], filters, 2 if reduction and state < 2 else 1))
            channels.append(filters)
        self.fit_concat = nn.Identity()
        if 1 in self.concat and channels[1] != filters:
            self.fit_concat = nn.Sequential(nn.Conv2d(channels[1], filters, 1, bias=False), batch_norm(filters))

    def forward(self, current, previous):
        states = [self.fit_current(current), self.fit_previous(current if previous is None else previous)]
        for block, (left, right) in enumerate(self.wiring):
            states.append(self.ops[2 * block](states[left]) + self.ops[2 * block + 1](states[right]))
        parts = [self.fit_concat(states[state]) if state == 1 else states[state] for state in self.concat]
        return torch.cat(parts, 1)


class NasnetA(nn.Module):
    def __init__(self, cells_per_stack, filters, input_channels, classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(input_channels, 3 * filters, 3, 1, 1, bias=False), batch_norm(3 * filters))
        self.cells = nn.ModuleList()
        current, previous, stride = (3 * filters, 1), None, 1
        for stack in range(3):
            kinds = ([REDUCTION] if stack > 0 else []) + [NORMAL] * cells_per_stack
            for kind in kinds:
                reduction = kind is REDUCTION
                filters, stride = (2 * filters, 2 * stride) if reduction else (filters, stride)
                self.cells.append(Cell(kind, current, previous, filters, reduction))
                current, previous = (len(kind[1]) * filters, stride), current
        self.head = nn.Linear(current[0], classes)

    def forward(self, x):
        current, previous = self.stem(x), None
        for cell in self.cells:
            current, previous = cell(current, previous), current
        return self.head(functional.relu(current).mean((2, 3)))
