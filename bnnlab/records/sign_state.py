"""All that is known of one layer's past signs, at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.records.flip_counts import FlipCounts
from bnnlab.records.sign_block import Entries, LayerForm

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class SignState:
    """All that a log knows at one moment.

    Attributes:
        form: Neurons, and weights of each.
        since: As in `SignLog`.
        newest: As in `SignLog`.
        signs: The newest signs, packed along rows.
        blocks: Key frames with their entries, the oldest first.
        counts: What was counted over the whole run.
    """

    form: LayerForm
    since: int
    newest: int
    signs: Words
    blocks: tuple[tuple[Words, Entries], ...]
    counts: FlipCounts
