"""The three claims of the lecture, each beside what is true of one network on this computer.

What a claim counts is stated in its formula; what a user gets is measured. They differ, and the difference is the
lesson: a network is more than its binary weights, and a CPU multiplies floats many at a time too.
"""

from __future__ import annotations

from bnnlab.bench.compare import Progress
from bnnlab.bench.gemm import gemm_benchmark
from bnnlab.bench.product import GemmShape
from bnnlab.bits import kernels
from bnnlab.deploy.energy import SRAM_BYTES, energy_per_mac, estimate_energy
from bnnlab.records import Benchmark, BenchmarkResult, Claim, ClaimValue, NetworkSummary
from bnnlab.records.profile import time_text

CLAIM_SHAPE = GemmShape(14 * 14, 256 * 3 * 3, 256)
"""A layer of the kind that the claim of speed is about: 256 filters of 3 x 3 on 256 channels of 14 x 14 pixels."""

CLAIM_SECONDS = 2.0
RIVALS = {
    "naive-c-scalar": "one float at a time in C",
    "naive-c": "several at a time in C",
    "numpy": "float32 in NumPy (BLAS)",
    "torch": "float32 in torch",
}
"""Opponents in `bnnlab.bench` that compute with floats, and what a reader calls them."""


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


def size_claim(packed: NetworkSummary, state_bytes: int, file_bytes: int | None = None) -> Claim:
    """Is the network 32 times smaller?

    Args:
        packed: Summary of the packed network.
        state_bytes: Of the trained module's float32 numbers: weights, biases, normalisations.
        file_bytes: Of the packed network's file, or None where it was not written.
    """
    kept = packed.stored_bytes if file_bytes is None else file_bytes
    what = "arrays" if file_bytes is None else "file, header included"
    sizes = f"{state_bytes:,} bytes of float32, {kept:,} packed ({what})"
    signs, floats, thresholds = packed.binary_weights // 8, 4 * packed.float_values, 4 * packed.thresholds
    return Claim(
        name="size",
        statement="32× smaller",
        claimed=32.0,
        formula=r"\frac{32\ \text{bits}}{1\ \text{bit}} = 32",
        formula_text="A weight in float32 takes 32 bits, a sign takes one.",
        source="Rastegari et al., XNOR-Net, ECCV 2016, abstract",
        values=(
            ClaimValue("one weight", 32.0, "formula", "32 bits against 1"),
            ClaimValue("this network", state_bytes / kept, "measured", sizes),
        ),
        meaning=(
            f"Of the {kept:,} packed bytes {signs:,} ({signs / kept:.0%}) are signs. Beside them a binary "
            f"network keeps {floats:,} bytes of float32 numbers (float layers, normalisations) and "
            f"{thresholds:,} of thresholds; the rest are the directions of these, words that are not full, "
            "names, shapes and checksums. The larger the binary layers, the closer to 32: BMXNet's binary "
            "LeNet, a file of 206,511 bytes, comes to 22."
        ),
    )


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
        formula=r"S = \frac{64\,c\,N_W}{c\,N_W + 64}",
        formula_text=(
            "Each output sums $c\\,N_W$ products: $c$ channels, $N_W$ taps of a filter. One operation does "
            "64 of them, and one more scales the sum."
        ),
        source=(
            "Rastegari et al., XNOR-Net, ECCV 2016, section 4.1; in Communications of the ACM 12/2020 the "
            "authors add that 58 counts operations of high precision"
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
            "Each product with its addition costs $e_{\\text{op}}$, by its precision; each bit of the "
            "parameters is read once, for $e_{\\text{bit}}$."
        ),
        source=(
            "We know of no measurement of just 1000. Constants: Horowitz, ISSCC 2014, and Han et al., "
            "NeurIPS 2015 (45 nm); Al Bahou et al., XNORBIN, 2018 (65 nm)"
        ),
        values=(
            ClaimValue(
                "one product",
                one.ratio,
                "model",
                f"{one.float_total:.3g} pJ in float32, {one.binary_total:.3g} pJ of signs",
            ),
            ClaimValue(
                "this network, one example",
                network.ratio,
                "model",
                f"{network.float_total / 1e6:.3g} µJ in float32, {network.binary_total / 1e6:.3g} µJ as it is",
            ),
        ),
        meaning=(
            f"A model, right to an order of magnitude at best; nothing was measured. {one.preset.text} 1000 "
            f"is reached only where binarising moves the weights from DRAM onto the chip. {_fit(packed)}"
        ),
    )


def _counted(packed: NetworkSummary) -> list[ClaimValue]:
    depths = {f"{channels} channels of 3 × 3": 9 * channels for channels in (256, 64)}
    own = [layer for layer in packed.layers if layer.macs.bit_bit]
    for depth in dict.fromkeys(layer.depth for layer in own):
        names = [layer.name for layer in own if layer.depth == depth]
        depths[names[0] + (f" and {len(names) - 1} more here" if len(names) > 1 else " here")] = depth
    return [
        ClaimValue(what, op_count_speedup(depth), "formula", f"{depth:,} products in each output")
        for what, depth in depths.items()
    ]


def _kernel_values(kernel: Benchmark | None) -> list[ClaimValue]:
    if kernel is None:
        return []
    values = [
        ClaimValue(f"kernel, against {RIVALS[each.opponent]}", each.ratio, "measured", _times(each))
        for each in sorted(kernel.results, key=lambda each: -(each.ratio or 0))
        if each.opponent in RIVALS and each.ratio
    ]
    if kernel.ceilings.binary_over_float32 is not None:
        text = "xor, popcount and add against float32 multiply-and-add, in loops of nothing else"
        allowed = kernel.ceilings.binary_over_float32
        values.append(ClaimValue("most that this CPU's instructions allow", allowed, "measured", text))
    return values


def _network_values(network: Benchmark | None) -> list[ClaimValue]:
    if network is None:
        return []
    return [
        ClaimValue(f"network, against {each.opponent}, {each.workload}", each.ratio, "measured", _times(each))
        for each in network.results
        if each.opponent != "packed" and each.ratio
    ]


def _times(result: BenchmarkResult) -> str:
    assert result.ratio is not None
    theirs = result.best_seconds / result.part
    return f"{time_text(theirs / result.ratio)} instead of {time_text(theirs)}"


def _meaning_of_speed(kernel: Benchmark | None, network: Benchmark | None) -> str:
    sentences = [
        "58 is no speed but a ratio of operations: one instruction multiplies 64 signs, and a float product "
        "is taken to be one operation. But a CPU multiplies many floats at once too, so it depends on the "
        "opponent."
    ]
    of = {each.opponent: each.ratio for each in kernel.results} if kernel else {}
    if (loop := of.get("naive-c-scalar")) and (blas := of.get("numpy")):
        sentences.append(
            f"Here, the binary kernel is {loop:,.0f} times as fast as a plain loop over floats, and "
            f"{blas:,.0f} times as fast as the product that float networks really use."
        )
    if kernel and (allowed := kernel.ceilings.binary_over_float32):
        sentences.append(
            f"The instructions alone allow {allowed:.0f} times; more than that comes from memory, of which "
            "signs need less."
        )
    against = [_against(network, opponent) for opponent in ("torch", "onnxruntime")]
    if network and (said := [each for each in against if each]):
        sentences.append(
            f"The whole network is {', and '.join(said)}: what in it is not binary takes as long as before, and "
            "small layers leave a kernel little to do."
        )
    return " ".join(sentences)


def _against(network: Benchmark | None, opponent: str) -> str:
    """How many times as fast as an opponent, over all batches, or nothing if it did not run."""
    ratios = (
        [each.ratio for each in network.results if each.opponent == opponent and each.ratio]
        if network
        else []
    )
    if not ratios:
        return ""
    span = " to ".join(dict.fromkeys(f"{ratio:.1f}" for ratio in sorted((min(ratios), max(ratios)))))
    return f"{span} times as fast as in {opponent}"


def _fit(packed: NetworkSummary) -> str:
    sizes = (
        f"{packed.float32_bytes:,} bytes in float32 (without normalisations, which fold into thresholds) and "
        f"{packed.nbytes:,} packed"
    )
    if packed.float32_bytes <= SRAM_BYTES:
        return f"This network takes {sizes}: both fit into 32 KB, so nothing would have to move."
    if packed.nbytes <= SRAM_BYTES:
        return f"This network takes {sizes}: packed, and only then, it fits into 32 KB."
    return f"This network takes {sizes}: neither fits into 32 KB."
