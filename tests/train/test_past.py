"""The past of a run, brought back bit for bit."""

from __future__ import annotations

from typing import Any

import pytest

from bnnlab.records import Selection
from bnnlab.train import RunConfig, TrainingRun
from bnnlab.train.past import MIN_SPACING, Past

STEPS = 3 * MIN_SPACING
SMALL: dict[str, Any] = {"widths": (16, 16, 16), "batch_size": 64}


def trained(settings: RunConfig, max_bytes: int = 2**30) -> tuple[TrainingRun, Past, list[str]]:
    """A run with some deeds on its way, its past, and what its network was after each step."""
    run = TrainingRun(settings, endless=True)
    past = Past(run, max_bytes)
    weight = Selection(run.monitor.layer_names[0], 3, 5)
    digests = [run.digest()]
    for event in run:
        past.note_step(run)
        if event.step in (5, MIN_SPACING):
            run.flip(weight)
            past.note_deed(lambda replayed: replayed.flip(weight))
        if event.step == MIN_SPACING:
            run.update(clip_value=0.5, learning_rate=0.1)
            past.note_deed(lambda replayed: replayed.update(clip_value=0.5, learning_rate=0.1))
        digests.append(run.digest())
        if event.step == STEPS:
            break
    return run, past, digests


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "sgd", "quantizer": "approx_sign"},
        {"optimizer": "bop"},
        {"model": "convnet", "widths": (4, 4, 8), "batch_size": 64},
        {"binarize": "nothing"},
    ],
)
def test_every_step_comes_back_bit_for_bit_in_any_order(changes: dict[str, Any]) -> None:
    _, past, digests = trained(RunConfig(**(SMALL | changes)))
    steps = [*range(STEPS, -1, -7), *range(0, STEPS + 1, 3), MIN_SPACING, MIN_SPACING, MIN_SPACING - 1]
    for step in steps:
        run = past.approach(step)
        assert run is not None
        assert (run.step, run.digest()) == (step, digests[step])


def test_the_step_itself_is_measured_as_it_was() -> None:
    run = TrainingRun(RunConfig(**SMALL, evaluate_every=10), endless=True)
    past = Past(run)
    events = []
    for event in run:
        past.note_step(run)
        events.append(event)
        if event.step == STEPS:
            break
    for step in (1, 10, 15, 20, STEPS):
        replayed = past.approach(step)
        assert replayed is not None
        assert replayed.event == events[step - 1]


def test_going_back_leaves_the_run_as_it_is() -> None:
    run, past, digests = trained(RunConfig(**SMALL))
    past.approach(3)
    assert run.digest() == digests[-1]
    twin, _, _ = trained(RunConfig(**SMALL))
    for _ in range(3):
        assert next(run) == next(twin)


def test_little_room_makes_ways_longer_and_no_step_unknown() -> None:
    roomy = trained(RunConfig(**SMALL))[1].nbytes
    _, past, digests = trained(RunConfig(**SMALL), max_bytes=roomy // 2)
    assert past.nbytes <= roomy // 2
    assert past.spacing > MIN_SPACING
    run = past.approach(STEPS - 1)
    assert run is not None
    assert run.digest() == digests[STEPS - 1]


def test_a_long_way_can_be_gone_in_parts() -> None:
    _, past, digests = trained(RunConfig(**SMALL))
    assert past.steps_to(MIN_SPACING - 1) == MIN_SPACING - 1
    parts = 1
    while (run := past.approach(MIN_SPACING - 1, seconds=0)) is None:
        parts += 1
    assert parts == MIN_SPACING - 1
    assert run.digest() == digests[MIN_SPACING - 1]


@pytest.mark.parametrize("step", [-1, STEPS + 1])
def test_a_step_that_is_not_there_is_named(step: int) -> None:
    _, past, _ = trained(RunConfig(**SMALL))
    with pytest.raises(ValueError, match=rf"step must be in 0\.\.{STEPS}, got {step}"):
        past.approach(step)


def test_a_run_that_has_begun_has_an_unknown_past() -> None:
    run = TrainingRun(RunConfig(**SMALL))
    next(run)
    with pytest.raises(ValueError, match="run must be at step 0"):
        Past(run)
