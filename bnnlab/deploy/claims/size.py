"""Is a network 32 times smaller?"""

from __future__ import annotations

from math import ceil

from bnnlab.deploy.claims.headlines import SMALLER
from bnnlab.records import Claim, ClaimValue, NetworkSummary
from bnnlab.records.claims import latex_number


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
        statement=SMALLER.statement,
        claimed=SMALLER.claimed,
        formula=r"\frac{32\ \text{bits}}{1\ \text{bit}} = 32",
        formula_text="A weight in float32 takes 32 bits, a sign takes 1. Below: the bytes of this network.",
        formula_here=(
            rf"\frac{{{latex_number(packed.float32_bytes)}\ \text{{bytes}}}}"
            rf"{{{latex_number(kept)}\ \text{{bytes}}}} = {packed.float32_bytes / kept:.3g}"
        ),
        source=SMALLER.source,
        values=(
            ClaimValue("one weight", 32.0, "formula", "32 bits against 1", "Bits, counted by the formula"),
            ClaimValue(
                f"the {what} of this network", packed.float32_bytes / kept, "measured", sizes, "Measured"
            ),
        ),
        meaning=(
            f"{_parts(packed, kept, what)}\n\nOnly the signs became smaller. Larger binary layers come closer to 32: "
            "BMXNet's binary LeNet, a file of 206,511 bytes, comes to 22."
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
    others = gaps if what == "arrays" else f"names, shapes, checksums and {gaps}"
    said = [(size, text) for size, text in (*parts, (rest, others)) if size]
    return f"The {kept:,} bytes of the packed {what} are\n\n" + "\n".join(
        f"- **{size:,} ({size / kept:.0%}):** {text}" for size, text in said
    )
