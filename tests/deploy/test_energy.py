"""The energy model gives the ratios that its constants imply, and says what it is made of."""

import pytest

from bnnlab.deploy import summary
from bnnlab.deploy.energy import ENERGY_CONSTANTS, ENERGY_PRESETS, energy_per_mac, estimate_energy

from .networks import network


@pytest.mark.parametrize(
    ("preset", "floats", "binary", "ratio"),
    [
        ("arithmetic", 4.6, 0.021, 220),
        ("sram", 9.6, 0.177, 54),
        ("dram", 644.6, 20.0, 32),
        ("moved", 644.6, 0.177, 3600),
    ],
)
def test_a_single_multiplication(preset: str, floats: float, binary: float, ratio: float) -> None:
    estimate = energy_per_mac(preset)
    assert estimate.float_total == pytest.approx(floats, rel=0.01)
    assert estimate.binary_total == pytest.approx(binary, rel=0.01)
    assert estimate.ratio == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize("preset", ENERGY_PRESETS)
def test_a_network_is_bounded_by_its_parts(preset: str) -> None:
    counted = summary(network("mlp", widths=(70, 130)), (1, 12, 12))
    estimate = estimate_energy(counted, preset)
    floats = counted.macs.float_float
    assert estimate.binary_arithmetic >= 4.6 * floats, "a float layer costs what it costs"
    assert estimate.float_arithmetic == pytest.approx(4.6 * counted.macs.total)
    if estimate.preset.float_memory:
        per_bit = estimate.preset.float_memory.picojoules / 32
        assert estimate.float_memory == pytest.approx(per_bit * 8 * counted.float32_bytes)
    assert 1 < estimate.ratio < energy_per_mac(preset).ratio
    assert estimate.to_dict()["ratio"] == estimate.ratio


def test_memory_says_its_width_and_all_constants_their_source() -> None:
    assert {constant.bits for constant in ENERGY_CONSTANTS} == {None, 32}
    assert all(constant.source and constant.node for constant in ENERGY_CONSTANTS)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ValueError, match="preset must be one of arithmetic, sram, dram, moved; got 'magic'"):
        energy_per_mac("magic")
