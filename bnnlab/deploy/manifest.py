"""The manifest of a packed model: one JSON text that says what the tensors beside it are.

    {"blake2b": checksum of all that follows this entry,
     "format": "bnnlab packed model", "version": 1,
     "signs": "bit 1 is +1, bit 0 is -1, lowest bit first",
     "input_shape": [1, 28, 28],
     "class_names": ["shirt", ...], or [] where they are the numbers from 0 on,
     "nodes": [{"name": ..., "op": ..., "inputs": [...], "attributes": {...}}, ...],
     "tensors": {"<node>/<field>": {"shape": [...], "blake2b": checksum of its bytes}, ...}}

Checksums are BLAKE2b of 16 bytes, in hexadecimal digits. But for the first entry, keys are sorted; there are no spaces,
and what is not ASCII is escaped: so the same network always gives the same text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.ops.fields import shown

FORMAT = "bnnlab packed model"
VERSION = 1
SIGNS = "bit 1 is +1, bit 0 is -1, lowest bit first"


def checksum(content: bytes | memoryview) -> str:
    """BLAKE2b of 16 bytes, in hexadecimal digits."""
    return blake2b(content, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node without its arrays.

    Attributes:
        name: Of the node.
        op: Name of its operation in `OPS`.
        inputs: Names of what it is given.
        attributes: The operation's fields that are no arrays.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TensorRecord:
    """What a tensor must be.

    Attributes:
        shape: Its shape.
        digest: Checksum of its bytes.
    """

    shape: tuple[int, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the tensors of a file are.

    Attributes:
        input_shape: Shape of one example.
        class_names: Name of each class; none where they are numbers.
        nodes: In the order of computation.
        tensors: By name.
    """

    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    nodes: tuple[NodeRecord, ...]
    tensors: Mapping[str, TensorRecord]

    def to_json(self) -> str:
        """The text, with its checksum."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            "signs": SIGNS,
            "input_shape": self.input_shape,
            "class_names": self.class_names,
            "nodes": [
                {"name": node.name, "op": node.op, "inputs": node.inputs, "attributes": node.attributes}
                for node in self.nodes
            ],
            "tensors": {
                name: {"shape": tensor.shape, "blake2b": tensor.digest}
                for name, tensor in self.tensors.items()
            },
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return _beginning(text[1:]) + text[1:]

    @classmethod
    def from_json(cls, text: object) -> Manifest:
        """The inverse of `to_json`.

        Raises:
            ModelFileError: If it is no such text; what is wrong is named.
        """
        if not isinstance(text, str):
            raise ModelFileError("not a packed model: its manifest is no text")
        content = strict_json(text, "the manifest")
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ModelFileError(
                f"not a packed model: its manifest does not say that its format is {FORMAT!r}"
            )
        version = content.get("version")
        if type(version) is not int or version != VERSION:
            raise ModelFileError(f"version must be {VERSION}, the only one known here, got {shown(version)}")
        _check(content, "the manifest", _CONTENT)
        beginning = len(_beginning(""))
        if text[:beginning] != _beginning(text[beginning:]):
            raise ModelFileError("the manifest is damaged: its checksum does not match")
        if content["signs"] != SIGNS:
            raise ModelFileError(f"signs must be {SIGNS!r}, got {shown(content['signs'])}")
        return cls(
            _tuple_of(int, content["input_shape"], "input_shape"),
            _tuple_of(str, content["class_names"], "class_names"),
            tuple(_node(record, f"nodes[{i}]") for i, record in enumerate(content["nodes"])),
            {name: _tensor(record, f"tensors[{shown(name)}]") for name, record in content["tensors"].items()},
        )


_CONTENT = {
    "format": str,
    "version": int,
    "signs": str,
    "input_shape": list,
    "class_names": list,
    "nodes": list,
    "tensors": dict,
    "blake2b": str,
}


def strict_json(text: str | bytes, what: str) -> Any:
    """A JSON text in UTF-8, without what JSON leaves open: no key twice, and no number that is none.

    Raises:
        ModelFileError: If it is no such text, or too deeply nested.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        return json.loads(
            decoded, object_pairs_hook=_without_twins, parse_constant=_number, parse_float=_number
        )
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{what} is not valid JSON: {error}") from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key, value in pairs:
        if key in entries:
            raise ValueError(f"the key {shown(key)} stands twice in one object")
        entries[key] = value
    return entries


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{shown(digits)} is no finite number")
    return number


def _check(record: object, where: str, types: Mapping[str, type]) -> None:
    """Refuse what is no object with exactly these entries of these types; true and false are no numbers."""
    if not isinstance(record, dict):
        raise ModelFileError(f"{where} must be a JSON object")
    if record.keys() != types.keys():
        name = min(record.keys() ^ types.keys())
        problem = "has no entry" if name in types else "must not have an entry"
        raise ModelFileError(f"{where} {problem} {shown(name)}")
    for name, kind in types.items():
        if type(record[name]) is not kind:
            raise ModelFileError(f"{name} of {where} must be a JSON {_JSON[kind]}, got {shown(record[name])}")


_JSON = {str: "string", int: "whole number", list: "list", dict: "object"}


def _node(record: Any, where: str) -> NodeRecord:
    _check(record, where, {"name": str, "op": str, "inputs": list, "attributes": dict})
    attributes = {
        key: tuple(value) if isinstance(value, list) else value for key, value in record["attributes"].items()
    }
    inputs = _tuple_of(str, record["inputs"], f"inputs of {where}")
    return NodeRecord(record["name"], record["op"], inputs, attributes)


def _tensor(record: Any, where: str) -> TensorRecord:
    _check(record, where, {"shape": list, "blake2b": str})
    return TensorRecord(_tuple_of(int, record["shape"], f"shape of {where}"), record["blake2b"])


def _tuple_of(kind: type, values: list[Any], what: str) -> tuple[Any, ...]:
    if not all(type(value) is kind for value in values):
        raise ModelFileError(f"{what} must be a list of JSON {_JSON[kind]}s, got {shown(values)}")
    return tuple(values)


def _beginning(rest: str) -> str:
    """The first entry of a manifest whose other entries are `rest`."""
    return f'{{"blake2b":"{checksum(rest.encode("utf-8", "surrogatepass"))}",'
