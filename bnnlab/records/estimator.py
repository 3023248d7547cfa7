"""An estimator, sampled: sign forwards and its surrogate derivative backwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class EstimatorCurve:
    """What the sign function and one estimator answered at many points.

    Attributes:
        name: Key in `bnnlab.nn.QUANTIZERS`.
        title: Name for people.
        formula: LaTeX of the surrogate derivative, with ``t`` for the clip value.
        text: The same formula in plain characters.
        source: Paper and section.
        clip_value: The t_clip it was sampled at.
        x: `(points,)` float64, increasing, with 0 and both `+-clip_value` among them where they lie inside.
        forward: `(points,)` float64, sign(x).
        surrogate: `(points,)` float64, the derivative that the backward pass multiplied with.
        special_x: `(7,)` float64: 0, -0.0, +-clip_value, +-inf and NaN.
        special_forward: sign of each special value.
        special_surrogate: Surrogate derivative at each special value.
    """

    name: str
    title: str
    formula: str
    text: str
    source: str
    clip_value: float
    x: NDArray[np.float64]
    forward: NDArray[np.float64]
    surrogate: NDArray[np.float64]
    special_x: NDArray[np.float64]
    special_forward: NDArray[np.float64]
    special_surrogate: NDArray[np.float64]
