"""The signs of one layer after every past step, exactly.

What is kept are the flips, in blocks that each begin with a key frame: all signs, packed. The signs after any step are
the key frame before it with the flips between; a block ends when its flips take about four times the bytes of its key
frame, so that looking back costs no more however long the run is. When memory is full, the oldest block goes.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab import _watch
from bnnlab.bits.packing import PackedMatrix
from bnnlab.records.flip_counts import FlipCounts
from bnnlab.records.sign_block import LayerForm, SignBlock
from bnnlab.records.sign_state import SignState

Words = NDArray[np.uint64]

MAX_SIGN_BYTES = 64 * 2**20
MIN_BLOCK_BYTES = 32 * 2**10
BLOCK_KEY_FRAMES = 4  # a block's flips take about so many times the bytes of its key frame
MIN_BLOCKS = 8  # so many fit into the memory, if a single step does not take more
MAX_STEP = 2**32 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Flips:
    """What flipped in one step.

    Attributes:
        words: `(neurons, words)` uint64, bit 1 where a weight flipped, packed along rows.
        count: How many flipped.
    """

    words: Words
    count: int


class SignLog:
    """The signs of one layer after every step since the start, or since memory is full, after its newest steps.

    One thread may append while others read: what they get is exact.

    Attributes:
        form: Neurons, and weights of each.
        since: The oldest step whose signs are known; 0 while all are. Flips up to it are no longer all known.
        newest: The newest step appended.

    Args:
        signs: The signs at its first step, packed along rows.
        max_bytes: Beyond this the oldest blocks are forgotten; the newest one is always kept. What is counted over the
            whole run (`FlipCounts`) comes on top.
        step: The step that it begins with.
    """

    def __init__(self, signs: PackedMatrix, max_bytes: int = MAX_SIGN_BYTES, step: int = 0) -> None:
        self.form = LayerForm(*signs.shape)
        self.since = self.newest = step
        self._signs: Words = signs.words
        self._counts = FlipCounts(signs.shape)
        self._max_bytes = max_bytes
        largest_entry = self.form.key_bytes + self.form.entry_bytes
        wanted = max(BLOCK_KEY_FRAMES * self.form.key_bytes, MIN_BLOCK_BYTES)
        self._capacity = max(largest_entry, min(wanted, max_bytes // MIN_BLOCKS))
        self._blocks: list[SignBlock] = []
        self._sealed_bytes = 0
        self._forgotten = 0  # blocks, so that each block has a number that stays
        self._lock = threading.Lock()
        self._followed = _Followed(-1)
        self._following = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes that the blocks take."""
        with self._lock:
            return self._sealed_bytes + (self._blocks[-1].nbytes if self._blocks else self._signs.nbytes)

    def append(self, step: int, signs: Words, by_hand: bool = False) -> Flips:
        """Note the signs after a step.

        Args:
            step: The step, after the newest one; with `by_hand` the newest one itself.
            signs: `(neurons, words)` uint64, packed along rows, padding bits 0; kept by reference, not to be changed.
            by_hand: Whether somebody changed them between two steps. That is not counted as flips.

        Raises:
            ValueError: If the signs have another shape, or the step is out of order.
        """
        if signs.shape != self._signs.shape or signs.dtype != np.uint64:
            raise ValueError(f"signs must be uint64 words of shape {self._signs.shape}, got {signs.shape}")
        if not self.newest + (not by_hand) <= step <= (self.newest if by_hand else MAX_STEP):
            raise ValueError(f"step {step} does not follow step {self.newest}")
        flips = np.empty_like(signs)
        count = _watch.differences(signs, self._signs, flips)
        with self._lock:
            positions = self._positions(flips) if by_hand else self._counts.note(step, flips, count)
            if count and not (self._blocks and self._blocks[-1].write(step, flips, positions, by_hand)):
                self._begin_block()
                self._blocks[-1].write(step, flips, positions, by_hand)
            self._signs, self.newest = signs, step
        return Flips(flips, count)

    def at(self, step: int) -> PackedMatrix:
        """The signs after a step, with what was done by hand before the next one; packed along rows.

        Raises:
            ValueError: If the step is forgotten or has not been done.
        """
        with self._lock:
            check_step(step, self.since, self.newest)
            if not self._blocks or step >= self._blocks[-1].last:
                return PackedMatrix(self._signs, self.form.depth, "rows")
            number = bisect_right(self._blocks, step, key=lambda block: block.first) - 1
            block = self._blocks[max(number, 0)]
            entries = block.entries(last=step)
        words = entries.flips(self.form) ^ block.key
        return PackedMatrix(words, self.form.depth, "rows")

    def flips_at(self, step: int) -> PackedMatrix:
        """Which weights training flipped in this very step: +1 where one did; packed along rows.

        Raises:
            ValueError: If the step's flips are forgotten or it has not been done.
        """
        with self._lock:
            check_step(step, self.since + (self.since > 0), self.newest)
            words = np.zeros_like(self._signs)
            number = max(bisect_left(self._blocks, step, key=lambda block: block.last), 0)
            blocks = self._blocks[number : number + 2]
            noted = [block.entries(first=step, last=step) for block in blocks]
        for entries in noted:
            by_training = entries.of_training()
            if len(by_training.steps):
                words = by_training.flips(self.form)
        return PackedMatrix(words, self.form.depth, "rows")

    def crossings(self, weight: int) -> NDArray[np.int64]:
        """The steps after `since` in which training flipped a weight, in order; flips by hand are left out.

        The weight asked for last is followed: asking again costs only what came since.

        Args:
            weight: Which one, counted row by row through the layer.
        """
        with self._following:
            if self._followed.weight != weight:
                self._followed = _Followed(weight)
            followed = self._followed
            with self._lock:
                since, forgotten = self.since, self._forgotten
                unread = []
                for number in range(max(followed.block - forgotten, 0), len(self._blocks)):
                    begin = followed.read if number + forgotten == followed.block else 0
                    unread.append(self._blocks[number].entries(begin=begin))
                    followed.block, followed.read = number + forgotten, len(self._blocks[number])
            for entries in unread:
                followed.steps += entries.steps_of(weight, self.form)
            del followed.steps[: bisect_right(followed.steps, since)]
            return np.array(followed.steps, np.int64)

    def counts(self) -> tuple[int, FlipCounts]:
        """The newest step, and what was counted up to it; a copy."""
        with self._lock:
            return self.newest, self._counts.copy()

    @property
    def flip_counts(self) -> NDArray[np.uint16]:
        """`(neurons, weights of each)`, flips of each weight since the start; stops at 65535. A copy."""
        with self._lock:
            return self._counts.flips.copy()

    def state(self) -> SignState:
        """All that is known at this moment."""
        with self._lock:
            blocks = tuple((block.key, block.entries()) for block in self._blocks)
            counts = self._counts.copy()
            return SignState(self.form, self.since, self.newest, self._signs, blocks, counts)

    @classmethod
    def of(cls, state: SignState) -> SignLog:
        """A log that knows what a state says."""
        log = cls(PackedMatrix(state.signs, state.form.depth, "rows"))
        log.since, log.newest, log._counts = state.since, state.newest, state.counts
        log._blocks = [SignBlock.made(key, state.form, entries) for key, entries in state.blocks]
        log._sealed_bytes = sum(block.nbytes for block in log._blocks[:-1])
        return log

    def _positions(self, flips: Words) -> NDArray[np.uint32]:
        bits = np.unpackbits(flips.astype("<u8", copy=False).view(np.uint8), axis=1, bitorder="little")
        return np.flatnonzero(bits[:, : self.form.depth]).astype(np.uint32)

    def _begin_block(self) -> None:
        if self._blocks:
            self._blocks[-1].seal()
            self._sealed_bytes += self._blocks[-1].nbytes
        needed = self.form.key_bytes + 2 * self._capacity
        while self._blocks and self._sealed_bytes + needed > self._max_bytes:
            oldest = self._blocks.pop(0)
            self.since = oldest.last
            self._sealed_bytes -= oldest.nbytes
            self._forgotten += 1
        self._blocks.append(SignBlock(self._signs, self.form, self._capacity))


def check_step(step: int, since: int, newest: int) -> None:
    """Refuse a step whose signs are not there.

    Raises:
        ValueError: Saying which are.
    """
    there = f"the memory for signs holds steps {since} to {newest}"
    if step < 0:
        raise ValueError(f"step must be at least 0, got {step}; {there}")
    if step < since:
        raise ValueError(f"step {step} is gone: {there}; more memory for signs keeps more")
    if step > newest:
        raise ValueError(f"step {step} has not been done: {there}")


class _Followed:
    """The weight asked for last: its steps found so far, and up to which block and entry was looked."""

    def __init__(self, weight: int) -> None:
        self.weight, self.steps = weight, list[int]()
        self.block = self.read = 0
