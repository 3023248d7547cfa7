"""Figures show what the records hold, with units, and tell curves apart without colour."""

import numpy as np
import pytest

from bnnlab.figures import (
    accuracy_curves,
    compare_estimators,
    compare_kernels,
    flip_curves,
    loss_curves,
)
from bnnlab.nn import QUANTIZERS
from bnnlab.nn.estimator_curve import estimator_curve
from bnnlab.records import History, KernelSpeed, LayerDynamics, TrainingEvent


@pytest.fixture
def history() -> History:
    history = History()
    for step in range(1, 11):
        layers = tuple(
            LayerDynamics(name, 200, step, 0, 0.0, 0.0, 0.0, 1.0, 1.0, 0) for name in ("hidden1", "hidden2")
        )
        tested = step % 5 == 0
        history.append(
            TrainingEvent(step, 0, 1 / step, 0.5, 0.25 if tested else None, 0.75 if tested else None, layers)
        )
    return history


def test_curves_show_the_history_in_its_units(history: History) -> None:
    train, test = loss_curves(history).data
    assert list(train.y) == [1 / step for step in range(1, 11)]
    assert (list(test.x), list(test.y)) == ([5, 10], [0.25, 0.25])
    train, test = accuracy_curves(history).data
    assert (set(train.y), list(test.y)) == ({50.0}, [75.0, 75.0])
    flips = flip_curves(history)
    assert [curve.name for curve in flips.data] == ["hidden1", "hidden2"]
    assert list(flips.data[0].y) == pytest.approx([step / 2 for step in range(1, 11)])
    assert [
        figure.layout.yaxis.title.text for figure in (loss_curves(history), accuracy_curves(history))
    ] == [
        "loss (nats)",
        "accuracy (%)",
    ]


@pytest.mark.parametrize("dark", [False, True])
def test_estimators_side_by_side(dark: bool) -> None:
    curves = [estimator_curve(name, 0.5) for name in QUANTIZERS]
    figure = compare_estimators(curves, dark=dark)
    assert all(
        np.array_equal(shown.y, curve.surrogate) for shown, curve in zip(figure.data, curves, strict=True)
    )
    assert len({(shown.line.dash) for shown in figure.data}) == len(curves)
    assert {shape.x0 for shape in figure.layout.shapes} == {-0.5, 0.5}


@pytest.mark.parametrize("dark", [False, True])
def test_kernels_side_by_side(dark: bool) -> None:
    speeds = [
        KernelSpeed("scalar", 400.0, 350.0, 600.0, 400 / 600, True, "instructions"),
        KernelSpeed("lecture", 200.0, 190.0, 600.0, 200 / 600, True, "instructions"),
    ]
    figure = compare_kernels(speeds, dark=dark)
    best, median, ceiling = figure.data
    assert [list(shown.x) for shown in figure.data] == [[400, 200], [350, 190], [600, 600]]
    assert (
        list(best.y) == list(median.y) == list(ceiling.y) == ["scalar<br>400 · 67%", "lecture<br>200 · 33%"]
    )
    assert [shown.name for shown in figure.data] == ["best run", "median run", "ceiling"]
    assert best.opacity < median.opacity
    assert figure.layout.xaxis.title.text == "Gop/s"


def test_an_empty_comparison_is_refused() -> None:
    for compare in (compare_estimators, compare_kernels):
        with pytest.raises(ValueError, match="at least one"):
            compare([])
