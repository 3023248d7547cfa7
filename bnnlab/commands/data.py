"""The command `bnnlab data`."""

from __future__ import annotations

import json
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bnnlab.commands.errors import one_line_errors

data = typer.Typer(help="Data sets: list them, download them.", no_args_is_help=True)


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
    width = max(len(str(row["title"])) for row in rows)
    for row in rows:
        place = "here" if row["here"] else f"bnnlab data fetch {row['name']}"
        typer.echo(f"{row['name']:<14} {row['title']:<{width}}  {place}")


@data.command()
@one_line_errors
def fetch(
    name: Annotated[str, typer.Argument(help="Which data set.")],
    base_url: Annotated[
        str | None,
        typer.Option(help="Download from here instead: BASE_URL/NAME/FILE. Also BNNLAB_DATA_URL."),
    ] = None,
) -> None:
    """Download a data set into the user's cache folder and check its SHA-256."""
    from bnnlab.train.datasets import DATASETS, REMOTE_FILES

    if name not in REMOTE_FILES:
        reason = "comes with bnnlab" if name in DATASETS else "is unknown"
        raise ValueError(f"data set {name!r} {reason}; to fetch: {', '.join(REMOTE_FILES)}")
    with _FileProgress(name) as progress:
        paths = REMOTE_FILES[name].fetch(base_url=base_url, progress=progress)
    typer.echo(f"{name}: {len(paths)} file(s) ready")


class _FileProgress:
    """Shows how far each download has come: what `RemoteFiles.fetch` calls."""

    def __init__(self, name: str) -> None:
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn(name),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
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
