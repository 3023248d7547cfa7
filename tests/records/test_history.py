"""A history covers the whole run in constant memory, and its points are true means."""

import dataclasses

import numpy as np
import pytest

from bnnlab.records import History, LayerDynamics, TrainingEvent


def event(step: int, test_accuracy: float | None = None, flips: int = 0) -> TrainingEvent:
    layer = LayerDynamics("hidden1", 100, flips, 0, 0.0, 0.0, 0.0, 1.0, 1.0, 0)
    return TrainingEvent(step, 0, float(step), 0.5, None, test_accuracy, (layer,))


@pytest.mark.parametrize("steps", [0, 1, 7, 8, 9, 16, 17, 100, 1000])
def test_points_are_means_over_equal_strides(steps: int) -> None:
    history = History(capacity=8)
    for step in range(1, steps + 1):
        history.append(event(step))
    complete = steps // history.stride
    assert len(history) == complete <= 8
    assert 2 * len(history) >= 8 or history.stride == 1
    blocks = np.arange(1, complete * history.stride + 1).reshape(complete, history.stride)
    if steps:
        assert np.array_equal(history.column("loss"), blocks.mean(axis=1))


def test_flips_between_points_are_not_lost() -> None:
    history = History(capacity=4)
    for step in range(1, 9):
        history.append(event(step, flips=50 if step == 3 else 0))
    assert history.column("flip_ratio", "hidden1").tolist() == [0.0, 0.25, 0.0, 0.0]


def test_what_was_not_measured_is_nan_and_does_not_dilute_the_mean() -> None:
    history = History(capacity=2)
    for step in range(1, 5):
        history.append(event(step, test_accuracy=0.8 if step == 1 else None))
    assert history.column("test_accuracy")[0] == 0.8
    assert np.isnan(history.column("test_accuracy")[1])
    assert np.isnan(history.column("test_loss")).all()


def test_a_copy_is_independent() -> None:
    history = History(capacity=4)
    for step in range(1, 6):
        history.append(event(step))
    copy = history.copy()
    before = copy.column("loss").tolist()
    for step in range(6, 30):
        history.append(event(step))
    assert copy.column("loss").tolist() == before
    copy.append(event(6))
    assert len(copy) == 3


def evaluated(step: int, test_loss: float) -> TrainingEvent:
    return dataclasses.replace(event(step, test_accuracy=0.5), test_loss=test_loss)


def test_the_newest_evaluation_is_kept_as_it_was() -> None:
    history = History(capacity=2)
    assert history.evaluated is None
    last = None
    for step in range(1, 30):
        now = evaluated(step, 1.0 / step) if step % 10 == 0 else event(step)
        last = now if step % 10 == 0 else last
        history.append(now)
        assert history.evaluated is last
    assert history.stride > 1  # the curve is a mean by now, the evaluation is not


def test_a_copy_keeps_its_own_newest_evaluation() -> None:
    history = History()
    history.append(evaluated(1, 0.5))
    copy = history.copy()
    history.append(evaluated(2, 0.25))
    assert copy.evaluated is not None
    assert history.evaluated is not None
    assert (copy.evaluated.step, history.evaluated.step) == (1, 2)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="capacity must be even"):
        History(capacity=3)
    history = History()
    with pytest.raises(ValueError, match="column must be one of"):
        history.column("lose")
    history.append(event(1))
    with pytest.raises(ValueError, match="layer must be one of"):
        history.column("flip_ratio", "hidden9")
    with pytest.raises(ValueError, match="layer column"):
        history.column("loss", "hidden1")
    other = TrainingEvent(2, 0, 1.0, 0.5, None, None, ())
    with pytest.raises(ValueError, match="event has layers"):
        history.append(other)
