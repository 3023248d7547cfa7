"""How much less energy a binary network might need: a model of published constants, and no measurement.

Energy is that of the multiply-accumulate operations and of reading each parameter once. It leaves out everything
else a chip does: activations that are written and read, control, clocks, leakage. And its constants come from chips
of different technology, so it is right to an order of magnitude at best.

    fp32:    0.9 + 3.7 pJ a MAC             (45 nm)
    binary:  2 operations of 10.5 fJ a MAC  (65 nm, 95 TOp/s/W)
    memory:  per 32 bits, 5 pJ from 32 KB of SRAM, 640 pJ from DRAM  (45 nm)

Horowitz gives memory per access of 64 bits (32 KB of SRAM 20 pJ, DRAM 1300 to 2600 pJ); Han et al. restate it per 32
bits, and these are the figures used here. The two must not be mixed, so every constant carries its access width.
What a whole system draws at the wall is another thing again, and is never compared with these.
"""

from __future__ import annotations

from bnnlab.records import EnergyConstant, EnergyEstimate, EnergyPreset, Macs, NetworkSummary

HOROWITZ = "Horowitz, Computing's energy problem, ISSCC 2014"
HAN = "Han et al., Learning both weights and connections for efficient neural networks, NeurIPS 2015"
XNORBIN = "Al Bahou et al., XNORBIN, COOL CHIPS 2018: 95 TOp/s/W"
NM45, NM65 = "45 nm, 0.9 V", "65 nm, 0.8 V"

FLOAT_ADD = EnergyConstant("float32 addition", 0.9, None, NM45, HOROWITZ)
FLOAT_MULTIPLY = EnergyConstant("float32 multiplication", 3.7, None, NM45, HOROWITZ)
INT_ADD = EnergyConstant("int32 addition", 0.1, None, NM45, HOROWITZ)
BINARY_OPERATION = EnergyConstant("binary operation", 1 / 95, None, NM65, XNORBIN)
SRAM = EnergyConstant("32 KB of SRAM", 5.0, 32, NM45, HAN)
DRAM = EnergyConstant("DRAM", 640.0, 32, NM45, HAN)

ENERGY_CONSTANTS = (FLOAT_ADD, FLOAT_MULTIPLY, INT_ADD, BINARY_OPERATION, SRAM, DRAM)
SRAM_BYTES = 32 << 10

ENERGY_PRESETS: dict[str, EnergyPreset] = {
    preset.name: preset
    for preset in (
        EnergyPreset("arithmetic", "arithmetic only", None, None, "Memory costs nothing: only operations count."),
        EnergyPreset("sram", "both on chip", SRAM, SRAM, "Both networks are read from 32 KB of SRAM on the chip."),
        EnergyPreset("dram", "both in DRAM", DRAM, DRAM, "Both networks are read from DRAM beside the chip."),
        EnergyPreset(
            "moved",
            "float in DRAM, binary on chip",
            DRAM,
            SRAM,
            "The float32 network is too large for the chip and is read from DRAM; the packed one fits.",
        ),
    )
}  # fmt: skip

FLOAT_MAC = FLOAT_ADD.picojoules + FLOAT_MULTIPLY.picojoules
MAC_PICOJOULES = {
    "bit_bit": 2 * BINARY_OPERATION.picojoules,  # an operation is half a MAC
    "byte_bit": INT_ADD.picojoules,  # a sign only chooses between adding and subtracting
    "float_bit": FLOAT_ADD.picojoules,
    "float_float": FLOAT_MAC,
}
"""Energy of a MAC of each precision, by the fields of `Macs`."""


def energy_per_mac(preset: str) -> EnergyEstimate:
    """One multiplication with a weight that is used for it alone, as in a dense layer.

    Args:
        preset: Name in `ENERGY_PRESETS`.

    Raises:
        ValueError: If there is no such preset.
    """
    return _estimate(preset, Macs(bit_bit=1), float_bits=32, binary_bits=1)


def estimate_energy(summary: NetworkSummary, preset: str) -> EnergyEstimate:
    """One example through a whole network, each of its parameters read once.

    Args:
        summary: Of the network; its float32 counterpart does the same multiplications and has the same weights.
        preset: Name in `ENERGY_PRESETS`.

    Raises:
        ValueError: If there is no such preset.
    """
    return _estimate(preset, summary.macs, 8 * summary.float32_bytes, 8 * summary.nbytes)


def _estimate(preset: str, macs: Macs, float_bits: int, binary_bits: int) -> EnergyEstimate:
    if preset not in ENERGY_PRESETS:
        raise ValueError(f"preset must be one of {', '.join(ENERGY_PRESETS)}; got {preset!r}")
    chosen = ENERGY_PRESETS[preset]
    return EnergyEstimate(
        preset=chosen,
        float_arithmetic=macs.total * FLOAT_MAC,
        float_memory=_reading(chosen.float_memory, float_bits),
        binary_arithmetic=sum(getattr(macs, kind) * each for kind, each in MAC_PICOJOULES.items()),
        binary_memory=_reading(chosen.binary_memory, binary_bits),
    )


def _reading(memory: EnergyConstant | None, bits: int) -> float:
    return 0.0 if memory is None else memory.picojoules_per_bit * bits
