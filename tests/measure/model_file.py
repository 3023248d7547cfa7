"""How large the files of packed models are, and how long they take to read and to write.

    python tests/measure/model_file.py [--rounds 20]

Dense networks of random signs. Printed are the size of the file, how much it is more than a bit for each weight, and
the median and the shortest time to load and to save it; the file lies in the system's temporary folder.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from bnnlab.bits import pack_columns
from bnnlab.deploy import Node, PackedModel
from bnnlab.deploy.ops import PackSigns, XnorDense

WIDTHS = ((1024, 1024), (784, 1024, 1024, 10), (9000, 9000, 10))
"""Of one layer, of a network for MNIST, and of one whose file has 10 MB."""


def random_network(widths: tuple[int, ...]) -> PackedModel:
    rng = np.random.default_rng(0)
    nodes = [Node("signs", PackSigns())]
    for depth, outputs in pairwise(widths):
        words = pack_columns(rng.random((depth, outputs)) < 0.5).words
        values = rng.integers(-depth, depth, outputs).astype(np.int32)
        last = len(nodes) == len(widths) - 1
        op = XnorDense(words, depth) if last else XnorDense(words, depth, values, rng.random(outputs) < 0.5)
        nodes.append(Node(f"layer{len(nodes)}", op, (nodes[-1].name,)))
    return PackedModel(tuple(nodes), widths[:1])


def milliseconds(work: Callable[[], object], rounds: int) -> str:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(times):6.1f} ms ({min(times):.1f} at best)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        for widths in WIDTHS:
            model, path = random_network(widths), Path(folder) / "model.bnn"
            saving = milliseconds(lambda model=model, path=path: model.save(path), rounds)  # type: ignore[misc]
            loading = milliseconds(lambda path=path: PackedModel.load(path), rounds)  # type: ignore[misc]
            weights = sum(depth * outputs for depth, outputs in pairwise(widths))
            size = path.stat().st_size
            print(
                f"{'-'.join(map(str, widths)):>18} {size:>11,} bytes, {100 * (8 * size / weights - 1):+5.2f} %; "
                f"load {loading}, save {saving}"
            )


if __name__ == "__main__":
    main()
