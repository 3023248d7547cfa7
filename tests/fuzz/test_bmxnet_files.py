"""A short run of the fuzz program; the long one is started by hand."""

from .bmxnet_files import damaged, fuzz, memory, outcome, pairs


def test_undamaged_files_answer() -> None:
    assert [outcome(pair.params, pair.symbol) for pair in pairs()] == ["answers"] * len(pairs())
    largest = pairs()[-1]
    assert 1 < memory(largest.params, largest.symbol) < 4


def test_damaged_files_are_refused_or_answer() -> None:
    outcomes, findings, most = fuzz(range(1500), seed=20260101)
    assert not findings, "\n".join(findings)
    assert outcomes["refused"] > 300
    assert outcomes["answers"] > 300
    assert 0 < most < 4


def test_a_case_is_the_same_every_time() -> None:
    assert damaged(17, seed=3) == damaged(17, seed=3) != damaged(18, seed=3)
