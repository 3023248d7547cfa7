"""What is no network, path or number is refused by the public function, in its own words."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from bnnlab.deploy import (
    Node,
    PackedModel,
    export_c,
    export_npz,
    export_onnx,
    latent_weights,
    load_bmxnet,
    profile,
    prove,
    put_weights,
    summary,
)
from bnnlab.deploy.ops import Flatten, FloatDense

from .networks import network, pixels

MODULE = network("mlp", widths=(16,))
PACKED = PackedModel.from_module(MODULE, (1, 12, 12))
NODES = PACKED.nodes


def latent(source: Any = {}, names: Any = {}, images: Any = None) -> object:  # noqa: B006
    return latent_weights(source, names, layout="torch", convention="bnnlab", images=images)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: profile(MODULE, pixels(1)), "packed must be a PackedModel, got a Sequential"),  # type: ignore[arg-type]
        (lambda: prove(None, MODULE), "packed must be a PackedModel, got None"),  # type: ignore[arg-type]
        (lambda: prove(PACKED, None), "model must be a torch module, got None"),  # type: ignore[arg-type]
        (lambda: summary(None), "model must be a PackedModel or a torch module, got None"),  # type: ignore[arg-type]
        (lambda: put_weights(None, {}), "model must be a torch module, got None"),  # type: ignore[arg-type]
        (
            lambda: latent(names=["3"]),
            "names must be a mapping of our layers' names to their tensors', got a list",
        ),
        (
            lambda: latent(source=[1]),
            "source must be tensors by name or the path of a safetensors file, got a list",
        ),
        (
            lambda: latent(images=[1]),
            "images must be a mapping of our layers' names to shapes, or None, got a list",
        ),
        (lambda: load_bmxnet(b"", None), "symbol must be a path, bytes or an open binary file, got None"),  # type: ignore[arg-type]
        (lambda: load_bmxnet(b"", b"", divisor="2"), "divisor must be a number, got a str"),  # type: ignore[arg-type]
    ],
)
def test_what_is_of_another_type(call: Callable[[], Any], says: str) -> None:
    refuses(call, TypeError, says)


@pytest.mark.parametrize("export", [export_onnx, export_c, export_npz])
def test_what_is_no_network_or_path_is_not_exported(export: Callable[..., None], tmp_path: Path) -> None:
    refuses(lambda: export(None, tmp_path / "a"), TypeError, "model must be a PackedModel")
    refuses(lambda: export(PACKED, None), TypeError, "path must be a str or PathLike, got None")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("use", [PACKED.save, PackedModel.load])
def test_what_is_no_path(use: Callable[[Any], Any]) -> None:
    for path in (None, 3, b"net.bnn"):
        refuses(partial(use, path), TypeError, "path must be a str or PathLike")


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((None, (1, 12, 12)), TypeError, "nodes must be a tuple, got None"),
        (((None,), (3,)), TypeError, "each of the nodes must be a Node, got None"),
        (((Node("a", None),), (3,)), TypeError, "op of node 'a' must be an operation, got None"),  # type: ignore[arg-type]
        (((Node("a", FloatDense),), (3,)), TypeError, "op of node 'a' must be an operation"),  # type: ignore[arg-type]
        (((Node("a", Flatten(), "x"),), (3,)), TypeError, "inputs of node 'a' must be a tuple, got a str"),  # type: ignore[arg-type]
        (((Node("a", Flatten(), ([],)),), (3,)), TypeError, "inputs of node 'a': each must be a str"),  # type: ignore[arg-type]
        ((NODES, None), ValueError, "input_shape must be .*, got None"),
        ((NODES, [1, 12, 12]), ValueError, r"input_shape must be .*, got \[1, 12, 12\]"),
        ((NODES, (1, 12, 12), "0123456789"), TypeError, "class_names must be a tuple, got a str"),
    ],
)
def test_networks_of_what_are_no_nodes(arguments: Any, error: type[Exception], says: str) -> None:
    refuses(lambda: PackedModel(*arguments), error, says)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"input_shape": 784}, ValueError, "input_shape must be .*, got 784"),
        ({"input_shape": (1, 12.5, 12)}, ValueError, r"input_shape must be .*, got \(1, 12.5, 12\)"),
        ({"divisor": "128"}, TypeError, "divisor must be a number or None, got a str"),
        ({"offset": None}, TypeError, "offset must be a number, got None"),
        ({"class_names": "0123456789"}, TypeError, "class_names must be a tuple of names or None, got a str"),
    ],
)
def test_packing_with_what_makes_no_sense(options: dict[str, Any], error: type[Exception], says: str) -> None:
    refuses(lambda: PackedModel.from_module(MODULE, **{"input_shape": (1, 12, 12)} | options), error, says)


def test_only_torch_modules_are_packed() -> None:
    for model in (None, "net.bnn", PACKED):
        refuses(partial(PackedModel.from_module, model), TypeError, "model must be a torch module")  # type: ignore[arg-type]


def test_a_shape_to_count_with_is_whole_numbers() -> None:
    refuses(lambda: summary(nn.Linear(3, 2), 3), ValueError, "input_shape must be a tuple .*, got 3")  # type: ignore[arg-type]
    refuses(lambda: summary(nn.Linear(3, 2), (3.0,)), ValueError, "input_shape must be a tuple")  # type: ignore[arg-type]


def test_nothing_is_not_profiled() -> None:
    refuses(lambda: profile(PACKED, pixels(1)[:0]), ValueError, "x must hold at least one example")


@pytest.mark.parametrize("ask", ["predict", "predict_proba", "logits", "values"])
def test_numbers_that_are_none_are_counted_and_refused(ask: str) -> None:
    x = np.zeros((2, 1, 12, 12), np.float64)
    x[0, 0, 0, :3] = np.nan, np.inf, 1e300  # the last is infinite in float32
    refuses(
        lambda: getattr(PACKED, ask)(x), ValueError, "x must hold finite numbers, got 3 of 288 that are not"
    )
    getattr(PACKED, ask)(np.zeros_like(x))


def refuses(call: Callable[[], Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()
