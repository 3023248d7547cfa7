"""Who owns a run: a session that lives, or for ten minutes nobody, waiting for the page that comes back."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bnnlab.app.live.runs import KEPT_S, MAX_KEPT, Runs
from bnnlab.train import RunConfig

from ..cockpit.fakes import FakeRun


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runs(clock: Clock) -> Runs:
    return Runs(clock=clock, start=cast(Any, FakeRun))


def calls(viewer: Any) -> list[str]:
    return [name for name, *_ in viewer.run.calls]


def test_each_session_has_a_run_of_its_own(runs: Runs) -> None:
    first = runs.of("a", RunConfig(seed=3))
    assert runs.of("a", RunConfig(seed=4)) is first
    assert first.run.status.config.seed == 3
    assert runs.of("b") is not first
    assert runs.find(first.token) is first
    assert runs.counts() == {"sessions": 2, "kept": 0}


def test_a_session_that_ends_parks_its_run_and_shows_it_to_nobody(runs: Runs) -> None:
    viewer = runs.of("a")
    viewer.attach(object())
    runs.leave("a")
    assert runs.find(viewer.token) is None
    assert viewer.client is None
    assert runs.counts() == {"sessions": 0, "kept": 1}
    runs.close()
    assert calls(viewer) == ["park", "close"]


def test_a_session_that_was_cut_off_finds_its_run_again(runs: Runs) -> None:
    viewer = runs.of("a")
    runs.leave("a")
    assert runs.of("a") is viewer
    assert runs.find(viewer.token) is viewer


def test_a_reloaded_page_adopts_the_run_it_had(runs: Runs) -> None:
    old = runs.of("before")
    runs.leave("before")
    fresh = runs.of("after")
    assert runs.adopt("after", old.token)
    assert runs.of("after") is old
    assert runs.find(fresh.token) is None
    assert runs.adopt("after", old.token), "asked twice, it stays"
    runs.close()
    assert calls(fresh) == ["close"]


def test_a_run_that_somebody_looks_at_is_not_taken_away(runs: Runs) -> None:
    theirs, own = runs.of("theirs"), runs.of("own")
    assert not runs.adopt("own", theirs.token)
    assert runs.of("own") is own
    assert runs.of("theirs") is theirs


@pytest.mark.parametrize("token", ["", "nobody's", "x" * 10_000])
def test_an_unknown_token_is_ignored(runs: Runs, token: str) -> None:
    own = runs.of("own")
    assert not runs.adopt("own", token)
    assert runs.of("own") is own


def test_after_ten_minutes_a_run_is_closed(runs: Runs, clock: Clock) -> None:
    viewer = runs.of("a")
    runs.leave("a")
    clock.now = KEPT_S - 1
    runs.sweep()
    assert runs.counts()["kept"] == 1
    clock.now = KEPT_S
    runs.sweep()
    assert runs.counts() == {"sessions": 0, "kept": 0}
    assert not runs.adopt("b", viewer.token)
    runs.close()
    assert calls(viewer) == ["park", "close"]


def test_of_too_many_kept_runs_the_oldest_go(runs: Runs, clock: Clock) -> None:
    viewers = []
    for at in range(MAX_KEPT + 3):
        clock.now = float(at)
        viewers.append(runs.of(f"session {at}"))
        runs.leave(f"session {at}")
    assert runs.counts()["kept"] == MAX_KEPT
    clock.now += 1
    assert not runs.adopt("late", viewers[2].token)
    assert runs.adopt("late", viewers[3].token)


def test_what_lives_is_never_swept(runs: Runs, clock: Clock) -> None:
    viewer = runs.of("a")
    clock.now = 100 * KEPT_S
    runs.sweep()
    assert runs.find(viewer.token) is viewer
