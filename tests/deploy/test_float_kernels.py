"""The float products of a packed network, on torch and on NumPy, against torch."""

import numpy as np
import pytest
import torch

from bnnlab.deploy import float_kernels

CONVOLUTIONS = [  # images, channels, filters, taps, stride, padding, dilation, pad value, groups
    (1, 1, 8, (5, 5), (1, 1), (0, 0), (1, 1), 0.0, 1),
    (1, 1, 3, (3, 2), (2, 1), (1, 2), (1, 2), 0.0, 1),
    (1, 1, 3, (3, 3), (1, 1), (1, 1), (1, 1), -1.0, 1),
    (2, 1, 3, (3, 3), (1, 1), (1, 1), (1, 1), 0.0, 1),
    (2, 4, 6, (3, 3), (2, 2), (1, 0), (2, 1), 1.0, 2),
    (3, 4, 4, (1, 1), (1, 3), (0, 0), (1, 1), 0.0, 4),
]


@pytest.fixture(params=["torch", "numpy"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "numpy":
        monkeypatch.setattr(float_kernels, "_torch", lambda: None)


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_convolution(case: tuple, with_bias: bool) -> None:  # type: ignore[type-arg]
    images, channels, filters, taps, stride, padding, dilation, pad_value, groups = case
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(images, channels, 11, 9, generator=generator)
    weight = torch.randn(filters, channels // groups, *taps, generator=generator)
    bias = torch.randn(filters, generator=generator) if with_bias else None
    padded = torch.nn.functional.pad(x, (padding[1], padding[1], padding[0], padding[0]), value=pad_value)
    expected = torch.nn.functional.conv2d(padded, weight, bias, stride, 0, dilation, groups)
    y = float_kernels.conv2d(
        x.numpy(), weight.numpy(), None if bias is None else bias.numpy(),
        stride, padding, dilation, pad_value, groups,
    )  # fmt: skip
    assert y.flags.c_contiguous
    np.testing.assert_allclose(y, expected.numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("examples", [1, 3])
@pytest.mark.parametrize("kind", float_kernels.ACTIVATIONS)
def test_activation(kind: str, examples: int) -> None:
    x = torch.linspace(-6, 6, 7 * examples).reshape(examples, 7)
    function = getattr(torch, kind, None) or getattr(torch.nn.functional, kind)
    np.testing.assert_allclose(float_kernels.activation(x.numpy(), kind), function(x).numpy(), atol=1e-6)
