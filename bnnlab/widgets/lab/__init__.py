"""The live lab: a network that learns."""

from bnnlab.widgets.lab.lab import encode

__all__ = ["encode"]
