"""The three claims of the lecture, each beside what is true of one network on this computer.

What a claim counts is stated in its formula; what a user gets is measured. They differ, and the difference is the
lesson: a network is more than its binary weights, and a CPU multiplies floats many at a time too.
"""

from __future__ import annotations

from math import ceil

from bnnlab.bench.compare import Progress
from bnnlab.bench.gemm import gemm_benchmark
from bnnlab.bench.product import GemmShape
from bnnlab.bits import kernels
from bnnlab.deploy.energy import SRAM_BYTES, energy_per_mac, estimate_energy
from bnnlab.records import (
    Benchmark,
    BenchmarkResult,
    Claim,
    ClaimValue,
    EnergyEstimate,
    NetworkSummary,
)
from bnnlab.records.profile import time_text

CLAIM_SHAPE = GemmShape(14 * 14, 256 * 3 * 3, 256)
"""A layer of the kind that the claim of speed is about: 256 filters of 3 x 3 on 256 channels of 14 x 14 pixels."""

CLAIM_SECONDS = 2.0
RIVALS = {
    "naive-c-scalar": "one float at a time in C",
    "naive-c": "several floats at a time in C",
    "numpy": "float32 in NumPy (BLAS)",
    "torch": "float32 in torch",
}
"""Opponents in `bnnlab.bench` that compute with floats, and what a reader calls them."""

COUNTED = "Operations, counted by the formula"
INSTRUCTIONS = "Measured: the instructions alone"
KERNEL = "Measured: the kernel on one layer, against"
NETWORK = "Measured: this whole network, against"
MODELLED = "By the model"

ONE = "batch of 1"


def op_count_speedup(depth: int) -> float:
    """How many times fewer operations a product of signs needs than one of floats: a count, not a speed.

    One instruction multiplies 64 signs, and each output needs one more operation to scale it:
    ``S = c N / (c N / 64 + 1) = 64 c N / (c N + 64)``.

    Args:
        depth: c N, products in each output: channels times the taps of a filter.

    Source: Rastegari et al., XNOR-Net, ECCV 2016, section 4.1: 62.27 for 256 channels of 3 x 3, 57.6 for 64.

    Raises:
        ValueError: If `depth` is below 1.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}")
    return 64 * depth / (depth + 64)


def kernel_benchmark(seconds: float = CLAIM_SECONDS, progress: Progress | None = None) -> Benchmark:
    """Time the fastest binary kernel, the lecture's, and float products, on one layer: `CLAIM_SHAPE`.

    Raises:
        ValueError: If `seconds` is not above 0.
    """
    return gemm_benchmark([CLAIM_SHAPE], seconds, [kernels()[0], "lecture", *RIVALS], progress)


def size_claim(packed: NetworkSummary, file_bytes: int | None = None) -> Claim:
    """Is the network 32 times smaller?

    Args:
        packed: Summary of the packed network.
        file_bytes: Of the packed network's file, or None where it was not written.
    """
    kept = packed.stored_bytes if file_bytes is None else file_bytes
    what = "arrays" if file_bytes is None else "file"
    sizes = f"{packed.float32_bytes:,} bytes in float32, {kept:,} in the packed {what}"
    return Claim(
        name="size",
        statement="32× smaller",
        claimed=32.0,
        formula=r"\frac{32\ \text{bits}}{1\ \text{bit}} = 32",
        formula_text="A weight in float32 takes 32 bits, a sign takes 1.",
        source="Rastegari et al., XNOR-Net, ECCV 2016, abstract",
        values=(
            ClaimValue("one weight", 32.0, "formula", "32 bits against 1", "Bits, counted by the formula"),
            ClaimValue(
                f"the {what} of this network", packed.float32_bytes / kept, "measured", sizes, "Measured"
            ),
        ),
        meaning=(
            f"{_parts(packed, kept, what)} Only the signs became smaller, so the larger the binary layers, the "
            "closer the whole comes to 32. For comparison: the binary LeNet that BMXNet published, a file of "
            "206,511 bytes, comes to 22."
        ),
    )


def _parts(packed: NetworkSummary, kept: int, what: str) -> str:
    """What the packed bytes are, by the counts of the summary."""
    parts = (
        (ceil(packed.binary_weights / 8), f"{packed.binary_weights:,} signs, 8 in a byte"),
        (4 * packed.float_values, f"{packed.float_values:,} numbers that stay float32, 4 bytes each"),
        (5 * packed.thresholds, f"{packed.thresholds:,} thresholds, 5 bytes each: a number and a direction"),
    )
    rest = kept - sum(size for size, _ in parts)
    gaps = "unused ends of 64-bit words"
    said = [
        *(f"{size:,} ({size / kept:.0%}) are {text}" for size, text in parts if size),
        f"{rest:,} are " + (gaps if what == "arrays" else f"names, shapes, checksums and {gaps}"),
    ]
    return f"Of the {kept:,} bytes of the packed {what}, " + "; ".join(said) + "."


def speed_claim(
    packed: NetworkSummary, kernel: Benchmark | None = None, network: Benchmark | None = None
) -> Claim:
    """Is it 58 times faster?

    Args:
        packed: Summary of the packed network.
        kernel: From `kernel_benchmark`, or None where nothing was measured yet.
        network: From `network_benchmark`, or None.
    """
    return Claim(
        name="speed",
        statement="58× faster on a CPU",
        claimed=58.0,
        formula=r"S = \frac{c\,N_W}{c\,N_W / 64 + 1}",
        formula_text=(
            "Each output is a sum of $c\\,N_W$ products: $c$ channels, $N_W$ weights of a filter in each. With "
            "floats that is one operation for each product; with signs, one for 64 products, and one more to "
            "scale the sum."
        ),
        source=(
            "Rastegari et al., XNOR-Net, ECCV 2016, section 4.1; in Communications of the ACM 12/2020 the "
            "authors say that 58 is a count of operations"
        ),
        values=(*_counted(packed), *_kernel_values(kernel), *_network_values(network)),
        meaning=_meaning_of_speed(kernel, network),
    )


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
        statement="up to 1000× less energy",
        claimed=1000.0,
        formula=r"E = \sum_{\text{products}} e_{\text{op}} + \text{bits} \cdot e_{\text{bit}}",
        formula_text=(
            "Each product with its addition costs $e_{\\text{op}}$, by its precision. Each bit of the "
            "parameters is read once for each example, for $e_{\\text{bit}}$; the unused ends of words are not "
            "read."
        ),
        source=(
            "we found no measurement behind the number 1000. Constants of the model: Horowitz, ISSCC 2014, and "
            "Han et al., NeurIPS 2015 (45 nm); Al Bahou et al., XNORBIN, 2018 (65 nm)"
        ),
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
            f"{one.preset.text} {_about_1000(one)} {_fit(packed)}"
        ),
    )


def _counted(packed: NetworkSummary) -> list[ClaimValue]:
    depths = {f"{channels} channels of 3 × 3": 9 * channels for channels in (256, 64)}
    own = [layer for layer in packed.layers if layer.macs.bit_bit]
    for depth in dict.fromkeys(layer.depth for layer in own):
        names = [layer.name for layer in own if layer.depth == depth]
        depths[(" and ".join(names) if len(names) < 3 else f"{len(names)} layers") + " here"] = depth
    return [
        ClaimValue(what, op_count_speedup(depth), "formula", f"{depth:,} products in each output", COUNTED)
        for what, depth in depths.items()
    ]


def _kernel_values(kernel: Benchmark | None) -> list[ClaimValue]:
    if kernel is None:
        return []
    values = []
    if allowed := kernel.ceilings.binary_over_float32:
        text = "xor, popcount and add against float32 multiply-and-add, in loops of nothing else"
        values.append(ClaimValue("signs against float32", allowed, "measured", text, INSTRUCTIONS))
    return values + [
        ClaimValue(RIVALS[each.opponent], each.ratio, "measured", _times(each), KERNEL)
        for each in sorted(kernel.results, key=lambda each: -(each.ratio or 0))
        if each.opponent in RIVALS and each.ratio
    ]


def _network_values(network: Benchmark | None) -> list[ClaimValue]:
    if network is None:
        return []
    return [
        ClaimValue(f"{each.opponent}, {each.workload}", each.ratio, "measured", _times(each), NETWORK)
        for each in network.results
        if each.opponent != "packed" and each.ratio
    ]


def _times(result: BenchmarkResult) -> str:
    assert result.ratio is not None
    theirs = result.best_seconds / result.part
    return f"{time_text(theirs / result.ratio)} instead of {time_text(theirs)}"


def _meaning_of_speed(kernel: Benchmark | None, network: Benchmark | None) -> str:
    paragraphs = [
        "58 counts operations; it is not a speed. It takes 64 products of signs for one operation, and one product "
        "of floats for one operation too. But a CPU multiplies many floats with one instruction as well, so the "
        "speed depends on what one compares with."
    ]
    of = {each.opponent: each.ratio for each in kernel.results} if kernel else {}
    if (loop := of.get("naive-c-scalar")) and (blas := of.get("numpy")):
        paragraphs.append(
            f"Here, on one layer, the binary kernel is {loop:,.0f} times as fast as a loop over single floats, but "
            f"{blas:,.0f} times as fast as NumPy's product, which is what float networks use."
        )
    if kernel and (allowed := kernel.ceilings.binary_over_float32):
        paragraphs.append(
            f"This CPU's instructions by themselves allow {allowed:.0f} times. What exceeds that comes from memory: "
            "signs take 32 times less of it."
        )
    if network and (said := [text for each in ("torch", "onnxruntime") if (text := _against(network, each))]):
        paragraphs.append(
            f"The whole network is {', and '.join(said)}: what in it is not binary takes as long as before, so it "
            "gains less than its kernel."
        )
        paragraphs += [where_slower(network)] if where_slower(network) else []
    return "\n\n".join(paragraphs)


def where_slower(network: Benchmark) -> str:
    """Which opponents a packed network is slower than, and why; nothing if it is the fastest everywhere."""
    slower = [each for each in network.results if each.ratio and each.ratio < 1]
    if not slower:
        return ""
    where = " and ".join(
        f"{each.opponent} ({each.workload}: {1 / (each.ratio or 1):.2g} times as long)" for each in slower
    )
    why = ""
    if any(each.workload == ONE for each in slower):
        why += (
            " One example alone leaves little to multiply. Much of the time goes into what every operation takes, "
            "however small it is: its call from Python, and memory for its result. onnxruntime runs them all in one "
            "call."
        )
    if any(each.workload != ONE for each in slower):
        why += " With many at once, the layers that are not binary take most of the time, and gain nothing."
    return f"**The packed network is slower than {where}.**{why}"


def _against(network: Benchmark, opponent: str) -> str:
    """How many times as fast as an opponent, over all batches, or nothing if it did not run."""
    ratios = sorted(each.ratio for each in network.results if each.opponent == opponent and each.ratio)
    if not ratios:
        return ""
    span = " to ".join(dict.fromkeys(f"{ratio:.2g}" for ratio in (ratios[0], ratios[-1])))
    return f"{span} times as fast as in {opponent}"


def _about_1000(one: EnergyEstimate) -> str:
    """Why a product of signs takes 1000 times less energy under these assumptions, or why it does not."""
    away, near = one.preset.float_memory, one.preset.binary_memory
    if one.ratio < 1000 or away is None or near is None:
        return "1000 is reached only where binarising moves the weights from DRAM onto the chip."
    return (
        f"That is why it comes to more than 1000: reading 32 bits takes {away.picojoules:.0f} pJ from DRAM, and "
        f"reading one bit {near.picojoules_per_bit:.2g} pJ on the chip, "
        f"{away.picojoules / near.picojoules_per_bit:,.0f} times less. The model also takes each weight to be used "
        "once after it is read, and leaves out what both networks need alike: to read and write the inputs of each "
        "layer, control, clocks and leakage. A real chip gains less."
    )


def _fit(packed: NetworkSummary) -> str:
    sizes = f"This network takes {packed.float32_bytes:,} bytes in float32 and {packed.stored_bytes:,} packed"
    if packed.float32_bytes <= SRAM_BYTES:
        return f"{sizes}: both fit into 32 KB on a chip, so nothing would have to move."
    if packed.stored_bytes <= SRAM_BYTES:
        return f"{sizes}: packed, and only then, it fits into 32 KB on a chip."
    return f"{sizes}: neither fits into 32 KB on a chip."
