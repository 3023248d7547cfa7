"""What is said of flips, against a list of all of them."""

import numpy as np
import pytest

from bnnlab import pack_rows
from bnnlab.records import FlipStatistics, History, SignHistory, takeaway
from bnnlab.records.flip_counts import FlipCounts
from bnnlab.records.flip_statistics import flip_statistics
from bnnlab.records.sign_log import SignLog


def of(flips: np.ndarray) -> FlipStatistics:
    """Of flips `(steps, neurons, weights)` bool."""
    counts = FlipCounts((flips.shape[1], flips.shape[2]))
    for step, each in enumerate(flips, start=1):
        counts.note(step, pack_rows(each).words, int(each.sum()))
    return flip_statistics("hidden1", len(flips), counts)


def settled(last: np.ndarray, share: float) -> int:
    """The first step after which at least such a share of the weights flipped no more."""
    return next(step for step in range(last.max() + 1) if (last <= step).sum() >= share * last.size - 1e-9)


@pytest.mark.parametrize("density", [0.0, 0.003, 0.1, 0.9])
@pytest.mark.parametrize("shape", [(1, 1), (3, 10), (5, 100), (4, 67)])
def test_every_figure(shape: tuple[int, int], density: float, rng: np.random.Generator) -> None:
    flips = rng.random((60, *shape)) < density
    said = of(flips)
    last = (flips * np.arange(1, 61)[:, None, None]).max(axis=0)
    ever = flips.any(axis=0)
    assert (said.layer, said.step, said.weights) == ("hidden1", 60, shape[1])
    assert said.flips.tolist() == flips.sum(axis=(0, 2)).tolist()
    assert said.stayed.tolist() == ever.sum(axis=1).tolist()
    assert said.taken_back.tolist() == (flips.sum(axis=0) - ever).sum(axis=1).tolist()
    assert said.total_flips == said.total_stayed + said.total_taken_back == flips.sum()
    assert said.never_flipped == pytest.approx((~ever).mean(axis=1))
    assert said.never_flipped_share == pytest.approx((~ever).mean())
    for number, share in enumerate((0.5, 0.9, 0.99)):
        assert said.settled_after[number] == settled(last, share)
        assert said.settled[:, number].tolist() == [settled(row, share) for row in last]
    gaps = np.zeros(32, int)
    for weight in flips.reshape(60, -1).T:
        for gap in np.diff(np.flatnonzero(weight)):
            gaps[int(np.log2(gap))] += 1
    assert said.all_return_times.tolist() == gaps.tolist()
    assert said.return_times.sum(axis=1).tolist() == said.taken_back.tolist()
    assert not any(
        array.flags.writeable for array in (said.flips, said.stayed, said.return_times, said.settled)
    )


def steps(*weights: str) -> np.ndarray:
    """A neuron of which each weight flips where its text has an x."""
    return np.array([[character == "x" for character in weight] for weight in weights]).T[:, None, :]


@pytest.mark.parametrize(
    ("flips", "sentence"),
    [
        (steps("...", "..."), "No sign of hidden1 flipped in training up to step 3."),
        (
            steps(".x.", "x.."),
            "All 2 flips in hidden1 stayed; 90 % of its signs stood after step 2 of 3.",
        ),
        (
            steps(".x.", *["..."] * 9),
            "The one flip in hidden1 stayed; at least 90 % of its signs never flipped in 3 steps.",
        ),
        (
            steps("xxx.....", "..x.....", "x..x..x."),
            "Of the 7 flips in hidden1, 57 % were taken back, most often after 1 step; "
            "90 % of its signs stood after step 7 of 8.",
        ),
        (
            steps("x..x..x.", "..x....."),
            "Of the 4 flips in hidden1, 50 % were taken back, most often after 2 to 3 steps; "
            "90 % of its signs stood after step 7 of 8.",
        ),
        (
            steps("xx.", *["..x"] * 150),
            "Of the 152 flips in hidden1, fewer than 1 % were taken back, most often after 1 step; "
            "90 % of its signs stood after step 3 of 3.",
        ),
    ],
)
def test_one_sentence_says_what_it_comes_to(flips: np.ndarray, sentence: str) -> None:
    assert takeaway(of(flips)) == sentence


def test_they_are_exact_however_much_is_forgotten_and_leave_out_what_was_done_by_hand(
    rng: np.random.Generator,
) -> None:
    signs = np.zeros((6, 40), np.bool_)
    log = SignLog(pack_rows(signs), max_bytes=4000)
    history = History(signs=SignHistory({"conv": log}, {"conv": (6, 4, 2, 5)}))
    flips = rng.random((400, 6, 40)) < 0.1
    for step, each in enumerate(flips, start=1):
        signs = signs ^ each
        log.append(step, pack_rows(signs).words)
        if step % 5 == 0:
            signs = ~signs
            log.append(step, pack_rows(signs).words, by_hand=True)
    assert history.known_signs.since > 300
    said, expected = history.flip_statistics("conv"), of(flips)
    assert said.settled_after == expected.settled_after
    assert np.array_equal(said.return_times, expected.return_times)
    assert np.array_equal(said.flips, expected.flips)
    with pytest.raises(ValueError, match="layer must be one of"):
        history.flip_statistics("hidden1")
