"""What became of the flips of a layer: which stayed, which were taken back, and when the signs stood.

A flip pays only if it stays. Helwegen et al. 2019, "Latent Weights Do Not Exist: Rethinking Binarized Neural Network
Optimization" (sec. 3 and 4), take the flip for the only thing an optimiser of a binary network decides, and look at how
many it makes. Nagel et al. 2022, "Overcoming Oscillations in Quantization-Aware Training", call a weight that leaves a
value and comes back to it oscillating, and count how often it does; a binary weight oscillates with every flip but
its last. Which of the flips so far is a weight's last is known only up to now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.records.flip_counts import RETURN_BINS, FlipCounts

SETTLED_SHARES: Final = (0.5, 0.9, 0.99)
"""The shares of all signs whose arrival `FlipStatistics.settled_after` gives."""


@dataclass(frozen=True, slots=True, eq=False)
class FlipStatistics:
    """The flips that training made in one layer, up to a step; those by hand are left out.

    Arrays are by neuron; the properties are of the whole layer.

    Attributes:
        layer: Its name.
        step: Steps done.
        weights: Weights of each neuron.
        flips: `(neurons,)` int64, all flips (gross: a weight that flips back counts again).
        stayed: `(neurons,)` int64, flips that stayed: the last one of each weight that ever flipped.
        return_times: `(neurons, RETURN_BINS)` int64; bin k counts the flips that came 2^k to 2^(k+1) - 1 steps after
            the same weight's flip before, and so took it back (the oscillations of Nagel et al. 2022, by period).
        settled: `(neurons, 3)` int64, the step after which 50, 90 and 99 % of the neuron's signs no longer changed; 0
            where so many never flipped.
        settled_after: The same of the whole layer.
    """

    layer: str
    step: int
    weights: int
    flips: NDArray[np.int64]
    stayed: NDArray[np.int64]
    return_times: NDArray[np.int64]
    settled: NDArray[np.int64]
    settled_after: tuple[int, int, int]

    @property
    def taken_back(self) -> NDArray[np.int64]:
        """`(neurons,)` int64, flips that a later flip of the same weight took back: all that did not stay."""
        return self.flips - self.stayed

    @property
    def never_flipped(self) -> NDArray[np.float64]:
        """`(neurons,)`, share of the neuron's weights that never flipped."""
        share: NDArray[np.float64] = 1 - self.stayed / self.weights
        return share

    @property
    def total_flips(self) -> int:
        """Flips of the layer."""
        return int(self.flips.sum())

    @property
    def total_stayed(self) -> int:
        """Those that stayed; as many weights flipped at least once."""
        return int(self.stayed.sum())

    @property
    def total_taken_back(self) -> int:
        """Those that were taken back."""
        return self.total_flips - self.total_stayed

    @property
    def never_flipped_share(self) -> float:
        """Share of the layer's weights that never flipped, 0..1."""
        return 1 - self.total_stayed / (len(self.flips) * self.weights)

    @property
    def all_return_times(self) -> NDArray[np.int64]:
        """`(RETURN_BINS,)` int64, `return_times` of the layer."""
        times: NDArray[np.int64] = self.return_times.sum(axis=0)
        return times


def flip_statistics(layer: str, step: int, counts: FlipCounts) -> FlipStatistics:
    """What the counts of a layer say.

    Args:
        layer: Its name.
        step: Steps done.
        counts: What was counted up to then.
    """
    neurons, weights = counts.last.shape
    table = counts.returns.astype(np.int64)
    arrays = {
        "flips": table.sum(axis=1),
        "stayed": table[:, RETURN_BINS],
        "return_times": table[:, :RETURN_BINS],
        "settled": _settled(counts.last),
    }
    for array in arrays.values():
        array.flags.writeable = False
    half, most, nearly_all = _settled(counts.last.reshape(1, neurons * weights))[0].tolist()
    return FlipStatistics(layer, step, weights, settled_after=(half, most, nearly_all), **arrays)


def takeaway(statistics: FlipStatistics) -> str:
    """What the statistics of a layer come to, in one sentence.

    >>> takeaway(history.flip_statistics("hidden1"))
    'Of the 8,124 flips in hidden1, 61 % were taken back, most often after 2 to 3 steps; 90 % of its signs stood after
    step 412 of 900.'
    """
    flips, name = statistics.total_flips, statistics.layer
    if not flips:
        return f"No sign of {name} flipped in training up to step {statistics.step:,}."
    stood = f"90 % of its signs stood after step {statistics.settled_after[1]:,} of {statistics.step:,}."
    if statistics.settled_after[1] == 0:
        stood = f"at least 90 % of its signs never flipped in {statistics.step:,} steps."
    if flips == 1:
        return f"The one flip in {name} stayed; {stood}"
    if not statistics.total_taken_back:
        return f"All {flips:,} flips in {name} stayed; {stood}"
    commonest = int(statistics.all_return_times.argmax())
    when = "1 step" if commonest == 0 else f"{2**commonest:,} to {2 ** (commonest + 1) - 1:,} steps"
    share = 100 * statistics.total_taken_back / flips
    taken = "fewer than 1 %" if share < 1 else f"{min(round(share), 99)} %"
    return f"Of the {flips:,} flips in {name}, {taken} were taken back, most often after {when}; {stood}"


def _settled(last: NDArray[np.uint32]) -> NDArray[np.int64]:
    """By row, the step after which each of `SETTLED_SHARES` of the entries stood."""
    places = [max(int(np.ceil(share * last.shape[1] - 1e-9)) - 1, 0) for share in SETTLED_SHARES]
    steps: NDArray[np.int64] = np.partition(last, places, axis=1)[:, places].astype(np.int64)
    return steps
