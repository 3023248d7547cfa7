"""Measures the live lab in Chromium: `python tests/measure/live_lab.py [--only updates,first,...]`.

Run it on two quiet cores: browser, server and training share them. Each part prints one line of JSON a case:

    updates  new steps drawn a second, and milliseconds from a snapshot to its pixels, 64x64 and 256x784
    first    seconds to the first picture on a warm server, recorded and live, median of ten
    fast     60 s of "fast": frames a second of the page, and its longest task
    clicks   seconds from a weight to the instruction that counts its bit, median of ten
    seek     milliseconds from a press on the time line to the picture of a past step
    beside   updates a second with another network in lockstep
    stops    seconds until a stop of the tour is there, text and what it points at, each in a fresh session
    shifts   layout shifts while settings change and pages switch, those after input counted too
    quiet    requests and frames while paused, and while nothing is drawn
    many     8 sessions: 2 browsers and 6 clients that acknowledge frames; then seconds until their threads are gone
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from bnnlab.widgets.tour import STOPS
from tests.browser.programs import CHROMIUM
from tests.measure.lab_client import LabClient
from tests.measure.page_scripts import CLICK, FIRST_PICTURE, HOST, SEEK, SHIFTS, SMOOTHNESS, WATCH

SECONDS = 20
FAST_SECONDS = 60
VISITS = 10
CLIENTS = 6
SEEKS = 40
SPARE_READY_S = 8  # until the next visitor of the tour finds a run that has learned
CASES = {
    "64x64": "?speed=fast&epochs=100000",
    "256x784": "?dataset=mnist&first_layer=binary&widths=256,256&speed=fast&epochs=100000",
}


def main() -> None:
    """Measure what was asked for."""
    parts: dict[str, Callable[[Browser, str], Iterator[dict[str, Any]]]] = {
        "updates": updates,
        "first": first,
        "fast": fast,
        "clicks": clicks,
        "seek": seek,
        "beside": beside,
        "stops": stops,
        "shifts": shifts,
        "quiet": quiet,
        "many": many,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(parts), help="parts, separated by commas")
    chosen = parser.parse_args().only.split(",")
    if unknown := set(chosen) - parts.keys():
        parser.error(f"--only takes {', '.join(parts)}; got {', '.join(sorted(unknown))}")
    path = CHROMIUM.find()
    if not path:
        sys.exit(CHROMIUM.help)
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with opened(browser, url):  # the first visit fills caches of server and browser
            pass
        for name in chosen:
            for result in parts[name](browser, url):
                print(json.dumps({"part": name, **result}), flush=True)
        browser.close()


def updates(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """New steps drawn a second, and how old they are on the screen."""
    for case, query in CASES.items():
        with opened(browser, f"{url}/{query}") as page:
            page.wait_for_timeout(3000)  # past the compilation of scripts
            seen = page.evaluate(WATCH, SECONDS)
        yield {"case": case, **_rates(seen, SECONDS)}


def first(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """How soon there is something to see."""
    for case, query in {"recorded": "", "live": "?speed=fast"}.items():
        drawn, after_paint = [], []
        for _ in range(VISITS):
            with opened(browser, f"{url}/{query}") as page:
                times = page.evaluate(FIRST_PICTURE)
            drawn.append(times["drawn"] / 1000)
            after_paint.append((times["drawn"] - times["paint"]) / 1000)
        yield {
            "case": case,
            "first_picture_s": round(median(drawn), 2),
            "after_first_paint_s": round(median(after_paint), 2),
            "slowest_s": round(max(drawn), 2),
        }


def stops(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """How soon each stop of the tour is there."""
    seconds = []
    for number, stop in enumerate(STOPS, 1):
        time.sleep(SPARE_READY_S)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        began = time.monotonic()
        page.goto(f"{url}/?stop={number}")
        page.get_by_role("heading", name=stop.title).wait_for()
        page.locator(stop.points_at).first.wait_for()
        seconds.append(time.monotonic() - began)
        context.close()
    yield {"median_s": round(median(seconds), 2), "slowest_s": round(max(seconds), 2)}


def fast(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """Whether the page stays smooth."""
    with opened(browser, f"{url}/{CASES['64x64']}") as page:
        page.wait_for_timeout(3000)
        seen = page.evaluate(SMOOTHNESS, FAST_SECONDS)
    yield {
        "page_frames_per_s": round(seen["frames"] / FAST_SECONDS, 1),
        "longest_task_ms": round(seen["longest"]),
    }


def clicks(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """From a weight to the instruction that counts its bit, while training goes on."""
    seconds = []
    for _ in range(VISITS):
        with opened(browser, f"{url}/?speed=fast&layer=hidden1&neuron=3&weight=10") as page:
            page.wait_for_timeout(1500)
            page.evaluate(CLICK)
            page.get_by_role("button", name="the instruction that counts it").click()
            seconds.append(page.evaluate("window.arrived") / 1000)
    yield {"weight_to_instruction_s": round(median(seconds), 2), "slowest_s": round(max(seconds), 2)}


def seek(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """From a press on the time line to the picture of that step, while training goes on."""
    with opened(browser, f"{url}/?speed=fast") as page:
        page.wait_for_function(
            f"() => {{ {HOST} return Number(host.dataset.step) > 1500; }}", timeout=120_000
        )
        seconds = page.evaluate(SEEK, SEEKS)
    p50, p95 = np.percentile(seconds, [50, 95])
    yield {"seeks": len(seconds), "press_to_pixels_p50_ms": round(p50), "press_to_pixels_p95_ms": round(p95)}


def beside(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """Updates a second while another network learns in lockstep."""
    for name in ("float twin", "approx_sign"):
        with opened(browser, f"{url}/{CASES['64x64']}") as page:
            page.get_by_role("button", name="compare").click()
            page.get_by_label("a network beside it").select_option(name)
            page.get_by_text(re.compile("It answers")).wait_for(timeout=60_000)
            page.keyboard.press("Escape")
            page.wait_for_timeout(2000)
            seen = page.evaluate(WATCH, SECONDS)
        yield {"case": name, **_rates(seen, SECONDS)}


def shifts(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """How much the page jumps."""
    with opened(browser, f"{url}/?speed=fast", script=SHIFTS) as page:
        page.wait_for_timeout(2000)
        opening = page.evaluate("window.shifted")
        for group, choice in (
            ("Binarise", "W"),
            ("Binarise", "W and x"),
            ("Speed", "1/s"),
            ("Speed", "fast"),
        ):
            page.get_by_role("group", name=group).get_by_role("button", name=choice, exact=True).click()
            page.wait_for_timeout(700)
        for name in ("pause", "step", "play"):
            page.get_by_role("button", name=re.compile(f"^{name}", re.IGNORECASE)).click()
            page.wait_for_timeout(700)
        settings = page.evaluate("window.shifted") - opening
        for name in ("Signs & STE", "Packing", "XNOR-GEMM", "Kernel", "Summary", "Lab"):
            page.get_by_role("link", name=name, exact=True).first.click()
            page.wait_for_timeout(2500)
        pages = page.evaluate("window.shifted") - opening - settings
    yield {
        "opening": round(opening, 4),
        "settings": round(settings, 4),
        "pages": round(pages, 4),
        "score": round(settings + pages, 4),
    }


def quiet(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """What is sent while nobody looks, or nothing happens."""
    hide = "() => { window.requestAnimationFrame = () => 0; }"  # as in a hidden tab: nothing is drawn
    for case in ("paused", "hidden"):
        counts = {"requests": 0, "frames": 0}

        def count(what: str, counts: dict[str, int] = counts) -> Callable[[Any], None]:
            def add(_: Any) -> None:
                counts[what] += 1

            return add

        def listen(page: Page) -> None:
            page.on("request", count("requests"))
            page.on("websocket", lambda socket: socket.on("framereceived", count("frames")))

        with opened(browser, f"{url}/?speed=fast", before=listen) as page:
            page.wait_for_timeout(2000)
            if case == "paused":
                page.get_by_role("button", name=re.compile("^pause", re.IGNORECASE)).click()
            else:
                page.evaluate(hide)
            page.wait_for_timeout(1000)  # what was on its way
            counts.update(requests=0, frames=0)
            page.wait_for_timeout(10_000)
            yield {"case": case, "seconds": 10, **counts}


def many(browser: Browser, url: str) -> Iterator[dict[str, Any]]:
    """Whether sessions share two cores fairly, and leave nothing behind."""
    query = CASES["64x64"]
    with ExitStack() as stack:
        pages = [stack.enter_context(opened(browser, f"{url}/{query}")) for _ in range(2)]
        clients = [stack.enter_context(LabClient(url, query.removeprefix("?"))) for _ in range(CLIENTS)]
        time.sleep(3)
        began = time.monotonic()
        counter = f"() => {{ {HOST} return [Number(host.dataset.draws), Number(host.dataset.step)]; }}"
        before = [page.evaluate(counter) for page in pages]
        time.sleep(SECONDS)
        after = [page.evaluate(counter) for page in pages]
        elapsed = time.monotonic() - began
        in_browsers = [(late[0] - early[0]) / elapsed for early, late in zip(before, after, strict=True)]
        in_clients = [sum(at >= began for at, _ in client.steps) / elapsed for client in clients]
    closed = time.monotonic()
    while _trainers(url) and time.monotonic() < closed + 60:
        time.sleep(0.05)
    yield {
        "browsers_updates_per_s": [round(rate, 1) for rate in in_browsers],
        "clients_updates_per_s": [round(rate, 1) for rate in in_clients],
        "threads_gone_after_s": round(time.monotonic() - closed, 2),
    }


def _rates(seen: dict[str, Any], seconds: float) -> dict[str, Any]:
    drawn, pixels = (np.round(np.percentile(seen[name], [50, 95])) for name in ("drawn", "pixels"))
    return {
        "updates_per_s": round(len(seen["pixels"]) / seconds, 1),
        "snapshot_to_drawn_p50_p95_ms": drawn.tolist(),
        "snapshot_to_pixels_p50_p95_ms": pixels.tolist(),
        "training_steps_per_s": round(seen["steps"] / seconds, 1),
    }


@contextmanager
def opened(
    browser: Browser, url: str, *, script: str = "", before: Callable[[Page], None] = lambda _: None
) -> Iterator[Page]:
    """A new visitor's page, once its first picture is drawn."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    if script:
        page.add_init_script(script)
    before(page)
    page.goto(url)
    page.wait_for_function(FIRST_PICTURE, timeout=60_000)
    yield page
    context.close()


@contextmanager
def served() -> Iterator[str]:
    """Address of a lab of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("bnnlab")), "app", "--port", str(port), "--no-browser"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            yield url
        finally:
            server.terminate()


def _trainers(url: str) -> int:
    with urllib.request.urlopen(f"{url}/api/bnn/stats", timeout=10) as answer:
        return int(json.load(answer)["trainers"])


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the lab did not start")


if __name__ == "__main__":
    main()
