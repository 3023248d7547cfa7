"""What the kernel picture shows: a kernel's C source beside the machine code that runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bnnlab.bits.disassembly import Instruction, extent
from bnnlab.bits.listing import Listing
from bnnlab.widgets.encoding import identity
from bnnlab.widgets.shared.machine_code import encode_instructions, encode_listing, explain, products, reading

SLIDE = (
    ("9e9630", "mov", "%r8, %rax", None),
    ("9e9633", "xor", "(%r9,%rcx,8), %rax", "xor"),
    ("9e963b", "not", "%rax", "not"),
    ("9e963e", "popcnt", "%rax, %rax", "count"),
)
"""The lecture's listing: address, name, operands, role."""

_NO_NOT = (
    "There is no not: where the slide counts agreements, this loop counts differences, and the dot product is "
    "K − 2·differences."
)

COMPARED = {
    "scalar": f"{_NO_NOT} It works on several rows and columns at a time, so that each word it fetches is used more "
    "than once.",
    "avx512vpopcntdq": f"The slide's instructions in a wider form: 16 columns in one register. {_NO_NOT}",
    "avx2": "AVX2 has no instruction that counts bits, so the loop looks the counts up in a table: for 4 bits of a "
    "row, it holds the number of differences to each value that 4 bits of a column can have. One look-up is the xor "
    f"and the count in one. {_NO_NOT}",
    "neon": f"The count is made for each byte by itself, many columns at once. {_NO_NOT}",
}
"""How a kernel's loop differs from the slide's, which is the kernel "lecture"."""


def encode(
    kernel: str,
    listing: Listing,
    instructions: Sequence[Instruction],
    *,
    anywhere: Sequence[Instruction] = (),
    marked: str | None = None,
) -> dict[str, Any]:
    """A kernel as plain values for ``kernel.js``.

    Args:
        kernel: Its name.
        listing: Its innermost loop in C.
        instructions: What `bnnlab.disassemble` returned for it; empty where that is not possible.
        anywhere: The lecture's loop as it is compiled for every CPU, to be compared with; empty for none.
        marked: Name of an instruction: the first of that name in the loop is framed. Any other text frames none.

    Raises:
        ValueError: If instructions do not stand in the order of their addresses.
    """
    shown: dict[str, Any] = {
        "kernel": kernel,
        "source": encode_listing(listing),
        "code": encode_instructions(instructions),
        "marked": next(
            (at for at, one in enumerate(instructions) if one.in_loop and one.mnemonic == marked), -1
        ),
        "place": extent(instructions) if instructions else "",
        "reading": reading(instructions),
        "summary": _summary(instructions),
        "compared": _compared(kernel, instructions),
        "meanings": explain(instructions),
        "slide": [dict(zip(("offset", "mnemonic", "operands", "role"), line, strict=True)) for line in SLIDE],
        "anywhere": [row for row in encode_instructions(anywhere) if row["in_loop"]],
        "anywhere_meanings": [entry for entry in explain(anywhere) if entry["role"] == "count"],
    }
    return {"id": identity(shown), **shown}


def _compared(kernel: str, instructions: Sequence[Instruction]) -> str:
    if kernel != "lecture" or not instructions:
        return COMPARED.get(kernel, "")
    names = [entry["mnemonic"] for entry in explain(instructions)]
    if names[:3] == ["xor", "not", "popcnt"]:
        return (
            "The loop above has the same three instructions in the same order. Which registers they use and how "
            "the words get there are each compiler's choice."
        )
    return f"For this CPU the compiler had other instructions to choose from: {', '.join(names)}."


def _summary(instructions: Sequence[Instruction]) -> str:
    loop = [one for one in instructions if one.in_loop]
    if not loop:
        return ""
    computing = explain(loop)
    counted = ", ".join(f"{entry['times']} {entry['mnemonic']}" for entry in computing)
    rest = len(loop) - sum(entry["times"] for entry in computing)
    return (
        f"One turn of the loop does {sum(map(products, loop)):,} multiplications and additions with {len(loop)} "
        f"instructions: {counted}, and {rest} that fetch, copy and move on."
    )
