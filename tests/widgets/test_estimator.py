"""The estimator picture shows samples that the library computed, and refuses curves with holes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bnnlab.records.estimator import EstimatorCurve
from bnnlab.widgets import estimator


def clipped(clip_value: float = 1.0) -> EstimatorCurve:
    ticks = np.arange(-250, 251) / 100
    x = np.union1d(ticks, [value for value in (-clip_value, clip_value) if abs(value) <= 2.5])
    special = np.array([0.0, -0.0, clip_value, -clip_value, np.inf, -np.inf, np.nan])
    return EstimatorCurve(
        name="clipped",
        title="Clipped STE",
        formula="",
        source="",
        clip_value=clip_value,
        x=x,
        forward=np.where(x >= 0, 1.0, -1.0),
        surrogate=(np.abs(x) <= clip_value) * 1.0,
        special_x=special,
        special_forward=np.where(special >= 0, 1.0, -1.0),
        special_surrogate=(np.abs(special) <= clip_value) * 1.0,
    )


def unclipped() -> EstimatorCurve:
    curve = clipped()
    ones = np.ones_like(curve.x)
    return replace(curve, surrogate=ones, special_surrogate=np.ones_like(curve.special_x))


@pytest.mark.parametrize("clip_value", [0.1, 0.333, 1.0, 2.5])
def test_samples_survive_the_journey_through_json(clip_value: float) -> None:
    curve = clipped(clip_value)
    data = json.loads(json.dumps(estimator.encode(curve), allow_nan=False))
    assert data["x"] == curve.x.tolist()
    assert data["forward"] == curve.forward.tolist()
    assert data["surrogate"] == curve.surrogate.tolist()
    assert data["edges"] == [-clip_value, 0.0, clip_value]
    assert data["all_or_nothing"] is True


def test_blocked_zones_are_where_the_surrogate_is_zero() -> None:
    assert estimator.encode(clipped(1.0))["blocked"] == [[-2.5, -1.01], [1.01, 2.5]]
    assert estimator.encode(clipped(2.5))["blocked"] == []


def test_an_estimator_that_does_not_clip_has_no_clip_lines() -> None:
    assert estimator.encode(clipped())["clip_value"] == 1.0
    assert estimator.encode(clipped(3.0))["clip_value"] == 3.0
    data = estimator.encode(unclipped())
    assert (data["clip_value"], data["edges"], data["blocked"]) == (None, [0.0], [])


def test_special_values_are_text() -> None:
    rows = [tuple(row.values()) for row in estimator.encode(clipped(0.333))["special"]]
    assert rows == [
        ("0", "+1", "1"),
        ("−0", "+1", "1"),
        ("0.333", "+1", "1"),
        ("−0.333", "−1", "1"),
        ("∞", "+1", "0"),
        ("−∞", "−1", "0"),
        ("NaN", "−1", "0"),
    ]


def test_a_negative_zero_is_no_gradient() -> None:
    curve = replace(clipped(), special_surrogate=np.full(7, -0.0))
    assert {row["backward"] for row in estimator.encode(curve)["special"]} == {"0"}


def test_equal_pictures_have_equal_names() -> None:
    first, again, other = (estimator.encode(curve)["id"] for curve in (clipped(), clipped(), clipped(0.5)))
    assert first == again != other


def test_curves_with_holes_are_refused() -> None:
    curve = clipped()
    with pytest.raises(ValueError, match=r"exactly, \[0.0\] is left out"):
        estimator.encode(without(curve, 0.0))
    with pytest.raises(ValueError, match=r"exactly, \[-1.0\] is left out"):
        estimator.encode(without(curve, -1.0))
    with pytest.raises(ValueError, match="x must be increasing"):
        estimator.encode(replace(curve, x=curve.x[::-1]))
    with pytest.raises(ValueError, match="surrogate must be finite"):
        estimator.encode(replace(curve, surrogate=np.full_like(curve.x, np.nan)))
    with pytest.raises(ValueError, match=r"forward must be 1-D and as long as x, got shape \(500,\)"):
        estimator.encode(replace(curve, forward=curve.forward[1:]))


def without(curve: EstimatorCurve, value: float) -> EstimatorCurve:
    kept = curve.x != value
    return replace(curve, x=curve.x[kept], forward=curve.forward[kept], surrogate=curve.surrogate[kept])
