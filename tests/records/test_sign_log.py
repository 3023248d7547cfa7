"""The signs of a layer at every step, and its flips one by one, against copies of all of them."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from bnnlab import PackedMatrix, pack_rows
from bnnlab.records import sign_log
from bnnlab.records.flip_counts import RETURN_BINS
from bnnlab.records.sign_log import SignLog


@dataclass
class Filled:
    """A log, and beside it everything that it should know."""

    rows: int
    depth: int
    max_bytes: int = 2**26
    signs: list[np.ndarray] = field(default_factory=list)  # after each step
    flips: list[np.ndarray] = field(default_factory=list)  # of training, `(rows, depth)` bool

    def __post_init__(self) -> None:
        self.now = np.random.default_rng(7).random((self.rows, self.depth)) < 0.5
        self.log = SignLog(pack_rows(self.now), self.max_bytes)
        self.signs.append(self.now)
        self.flips.append(np.zeros_like(self.now))

    def step(self, flips: np.ndarray) -> None:
        self.now = self.now ^ flips
        said = self.log.append(len(self.signs), pack_rows(self.now).words)
        assert said.count == flips.sum()
        self.signs.append(self.now)
        self.flips.append(flips)

    def by_hand(self, flips: np.ndarray) -> None:
        self.now = self.now ^ flips
        self.log.append(len(self.signs) - 1, pack_rows(self.now).words, by_hand=True)
        self.signs[-1] = self.now

    def some(self, rng: np.random.Generator, share: float) -> np.ndarray:
        return rng.random((self.rows, self.depth)) < share

    def check_step(self, step: int) -> None:
        assert np.array_equal(self.log.at(step).unpack() > 0, self.signs[step])
        if step > self.log.since or not self.log.since:
            assert np.array_equal(self.log.flips_at(step).unpack() > 0, self.flips[step])

    def check(self) -> None:
        assert self.log.newest == len(self.signs) - 1
        for step in range(self.log.since, len(self.signs)):
            self.check_step(step)
        self.check_counts()

    def check_counts(self) -> None:
        flips = np.array(self.flips)
        step, counts = self.log.counts()
        assert step == len(self.signs) - 1
        assert np.array_equal(counts.flips, flips.sum(axis=0))
        numbers = np.arange(len(flips))[:, None, None]
        assert np.array_equal(counts.last, (flips * numbers).max(axis=0))
        expected = np.zeros((self.rows, RETURN_BINS + 1), int)
        for row in range(self.rows):
            for column in range(self.depth):
                steps = np.flatnonzero(flips[:, row, column])
                expected[row, RETURN_BINS] += len(steps) > 0
                for gap in np.diff(steps):
                    expected[row, int(gap).bit_length() - 1] += 1
        assert np.array_equal(counts.returns, expected)

    def steps_of(self, weight: int) -> list[int]:
        row, column = divmod(weight, self.depth)
        steps = np.flatnonzero([flips[row, column] for flips in self.flips])
        return [step for step in steps.tolist() if step > self.log.since]


SHARES = [0.0, 0.002, 0.02, 0.05, 0.2, 0.7, 1.0]


@pytest.mark.parametrize(("rows", "depth"), [(1, 1), (3, 5), (7, 64), (9, 130)])
def test_every_step_is_known(
    rows: int, depth: int, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rare and frequent flips, kept as positions or as words, in blocks of a few steps; some by hand."""
    monkeypatch.setattr(sign_log, "MIN_BLOCK_BYTES", 100)
    filled = Filled(rows, depth)
    filled.check()
    for step in range(300):
        filled.step(filled.some(rng, SHARES[step // 3 % len(SHARES)]))
        for _ in range(step % 4 == 1):
            filled.by_hand(filled.some(rng, 0.01 if step % 3 else 0.5))
        filled.check_step(step // 2)
    filled.check()
    assert filled.log.since == 0
    for weight in {0, rows * depth // 2, rows * depth - 1}:
        assert filled.log.crossings(weight).tolist() == filled.steps_of(weight)


def test_a_layer_of_several_chunks(rng: np.random.Generator) -> None:
    filled = Filled(210, 1001)  # 3.2 chunks
    for step in range(60):
        filled.step(filled.some(rng, [0.0001, 0.01, 0.3][step // 2 % 3]))
        if step % 10 == 4:
            filled.by_hand(filled.some(rng, 0.0001))
    for step in range(61):
        filled.check_step(step)
    asked = np.flatnonzero(np.array(filled.flips).sum(axis=0))[::5000]
    for weight in [*asked.tolist(), 65_535, 65_536, 210 * 1001 - 1]:
        assert filled.log.crossings(weight).tolist() == filled.steps_of(weight)


def test_the_oldest_go_when_memory_is_full(rng: np.random.Generator) -> None:
    limit = 6000
    filled = Filled(5, 70, max_bytes=limit)
    seen = set()
    for step in range(700):
        filled.step(filled.some(rng, SHARES[step % 5]))
        if step % 7 == 0:
            filled.by_hand(filled.some(rng, 0.01))
        assert filled.log.nbytes <= limit
        seen.add(filled.log.since)
        filled.check_step(filled.log.since)
        filled.check_step(step + 1)
        assert filled.log.crossings(3).tolist() == filled.steps_of(3)
    assert len(seen) > 5
    filled.check()
    since = filled.log.since
    for weight in range(0, 350, 11):
        assert filled.log.crossings(weight).tolist() == filled.steps_of(weight)
    there = f"the memory for signs holds steps {since} to 700"
    with pytest.raises(ValueError, match=f"^step {since - 1} is gone: {there}"):
        filled.log.at(since - 1)
    with pytest.raises(ValueError, match=f"^step 701 has not been done: {there}"):
        filled.log.at(701)
    with pytest.raises(ValueError, match=r"^step must be at least 0, got -1"):
        filled.log.at(-1)


def test_a_layer_larger_than_its_memory_keeps_its_newest_block(rng: np.random.Generator) -> None:
    filled = Filled(64, 640, max_bytes=100)
    for _ in range(50):
        filled.step(filled.some(rng, 0.02))
        filled.check_step(filled.log.since)
        filled.check_step(filled.log.newest)
    assert 40 < filled.log.since < 50


def test_the_weight_that_is_followed_gets_what_comes_later(rng: np.random.Generator) -> None:
    filled = Filled(2, 2, max_bytes=10_000)
    for _ in range(600):
        filled.step(filled.some(rng, 0.5))
        assert filled.log.crossings(2).tolist() == filled.steps_of(2)


def test_a_flip_by_hand_and_its_undo_are_no_flips_of_training() -> None:
    filled = Filled(1, 3)
    one = np.array([[True, False, False]])
    filled.step(one)
    filled.by_hand(one)
    filled.by_hand(one)
    filled.by_hand(one)
    filled.step(~one)
    filled.check()
    assert filled.log.crossings(0).tolist() == [1]
    assert filled.log.flip_counts.tolist() == [[1, 1, 1]]


def test_steps_come_in_order_and_signs_in_their_shape() -> None:
    log = SignLog(pack_rows(np.ones((2, 3))))
    words = log.at(0).words
    log.append(5, words)
    for step in (5, 4, 2**32):
        with pytest.raises(ValueError, match=f"step {step} does not follow step 5"):
            log.append(step, words)
    with pytest.raises(ValueError, match="step 6 does not follow"):
        log.append(6, words, by_hand=True)
    with pytest.raises(ValueError, match=r"signs must be uint64 words of shape \(2, 1\)"):
        log.append(6, words[:1])
    assert isinstance(log.at(3), PackedMatrix)


def made_up(steps: int, max_bytes: int) -> None:
    """A log of so many steps, of which a third flips nothing: what it still knows, against a model of it."""
    rng = np.random.default_rng(3)
    filled = SignLog(pack_rows(np.zeros((4, 100), np.bool_)), max_bytes)
    words = filled.at(0).words.copy()
    kept: dict[int, np.ndarray] = {}
    masks = (
        pack_rows(rng.random((64, 100)) < 0.01).words.reshape(16, 4, 2)
        * (np.arange(16) % 3 > 0)[:, None, None]
    )
    masks = np.ascontiguousarray(masks.astype(np.uint64))
    for step in range(1, steps + 1):
        words = words ^ masks[step * 7 % 16]
        filled.append(step, words)
        if steps - step < 500:
            kept[step] = words
    assert filled.nbytes <= max_bytes
    assert 0 < filled.since < steps
    for step, expected in kept.items():
        if step >= filled.since:
            assert np.array_equal(filled.at(step).words, expected)
    each = np.bincount(np.arange(1, steps + 1) * 7 % 16, minlength=16)
    flips = sum(int(each[number]) * int(np.bitwise_count(masks[number]).sum()) for number in range(16))
    assert int(filled.counts()[1].returns.sum()) == flips


@pytest.mark.parametrize("steps", [100_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_a_very_long_run_in_very_little_memory(steps: int) -> None:
    made_up(steps, max_bytes=20_000)
