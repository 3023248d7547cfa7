"""Each claim holds its formula's value, what was measured, and says what it means of this network."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bnnlab.bench import gemm_benchmark
from bnnlab.bench.product import GemmShape
from bnnlab.bits import kernels
from bnnlab.deploy import PackedModel, summary
from bnnlab.deploy.claims import RIVALS, energy_claim, op_count_speedup, size_claim, speed_claim, where_slower
from bnnlab.deploy.energy import ENERGY_PRESETS
from bnnlab.deploy.network_benchmark import network_benchmark
from bnnlab.deploy.ops import DenseOnSigns
from bnnlab.records import Benchmark, Claim, NetworkSummary

from .networks import network, numbers, pixels

MODEL = network("mlp", widths=(70, 130))


@cache
def packed() -> PackedModel:
    return PackedModel.from_module(MODEL, (1, 12, 12))


@cache
def counted() -> NetworkSummary:
    return summary(packed())


@cache
def kernel() -> Benchmark:
    return gemm_benchmark([GemmShape(8, 130, 16)], 0.02, [kernels()[0], *RIVALS])


@cache
def whole() -> Benchmark:
    images = pixels(5)
    return network_benchmark(
        packed(), MODEL, images, numbers(images).numpy(), (1, 5), 0.02, ["packed", "torch"]
    )


@pytest.mark.parametrize(("channels", "speedup"), [(256, 62.27), (64, 57.6)])
def test_the_op_count_is_that_of_the_paper(channels: int, speedup: float) -> None:
    assert op_count_speedup(9 * channels) == pytest.approx(speedup, abs=0.005)
    with pytest.raises(ValueError, match="depth must be at least 1"):
        op_count_speedup(0)


def ratios(claim: Claim, basis: str) -> dict[str, float]:
    return {value.label: value.ratio for value in claim.values if value.basis == basis}


def test_size_is_the_files_where_there_is_one() -> None:
    arrays, file = size_claim(counted()), size_claim(counted(), 20_000)
    state = counted().float32_bytes
    assert ratios(arrays, "measured") == {"the arrays of this network": state / counted().stored_bytes}
    assert ratios(file, "measured") == {"the file of this network": state / 20_000}
    assert ratios(file, "formula") == {"one weight": 32}
    assert "The 20,000 bytes of the packed file are\n\n- **1,138 (6%):** 9,100 signs" in file.meaning


def test_the_bytes_that_the_claim_of_size_names_are_all_there_are() -> None:
    claim = size_claim(counted())
    parts = [int(size.replace(",", "")) for size in re.findall(r"- \*\*([0-9,]+) ", claim.meaning)]
    assert sum(parts) == counted().stored_bytes
    gaps = 130 * 16 - 9_100 // 8  # each of 130 neurons has 70 weights in two words of 8 bytes
    assert parts[-1] == pytest.approx(gaps, abs=1)


def test_speed_before_and_after_measuring() -> None:
    before = speed_claim(counted())
    assert ratios(before, "formula")["hidden1 here"] == pytest.approx(64 * 70 / 134)
    assert not ratios(before, "measured")
    after = speed_claim(counted(), kernel(), whole())
    measured = ratios(after, "measured")
    assert set(RIVALS.values()) < measured.keys()
    roofline = kernel().ceilings.binary_over_float32
    assert measured.get("signs against float32") == roofline
    results = {(each.opponent, each.workload): each for each in whole().results}
    for batch in ("1 example", "5 examples"):
        torch, ours = (results[name, batch].best_seconds for name in ("torch", "packed"))
        assert measured[f"torch, {batch}"] == pytest.approx(torch / ours)
    assert before.answer.label == "hidden1 here"
    assert speed_claim(counted(), kernel()).answer.ratio == min(
        each.ratio or 0 for each in kernel().results[1:]
    )
    assert after.answer.label == "torch, 5 examples"
    assert "what in it is not binary takes as long as before" in after.meaning


def raced(*ratios: float) -> Benchmark:
    """What `whole` would be if torch had been so many times slower, one example at a time and five at once."""
    theirs = [each for each in whole().results if each.opponent == "torch"]
    results = [replace(each, ratio=ratio) for each, ratio in zip(theirs, ratios, strict=True)]
    return replace(whole(), results=tuple(results))


def test_a_network_that_is_slower_than_others_is_said_to_be() -> None:
    assert where_slower(raced(2.0, 3.0)) == ""
    alone, many = where_slower(raced(0.5, 3.0)), where_slower(raced(2.0, 0.8))
    assert "**The packed network is slower than torch (1 example: 2 times as long).**" in alone
    assert "from Python" in alone
    assert "not binary" not in alone
    assert "torch (5 examples: 1.2 times as long)" in many
    assert "not binary" in many
    assert "from Python" not in many
    assert alone in speed_claim(counted(), network=raced(0.5, 3.0)).meaning


@pytest.mark.parametrize("preset", ENERGY_PRESETS)
def test_energy_is_called_a_model(preset: str) -> None:
    claim = energy_claim(counted(), preset)
    assert {value.basis for value in claim.values} == {"model"}
    assert claim.meaning.startswith("A model, right to an order of magnitude at best; nothing was measured.")
    assert ENERGY_PRESETS[preset].text in claim.meaning
    above = max(value.ratio for value in claim.values) > 1000
    assert ("So one product of signs takes" in claim.meaning) == above, "never without a comment"


@pytest.mark.parametrize(
    ("widths", "says"),
    [
        ((8, 8), "both fit into 32 KB on a chip, so nothing"),
        ((32, 300), "packed, and only then, it fits"),
        ((512, 8), "neither fits into 32 KB"),
    ],
)
def test_energy_says_what_fits_on_the_chip(widths: tuple[int, ...], says: str) -> None:
    model = network("mlp", widths=widths, last_layer="binary")
    assert says in energy_claim(summary(PackedModel.from_module(model, (1, 12, 12))), "moved").meaning


def test_claims_are_plain_values() -> None:
    document = speed_claim(counted(), kernel()).to_dict()
    assert document["claimed"] == 58
    assert document["values"][0]["basis"] == "formula"


def test_all_answers_of_a_network_are_held_against_the_modules() -> None:
    assert all(each.exact for each in whole().results)
    assert whole().subject == "network"
    *nodes, last = packed().nodes
    assert isinstance(last.op, DenseOnSigns)
    bias = np.arange(10, dtype=np.float32) * 100
    broken = replace(packed(), nodes=(*nodes, replace(last, op=replace(last.op, bias=bias))))
    images = pixels(5)
    (ours,) = network_benchmark(
        broken, MODEL, images, numbers(images).numpy(), (5,), 0.01, ["packed"]
    ).results
    assert not ours.exact


def test_a_batch_larger_than_the_examples_is_refused() -> None:
    images = pixels(5)
    with pytest.raises(ValueError, match=r"a batch must be in 1..5, the number of examples, got 6"):
        network_benchmark(packed(), MODEL, images, numbers(images).numpy(), (6,))


def test_each_formula_stands_there_in_this_networks_numbers_too() -> None:
    packed = counted()
    size = size_claim(packed)
    assert size.formula_here.endswith(f"= {size.answer.ratio:.3g}")
    assert f"{packed.float32_bytes:,}".replace(",", "{,}") in size.formula_here
    deepest = max(layer.depth for layer in packed.layers if layer.macs.bit_bit)
    assert speed_claim(packed).formula_here.endswith(f"= {op_count_speedup(deepest):.3g}")
    energy = energy_claim(packed, next(iter(ENERGY_PRESETS)))
    assert energy.formula_here.endswith(f"= {energy.answer.ratio:.3g}")
