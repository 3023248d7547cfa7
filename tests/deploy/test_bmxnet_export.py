"""Networks of BMXNet in other files: they come back from our own format, and run as ONNX."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy import PackedModel, export_onnx, load_bmxnet

from .bmxnet_networks import branches, lenet, mlp, resnet
from .bmxnet_writer import Writer
from .onnx_runs import run_onnx

NETWORKS = {
    "lenet": lenet(64, pool_first=True, fix_gamma=False),
    "resnet": resnet(32),
    "mlp": mlp(64),
    "branches": branches(),
}


def loaded(network: Writer) -> tuple[PackedModel, np.ndarray]:
    model = load_bmxnet(network.params, network.symbol)
    return model, np.random.default_rng(0).integers(0, 256, (4, *model.input_shape), dtype=np.uint8)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_saved_and_loaded(network: Writer, tmp_path: Path) -> None:
    model, x = loaded(network)
    model.save(tmp_path / "net.bnn")
    again = PackedModel.load(tmp_path / "net.bnn")
    assert [node.name for node in again.nodes] == [node.name for node in model.nodes]
    assert np.array_equal(again.logits(x), model.logits(x))


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_onnx_has_the_same_bits_and_answers(network: Writer, tmp_path: Path) -> None:
    model, x = loaded(network)
    export_onnx(model, tmp_path / "net.onnx", pixels=True)
    values = model.values(x)
    hidden = {
        name: bits.unpack() for name, bits in values.items() if isinstance(bits, PackedMatrix | PackedImages)
    }
    found = run_onnx(tmp_path / "net.onnx", x, list(hidden))
    assert {name: int((found[name] != signs).sum()) for name, signs in hidden.items()} == dict.fromkeys(
        hidden, 0
    )
    assert np.allclose(found["logits"], model.logits(x), rtol=1e-4, atol=1e-4)


def test_what_has_no_form_elsewhere_is_named(tmp_path: Path) -> None:
    net = Writer()
    net.add("Flatten", "flat", net.add(
        "Pooling", "mean", net.conv(net.data, "conv", 1, 4, 3), kernel=(3, 3), stride=(2, 2), pool_type="avg",
        pooling_convention="full",
    ))  # fmt: skip
    model, _ = loaded(net)
    with pytest.raises(ValueError, match="node 'mean' averages windows that reach beyond the padding"):
        export_onnx(model, tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []
