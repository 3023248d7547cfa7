"""The binary layers compute exactly what integers compute, and learn by exactly what the estimator passes."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bnnlab.bits import reference
from bnnlab.nn import QUANTIZERS, BinaryConv2d, BinaryLayer, BinaryLinear

LAYERS: list[Any] = [
    lambda **options: BinaryLinear(6, 4, **options),
    lambda **options: BinaryConv2d(2, 4, 3, **options),
]
both = pytest.mark.parametrize("make", LAYERS, ids=["linear", "conv"])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def randn(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=generator(seed))


def set_weight(layer: BinaryLayer, values: Any) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(values, dtype=torch.float32).reshape(layer.weight.shape))


def convolved(x: np.ndarray, w: np.ndarray, stride, padding, pad_value, dilation, groups) -> np.ndarray:  # type: ignore[no-untyped-def]
    """A convolution, one output at a time."""
    rows, columns = padding
    x = np.pad(x, ((0, 0), (0, 0), (rows, rows), (columns, columns)), constant_values=pad_value)
    n, _, height, width = x.shape
    filters, channels, taps_down, taps_across = w.shape
    down = (height - dilation[0] * (taps_down - 1) - 1) // stride[0] + 1
    across = (width - dilation[1] * (taps_across - 1) - 1) // stride[1] + 1
    y = np.zeros((n, filters, down, across), x.dtype)
    for f, i, j in itertools.product(range(filters), range(down), range(across)):
        first = f // (filters // groups) * channels
        for c, p, q in itertools.product(range(channels), range(taps_down), range(taps_across)):
            row, column = i * stride[0] + p * dilation[0], j * stride[1] + q * dilation[1]
            y[:, f, i, j] += x[:, first + c, row, column] * w[f, c, p, q]
    return y


# Forward.


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (63, 5), (64, 1), (65, 33), (784, 10)])
def test_linear_equals_the_integer_product(inputs: int, outputs: int) -> None:
    layer = BinaryLinear(inputs, outputs, generator=generator())
    x = randn(9, inputs)
    x[0], x[1, 0] = 0.0, math.nan
    expected = reference.binary_matmul(x.numpy(), layer.weight.detach().numpy().T)
    assert np.array_equal(layer(x).detach(), expected)


def test_linear_takes_any_leading_shape() -> None:
    layer, x = BinaryLinear(6, 4), randn(2, 3, 6)
    assert torch.equal(layer(x), layer(x.reshape(6, 6)).reshape(2, 3, 4))


CONVOLUTIONS = [
    ((1, 1), (0, 0), (1, 1), 1),
    ((1, 1), (1, 1), (1, 1), 1),
    ((2, 1), (1, 2), (1, 1), 1),
    ((1, 3), (0, 1), (2, 1), 1),
    ((2, 2), (2, 2), (2, 3), 1),
    ((1, 1), (1, 1), (1, 1), 2),
    ((2, 1), (1, 0), (1, 2), 4),
]


@pytest.mark.parametrize("pad_value", [-1, 0, 1])
@pytest.mark.parametrize(("stride", "padding", "dilation", "groups"), CONVOLUTIONS)
def test_convolution_equals_the_integer_sum(stride, padding, dilation, groups, pad_value) -> None:  # type: ignore[no-untyped-def]
    layer = BinaryConv2d(
        4,
        8,
        (3, 2),
        stride=stride,
        padding=padding,
        pad_value=pad_value,
        dilation=dilation,
        groups=groups,
        generator=generator(),
    )
    x = randn(2, 4, 9, 8)
    signs, weights = (
        reference.sign(tensor).astype(int) for tensor in (x.numpy(), layer.weight.detach().numpy())
    )
    expected = convolved(signs, weights, stride, padding, pad_value, dilation, groups)
    assert np.array_equal(layer(x).detach(), expected)


@pytest.mark.parametrize(("pad_value", "corner", "edge"), [(0, 4, 6), (1, 9, 9), (-1, -1, 3)])
def test_the_corner_under_each_kind_of_padding(pad_value: float, corner: int, edge: int) -> None:
    layer = BinaryConv2d(1, 1, 3, padding=1, pad_value=pad_value)
    set_weight(layer, torch.ones(9))
    y = layer(torch.ones(1, 1, 3, 3))[0, 0]
    assert y.tolist() == [[corner, edge, corner], [edge, 9, edge], [corner, edge, corner]]


def test_one_number_stands_for_two() -> None:
    one = BinaryConv2d(2, 3, 3, stride=2, padding=1, dilation=2, generator=generator())
    two = BinaryConv2d(2, 3, (3, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), generator=generator())
    x = randn(1, 2, 9, 9)
    assert torch.equal(one(x), two(x))


def test_inputs_that_stay_numbers() -> None:
    x = randn(5, 6)
    layer = BinaryLinear(6, 4, binarize_input=False)
    torch.testing.assert_close(layer(x), x @ layer.binary_weight.T)
    image = randn(2, 2, 5, 5)
    conv = BinaryConv2d(2, 4, 3, binarize_input=False, padding=1, pad_value=0)
    expected = torch.nn.functional.conv2d(image, conv.binary_weight, padding=1)
    torch.testing.assert_close(conv(image), expected)


@both
def test_the_weights_used_are_signs(make: Any) -> None:
    layer = make(generator=generator())
    set_weight(layer, torch.linspace(-1, 1, layer.weight.numel()))
    assert torch.equal(layer.binary_weight, torch.where(layer.weight >= 0, 1.0, -1.0))
    assert not layer.binary_weight.requires_grad


# XNOR-Net scaling.


def test_alpha_is_the_mean_magnitude_and_the_best_factor() -> None:
    layer = BinaryLinear(4, 1, scale=True)
    set_weight(layer, [0.5, -0.25, 0.75, -1])
    assert layer.alpha.tolist() == [0.625]

    def residual(alpha: float) -> float:
        return (layer.weight.detach() - alpha * layer.binary_weight).square().sum().item()

    assert residual(0.625) == 0.3125
    assert min(residual(0.624), residual(0.626)) > 0.3125


@both
def test_scale_multiplies_each_output_by_its_alpha(make: Any) -> None:
    plain, scaled = make(generator=generator()), make(scale=True, generator=generator())
    x = randn(3, 6) if isinstance(plain, BinaryLinear) else randn(3, 2, 5, 5)
    means = plain.weight.detach().flatten(1).abs().mean(1)
    by_output = means.reshape(-1, *[1] * (plain(x).ndim - 2))
    assert means.unique().numel() == 4
    torch.testing.assert_close(scaled(x), plain(x) * by_output)


# Backward.


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("quantizer", QUANTIZERS)
def test_gradients_are_those_of_the_product_times_the_surrogates(quantizer: str, scale: bool) -> None:
    layer = BinaryLinear(6, 4, quantizer=quantizer, clip_value=0.7, scale=scale)
    set_weight(layer, randn(4, 6))
    x, upstream = randn(5, 6, seed=2).requires_grad_(), randn(5, 4, seed=3)
    layer(x).backward(upstream)
    upstream = upstream * layer.alpha if scale else upstream
    slopes = QUANTIZERS[quantizer].surrogate
    signs = torch.where(x.detach() >= 0, 1.0, -1.0)
    torch.testing.assert_close(x.grad, upstream @ layer.binary_weight * slopes(x.detach(), 0.7))
    torch.testing.assert_close(layer.weight.grad, upstream.T @ signs * slopes(layer.weight.detach(), 0.7))


def test_convolution_sends_gradients_through_the_estimator() -> None:
    layer = BinaryConv2d(2, 4, 3, padding=1, clip_value=0.5)
    set_weight(layer, randn(4, 2, 3, 3))
    x = randn(3, 2, 5, 5, seed=2).requires_grad_()
    layer(x).backward(randn(3, 4, 5, 5, seed=3))
    assert x.grad is not None
    assert layer.weight.grad is not None
    assert torch.equal(x.grad == 0, x.detach().abs() > 0.5)
    assert torch.equal(layer.weight.grad == 0, layer.weight.detach().abs() > 0.5)


@both
def test_t_clip_can_be_moved(make: Any) -> None:
    layer = make()
    layer.set_clip_value(2.5)
    assert layer.weight_binarizer.clip_value == layer.input_binarizer.clip_value == 2.5
    for impossible in ((math.nan,), (1.0, math.nan), (1.0, 0.0)):
        with pytest.raises(ValueError, match="clip_value must be"):
            layer.set_clip_value(*impossible)
    assert layer.weight_binarizer.clip_value == layer.input_binarizer.clip_value == 2.5


def test_weights_and_inputs_have_a_t_clip_each() -> None:
    layer = BinaryLinear(6, 4, clip_value=0.5, weight_clip_value=0.2)
    set_weight(layer, randn(4, 6))
    x = randn(5, 6, seed=2).requires_grad_()
    layer(x).backward(randn(5, 4, seed=3))
    assert x.grad is not None
    assert layer.weight.grad is not None
    assert torch.equal(x.grad == 0, x.detach().abs() > 0.5)
    assert torch.equal(layer.weight.grad == 0, layer.weight.detach().abs() > 0.2)
    layer.set_clip_value(0.1, 0.4)
    assert (layer.input_binarizer.clip_value, layer.weight_binarizer.clip_value) == (0.1, 0.4)  # type: ignore[union-attr]
    layer.set_clip_value(0.3)
    assert (layer.input_binarizer.clip_value, layer.weight_binarizer.clip_value) == (0.3, 0.3)  # type: ignore[union-attr]


# Signs of both, of weights alone, of nothing.


def in_place_of_signs(layer: BinaryLayer, binarize: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs and weights as the layer multiplies them, written out."""
    inputs = torch.where(x >= 0, 1.0, -1.0) if binarize == "both" else x.clamp(-0.7, 0.7)
    weights = layer.weight.detach()
    return inputs, weights if binarize == "nothing" else torch.where(weights >= 0, 1.0, -1.0)


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("quantizer", QUANTIZERS)
def test_what_is_binarised_can_be_switched_between_steps(quantizer: str, scale: bool) -> None:
    """The forward pass is another, the backward pass is that of the estimator, and the parameters stay."""
    layer = BinaryLinear(6, 4, quantizer=quantizer, clip_value=0.7, weight_clip_value=0.3, scale=scale)
    set_weight(layer, randn(4, 6))
    before, slopes = layer.weight.detach().clone(), QUANTIZERS[quantizer].surrogate
    for binarize in ("weights", "nothing", "both", "nothing", "weights", "both"):
        layer.set_binarize(binarize)
        layer.zero_grad()
        x, upstream = randn(5, 6, seed=2).requires_grad_(), randn(5, 4, seed=3)
        y = layer(x)
        y.backward(upstream)
        alpha = layer.alpha if scale and binarize != "nothing" else torch.ones(4)
        inputs, weights = in_place_of_signs(layer, binarize, x.detach())
        torch.testing.assert_close(y.detach(), inputs @ weights.T * alpha)
        torch.testing.assert_close(x.grad, (upstream * alpha) @ weights * slopes(x.detach(), 0.7))
        gradient = (upstream * alpha).T @ inputs
        passed = gradient if binarize == "nothing" else gradient * slopes(before, 0.3)
        torch.testing.assert_close(layer.weight.grad, passed)
        assert torch.equal(layer.weight, before)


@pytest.mark.parametrize("binarize", ["both", "weights", "nothing"])
def test_a_convolution_pads_what_it_multiplies(binarize: Any) -> None:
    layer = BinaryConv2d(2, 4, 3, padding=1, pad_value=1.0, clip_value=0.7, binarize=binarize)
    x = randn(3, 2, 5, 5)
    inputs, weights = in_place_of_signs(layer, binarize, x)
    padded = torch.nn.functional.pad(inputs, (1, 1, 1, 1), value=1.0)
    torch.testing.assert_close(layer(x).detach(), torch.nn.functional.conv2d(padded, weights))


@both
def test_bits_are_counted_where_signs_meet_signs(make: Any) -> None:
    for binarize_input in (True, False):
        layer = make(binarize_input=binarize_input)
        for binarize in ("both", "weights", "nothing"):
            layer.set_binarize(binarize)
            assert layer.counts_bits == (binarize_input and binarize == "both")


@both
def test_an_unknown_mode_is_refused_and_changes_nothing(make: Any) -> None:
    layer = make(binarize="weights")
    with pytest.raises(ValueError, match="binarize must be one of both, weights, nothing; got 'all'"):
        layer.set_binarize("all")
    with pytest.raises(ValueError, match="binarize must be one of both"):
        make(binarize=None)
    assert layer.binarize == "weights"
    assert layer.weight_binarizer.gives_signs
    assert not layer.input_binarizer.gives_signs


# Latent weights.


@both
def test_the_first_weights_come_from_the_generator_alone(make: Any) -> None:
    before = torch.get_rng_state()
    first, again, other = (make(generator=generator(seed)) for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.weight, again.weight)
    assert not torch.equal(first.weight, other.weight)


def test_the_first_weights_fill_glorot_s_range() -> None:
    for layer, fans in ((BinaryLinear(200, 100), 300), (BinaryConv2d(20, 30, (3, 5)), 50 * 15)):
        limit = math.sqrt(6 / fans)
        assert 0.98 * limit < layer.weight.max() <= limit
        assert -limit <= layer.weight.min() < -0.98 * limit


@both
def test_latent_weights_can_be_clipped(make: Any) -> None:
    layer = make()
    set_weight(layer, torch.linspace(-2, 2, layer.weight.numel()))
    before = layer.weight.detach().clone()
    layer.clip_latent_(0.75)
    assert torch.equal(layer.weight, before.clamp(-0.75, 0.75))
    assert layer.weight.requires_grad
    for limit in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="limit must be positive"):
            layer.clip_latent_(limit)


@both
def test_a_state_goes_from_one_layer_to_another(make: Any) -> None:
    source, target = make(generator=generator(1)), make(generator=generator(2))
    assert list(source.state_dict()) == ["weight"]
    target.load_state_dict(source.state_dict())
    assert torch.equal(source.weight, target.weight)


# Refusals.


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"in_features": 0}, "in_features must be a whole number of at least 1, got 0"),
        ({"out_features": -3}, "out_features must be a whole number of at least 1, got -3"),
        ({"in_features": 2.0}, "in_features .* got 2.0"),
        ({"in_features": True}, "in_features .* got True"),
        ({"quantizer": "ste"}, "quantizer must be one of .*clipped_ste.*, got 'ste'"),
        ({"clip_value": 0.0}, "clip_value must be a positive finite number, got 0.0"),
        ({"clip_value": math.nan}, "clip_value must be a positive finite number, got nan"),
    ],
)
def test_linear_refuses(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        BinaryLinear(**({"in_features": 3, "out_features": 2} | options))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"in_channels": 0}, "in_channels .* got 0"),
        ({"out_channels": 1.5}, "out_channels .* got 1.5"),
        ({"groups": 0}, "groups .* got 0"),
        ({"groups": 2}, "groups must divide in_channels 3 and out_channels 4, got 2"),
        ({"kernel_size": 0}, "kernel_size must be a whole number of at least 1, or two, got 0"),
        ({"kernel_size": (3, 3, 3)}, "kernel_size .*or two"),
        ({"kernel_size": "33"}, "kernel_size .*or two"),
        ({"stride": (1, 0)}, "stride must be a whole number of at least 1"),
        ({"padding": -1}, "padding must be a whole number of at least 0"),
        ({"padding": "same"}, "padding .* got 'same'"),
        ({"dilation": 0}, "dilation must be"),
        ({"pad_value": 0.5}, r"pad_value must be -1, 0 or \+1, got 0.5"),
        ({"pad_value": math.nan}, "pad_value must be .* got nan"),
        ({"quantizer": ""}, "quantizer must be one of"),
    ],
)
def test_convolution_refuses(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        BinaryConv2d(**({"in_channels": 3, "out_channels": 4, "kernel_size": 3} | options))


@both
def test_whole_numbers_are_no_input(make: Any) -> None:
    layer = make()
    with pytest.raises(TypeError, match="floating-point"):
        layer(torch.ones((1, 6) if isinstance(layer, BinaryLinear) else (1, 2, 5, 5), dtype=torch.int64))


@both
def test_printing_tells_the_settings(make: Any) -> None:
    text = repr(
        make(quantizer="approx_sign", clip_value=0.5, weight_clip_value=2.0, binarize="weights", scale=True)
    )
    assert (
        "quantizer='approx_sign', clip_value=0.5, weight_clip_value=2, binarize_input=True, binarize='weights', "
        "scale=True" in text
    )
