"""What the estimator picture shows: a sampled estimator, made ready for the browser."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.records.estimator import EstimatorCurve
from bnnlab.widgets.packing import number_text
from bnnlab.widgets.stepper import identity

Samples = NDArray[np.float64]
CHAIN_RULE = "∂c/∂rᵢ = ∂c/∂rₒ · slope(rᵢ)"


def encode(
    curve: EstimatorCurve,
    *,
    formula_text: str = CHAIN_RULE,
    gradient: float = 0.70,
    start: float = 0.30,
) -> dict[str, Any]:
    """A sampled estimator as JSON for ``estimator.js``.

    Args:
        curve: Samples of sign and of the surrogate derivative.
        formula_text: The backward formula as one line of plain text.
        gradient: Arriving gradient shown first.
        start: Number walked through first; the nearest sample is taken.

    Raises:
        ValueError: If the samples are not finite, not increasing, of different lengths, or leave out 0 or
            a clip value inside their range.
    """
    x, forward, surrogate = curve.x, curve.forward, curve.surrogate
    _check_samples(curve)
    clips = _clips(curve)
    shown: dict[str, Any] = {
        "name": curve.name,
        "title": curve.title,
        "formula_text": formula_text,
        "clip_value": curve.clip_value if clips else None,
        "x": x.tolist(),
        "forward": forward.tolist(),
        "surrogate": surrogate.tolist(),
        "edges": [-curve.clip_value, 0.0, curve.clip_value] if clips else [0.0],
        "blocked": _zones(x, surrogate == 0),
        "all_or_nothing": bool(np.isin(surrogate, (0.0, 1.0)).all()),
        "special": [
            _special(*row)
            for row in zip(
                curve.special_x.tolist(),
                curve.special_forward.tolist(),
                curve.special_surrogate.tolist(),
                strict=True,
            )
        ],
        "gradient": gradient,
        "start": start,
    }
    return {"id": identity(shown), **shown}


def _check_samples(curve: EstimatorCurve) -> None:
    samples = {"x": curve.x, "forward": curve.forward, "surrogate": curve.surrogate}
    for name, values in samples.items():
        if values.shape != curve.x.shape or values.ndim != 1 or len(values) < 2:
            raise ValueError(f"{name} must be 1-D and as long as x, got shape {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite; infinity and NaN belong to the special values")
    if not (np.diff(curve.x) > 0).all():
        raise ValueError("x must be increasing")
    wanted = (-curve.clip_value, 0.0, curve.clip_value)
    missing = [value for value in wanted if curve.x[0] <= value <= curve.x[-1] and value not in curve.x]
    if missing:
        raise ValueError(f"x must contain 0 and +-clip_value exactly, {missing} is left out")


def _clips(curve: EstimatorCurve) -> bool:
    """Whether no gradient passes beyond the clip value; otherwise the picture must not speak of clipping."""
    x = np.concatenate([curve.x, curve.special_x])
    surrogate = np.concatenate([curve.surrogate, curve.special_surrogate])
    return bool((surrogate[np.abs(x) > curve.clip_value] == 0).all())


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
