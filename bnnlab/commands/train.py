"""The command `bnnlab train`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bnnlab.bits.threads import available_cores
from bnnlab.commands.errors import one_line_errors
from bnnlab.commands.run_settings import setting

if TYPE_CHECKING:
    from bnnlab.records import TrainingEvent
    from bnnlab.train import TrainingRun


@one_line_errors
def train(
    dataset: Annotated[
        str | None,
        setting("dataset", "Data set, see `bnnlab data list`; or a .csv or .npy file, the class last"),
    ] = None,
    model: Annotated[str | None, setting("model", "Kind of network")] = None,
    widths: Annotated[str | None, setting("widths", "Sizes of the hidden layers, such as 256,256")] = None,
    first_layer: Annotated[str | None, setting("first_layer", "Weights of the first layer")] = None,
    last_layer: Annotated[str | None, setting("last_layer", "Weights of the last layer")] = None,
    quantizer: Annotated[str | None, setting("quantizer", "Estimator of the gradient of sign")] = None,
    clip_value: Annotated[float | None, setting("clip_value", "t_clip of the estimator")] = None,
    weight_clip_value: Annotated[
        float | None, setting("weight_clip_value", "t_clip for the weights, if not the same")
    ] = None,
    binarize: Annotated[str | None, setting("binarize", "What signs are taken of")] = None,
    scale: Annotated[bool | None, setting("scale", "Scale binary layers as in XNOR-Net")] = None,
    pad_value: Annotated[
        float | None, setting("pad_value", "Padding of binary convolutions: -1, 0 or 1")
    ] = None,
    latent_clip: Annotated[
        bool | None, setting("latent_clip", "Keep latent weights within +-t_clip after each step")
    ] = None,
    optimizer: Annotated[str | None, setting("optimizer", "What moves the weights")] = None,
    learning_rate: Annotated[float | None, setting("learning_rate", "Step size at the start")] = None,
    schedule: Annotated[str | None, setting("schedule", "How the learning rate falls")] = None,
    schedule_floor: Annotated[
        float | None, setting("schedule_floor", "Share of the learning rate below which it never falls")
    ] = None,
    batch_size: Annotated[int | None, setting("batch_size", "Examples per step")] = None,
    epochs: Annotated[int | None, setting("epochs", "Passes over the training set")] = None,
    seed: Annotated[int | None, setting("seed", "Same seed, same weights")] = None,
    noise: Annotated[float | None, setting("noise", "Spread of the two-dimensional toys")] = None,
    evaluate_every: Annotated[
        int | None, setting("evaluate_every", "Steps between evaluations; 0: once per epoch")
    ] = None,
    device: Annotated[str | None, setting("device", "Where to train")] = None,
    threads: Annotated[
        int,
        typer.Option(
            min=1, help="Threads of torch, at most one per core; small networks are fastest with one."
        ),
    ] = 1,
    save: Annotated[
        Path | None, typer.Option(help="Pack the trained network into this file, such as network.bnn.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as one JSON document.")] = False,
) -> None:
    """Train a binary network and report its accuracy.

    Defaults are those of `bnnlab.train.RunConfig`.
    """
    options = {name: value for name, value in locals().items() if value is not None}
    for name in ("as_json", "threads", "save"):
        options.pop(name, None)
    import torch

    from bnnlab.train import DATASETS, RunConfig
    from bnnlab.train import train as start
    from bnnlab.train.config import widths_from_text
    from bnnlab.train.datasets import TABLES, table_file

    if dataset is not None and dataset not in DATASETS and Path(dataset).suffix.lower() in TABLES:
        source = table_file(dataset)
        DATASETS[source.name] = source
        options["dataset"] = source.name
    if widths is not None:
        options["widths"] = widths_from_text(widths)
    if save is not None and not _can_be_written(save):
        raise ValueError(f"--save must name a file in a folder that can be written to, got {str(save)!r}")
    if save is not None and binarize not in (None, "both"):
        raise ValueError(f"--save packs signs, so it needs --binarize both, got {binarize!r}")
    torch.set_num_threads(min(threads, available_cores()))
    run = start(RunConfig.from_dict(options))
    began = time.perf_counter()
    evaluations = _train_with_progress(run, quiet=as_json)
    report = _report(run, evaluations, time.perf_counter() - began)
    try:
        if save is not None:
            _save_packed(run, save)
            report["saved"] = str(save)
    finally:  # results that took long are shown even where the disk is full
        if as_json:
            typer.echo(json.dumps(report, indent=2))
        else:
            _print_report(report)


def _can_be_written(path: Path) -> bool:
    return (path.is_file() or not path.exists()) and os.access(path.parent, os.W_OK)


def _save_packed(run: TrainingRun, path: Path) -> None:
    from bnnlab.deploy import PackedModel

    dataset = run.dataset
    packed = PackedModel.from_module(
        run.model,
        dataset.x_test.shape[1:],
        divisor=dataset.half_range,
        class_names=dataset.class_names,
    )
    packed.save(path)


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
    console = Console(stderr=True)
    silent = quiet or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
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
        "saved": None,
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
    if report["saved"] is not None:
        typer.echo(f"saved as {report['saved']}")
