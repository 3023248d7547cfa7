"""The command `bnnlab`.

Torch is imported by the commands that need it, so that `bnnlab --help` answers at once. Input that makes no
sense ends with exit code 2 and one line on stderr; a download that fails, with exit code 1.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

import bnnlab
from bnnlab.deploy.bench_command import bench
from bnnlab.deploy.bmxnet.command import import_bmxnet
from bnnlab.deploy.export.command import export
from bnnlab.deploy.predict_command import predict
from bnnlab.deploy.summary_command import summarise

if TYPE_CHECKING:
    from bnnlab.records import TrainingEvent
    from bnnlab.train import TrainingRun

app = typer.Typer(
    name="bnnlab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="Data sets: list them, download them.", no_args_is_help=True)
app.add_typer(data, name="data")
app.add_typer(bench, name="bench")
app.command()(export)
app.command("import-bmxnet")(import_bmxnet)
app.command("summary")(summarise)
app.command()(predict)

BAD_INPUT, FAILED = 2, 1


def main() -> None:
    """Run the command; the entry point of the installed script."""
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        if not hasattr(error, "format_message"):  # a mistyped option; typer has no public name for it
            raise
        if message := error.format_message():  # empty where the help was printed instead
            typer.echo(f"bnnlab: {message}", err=True)
        code = BAD_INPUT
    sys.exit(code if isinstance(code, int) else 0)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """A laboratory for binary neural networks."""
    if show:
        typer.echo(bnnlab.__version__)
        raise typer.Exit


@app.command("app")
def open_lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the lab."""
    from bnnlab.app.launch import launch

    with one_line_errors():
        _check_free(address, port)
    launch(address, port, browser)


@app.command()
def train(
    dataset: Annotated[str | None, typer.Option(help="See `bnnlab data list`.")] = None,
    model: Annotated[str | None, typer.Option(help="Kind of network.")] = None,
    widths: Annotated[str | None, typer.Option(help="Sizes of the hidden layers, such as 256,256.")] = None,
    first_layer: Annotated[str | None, typer.Option(help="float or binary.")] = None,
    last_layer: Annotated[str | None, typer.Option(help="float or binary.")] = None,
    quantizer: Annotated[
        str | None,
        typer.Option(help="Estimator of the gradient of sign."),
    ] = None,
    clip_value: Annotated[float | None, typer.Option(help="t_clip of the estimator.")] = None,
    scale: Annotated[bool | None, typer.Option(help="Scale binary layers as in XNOR-Net.")] = None,
    pad_value: Annotated[
        float | None, typer.Option(help="Padding of binary convolutions: -1, 0 or 1.")
    ] = None,
    latent_clip: Annotated[float | None, typer.Option(help="Keep latent weights within +- this.")] = None,
    optimizer: Annotated[str | None, typer.Option(help="What moves the weights.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Step size at the start.")] = None,
    schedule: Annotated[str | None, typer.Option(help="How the learning rate falls.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples per step.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training set.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same weights.")] = None,
    noise: Annotated[float | None, typer.Option(help="Spread of the two-dimensional toys.")] = None,
    evaluate_every: Annotated[
        int | None, typer.Option(help="Steps between evaluations; 0: once per epoch.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.")] = None,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads of torch; small networks are fastest with one.")
    ] = 1,
    save: Annotated[
        Path | None, typer.Option(help="Pack the trained network into this file, such as network.bnn.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as one JSON document.")] = False,
) -> None:
    """Train a binary network and report its accuracy.

    Options left out take the defaults of `bnnlab.train.RunConfig`. Where an option takes a name, a wrong one is
    answered with the list of those there are.
    """
    options = {name: value for name, value in locals().items() if value is not None}
    for name in ("as_json", "threads", "save"):
        options.pop(name, None)
    with one_line_errors():
        import torch

        from bnnlab.train import RunConfig
        from bnnlab.train import train as start
        from bnnlab.train.config import widths_from_text

        if widths is not None:
            options["widths"] = widths_from_text(widths)
        if save is not None and not save.parent.is_dir():
            raise ValueError(f"--save must name a file in a folder that exists, got {str(save)!r}")
        torch.set_num_threads(threads)
        run = start(RunConfig.from_dict(options))
        began = time.perf_counter()
        evaluations = _train_with_progress(run, quiet=as_json)
        report = _report(run, evaluations, time.perf_counter() - began)
        if save is not None:
            _save_packed(run, save)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    else:
        _print_report(report)


@data.command("list")
def list_data(
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """List the data sets, and whether they are on this computer."""
    from bnnlab.train.datasets import DATASETS, REMOTE_FILES

    rows = [
        {
            "name": source.name,
            "title": source.title,
            "kind": source.kind,
            "here": not source.fetched or REMOTE_FILES[source.name].is_local(),
        }
        for source in DATASETS.values()
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        place = "" if row["here"] else f"  (bnnlab data fetch {row['name']})"
        typer.echo(f"{row['name']:<14} {row['title']}{place}")


@data.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Which data set.")],
    base_url: Annotated[
        str | None,
        typer.Option(help="Download from here instead: BASE_URL/NAME/FILE. Also BNNLAB_DATA_URL."),
    ] = None,
) -> None:
    """Download a data set into the user's cache folder and check its SHA-256."""
    from bnnlab.train.datasets import DATASETS, REMOTE_FILES

    with one_line_errors():
        if name not in REMOTE_FILES:
            reason = "comes with bnnlab" if name in DATASETS else "is unknown"
            raise ValueError(f"data set {name!r} {reason}; to fetch: {', '.join(REMOTE_FILES)}")
        with _FileProgress(name) as progress:
            paths = REMOTE_FILES[name].fetch(base_url=base_url, progress=progress)
    typer.echo(f"{name}: {len(paths)} file(s) ready")


@app.command()
def disassemble(
    kernel: Annotated[str, typer.Argument(help="One of `bnnlab.kernels()`, or auto.")] = "lecture",
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Print the machine code of a kernel as it is loaded; a bar marks the loop that counts."""
    from bnnlab.bits.disassembly import as_text

    with one_line_errors():
        try:
            instructions = bnnlab.disassemble(kernel)
        except NotImplementedError as error:  # on this CPU
            raise ValueError(str(error)) from None
    if as_json:
        rows = [asdict(one) | {"bytes": one.bytes.hex()} for one in instructions]
        typer.echo(json.dumps({"kernel": kernel, "instructions": rows}, indent=2))
    else:
        typer.echo(as_text(instructions))


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a user can cause into one line on stderr and an exit code."""
    try:
        yield
    except (ValueError, TypeError) as error:
        code, message = BAD_INPUT, str(error)
    except (RuntimeError, FloatingPointError) as error:
        from bnnlab.train import DatasetError, TrainingDivergedError  # with torch: only where it is needed

        if not isinstance(error, DatasetError | TrainingDivergedError):
            raise
        code, message = FAILED, str(error)
    else:
        return
    typer.echo(f"bnnlab: {message}", err=True)
    raise typer.Exit(code)


def _check_free(address: str, port: int) -> None:
    try:
        with socket.create_server((address, port)):
            pass
    except OSError as error:
        raise ValueError(
            f"cannot listen on {address} port {port} ({error.strerror}); another one: --port {port + 1}"
        ) from None


def _save_packed(run: TrainingRun, path: Path) -> None:
    from bnnlab.deploy import PackedModel

    dataset = run.dataset
    packed = PackedModel.from_module(
        run.model,
        dataset.x_test.shape[1:],
        divisor=dataset.half_range,
        class_names=dataset.class_names,
    )
    try:
        packed.save(path)
    except OSError as error:
        raise ValueError(f"{str(path)!r} cannot be written: {error.strerror}") from None


def _train_with_progress(run: TrainingRun, quiet: bool) -> list[TrainingEvent]:
    """Train to the end; returns the events at which the test set was evaluated."""
    evaluations = []
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f}  test {task.fields[test]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as progress:
        bar = progress.add_task("", total=run.total_steps, epoch=1, loss=float("nan"), test="-")
        for event in run:
            progress.update(bar, completed=event.step, epoch=event.epoch + 1, loss=event.loss)
            if event.test_accuracy is not None:
                evaluations.append(event)
                progress.update(bar, test=f"{event.test_accuracy:.2%}")
    return evaluations


def _report(run: TrainingRun, evaluations: list[TrainingEvent], seconds: float) -> dict[str, Any]:
    last = evaluations[-1]
    return {
        "config": run.config.to_dict(),
        "evaluations": [
            {
                "step": event.step,
                "epoch": event.epoch + 1,
                "loss": event.loss,
                "train_accuracy": event.train_accuracy,
                "test_loss": event.test_loss,
                "test_accuracy": event.test_accuracy,
            }
            for event in evaluations
        ],
        "test_accuracy": last.test_accuracy,
        "test_loss": last.test_loss,
        "steps": last.step,
        "seconds": round(seconds, 3),
        "layers": [
            {
                "name": layer.name,
                "weights": layer.weights,
                "net_flips": layer.net_flips,
                "outside_clip": layer.outside_clip,
                "starved": layer.starved,
            }
            for layer in last.layers
        ],
        "weights_sha256": run.digest(),
    }


def _print_report(report: dict[str, Any]) -> None:
    for event in report["evaluations"][-10:]:
        typer.echo(
            f"step {event['step']:>6}  epoch {event['epoch']:>4}  test loss {event['test_loss']:.4f}"
            f"  test accuracy {event['test_accuracy']:.2%}"
        )
    for layer in report["layers"]:
        typer.echo(
            f"layer {layer['name']}: {layer['weights']} binary weights, {layer['net_flips']} flipped "
            f"since the start, {layer['outside_clip']:.1%} beyond t_clip, {layer['starved']} starved"
        )
    typer.echo(
        f"test accuracy {report['test_accuracy']:.2%} after {report['steps']} steps "
        f"in {report['seconds']:.1f} s; weights {report['weights_sha256'][:12]}"
    )


class _FileProgress:
    """Shows how far each download has come: what `RemoteFiles.fetch` calls."""

    def __init__(self, name: str) -> None:
        self._bars = Progress(
            TextColumn(name),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._bar = self._bars.add_task("", total=None)
        self.total = 0

    def update(self, count: int) -> None:
        self._bars.update(self._bar, total=self.total, advance=count)

    def reset(self) -> None:
        self._bars.reset(self._bar)

    def close(self) -> None:
        self._bars.refresh()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()
