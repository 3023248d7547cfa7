"""What one can take along of a run: its history for a paper, and its signs as a moving picture."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bnnlab.app.live.runs import RUNS, Runs
from bnnlab.records import History

FILES: Final = "api/bnn/files"
TYPES: Final = {"history.npz": "application/octet-stream", "film.gif": "image/gif"}
MAX_DIGITS: Final = 9  # of a step

_WRITING = asyncio.Semaphore(1)  # a film takes a core for seconds


async def files(request: Request) -> Response:
    """Answer with the file that the address names: see `take_along`."""
    return await take_along(request, RUNS)


async def take_along(request: Request, runs: Runs) -> Response:
    """A file of the run that the token belongs to.

    Args:
        request: Its path ends in ``history.npz`` or ``film.gif``; it asks with a `token` and, for a film, a `layer` and
            the steps `first` and `last`.
        runs: Where the token is looked up.
    """
    query = request.query_params
    viewer = runs.find(query.get("token", ""))
    if viewer is None:
        return PlainTextResponse("There is no such run here any more.", 404)
    name = request.path_params["name"]
    try:
        async with _WRITING:
            content = await asyncio.to_thread(_file, viewer.run.history, name, dict(query))
    except (ValueError, TypeError) as error:
        return PlainTextResponse(f"{error}.", 400)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="bnnlab-{name}"'}
    return Response(content, media_type=TYPES[name], headers=headers)


def _file(history: History, name: str, query: dict[str, str]) -> bytes:
    if name not in TYPES:
        raise ValueError(f"a file is {' or '.join(TYPES)}, not {name[:40]!r}")
    with tempfile.TemporaryDirectory(prefix="bnnlab-") as folder:
        path = Path(folder) / name
        if path.suffix == ".npz":
            history.to_npz(path)
        else:
            history.film(path, query.get("layer", ""), _step(query, "first"), _step(query, "last"))
        return path.read_bytes()


def _step(query: dict[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise ValueError(f"{name} must be a step, got {text[:40]!r}")
    return int(text)
