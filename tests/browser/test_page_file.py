"""The page without a server: opened from a file, without a network, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import bnnlab
from bnnlab.page import RecordedRun, record_run, write_page
from bnnlab.train import RunConfig

from .conftest import PATIENCE_MS, SIZE

MAX_BYTES = 3_000_000
STEPS = 3_000
STROKES = {
    "0": [(140, 50), (95, 90), (90, 180), (140, 230), (190, 180), (185, 90), (140, 50)],
    "2": [(90, 90), (120, 55), (165, 60), (185, 100), (150, 160), (85, 225), (200, 225)],
}
"""Digits as the data set has them, on a field of 280 x 280."""


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return record_run(RunConfig(epochs=67))


@pytest.fixture(scope="module")
def file(run: RecordedRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "bnnlab.html"
    write_page(path, run)
    return path


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Page]:
    """The page, once it is ready; nothing may have been asked for but the file, and nothing may have failed."""
    context = browser.new_context(viewport=SIZE, offline=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert failed == []


def test_a_long_run_is_small(run: RecordedRun, file: Path) -> None:
    assert run.steps[-1] >= STEPS
    assert file.stat().st_size <= MAX_BYTES


def test_the_run_is_played_and_dragged_through(opened: Page, run: RecordedRun) -> None:
    lab = opened.locator("#lab .bnnlab").last
    expect(lab).to_have_attribute("data-step", "0")
    slider = opened.locator("#lab").get_by_role("slider", name="Step", exact=True)
    for at in (len(run.steps) - 1, 37, 38, 5):
        slider.fill(str(at))
        expect(lab).to_have_attribute("data-step", str(run.steps[at]))
    opened.locator("#lab").get_by_role("button", name="Play").click()
    expect(lab).not_to_have_attribute("data-step", str(run.steps[5]))
    opened.locator("#lab").get_by_role("button", name="Pause").click()


def test_numbers_that_are_typed_are_packed_and_multiplied(opened: Page) -> None:
    a, b = np.array([[1.0, -2.0, 3.0]]), np.array([[1.0, -1.0], [1.0, 1.0], [-1.0, -1.0]])
    opened.get_by_label("A, one row").fill("1 -2 3")
    expect(opened.get_by_role("alert").filter(has_text="equally many")).to_be_visible()
    opened.get_by_label("B, one column").fill("1 -1\n1 1\n-1 -1")
    trace = bnnlab.trace_gemm(bnnlab.pack_rows(a), bnnlab.pack_columns(b), 8)
    expect(opened.locator("#packing .filling").first).to_contain_text(f"0x{trace.steps['a'][0]:02x}")
    expect(opened.locator("#packing .word-product td").first).to_have_text(
        str(trace.result[0, 0]).replace("-", "−")
    )
    expect(opened.locator("#stepper .word-result").first).to_contain_text(str(trace.steps["popcount"][0]))


def test_a_sign_that_is_turned_is_packed_anew(opened: Page) -> None:
    product = opened.locator("#packing .word-product td").first
    before = product.inner_text()
    opened.locator("#packing .editable td").first.click()
    expect(opened.locator("#packing")).to_contain_text("1 sign turned")
    expect(product).not_to_have_text(before)


@pytest.mark.parametrize("digit", STROKES)
def test_a_digit_that_is_drawn_is_recognised(opened: Page, digit: str) -> None:
    paper = opened.locator(".paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box
    scale = box["width"] / 280
    first, *others = [(box["x"] + scale * x, box["y"] + scale * y) for x, y in STROKES[digit]]
    opened.mouse.move(*first)
    opened.mouse.down()
    for place in others:
        opened.mouse.move(*place, steps=5)
    opened.mouse.up()
    expect(opened.locator(".drawn-class")).to_have_text(digit)
    opened.get_by_role("button", name="clear").click()
    expect(opened.locator(".drawn-class")).to_have_text("Draw a digit")
