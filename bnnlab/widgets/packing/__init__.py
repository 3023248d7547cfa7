"""Packing: matrices that become words, element by element, and the product of these words."""

from bnnlab.widgets.packing.packing import MAX_ELEMENTS_SHOWN, encode, memory, number_text, side
from bnnlab.widgets.packing.pair import encode_pair, joined

__all__ = [
    "MAX_ELEMENTS_SHOWN",
    "encode",
    "encode_pair",
    "joined",
    "memory",
    "number_text",
    "side",
]
