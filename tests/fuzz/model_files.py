"""Damages files of packed models in every way it knows, and reads each: it must be refused, or be a network that runs.

    python -m tests.fuzz.model_files [--count 100000] [--seed 0] [--first 0]

A case ends well if `from_bytes` raises `ModelFileError`, or gives a network that predicts one example and comes back
the same from another file. Anything else, another exception, a case that takes longer than `PATIENCE`, or memory
beyond four times the file and `ALLOWANCE`, is reported with its number; `--first NUMBER --count 1` repeats it.

Every `FILES`th case is read from a file by `PackedModel.load`. In every `MEASURED`th, `tracemalloc` measures the peak
while it is read; it counts what Python and NumPy allocate, but not what the parser of safetensors, which is compiled,
does. How far the whole process grew in the end is printed too.
"""

from __future__ import annotations

import argparse
import faulthandler
import resource
import signal
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import nn

from bnnlab.deploy import ModelFileError, PackedModel, load_bmxnet
from bnnlab.deploy.file import from_bytes, to_bytes
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear
from tests.deploy.bmxnet_networks import branches
from tests.deploy.networks import chain, network
from tests.fuzz.mutations import MUTATIONS

PATIENCE = 10.0
"""Seconds after which a case hangs."""

ALLOWANCE = 1 << 17
"""Bytes of memory that a file may take beyond four times its own: JSON in memory is larger than its text."""

FILES = 100
MEASURED = 20


class Hangs(BaseException):
    """A case that takes too long; no exception that library code would catch."""


@dataclass
class Report:
    """What became of the cases.

    Attributes:
        outcomes: Cases by mutation and outcome.
        failures: Number of a case, and what happened.
        slowest: Seconds of the slowest case.
        beyond: Bytes of memory that reading a file took beyond four times the file, at most.
    """

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)
    slowest: float = 0.0
    beyond: int = 0


def originals() -> list[bytes]:
    """Valid files that have every operation between them."""
    grouped = chain(
        first=nn.Conv2d(2, 8, 3, bias=True),
        first_pool=nn.MaxPool2d(2),
        norm=nn.BatchNorm2d(8),
        conv=BinaryConv2d(8, 12, 3, stride=(1, 2), dilation=(2, 1), padding=(2, 1), groups=4, pad_value=0),
        pool=nn.MaxPool2d(2),
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=nn.Linear(12 * 2 * 1, 4),
    )
    branched = branches()
    models = [
        PackedModel.from_module(network("mlp", widths=(20, 70), first_layer="binary"), (1, 12, 12)),
        PackedModel.from_module(
            network("mlp", input_shape=(5,), widths=(9, 8), scale=True), (5,), divisor=None
        ),
        PackedModel.from_module(
            network("mlp", input_shape=(5,), widths=(9, 8), scale=True, first_layer="binary"),
            (5,),
            divisor=None,
        ),
        PackedModel.from_module(
            network("convnet", widths=(3, 5, 8), last_layer="binary", scale=True), (1, 12, 12)
        ),
        PackedModel.from_module(network("convnet", widths=(3, 66), first_layer="binary"), (1, 12, 12)),
        PackedModel.from_module(
            chain(
                first=nn.Linear(5, 66),
                hidden=BinaryLinear(66, 9),
                sign=BinaryActivation(),
                last=nn.Linear(9, 3),
            ),
            (5,),
            divisor=None,
        ),
        PackedModel.from_module(grouped, (2, 10, 10), class_names=("a", "b", "é", "a b")),
        load_bmxnet(branched.params, branched.symbol, input_shape=(1, 12, 12)),
    ]
    return [to_bytes(model) for model in models]


def mutated(files: list[bytes], seed: int, number: int) -> tuple[str, bytes]:
    """The mutation and the file of one case; the same whenever it is asked for."""
    chance = Random(f"{seed}/{number}")
    mutation = chance.choice(MUTATIONS)
    return mutation.__name__, mutation(chance, chance.choice(files), chance.choice(files))


def outcome(content: bytes, folder: Path | None = None) -> str:
    """Read a file, and run the network if there is one.

    Raises:
        AssertionError: If the network does not answer as a network does, or does not come back from another file.
    """
    try:
        if folder is None:
            model = from_bytes(content)
        else:
            (folder / "case.bnn").write_bytes(content)
            model = PackedModel.load(folder / "case.bnn")
    except ModelFileError:
        return "refused"
    logits = model.logits(np.full(model.input_shape, 100, np.uint8))
    assert logits.shape == (len(model.class_names),)
    assert logits.dtype == np.float32
    again = to_bytes(model)
    assert to_bytes(from_bytes(again)) == again
    return "valid"


def peak(content: bytes) -> int:
    """Bytes that reading a file takes at most."""
    tracemalloc.start()
    try:
        from_bytes(content)
    except ModelFileError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise `Hangs` in what takes longer."""

    def ring(*_: object) -> None:
        raise Hangs(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(count: int, seed: int, first: int = 0, shout: bool = False) -> Report:
    """Run cases `first` to `first + count`."""
    files, report = originals(), Report()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            name, content = mutated(files, seed, number)
            began = time.perf_counter()
            try:
                with patience(PATIENCE):
                    result = outcome(content, Path(folder) if number % FILES == 0 else None)
                    if number % MEASURED == 0:
                        beyond = peak(content) - 4 * len(content)
                        assert beyond <= ALLOWANCE, f"{beyond} bytes beyond 4 x {len(content)} to read it"
                        report.beyond = max(report.beyond, beyond)
            except (Exception, Hangs) as error:
                result = "failed"
                report.failures.append((number, f"{name}: {type(error).__name__}: {error}"))
            report.slowest = max(report.slowest, time.perf_counter() - began)
            report.outcomes[name, result] += 1
            if shout and (number + 1) % 10_000 == 0:
                print(f"{number + 1} cases, {len(report.failures)} failures", flush=True)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    arguments = parser.parse_args()
    faulthandler.enable()
    torch.set_num_threads(1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    report = fuzz(arguments.count, arguments.seed, arguments.first, shout=True)
    for mutation in sorted({name for name, _ in report.outcomes}):
        counts = {result: report.outcomes[mutation, result] for result in ("refused", "valid", "failed")}
        print(f"{mutation:>17}", "  ".join(f"{number:6} {result}" for result, number in counts.items()))
    for number, what in report.failures[:20]:
        print(f"case {number}: {what}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{arguments.count} cases in {time.perf_counter() - began:.0f} s, {len(report.failures)} failures; "
        f"slowest {report.slowest:.2f} s; at most {report.beyond / 1024:.0f} KiB beyond 4 x the file to read it; "
        f"the process grew by {grown / 1024:.0f} MiB"
    )
    return int(bool(report.failures))


if __name__ == "__main__":
    raise SystemExit(main())
