"""Packing: a matrix that becomes words, element by element."""

from bnnlab.widgets.packing.packing import MAX_ELEMENTS_SHOWN, encode, memory, number_text

__all__ = ["MAX_ELEMENTS_SHOWN", "encode", "memory", "number_text"]
