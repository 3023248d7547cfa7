"""An estimator: sign, its surrogate gradient, and one number that is walked through both."""

from bnnlab.widgets.estimator.estimator import MAX_SAMPLES, encode

__all__ = ["MAX_SAMPLES", "encode"]
