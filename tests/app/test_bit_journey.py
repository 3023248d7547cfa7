"""From a weight of a clicked frame to the step that counts its bit, whatever the network has learned since."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bnnlab.app import session
from bnnlab.app.views.gemm.journey import NETWORK, address_of
from bnnlab.app.views.gemm.moment import moment_of_frame
from bnnlab.records import Selection
from bnnlab.train import LiveRun, RunConfig
from bnnlab.train.live.frame import LiveFrame
from bnnlab.train.look import Look

# A click in the Lab, and the page that it leads to.
SCRIPT = """
import streamlit as st
from bnnlab.app.views.gemm import gemm, journey
if "click" in st.session_state:
    journey.open_at(*st.session_state.pop("click"))
gemm.page()
"""
DIGITS = RunConfig(dataset="digits", widths=(130, 130, 20))
CONVNET = RunConfig(dataset="digits", model="convnet", widths=(6, 8, 16), pad_value=0.0)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[RunConfig], LiveRun]]:
    """Start the session's run, some steps old."""
    runs: list[LiveRun] = []

    def started(config: RunConfig) -> LiveRun:
        run = LiveRun(config)
        runs.append(run)
        monkeypatch.setattr(session, "live_run", lambda _first=None: run)
        learn(run, 3)
        return run

    yield started
    for run in runs:
        run.close()


def learn(run: LiveRun, steps: int) -> None:
    step = run.wait_for().status.step
    for _ in range(steps):
        run.step_once()
    run.wait_for(step=step + steps)


def frame_with_example(run: LiveRun, index: int) -> LiveFrame:
    """The run at this moment, with a test example on its way through."""
    frame = run.wait_for()
    snapshot = run.call(lambda training: training.snapshot(Look(example=index)))
    return dataclasses.replace(frame, snapshot=snapshot)


def clicked(frame: LiveFrame, selection: Selection) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    app.session_state["click"] = frame, selection
    return app.run()


def stepper(app: AppTest) -> Any:
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def look_again(app: AppTest) -> AppTest:
    return next(button for button in app.button if button.label == "Look again").click().run()


def linked(**query: str) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in {"source": NETWORK, **query}.items():
        app.query_params[name] = value
    return app.run()


def test_a_weight_of_the_clicked_frame_is_found_though_the_network_learned_on(
    start: Callable[[RunConfig], LiveRun],
) -> None:
    run = start(DIGITS)
    frame = frame_with_example(run, 5)
    learn(run, 4)
    app = clicked(frame, Selection("hidden1", 3, 70))
    assert not app.exception
    data = stepper(app)
    assert data["mark"] == {"step": 1, "bit": 6, "weight": "input 70", "of": "neuron 3"}
    assert data["start_step"] == 1
    assert "Weights after 3 training steps" in data["context"]["note"]
    assert "Kept as it was when you clicked" in data["context"]["note"]
    snapshot = frame.snapshot
    assert snapshot is not None
    assert snapshot.example is not None
    (passed,) = (one for one in snapshot.example.layers if one.name == "hidden1")
    assert data["result"] == [passed.sums[3]]
    assert data["context"]["equal"]
    bits = snapshot.layers[0].signs.unpack()[3] > 0
    assert (int(data["b"][1], 16) >> 6 & 1) == bits[70]
    shown = [
        app.selectbox(key="layer").value,
        *(app.number_input(key=key).value for key in ("image", "neuron", "weight")),
    ]
    assert shown == ["hidden1", 5, 3, 70]


def test_look_again_and_another_image_take_the_network_as_it_is_now(
    start: Callable[[RunConfig], LiveRun],
) -> None:
    run = start(DIGITS)
    changes: list[Callable[[AppTest], Any]] = [
        look_again,
        lambda app: app.number_input(key="image").set_value(6).run(),
    ]
    for change in changes:
        frame = frame_with_example(run, 5)
        learn(run, 1)
        app = clicked(frame, Selection("hidden1", 3, 70))
        assert f"after {frame.status.step} training" in stepper(app)["context"]["note"]
        change(app)
        data = stepper(app)
        assert f"after {frame.status.step + 1} training" in data["context"]["note"]
        assert "Kept" not in data["context"]["note"]
        assert data["mark"]["step"] == 1, "the weight stays"


def test_another_neuron_or_layer_is_of_the_same_frame(start: Callable[[RunConfig], LiveRun]) -> None:
    run = start(DIGITS)
    frame = frame_with_example(run, 5)
    learn(run, 2)
    app = clicked(frame, Selection("hidden1", 3, 70))
    app.selectbox(key="layer").set_value("hidden2").run()
    data = stepper(app)
    assert data["context"]["layer"] == "hidden2"
    assert "after 3 training" in data["context"]["note"]
    assert data["context"]["equal"]


def test_a_tap_of_a_filter_is_found_at_its_position(start: Callable[[RunConfig], LiveRun]) -> None:
    run = start(CONVNET)
    frame = frame_with_example(run, 2)
    learn(run, 1)
    app = clicked(frame, Selection("conv2", 4, 40, (0, 1)))
    data = stepper(app)
    # Nine taps a channel, of which at the upper edge the first row lies in padding of value 0.
    assert data["depth"] == 6 * 6
    assert data["mark"]["bit"] == 4 * 6 + 1
    assert data["mark"]["weight"] == "tap 40 (channel 4, row 1, column 1)"
    assert data["mark"]["of"] == "filter 4"
    assert data["context"]["equal"]
    assert "The filter stands at row 0, column 1" in data["context"]["note"]
    app.number_input(key="weight").set_value(36).run()
    assert stepper(app)["mark"] is None
    assert "So is tap 36 (channel 4, row 0, column 0): here it has no bit." in stepper(app)["context"]["note"]


def test_without_a_position_a_filter_is_looked_at_in_its_middle(
    start: Callable[[RunConfig], LiveRun],
) -> None:
    frame = frame_with_example(start(CONVNET), 2)
    assert moment_of_frame(frame).product(Selection("conv2", 0)).position == (2, 2)
    data = stepper(clicked(frame, Selection("conv2", 0)))
    assert "at row 2, column 2" in data["context"]["note"]
    assert (data["mark"], data["start_step"]) == (None, 0)


def test_an_image_of_ones_own_is_shown_as_long_as_it_is_kept(start: Callable[[RunConfig], LiveRun]) -> None:
    frame = frame_with_example(start(DIGITS), 7)
    snapshot = frame.snapshot
    assert snapshot is not None
    assert snapshot.example is not None
    drawn = dataclasses.replace(snapshot.example, index=None, label=None)
    frame = dataclasses.replace(frame, snapshot=dataclasses.replace(snapshot, example=drawn))
    app = clicked(frame, Selection("hidden1", 3, 70))
    assert app.number_input(key="image").value is None
    assert "right is" not in stepper(app)["context"]["note"]
    look_again(app)
    assert app.number_input(key="image").value == 0
    assert "right is" in stepper(app)["context"]["note"]


def test_where_inputs_are_numbers_no_bits_are_counted(start: Callable[[RunConfig], LiveRun]) -> None:
    run = start(RunConfig(dataset="digits", widths=(16, 12), first_layer="binary"))
    frame = frame_with_example(run, 1)
    app = clicked(frame, Selection("input", 3, 10))
    assert "The inputs of layer input are numbers" in app.info[0].value
    assert not app.get("bidi_component")
    with pytest.raises(ValueError, match="inputs of layer input must be signs to be counted"):
        moment_of_frame(frame).product(Selection("input", 3))
    look_again(app)
    assert stepper(app)["context"]["layer"] == "hidden1"


def test_a_frame_of_a_network_that_is_gone_is_let_go(start: Callable[[RunConfig], LiveRun]) -> None:
    run = start(DIGITS)
    app = clicked(frame_with_example(run, 5), Selection("hidden1", 100, 120))
    run.reset(RunConfig(dataset="digits", widths=(16, 12)))
    run.wait_for(state="paused")
    app.run()
    assert not app.exception
    assert stepper(app)["context"]["neuron"] == 0


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (Selection("hidden9", 0), "layer must be one of hidden1, hidden2; got 'hidden9'"),
        (Selection("hidden1", 130), "neuron must be in 0..129, got 130"),
        (Selection("hidden1", 0, -1), "weight must be in 0..129, got -1"),
        (Selection("hidden1", 1.5), "neuron must be a whole number, got 1.5"),  # type: ignore[arg-type]
    ],
)
def test_an_impossible_selection_is_refused(
    start: Callable[[RunConfig], LiveRun], selection: Selection, says: str
) -> None:
    app = clicked(frame_with_example(start(DIGITS), 5), selection)
    assert says in app.exception[0].value


def test_an_impossible_position_is_refused(start: Callable[[RunConfig], LiveRun]) -> None:
    app = clicked(frame_with_example(start(CONVNET), 5), Selection("conv2", 0, 0, (4, 0)))
    assert "position must lie inside the output of 4x4, got (4, 0)" in app.exception[0].value


def test_what_was_clicked_outlasts_a_run_that_fails(start: Callable[[RunConfig], LiveRun]) -> None:
    run = start(DIGITS)
    app = clicked(frame_with_example(run, 5), Selection("hidden1", 3, 70))
    run.close()
    app.run()
    assert not app.error
    assert stepper(app)["mark"]["bit"] == 6


def test_a_frame_without_an_example_is_refused(start: Callable[[RunConfig], LiveRun]) -> None:
    frame = start(DIGITS).wait_for()
    with pytest.raises(ValueError, match="frame must show an example"):
        moment_of_frame(dataclasses.replace(frame, snapshot=None))


def test_an_address_opens_the_same_weight(start: Callable[[RunConfig], LiveRun]) -> None:
    start(DIGITS)
    app = linked(**address_of(Selection("hidden2", 7, 129)), image="4")
    assert not app.warning
    data = stepper(app)
    assert (data["context"]["layer"], data["context"]["neuron"]) == ("hidden2", 7)
    assert (data["mark"]["step"], data["mark"]["bit"], data["start_step"]) == (2, 1, 2)


def test_an_address_holds_a_filter_s_position(start: Callable[[RunConfig], LiveRun]) -> None:
    start(CONVNET)
    app = linked(**address_of(Selection("conv2", 7, 13, (3, 0))))
    assert not app.warning
    assert "at row 3, column 0" in stepper(app)["context"]["note"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"layer": "hidden7"}, r"The address names layer “hidden7”, but only hidden1, hidden2"),
        ({"layer": "<b>*x*</b>"}, r"names layer “\\<b\\>\\\*x\\\*\\<\\/b\\>”"),
        ({"neuron": "20", "layer": "hidden2"}, "asks for neuron “20”, but there are only 0 to 19"),
        ({"weight": "nan"}, "asks for weight “nan”, but there are only 0 to 129"),
        ({"weight": "-1"}, r"asks for weight “\\-1”"),
        ({"image": "9" * 40}, "asks for test example “9{20}…”"),
    ],
)
def test_an_impossible_address_is_one_sentence(
    start: Callable[[RunConfig], LiveRun], query: dict[str, str], says: str
) -> None:
    start(DIGITS)
    app = linked(**query)
    assert not app.exception
    (warning,) = app.warning
    assert re.search(says, warning.value)
    assert stepper(app)["context"]["equal"]


def test_the_clicked_frame_s_every_neuron_agrees_with_its_own_sums(
    start: Callable[[RunConfig], LiveRun],
) -> None:
    frame = frame_with_example(start(DIGITS), 9)
    for layer in ("hidden1", "hidden2"):
        product = moment_of_frame(frame).product(Selection(layer, 0))
        assert np.array_equal((product.inputs.astype(int) @ product.weights)[0], product.outputs)


def test_a_convolution_and_the_layer_behind_it_agree_with_their_sums(
    start: Callable[[RunConfig], LiveRun],
) -> None:
    moment = moment_of_frame(frame_with_example(start(CONVNET), 9))
    for selection in (Selection("conv2", 0, None, (3, 3)), Selection("dense", 0)):
        product = moment.product(selection)
        assert np.array_equal((product.inputs.astype(int) @ product.weights)[0], product.outputs)
    with pytest.raises(ValueError, match="layer must be one of conv2, dense; got 'conv1'"):
        moment.product(Selection("conv1", 0))
