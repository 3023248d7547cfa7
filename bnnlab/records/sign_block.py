"""Some steps in a row of one layer's signs: a key frame, and what flipped after it.

A flip takes two bytes: its position, counted row by row, or in a layer of more than 2^16 weights the low 16 bits of it,
beside how many flips of the step fall into each chunk of 2^16 weights. Where so many flip in one step that the words of
all flips are smaller, these are kept instead.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import pack_rows, words_for

Words = NDArray[np.uint64]

CHUNK_BITS = 16
CHUNK = 2**CHUNK_BITS
UNITS_PER_WORD = 4
AS_WORDS, BY_HAND = 1, 2  # bits of an entry's kind


@dataclass(frozen=True, slots=True)
class LayerForm:
    """The form of a layer's signs.

    Attributes:
        rows: Neurons.
        depth: Weights of each.
    """

    rows: int
    depth: int

    @property
    def weights(self) -> int:
        """Weights of the layer."""
        return self.rows * self.depth

    @property
    def key_bytes(self) -> int:
        """Bytes of all its signs, packed along rows."""
        return 8 * self.rows * words_for(self.depth)

    @property
    def chunks(self) -> int:
        """Chunks of 2^16 weights that are told apart; 0 where there is only one."""
        return -(-self.weights // CHUNK) if self.weights > CHUNK else 0

    @property
    def entry_bytes(self) -> int:
        """Bytes of one entry beside its flips: step, end, kind, and flips of each chunk."""
        return 9 + 4 * self.chunks

    def packed(self, positions: NDArray[np.int64]) -> Words:
        """The words that flip each of these weights as often as it is named."""
        times = np.zeros(self.weights, np.uint8)
        np.add.at(times, positions, np.uint8(1))  # wraps at 256, and odd stays odd
        odd = (times & np.uint8(1)).view(np.bool_).reshape(self.rows, self.depth)
        return pack_rows(odd).words


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Some of a block's entries, to be read while the block grows.

    Attributes:
        steps: `(n,)` uint32, when.
        ends: `(n,)` uint32, where in `data` each one ends; it begins where the one before ends.
        kinds: `(n,)` uint8: `AS_WORDS`, `BY_HAND`, both or neither.
        chunks: `(n, form.chunks)` uint32, how many of its positions lie in each chunk.
        data: uint16, positions and words.
    """

    steps: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    chunks: NDArray[np.uint32]
    data: NDArray[np.uint16]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Units of `data` that each entry takes."""
        return np.diff(self.ends, prepend=np.uint32(0)).astype(np.int64)

    @property
    def as_words(self) -> NDArray[np.bool_]:
        """Which entries hold words."""
        as_words: NDArray[np.bool_] = (self.kinds & AS_WORDS) != 0
        return as_words

    def of_training(self) -> Entries:
        """Those that nobody made by hand."""
        kept = (self.kinds & BY_HAND) == 0
        data = self.data[: int(self.ends[-1]) if len(self.ends) else 0][np.repeat(kept, self.lengths)]
        ends = np.cumsum(self.lengths[kept]).astype(np.uint32)
        return Entries(self.steps[kept], ends, self.kinds[kept], self.chunks[kept], data)

    def positions(self) -> NDArray[np.int64]:
        """The positions of all entries that hold positions, one entry after the other."""
        end = int(self.ends[-1]) if len(self.ends) else 0
        low = self.data[:end]
        if self.as_words.any():
            low = low[np.repeat(~self.as_words, self.lengths)]
        positions = low.astype(np.int64)
        if self.chunks.shape[1]:
            numbers = np.tile(np.arange(self.chunks.shape[1]), len(self.chunks))
            positions += np.repeat(numbers, self.chunks.reshape(-1)) << CHUNK_BITS
        return positions

    def flips(self, form: LayerForm) -> Words:
        """All of them together, as the words that differ."""
        flips = form.packed(self.positions())
        for entry in np.flatnonzero(self.as_words):
            end = int(self.ends[entry])
            units = self.data[end - form.key_bytes // 2 : end]
            flips ^= np.frombuffer(units.tobytes(), "<u8").reshape(flips.shape)
        return flips

    def steps_of(self, weight: int, form: LayerForm) -> list[int]:
        """Steps in which training flipped one weight, in order."""
        end = int(self.ends[-1]) if len(self.ends) else 0
        places = np.flatnonzero(self.data[:end] == weight % CHUNK)
        owners = np.searchsorted(self.ends, places, side="right")
        places, owners = places[self.kinds[owners] == 0], owners[self.kinds[owners] == 0]
        if form.chunks and len(places):
            ends = np.cumsum(self.chunks[owners], axis=1)
            within = places - (self.ends[owners].astype(np.int64) - self.lengths[owners])
            chunk = weight >> CHUNK_BITS
            begins = ends[:, chunk] - self.chunks[owners, chunk]
            owners = owners[(begins <= within) & (within < ends[:, chunk])]
        words = np.flatnonzero(self.kinds == AS_WORDS)
        row, column = divmod(weight, form.depth)
        bit = row * words_for(form.depth) * 64 + column
        starts = self.ends[words].astype(np.int64) - form.key_bytes // 2
        words = words[self.data[starts + bit // 16] >> np.uint16(bit % 16) & np.uint16(1) != 0]
        found: list[int] = np.sort(self.steps[np.concatenate([owners, words])]).tolist()
        return found


class SignBlock:
    """A key frame and the entries after it, to be appended to until it is full.

    Args:
        key: `(rows, words)` uint64, the signs before the first entry.
        form: The layer's form.
        capacity: Bytes that its entries may take.
    """

    def __init__(self, key: Words, form: LayerForm, capacity: int) -> None:
        self.key, self._form, self._capacity = key, form, capacity
        self._data = np.empty(capacity // 2, np.uint16)
        self._used = 0
        self._steps, self._ends, self._kinds = array("I"), array("I"), array("B")
        self._chunks = array("I")
        self._borders = (
            (np.arange(form.chunks + 1, dtype=np.int64) << CHUNK_BITS).clip(max=2**32 - 1).astype(np.uint32)
        )

    def __len__(self) -> int:
        """Number of entries."""
        return len(self._steps)

    @property
    def nbytes(self) -> int:
        """Bytes that are taken."""
        return self.key.nbytes + self._data.nbytes + len(self) * self._form.entry_bytes

    @property
    def first(self) -> int:
        """Step of the first entry."""
        return self._steps[0]

    @property
    def last(self) -> int:
        """Step of the last entry."""
        return self._steps[-1]

    def write(self, step: int, flips: Words, positions: NDArray[np.uint32], by_hand: bool) -> bool:
        """Append one entry, unless there is no room for it.

        Args:
            step: When, not before the last entry.
            flips: What flipped, packed along rows.
            positions: The same as positions, increasing.
            by_hand: Whether somebody did it by hand.

        Returns:
            Whether there was room.
        """
        as_words = 2 * len(positions) > self._form.key_bytes
        units = self._form.key_bytes // 2 if as_words else len(positions)
        end = self._used + units
        if 2 * end + (len(self) + 1) * self._form.entry_bytes > self._capacity:
            return False
        if as_words:
            self._data[self._used : end] = np.frombuffer(flips.astype("<u8", copy=False).tobytes(), "<u2")
        else:
            self._data[self._used : end] = positions.astype(np.uint16)  # keeps the low 16 bits
        if self._form.chunks:
            ends = np.searchsorted(positions[: 0 if as_words else None], self._borders)
            self._chunks.frombytes((ends[1:] - ends[:-1]).astype(np.uint32).tobytes())
        self._kinds.append(AS_WORDS * as_words + BY_HAND * by_hand)
        self._ends.append(end)
        self._steps.append(step)
        self._used = end
        return True

    def seal(self) -> None:
        """Give back the room that is not used: nothing more will be written."""
        self._data = self._data[: self._used].copy()

    def entries(self, first: int = 0, last: int | None = None, begin: int = 0) -> Entries:
        """Copies of what says where the entries are; their data are not copied.

        Args:
            first: The first step.
            last: The last step; None takes all.
            begin: Entries before this one are left out.
        """
        begin = max(begin, bisect_left(self._steps, first))
        stop = len(self) if last is None else max(begin, bisect_right(self._steps, last))
        offset = self._ends[begin - 1] if begin else 0
        chunks = self._form.chunks
        return Entries(
            steps=np.array(self._steps[begin:stop], np.uint32),
            ends=np.array(self._ends[begin:stop], np.uint32) - np.uint32(offset),
            kinds=np.array(self._kinds[begin:stop], np.uint8),
            chunks=np.array(self._chunks[begin * chunks : stop * chunks], np.uint32).reshape(
                stop - begin, chunks
            ),
            data=self._data[offset : self._used],
        )

    @classmethod
    def made(cls, key: Words, form: LayerForm, entries: Entries) -> SignBlock:
        """One that holds just these entries, from their first unit on, and has no room for more."""
        block = cls(key, form, 0)
        block._data, block._used = entries.data, len(entries.data)
        block._steps.frombytes(entries.steps.tobytes())
        block._ends.frombytes(entries.ends.tobytes())
        block._kinds.frombytes(entries.kinds.tobytes())
        block._chunks.frombytes(entries.chunks.tobytes())
        return block
