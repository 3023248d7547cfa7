"""What the stepper is given of a packed network is what its kernel multiplied."""

import numpy as np
import pytest
from torch import nn

from bnnlab.deploy import PackedModel, load_bmxnet
from bnnlab.deploy.product import sign_layer_product, sign_layers
from bnnlab.nn import BinaryActivation, BinaryConv2d

from .bmxnet_networks import lenet, mlp, resnet
from .bmxnet_writer import Writer, run
from .networks import chain, network, pixels


@pytest.mark.parametrize(
    "written", [lenet(64), lenet(32), resnet(64), mlp(32)], ids=["lenet", "32", "resnet", "mlp"]
)
def test_every_output_of_every_layer(written: Writer) -> None:
    model = load_bmxnet(written.params, written.symbol)
    x = np.random.default_rng(0).integers(0, 256, (1, *model.input_shape), dtype=np.uint8)
    values, slow = model.values(x), run(written, x)
    for name, op in sign_layers(model).items():
        layer = name.removesuffix(".dots")
        counts = slow[layer][0]
        corner = (counts.shape[1] - 1, 0) if counts.ndim == 3 else None
        for position in {None, corner}:
            product = sign_layer_product(model, name, values, position)
            dots = (product.inputs.astype(int) @ product.weights)[0]
            assert np.array_equal(dots, product.outputs)
            assert (product.position is None) == (counts.ndim == 1)
            at = counts if product.position is None else counts[:, *product.position]
            assert np.array_equal((dots + product.inputs.shape[1]) / 2, at)
        assert op.binary


def test_padding_of_value_0_is_left_out() -> None:
    model = network("convnet", widths=(5, 6, 30), pad_value=0.0, scale=True)
    packed = PackedModel.from_module(model, (1, 12, 12))
    name = next(iter(sign_layers(packed)))
    product = sign_layer_product(packed, name, packed.values(pixels(1)), (0, 0))
    assert product.inputs.shape == (1, 5 * 4)
    assert product.omitted == 5 * 5


def test_what_cannot_be_shown() -> None:
    written = lenet(64)
    model = load_bmxnet(written.params, written.symbol)
    values = model.values(np.zeros((1, 1, 28, 28), np.uint8))
    with pytest.raises(ValueError, match="layer must be one of"):
        sign_layer_product(model, "conv", values)
    with pytest.raises(ValueError, match="inside the output of 8x8"):
        sign_layer_product(model, "qconv", values, (8, 0))
    with pytest.raises(ValueError, match="exactly one example, got 2"):
        sign_layer_product(model, "qconv", model.values(np.zeros((2, 1, 28, 28), np.uint8)))
    grouped = chain(
        first=nn.Conv2d(1, 8, 3),
        conv=BinaryConv2d(8, 8, 3, groups=2),
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=nn.Linear(8 * 8 * 8, 4),
    )
    packed = PackedModel.from_module(grouped, (1, 12, 12))
    with pytest.raises(ValueError, match="groups=2"):
        sign_layer_product(packed, "conv", packed.values(pixels(1)))
