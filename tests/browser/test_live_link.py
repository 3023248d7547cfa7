"""The cockpit and its run: frames only while somebody looks, and a run that outlasts its page."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest
from playwright.sync_api import Locator, Page, WebSocket, WebSocketRoute, expect

GONE_WITHIN_S = 30  # of patience; how long it takes is measured by tests/measure/live_lab.py


@pytest.fixture
def sockets(page: Page) -> list[WebSocket]:
    """Every live socket that the page opens."""
    opened: list[WebSocket] = []
    page.on("websocket", lambda socket: opened.append(socket) if "/api/bnn/live" in socket.url else None)
    return opened


def lab_of(page: Page) -> Locator:
    lab = page.locator(".bnnlab")
    expect(lab).to_have_attribute("data-step", "0") if "play=false" in page.url else None
    return lab


def step_of(page: Page) -> int:
    return int(page.locator(".bnnlab").get_attribute("data-step") or -1)


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        "([node, step]) => Number(node.dataset.step) >= step",
        arg=[page.locator(".bnnlab").element_handle(), step],
    )


def stats(server: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{server}/api/bnn/stats", timeout=10) as answer:
        counts: dict[str, int] = json.load(answer)
        return counts


def frames_received(socket: WebSocket) -> list[int]:
    """A list that grows by one with each frame."""
    seen: list[int] = []
    socket.on("framereceived", lambda _: seen.append(1))
    return seen


def test_the_recorded_beginning_hands_over_to_live_frames_that_have_caught_up(page: Page) -> None:
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(re.compile("/api/bnn/live"), lambda socket: sockets.append(socket))
    page.goto("/")
    mark = page.locator(".bnnlab .recorded")
    expect(mark).to_be_visible()
    wait_for_step(page, 3)
    page.evaluate(
        """([lab, mark]) => {
             window.seen = [];
             const look = () => {
               window.seen.push([Number(lab.dataset.step), !mark.hidden]);
               requestAnimationFrame(look);
             };
             look();
           }""",
        [page.locator(".bnnlab").element_handle(), mark.element_handle()],
    )
    sockets[-1].connect_to_server()  # until now nothing live could arrive
    expect(mark).to_be_hidden()
    wait_for_step(page, step_of(page) + 3)
    seen = page.evaluate("window.seen")
    steps = [step for step, _ in seen]
    assert steps == sorted(steps), "none is seen twice"
    kinds = [recorded for _, recorded in seen]
    assert kinds == sorted(kinds, reverse=True), "and once it is live, it stays so"
    assert kinds[0]


def until_quiet(page: Page, requests: list[str]) -> None:
    """Waits for two seconds in which the page asked for nothing: longer than it waits to fetch ahead."""
    while True:
        requests.clear()
        page.wait_for_timeout(2000)
        if not requests:
            return


def test_a_paused_lab_gets_nothing_and_one_step_brings_one_picture(
    page: Page, sockets: list[WebSocket]
) -> None:
    page.goto("/?speed=fast")
    wait_for_step(page, 20)
    page.get_by_role("button", name="pause").click()
    expect(page.get_by_role("button", name="play")).to_be_visible()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    (socket,) = sockets
    seen = frames_received(socket)
    until_quiet(page, requests)  # what was on its way, and what is fetched ahead of the next click
    seen.clear()
    page.wait_for_timeout(1000)
    assert seen == []
    assert requests == []
    step = step_of(page)
    page.get_by_role("button", name="step", exact=True).click()
    expect(page.locator(".bnnlab")).to_have_attribute("data-step", str(step + 1))


def test_a_hidden_page_gets_no_frames_and_goes_on_when_it_is_seen(
    page: Page, sockets: list[WebSocket]
) -> None:
    page.goto("/?speed=fast")
    wait_for_step(page, 20)
    page.evaluate(
        """() => {
             window.held = []; window.real = window.requestAnimationFrame;
             window.requestAnimationFrame = callback => window.held.push(callback);
           }"""  # as in a hidden tab: nothing is drawn
    )
    page.wait_for_timeout(300)
    seen = frames_received(sockets[-1])
    page.wait_for_timeout(1000)
    assert seen == []
    step = step_of(page)
    page.evaluate(
        """() => {
             window.requestAnimationFrame = window.real;
             window.held.forEach(callback => callback(performance.now()));
           }"""
    )
    wait_for_step(page, step + 10)


def test_a_reloaded_page_has_its_run_again_and_a_link_that_is_followed_one_of_its_own(page: Page) -> None:
    page.goto("/?speed=fast&seed=3")
    wait_for_step(page, 50)
    run = page.evaluate("sessionStorage.getItem('bnnlab.run')")
    page.reload()
    wait_for_step(page, 50)
    assert page.evaluate("sessionStorage.getItem('bnnlab.run')") == run
    page.goto("/?play=false&seed=4")
    page.wait_for_function("run => sessionStorage.getItem('bnnlab.run') !== run", arg=run)


def test_a_cut_socket_comes_back_to_the_same_run(page: Page, sockets: list[WebSocket]) -> None:
    page.add_init_script(
        """const Real = WebSocket; window.live = [];
           window.WebSocket = class extends Real {
             constructor(...all) {
               super(...all);
               if (String(all[0]).includes('/api/bnn/live')) window.live.push(this);
             }
           };"""
    )
    page.goto("/?speed=fast")
    wait_for_step(page, 30)
    page.evaluate("() => window.live.at(-1).close()")
    page.wait_for_function("() => window.live.length >= 2")
    wait_for_step(page, step_of(page) + 20)
    assert step_of(page) > 30
    assert len({socket.url for socket in sockets}) == 1


@pytest.fixture
def fallen_back(page: Page) -> Page:
    page.goto("/?transport=fragments&speed=10")
    wait_for_step(page, 3)
    return page


def test_without_a_socket_the_page_carries_frames_and_commands(
    fallen_back: Page, sockets: list[WebSocket]
) -> None:
    page = fallen_back
    page.get_by_role("button", name="pause").click()
    expect(page.get_by_role("button", name="play")).to_be_visible()
    step = step_of(page)
    page.get_by_role("button", name="step", exact=True).click()
    wait_for_step(page, step + 1)
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".bnnlab")).to_have_attribute("data-step", "0")
    page.get_by_role("button", name="play").click()
    wait_for_step(page, 3)
    assert sockets == []


def test_an_impossible_address_is_one_sentence_and_the_lab_lives_on(page: Page) -> None:
    page.goto("/?layer=nope&neuron=99999")
    sentence = page.get_by_role("status").first
    expect(sentence).to_contain_text("Layer must be one of hidden1, hidden2; got 'nope'.")
    wait_for_step(page, 1)


def test_a_closed_tab_ends_its_thread_and_leaves_its_run(page: Page, server: str) -> None:
    before = stats(server)
    page.goto("/")
    page.wait_for_selector(".bnnlab[data-step]")
    assert stats(server)["sessions"] > 0
    page.close()
    deadline = time.monotonic() + GONE_WITHIN_S
    while (now := stats(server))["trainers"] > 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert now["trainers"] == now["sessions"] == 0
    assert now["kept"] > 0
    assert before["kept"] <= now["kept"] or now["kept"] == 8
