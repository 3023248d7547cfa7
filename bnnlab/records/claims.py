"""What is claimed of binary networks, beside what a formula, a clock or a model says of one of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Basis = Literal["formula", "measured", "model"]


@dataclass(frozen=True, slots=True)
class ClaimValue:
    """One ratio, and where it comes from.

    Attributes:
        label: What is compared, in a few words.
        ratio: How many times smaller, faster, or less.
        basis: ``"formula"``: follows from the definition alone; ``"measured"``: here and now; ``"model"``: follows
            from constants of others.
        detail: The figures behind it.
        group: What values of the same kind are called together, to be written once above them all.
    """

    label: str
    ratio: float
    basis: Basis
    detail: str
    group: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, put to the test.

    Attributes:
        name: ``"size"``, ``"speed"`` or ``"energy"``.
        statement: As the lecture makes it.
        claimed: The ratio it names.
        formula: Where the ratio comes from, in LaTeX.
        formula_text: What the letters stand for, in a sentence; letters in LaTeX between dollars.
        formula_here: The same with this network's numbers, in LaTeX.
        source: Who made it.
        values: What is known here, from the formula's own to what a user gets.
        meaning: What to make of it, in a few sentences.
    """

    name: str
    statement: str
    claimed: float
    formula: str
    formula_text: str
    formula_here: str
    source: str
    values: tuple[ClaimValue, ...]
    meaning: str

    @property
    def answer(self) -> ClaimValue:
        """The value that comes closest to what a user gets."""
        return self.values[-1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def ratio_text(ratio: float) -> str:
    """A ratio with as many digits as it deserves."""
    return f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.3g}×"


def latex_number(number: float) -> str:
    """A number as LaTeX prints it, with commas that are no list's.

    >>> latex_number(53288)
    '53{,}288'
    """
    return f"{number:,}".replace(",", "{,}")
