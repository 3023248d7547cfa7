"""Damages BMXNet files at random: each is refused with `ModelFileError`, or is a network that answers.

    python -m tests.fuzz.bmxnet_files --count 100000 --seed 0

Any other exception or warning, an answer that is no class, a case of more than `PATIENCE` seconds, and more memory
than `MOST_MEMORY` times the files, is a finding; it is printed with its number, and `--only NUMBER` runs it alone.
Memory is measured in every `SAMPLE`th case: the most that Python and NumPy held at once while loading (tracemalloc),
and the files' own bytes. Small files get `OBJECTS` bytes more, since objects of Python take as much.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import struct
import sys
import traceback
import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType
from typing import Any

import numpy as np

from bnnlab.deploy import ModelFileError, load_bmxnet
from bnnlab.deploy.bmxnet.readers import READERS
from tests.deploy.bmxnet_networks import lenet, mlp, resnet
from tests.deploy.bmxnet_writer import Writer

PATIENCE, SAMPLE, MOST_MEMORY, OBJECTS = 20, 50, 4, 300_000

NETWORKS: tuple[Callable[[], Writer], ...] = (
    *(lambda bits=bits: lenet(bits, filters=8, pool_first=bits == 32) for bits in (64, 32, 0)),
    *(lambda bits=bits: resnet(bits, width=8) for bits in (64, 32, 0)),
    *(lambda bits=bits: mlp(bits) for bits in (64, 32, 0)),
    lambda: lenet(64),
)


@dataclass
class Pair:
    """The two files of a network, and where the arrays' heads and names stand in the first."""

    params: bytes
    symbol: bytes
    heads: list[int]
    names: list[int]


@cache
def pairs() -> tuple[Pair, ...]:
    """The undamaged files."""
    return tuple(_pair(network()) for network in NETWORKS)


def _pair(network: Writer) -> Pair:
    position, heads, names = 24, [], []
    for array in network.arrays.values():
        heads.append(position)
        position += 4 + 4 * array.ndim + 12 + array.nbytes
    position += 8
    for name in network.arrays:
        names.append(position)
        position += 8 + len(name)
    return Pair(network.params, network.symbol, heads, names)


def damaged(number: int, seed: int) -> tuple[bytes, bytes]:
    """The files of one case."""
    rng = random.Random(f"{seed} {number}")
    pair = rng.choice(pairs())
    params, symbol = pair.params, pair.symbol
    kind = rng.random()
    if kind < 0.5:
        symbol = _damaged_graph(symbol, rng)
    elif kind < 0.6:
        symbol = _damaged_bytes(symbol, rng)
    if kind >= 0.6 or rng.random() < 0.05:
        params = rng.choice((_damaged_bytes, _damaged_head, _damaged_head, _damaged_name))(params, rng, pair)
    if rng.random() < 0.02:
        params = rng.choice(pairs()).params
    return params, symbol


def _damaged_bytes(content: bytes, rng: random.Random, _: Pair | None = None) -> bytes:
    changed = bytearray(content)
    for _repeat in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(6):
            case 0:
                del changed[at:]
            case 1:
                del changed[at : at + rng.randrange(1, 20)]
            case 2:
                changed[at:at] = rng.randbytes(rng.randrange(1, 20))
            case 3:
                changed[at : at + 8] = rng.choice((b"\0", b"\xff")) * 8
            case 4 if at < len(changed):
                changed[at] ^= 1 << rng.randrange(8)
            case _ if at < len(changed):
                changed[at] = rng.randrange(256)
        if not changed:
            break
    return bytes(changed)


def _damaged_head(content: bytes, rng: random.Random, pair: Pair) -> bytes:
    """A dimension, extent, device or type of an array, or the number of arrays."""
    changed = bytearray(content)
    at = rng.choice((16, *(head + 4 * rng.randrange(8) for head in pair.heads)))
    number = rng.choice((0, 1, 2, 3, 4, 5, 7, 64, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 0xF993FAC8, 0xF993FAC9))
    struct.pack_into("<I", changed, at, number)
    return bytes(changed)


def _damaged_name(content: bytes, rng: random.Random, pair: Pair) -> bytes:
    changed = bytearray(content)
    at = rng.choice(pair.names)
    if rng.random() < 0.5:
        struct.pack_into("<Q", changed, at, rng.choice((0, 1, 5, 20, 200, 2**31, 2**63, 2**64 - 1)))
    else:
        changed[at + 8 + rng.randrange(4)] = rng.randrange(256)
    return bytes(changed)


WORDS = (
    "", "0", "1", "2", "3", "-1", "64", "100000", "99999999999999999999", "1e3", "nan", "inf", "1e-40", "True",
    "False", "(0, 0)", "(1, 1)", "(2, 2)", "(3, 3)", "(5, 5)", "(7, 1)", "(28, 28)", "(1000, 1000)", "(100000, 100000)",
    "(3,)", "(3, 3, 3)", "()", "full", "valid", "avg", "max", "tanh", "softrelu", "NHWC", "\x1b[31m", "<b>", "9" * 400,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "x",
    "",
    [],
    {},
    [[0, 0]],
    [[0, 0, 0, 0]],
    {"a": []},
)


def _damaged_graph(content: bytes, rng: random.Random) -> bytes:
    graph = json.loads(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        rng.choice(GRAPH_DAMAGES)(graph, rng)
    if rng.random() < 0.1:  # last, since the others need a graph that is one
        target = rng.choice((graph, *graph["nodes"]))
        target[rng.choice(("op", "name", "attr", "attrs", "param", "inputs", "heads", "nodes"))] = rng.choice(
            VALUES
        )
    return json.dumps(graph).encode()


def _operation(graph: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    node: dict[str, Any] = rng.choice(
        [node for node in graph["nodes"] if node["op"] != "null"] or graph["nodes"]
    )
    return node


def _set_attribute(graph: dict[str, Any], rng: random.Random) -> None:
    attributes = _operation(graph, rng).setdefault("attr", {})
    attributes[rng.choice((*(attributes or ATTRIBUTES), *ATTRIBUTES))] = rng.choice(
        (rng.choice(WORDS), str(rng.randrange(300)), f"({rng.randrange(12)}, {rng.randrange(12)})")
    )


def _delete_attribute(graph: dict[str, Any], rng: random.Random) -> None:
    if attributes := _operation(graph, rng).get("attr"):
        del attributes[rng.choice(list(attributes))]


def _change_operation(graph: dict[str, Any], rng: random.Random) -> None:
    node = _operation(graph, rng)
    alike = [op for op, (_, least, most) in READERS.items() if least <= len(node["inputs"]) <= most]
    node["op"] = rng.choice((rng.choice(alike or ["null"]), rng.choice(("Deconvolution", "null", *READERS))))


def _change_input(graph: dict[str, Any], rng: random.Random) -> None:
    node = _operation(graph, rng)
    if node["inputs"]:
        source = rng.randrange(-1, len(graph["nodes"]) + 1)
        node["inputs"][rng.choice((0, rng.randrange(len(node["inputs"]))))] = [source, 0, 0]


def _change_input_count(graph: dict[str, Any], rng: random.Random) -> None:
    node = _operation(graph, rng)
    if node["inputs"] and rng.random() < 0.5:
        node["inputs"].pop()
    else:
        node["inputs"].append([rng.randrange(len(graph["nodes"])), 0, 0])


def _change_name(graph: dict[str, Any], rng: random.Random) -> None:
    node = rng.choice(graph["nodes"])
    node["name"] = rng.choice((rng.choice(graph["nodes"])["name"], "(input)", f"{node['name']}.bits", "data"))


def _change_head(graph: dict[str, Any], rng: random.Random) -> None:
    graph["heads"] = [[rng.randrange(len(graph["nodes"])), 0, 0]]


def _insert(graph: dict[str, Any], rng: random.Random) -> None:
    """A new operation between two others."""
    nodes = graph["nodes"]
    before = rng.choice(
        [at for at, node in enumerate(nodes) if node["op"] != "null" and node["inputs"]] or [0]
    )
    if not nodes[before]["inputs"]:
        return
    for edge in (edge for node in nodes for edge in node["inputs"]):
        edge[0] += edge[0] >= before
    source = nodes[before]["inputs"][0][0]
    graph["heads"] = [[at + (at >= before), *rest] for at, *rest in graph["heads"]]
    op, attributes = rng.choice(INSERTED)
    inputs = [[source, 0, 0]] * (2 if op in ("elemwise_add", "broadcast_add") else 1)
    nodes[before]["inputs"][0] = [before, 0, 0]
    new = {"op": op, "name": f"new{rng.randrange(10**6)}", "attr": dict(attributes), "inputs": [*inputs]}
    nodes.insert(before, new)


GRAPH_DAMAGES = (
    _set_attribute, _set_attribute, _set_attribute, _delete_attribute, _change_operation, _change_input,
    _change_input_count, _change_name, _change_head, _insert, _insert, _insert,
)  # fmt: skip
ATTRIBUTES = (
    "kernel",
    "pad",
    "stride",
    "dilate",
    "num_group",
    "num_filter",
    "no_bias",
    "eps",
    "shape",
    "act_bit",
)
INSERTED: tuple[tuple[str, dict[str, str]], ...] = (
    ("Flatten", {}), ("Dropout", {}), ("QActivation", {}), ("QActivation", {"backward_only": "True"}),
    ("Reshape", {"shape": "(0, -1)"}), ("elemwise_add", {}), ("broadcast_add", {}),
    *(("Activation", {"act_type": kind}) for kind in ("tanh", "relu", "sigmoid", "softrelu")),
    *(
        ("Pooling", {"kernel": k, "stride": s, "pool_type": kind, "pooling_convention": convention, "pad": pad})
        for k in ("(2, 2)", "(3, 3)", "(1, 5)") for s in ("(1, 1)", "(2, 3)") for kind in ("max", "avg")
        for convention in ("valid", "full") for pad in ("(0, 0)", "(0, 2)", "(1, 1)")
    ),
    ("Pooling", {"global_pool": "True", "kernel": "(1, 1)"}),
)  # fmt: skip


def outcome(params: bytes, symbol: bytes) -> str:
    """What came of one case: the first words of the refusal's reason, or "answers"."""
    try:
        model = load_bmxnet(params, symbol)
    except ModelFileError:
        return "refused"
    classes = len(model.class_names)
    pixels = np.random.default_rng(0).integers(0, 256, model.input_shape, dtype=np.uint8)
    answer = int(model.predict(pixels))
    if not 0 <= answer < classes:
        raise AssertionError(f"answers {answer} of {classes} classes")
    return "answers"


def memory(params: bytes, symbol: bytes) -> float:
    """The most memory that loading takes, as a multiple of the files; see the top of this file."""
    files = len(params) + len(symbol)
    tracemalloc.start()
    try:
        load_bmxnet(params, symbol)
    except ModelFileError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    if peak + files > MOST_MEMORY * files + (OBJECTS if files < OBJECTS // 2 else 0):
        raise AssertionError(f"takes {peak + files} bytes for {files} bytes of files")
    return peak / files + 1


@contextmanager
def alarm() -> Iterator[None]:
    """Raises after `PATIENCE` seconds."""

    def ring(signal_number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"takes more than {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fuzz(numbers: range, seed: int) -> tuple[Counter[str], list[str], float]:
    """Run cases; gives how each came out, the findings, and the most memory that files of some size took."""
    outcomes: Counter[str] = Counter()
    findings: list[str] = []
    most = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in numbers:
            params, symbol = damaged(number, seed)
            try:
                with alarm():
                    outcomes[outcome(params, symbol)] += 1
                    if number % SAMPLE == 0:
                        times = memory(params, symbol)
                        most = max(most, times) if len(params) > OBJECTS // 2 else most
            except Exception:
                findings.append(f"case {number}: {traceback.format_exc()}")
    return outcomes, findings, most


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="one case")
    chosen = parser.parse_args()
    numbers = range(chosen.count) if chosen.only is None else range(chosen.only, chosen.only + 1)
    outcomes, findings, most = fuzz(numbers, chosen.seed)
    for finding in findings:
        print(finding)
    print(
        f"{len(numbers)} cases: {dict(outcomes)}, {len(findings)} findings; "
        f"at most {most:.2f} times the files' size in memory"
    )
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
