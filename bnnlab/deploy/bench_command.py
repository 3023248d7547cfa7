"""The command `bnnlab bench`, with `bnnlab bench inference` in it."""

from __future__ import annotations

from typing import Annotated

import typer

from bnnlab.bench.command import AsJson, Opponents, Seconds, bench, names, run
from bnnlab.bench.compare import Progress
from bnnlab.deploy import inference_benchmark as inference
from bnnlab.records import Benchmark

__all__ = ["bench"]


@bench.command("inference")
def bench_inference(
    batch: Annotated[
        list[int] | None, typer.Option(help="Images at once; may be given several times.")
    ] = None,
    seconds: Seconds = inference.SECONDS,
    opponents: Opponents = None,
    as_json: AsJson = False,
) -> None:
    """Run a whole packed network, against float networks of the same shape."""

    def work(progress: Progress) -> Benchmark:
        return inference.inference_benchmark(batch or inference.BATCHES, seconds, names(opponents), progress)

    run(work, as_json)
