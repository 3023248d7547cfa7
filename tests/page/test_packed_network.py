"""Packed networks in WebAssembly answer as `PackedModel` does."""

from dataclasses import asdict, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from bnnlab.deploy import Node, PackedModel
from bnnlab.deploy.export.memory import START, MemoryProgram, export_memory
from bnnlab.deploy.ops import Activation, BatchNorm, FloatDense
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear
from bnnlab.train import RunConfig, train
from tests.deploy.networks import chain, network, pixels, with_exact_sums
from tests.deploy.test_from_module import CONVNETS, MLPS

from .javascript import base64_of, bytes_of, run

LOGITS = """
  const network = packedNetwork(module, bytesOf(given.image), given.network);
  const examples = numbersOf(given.network.pixels ? Uint8Array : Float32Array, given.examples);
  const logits = [];
  for (let at = 0; at < examples.length; at += network.inputs) {
    logits.push(...network.run(examples.subarray(at, at + network.inputs)));
  }
  return textOf(Float32Array.from(logits));
"""


def logits(model: PackedModel, examples: NDArray[Any]) -> NDArray[np.float32]:
    """Those of some examples, from the compiled C in WebAssembly."""
    memory = export_memory(model)
    given = {
        "image": base64_of(memory.image),
        "network": asdict(memory) | {"image": None},
        "examples": base64_of(examples),
    }
    found = np.frombuffer(bytes_of(run(["packed_network.js"], LOGITS, given)), np.float32)
    return found.reshape(len(examples), -1)


def expected(model: PackedModel, examples: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(model.values(examples)[model.nodes[-1].name], np.float32)


@pytest.mark.parametrize("spec", MLPS + CONVNETS, ids=lambda spec: " ".join(map(str, spec.values())))
def test_logits_of_exact_sums(spec: dict[str, Any]) -> None:
    model, examples = PackedModel.from_module(network(**spec), (1, 12, 12)), pixels(100)
    found, here = logits(model, examples), expected(model, examples)
    assert np.array_equal(found.argmax(1), model.predict(examples))
    np.testing.assert_allclose(found, here, atol=1e-4 * max(1.0, float(np.abs(here).max())))


@cache
def trained(model: str, first_layer: str, last_layer: str) -> tuple[PackedModel, NDArray[np.uint8]]:
    """A network that learned digits, and their whole test set."""
    widths = {"mlp": (64, 64), "convnet": (8, 24)}[model]
    layers = {"first_layer": first_layer, "last_layer": last_layer}
    with train(RunConfig(model=model, epochs=2, widths=widths, **layers)) as training:  # type: ignore[arg-type]
        for _ in training:
            pass
        packed = PackedModel.from_module(training.model, (1, 8, 8), divisor=8.0)
        return packed, (training.dataset.x_test * 8 + 8).astype(np.uint8)


@pytest.mark.parametrize("model", ["mlp", "convnet"])
@pytest.mark.parametrize("layers", [("binary", "binary"), ("binary", "float"), ("float", "float")])
def test_all_digits(model: str, layers: tuple[str, str]) -> None:
    packed, images = trained(model, *layers)
    found, here = logits(packed, images), expected(packed, images)
    assert np.array_equal(found.argmax(1), packed.predict(images))
    np.testing.assert_allclose(found, here, rtol=0, atol=1e-4)


@pytest.mark.parametrize("model", ["mlp", "convnet"])
def test_what_is_counted_is_identical(model: str) -> None:
    """Where all layers are binary, only the normalisation at the end rounds."""
    packed, images = trained(model, "binary", "binary")
    *counted, last = packed.nodes
    assert isinstance(last.op, BatchNorm)
    counts = replace(packed, nodes=tuple(counted))
    assert np.array_equal(logits(counts, images), expected(counts, images))


def test_numbers_instead_of_pixels(rng: np.random.Generator) -> None:
    model = network("mlp", input_shape=(2,), widths=(16, 16), first_layer="binary")
    packed = PackedModel.from_module(model, (2,), divisor=None)
    examples = (rng.integers(-256, 256, (50, 2)) / 256).astype(np.float32)
    np.testing.assert_allclose(logits(packed, examples), expected(packed, examples), atol=1e-4)


@pytest.mark.parametrize("kind", ["relu", "tanh", "sigmoid", "softplus"])
def test_the_functions_that_the_page_brings(kind: str, rng: np.random.Generator) -> None:
    nodes = (
        Node("dense", FloatDense(np.eye(5, dtype=np.float32))),
        Node("activation", Activation(kind), ("dense",)),
    )
    packed, examples = PackedModel(nodes, (5,)), rng.standard_normal((20, 5)).astype(np.float32)
    np.testing.assert_allclose(logits(packed, examples), expected(packed, examples), rtol=1e-6, atol=1e-7)


def test_pools_groups_and_strides() -> None:
    model = chain(
        first=nn.Conv2d(3, 140, 3, stride=2, bias=True),
        conv=BinaryConv2d(140, 140, 3, stride=(1, 2), dilation=(2, 1), padding=(2, 1), groups=2, pad_value=0),
        pool=nn.MaxPool2d(2, padding=1),
        norm=nn.BatchNorm2d(140),
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=BinaryLinear(140 * 6 * 4, 4, generator=torch.Generator().manual_seed(3), scale=True),
    )
    packed, examples = PackedModel.from_module(with_exact_sums(model), (3, 24, 24)), pixels(20, (3, 24, 24))
    np.testing.assert_allclose(logits(packed, examples), expected(packed, examples), rtol=1e-5)


def test_constants_lie_behind_one_another_and_begin_with_the_input() -> None:
    memory = export_memory(PackedModel.from_module(network("mlp", widths=(64, 32)), (1, 12, 12)))
    assert memory.given == START
    assert len(memory.image) <= memory.end - START
    assert memory.pixels
    assert memory.inputs == 144


def test_numbers_that_no_sum_survives_are_refused() -> None:
    with pytest.raises(ValueError, match="scale must hold finite numbers"):
        MemoryProgram(4, takes_pixels=True).array("scale", np.array([0, np.inf], np.float32))
