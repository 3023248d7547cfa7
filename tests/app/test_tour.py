"""The tour: what each stop sets, how one goes on, leaves and comes back; and the same on paper and as a notebook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from streamlit.testing.v1 import AppTest

from bnnlab.app import handout, session, tour_notebook
from bnnlab.app.handout_pictures import COLUMN_B, PICTURES, ROW_A
from bnnlab.app.live.runs import RUNS
from bnnlab.app.live.spare import Spare
from bnnlab.app.tour_facts import facts
from bnnlab.bits import pack_columns, pack_rows
from bnnlab.records import Selection
from bnnlab.train import LiveRun, RunConfig, train
from bnnlab.widgets.tour import STEPS_BEFORE, STOPS

MAIN = Path(__file__).parents[2] / "app" / "main.py"
LAST = len(STOPS)
PATIENCE_S = 60


def at(**query: str) -> AppTest:
    """The lab, opened at an address."""
    page = AppTest.from_file(str(MAIN), default_timeout=PATIENCE_S)
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


@pytest.mark.parametrize(
    ("asked", "stop", "notice"),
    [
        (str(LAST + 1), LAST, "This is the last."),
        ("9" * 50, LAST, "This is the last."),
        ("0", 1, "This is the first."),
        ("-3", 1, "This is the first."),
        ("<b>x</b>", 1, "This is the first."),
        ("٣", 1, "This is the first."),
        ("", 1, "This is the first."),
    ],
)
def test_an_impossible_stop_is_the_nearest_one(asked: str, stop: int, notice: str) -> None:
    page = at(stop=asked)
    assert not page.exception
    assert page.session_state[session.STOP] == stop
    assert page.session_state["tour_notice"].endswith(notice)


def test_each_stop_sets_its_controls() -> None:
    page = at(stop="1")
    for number, stop in enumerate(STOPS, 1):
        page.session_state["tour_go"] = number
        page.run()
        assert not page.exception, stop.title
        assert page.session_state[session.STOP] == number
        assert {key: page.session_state[key] for key in stop.widgets} == stop.widgets


def test_the_tours_run_has_learned_and_ones_own_rests_meanwhile() -> None:
    page = at(speed="1")
    (own,) = _runs()
    own.wait_for(state="playing", step=1)
    page.session_state["tour_go"] = 6
    page.run()
    assert not page.exception
    run = next(run for run in _runs() if run is not own)
    assert run.status.step >= STEPS_BEFORE
    snapshot = run.snapshot().snapshot
    assert snapshot is not None
    assert snapshot.selection == Selection("hidden1", neuron=3, weight=10)
    stood = own.wait_for(state="paused").status.step
    page.session_state["tour_go"] = None
    page.run()
    assert page.session_state[session.STOP] is None
    assert own.wait_for(state="playing", step=stood)
    assert run.status.state == "paused"


def test_what_was_pressed_before_the_browser_had_the_new_address_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = at(stop="3")
    page.session_state["tour_go"] = 4
    page.run()
    page.query_params["stop"] = "3"  # as the browser still has it
    page.run()
    assert (page.session_state[session.STOP], page.query_params["stop"]) == (4, "4")
    monkeypatch.setattr("bnnlab.app.tour.STALE_FOR_S", 0.0)
    page.query_params["stop"] = "3"  # the browser's Back
    page.run()
    assert page.session_state[session.STOP] == 3


def test_charts_wait_on_the_first_page_of_the_tour_alone() -> None:
    page = at(stop="2")
    assert not page.get("plotly_chart")
    page.session_state["charts_here"] = True  # as the clock sets it a moment later
    page.run()
    assert page.get("plotly_chart")


def test_the_tours_run_rests_where_nobody_watches_it_learn() -> None:
    page = at(stop="7")
    (run,) = (run for run in _runs() if run.status.step >= STEPS_BEFORE)
    run.wait_for(state="playing", step=STEPS_BEFORE + 1, timeout=PATIENCE_S)
    page.session_state["tour_go"] = 8
    page.run()
    assert run.status.state == "paused"
    page.session_state["tour_go"] = None
    page.run()


def _runs() -> list[LiveRun]:
    return [place.viewer.run for place in RUNS._places.values()]


@pytest.fixture(autouse=True)
def _no_run_is_left() -> None:
    for session_name in {place.session for place in RUNS._places.values()}:
        RUNS.drop(session_name)


class Started:
    """Starts runs and remembers them."""

    def __init__(self) -> None:
        self.runs: list[LiveRun] = []

    def __call__(self, config: RunConfig) -> LiveRun:
        self.runs.append(LiveRun(config))
        return self.runs[-1]


def trained(spare: Spare) -> None:
    """Waits until the spare has trained what it was asked to."""
    assert spare._next is not None
    spare._next.join(PATIENCE_S)


def test_a_spare_is_trained_once_and_replaced_when_it_is_taken() -> None:
    started = Started()
    spare = Spare(started, after_s=0.0)
    spare.prepare()
    spare.prepare()
    trained(spare)
    assert len(started.runs) == 1
    taken = spare.take()
    assert taken is started.runs[0]
    assert taken.wait_for(state="paused").status.step == STEPS_BEFORE
    trained(spare)
    assert len(started.runs) == 2
    spare.close()
    assert started.runs[1].status.state == "closed"
    taken.close()


def test_whoever_comes_before_a_spare_is_trained_waits_for_none() -> None:
    started = Started()
    spare = Spare(started, after_s=PATIENCE_S)
    taken = spare.take()
    assert taken.status.step < STEPS_BEFORE, "it was waited for"
    assert taken.wait_for(state="paused", step=STEPS_BEFORE, timeout=PATIENCE_S)
    spare.close()
    taken.close()


@pytest.mark.parametrize("step", [-1, 1.5, True])
def test_a_run_advances_to_whole_steps_only(step: Any) -> None:
    run = LiveRun(RunConfig(dataset="moons", widths=(4, 4)))
    with pytest.raises(ValueError, match="step must be a whole number from 0 on"):
        run.advance(step)
    run.close()


def test_the_facts_are_computed_here() -> None:
    known = facts()
    assert known["layer_bytes"] == 64 * 64 // 8
    assert known["sign_change"] == 0
    assert {stop.task.fact for stop in STOPS} - {None} <= known.keys()


def test_the_handout_holds_every_stop_and_no_script() -> None:
    text = handout.page()
    for stop in STOPS:
        assert handout.escape(stop.title) in text
        assert handout.escape(stop.task.praise) in text
    assert "<script" not in text
    assert text.count("<figure>") == sum(stop.on_paper is not None for stop in STOPS) == len(PICTURES)


def test_the_handouts_words_are_those_of_the_library() -> None:
    a, b = pack_rows(ROW_A).words[0, 0], pack_columns(COLUMN_B).words[0, 0]
    lines = re.findall(r"<tr><th>(a|b|a \^ b)</th>(.*?)</tr>", PICTURES["count"]())
    shown = {
        name: sum(
            1 << at for at, bit in enumerate(re.findall(r"<td[^>]*>([+−01])</td>", cells)) if bit in "+1"
        )
        for name, cells in lines
    }
    assert shown == {"a": a, "b": b, "a ^ b": a ^ b}


def test_the_notebook_has_the_tours_texts() -> None:
    assert tour_notebook.FILE.read_text(encoding="utf-8") == tour_notebook.written(), (
        "run `python -m bnnlab.app.tour_notebook`"
    )


@pytest.mark.filterwarnings("default")  # the kernel's own machinery warns, not what runs in it
def test_the_notebook_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(tour_notebook.FILE, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    shown = [output["data"] for output in outputs if "data" in output]
    assert sum("application/vnd.jupyter.widget-view+json" in data for data in shown) == 6
    assert sum("application/vnd.plotly.v1+json" in data for data in shown) == 2
    assert any("bit for bit" in data.get("text/plain", "") for data in shown)


@pytest.mark.parametrize(("clip_value", "said"), [(0.05, 56), (1.0, 97), (10.0, 93)])
def test_what_stop_5_says_of_other_walls_is_so(clip_value: float, said: int) -> None:
    """Sums in another order turn some signs on other computers, hence the room of three images of a hundred."""
    assert f"{said} %" in STOPS[4].task.praise
    run = train(RunConfig(clip_value=clip_value))
    for event in run:
        if event.step == STEPS_BEFORE:
            break
    _, accuracy = run.evaluate()
    assert 100 * accuracy == pytest.approx(said, abs=3)
