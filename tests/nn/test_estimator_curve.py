"""The sampled curves hold the points a reader looks for, exactly."""

import numpy as np
import pytest

from bnnlab.nn import QUANTIZERS
from bnnlab.nn.estimator_curve import estimator_curve


@pytest.mark.parametrize("name", QUANTIZERS)
@pytest.mark.parametrize("clip_value", [0.37, 1.0, 2.0, 7.0])
def test_every_estimator(name: str, clip_value: float) -> None:
    curve = estimator_curve(name, clip_value)
    assert (np.diff(curve.x) > 0).all()
    inside = [v for v in (-clip_value, 0.0, 1.0, clip_value) if abs(v) <= 2.5]
    assert set(inside) <= set(curve.x)
    assert set(curve.forward) == {-1.0, 1.0}
    assert np.isfinite(curve.surrogate).all()
    assert curve.special_forward.tolist() == [1, 1, 1, -1, 1, -1, -1]


def test_the_lecture_s_estimator() -> None:
    curve = estimator_curve("clipped_ste", 1.5)
    assert np.array_equal(curve.surrogate, (np.abs(curve.x) <= 1.5).astype(float))
    assert curve.special_surrogate.tolist() == [1, 1, 1, 1, 0, 0, 0]
