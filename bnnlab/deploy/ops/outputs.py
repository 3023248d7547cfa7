"""What a layer does with its sums, one for each output: thresholds or factors."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import Thresholds
from bnnlab.bits.packing import WORD_BITS
from bnnlab.deploy.ops.fields import check_shape


class HasOutputs(Protocol):
    """A layer with a threshold, or perhaps a factor, for each output."""

    @property
    def values(self) -> NDArray[np.int32] | None:
        """`(outputs,)`, what the sums are compared with."""

    @property
    def rising(self) -> NDArray[np.bool_] | None:
        """`(outputs,)`, in which direction."""

    @property
    def alpha(self) -> NDArray[np.float32] | None:
        """`(outputs,)`, what they are multiplied with."""


def check_outputs(outputs: int, layer: HasOutputs) -> None:
    """Refuse thresholds or factors that are not one for each output.

    Raises:
        ValueError: If they are not, or there are factors beside thresholds, which know them already.
    """
    if (layer.values is None) != (layer.rising is None):
        raise ValueError("values and rising must be given together, or neither")
    if layer.values is not None and layer.alpha is not None:
        raise ValueError("alpha must be None where there are thresholds")
    for name in ("values", "rising", "alpha"):
        check_shape(name, getattr(layer, name), (outputs,))


def thresholds_of(values: NDArray[np.int32] | None, rising: NDArray[np.bool_] | None) -> Thresholds | None:
    """Thresholds from an operation's fields, if it has them."""
    return None if values is None or rising is None else Thresholds(values, rising)


def scaled(sums: NDArray[Any], alpha: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Sums `(..., outputs)` as float32, times the factor of each output."""
    numbers = sums.astype(np.float32, copy=False)
    return numbers if alpha is None else numbers * alpha


def panels(words: int, columns: int) -> int:
    """Numbers of 4 bytes that prepared weights take at most; kernels lay columns out in groups of up to 64."""
    return 2 * words * (-(-columns // WORD_BITS) * WORD_BITS)
