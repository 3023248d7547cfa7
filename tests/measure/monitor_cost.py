"""What it costs to measure everything at every step, as a share of the training step.

    python tests/measure/monitor_cost.py [--binary] [--rounds 40] [--snapshot]

Two equal networks (mlp 784-1024-1024-10, batch 128, Adam, one thread) train in turns, a block of steps each,
one of them watched by a Monitor. Printed is how much longer the watched steps take: by the median of all
steps, by the fastest step of each, and by the median of the CPU time that the thread took: a busy machine disturbs the
last least.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch
from torch.nn import functional

from bnnlab.nn import MODELS, OPTIMIZERS, ModelSpec
from bnnlab.nn.models.spec import Precision
from bnnlab.train import Monitor

BLOCK = 5


class Trainee:
    """A network that trains on noise, with or without a monitor."""

    def __init__(self, spec: ModelSpec, watched: bool, snapshots: bool, quantizer: str) -> None:
        generator = torch.Generator().manual_seed(0)
        self.model = MODELS["mlp"](spec, generator)
        (self.optimizer,) = OPTIMIZERS["adam"](self.model, 0.01)
        self.monitor = Monitor(self.model) if watched else None
        self.snapshots = snapshots and watched
        self.x = torch.randn(128, 784, generator=generator)
        self.y = torch.randint(0, 10, (128,), generator=generator)
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def step(self) -> None:
        began, cpu_began = time.perf_counter(), time.thread_time()
        self.optimizer.zero_grad()
        functional.cross_entropy(self.model(self.x), self.y).backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        if self.monitor is not None:
            self.monitor.step()
            if self.snapshots:
                self.monitor.snapshot_layers()
        self.cpu_seconds.append(time.thread_time() - cpu_began)
        self.seconds.append(time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", action="store_true", help="binary first and last layer too")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--snapshot", action="store_true", help="take a snapshot at every step too")
    parser.add_argument("--quantizer", default="clipped_ste")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    ends: Precision = "binary" if arguments.binary else "float"
    spec = ModelSpec(
        (784,), 10, (1024, 1024), first_layer=ends, last_layer=ends, quantizer=arguments.quantizer
    )
    plain, watched = (Trainee(spec, on, arguments.snapshot, arguments.quantizer) for on in (False, True))
    for _ in range(arguments.rounds):
        for trainee in (plain, watched):
            for _ in range(BLOCK):
                trainee.step()
    median = statistics.median
    for name, pick, times in (
        ("median", median, [trainee.seconds for trainee in (plain, watched)]),
        ("best", min, [trainee.seconds for trainee in (plain, watched)]),
        ("CPU median", median, [trainee.cpu_seconds for trainee in (plain, watched)]),
    ):
        without, with_monitor = (1000 * pick(each[BLOCK:]) for each in times)
        cost = 100 * (with_monitor / without - 1)
        print(f"{name:>10}: {without:6.2f} ms plain, {with_monitor:6.2f} ms watched: {cost:+5.1f} %")


if __name__ == "__main__":
    main()
