"""Ways to damage the file of a packed model: its bytes, or what they mean, with every checksum made right again.

Each takes a source of chance and two valid files, and gives the bytes of a file that may be valid or not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.deploy.file_parts import DEEP, Parts

Mutation = Callable[[Random, bytes, bytes], bytes]

VALUES: tuple[Any, ...] = (
    0, 1, 2, 3, 4, 5, 7, 12, 63, 64, 65, 1000, 65_535, 65_536, 10**6, 10**9, 2**31 - 1, 2**31, 2**63, 10**30, 10**400,
    -1, -2, -(10**9), 0.0, -0.0, 0.5, 1.0, 3.0, 1e-320, 1e38, 1e300, float("nan"), float("inf"), float("-inf"),
    True, False, None, "", "a", "words", "é", "\0", "\ud800", "(input)", "../a", "a/b", "__metadata__", "x" * 300,
    [], [0], [1], [2, 2], [1, 1, 1], [0, 0], [3, 3], [-1, 1], [10**9, 10**9], [1.5, 1], [True, True], {}, {"a": 1},
    "XnorDense", "XnorConv", "PackSigns", "Unpack", "BitPool", "Flatten", DEEP, [[[]]],
)  # fmt: skip


def bits(chance: Random, content: bytes, other: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def some_bytes(chance: Random, content: bytes, other: bytes) -> bytes:
    damaged = bytearray(content)
    start = chance.randrange(len(damaged))
    for at in range(start, min(len(damaged), start + chance.choice((1, 2, 8, 64)))):
        damaged[at] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(damaged)


def cut(chance: Random, content: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] if chance.random() < 0.5 else content[:at] + content[at + chance.randrange(1, 100) :]


def inserted(chance: Random, content: bytes, other: bytes) -> bytes:
    at = chance.choice((0, 8, len(content), chance.randrange(len(content))))
    return content[:at] + chance.randbytes(chance.choice((1, 8, 100))) + content[at:]


def spliced(chance: Random, content: bytes, other: bytes) -> bytes:
    return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]


def header_length(chance: Random, content: bytes, other: bytes) -> bytes:
    length = int.from_bytes(content[:8], "little")
    near = max(0, length + chance.choice((-9, -8, -1, 1, 8, 9)))
    wrong = chance.choice((near, 0, 1, 2, len(content) - 8, len(content), 2**20, 2**31, 2**63, 2**64 - 1))
    return wrong.to_bytes(8, "little") + content[8:]


def header_text(chance: Random, content: bytes, other: bytes) -> bytes:
    """Characters of the header changed, and its length made right."""
    end = 8 + int.from_bytes(content[:8], "little")
    text = bytearray(content[8:end])
    for _ in range(chance.choice((1, 1, 3))):
        at = chance.randrange(len(text))
        text[at : at + chance.randrange(4)] = chance.choice(
            (
                b"",
                b'"',
                b"{",
                b"}",
                b"[",
                b",",
                b"0",
                b"9",
                b"-",
                b"\\",
                b"\\u0000",
                b"\xff",
                b"1e999",
                b"NaN",
                b" ",
            )
        )
    return len(text).to_bytes(8, "little") + bytes(text) + content[end:]


def header_meaning(chance: Random, content: bytes, other: bytes) -> bytes:
    """An entry of the header changed."""
    parts = Parts.of(content)
    change(chance, parts.header, Parts.of(other).header)
    return parts.content()


def manifest_meaning(chance: Random, content: bytes, other: bytes) -> bytes:
    """Entries of the manifest changed, and its checksum made right."""
    parts = Parts.of(content)
    for _ in range(chance.choice((1, 1, 1, 2))):
        change(chance, parts.manifest, Parts.of(other).manifest)
    return parts.content(digests=False)


def attribute(chance: Random, content: bytes, other: bytes) -> bytes:
    """An attribute of an operation changed: what reaches the checks of operations and of the whole network."""
    parts = Parts.of(content)
    nodes = [node for node in parts.manifest["nodes"] if node["attributes"]]
    if not nodes:
        return manifest_meaning(chance, content, other)
    attributes = chance.choice(nodes)["attributes"]
    name = chance.choice(sorted(attributes))
    if isinstance(attributes[name], list) and chance.random() < 0.8:
        attributes[name][chance.randrange(len(attributes[name]))] = chance.choice(VALUES)
    else:
        attributes[name] = chance.choice(VALUES)
    return parts.content()


def tensor_values(chance: Random, content: bytes, other: bytes) -> bytes:
    """The bytes of a tensor changed, and its checksum made right."""
    parts = Parts.of(content)
    name = chance.choice(sorted(parts.data))
    damaged = bytearray(parts.data[name])
    for _ in range(chance.choice((1, 4, 30))):
        damaged[chance.randrange(len(damaged))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    parts.data[name] = bytes(damaged)
    return parts.content()


def tensor_shape(chance: Random, content: bytes, other: bytes) -> bytes:
    """A tensor of another shape, and perhaps of another length or type, and everything else made right."""
    parts = Parts.of(content)
    name = chance.choice(sorted(parts.data))
    entry, size = parts.header[name], {"U64": 8, "I32": 4, "F32": 4, "BOOL": 1}
    shape = list(entry["shape"])
    for _ in range(chance.choice((1, 2))):
        match chance.randrange(5):
            case 0 if shape:
                shape[chance.randrange(len(shape))] = chance.choice((0, 1, 2, 3, 7, 64, 100))
            case 1:
                shape.insert(chance.randrange(len(shape) + 1), 1)
            case 2 if shape:
                shape.pop(chance.randrange(len(shape)))
            case 3:
                chance.shuffle(shape)
            case _:
                entry["dtype"] = chance.choice(
                    ("U64", "I32", "F32", "BOOL", "F64", "BF16", "U8", "F8_E4M3", "")
                )
    length = size.get(entry["dtype"], 4)
    for number in shape:
        length *= number
    parts.data[name] = (parts.data[name] * (length // max(1, len(parts.data[name])) + 1))[:length]
    entry["shape"] = shape
    parts.manifest["tensors"][name]["shape"] = shape
    return parts.laid_out().content()


def tensor_set(chance: Random, content: bytes, other: bytes) -> bytes:
    """A tensor too few, too many, under another name, or taken from another file; everything else made right."""
    parts, others = Parts.of(content), Parts.of(other)
    name, foreign = chance.choice(sorted(parts.data)), chance.choice(sorted(others.data))
    kind = chance.randrange(4)
    data, entry, record = parts.data[name], parts.header[name], parts.manifest["tensors"][name]
    if kind in (0, 1, 3):
        del parts.data[name], parts.header[name], parts.manifest["tensors"][name]
    if kind == 1:
        name = chance.choice((name.upper(), name + "x", "alpha", f"{name.split('/')[0]}/alpha", foreign))
    if kind in (2, 3):
        name = name if kind == 3 else chance.choice((foreign, f"{name.split('/')[0]}/alpha", "x"))
        data, entry = others.data[foreign], others.header[foreign]
        record = others.manifest["tensors"][foreign]
    if kind:
        parts.data[name], parts.header[name], parts.manifest["tensors"][name] = data, entry, record
    return parts.laid_out().content()


def graph(chance: Random, content: bytes, other: bytes) -> bytes:
    """Nodes dropped, doubled, moved or wired differently, or another input shape."""
    parts = Parts.of(content)
    nodes = parts.manifest["nodes"]
    at = chance.randrange(len(nodes))
    match chance.randrange(6):
        case 0:
            nodes.pop(at)
        case 1:
            nodes.insert(chance.randrange(len(nodes)), copy.deepcopy(nodes[at]))
        case 2:
            nodes[at]["inputs"] = [chance.choice(nodes)["name"] for _ in range(chance.randrange(3))]
        case 3:
            nodes[at]["op"] = chance.choice(nodes + Parts.of(other).manifest["nodes"])["op"]
        case 4:
            shape = parts.manifest["input_shape"]
            shape[chance.randrange(len(shape))] = chance.choice(VALUES)
        case _:
            parts.manifest["input_shape"] = Parts.of(other).manifest["input_shape"]
    return parts.content()


def change(chance: Random, root: Any, other: Any) -> None:
    """Somewhere in nested lists and objects, change, drop, double or add a value."""
    places: list[tuple[Any, Any]] = []
    pending = [root]
    while pending:
        holder = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        places += [(holder, key) for key in keys]
        pending += [holder[key] for key in keys if isinstance(holder[key], (dict, list))]
    if not places:
        return
    holder, key = chance.choice(places)
    value = copy.deepcopy(chance.choice((*VALUES, other, holder[key], -1 if holder[key] == 1 else 1)))
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.insert(chance.randrange(len(holder) + 1), value)
        case 1:
            holder[chance.choice(("a", "name", "shape", "values", "dtype", "stride"))] = value
        case 2 if isinstance(holder[key], str):
            holder[key] = holder[key] + chance.choice(("x", "\0", "é", "/", "\ud800"))
        case _:
            holder[key] = value


MUTATIONS: tuple[Mutation, ...] = (
    bits, some_bytes, cut, inserted, spliced, header_length, header_text, header_meaning, manifest_meaning, attribute,
    tensor_values, tensor_shape, tensor_set, graph,
)  # fmt: skip
