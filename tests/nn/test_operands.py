"""What a layer multiplied, packed and multiplied again, gives the layer's own pre-activation."""

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

import bnnlab
from bnnlab.nn import BinaryConv2d, BinaryLayer, BinaryLinear
from bnnlab.nn.operands import bit_layers, layer_product


def networks(scale: bool, pad_value: float) -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(
        OrderedDict(
            first=BinaryConv2d(2, 5, 3, binarize_input=False),
            conv=BinaryConv2d(5, 7, (3, 2), padding=(1, 1), stride=(1, 2), pad_value=pad_value, scale=scale),
            norm=nn.BatchNorm2d(7),
            flatten=nn.Flatten(),
            dense=BinaryLinear(7 * 6 * 4, 11, scale=scale),
        )
    )


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("pad_value", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize(
    ("layer", "position"),
    [("conv", (0, 0)), ("conv", (5, 3)), ("conv", (3, 2)), ("conv", None), ("dense", None)],
)
def test_the_packed_product_is_the_pre_activation(scale, pad_value, layer, position) -> None:  # type: ignore[no-untyped-def]
    model = networks(scale, pad_value)
    product = layer_product(model, layer, torch.randn(1, 2, 8, 8), position)
    dots = bnnlab.xnor_gemm(bnnlab.pack_rows(product.inputs), bnnlab.pack_columns(product.weights))
    if scale:
        np.testing.assert_allclose(product.alpha * dots[0], product.outputs, rtol=1e-6)
    else:
        assert np.array_equal(dots[0], product.outputs)
    at_the_edge = layer == "conv" and position in {(0, 0), (5, 3)}
    assert (product.omitted > 0) == (at_the_edge and pad_value == 0)


def test_only_layers_that_multiply_signs_are_offered() -> None:
    model = networks(False, 0.0)
    assert list(bit_layers(model)) == ["conv", "dense"]
    model.get_submodule("conv").set_binarize("weights")  # type: ignore[operator]
    assert list(bit_layers(model)) == ["dense"]
    with pytest.raises(
        ValueError, match="layer 'conv' counts no bits while binarize is 'weights'; set it to 'both'"
    ):
        layer_product(model, "conv", torch.randn(1, 2, 8, 8))
    for layer in model.modules():
        if isinstance(layer, BinaryLayer):
            layer.set_binarize("nothing")
    assert not bit_layers(model)


def test_looking_changes_nothing() -> None:
    model = networks(False, -1.0).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    layer_product(model, "dense", torch.randn(1, 2, 8, 8))
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not model.get_submodule("dense")._forward_hooks


def test_refusals() -> None:
    model, example = networks(False, -1.0), torch.randn(1, 2, 8, 8)
    with pytest.raises(ValueError, match="layer must be one of"):
        layer_product(model, "first", example)
    with pytest.raises(ValueError, match="inside the output of 6x4"):
        layer_product(model, "conv", example, (6, 0))
    with pytest.raises(ValueError, match="exactly one"):
        layer_product(model, "conv", torch.randn(2, 2, 8, 8))
