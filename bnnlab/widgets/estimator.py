"""What the estimator picture shows: a quantizer's forward curve and its surrogate gradient, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.widgets.packing import number_text
from bnnlab.widgets.stepper import identity

Samples = NDArray[np.float64]
MOST_SAMPLES = 5_000
GRID_LIMIT = 2.5
GRID_STEPS = 100
"""Samples per unit of x."""


def grid(clip_value: float | None = None, limit: float = GRID_LIMIT) -> Samples:
    """The x values to ask a quantizer for: every 0.01 in `[-limit, limit]`, 0 and +-clip_value exactly.

    >>> x = grid(1.0)
    >>> len(x), bool(0.0 in x), bool(-1.0 in x)
    (501, True, True)
    """
    ticks = round(limit * GRID_STEPS)
    x = np.arange(-ticks, ticks + 1) / GRID_STEPS
    if clip_value is None or clip_value > limit:
        return x
    # A clip value between two ticks comes as a tick of its own.
    return np.unique(np.concatenate([x, [-clip_value, clip_value]]))


def encode(
    *,
    name: str,
    title: str,
    formula_text: str,
    clip_value: float | None,
    x: ArrayLike,
    forward: ArrayLike,
    surrogate: ArrayLike,
    special: Sequence[tuple[float, float, float]],
    gradient: float = 0.70,
    start: float = 0.30,
) -> dict[str, Any]:
    """A quantizer's samples as JSON for ``estimator.js``.

    Args:
        name: Key of the quantizer in its registry.
        title: Its name as people write it, for example ``"clipped STE"``.
        formula_text: Its backward formula as one line of text.
        clip_value: t_clip, or None for an estimator that does not clip.
        x: `(n,)` increasing sample points, see `grid`.
        forward: `(n,)` the quantizer's output at each.
        surrogate: `(n,)` the gradient it passes at each, for an arriving gradient of 1.
        special: `(x, forward, surrogate)` for the values that do not lie on the curve: -0.0, infinity, NaN.
        gradient: Arriving gradient shown first.
        start: Number walked through first; the nearest sample is taken.

    Raises:
        ValueError: If the samples are not finite, not increasing, of different lengths, too many, or
            leave out 0 or +-clip_value.
    """
    points, outputs, slopes = (
        _samples(argument, values)
        for argument, values in (("x", x), ("forward", forward), ("surrogate", surrogate))
    )
    if not len(points) == len(outputs) == len(slopes):
        raise ValueError(
            "x, forward and surrogate must have the same length, "
            f"got {len(points)}, {len(outputs)} and {len(slopes)}"
        )
    if not (np.diff(points) > 0).all():
        raise ValueError("x must be increasing")
    edges = [0.0] if clip_value is None else [-clip_value, 0.0, clip_value]
    missing = [edge for edge in edges if abs(edge) <= points[-1] and edge not in points]
    if missing:
        raise ValueError(f"x must contain 0 and +-clip_value exactly, {missing} is left out")
    shown: dict[str, Any] = {
        "name": name,
        "title": title,
        "formula_text": formula_text,
        "clip_value": clip_value,
        "x": points.tolist(),
        "forward": outputs.tolist(),
        "surrogate": slopes.tolist(),
        "edges": edges,
        "blocked": _zones(points, slopes == 0),
        "special": [_special(*row) for row in special],
        "gradient": gradient,
        "start": start,
    }
    return {"id": identity(shown), **shown}


def _samples(argument: str, values: ArrayLike) -> Samples:
    samples = np.asarray(values, dtype=np.float64)
    if samples.ndim != 1 or not 2 <= len(samples) <= MOST_SAMPLES:
        raise ValueError(
            f"{argument} must be 1-D with 2 to {MOST_SAMPLES} samples, got shape {samples.shape}"
        )
    if not np.isfinite(samples).all():
        raise ValueError(f"{argument} must be finite; infinity and NaN belong into `special`")
    return samples


def _zones(x: Samples, blocked: NDArray[np.bool_]) -> list[list[float]]:
    """Stretches of x in which every sample is blocked: their first and last sample."""
    changes = np.diff(blocked.astype(np.int8), prepend=0, append=0)
    firsts, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return [
        [float(x[first]), float(x[end - 1])] for first, end in zip(firsts, ends, strict=True)
    ]


def _special(x: float, forward: float, surrogate: float) -> dict[str, str]:
    sign = "+" if forward > 0 else ""
    return {
        "x": number_text(x),
        "forward": sign + number_text(forward),
        "backward": number_text(surrogate),
    }
