"""The cockpit in a notebook: what it follows, what it sends, and when it ends."""

from __future__ import annotations

import gc
import re
import threading
import time
import weakref
from typing import Any

import pytest
import torch
from torch import nn

from bnnlab.nn import BinaryLinear
from bnnlab.notebook import Lab, lab
from bnnlab.notebook.cell import Cell
from bnnlab.train import LiveRun, Monitor, RunConfig, TrainingRun, train
from bnnlab.widgets.encoding import unpack_frame

TINY = RunConfig(dataset="digits", widths=(8, 8), epochs=1, batch_size=500)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Everything that pictures send, as headers of frames."""
    headers: list[dict[str, Any]] = []

    def send(outlet: Any, frame: bytes, *, complete: bool) -> None:
        headers.append(unpack_frame(frame)[0] | {"complete": complete})

    monkeypatch.setattr("bnnlab.notebook.outlet.Outlet.send", send)
    return headers


def first_of(picture: Lab) -> dict[str, Any]:
    return unpack_frame(picture.widget.frame)[0]


def told(picture: Lab, **order: Any) -> None:
    """Let the page tell something."""
    picture.widget._handle_custom_msg({"command": order}, [])


def test_what_it_cannot_show_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"must be a LiveRun, what train\(config\) returns, or a Monitor; got int"
    ):
        Lab(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a monitor that watches a binary layer"):
        Lab(Monitor(nn.Linear(2, 2)))


def test_it_is_shown_with_a_line_for_those_who_can_show_no_widget() -> None:
    with train(TINY) as run:
        picture = Lab(run)
        data, _ = picture._repr_mimebundle_()
        assert data["text/plain"] == "Lab(TrainingRun)"
        assert "application/vnd.jupyter.widget-view+json" in data
        picture.close()
        assert repr(picture) == "Lab(TrainingRun, closed)"


def test_a_loop_is_followed_to_its_end(sent: list[dict[str, Any]]) -> None:
    run = train(TINY)
    picture = Lab(run)
    assert first_of(picture)["step"] == 0
    steps = [event.step for event in run]
    assert sent[0]["playing"]
    assert not sent[-1]["playing"]
    assert sent[-1]["step"] == steps[-1]
    assert not any(header["commands"] for header in sent)
    assert [header["serial"] for header in sent] == sorted(header["serial"] for header in sent)


def test_a_loop_shows_what_is_asked_for_and_is_not_steered(sent: list[dict[str, Any]]) -> None:
    with train(TINY) as run:
        picture = Lab(run)
        next(run)
        told(picture, do="select", layer="hidden1", neuron=2, weight=5, position=None)
        assert sent[-1]["selection"] == {"layer": "hidden1", "neuron": 2, "weight": 5, "position": None}
        assert sent[-1]["weight"] is not None
        told(picture, do="example", index=4)
        assert sent[-1]["example"]["index"] == 4
        told(picture, do="pause")
        assert "is not steered from the picture" in sent[-1]["notice"]
        told(picture, do="select", layer="hidden9", neuron=0)
        assert "hidden1" in sent[-1]["notice"]
        told(picture)
        picture.widget._handle_custom_msg("nonsense", [])


def test_the_picture_changes_nothing_of_the_run() -> None:
    with train(TINY) as alone, train(TINY) as followed:
        picture = Lab(followed)
        told(picture, do="backward", on=True)
        told(picture, do="select", layer="hidden1", neuron=2, weight=5)
        for _ in zip(alone, followed, strict=True):
            pass
        assert alone.digest() == followed.digest()


def test_a_newer_picture_of_a_run_takes_over() -> None:
    with train(TINY) as run:
        first, second = Lab(run), Lab(run)
        assert len(run.listeners) == 1
        assert "closed" in repr(first)
        second.close()
        second.close()
        assert not run.listeners


def test_a_cell_run_again_ends_the_pictures_of_its_last_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "current_cell", lambda: Cell("a", "first"))
    runs = [train(TINY) for _ in range(3)]
    before = [Lab(run) for run in runs[:2]]
    assert all("closed" not in repr(picture) for picture in before)
    monkeypatch.setattr(lab, "current_cell", lambda: Cell("a", "second"))
    after = Lab(runs[2])
    assert all("closed" in repr(picture) for picture in before)
    assert "closed" not in repr(after)
    assert [len(run.listeners) for run in runs] == [0, 0, 1]


def test_a_live_run_plays_and_pauses_and_its_thread_ends(sent: list[dict[str, Any]]) -> None:
    live = LiveRun(TINY)
    live.wait_for(state="paused")
    picture = Lab(live)
    assert first_of(picture)["commands"]
    told(picture, do="play", elapsed=0)
    wait_until(lambda: any(header["step"] > 3 for header in sent))
    told(picture, do="pause")
    wait_until(lambda: sent[-1]["state"] == "paused")
    assert sent[-1]["complete"]
    told(picture, do="nothing")
    wait_until(lambda: "There is no command" in (sent[-1]["notice"] or ""))
    second = Lab(live)
    assert followers() == 1
    live.close()
    wait_until(lambda: followers() == 0)
    assert not sent[-1]["commands"]
    second.close()


def test_a_picture_of_a_live_run_that_is_closed_offers_nothing(sent: list[dict[str, Any]]) -> None:
    live = LiveRun(TINY)
    picture = Lab(live)
    picture.close()
    assert followers() == 0
    assert not sent[-1]["commands"]
    assert live.status.state != "closed"
    live.close()


def test_a_monitor_shows_layers_and_no_data(sent: list[dict[str, Any]]) -> None:
    model = nn.Sequential(nn.Linear(4, 6), BinaryLinear(6, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with Monitor(model) as monitor:
        picture = Lab(monitor)
        told(picture, do="select", layer="1", neuron=2, weight=5)
        for _ in range(3):
            model(torch.ones(2, 4)).sum().backward()
            optimizer.step()
            monitor.step()
        told(picture, do="select", layer="1", neuron=2, weight=6)
        assert re.search("weight must be a whole number in 0..5", sent[-1]["notice"].lower())
    last = sent[-1]
    assert (last["step"], last["view"]["kind"], last["example"]) == (3, "none", None)
    assert last["loss"] is None
    assert last["weight"]["life_since"] == 0
    assert [header["looks"] for header in sent].count(False) == 0
    assert not monitor.listeners
    picture.close()


def test_a_run_that_is_over_can_still_be_looked_at(sent: list[dict[str, Any]]) -> None:
    with train(TINY) as run:
        picture = Lab(run)
        next(run)
    assert sent[-1]["step"] == 1
    told(picture, do="select", layer="hidden1", neuron=2)
    assert sent[-1]["step"] == 1


def test_a_closed_picture_lets_its_run_go() -> None:
    run = train(TINY)
    kept = threading.Event()
    picture = Lab(run)
    picture.close()
    weakref.finalize(run, kept.set)
    del run, picture
    gc.collect()
    assert kept.is_set()


def followers() -> int:
    return sum(thread.name == "bnnlab-notebook" for thread in threading.enumerate())


def wait_until(happened: Any) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_listeners_hear_every_step_and_the_end() -> None:
    run: TrainingRun = train(TINY)
    heard: list[Any] = []
    run.listeners.append(heard.append)
    done = list(run)
    assert heard == [*done, None]
