"""Packed models in files, ``*.bnn``: safetensors, whose metadata holds one manifest.

A safetensors file is eight bytes that give the length of a JSON header, the header, which lists the tensors and holds
metadata, and the tensors. Here each tensor is an array of an operation and is called ``<node>/<field>``; what else
there is to know stands in the manifest (`bnnlab.deploy.manifest`). Nothing that is prepared for a kernel is written.

Whatever a file holds, reading it ends in a network that runs or in a `ModelFileError`. No code is read from it, nothing
is allocated that is larger than the file, and no size that it states is believed before it is compared with it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.manifest import Manifest, NodeRecord, TensorRecord, checksum, strict_json
from bnnlab.deploy.names import numbered
from bnnlab.deploy.node import Node
from bnnlab.deploy.ops import OPS, Op
from bnnlab.deploy.ops.fields import annotations_of, holds_array, may_be_none, shown
from bnnlab.records.writing import replace_file

Tensors = dict[str, NDArray[Any]]

MANIFEST = "manifest"
"""Its key in the metadata; the only one, since safetensors writes several in no fixed order."""

MOST_HEADER = 1 << 20
"""Bytes of a header: a thousand layers. While it is read, it may take 30 times as much memory."""

MOST_BYTES = 1 << 31
"""Of a file."""

DTYPES = ("BOOL", "F32", "I32", "U64")
"""What tensors may be, by the names of safetensors."""


def save(model: PackedModel, path: str | os.PathLike[str]) -> None:
    """See `PackedModel.save`."""
    replace_file(path, to_bytes(model))


def load(path: str | os.PathLike[str]) -> PackedModel:
    """See `PackedModel.load`."""
    check_type("path", path, "a str or PathLike", str, os.PathLike)
    source = Path(path)
    name = source.name or str(source)  # a folder such as "." has none
    if source.exists() and not source.is_file():  # opening a pipe would wait for its other end
        raise ModelFileError(f"{name}: not a file")
    try:
        with source.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            _check_beginning(stream.read(8), size)
            stream.seek(0)
            return from_bytes(stream.read(size))
    except ModelFileError as error:
        raise ModelFileError(f"{name}: {error}") from error


def to_bytes(model: PackedModel) -> bytes:
    """What `save` writes; the same for the same network.

    Raises:
        ValueError: If a node's operation is none of `OPS`, or there are too many nodes.
    """
    tensors: Tensors = {}
    records = []
    for node in model.nodes:
        kind = type(node.op).__name__
        if OPS.get(kind) is not type(node.op):
            raise ValueError(f"node {node.name!r} cannot be saved: {kind} is none of {sorted(OPS)}")
        records.append(NodeRecord(node.name, kind, node.inputs, node.op.attributes()))
        for field, array in node.op.tensors().items():
            tensors[f"{node.name}/{field}"] = np.ascontiguousarray(array)
    described = {name: TensorRecord(array.shape, _digest(array)) for name, array in tensors.items()}
    names = () if model.class_names == numbered(len(model.class_names)) else model.class_names
    manifest = Manifest(model.input_shape, names, tuple(records), described)
    content = safetensors.numpy.save(tensors, {MANIFEST: manifest.to_json()})
    if _header_length(content) > MOST_HEADER:
        raise ValueError(f"a network of {len(records)} nodes cannot be saved: its description is too long")
    return content


def from_bytes(content: bytes) -> PackedModel:
    """The network that `to_bytes` wrote.

    Raises:
        ModelFileError: As `PackedModel.load`.
    """
    header = _header(content)
    metadata = header.pop("__metadata__", None)
    if not isinstance(metadata, dict) or metadata.keys() != {MANIFEST}:
        raise ModelFileError("not a packed model: a safetensors file without a manifest")
    manifest = Manifest.from_json(metadata[MANIFEST])
    tensors = _tensors(content, header, manifest.tensors)
    nodes = [Node(record.name, _op(record, tensors), record.inputs) for record in manifest.nodes]
    if tensors:
        raise ModelFileError(f"tensor {shown(min(tensors))} belongs to no field of a node")
    try:
        return PackedModel(tuple(nodes), manifest.input_shape, manifest.class_names)
    except ValueError as error:
        raise ModelFileError(str(error)) from error


def _check_beginning(content: bytes, size: int) -> None:
    """Refuse what cannot be a packed model by its first eight bytes and its size."""
    length = _header_length(content)
    if size == 0:
        raise ModelFileError("not a packed model: the file is empty")
    if size < 8 or length > max(size - 8, MOST_HEADER):
        raise ModelFileError("not a packed model: it does not begin with the length of a header")
    if length > size - 8:
        raise ModelFileError(f"cut short: {size} bytes, and a header of {length}")
    if length > MOST_HEADER or size > MOST_BYTES:
        raise ModelFileError(
            f"a packed model has at most {MOST_BYTES} bytes, and a header of at most {MOST_HEADER}; "
            f"this has {size} and {length}"
        )


def _header_length(content: bytes) -> int:
    return int.from_bytes(content[:8], "little")


def _header(content: bytes) -> dict[str, Any]:
    _check_beginning(content, len(content))
    header = strict_json(content[8 : 8 + _header_length(content)], "the header")
    if not isinstance(header, dict):
        raise ModelFileError("the header must be a JSON object")
    return header


def _tensors(content: bytes, header: dict[str, Any], expected: Mapping[str, TensorRecord]) -> Tensors:
    """The tensors, which are as the manifest says."""
    if header.keys() != expected.keys():
        name = min(header.keys() ^ expected.keys())
        where = "the header" if name in header else "the manifest"
        raise ModelFileError(f"tensor {shown(name)} stands only in {where}")
    for name, entry in header.items():
        known = isinstance(entry, dict) and entry.keys() == {"dtype", "shape", "data_offsets"}
        if not known or entry["dtype"] not in DTYPES:
            raise ModelFileError(
                f"tensor {name!r} must have shape, data_offsets, and a dtype of {sorted(DTYPES)}"
            )
    try:  # offsets: whether the tensors fill the rest of the file, one after the other
        tensors = safetensors.numpy.load(content)
    except safetensors.SafetensorError as error:
        not_covered = "incomplete" in str(error).lower()  # by the tensors, the rest of the file
        problem = "it is cut short, or followed by other bytes" if not_covered else error
        raise ModelFileError(f"the header does not fit the file: {problem}") from error
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            raise ModelFileError(
                f"tensor {name!r} must have shape {expected[name].shape}, got {tensor.shape}"
            )
        if _digest(tensor) != expected[name].digest:
            raise ModelFileError(f"tensor {name!r} is damaged: its checksum does not match")
        if tensor.dtype == np.bool_ and tensor.view(np.uint8).max(initial=0) > 1:
            raise ModelFileError(f"tensor {name!r} must hold bytes 0 and 1")
    return tensors


def _op(record: NodeRecord, tensors: Tensors) -> Op:
    """The operation of a node; its arrays are taken out of `tensors`."""
    kind = OPS.get(record.op)
    if kind is None:
        raise ModelFileError(
            f"op of node {shown(record.name)} must be one of {sorted(OPS)}, got {shown(record.op)}"
        )
    known = f"node {shown(record.name)} ({record.op})"
    arrays = {name: hint for name, hint in annotations_of(kind).items() if holds_array(hint)}
    plain = annotations_of(kind).keys() - arrays.keys()
    if record.attributes.keys() != plain:
        wrong = min(record.attributes.keys() ^ plain)
        problem = "has no attribute" if wrong in plain else "has no such attribute as"
        raise ModelFileError(f"{known} {problem} {shown(wrong)}")
    values = dict(record.attributes)
    for name, hint in arrays.items():
        values[name] = tensors.pop(f"{record.name}/{name}", None)
        if values[name] is None and not may_be_none(hint):
            raise ModelFileError(f"{known} has no tensor for {name}")
    try:
        return kind(**values)
    except ValueError as error:
        raise ModelFileError(f"{known}: {error}") from error


def _digest(array: NDArray[Any]) -> str:
    return checksum(array.reshape(-1).view(np.uint8).data)
