"""Looking back in a live run: every mark as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from bnnlab.records import Selection
from bnnlab.train import LiveRun, RunConfig
from bnnlab.train.live.frame import LiveFrame
from bnnlab.widgets import lab
from bnnlab.widgets.encoding import unpack_frame

SMALL: dict[str, Any] = {"widths": (16, 16, 16), "batch_size": 64, "evaluate_every": 10}
STEPS = 40
PATIENCE_S = 20
OF_THE_RUN = ("created", "evaluated", "stride")  # not of the step that is shown


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Iterator[LiveRun]:
    live = LiveRun(RunConfig(**(SMALL | getattr(request, "param", {}))))
    live.wait_for(state="paused")
    yield live
    live.close()


def frame_at(run: LiveRun, step: int) -> LiveFrame:
    """The frame of a past step, as soon as it is there."""
    run.rewind(step)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        frame = run.snapshot()
        if frame.status.back_at == step and not frame.status.way:
            return frame
    raise TimeoutError(f"step {step} did not come back")


def marks(frame: LiveFrame) -> tuple[dict[str, Any], dict[str, Any]]:
    """All that is drawn of the step itself."""
    assert frame.snapshot is not None
    meta, arrays = unpack_frame(lab.encode(frame.snapshot, frame.history, curves=False))
    return {name: value for name, value in meta.items() if name not in OF_THE_RUN}, arrays


@pytest.mark.parametrize(
    "run",
    [
        {},
        {"dataset": "moons", "batch_size": 100},
        {"model": "convnet", "widths": (4, 4, 8)},
        {"optimizer": "bop"},
    ],
    indirect=True,
)
def test_every_mark_equals_the_live_frame_of_that_step(run: LiveRun) -> None:
    layer = run.call(lambda training: training.monitor.layer_names[0])
    weight = Selection(layer, 1, 5)
    run.select(weight)
    run.look_backward(True)
    live: dict[int, Any] = {}
    for step in range(1, STEPS + 1):
        if step == 12:
            run.update(clip_value=0.5)
        if step == 25:
            run.flip()
        run.step_once()
        frame = run.wait_for(state="paused", step=step)
        run.snapshot()  # counts as seen: flips of the next frame are those of its step
        live[step] = marks(frame)
    for step in (STEPS - 1, 3, 24, 11, 12, 13, 30, 1):
        meta, arrays = marks(frame_at(run, step))
        expected_meta, expected = live[step]
        if step in (11, 24):  # what was done by hand after the step is seen there too
            continue
        assert meta == expected_meta
        assert arrays.keys() == expected.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, expected[name], err_msg=f"{name} of step {step}")


def test_training_goes_on_meanwhile_and_steering_leads_back_to_now(run: LiveRun) -> None:
    for step in range(1, 6):
        run.step_once()
        run.wait_for(step=step)
    assert frame_at(run, 2).status.step == 5
    run.play()
    assert run.wait_for(step=8).status.back_at is None
    run.pause()
    frame_at(run, 3)
    run.update(learning_rate=0.5)
    assert run.wait_for().status.back_at is None
    frame_at(run, 3)
    run.reset()
    frame = run.wait_for(state="paused")
    assert (frame.status.back_at, frame.status.step) == (None, 0)


def test_another_neuron_can_be_chosen_in_the_past(run: LiveRun) -> None:
    for step in range(1, 6):
        run.step_once()
        run.wait_for(step=step)
    frame_at(run, 2)
    weight = Selection("hidden2", 2, 7)
    run.select(weight)
    frame = run.wait_for()
    assert frame.snapshot is not None
    assert (frame.snapshot.step, frame.snapshot.selection) == (2, weight)


def test_while_another_run_is_loaded_there_is_no_past_and_no_harm(run: LiveRun) -> None:
    run.rewind(0)
    run.reset(RunConfig(**(SMALL | {"seed": 1})))
    run.rewind(0)
    frame = run.wait_for(state="paused")
    assert frame.status.error is None
    assert frame.snapshot is not None


def test_of_a_past_step_only_so_many_frames_come_while_training_goes_on() -> None:
    now = 0.0
    live = LiveRun(RunConfig(**SMALL), duty=1.0, clock=lambda: now)
    try:
        live.wait_for(state="paused")
        live.step_once()
        live.wait_for(step=1)
        live.play()
        live.wait_for(state="playing")
        frame_at(live, 1)
        first = live.snapshot(fresh_within=1.0)
        assert live.snapshot(fresh_within=1.0) is first
        now = 0.3
        assert live.snapshot(fresh_within=1.0) is not first
    finally:
        live.close()


@pytest.mark.parametrize("step", [-1, 6, 1.5, True, "2"])
def test_a_step_that_was_not_done_is_one_sentence(run: LiveRun, step: Any) -> None:
    for done in range(1, 6):
        run.step_once()
        run.wait_for(step=done)
    with pytest.raises(ValueError, match=r"step must be in 0\.\.5, the steps done, or None"):
        run.rewind(step)
