"""What one can take along of a live run: files by token."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from bnnlab.app.live.files import take_along
from bnnlab.app.live.runs import Runs
from bnnlab.records import History
from bnnlab.train import RunConfig


@pytest.fixture
def runs() -> Iterator[Runs]:
    runs = Runs()
    yield runs
    runs.close()


@pytest.fixture
def ask(runs: Runs) -> Any:
    viewer = runs.of("session", RunConfig(widths=(16, 16, 16)))
    viewer.run.wait_for(state="paused")
    for step in range(1, 6):
        viewer.run.step_once()
        viewer.run.wait_for(step=step)

    async def answered(name: str, query: dict[str, str]) -> Response:
        sent = urlencode({"token": viewer.token} | query).encode()
        scope = {"type": "http", "path_params": {"name": name}, "query_string": sent, "headers": []}
        answer: Response = await take_along(Request(scope), runs)
        return answer

    return lambda name, **query: asyncio.run(answered(name, query))


def content(answer: Response) -> bytes:
    """What is to be kept as a file."""
    assert "attachment" in answer.headers["content-disposition"]
    return bytes(answer.body)


def test_the_history_comes_as_a_file_that_loads(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "run.npz").write_bytes(content(ask("history.npz")))
    assert set(History.load(tmp_path / "run.npz").at(3)) == {"hidden1", "hidden2"}


def test_a_stretch_comes_as_a_film(ask: Any) -> None:
    with Image.open(io.BytesIO(content(ask("film.gif", layer="hidden1", first="2", last="4")))) as film:
        assert film.format == "GIF"
        film.seek(1)  # there is a second picture


@pytest.mark.parametrize(
    ("name", "query", "status", "said"),
    [
        ("film.gif", {"layer": "nope"}, 400, "layer must be one of"),
        ("film.gif", {"layer": "hidden1", "first": "9"}, 400, "a film shows steps 0 to 5"),
        ("film.gif", {"layer": "hidden1", "last": "x" * 99}, 400, "last must be a step"),
        ("weights.pkl", {}, 400, "a file is history.npz or film.gif"),
        ("history.npz", {"token": "not ours"}, 404, "There is no such run here any more."),
    ],
)
def test_what_cannot_be_had_is_one_sentence(
    ask: Any, name: str, query: dict[str, str], status: int, said: str
) -> None:
    answer = ask(name, **query)
    assert (answer.status_code, answer.media_type) == (status, "text/plain")
    assert said in answer.body.decode()
