"""What a snapshot recorded of a layer is what the network multiplied."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from bnnlab.bits import PackedMatrix, pack_rows
from bnnlab.nn import MODELS, BinaryConv2d, BinaryLayer, ModelSpec
from bnnlab.nn.operands import bit_layers, layer_product
from bnnlab.nn.sign import sign
from bnnlab.records import LayerPass, recorded_product

IMAGE = torch.from_numpy(np.random.default_rng(5).normal(size=(1, 3, 8, 8)).astype(np.float32))
SPEC = ModelSpec(input_shape=(3, 8, 8), classes=4, widths=(6, 10, 12))


def recorded(model: torch.nn.Module, name: str, x: torch.Tensor) -> tuple[PackedMatrix, LayerPass]:
    """The signs of a layer of `model`, and its pass over `x`."""
    layer: BinaryLayer = bit_layers(model)[name]
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    handle = layer.register_forward_hook(
        lambda _, inputs, output: seen.append((sign(inputs[0])[0].numpy(), output[0].detach().numpy()))
    )
    model.eval()(x)
    handle.remove()
    signs = pack_rows(layer.binary_weight.flatten(1).numpy())
    ones, zeros = np.ones(len(signs.words), np.float32), np.zeros(len(signs.words), np.float32)
    return signs, LayerPass(name, True, True, *seen[0], ones, zeros, seen[0][1])


@pytest.mark.parametrize("pad_value", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("position", [None, (0, 0), (3, 1), (2, 3)])
def test_a_convolution_s_product_is_the_network_s_own(
    pad_value: float, position: tuple[int, int] | None
) -> None:
    spec = ModelSpec(input_shape=(3, 8, 8), classes=4, widths=(6, 10, 12), pad_value=pad_value)
    model = MODELS["convnet"](spec, torch.Generator().manual_seed(2))
    signs, passed = recorded(model, "conv2", IMAGE)
    mine = recorded_product(signs, passed, position, pad_value=pad_value)
    own = layer_product(model, "conv2", IMAGE, position)
    for name in ("inputs", "weights", "outputs", "alpha", "taps"):
        assert np.array_equal(getattr(mine, name), getattr(own, name)), name
    assert (mine.position, mine.omitted) == (own.position, own.omitted)
    assert np.array_equal((mine.inputs.astype(int) @ mine.weights)[0], mine.outputs)


def test_taps_in_padding_of_value_0_are_left_out_and_the_others_keep_their_numbers() -> None:
    spec = ModelSpec(input_shape=(3, 8, 8), classes=4, widths=(6, 10, 12), pad_value=0.0)
    model = MODELS["convnet"](spec, torch.Generator().manual_seed(2))
    product = recorded_product(*recorded(model, "conv2", IMAGE), (0, 0), pad_value=0.0)
    inside = [tap for tap in range(54) if tap % 9 // 3 and tap % 3]  # the first row and column lie outside
    assert product.taps.tolist() == inside
    assert product.omitted == 54 - len(inside)


@pytest.mark.parametrize("scale", [False, True])
def test_a_fully_connected_layer_s_product_is_the_network_s_own(scale: bool) -> None:
    spec = ModelSpec(input_shape=(3, 8, 8), classes=4, widths=(70, 10), scale=scale)
    model = MODELS["mlp"](spec, torch.Generator().manual_seed(2))
    mine = recorded_product(*recorded(model, "hidden1", IMAGE), scale=scale)
    own = layer_product(model, "hidden1", IMAGE)
    for name in ("inputs", "weights", "outputs", "taps"):
        assert np.array_equal(getattr(mine, name), getattr(own, name)), name
    dots = (mine.inputs.astype(int) @ mine.weights)[0]
    assert np.allclose(mine.alpha * dots, mine.outputs)
    assert np.allclose(mine.alpha[dots != 0], own.alpha[dots != 0])


def test_what_is_no_recorded_product_is_refused() -> None:
    model = MODELS["convnet"](SPEC, torch.Generator().manual_seed(2))
    signs, passed = recorded(model, "conv2", IMAGE)
    assert isinstance(bit_layers(model)["conv2"], BinaryConv2d)
    with pytest.raises(ValueError, match=r"position must lie inside the output of 4x4, got \(4, 0\)"):
        recorded_product(signs, passed, (4, 0))
    other = recorded(model, "dense", IMAGE)[1]
    with pytest.raises(
        ValueError,
        match=r"signs of layer dense must be \(12, 40\), as many as it has sums and inputs, got \(10, 54\)",
    ):
        recorded_product(signs, other)
    numbers = LayerPass(
        "conv2", True, False, *(getattr(passed, name) for name in ("inputs", "sums", "scale", "shift", "x"))
    )
    with pytest.raises(ValueError, match="inputs of layer conv2 must be signs to be counted"):
        recorded_product(signs, numbers)
    halves = LayerPass(
        "conv2", True, True, passed.inputs, passed.sums[:, :3, :3], passed.scale, passed.shift, passed.x
    )
    with pytest.raises(ValueError, match="filters of layer conv2 must be square and move by single pixels"):
        recorded_product(signs, halves)
