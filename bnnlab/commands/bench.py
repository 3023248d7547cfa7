"""The command `bnnlab bench`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from bnnlab.bench import convolution, gemm, pack, threads
from bnnlab.bench.compare import Progress
from bnnlab.bench.product import GemmShape
from bnnlab.bench.table import print_benchmark
from bnnlab.commands.errors import one_line_errors
from bnnlab.deploy import inference_benchmark as inference
from bnnlab.records import Benchmark

bench = typer.Typer(
    help="Speeds, side by side in one process: bnnlab, other libraries, and what this CPU could do.",
    no_args_is_help=True,
)

REFRESH_SECONDS = 0.2

Seconds = Annotated[float, typer.Option(help="How long to measure each workload.")]
Opponents = Annotated[
    str | None, typer.Option(help="Who takes part: names as in the table, separated by commas.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the results as one JSON document.")]


@bench.command("gemm")
@one_line_errors
def bench_gemm(
    shape: Annotated[list[str] | None, typer.Option(help="MxKxN; may be given several times.")] = None,
    seconds: Seconds = gemm.SECONDS,
    opponents: Opponents = None,
    as_json: AsJson = False,
) -> None:
    """Multiply matrices of signs: every kernel, float32, int8, and libraries that count differences."""

    def work(progress: Progress) -> Benchmark:
        shapes = [GemmShape.parse(text) for text in shape] if shape else gemm.SHAPES
        return gemm.gemm_benchmark(shapes, seconds, _names(opponents), progress)

    _run(work, as_json)


@bench.command("conv")
@one_line_errors
def bench_conv(
    shape: Annotated[
        list[str] | None, typer.Option(help="IMAGESxCHANNELSxHEIGHTxWIDTHxFILTERSxTAPS; several times.")
    ] = None,
    seconds: Seconds = convolution.SECONDS,
    opponents: Opponents = None,
    as_json: AsJson = False,
) -> None:
    """Convolve images of signs, from float32 to int32, and against torch."""

    def work(progress: Progress) -> Benchmark:
        shapes = [convolution.ConvShape.parse(text) for text in shape] if shape else convolution.SHAPES
        return convolution.conv_benchmark(shapes, seconds, _names(opponents), progress)

    _run(work, as_json)


@bench.command("pack")
@one_line_errors
def bench_pack(
    shape: Annotated[list[str] | None, typer.Option(help="MxK; may be given several times.")] = None,
    seconds: Seconds = pack.SECONDS,
    opponents: Opponents = None,
    as_json: AsJson = False,
) -> None:
    """Pack float32 into bits, along rows and along columns."""

    def work(progress: Progress) -> Benchmark:
        shapes = [pack.PackShape.parse(text) for text in shape] if shape else pack.SHAPES
        return pack.pack_benchmark(shapes, seconds, _names(opponents), progress)

    _run(work, as_json)


@bench.command("threads")
@one_line_errors
def bench_threads(
    shape: Annotated[list[str] | None, typer.Option(help="MxKxN; may be given several times.")] = None,
    seconds: Seconds = threads.SECONDS,
    as_json: AsJson = False,
) -> None:
    """Multiply matrices of signs with 1, 2, 4, ... threads."""

    def work(progress: Progress) -> Benchmark:
        shapes = [GemmShape.parse(text) for text in shape] if shape else threads.SHAPES
        return threads.thread_benchmark(shapes, seconds, progress)

    _run(work, as_json)


@bench.command("inference")
@one_line_errors
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
        return inference.inference_benchmark(batch or inference.BATCHES, seconds, _names(opponents), progress)

    _run(work, as_json)


def _run(work: Callable[[Progress], Benchmark], as_json: bool) -> None:
    """Measure with a progress bar, and print the results."""
    with _progress_bar() as progress:
        benchmark = work(progress)
    if as_json:
        typer.echo(json.dumps(benchmark.to_dict(), indent=2))
    else:
        print_benchmark(benchmark, Console())


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A bar on stderr that is drawn between two turns: a thread that draws it would be measured too."""
    console = Console(stderr=True)
    columns = (TextColumn("measuring"), BarColumn(), TaskProgressColumn())
    with Bar(
        *columns, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        task, drawn = bar.add_task("", total=1.0), 0.0

        def progress(share: float) -> None:
            nonlocal drawn
            if time.monotonic() - drawn > REFRESH_SECONDS:
                bar.update(task, completed=share, refresh=True)
                drawn = time.monotonic()

        yield progress


def _names(text: str | None) -> list[str] | None:
    """The opponents that an option names, or None for all."""
    return None if text is None else [name.strip() for name in text.split(",")]
