"""Packing: a matrix that becomes words, element by element."""

from bnnlab.widgets.packing.packing import MOST_ELEMENTS_SHOWN, encode, memory, number_text

__all__ = ["MOST_ELEMENTS_SHOWN", "encode", "memory", "number_text"]
