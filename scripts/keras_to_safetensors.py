#!/usr/bin/env python3
"""Turns the weights of a Keras model from .h5 into safetensors, names and layouts as they are.

    python keras_to_safetensors.py WEIGHTS.h5 WEIGHTS.safetensors          needs h5py and numpy

Tensors are called "layer/variable", as "stem_conv1/kernel". The file may hold weights alone (the downloads of
keras.applications, `model.save_weights("x.h5")` of Keras 2) or a whole model (`model.save("x.h5")`). A `.weights.h5` of
Keras 3 does not keep the names of layers: load it into its model and save that as .h5. `convert_weights --from keras`
makes the result fit a network.
"""

import argparse
import json
import os
import pathlib
import struct
import sys

import h5py
import numpy as np

DTYPES = {"float16": "F16", "float32": "F32", "float64": "F64"}


def text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def read_attribute(group, name: str) -> list[str]:
    """A list of names; long ones are cut into numbered pieces."""
    if name in group.attrs:
        return [text(each) for each in group.attrs[name]]
    pieces: list[str] = []
    while f"{name}{len(pieces)}" in group.attrs:
        pieces.append(f"{name}{len(pieces)}")
    return [text(each) for piece in pieces for each in group.attrs[piece]]


def read_keras(path: pathlib.Path) -> dict[str, np.ndarray]:
    tensors: dict[str, np.ndarray] = {}
    with h5py.File(path, "r") as file:
        root = file["model_weights"] if "model_weights" in file else file
        layers = read_attribute(root, "layer_names")
        if not layers:
            raise ValueError(f"'{path}' names no layers; a .weights.h5 of Keras 3 must be saved as .h5 first")
        for layer in layers:
            for weight in read_attribute(root[layer], "weight_names"):
                name = f"{layer}/{weight.split('/')[-1].split(':')[0]}"
                if name in tensors:
                    raise ValueError(f"'{path}' has '{name}' twice")
                tensors[name] = np.ascontiguousarray(root[layer][weight])
    return tensors


def write_safetensors(path: pathlib.Path, tensors: dict[str, np.ndarray]) -> None:
    header, end = {}, 0
    for name, tensor in tensors.items():
        if tensor.dtype.name not in DTYPES:
            raise ValueError(f"'{name}' is of type {tensor.dtype}, floats are wanted")
        begin, end = end, end + tensor.nbytes
        header[name] = {"dtype": DTYPES[tensor.dtype.name], "shape": list(tensor.shape), "data_offsets": [begin, end]}
    prefix = json.dumps(header).encode()
    prefix += b" " * (-len(prefix) % 8)
    temporary = path.with_name(path.name + ".tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(struct.pack("<Q", len(prefix)) + prefix)
            for tensor in tensors.values():
                file.write(tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Weights of a Keras model from .h5 to safetensors.")
    parser.add_argument("input", type=pathlib.Path, help="a .h5 file of Keras")
    parser.add_argument("output", type=pathlib.Path, help="where to write the tensors")
    arguments = parser.parse_args()
    try:
        write_safetensors(arguments.output, read_keras(arguments.input))
    except (OSError, KeyError, ValueError) as error:
        print(f"keras_to_safetensors: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
