"""The past signs of a layer as plain arrays, and back; nothing is believed that does not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix, words_for
from bnnlab.records.flip_counts import RETURN_BINS, FlipCounts
from bnnlab.records.sign_block import AS_WORDS, BY_HAND, Entries, LayerForm
from bnnlab.records.sign_log import MAX_STEP, SignLog
from bnnlab.records.sign_state import SignState

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]


def sign_arrays(log: SignLog) -> tuple[dict[str, int], dict[str, NDArray[Any]]]:
    """All that a log knows: whole numbers, and arrays."""
    state = log.state()
    entries = [each for _, each in state.blocks]
    words, chunks = state.signs.shape, state.form.chunks
    arrays = {
        "signs": state.signs,
        "keys": np.array([key for key, _ in state.blocks], np.uint64).reshape(-1, *words),
        "block_entries": np.array([len(each.steps) for each in entries], np.int64),
        "block_units": np.array([len(each.data) for each in entries], np.int64),
        "steps": _joined([each.steps for each in entries], np.uint32),
        "ends": _joined([each.ends for each in entries], np.uint32),
        "kinds": _joined([each.kinds for each in entries], np.uint8),
        "chunks": _joined([each.chunks.reshape(-1) for each in entries], np.uint32).reshape(-1, chunks)
        if chunks
        else np.empty((0, 0), np.uint32),
        "data": _joined([each.data for each in entries], np.uint16),
        "flips": state.counts.flips,
        "last": state.counts.last,
        "returns": state.counts.returns,
    }
    return {"depth": state.form.depth, "since": state.since, "newest": state.newest}, arrays


def sign_log(numbers: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> SignLog:
    """The log that `sign_arrays` described.

    Raises:
        KeyError: If something is missing.
        ValueError: If something does not fit the rest, in a few words.
    """
    depth, since, newest = (whole_number(numbers[name], name) for name in ("depth", "since", "newest"))
    _ensure(depth >= 1 and 0 <= since <= newest <= MAX_STEP, "its steps are out of range")
    signs = typed(arrays, "signs", np.uint64, 2)
    _ensure(len(signs) >= 1 and signs.shape[1] == words_for(depth), "its signs have another shape")
    form = LayerForm(len(signs), depth)
    state = SignState(form, since, newest, signs, _blocks(form, arrays), _counts(form, newest, arrays))
    _check_order(state)
    _check_signs(state)
    return SignLog.of(state)


def typed(arrays: Mapping[str, NDArray[Any]], name: str, kind: type[np.generic], rank: int) -> NDArray[Any]:
    """One of the arrays, C-contiguous.

    Raises:
        KeyError: If it is missing.
        ValueError: If it has another dtype or rank.
    """
    array = arrays[name]
    _ensure(array.dtype == np.dtype(kind) and array.ndim == rank, f"its array {name!r} has another type")
    return np.ascontiguousarray(array).reshape(array.shape)


def whole_number(value: object, name: str) -> int:
    """A whole number, at least 0.

    Raises:
        ValueError: If it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"its {name} is no whole number")
    return value


def _blocks(form: LayerForm, arrays: Mapping[str, NDArray[Any]]) -> tuple[tuple[Words, Entries], ...]:
    keys = typed(arrays, "keys", np.uint64, 3)
    counts, units = (typed(arrays, name, np.int64, 1) for name in ("block_entries", "block_units"))
    steps, ends = (typed(arrays, name, np.uint32, 1) for name in ("steps", "ends"))
    kinds, data = typed(arrays, "kinds", np.uint8, 1), typed(arrays, "data", np.uint16, 1)
    chunks = typed(arrays, "chunks", np.uint32, 2)
    if not form.chunks:
        chunks = np.empty((len(steps), 0), np.uint32)
    fits = keys.shape[1:] == (form.rows, words_for(form.depth)) and len(keys) == len(counts) == len(units)
    fits &= len(steps) == len(ends) == len(kinds) == len(chunks) and chunks.shape[1] == form.chunks
    fits &= bool((counts >= 1).all() and (units >= 1).all() and (counts <= len(steps)).all())
    fits &= bool((units <= len(data)).all())
    _ensure(
        fits and counts.sum() == len(steps) and units.sum() == len(data), "its arrays do not fit each other"
    )
    blocks, entry, unit = [], 0, 0
    for key, count, size in zip(keys, counts.tolist(), units.tolist(), strict=True):
        part = slice(entry, entry + count)
        block = Entries(steps[part], ends[part], kinds[part], chunks[part], data[unit : unit + size])
        _check_entries(form, block)
        blocks.append((key, block))
        entry, unit = entry + count, unit + size
    return tuple(blocks)


def _check_entries(form: LayerForm, entries: Entries) -> None:
    """Every entry has flips, in order and inside the layer, and takes the room it says."""
    ends = entries.ends.astype(np.int64)
    lengths = np.diff(ends, prepend=0)
    _ensure(bool((lengths > 0).all()) and int(ends[-1]) == len(entries.data), "its flips have no clear ends")
    _ensure(bool((entries.kinds <= AS_WORDS + BY_HAND).all()), "its flips are of an unknown kind")
    as_words = entries.as_words
    _ensure(bool((lengths[as_words] == form.key_bytes // 2).all()), "its words have another length")
    if form.chunks:
        named = entries.chunks.sum(axis=1, dtype=np.int64)
        _ensure(bool((named == np.where(as_words, 0, lengths)).all()), "its chunks do not fit its flips")
    positions, held = entries.positions(), lengths[~as_words]
    rising = np.diff(positions) > 0
    rising[np.cumsum(held)[:-1] - 1] = True  # another entry begins again
    _ensure(
        bool(rising.all()) and bool((positions < form.weights).all()), "its flips are out of order or place"
    )
    for entry in np.flatnonzero(as_words):
        units = entries.data[int(ends[entry]) - form.key_bytes // 2 : int(ends[entry])]
        PackedMatrix(np.frombuffer(units.tobytes(), "<u8").reshape(form.rows, -1), form.depth, "rows")


def _check_order(state: SignState) -> None:
    """Steps follow each other, and no step of training comes twice."""
    steps = _joined([each.steps for _, each in state.blocks], np.uint32).astype(np.int64)
    by_hand = _joined([each.kinds for _, each in state.blocks], np.uint8) & BY_HAND != 0
    trained = steps[~by_hand]
    order = bool((np.diff(steps) >= 0).all() and (np.diff(trained) > 0).all())
    if len(steps):
        order &= bool(state.since <= steps[0] and steps[-1] <= state.newest and (trained > state.since).all())
        hand_first = by_hand[1:] & (np.diff(steps) == 0)
        order &= bool((hand_first | (np.diff(steps) > 0)).all())
    _ensure(order and (len(steps) > 0 or state.since == 0), "its steps are out of order")


def _check_signs(state: SignState) -> None:
    """The flips lead from each key frame to the next, and at last to the newest signs."""
    depth = state.form.depth
    keys = [key for key, _ in state.blocks] + [state.signs]
    for key in keys:
        PackedMatrix(key, depth, "rows")  # refuses bits in the padding
    for (key, entries), following in zip(state.blocks, keys[1:], strict=True):
        reached = entries.flips(state.form) ^ key
        _ensure(np.array_equal(reached, following), "its flips do not lead to its signs")


def _counts(form: LayerForm, newest: int, arrays: Mapping[str, NDArray[Any]]) -> FlipCounts:
    counts = FlipCounts((0, 0))
    counts.flips, counts.last = typed(arrays, "flips", np.uint16, 2), typed(arrays, "last", np.uint32, 2)
    counts.returns = typed(arrays, "returns", np.uint64, 2)
    counts = counts.copy()  # may be counted on
    shape = (form.rows, form.depth)
    fits = counts.flips.shape == counts.last.shape == shape
    fits = fits and counts.returns.shape == (form.rows, RETURN_BINS + 1)
    _ensure(fits and bool((counts.last <= newest).all()), "its counts have another shape or range")
    flipped = counts.last > 0
    sums, least = counts.returns.sum(axis=1), counts.flips.sum(axis=1, dtype=np.uint64)
    stopped = (counts.flips == np.iinfo(np.uint16).max).any(axis=1)
    fits = np.array_equal(flipped, counts.flips > 0)
    fits &= np.array_equal(counts.returns[:, RETURN_BINS], flipped.sum(axis=1, dtype=np.uint64))
    fits &= bool(((sums == least) | (stopped & (sums > least))).all())
    _ensure(fits and bool((counts.returns <= np.uint64(2**62)).all()), "its counts do not fit each other")
    return counts


def _joined(parts: list[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *parts])


def _ensure(fits: bool | np.bool_, wrong: str) -> None:
    if not fits:
        raise ValueError(wrong)
