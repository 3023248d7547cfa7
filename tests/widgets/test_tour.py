"""The tour's card: what travels to it, and that its checks and pages are there."""

import re
from pathlib import Path

import pytest

from bnnlab.widgets import tour
from bnnlab.widgets.bundle import FOLDER
from bnnlab.widgets.tour import STOPS

PAGES = {path.name for path in (Path(__file__).parents[2] / "app" / "views").iterdir() if path.is_dir()}


def test_there_are_fourteen_stops_in_the_order_of_the_lecture() -> None:
    assert len(STOPS) == 14
    assert [stop.page for stop in (STOPS[0], STOPS[-1])] == ["summary", "summary"]
    assert {stop.page for stop in STOPS} <= PAGES


def test_every_task_has_a_check() -> None:
    checks = set(re.findall(r"^  (\w+)(?::|\()", (FOLDER / "tour" / "tasks.js").read_text(), re.MULTILINE))
    assert {stop.task.check for stop in STOPS} == checks


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.title)
def test_a_stop_is_short(stop: tour.Stop) -> None:
    assert len(" ".join(stop.text).split()) <= 75
    assert all(
        len(sentence.split()) <= 26 for text in stop.text for sentence in re.split(r"(?<=[.?:])\s", text)
    )
    assert stop.task.hint
    assert stop.task.praise


def test_a_stop_is_encoded_and_no_stop_is_a_button() -> None:
    card = tour.encode(1, facts={"layer_bytes": 512})
    assert (card["title"], card["facts"], len(card["stops"])) == (STOPS[0].title, {"layer_bytes": 512}, 14)
    assert "title" not in tour.encode(None, resumes_at=4)


@pytest.mark.parametrize("stop", [0, 15, -1])
def test_there_is_no_other_stop(stop: int) -> None:
    with pytest.raises(ValueError, match=r"stop must be in 1\.\.14 or None"):
        tour.encode(stop)
