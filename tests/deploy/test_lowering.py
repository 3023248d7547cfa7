"""Before exporting: comparisons in place of normalisations, thresholds that all rise, the same bits."""

import numpy as np
import pytest

from bnnlab.bits import PackedImages, PackedMatrix, Thresholds, pack_columns, pack_rows, threshold, xnor_gemm
from bnnlab.deploy import Node, PackedModel
from bnnlab.deploy.export.lowering import comparison, lowered
from bnnlab.deploy.node import INPUT
from bnnlab.deploy.ops import (
    BatchNorm,
    Flatten,
    FloatDense,
    PackCompared,
    PackSigns,
    SignConv,
    Unpack,
    XnorDense,
)
from bnnlab.deploy.ops.bits import pack_filters, unpack_filters

from .networks import network, pixels
from .test_from_module import CONVNETS, MLPS


@pytest.mark.parametrize("spec", MLPS + CONVNETS, ids=lambda spec: " ".join(map(str, spec.values())))
def test_every_bit_stays(spec: dict) -> None:  # type: ignore[type-arg]
    packed, images = PackedModel.from_module(network(**spec), (1, 12, 12)), pixels(50)
    low = lowered(packed)
    before, after = packed.values(images), low.values(images)
    kept = [name for name, value in before.items() if isinstance(value, PackedMatrix | PackedImages)]
    assert kept
    assert all(np.array_equal(before[name].words, after[name].words) for name in kept)  # type: ignore[union-attr]
    signed = {node.inputs[0] for node in low.nodes if isinstance(node.op, PackSigns | PackCompared)}
    for node in low.nodes:
        if node.name in signed:
            assert not isinstance(node.op, BatchNorm)
            assert getattr(node.op, "alpha", None) is None


def test_normalisation_of_a_tie_is_the_networks_own(rng: np.random.Generator) -> None:
    """A scale and a mean in whose rounding the tie would be lost if they were computed in another order."""
    mean = rng.integers(-5, 6, 7).astype(np.float32)
    gamma = rng.standard_normal(7).astype(np.float32)
    norm = BatchNorm(gamma, np.zeros(7, np.float32), mean, np.full(7, 0.3, np.float32), 1e-5)
    dense = FloatDense(np.ones((7, 1), np.float32))
    model = PackedModel(
        (
            Node("dense", dense),
            Node("norm", norm, ("dense",)),
            Node("bits", PackSigns(), ("norm",)),
            Node("logits", Unpack(), ("bits",)),
        ),
        (1,),
        tuple("abcdefg"),
    )
    low = lowered(model)
    assert [type(node.op) for node in low.nodes] == [FloatDense, PackCompared, Unpack]
    x = np.unique([np.nextafter(mean, -9), mean, np.nextafter(mean, 9)]).astype(np.float32)[:, None]
    assert np.array_equal(low.logits(x), model.logits(x))


def test_what_others_read_too_stays_as_it_is() -> None:
    ones = np.ones(3, np.float32)
    model = PackedModel(
        (
            Node("norm", BatchNorm(ones, ones, ones, ones, 0.0), (INPUT,)),
            Node("bits", PackSigns(), ("norm",)),
            Node("logits", FloatDense(np.eye(3, dtype=np.float32)), ("norm",)),
        ),
        (3,),
        tuple("abc"),
    )
    assert [node.name for node in lowered(model).nodes] == ["norm", "bits", "logits"]


def test_all_thresholds_rise_and_are_near(rng: np.random.Generator) -> None:
    depth, outputs = 70, 60
    a, b = rng.standard_normal((40, depth)), rng.standard_normal((depth, outputs))
    values = rng.integers(-80, 80, outputs).astype(np.int32)
    values[:4] = (
        np.iinfo(np.int32).min,
        np.iinfo(np.int32).max,
        np.iinfo(np.int32).min,
        np.iinfo(np.int32).max,
    )
    rising = rng.random(outputs) < 0.5
    rising[:4] = True, True, False, False
    product = comparison(XnorDense(pack_columns(b).words, depth, values, rising))
    assert product.limits is not None
    assert np.abs(product.limits).max() <= depth + 1 == product.largest + 1
    met = np.where(a >= 0, 1, -1) @ product.signs.T.astype(np.int64) >= product.limits
    sums = xnor_gemm(pack_rows(a), pack_columns(b))
    assert np.array_equal(met, threshold(sums, Thresholds(values, rising)).unpack() > 0)


def test_filters_of_a_scaled_layer_are_not_touched(rng: np.random.Generator) -> None:
    signs = rng.standard_normal((4, 2, 3, 3))
    conv = SignConv(pack_filters(signs >= 0), (4, 2, 3, 3), alpha=np.ones(4, np.float32))
    model = PackedModel(
        (
            Node("conv", conv),
            Node("bits", PackSigns(), ("conv",)),
            Node("numbers", Unpack(), ("bits",)),
            Node("row", Flatten(), ("numbers",)),
        ),
        (2, 3, 3),
        tuple("abcd"),
    )
    op = lowered(model).nodes[0].op
    assert isinstance(op, SignConv)
    assert op.alpha is None
    assert np.array_equal(unpack_filters(op.words, op.shape) > 0, signs >= 0)
    assert conv.alpha is not None
