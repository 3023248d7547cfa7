"""Figures of claims and profiles show the records' ratios and shares, and tell their kinds apart without colour."""

from math import log10

import pytest

from bnnlab.figures import claim_bars, time_breakdown
from bnnlab.records import Claim, ClaimValue, NodeTime, Profile


@pytest.mark.parametrize("dark", [False, True])
def test_a_claim_beside_its_values(dark: bool) -> None:
    values = (
        ClaimValue("counted", 62.27, "formula", "2,304 products"),
        ClaimValue("against torch", 0.5, "measured", "2 ms instead of 1 ms"),
        ClaimValue("per product", 3637.0, "model", "pJ"),
    )
    figure = claim_bars(Claim("speed", "58× faster", 58.0, "S", "", "", values, ""), dark=dark)
    assert [1 + bar.x[0] for bar in figure.data] == pytest.approx([62.27, 0.5, 3637])
    assert all(bar.base == 1 for bar in figure.data)
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 3
    assert [note.text for note in figure.layout.annotations] == [
        "<b>62.3×</b> by formula: counted",
        "<b>0.5×</b> measured: against torch",
        "<b>3,637×</b> by the model: per product",
        "claimed: 58×",
    ]
    low, high = figure.layout.xaxis.range
    assert low < log10(0.5) < log10(3637) < high
    (line,) = figure.layout.shapes
    assert line.x0 == 58


@pytest.mark.parametrize("dark", [False, True])
def test_shares_of_the_time_sum_to_all_of_it(dark: bool) -> None:
    nodes = (NodeTime("a", "XnorDense", "binary", 3e-6), NodeTime("b", "FloatDense", "float", 1e-6))
    one, many = Profile(nodes, 5e-6, 1, 9), Profile(nodes, 4e-6, 256, 9)
    figure = time_breakdown([one, many], dark=dark)
    assert [bar.name for bar in figure.data] == [
        "signs × signs, thresholds included",
        "float layers",
        "all else: pooling of bits, reshaping, calls from Python",
    ]
    assert [sum(bar.x[row] for bar in figure.data) for row in (0, 1)] == pytest.approx([100, 100])
    assert list(figure.data[0].y) == ["1 example<br>5 µs", "256 at once<br>4 µs"]
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 3


def test_no_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        time_breakdown([])
