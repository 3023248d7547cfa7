"""An estimator: sign, its surrogate gradient, and one number that is walked through both."""

from bnnlab.widgets.estimator.estimator import MOST_SAMPLES, encode

__all__ = ["MOST_SAMPLES", "encode"]
