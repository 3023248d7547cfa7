"""What the estimator picture shows: sign(x) and its surrogate gradient, sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.records import EstimatorCurve
from bnnlab.widgets.encoding import identity
from bnnlab.widgets.packing import number_text

Samples = NDArray[np.float64]
MAX_SAMPLES = 5_000


def encode(curve: EstimatorCurve, *, gradient: float = 0.70, start: float = 0.30) -> dict[str, Any]:
    """A sampled estimator as JSON for ``estimator.js``. The browser shows samples only, it computes none.

    Args:
        curve: The samples, from `bnnlab.nn.estimator_curve`. Where a gradient passes beyond the clip value, the
            picture does not speak of clipping.
        gradient: Arriving gradient shown first.
        start: Number walked through first; the nearest sample is taken.

    Raises:
        ValueError: If the samples are not finite, not increasing, of different lengths, too many, or leave
            out 0 or a clip value inside their range.
    """
    x = _samples("x", curve.x)
    signs, slopes = _samples("forward", curve.forward), _samples("surrogate", curve.surrogate)
    if not len(x) == len(signs) == len(slopes):
        raise ValueError(
            f"x, forward and surrogate must be equally long, got {len(x)}, {len(signs)} and {len(slopes)}"
        )
    _check_points(x, curve.clip_value)
    clip = curve.clip_value if _clips(curve) else None
    special = zip(curve.special_x, curve.special_forward, curve.special_surrogate, strict=True)
    shown: dict[str, Any] = {
        "name": curve.name,
        "title": curve.title,
        "formula_text": curve.text,
        "clip_value": clip,
        "x": x.tolist(),
        "forward": signs.tolist(),
        "surrogate": slopes.tolist(),
        "edges": [0.0] if clip is None else [-clip, 0.0, clip],
        "blocked": _zones(x, slopes == 0),
        "all_or_nothing": bool(np.isin(slopes, (0.0, 1.0)).all()),
        "special": [_special(*row) for row in special],
        "gradient": gradient,
        "start": start,
    }
    return {"id": identity(shown), **shown}


def _samples(argument: str, values: ArrayLike) -> Samples:
    samples = np.asarray(values, dtype=np.float64)
    if samples.ndim != 1 or not 2 <= len(samples) <= MAX_SAMPLES:
        raise ValueError(f"{argument} must be 1-D with 2 to {MAX_SAMPLES} samples, got shape {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError(f"{argument} must be finite; infinity and NaN belong to the special values")
    return samples


def _check_points(x: Samples, clip_value: float) -> None:
    if not (np.diff(x) > 0).all():
        raise ValueError("x must be increasing")
    missing = [value for value in (-clip_value, 0.0, clip_value) if x[0] <= value <= x[-1] and value not in x]
    if missing:
        raise ValueError(f"x must contain 0 and +-clip_value exactly, {missing} is left out")


def _clips(curve: EstimatorCurve) -> bool:
    """Whether no gradient passes anywhere beyond the clip value."""
    x = np.concatenate([curve.x, curve.special_x])
    slopes = np.concatenate([curve.surrogate, curve.special_surrogate])
    return not slopes[np.abs(x) > curve.clip_value].any()


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
