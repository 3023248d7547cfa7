"""The lecture's three claims as it makes them: one number each, with the conditions under which it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Headline:
    """A claim by itself, before it is held against any network.

    Attributes:
        title: What gets better, and what is counted.
        statement: The claim in a few words.
        claimed: The ratio it names.
        number: That ratio as it is claimed.
        conditions: What the number is about.
        source: Who made it.
    """

    title: str
    statement: str
    claimed: float
    number: str
    conditions: str
    source: str


SMALLER: Final = Headline(
    title="Smaller, per weight",
    statement="32× smaller",
    claimed=32.0,
    number="32×",
    conditions="A number takes 32 bits as a float, its sign takes 1.",
    source="Rastegari et al., XNOR-Net, ECCV 2016, abstract",
)
FASTER: Final = Headline(
    title="Faster on a CPU, per operation",
    statement="58× faster on a CPU",
    claimed=58.0,
    number="58×",
    conditions="A count, not a time: one instruction takes 64 signs, or one float. From the paper XNOR-Net.",
    source=(
        "Rastegari et al., XNOR-Net, ECCV 2016, section 4.1; in Communications of the ACM 12/2020 the authors say "
        "that 58 is a count of operations"
    ),
)
THRIFTIER: Final = Headline(
    title="Less energy, on special chips",
    statement="up to 1000× less energy",
    claimed=1000.0,
    number="up to 1000×",
    conditions="On FPGAs and ASICs: chips that are made for such networks. Not on a CPU.",
    source=(
        "the lecture cites its reference [2]; we found no measurement behind the number. Constants of "
        "the model: Horowitz, ISSCC 2014, and Han et al., NeurIPS 2015 (45 nm); Al Bahou et al., XNORBIN, 2018 (65 nm)"
    ),
)

HEADLINES: Final = (SMALLER, FASTER, THRIFTIER)
"""All three, in the order of the lecture."""
