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

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"keras_to_safetensors: {error.name} is needed: pip install h5py numpy", file=sys.stderr)
    sys.exit(2)

DTYPES = {"float16": "F16", "float32": "F32", "float64": "F64"}


def read_attribute(group, name: str) -> list[str]:
    """A list of names; long ones are cut into numbered pieces."""
    pieces = [name] if name in group.attrs else []
    while not (name in pieces) and f"{name}{len(pieces)}" in group.attrs:
        pieces.append(f"{name}{len(pieces)}")
    found = [each for piece in pieces for each in np.atleast_1d(group.attrs[piece])]
    names = [each.decode(errors="replace") if isinstance(each, bytes) else each for each in found]
    if not all(isinstance(each, str) and each.isprintable() and "\ufffd" not in each for each in names):
        raise ValueError(f"'{group.name}' has {name} that are no names")
    return names


def member(group, name: str, kind: type, what: str):
    found = group.get(name) if name else None
    if not isinstance(found, kind):
        raise ValueError(f"'{group.name}' has no {what} '{name}'")
    return found


def read_tensors(file) -> dict[str, np.ndarray]:
    tensors: dict[str, np.ndarray] = {}
    root = member(file, "model_weights", h5py.Group, "group") if "model_weights" in file else file
    layers = read_attribute(root, "layer_names")
    if not layers:
        raise ValueError("it names no layers; a .weights.h5 of Keras 3 must be saved as .h5 first")
    for layer in layers:
        group = member(root, layer, h5py.Group, "layer")
        if not any(key.startswith("weight_names") for key in group.attrs):
            raise ValueError(f"layer '{layer}' has no weight_names")
        for weight in read_attribute(group, "weight_names"):
            name = f"{layer}/{weight.split('/')[-1].split(':')[0]}"
            if name in tensors:
                raise ValueError(f"it has '{name}' twice")
            tensor = member(group, weight, h5py.Dataset, "tensor")
            if tensor.dtype.name not in DTYPES:
                raise ValueError(f"'{name}' is of type {tensor.dtype}, floats are wanted")
            tensors[name] = np.asarray(tensor, order="C")
    return tensors


def read_keras(path: pathlib.Path) -> dict[str, np.ndarray]:
    try:
        with h5py.File(path, "r") as file:
            return read_tensors(file)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise ValueError(f"'{path}': {error}") from None


def write_safetensors(path: pathlib.Path, tensors: dict[str, np.ndarray]) -> None:
    header, end = {}, 0
    for name, tensor in tensors.items():
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
    except (OSError, ValueError) as error:
        print("keras_to_safetensors: " + " ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
