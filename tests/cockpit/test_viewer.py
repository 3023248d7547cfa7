"""What a tab has seen: a click refers to the frame on the screen, and the page can do without a socket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bnnlab.cockpit.viewer import MAX_FRAMES_KEPT, Viewer

from .fakes import FakeRun, viewer_of

CONNECT = {"path": "/api/bnn/live", "token": "t"}


@pytest.fixture
def run() -> FakeRun:
    return FakeRun()


@pytest.fixture
def viewer(run: FakeRun) -> Viewer:
    return viewer_of(run)


def meta(message: bytes | None) -> dict[str, Any]:
    assert message is not None
    values: dict[str, Any] = json.loads(message)
    return values


def test_a_click_refers_to_the_frame_on_the_screen_though_the_network_has_learned_on(
    viewer: Viewer, run: FakeRun
) -> None:
    run.set(step=10)
    on_screen = meta(viewer.next_frame())["serial"]
    assert viewer.acknowledge(on_screen)
    run.set(step=20)
    viewer.next_frame()  # on its way, not shown yet
    run.set(step=30)
    frame = viewer.frame()
    assert frame is not None
    assert frame.status.step == 10
    assert viewer.frame(on_screen) is frame


def test_a_frame_of_the_page_in_between_leaves_the_sockets_own_to_be_acknowledged(
    viewer: Viewer, run: FakeRun
) -> None:
    serial = meta(viewer.next_frame())["serial"]
    assert meta(viewer.page_frame(CONNECT))["serial"] == serial + 1
    assert viewer.acknowledge(serial)


def test_only_the_last_frames_are_kept(viewer: Viewer, run: FakeRun) -> None:
    for step in range(1, 30):
        run.set(step=step)
        viewer.next_frame()
    assert [serial for serial in range(1, 30) if viewer.frame(serial)] == list(
        range(30 - MAX_FRAMES_KEPT, 30)
    )
    assert not viewer.acknowledge(1)


def test_a_clicked_frame_is_kept_until_the_page_comes_to_it(viewer: Viewer, run: FakeRun) -> None:
    run.set(step=7)
    clicked = meta(viewer.next_frame())["serial"]
    viewer.command({"do": "keep", "serial": clicked})
    for step in range(10, 40):
        run.set(step=step)
        viewer.next_frame()
    frame = viewer.frame(clicked)
    assert frame is not None
    assert frame.status.step == 7
    for nonsense in (99999, "x", None, [1]):
        viewer.command({"do": "keep", "serial": nonsense})
    assert viewer.frame(99999) is None
    assert viewer.frame(clicked) is None, "one at a time"


def test_what_has_not_changed_is_not_sent_again(viewer: Viewer, run: FakeRun) -> None:
    assert viewer.has_news()
    assert meta(viewer.next_frame())["complete"]
    assert not viewer.has_news()
    assert viewer.next_frame() is None
    run.set(steps_per_second=3.0)  # another status, and nothing that one could see
    assert viewer.has_news()
    assert viewer.next_frame() is None
    assert not viewer.has_news()


def test_a_run_that_plays_fast_is_asked_and_a_slow_one_tells(viewer: Viewer, run: FakeRun) -> None:
    viewer.next_frame()
    for speed, asked in ((1.0, False), (10.0, False), (None, True), ("start", True)):
        run.set(state="playing", speed=speed)
        viewer.next_frame()
        assert viewer.has_news() is asked


def test_asking_whether_there_is_news_is_no_look(viewer: Viewer, run: FakeRun) -> None:
    viewer.next_frame()
    looks = run.looks
    for _ in range(10):
        viewer.has_news()
    assert run.looks == looks


def test_the_pages_own_frame_stays_byte_for_byte_while_nothing_changes(viewer: Viewer, run: FakeRun) -> None:
    first = viewer.page_frame(CONNECT)
    assert meta(first)["connect"] == CONNECT
    assert viewer.page_frame(CONNECT) == first
    run.set(step=1)
    assert meta(viewer.page_frame(CONNECT))["step"] == 1


def test_a_notice_is_said_once(viewer: Viewer) -> None:
    viewer.notice("Something.")
    first = viewer.page_frame(CONNECT)
    assert meta(first)["notice"] == "Something."
    assert viewer.page_frame(CONNECT) == first
    assert meta(viewer.next_frame())["notice"] is None


def test_commands_that_arrive_twice_are_obeyed_once(viewer: Viewer, run: FakeRun) -> None:
    viewer.numbered_commands([[5, {"do": "step"}]])
    viewer.numbered_commands([[5, {"do": "step"}], [6, {"do": "pause"}]])
    assert run.calls == [("step_once",), ("pause",)]
    assert meta(viewer.page_frame(CONNECT))["obeyed"] == 6


@pytest.mark.parametrize(
    "garbage", [None, 7, "x", {"a": 1}, [1], [[1]], [["1", {"do": "step"}]], [[None, 1, 2]]]
)
def test_garbage_instead_of_commands_does_no_harm(viewer: Viewer, run: FakeRun, garbage: object) -> None:
    viewer.numbered_commands(garbage)
    assert run.calls == []


def test_tokens_are_random_and_of_128_bits() -> None:
    tokens = {viewer_of(FakeRun()).token for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 22 for token in tokens)
