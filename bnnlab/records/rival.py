"""A network beside another one, at the same moment, and runs that were put aside to be compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.records.history import History


@dataclass(frozen=True, slots=True, eq=False)
class RivalLook:
    """A network that learns beside the shown one: the same seed and batches, one difference.

    Attributes:
        name: What it is: ``"float twin"``, or the name of its estimator.
        step: Steps that it has done.
        right: How many of the examined examples it answers rightly.
        examined: How many examples were examined.
        history: Its curves; not to be appended to.
        grid: `(G, G)` uint8, as `PointsView.grid`; None for images.
        cosines: For each binary layer the cosine between both estimators' gradients of one batch at the same weights;
            none for a float twin.
        differing: For each binary layer the share of weights whose signs differ; none until both have done as many
            steps.
        error: Why it went no further, in one sentence, or None.
    """

    name: str
    step: int
    right: int
    examined: int
    history: History
    grid: NDArray[np.uint8] | None
    cosines: dict[str, float]
    differing: dict[str, float]
    error: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PinnedRun:
    """The curves of a run that was put aside.

    Attributes:
        name: What was different in its settings.
        history: Its curves, which grow no more.
    """

    name: str
    history: History
