"""The parts of a network's time sum to the whole, and each node is in the part it belongs to."""

import numpy as np
import pytest

from bnnlab.deploy import OPS, PackedModel, profile
from bnnlab.deploy.network_benchmark import with_fixed_signs
from bnnlab.deploy.profiling import WORK_OF
from bnnlab.records import NodeTime, Profile

from .networks import network, numbers, pixels


def test_parts_sum_to_the_whole() -> None:
    packed = PackedModel.from_module(network("convnet", widths=(5, 66, 30)), (1, 12, 12))
    told: list[float] = []
    measured = profile(packed, pixels(3), 0.01, told.append)
    assert [node.name for node in measured.nodes] == [node.name for node in packed.nodes]
    assert sum(measured.by_work.values()) == pytest.approx(measured.seconds)
    assert all(seconds >= 0 for seconds in measured.by_work.values())
    assert measured.by_work["binary"] > 0
    assert measured.by_work["pixels"] == 0
    assert (measured.examples, told[0] < 1) == (3, True)
    assert measured.runs >= 5


def test_every_product_is_some_kind_of_work() -> None:
    assert set(WORK_OF) <= set(OPS.values())
    products = {op for op in OPS.values() if op.binary}
    assert {WORK_OF[op] for op in products} == {"binary"}


def test_amdahl() -> None:
    nodes = (NodeTime("a", "XnorDense", "binary", 3.0), NodeTime("b", "FloatDense", "float", 1.0))
    measured = Profile(nodes, 5.0, 1, 9)
    assert measured.by_work == {"binary": 3.0, "pixels": 0, "float": 1.0, "pack": 0, "rest": 1.0}
    assert measured.binary_share == pytest.approx(0.6)
    assert measured.most_speedup == pytest.approx(2.5)
    assert measured.to_dict()["by_work"]["binary"] == 3.0


@pytest.mark.parametrize("scale", [False, True])
def test_fixed_signs_answer_as_before(scale: bool) -> None:
    model = network("convnet", widths=(5, 66, 30), scale=scale, last_layer="binary")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x = numbers(pixels(20))
    fixed = with_fixed_signs(model)
    assert np.allclose(fixed(x).detach(), model(x).detach(), rtol=1e-4, atol=1e-4)
    assert all((value == before[name]).all() for name, value in model.state_dict().items())
