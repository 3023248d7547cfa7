"""C lines and machine instructions as the pictures show them: which of them count, and what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bnnlab.bits.disassembly import Instruction, relative_operands
from bnnlab.bits.listing import Listing

Role = Literal["xor", "not", "count", "add"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an instruction does in a loop that counts bits.

    Attributes:
        role: Its part in ``sum += popcount(~(a ^ b))``.
        text: The same in one sentence, for people.
    """

    role: Role
    text: str


_LIBRARY = Meaning(
    "count",
    "Calls a library function, which counts the ones of the word with many ordinary instructions.",
)

MEANINGS = {
    "xor": Meaning("xor", "Compares two words, 64 products at once: a bit becomes 1 where they differ."),
    "not": Meaning("not", "Turns all 64 bits round: now a bit is 1 where the words agree."),
    "popcnt": Meaning("count", "Counts the ones of a word."),
    "call": _LIBRARY,
    "add": Meaning("add", "Adds the count to the sum of its output."),
    "vpxord": Meaning("xor", "Compares 32 bits of a row with 32 of each of 16 columns: 1 where they differ."),
    "vpopcntd": Meaning("count", "Counts the ones of all 16 columns at once, each by itself."),
    "vpaddd": Meaning("add", "Adds the 16 counts to 16 sums, which stay in a register throughout the loop."),
    "vpshufb": Meaning(
        "count",
        "Looks up for 32 columns at once in how many of 4 bits they differ from the row: a table in a register "
        "holds the answer for each of the 16 possible columns.",
    ),
    "vpaddb": Meaning("add", "Adds the 32 counts to 32 sums of one byte each."),
    "eor": Meaning("xor", "Compares words: a bit becomes 1 where they differ."),
    "mvn": Meaning("not", "Turns all bits round: now a bit is 1 where the words agree."),
    "eon": Meaning("not", "Compares two words, xor and not in one: a bit becomes 1 where they agree."),
    "cnt": Meaning("count", "Counts the ones of each byte by itself."),
    "addv": Meaning("count", "Adds up the counts of the eight bytes."),
    "bl": _LIBRARY,
}
"""What an instruction does, by its name. The words and sums meant are those of this project's kernels."""

_RESULTS = {
    ("xor", "not", "popcnt", "add"): ("xor", "xnor", "popcount", "acc"),
    ("xor", "not", "call", "add"): ("xor", "xnor", "popcount", "acc"),
    ("eon", "cnt", "addv", "add"): ("xnor", None, "popcount", "acc"),
    ("eor", "mvn", "cnt", "addv", "add"): ("xor", "xnor", None, "popcount", "acc"),
}
"""Where the lecture's loop computes by exactly these instructions, in this order: what each leaves behind, as
the recorded step calls it."""


def meaning(instruction: Instruction) -> Meaning | None:
    """What an instruction contributes to the counts, or None if it only loads, moves or repeats.

    An addition of a constant moves a pointer, and an exclusive or of a register with itself makes a 0.
    """
    known = MEANINGS.get(instruction.mnemonic) if instruction.in_loop else None
    operands = instruction.operands.split(", ")
    if known is None or any(operand.startswith(("$", "#")) for operand in operands):
        return None
    makes_zero = known.role == "xor" and len(operands) > 1 and len(set(operands)) == 1
    return None if makes_zero else known


_READING = {
    True: "Read a line as address, name, source, destination. %rdx is a register, one of the CPU's few "
    "places for a word; (%rdx) is the memory it points to, a number behind $ a constant. Point at a line to see "
    "its bytes.",
    False: "Read a line as address, name, destination, sources. x0 is a register, one of the CPU's few "
    "places for a word; [x0] is the memory it points to, a number behind # a constant. Point at a line to see "
    "its bytes.",
}


def reading(instructions: Sequence[Instruction]) -> str:
    """How to read them: those of x86-64, whose registers begin with %, or those of ARM."""
    return _READING[any("%" in one.operands for one in instructions)]


def encode_listing(listing: Listing) -> dict[str, Any]:
    """C source as JSON."""
    return {
        "file": f"ext/{listing.file}",
        "lines": list(listing.lines),
        "numbers": list(listing.numbers),
        "active": list(listing.active),
    }


def encode_instructions(instructions: Sequence[Instruction]) -> list[dict[str, Any]]:
    """Instructions as JSON, with addresses counted from the first one.

    Raises:
        ValueError: If they do not stand in the order of their addresses.
    """
    addresses = [one.address for one in instructions]
    if addresses != sorted(set(addresses)):
        raise ValueError("instructions must stand in the order of their addresses, each once")
    start = addresses[0] if addresses else 0
    return [
        {
            "offset": f"{one.address - start:x}",
            "bytes": one.bytes.hex(" "),
            "mnemonic": one.mnemonic,
            "operands": operands,
            "in_loop": one.in_loop,
            "role": known.role if (known := meaning(one)) else None,
        }
        for one, operands in zip(instructions, relative_operands(instructions), strict=True)
    ]


def encode_results(loop: Sequence[Instruction]) -> list[str | None]:
    """Which number of a recorded step each instruction of the lecture's loop leaves behind, or None."""
    computing = [one for one in loop if meaning(one)]
    results = iter(_RESULTS.get(tuple(one.mnemonic for one in computing), (None,) * len(computing)))
    return [next(results) if meaning(one) else None for one in loop]


def explain(instructions: Sequence[Instruction]) -> list[dict[str, Any]]:
    """The instructions that count, in the order in which they first stand in the loop, each explained once."""
    times = Counter(one.mnemonic for one in instructions if meaning(one))
    return [
        {"mnemonic": name, "times": count, "role": MEANINGS[name].role, "text": MEANINGS[name].text}
        for name, count in times.items()
    ]


def products(instruction: Instruction) -> int:
    """Products of two signs whose sum this instruction counts; 0 for one that does not count bits."""
    known = meaning(instruction)
    if known is None or known.role != "count":
        return 0
    if instruction.mnemonic == "cnt":
        return 128 if "16b" in instruction.operands else 64
    return {"popcnt": 64, "call": 64, "bl": 64, "vpopcntd": 512, "vpshufb": 128}.get(instruction.mnemonic, 0)
