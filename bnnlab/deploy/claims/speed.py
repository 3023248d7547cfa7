"""Is a network 58 times faster?"""

from __future__ import annotations

from bnnlab.bench.compare import Progress
from bnnlab.bench.gemm import gemm_benchmark
from bnnlab.bench.product import GemmShape
from bnnlab.bits import kernels
from bnnlab.deploy.claims.headlines import FASTER
from bnnlab.records import Benchmark, BenchmarkResult, Claim, ClaimValue, NetworkSummary
from bnnlab.records.claims import latex_number
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

ONE = "1 example"


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
        statement=FASTER.statement,
        claimed=FASTER.claimed,
        formula=r"S = \frac{c\,N_W}{c\,N_W / 64 + 1}",
        formula_text=(
            "Each output sums $c\\,N_W$ products: $c$ channels, $N_W$ weights of a filter in each. One operation does "
            "one product of floats or 64 of signs. One more scales the sum of signs."
        ),
        formula_here=_counted_here(packed),
        source=FASTER.source,
        values=(*_counted(packed), *_kernel_values(kernel), *_network_values(network)),
        meaning=_meaning_of_speed(kernel, network),
    )


def _counted_here(packed: NetworkSummary) -> str:
    """The formula with the depth of the layer that gains most; with the paper's where no layer counts bits."""
    depth = max((layer.depth for layer in packed.layers if layer.macs.bit_bit), default=9 * 256)
    number = latex_number(depth)
    return rf"\frac{{{number}}}{{{number} / 64 + 1}} = {op_count_speedup(depth):.3g}"


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
        "58 counts operations; it is not a speed. A CPU multiplies many floats with one instruction, too. So the "
        "speed depends on what one compares with."
    ]
    of = {each.opponent: each.ratio for each in kernel.results} if kernel else {}
    if (loop := of.get("naive-c-scalar")) and (blas := of.get("numpy")):
        paragraphs.append(
            f"Here, on one layer, the binary kernel is {loop:,.0f} times as fast as a loop over single floats, but "
            f"only {blas:,.0f} times as fast as NumPy's product, which is what float networks use."
        )
    if kernel and (allowed := kernel.ceilings.binary_over_float32):
        paragraphs.append(
            f"This CPU's instructions by themselves allow {allowed:.0f} times. What exceeds that has other reasons: "
            "loops of single floats use a small part of what the CPU can do, and signs take 32 times less memory."
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
