"""Does a network take up to 1000 times less energy?"""

from __future__ import annotations

from bnnlab.deploy.claims.headlines import THRIFTIER
from bnnlab.deploy.energy import SRAM, SRAM_BYTES, energy_per_mac, estimate_energy
from bnnlab.records import Claim, ClaimValue, EnergyEstimate, EnergyPreset, NetworkSummary

MODELLED = "By the model"


def energy_claim(packed: NetworkSummary, preset: str) -> Claim:
    """Does it take up to 1000 times less energy?

    Args:
        packed: Summary of the packed network.
        preset: Name in `ENERGY_PRESETS`.

    Raises:
        ValueError: If there is no such preset.
    """
    one, network = energy_per_mac(preset), estimate_energy(packed, preset)
    return Claim(
        name="energy",
        statement=THRIFTIER.statement,
        claimed=THRIFTIER.claimed,
        formula=r"E = \sum_{\text{products}} e_{\text{op}} + \text{bits} \cdot e_{\text{bit}}",
        formula_text=(
            "A product with its addition costs $e_{\\text{op}}$, by its precision. Each bit of the weights and "
            "thresholds is read once an example, for $e_{\\text{bit}}$."
        ),
        formula_here=(
            rf"\frac{{{network.float_total / 1e6:.3g}\ \mu\text{{J in float32}}}}"
            rf"{{{network.binary_total / 1e6:.3g}\ \mu\text{{J as it is}}}} = {network.ratio:.3g}"
        ),
        source=THRIFTIER.source,
        values=(
            ClaimValue(
                "one product",
                one.ratio,
                "model",
                f"{one.float_total:.3g} pJ in float32, {one.binary_total:.3g} pJ of signs",
                MODELLED,
            ),
            ClaimValue(
                "this network, one example",
                network.ratio,
                "model",
                f"{network.float_total / 1e6:.3g} µJ in float32, {network.binary_total / 1e6:.3g} µJ as it is",
                MODELLED,
            ),
        ),
        meaning=(
            f"A model, right to an order of magnitude at best; nothing was measured. **Assumed:** "
            f"{one.preset.text} {_about_1000(one, network)} {_fit(packed, one.preset)}"
        ),
    )


def _about_1000(one: EnergyEstimate, network: EnergyEstimate) -> str:
    """Why a product of signs takes 1000 times less energy under these assumptions, or why it does not."""
    away, near = one.preset.float_memory, one.preset.binary_memory
    if one.ratio < 1000 or away is None or near is None:
        return "1000 is reached only where binarising moves the weights from DRAM onto the chip."
    less = (
        ""
        if network.ratio >= 1000
        else f" This network comes to {network.ratio:.3g} times only, since it keeps float32 numbers and thresholds."
    )
    return (
        f"So one product of signs takes {one.ratio:,.0f} times less energy: reading 32 bits takes "
        f"{away.picojoules:.0f} pJ from DRAM, and reading one bit {near.picojoules_per_bit:.2g} pJ on the chip, "
        f"{away.picojoules / near.picojoules_per_bit:,.0f} times less.{less} The model leaves out what both "
        "networks need alike: to read and write the inputs of each layer, control, clocks and leakage. So a real chip "
        "gains less. Each weight is taken to be used once after it is read."
    )


def _fit(packed: NetworkSummary, preset: EnergyPreset) -> str:
    sizes = (
        f"This network takes {packed.float32_bytes:,} bytes in float32 and {packed.stored_bytes:,} packed, without "
        "names and shapes"
    )
    if packed.float32_bytes <= SRAM_BYTES:
        return f"{sizes}: both fit into 32 KB on a chip, so nothing would have to move."
    if packed.stored_bytes <= SRAM_BYTES:
        return f"{sizes}: packed, and only then, it fits into 32 KB on a chip."
    holds = "" if preset.binary_memory is not SRAM else ", so what is assumed does not hold for it"
    return f"{sizes}: neither fits into 32 KB on a chip{holds}."
