"""Who is right and who is not, who could not run, and what the record says."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from bnnlab.bench.compare import compare
from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.opponents import GEMM_OPPONENTS
from bnnlab.bench.product import GemmShape, GemmWorkload
from bnnlab.bits.ceiling import ceiling
from bnnlab.records import Benchmark

SHAPE = GemmShape(5, 70, 9)
SCALAR = GEMM_OPPONENTS["scalar"]


def benchmark(*opponents: Opponent[GemmWorkload], names: list[str] | None = None) -> Benchmark:
    registry = {each.name: each for each in opponents}
    return compare("gemm", [partial(GemmWorkload.random, SHAPE)], registry, names, seconds=1e-6)


def peer(name: str, answer: Any, **fields: Any) -> Opponent[GemmWorkload]:
    """An opponent that answers what a function makes of the right answer."""
    return Opponent(
        name, "a test", lambda workload: Prepared(partial(answer, workload.expected), np.asarray), **fields
    )


def almost(expected: np.ndarray) -> np.ndarray:
    wrong = expected.copy()
    wrong[-1, -1] += 2
    return wrong


def test_a_wrong_opponent_is_found_out() -> None:
    right, wrong, idle, misshapen = benchmark(
        peer("right", lambda expected: expected.astype(np.float32)),
        peer("wrong", almost),
        peer("idle", lambda expected: untouched(np.empty_like(expected))),
        peer("misshapen", lambda expected: expected[:, :-1]),
    ).results
    assert (right.exact, wrong.exact, idle.exact, misshapen.exact) == (True, False, False, False)


def test_the_record_holds_what_was_measured() -> None:
    ours, other = benchmark(SCALAR, peer("other", np.copy, arithmetic="float32")).results
    operations = 2 * 5 * 70 * 9
    assert ours.workload == other.workload == "5x70x9"
    assert ours.rate_best == pytest.approx(operations / ours.best_seconds / 1e9)
    assert ours.rate_median == pytest.approx(operations / ours.median_seconds / 1e9)
    assert ours.best_seconds <= ours.median_seconds
    assert ours.ratio == 1
    assert other.ratio == pytest.approx(other.best_seconds / ours.best_seconds)
    assert ours.bound == pytest.approx(ceiling("scalar"))
    assert ours.share == pytest.approx(operations / ours.best_seconds / 1e9 / ceiling("scalar"))
    assert ours.part == other.part == 1


def test_an_opponent_that_waited_for_its_core_is_named() -> None:
    elsewhere = partial(subprocess.run, [sys.executable, "-c", ""], check=True)

    def prepare(workload: GemmWorkload) -> Prepared:
        return Prepared(elsewhere, lambda _: workload.expected)

    done = benchmark(Opponent("waiter", "a test", prepare))
    assert done.results[0].core_share < 0.97
    if done.environment.pinned_to is not None:
        assert any("fastest sample of waiter, other programs had the core" in note for note in done.notes)


def test_a_stage_has_a_time_and_nothing_else() -> None:
    (stage,) = benchmark(replace(SCALAR, role="stage")).results
    assert stage.best_seconds > 0
    assert (stage.rate_best, stage.bound, stage.share, stage.ratio) == (None, None, None, None)


def test_without_ours_there_is_no_ratio() -> None:
    (other,) = benchmark(peer("other", np.copy)).results
    assert other.ratio is None


def refuse(expected: np.ndarray) -> None:
    raise RuntimeError("not this shape\nand more about it")


def test_absent_opponents_are_listed_and_do_not_stop_the_others() -> None:
    done = benchmark(
        SCALAR,
        peer("uninstalled", np.copy, module="no_module_has_this_name"),
        peer("unwilling", refuse),
    )
    assert [each.opponent for each in done.results] == ["scalar"]
    assert [(each.opponent, each.workload, each.reason) for each in done.absent] == [
        ("uninstalled", "all", "not installed"),
        ("unwilling", "5x70x9", "RuntimeError: not this shape"),
    ]


def test_a_module_that_is_there_but_broken_is_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "broken_module.py").write_text("raise ImportError('a library is missing')")
    monkeypatch.syspath_prepend(tmp_path)
    (absent,) = benchmark(SCALAR, peer("broken", np.copy, module="broken_module")).absent
    assert absent.reason == "ImportError: a library is missing"


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="not this shape"):
        benchmark(peer("ours", refuse, role="ours"))


def test_only_those_asked_for_take_part() -> None:
    done = benchmark(SCALAR, peer("other", np.copy), names=["other"])
    assert [each.opponent for each in done.results] == ["other"]
    with pytest.raises(ValueError, match="opponent must be one of scalar; got 'nobody'"):
        benchmark(SCALAR, names=["nobody"])


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 3601.0])
def test_impossible_times_are_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be above 0 and at most 3600"):
        compare("gemm", [], {}, None, seconds)


def test_json_and_back() -> None:
    done = benchmark(SCALAR, peer("other", np.copy), peer("uninstalled", np.copy, module="no_such_module"))
    document = json.loads(json.dumps(done.to_dict()))
    assert Benchmark.from_dict(document) == done
    assert document["results"][0]["share"] == done.results[0].share
    with pytest.raises(KeyError):
        Benchmark.from_dict({**document, "results": [{}]})
