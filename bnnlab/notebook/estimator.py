"""An estimator of the gradient of sign."""

from __future__ import annotations

from bnnlab.nn import QUANTIZERS
from bnnlab.nn.estimator_curve import estimator_curve
from bnnlab.notebook.picture import Picture
from bnnlab.widgets import estimator


class Estimator(Picture):
    """Sign and what stands in for its slope, with one number that is walked through both.

    Args:
        name: Name in `bnnlab.nn.QUANTIZERS`.
        clip_value: Its t_clip.

    Raises:
        TypeError: If `name` is no text.
        ValueError: If there is no such estimator, or `clip_value` is not a positive finite number.
        ImportError: If anywidget is not installed.
    """

    def __init__(self, name: str = "clipped_ste", clip_value: float = 1.0) -> None:
        allowed = ", ".join(QUANTIZERS)
        if not isinstance(name, str):
            raise TypeError(f"name must be one of {allowed}; got {name!r}")
        if name not in QUANTIZERS:
            raise ValueError(f"name must be one of {allowed}; got {name!r}")
        self._name, self._clip_value = name, clip_value
        super().__init__("estimator", estimator.encode(estimator_curve(name, clip_value)))

    def __repr__(self) -> str:
        return f"Estimator({self._name!r}, t_clip {self._clip_value:g})"
