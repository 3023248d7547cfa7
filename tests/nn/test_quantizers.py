"""Every estimator: its published values, its scaling with t_clip, and what any gradient may rely on."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import Tensor

from bnnlab.bits import reference
from bnnlab.nn import QUANTIZERS, Binarizer, BinaryActivation
from bnnlab.train import RunConfig

X = [-1.5, -1, -0.3, -0.0, 0.0, 0.3, 1, 1.0000001, 1.5, math.nan, math.inf, -math.inf]
FORWARD = [-1, -1, -1, 1, 1, 1, 1, 1, 1, -1, 1, -1]
BACKWARD: dict[str, list[float]] = {  # for a gradient of 1 at every sign, and t_clip = 1
    "clipped_ste": [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    "identity_ste": [1] * 12,
    "approx_sign": [0, 0, 1.4, 2, 2, 1.4, 0, 0, 0, 0, 0, 0],
    "swish_sign": [-0.03034, -0.19499, 1.56198, 5, 5, 1.56198, -0.19499, -0.19499, -0.03034, 0, 0, 0],
}
ZERO_OF_SWISH = 0.479871  # where SwishSign's surrogate changes its sign, for t_clip = 1

any_floats = hnp.arrays(np.float32, 12, elements=st.floats(width=32))
finite_floats = hnp.arrays(np.float32, 12, elements=st.floats(-(2.0**100), 2.0**100, width=32))
clip_values = st.floats(0.01, 10)
estimators = pytest.mark.parametrize("name", QUANTIZERS)


def through(name: str, x: Tensor, upstream: Tensor, clip_value: float = 1.0) -> tuple[Tensor, Tensor]:
    """Signs of `x`, and the gradient that arrives at `x` when `upstream` arrives at the signs."""
    x = x.clone().requires_grad_()
    signs = Binarizer.named(name, clip_value)(x)
    (gradient,) = torch.autograd.grad(signs, x, upstream)
    return signs.detach(), gradient


def surrogate(name: str, x: Tensor | float, clip_value: float = 1.0) -> Tensor:
    return QUANTIZERS[name].surrogate(torch.as_tensor(x, dtype=torch.float64), clip_value)


# Published values.


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", BACKWARD)
def test_published_values(name: str, dtype: torch.dtype) -> None:
    x = torch.tensor(X, dtype=dtype)
    signs, gradient = through(name, x, torch.ones_like(x))
    assert signs.tolist() == FORWARD
    np.testing.assert_allclose(gradient, BACKWARD[name], rtol=1e-6, atol=5e-6)
    exact = [value in (0, 1, 2, 5) for value in BACKWARD[name]]
    assert (gradient.numpy() == BACKWARD[name])[exact].all()


@pytest.mark.parametrize("clip_value", [0.01, 0.1, 0.5, 1.0, 2.0, 10.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_edge_of_the_clip_passes_and_the_next_number_does_not(
    clip_value: float, dtype: torch.dtype
) -> None:
    edge = torch.tensor([clip_value, -clip_value], dtype=dtype)
    beyond = torch.nextafter(edge, 2 * edge)
    for x, expected in ((edge, [1, 1]), (beyond, [0, 0])):
        assert through("clipped_ste", x, torch.ones_like(x), clip_value)[1].tolist() == expected


@pytest.mark.parametrize(
    ("name", "height"),
    [
        ("clipped_ste", lambda t: 1),
        ("identity_ste", lambda t: 1),
        ("approx_sign", lambda t: 1 / t),
        ("swish_sign", lambda t: 1 / t),
    ],
)
@pytest.mark.parametrize("clip_value", [0.01, 0.25, 2.0, 10.0])
def test_t_clip_stretches_the_curve(name: str, height, clip_value: float) -> None:  # type: ignore[no-untyped-def]
    x = torch.linspace(-3, 3, 601, dtype=torch.float64)
    stretched = surrogate(name, x * clip_value, clip_value)
    inside = (x.abs() - 1).abs() > 1e-9  # at the edge itself a rounding error decides
    np.testing.assert_allclose(stretched[inside], height(clip_value) * surrogate(name, x)[inside], atol=1e-9)


@pytest.mark.parametrize("clip_value", [0.3, 1.0, 4.0])
def test_swish_sign_pushes_back_beyond_its_zero(clip_value: float) -> None:
    zero = ZERO_OF_SWISH * clip_value
    for side in (-1, 1):
        assert surrogate("swish_sign", side * (zero - 1e-6 * clip_value), clip_value) > 0
        assert surrogate("swish_sign", side * (zero + 1e-6 * clip_value), clip_value) < 0
    beyond = torch.linspace(zero + 1e-6 * clip_value, 6 * clip_value, 1000, dtype=torch.float64)
    assert (surrogate("swish_sign", beyond, clip_value) < 0).all()


# A surrogate that is the derivative of something: it has to add up to the step that sign makes.


@pytest.mark.parametrize("name", ["approx_sign", "swish_sign"])
@pytest.mark.parametrize("clip_value", [0.2, 1.0, 3.0])
def test_the_area_is_the_height_of_the_step(name: str, clip_value: float) -> None:
    x = torch.linspace(-20 * clip_value, 20 * clip_value, 400_001, dtype=torch.float64)
    area = torch.trapezoid(surrogate(name, x, clip_value), x)
    assert area.item() == pytest.approx(2, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "smooth_sign"),
    [
        ("approx_sign", lambda x: torch.where(x.abs() < 1, 2 * x - x * x.abs(), x.sign())),
        ("swish_sign", lambda x: 2 * torch.sigmoid(5 * x) * (1 + 5 * x * (1 - torch.sigmoid(5 * x))) - 1),
    ],
)
def test_it_is_the_derivative_of_the_published_smooth_sign(name: str, smooth_sign) -> None:  # type: ignore[no-untyped-def]
    x = torch.linspace(-2, 2, 399, dtype=torch.float64)  # without the corners of the tent
    slope = (smooth_sign(x + 1e-6) - smooth_sign(x - 1e-6)) / 2e-6
    np.testing.assert_allclose(surrogate(name, x), slope, atol=1e-5)


# What holds for every estimator there is, and for those to come.


@estimators
@settings(deadline=None)
@given(any_floats, finite_floats, clip_values)
def test_forward_is_a_sign_and_backward_is_the_surrogate(
    name: str, x: np.ndarray, upstream: np.ndarray, clip_value: float
) -> None:
    signs, gradient = through(name, torch.tensor(x), torch.tensor(upstream), clip_value)
    slopes = QUANTIZERS[name].surrogate(torch.tensor(x), clip_value)
    assert np.array_equal(signs, reference.sign(x))
    assert torch.isfinite(slopes).all()
    assert torch.isfinite(gradient).all()
    assert torch.equal(gradient, torch.tensor(upstream) * slopes)


@estimators
@settings(deadline=None)
@given(any_floats, any_floats, clip_values)
def test_a_blocked_entry_passes_nothing_whatever_comes(
    name: str, x: np.ndarray, upstream: np.ndarray, clip_value: float
) -> None:
    _, gradient = through(name, torch.tensor(x), torch.tensor(upstream), clip_value)
    slopes = QUANTIZERS[name].surrogate(torch.tensor(x), clip_value)
    blocked = slopes == 0
    assert (gradient[blocked] == 0).all()
    passed = (torch.tensor(upstream) * slopes)[~blocked]
    np.testing.assert_array_equal(gradient[~blocked], passed)  # NaN and infinities are not hidden


@pytest.mark.parametrize("upstream", [math.nan, math.inf, -math.inf, 2.0**127])
def test_poison_from_above_stops_at_the_clip(upstream: float) -> None:
    x = torch.tensor([0.5, 2.0, math.nan, math.inf])
    _, gradient = through("clipped_ste", x, torch.full((4,), upstream))
    np.testing.assert_array_equal(gradient, [upstream, 0, 0, 0])


@estimators
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_surrogate_keeps_shape_dtype_and_its_argument(name: str, dtype: torch.dtype) -> None:
    x = torch.randn(3, 4, 5).to(dtype).mT
    before = x.clone()
    slopes = QUANTIZERS[name].surrogate(x, 1.0)
    assert (slopes.shape, slopes.dtype) == (x.shape, dtype)
    assert torch.equal(x, before)


@estimators
def test_the_curve_is_even(name: str) -> None:
    x = torch.linspace(0, 3, 301)
    assert torch.equal(QUANTIZERS[name].surrogate(x, 1.0), QUANTIZERS[name].surrogate(-x, 1.0))


@estimators
def test_it_says_what_it_is_and_can_be_chosen(name: str) -> None:
    quantizer = QUANTIZERS[name]
    assert quantizer.name == name == RunConfig(quantizer=name).quantizer
    assert quantizer.title
    assert quantizer.formula
    assert quantizer.text
    assert any(year in quantizer.source for year in map(str, range(2010, 2030)))


# Binarizer and BinaryActivation: choosing an estimator.


@pytest.mark.parametrize("clip_value", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_t_clip_is_refused(clip_value: float) -> None:
    activation = BinaryActivation()
    with pytest.raises(ValueError, match="clip_value must be a positive finite number, got"):
        Binarizer.named("clipped_ste", clip_value)
    with pytest.raises(ValueError, match="clip_value must be a positive finite number, got"):
        activation.set_clip_value(clip_value)
    assert activation.binarizer.clip_value == 1.0


def test_an_unknown_estimator_is_refused_and_the_known_are_named() -> None:
    with pytest.raises(ValueError, match=r"quantizer must be one of .*approx_sign.*got 'sigmoid'"):
        Binarizer.named("sigmoid", 1.0)


def test_an_activation_is_a_sign_whose_clip_can_be_moved() -> None:
    activation = BinaryActivation("clipped_ste", 1.0)
    x = torch.tensor([-1.5, -0.0, 0.7], requires_grad=True)
    assert activation(x).tolist() == [-1, 1, 1]
    activation(x).sum().backward()
    activation.set_clip_value(2.0)
    activation(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1, 2, 2]


@estimators
def test_hardtanh_goes_forward_as_numbers_and_backward_as_the_estimator(name: str) -> None:
    x = torch.tensor([-2.0, -0.5, -0.2, 0.0, 0.3, 0.5, 0.6, math.nan], requires_grad=True)
    activation = BinaryActivation(name, 0.5, "weights")
    y = activation(x)
    np.testing.assert_array_equal(y.detach(), torch.tensor([-0.5, -0.5, -0.2, 0.0, 0.3, 0.5, 0.5, math.nan]))
    y.backward(torch.full((8,), 3.0))
    assert x.grad is not None
    assert torch.equal(x.grad, 3 * QUANTIZERS[name].surrogate(x.detach(), 0.5))
    activation.set_binarize("both")
    assert activation(x).tolist() == [-1, -1, -1, 1, 1, 1, 1, -1]
    activation.set_binarize("nothing")
    assert activation(x)[2] == torch.tensor(-0.2)


def test_the_clipped_estimator_is_the_derivative_of_hardtanh() -> None:
    x = torch.linspace(-1, 1, 41, dtype=torch.float64)[1::2].requires_grad_()  # never at the corners
    assert torch.autograd.gradcheck(BinaryActivation("clipped_ste", 0.5, "weights"), (x,))


def test_an_activation_refuses_an_unknown_mode() -> None:
    activation = BinaryActivation()
    with pytest.raises(ValueError, match="binarize must be one of both, weights, nothing; got 'signs'"):
        activation.set_binarize("signs")  # type: ignore[arg-type]
    assert activation.binarize == "both"
    assert activation.binarizer.gives_signs


def test_a_probe_sees_that_nothing_blocks_weights_which_are_used_as_they_are() -> None:
    seen: list[tuple[Tensor, Tensor, Tensor]] = []
    binarizer = Binarizer(QUANTIZERS["clipped_ste"], 1.0, lambda *tensors: seen.append(tensors), "identity")
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    binarizer(x).backward(torch.tensor([3.0, 4.0]))  # type: ignore[no-untyped-call]
    ((before, slopes, after),) = seen
    assert (before.tolist(), slopes.tolist(), after.tolist()) == ([3, 4], [1, 1], [3, 4])
    assert binarizer(x).tolist() == [0.5, 2.0]


def test_a_probe_sees_what_crosses() -> None:
    seen: list[tuple[Tensor, Tensor, Tensor]] = []
    binarizer = Binarizer(QUANTIZERS["clipped_ste"], 1.0, lambda *tensors: seen.append(tensors))
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    binarizer(x).backward(torch.tensor([3.0, 4.0]))  # type: ignore[no-untyped-call]
    ((before, slopes, after),) = seen
    assert (before.tolist(), slopes.tolist(), after.tolist()) == ([3, 4], [1, 0], [3, 0])
