"""Thresholds found by asking the function itself: every sign, every tie, every constant."""

import numpy as np
import pytest
import torch
from torch import nn

from bnnlab.deploy.folding import fold


def signs_of(gamma: float, beta: float, mean: float, variance: float):  # type: ignore[no-untyped-def]
    norm = nn.BatchNorm1d(1, eps=0).eval()
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        norm.weight.fill_(gamma)
        norm.bias.fill_(beta)
        norm.running_mean.fill_(mean)
        norm.running_var.fill_(variance)
    return lambda sums: (norm(torch.from_numpy(sums.astype(np.float32))) >= 0).detach().numpy()


@pytest.mark.parametrize(
    ("norm", "depth", "plus"),
    [
        ((1, 0, 0, 1), 4, [0, 2, 4]),
        ((-1, 0, 0, 1), 4, [-4, -2, 0]),
        ((1, 0, 2, 1), 4, [2, 4]),
        ((-1, 0, 2, 1), 4, [-4, -2, 0, 2]),
        ((0, 0, 3, 1), 4, [-4, -2, 0, 2, 4]),
        ((0, -0.1, 3, 1), 4, []),
        ((2, 1, 1, 4), 8, [0, 2, 4, 6, 8]),
        ((-2, 1, 1, 4), 8, [-8, -6, -4, -2, 0, 2]),
    ],
)
def test_ties_of_batch_normalisation(norm: tuple[float, ...], depth: int, plus: list[int]) -> None:
    most = np.array([depth])
    folded = fold(signs_of(*norm), -most, most)
    sums = np.arange(-depth, depth + 1, 2)
    met = sums >= folded.values[0] if folded.rising[0] else sums <= folded.values[0]
    assert sums[met].tolist() == plus


def test_any_monotone_function(rng: np.random.Generator) -> None:
    outputs, most = 500, np.full(500, 37)
    limits, rising = rng.integers(-45, 46, outputs), rng.random(outputs) < 0.5
    folded = fold(lambda sums: np.where(rising, sums >= limits, sums <= limits), -most, most)
    sums = np.arange(-37, 38)[:, None]
    expected = np.where(rising, sums >= limits, sums <= limits)
    assert np.array_equal(np.where(folded.rising, sums >= folded.values, sums <= folded.values), expected)
