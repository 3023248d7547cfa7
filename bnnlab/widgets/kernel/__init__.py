"""A kernel: its C source beside its machine code."""

from bnnlab.widgets.kernel.kernel import encode

__all__ = ["encode"]
