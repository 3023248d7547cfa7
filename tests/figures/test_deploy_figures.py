"""Figures of claims and profiles show the records' ratios and shares, and tell their kinds apart without colour."""

from math import log10

import pytest

from bnnlab.figures import claim_bars, time_breakdown
from bnnlab.records import Claim, ClaimValue, NodeTime, Profile
from bnnlab.records.profile import WORK


@pytest.mark.parametrize("dark", [False, True])
def test_a_claim_beside_its_values(dark: bool) -> None:
    values = (
        ClaimValue("256 channels", 62.27, "formula", "2,304 products", "Counted"),
        ClaimValue("numpy", 24.0, "measured", "1 ms instead of 24 ms", "Against"),
        ClaimValue("torch", 0.5, "measured", "2 ms instead of 1 ms", "Against"),
        ClaimValue("per product", 3637.0, "model", "pJ", "Modelled"),
    )
    figure = claim_bars(Claim("speed", "58× faster", 58.0, "S", "", "", "", values, ""), dark=dark)
    *bars, claimed = figure.data
    assert [1 + bar.x[0] for bar in bars] == pytest.approx([62.27, 24, 0.5, 3637])
    assert all(bar.base == 1 for bar in bars)
    assert len({bar.marker.pattern.shape for bar in bars}) == 3
    assert [note.text for note in figure.layout.annotations] == [
        "<b>Counted</b>",
        "<b>62.3×</b> 256 channels",
        "<b>Against</b>",
        "<b>24×</b> numpy",
        "<b>0.5×</b> torch",
        "<b>Modelled</b>",
        "<b>3,637×</b> per product",
        "claimed: 58×",
    ]
    low, high = figure.layout.xaxis.range
    assert low < log10(0.5) < log10(3637) < high
    assert set(claimed.x) == {58}
    assert list(claimed.y) == [bar.y[0] for bar in bars], "a mark on each bar, none through the words"


def test_long_words_go_on_in_another_line_which_pushes_down_what_follows() -> None:
    def bars(label: str) -> tuple[list[str], list[float], int]:
        values = tuple(ClaimValue(label, 2.0, "measured", "", "Against") for _ in range(2))
        figure = claim_bars(Claim("speed", "58× faster", 58.0, "S", "", "", "", values, ""))
        texts = [note.text for note in figure.layout.annotations]
        return texts, [bar.y[0] for bar in figure.data[:-1]], figure.layout.height

    (short, short_rows, low), (long, long_rows, high) = (
        bars("torch"),
        bars("a very long name of an opponent, in words"),
    )
    assert short[1] == "<b>2×</b> torch"
    assert long[1] == "<b>2×</b> a very long name of an opponent, in<br>words"
    assert all(below > row for row, below in zip(short_rows, long_rows, strict=True))
    assert high > low


@pytest.mark.parametrize("dark", [False, True])
def test_shares_of_the_time_sum_to_all_of_it(dark: bool) -> None:
    nodes = (NodeTime("a", "XnorDense", "binary", 3e-6), NodeTime("b", "FloatDense", "float", 1e-6))
    one, many = Profile(nodes, 5e-6, 1, 9), Profile(nodes, 4e-6, 256, 9)
    figure = time_breakdown([one, many], dark=dark)
    assert [bar.name for bar in figure.data] == [
        "signs × signs",
        "float layers",
        "all else",
    ]
    assert [sum(bar.x[row] for bar in figure.data) for row in (0, 1)] == pytest.approx([100, 100])
    assert list(figure.data[0].y) == ["1 example<br>5 µs", "256 at once<br>4 µs"]
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 3


def test_every_kind_of_work_has_a_colour_of_its_own() -> None:
    nodes = tuple(NodeTime(work, "Op", work, 1e-6) for work in WORK)
    figure = time_breakdown([Profile(nodes, 5e-6, 1, 9)])
    assert len({bar.marker.color for bar in figure.data}) == len(WORK)


def test_no_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        time_breakdown([])
