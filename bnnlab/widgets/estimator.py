"""What the estimator picture shows: sign(x) and its surrogate gradient, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.widgets.packing import number_text
from bnnlab.widgets.stepper import identity

Samples = NDArray[np.float64]
MOST_SAMPLES = 5_000


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
    """A sampled estimator as JSON for ``estimator.js``. The browser shows samples only, it computes none.

    Args:
        name: Key of the estimator in its registry.
        title: Its name for people.
        formula_text: Its surrogate derivative as one line of plain text.
        clip_value: t_clip, or None. Where a gradient passes beyond it, the picture does not speak of clipping.
        x: `(n,)` increasing, with 0 and +-clip_value among them where they lie inside.
        forward: `(n,)`, the signs.
        surrogate: `(n,)`, the gradient that comes out for an arriving gradient of 1.
        special: `(x, forward, surrogate)` for the table: zeros, clip values, infinities, NaN.
        gradient: Arriving gradient shown first.
        start: Number walked through first; the nearest sample is taken.

    Raises:
        ValueError: If the samples are not finite, not increasing, of different lengths, too many, or leave
            out 0 or a clip value inside their range.
    """
    points = _samples("x", x)
    signs, slopes = _samples("forward", forward), _samples("surrogate", surrogate)
    if not len(points) == len(signs) == len(slopes):
        raise ValueError(
            f"x, forward and surrogate must be equally long, got {len(points)}, {len(signs)} and {len(slopes)}"
        )
    _check_points(points, clip_value)
    clip = clip_value if clip_value is not None and _clips(clip_value, points, slopes, special) else None
    shown: dict[str, Any] = {
        "name": name,
        "title": title,
        "formula_text": formula_text,
        "clip_value": clip,
        "x": points.tolist(),
        "forward": signs.tolist(),
        "surrogate": slopes.tolist(),
        "edges": [0.0] if clip is None else [-clip, 0.0, clip],
        "blocked": _zones(points, slopes == 0),
        "all_or_nothing": bool(np.isin(slopes, (0.0, 1.0)).all()),
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
        raise ValueError(f"{argument} must be finite; infinity and NaN belong to the special values")
    return samples


def _check_points(x: Samples, clip_value: float | None) -> None:
    if not (np.diff(x) > 0).all():
        raise ValueError("x must be increasing")
    wanted = [0.0] if clip_value is None else [-clip_value, 0.0, clip_value]
    missing = [value for value in wanted if x[0] <= value <= x[-1] and value not in x]
    if missing:
        raise ValueError(f"x must contain 0 and +-clip_value exactly, {missing} is left out")


def _clips(
    clip_value: float, x: Samples, surrogate: Samples, special: Sequence[tuple[float, float, float]]
) -> bool:
    """Whether no gradient passes anywhere beyond the clip value."""
    beyond = [slope for point, _, slope in special if abs(point) > clip_value]
    return not (any(beyond) or surrogate[np.abs(x) > clip_value].any())


def _zones(x: Samples, blocked: NDArray[np.bool_]) -> list[list[float]]:
    """Stretches of x in which every sample is blocked: their first and last sample."""
    changes = np.diff(blocked.astype(np.int8), prepend=0, append=0)
    firsts, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return [[float(x[first]), float(x[end - 1])] for first, end in zip(firsts, ends, strict=True)]


def _special(x: float, forward: float, surrogate: float) -> dict[str, str]:
    sign = "+" if forward > 0 else ""
    no_gradient = surrogate == 0  # -0.0 is none either
    return {
        "x": number_text(x),
        "forward": sign + number_text(forward),
        "backward": "0" if no_gradient else number_text(surrogate),
    }
