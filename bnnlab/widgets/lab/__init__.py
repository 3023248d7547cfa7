"""The live lab: a network that learns."""

from bnnlab.widgets.lab.lab import encode, levels

__all__ = ["encode", "levels"]
