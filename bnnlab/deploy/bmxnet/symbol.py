"""Reader of `-symbol.json` files, in which MXNet keeps the graph of a network.

A node has an operation, a name, attributes, all of them text, and inputs ``[node, output, version]``. Operation
``null`` stands for a parameter, for the network's input, or for the labels that training compares with. Attributes
stand under ``attr``, before 0.9 under ``param``, after 0.11 under ``attrs``.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from bnnlab.deploy.bmxnet.params import BEGINNING as PARAMS_BEGINNING
from bnnlab.deploy.errors import ModelFileError

MOST_BYTES, MOST_COMMAS, MOST_NODES, MOST_INPUTS = (
    4_000_000,
    200_000,
    4096,
    64,
)  # 10 times a ResNet of 152 layers
LONGEST_NAME, LONGEST_ATTRIBUTE = 200, 1000
LARGEST = 100_000  # of any number of filters, outputs, pixels that an attribute says; MXNet's own limit

_PAIR = re.compile(r"[(\[] *(\d{1,9})L? *, *(\d{1,9})L? *[)\]]")


@dataclass(frozen=True)
class SymbolNode:
    """One node of a graph.

    Attributes:
        name: Its name.
        op: Its operation, ``"null"`` for what is no operation.
        attributes: Text by name.
        inputs: Positions of the nodes that it is fed by, all of them before its own.
        file: Where it stands, for messages.
    """

    name: str
    op: str
    attributes: dict[str, str]
    inputs: tuple[int, ...]
    file: str

    def fail(self, problem: str) -> NoReturn:
        """Refuse this node.

        Raises:
            ModelFileError: Always.
        """
        raise ModelFileError(f"{self.file}: node {self.name!r} ({self.op}): {problem}")

    def whole(self, name: str, default: int | None = None, least: int = 1) -> int:
        """A whole number, at most `LARGEST`."""
        text = self.attributes.get(name, default)
        if not re.fullmatch(r"\d{1,9}", str(text)) or not least <= int(str(text)) <= LARGEST:
            self.fail(f"{name} must be a whole number in {least}..{LARGEST}, got {text!r}")
        return int(str(text))

    def pair(self, name: str, default: tuple[int, int] | None = None, least: int = 1) -> tuple[int, int]:
        """Two whole numbers, vertical and horizontal, at most `LARGEST`."""
        text = self.attributes.get(name, "()")
        if default is not None and text.replace(" ", "") in ("()", "[]"):
            return default
        match = _PAIR.fullmatch(text.strip())
        pair = (int(match[1]), int(match[2])) if match else None
        if pair is None or not least <= min(pair) <= max(pair) <= LARGEST:
            self.fail(f"{name} must be two whole numbers in {least}..{LARGEST}, such as (3, 3), got {text!r}")
        return pair

    def flag(self, name: str, default: bool) -> bool:
        """True or False."""
        text = self.choice(name, ("true", "false", "1", "0"), str(default).lower())
        return text in ("true", "1")

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of several words, in lower case."""
        text = self.attributes.get(name, default)
        if str(text).lower() not in allowed:
            self.fail(f"{name} must be one of {', '.join(allowed)}, got {text!r}")
        return str(text).lower()

    def number(self, name: str, default: float) -> float:
        """A finite number that is not negative."""
        text = self.attributes.get(name, default)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (0 <= value < math.inf):
            self.fail(f"{name} must be a number from 0 on, got {text!r}")
        return value


def read_symbol(content: bytes, file: str) -> tuple[SymbolNode, ...]:
    """The nodes that the network's one output depends on; it is the last of them.

    Args:
        content: The file.
        file: Its name, for messages.

    Returns:
        Nodes in an order in which each stands after its inputs.

    Raises:
        ModelFileError: If it is no such file, has more than one output, or a node depends on a later one.
    """
    if not content:
        raise ModelFileError(f"{file}: the file is empty")
    if content.startswith(PARAMS_BEGINNING):
        raise ModelFileError(f"{file}: is not JSON but a .params file: were the two files swapped?")
    if len(content) > MOST_BYTES or content.count(b",") > MOST_COMMAS:
        raise ModelFileError(
            f"{file}: is too large for a network of {MOST_NODES} nodes: {len(content)} bytes"
        )
    try:
        graph = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{file}: is not JSON: {str(error)[:100]}") from None
    rows = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_NODES:
        raise ModelFileError(f"{file}: nodes: must be a list of 1 to {MOST_NODES} nodes")
    nodes = [_node(row, position, file) for position, row in enumerate(rows)]
    heads = graph.get("heads", [[len(nodes) - 1, 0]])
    if not isinstance(heads, list) or len(heads) != 1:
        raise ModelFileError(f"{file}: heads: must be a list of one output, [[node, 0]]")
    return _needed(nodes, _edge(heads[0], len(nodes), file, "heads"))


def _node(row: Any, position: int, file: str) -> SymbolNode:
    where = f"node {position}"
    if not isinstance(row, dict):
        raise ModelFileError(f"{file}: {where}: must be an object with op, name and inputs")
    name, op = (_text(row.get(field), file, f"{where}, {field}") for field in ("name", "op"))
    inputs = row.get("inputs", [])
    if not isinstance(inputs, list) or len(inputs) > MOST_INPUTS:
        raise ModelFileError(f"{file}: {where}, inputs: must be a list of at most {MOST_INPUTS}")
    edges = tuple(_edge(edge, position, file, f"{where}, inputs") for edge in inputs)
    return SymbolNode(name, op, _attributes(row, file, where), edges, file)


def _attributes(row: dict[str, Any], file: str, where: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for field in ("attr", "attrs", "param"):
        found = row.get(field) or {}
        if not isinstance(found, dict):
            raise ModelFileError(f"{file}: {where}, {field}: must be an object")
        for name, value in found.items():
            if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_ATTRIBUTE:
                raise ModelFileError(f"{file}: {where}, {field} {name[:50]!r}: must be a short text")
            attributes[name] = str(value)
    return attributes


def _text(value: Any, file: str, field: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_NAME or not value.isprintable():
        raise ModelFileError(f"{file}: {field}: must be printable text of 1 to {LONGEST_NAME} characters")
    return value


def _edge(edge: Any, before: int, file: str, field: str) -> int:
    """The node that an input comes from; only the first output of a node can be used."""
    whole = isinstance(edge, list) and len(edge) in (2, 3) and all(type(number) is int for number in edge)
    if not whole or not 0 <= edge[0] < before or edge[1] != 0:
        raise ModelFileError(
            f"{file}: {field}: must be [node, 0] with an earlier node than {before}, got {str(edge)[:50]}"
        )
    position: int = edge[0]
    return position


def _needed(nodes: list[SymbolNode], head: int) -> tuple[SymbolNode, ...]:
    needed = {head}
    for position in range(head, -1, -1):
        if position in needed:
            needed.update(nodes[position].inputs)
    moved = {old: new for new, old in enumerate(sorted(needed))}
    return tuple(
        SymbolNode(node.name, node.op, node.attributes, tuple(moved[i] for i in node.inputs), node.file)
        for position, node in enumerate(nodes)
        if position in needed
    )
