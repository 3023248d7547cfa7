"""Counts agree with published ones, and a module's with those of the packed network made of it."""

import pytest
import torch
from torch import nn

from bnnlab.deploy import OPS, PackedModel, load_bmxnet, summary
from bnnlab.deploy.costs import PRECISIONS
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLayer, BinaryLinear
from bnnlab.records import Macs

from .bmxnet_networks import lenet
from .networks import chain, network


def larq_mnist() -> nn.Sequential:
    """The network of Larq's MNIST tutorial: 98 % after six epochs."""
    return chain(
        conv1=BinaryConv2d(1, 32, 3, binarize_input=False),
        pool1=nn.MaxPool2d(2),
        norm1=nn.BatchNorm2d(32),
        conv2=BinaryConv2d(32, 64, 3),
        pool2=nn.MaxPool2d(2),
        norm2=nn.BatchNorm2d(64),
        conv3=BinaryConv2d(64, 64, 3),
        norm3=nn.BatchNorm2d(64),
        flatten=nn.Flatten(),
        dense1=BinaryLinear(576, 64),
        norm4=nn.BatchNorm1d(64),
        dense2=BinaryLinear(64, 10),
        norm5=nn.BatchNorm1d(10),
    )


def bmxnet_lenet() -> nn.Sequential:
    """The binary LeNet that BMXNet ships; its tanh has no parameters and stands where it stood."""
    return chain(
        conv1=nn.Conv2d(1, 64, 5),
        tanh1=nn.Tanh(),
        pool1=nn.MaxPool2d(2),
        norm1=nn.BatchNorm2d(64),
        conv2=BinaryConv2d(64, 64, 5),
        norm2=nn.BatchNorm2d(64),
        pool2=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        fc1=BinaryLinear(1024, 1000),
        norm3=nn.BatchNorm1d(1000),
        tanh3=nn.Tanh(),
        fc2=nn.Linear(1000, 10),
    )


def test_larq_mnist_as_larq_prints_it() -> None:
    counted = summary(larq_mnist(), (1, 28, 28))
    assert counted.binary_weights == 93_088
    assert counted.folded_nbytes == 13_508  # 13.19 KiB
    assert counted.float32_bytes == 4 * (93_088 + 468)  # 365.45 KiB
    assert (counted.macs.bit_bit, counted.macs.float_bit) == (2_599_552, 194_688)
    assert counted.macs.total == 2_599_552 + 194_688
    assert counted.macs.binary_share == pytest.approx(0.9303, abs=5e-5)


def test_bmxnet_lenet_as_its_file_holds_it() -> None:
    counted = summary(bmxnet_lenet(), (1, 28, 28))
    assert (counted.binary_weights, counted.float_values) == (1_126_400, 16_186)
    assert counted.nbytes == 205_544
    assert counted.stored_bytes == 4 * (1_126_400 + 16_186)
    assert [layer.macs for layer in counted.layers] == [
        Macs(float_float=1_600 * 24 * 24),
        Macs(bit_bit=102_400 * 8 * 8),
        Macs(bit_bit=1_024_000),
        Macs(float_float=10_000),
    ]


NETWORKS = [
    ("larq", (1, 28, 28)),
    ({"model": "mlp", "widths": (70, 130, 64)}, (1, 12, 12)),
    ({"model": "mlp", "widths": (70, 65), "first_layer": "binary"}, (1, 12, 12)),
    ({"model": "mlp", "widths": (64, 50), "scale": True, "last_layer": "binary"}, (1, 12, 12)),
    ({"model": "convnet", "widths": (5, 66, 30)}, (1, 12, 12)),
    ({"model": "convnet", "widths": (5, 66, 30), "first_layer": "binary", "pad_value": 0.0}, (1, 12, 12)),
]


@pytest.mark.parametrize(("spec", "shape"), NETWORKS, ids=lambda value: str(value)[:60])
def test_a_module_and_its_packed_network_agree(spec: dict | str, shape: tuple[int, ...]) -> None:  # type: ignore[type-arg]
    model = larq_mnist() if isinstance(spec, str) else network(**spec)
    module, packed = summary(model, shape), summary(PackedModel.from_module(model, shape))
    for ours, theirs in zip(module.layers, packed.layers, strict=True):
        for name in ("name", "kind", "output_shape", "depth", "binary_weights", "macs", "float32_bytes"):
            assert getattr(ours, name) == getattr(theirs, name), name
    assert module.macs.total > 0
    assert packed.thresholds > 0 == module.thresholds
    assert packed.stored_bytes < module.stored_bytes


def test_multiplications_are_counted_as_they_are_done_now() -> None:
    model = network("mlp", widths=(70, 65), binarize="weights")
    assert summary(model, (1, 12, 12)).layers[1].macs == Macs(float_bit=70 * 65)
    for layer in model.modules():
        if isinstance(layer, BinaryLayer | BinaryActivation):
            layer.set_binarize("nothing")
    counted = summary(model, (1, 12, 12))
    assert counted.layers[1].macs == Macs(float_float=70 * 65)
    assert counted.binary_weights == 0


def test_a_network_of_bmxnet_is_counted_without_a_module() -> None:
    network = lenet(64)
    counted = summary(load_bmxnet(network.params, network.symbol))
    assert [layer.macs for layer in counted.layers] == [
        Macs(float_float=64 * 25 * 24 * 24),
        Macs(bit_bit=64 * 64 * 25 * 8 * 8),
        Macs(bit_bit=1024 * 100),
        Macs(float_float=100 * 10),
    ]
    assert counted.binary_weights == 64 * 64 * 25 + 1024 * 100


def test_no_operation_that_multiplies_is_missed() -> None:
    fields = {op: set(op.__dataclass_fields__) for op in OPS.values()}
    assert set(PRECISIONS) == {op for op, names in fields.items() if names & {"words", "weight"}}


def test_points_are_no_pixels() -> None:
    model = network("mlp", input_shape=(2,), widths=(16, 16), first_layer="binary")
    packed = summary(PackedModel.from_module(model, (2,), divisor=None))
    assert packed.layers[0].macs == Macs(float_bit=32) == summary(model, (2,), pixels=False).layers[0].macs
    assert summary(model, (2,)).layers[0].macs == Macs(byte_bit=32)


def test_packed_bytes_are_those_of_its_arrays() -> None:
    packed = PackedModel.from_module(network("mlp", widths=(70, 65)), (1, 12, 12))
    counted = summary(packed)
    (hidden,) = (layer for layer in counted.layers if layer.name == "hidden1")
    assert hidden.bits == 70 * 65 + 65 * (32 + 1)
    assert hidden.stored_bytes == 2 * 65 * 8 + 65 * 4 + 65  # two words an output, a threshold, a direction
    assert counted.stored_bytes == sum(
        array.nbytes for node in packed.nodes for array in node.op.tensors().values()
    )


def test_branches_are_counted_in_the_order_in_which_they_run() -> None:
    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.second = BinaryLinear(8, 8)
            self.first = nn.Linear(4, 8)
            self.slope = nn.PReLU(8)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.slope(self.first(x))
            z: torch.Tensor = self.second(self.second(y))
            return y + z

    model = Residual()
    counted = summary(model, (4,))
    assert [layer.name for layer in counted.layers] == ["first", "second"]
    assert counted.layers[0].float_values == 4 * 8 + 8 + 8
    assert counted.layers[1].macs == Macs(bit_bit=2 * 64), "run twice, kept once"
    assert counted.layers[1].binary_weights == 64
    assert model.training


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="input_shape must be given"):
        summary(larq_mnist())
    assert summary(network("mlp", widths=(8,))).input_shape == (1, 12, 12), "it tells"
    with pytest.raises(ValueError, match=r"does not run on examples of input_shape \(7,\)"):
        summary(chain(a=nn.Linear(4, 4)), (7,))
    with pytest.raises(ValueError, match="type ConvTranspose2d multiplies in a way that is not counted"):
        summary(chain(a=nn.ConvTranspose2d(1, 2, 3)), (1, 5, 5))


def test_plain_values_hold_layers_and_totals() -> None:
    document = summary(network("mlp", widths=(70, 65)), (1, 12, 12)).to_dict()
    assert document["layers"][1]["name"] == "hidden1"
    assert document["totals"]["macs"]["total"] == 144 * 70 + 70 * 65 + 65 * 10
