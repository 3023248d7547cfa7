"""The command `bnnlab`. Bad input ends with exit code 2 and one clear line; heavy imports wait until needed."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bnnlab.train import RunConfig, TrainingRun

app = typer.Typer(
    help="A laboratory for binary neural networks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="The data sets.", no_args_is_help=True)
app.add_typer(data, name="data")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def main() -> None:
    """Entry point of the command."""
    app()


@app.command("app")
def open_lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the lab."""
    from bnnlab.app.launch import launch

    launch(address, port, browser)


@app.command()
def train(
    dataset: Annotated[str | None, typer.Option(help="See `bnnlab data list`.")] = None,
    model: Annotated[str | None, typer.Option(help="mlp or convnet.")] = None,
    widths: Annotated[str | None, typer.Option(help="Hidden layers, for example 256,256.")] = None,
    first_layer: Annotated[str | None, typer.Option(help="float or binary.")] = None,
    last_layer: Annotated[str | None, typer.Option(help="float or binary.")] = None,
    quantizer: Annotated[str | None, typer.Option(help="Estimator of the gradient of sign.")] = None,
    clip_value: Annotated[float | None, typer.Option(help="t_clip of the estimator.")] = None,
    scale: Annotated[bool | None, typer.Option(help="Scaling factors as in XNOR-Net.")] = None,
    pad_value: Annotated[float | None, typer.Option(help="Padding of binary convolutions.")] = None,
    latent_clip: Annotated[float | None, typer.Option(help="Limit of latent weights.")] = None,
    optimizer: Annotated[str | None, typer.Option(help="adam, sgd or bop.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="At the start.")] = None,
    schedule: Annotated[str | None, typer.Option(help="constant or cosine.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples per step.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training set.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same weights.")] = None,
    noise: Annotated[float | None, typer.Option(help="Scatter of the toys' points.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train a network and report what it learned. What is left out takes the default of RunConfig."""
    given = {name: value for name, value in locals().items() if value is not None and name != "as_json"}
    with one_line_errors():
        from bnnlab.train import RunConfig
        from bnnlab.train import train as start

        if widths is not None:
            given["widths"] = _whole_numbers("widths", widths)
        config = RunConfig.from_dict(given)
        with start(config) as run:
            report = _train(config, run, quiet=as_json)
    print(json.dumps(report, indent=2) if as_json else _summary(report))


@data.command("list")
def list_data(as_json: AsJson = False) -> None:
    """List the data sets and whether they are on this computer."""
    from bnnlab.train.datasets import DATASETS, REMOTE_FILES

    rows = [
        {
            "name": name,
            "title": source.title,
            "here": name not in REMOTE_FILES or REMOTE_FILES[name].is_local(),
        }
        for name, source in DATASETS.items()
    ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(f"{row['name']:14} {'here' if row['here'] else 'to be fetched':14} {row['title']}")


@data.command()
def fetch(
    name: Annotated[str, typer.Argument(help="mnist-full, fashion-mnist or cifar10.")],
    base_url: Annotated[
        str | None, typer.Option(help="Another server; files are expected at BASE_URL/NAME/FILE.")
    ] = None,
) -> None:
    """Download a data set into the cache and check it."""
    with one_line_errors():
        from bnnlab.train.datasets import REMOTE_FILES

        if name not in REMOTE_FILES:
            raise ValueError(f"name must be one of {', '.join(REMOTE_FILES)}; got {name!r}")
        from tqdm import tqdm

        with tqdm(unit="B", unit_scale=True) as progress:
            paths = REMOTE_FILES[name].fetch(base_url=base_url, progress=progress)
    print(f"{name} is in {next(iter(paths.values())).parent}")


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End with exit code 2 and one line on stderr for input that cannot be used, and 1 for training that failed."""
    try:
        yield
    except (ValueError, TypeError, RuntimeError, FloatingPointError) as error:
        print(f"bnnlab: {error}", file=sys.stderr)
        raise typer.Exit(1 if isinstance(error, FloatingPointError) else 2) from None


def _train(config: RunConfig, run: TrainingRun, quiet: bool) -> dict[str, Any]:
    """Train to the end, with a progress bar on stderr unless `quiet`."""
    from tqdm import tqdm

    began, evaluations = time.perf_counter(), []
    with tqdm(run, total=run.total_steps, unit="step", disable=quiet) as steps:
        for event in steps:
            if event.test_accuracy is not None:
                steps.set_postfix_str(f"test accuracy {event.test_accuracy:.2%}")
                evaluations.append(
                    {
                        "step": event.step,
                        "loss": event.loss,
                        "test_loss": event.test_loss,
                        "test_accuracy": event.test_accuracy,
                        "flips": {layer.name: layer.flips for layer in event.layers},
                    }
                )
    return {
        "config": config.to_dict(),
        "steps": run.step,
        "seconds": round(time.perf_counter() - began, 2),
        "evaluations": evaluations,
        "test_accuracy": evaluations[-1]["test_accuracy"],
        "weights_sha256": run.digest(),
    }


def _summary(report: dict[str, Any]) -> str:
    return (
        f"test accuracy {report['test_accuracy']:.2%} after {report['steps']:,} steps "
        f"in {report['seconds']:.1f} s; weights {report['weights_sha256'][:16]}"
    )


def _whole_numbers(name: str, text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"{name} must be whole numbers separated by commas, got {text!r}") from None
