"""Networks that come from BMXNet go out as C, and each of their operations by itself as ONNX, too."""

from pathlib import Path

import numpy as np
import pytest

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy import Node, PackedModel, export_c, export_onnx
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.deploy.node import INPUT
from bnnlab.deploy.ops import Activation, Add, AveragePool, CentredBatchNorm, CountsFromDots, Flatten, Op, Pad

from . import bmxnet_networks as networks
from .bmxnet_writer import Writer
from .c_programs import needs_compiler, run_header
from .onnx_runs import run_onnx
from .test_bmxnet import images, load

NETWORKS = [
    pytest.param(networks.lenet(64), id="lenet"),
    pytest.param(networks.lenet(64, pool_first=True), id="lenet that pools first"),
    pytest.param(networks.mlp(64), id="mlp"),
    pytest.param(networks.resnet(64), id="resnet"),
    pytest.param(networks.branches(), id="branches"),
]


@needs_compiler
@pytest.mark.parametrize("network", NETWORKS)
def test_c(network: Writer, tmp_path: Path) -> None:
    model = load(network)
    x = images(model, 20)
    export_c(model, tmp_path / "net.h")
    hidden, names = hidden_values(model, x), identifiers(node.name for node in model.nodes)
    classes, words = run_header(tmp_path, x, [f"{names[name]}_bits" for name in hidden])
    assert np.array_equal(
        words, np.concatenate([value.words.reshape(20, -1) for value in hidden.values()], axis=1)
    )
    assert np.array_equal(classes, model.predict(x))


def hidden_values(model: PackedModel, x: np.ndarray) -> dict[str, PackedMatrix | PackedImages]:
    values = model.values(x).items()
    return {name: value for name, value in values if isinstance(value, PackedMatrix | PackedImages)}


BIAS = np.array([0.5, -3], np.float32)


@needs_compiler
@pytest.mark.parametrize(
    "op",
    [
        *(Activation(kind) for kind in ("tanh", "relu", "sigmoid", "softplus")),
        AveragePool((2, 3), (1, 2), (1, 1)),
        AveragePool(None),
        CentredBatchNorm(BIAS, BIAS, BIAS, np.abs(BIAS), 1e-5),
        CountsFromDots(7),
        CountsFromDots(7, BIAS),
        Pad((0, 1, 2, 3), -0.5),
    ],
    ids=repr,
)
def test_an_operation_alone(op: Op, tmp_path: Path, rng: np.random.Generator) -> None:
    x = (4 * rng.standard_normal((30, 2, 4, 5))).astype(np.float32)
    model = alone(op, (2, 4, 5))
    assert_all_answer(model, x, tmp_path)


@needs_compiler
def test_sums_of_branches(tmp_path: Path, rng: np.random.Generator) -> None:
    """Whole images, one pixel for each channel, and one for all, in the order in which they are added."""
    branches = (
        Node("wide", Activation("relu"), (INPUT,)),
        Node("mean", AveragePool(None), (INPUT,)),
        Node("sum", Add(), ("mean", INPUT, "wide")),
    )
    last = Node("row", Flatten(), ("sum",))
    model = PackedModel((*branches, last), (2, 3, 3), tuple(map(str, range(18))))
    assert_all_answer(model, rng.standard_normal((30, 2, 3, 3)).astype(np.float32), tmp_path)


def test_averages_of_windows_that_reach_beyond(tmp_path: Path, rng: np.random.Generator) -> None:
    model = alone(AveragePool((2, 3), (2, 2), (1, 0), full=True), (2, 4, 4))
    x = rng.standard_normal((30, 2, 4, 4)).astype(np.float32)
    export_c(model, tmp_path / "net.h", example=x[0])
    assert np.array_equal(run_header(tmp_path, x, [])[0], model.predict(x))


def alone(op: Op, shape: tuple[int, ...]) -> PackedModel:
    """A network of this operation, whose results are the logits."""
    outputs = np.asarray(op.run(np.zeros((1, *shape), np.float32))).size
    return PackedModel(
        (Node("op", op, (INPUT,)), Node("row", Flatten(), ("op",))), shape, tuple(map(str, range(outputs)))
    )


def assert_all_answer(model: PackedModel, x: np.ndarray, folder: Path) -> None:
    logits = model.logits(x)
    export_onnx(model, folder / "net.onnx")
    assert np.allclose(run_onnx(folder / "net.onnx", x)["logits"], logits, rtol=1e-5, atol=1e-6)
    for example in x[:3]:
        export_c(model, folder / "net.h", example=example)  # the self-test compares the logits
        assert np.array_equal(run_header(folder, x, [])[0], logits.argmax(1))
