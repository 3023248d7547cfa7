"""The estimator picture shows samples that the library computed, and refuses curves with holes."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bnnlab.records import EstimatorCurve
from bnnlab.widgets import estimator


def clipped(t: float = 1.0, **changes: Any) -> dict[str, Any]:
    """The lecture's estimator, with some of the curve's fields changed."""
    inside = [value for value in (-t, t) if abs(value) <= 2.5]
    x = np.union1d(np.arange(-250, 251) / 100, inside)
    special = np.array([0.0, -0.0, t, -t, np.inf, -np.inf, np.nan])
    curve = EstimatorCurve(
        name="clipped_ste",
        title="Clipped STE",
        formula="",
        text="s(x) = 1 where |x| ≤ t, 0 elsewhere",
        source="",
        clip_value=t,
        x=x,
        forward=np.where(x >= 0, 1.0, -1.0),
        surrogate=(np.abs(x) <= t).astype(float),
        special_x=special,
        special_forward=np.where(special >= 0, 1.0, -1.0),
        special_surrogate=(np.abs(special) <= t).astype(float),
    )
    return estimator.encode(replace(curve, **changes))


def one_special(x: float, forward: float, surrogate: float) -> dict[str, Any]:
    return {
        "special_x": np.array([x]),
        "special_forward": np.array([forward]),
        "special_surrogate": np.array([surrogate]),
    }


@pytest.mark.parametrize("clip_value", [0.1, 0.333, 1.0, 2.5])
def test_samples_survive_the_journey_through_json(clip_value: float) -> None:
    data = json.loads(json.dumps(clipped(clip_value), allow_nan=False))
    x = np.array(data["x"])
    assert {-clip_value, -0.5, 0.0, 0.3, clip_value} <= set(data["x"])
    assert data["forward"] == [1.0 if value >= 0 else -1.0 for value in x]
    assert data["surrogate"] == [1.0 if abs(value) <= clip_value else 0.0 for value in x]
    assert data["edges"] == [-clip_value, 0.0, clip_value]
    assert data["all_or_nothing"] is True


def test_blocked_zones_are_where_the_surrogate_is_zero() -> None:
    assert clipped(1.0)["blocked"] == [[-2.5, -1.01], [1.01, 2.5]]
    assert clipped(2.5)["blocked"] == []


def test_an_estimator_that_does_not_clip_has_no_clip_lines() -> None:
    assert clipped(1.0)["clip_value"] == 1.0
    assert clipped(3.0)["clip_value"] == 3.0  # only infinity lies beyond, and is blocked
    for data in (
        clipped(1.0, surrogate=np.ones(501)),
        clipped(3.0, **one_special(np.inf, 1.0, 1.0)),
    ):
        assert (data["clip_value"], data["edges"]) == (None, [0.0])


def test_special_values_are_text() -> None:
    rows = [tuple(row.values()) for row in clipped(0.333)["special"]]
    assert rows == [
        ("0", "+1", "1"),
        ("−0", "+1", "1"),
        ("0.333", "+1", "1"),
        ("−0.333", "−1", "1"),
        ("∞", "+1", "0"),
        ("−∞", "−1", "0"),
        ("NaN", "−1", "0"),
    ]
    assert clipped(**one_special(2.0, 1.0, -0.0))["special"][0]["backward"] == "0"


def test_equal_pictures_have_equal_names() -> None:
    assert clipped()["id"] == clipped()["id"] != clipped(0.5)["id"]


def test_curves_with_holes_are_refused() -> None:
    x = np.array([-1.0, 0.5, 1.0])
    with pytest.raises(ValueError, match=r"exactly, \[0.0\] is left out"):
        clipped(x=x, forward=x, surrogate=x)
    with pytest.raises(ValueError, match=r"exactly, \[-0.7, 0.7\] is left out"):
        clipped(0.7, x=x - [0, 0.5, 0], forward=x, surrogate=x)
    with pytest.raises(ValueError, match="x must be increasing"):
        clipped(x=x[::-1], forward=x, surrogate=x)
    with pytest.raises(ValueError, match="surrogate must be finite"):
        clipped(x=x, forward=x, surrogate=np.array([0.0, np.nan, 0.0]))
    with pytest.raises(ValueError, match="equally long, got 3, 3 and 2"):
        clipped(x=x, forward=x, surrogate=x[:2])
    with pytest.raises(ValueError, match=r"forward must be 1-D with 2 to 5000 samples, got shape \(3, 1\)"):
        clipped(x=x, forward=x[:, None], surrogate=x)
