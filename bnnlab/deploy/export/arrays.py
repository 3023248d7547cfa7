"""Packed networks as plain NumPy arrays, for programs that want to read the words themselves."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import numpy as np

from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.deploy.graph import PackedModel
from bnnlab.records.writing import replace_file

CONVENTION = (
    "Words are uint64, lowest bit first; bit 1 is +1 and bit 0 is -1; padding bits are 0. "
    "XnorDense, PixelDense and SignDense: words (ceil(depth/64), outputs), each column one output. "
    "XnorConv and SignConv: words (filters, ceil(channels*height*width/64)), each row one filter. "
    "An output is +1 where its sum is at least its value, or, where it is not rising, at most."
)


def export_npz(model: PackedModel, path: str | os.PathLike[str]) -> None:
    """Write a network's arrays as a NumPy archive without pickles.

    It holds `NODE.FIELD` for each array, NODE being the node's name (with underscores for what is no letter or
    digit), and `manifest`, a JSON text: input shape, class names, the convention of the words, and each node with its
    operation, inputs, plain fields, and the names of its arrays. Fields are those of `bnnlab.deploy.OPS`.

    Args:
        model: The network.
        path: The file. It is replaced as a whole, or not at all.

    Raises:
        TypeError: If `model` is no `PackedModel`, or `path` no path.
        OSError: If the file cannot be written.

    Example:
        ``arrays = np.load("net.npz"); arrays["hidden1.words"]; json.loads(str(arrays["manifest"]))``
    """
    check_type("model", model, "a PackedModel", PackedModel)
    names = identifiers(node.name for node in model.nodes)
    arrays: dict[str, Any] = {}
    nodes = []
    for node in model.nodes:
        keys = {field: f"{names[node.name]}.{field}" for field in node.op.tensors()}
        arrays |= {keys[field]: array for field, array in node.op.tensors().items()}
        nodes.append(
            {
                "name": node.name,
                "op": type(node.op).__name__,
                "inputs": node.inputs,
                "fields": node.op.attributes(),
                "arrays": keys,
            }
        )
    manifest = {
        "input_shape": model.input_shape,
        "class_names": model.class_names,
        "convention": CONVENTION,
        "nodes": nodes,
    }
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, manifest=np.array(json.dumps(manifest)), **arrays)
    replace_file(path, archive.getvalue())
