"""The weights of a binary layer as BMXNet stores them: words that lie in float arrays, or numbers not yet converted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import pack_rows
from bnnlab.bits.packing import WORD_BITS, words_for


@dataclass(frozen=True, eq=False)
class SignWeights:
    """Weights of a binary layer, as its file has them.

    Attributes:
        outputs: Filters or neurons.
        array: Words, uint32 or uint64, in one row; or numbers of which the signs count, `(outputs, depth)`.
        by_word: Whether words lie word by word, each for all outputs, or output by output.
    """

    outputs: int
    array: NDArray[Any]
    by_word: bool

    @property
    def depths(self) -> range:
        """For how many inputs there may be so many weights."""
        each = self.array.size // self.outputs
        if self.array.dtype == np.float32:
            return range(each, each + 1)
        bits = 8 * self.array.itemsize
        return range((each - 1) * bits + 1, each * bits + 1)

    def rows(self, depth: int) -> NDArray[np.uint64]:
        """The weights of each output packed along its row, `(outputs, ceil(depth / 64))`."""
        if self.array.dtype == np.float32:
            return pack_rows(self.array).words
        shape = (-1, self.outputs) if self.by_word else (self.outputs, -1)
        words = self.array.reshape(shape)
        words = words.T if self.by_word else words
        rows = np.zeros((self.outputs, words_for(depth) * WORD_BITS // (8 * words.itemsize)), words.dtype)
        rows[:, : words.shape[1]] = words
        packed: NDArray[np.uint64] = rows.view("<u8").astype(np.uint64, copy=False)
        if depth % WORD_BITS:
            packed[:, -1] &= np.uint64((1 << depth % WORD_BITS) - 1)
        return packed
