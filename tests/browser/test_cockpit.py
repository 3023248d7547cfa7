"""The cockpit in a real browser: that it fits, moves, can be touched, and says what holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from .conftest import check_fits
from .test_journeys import open_lab

STILL = "?play=false"
WINDOWS: tuple[ViewportSize, ...] = (
    {"width": 390, "height": 844},
    {"width": 1366, "height": 768},
    {"width": 1920, "height": 1080},
    {"width": 3840, "height": 2160},
)


def lab_of(page: Page) -> Locator:
    return page.locator(".bnnlab")


def map_pixels(page: Page, layer: int = 1) -> str:
    """The pixels of a layer's weights, as text to compare; layer 0 is the one that reads the data."""
    drawn = page.locator(".strip-map").nth(2 * layer)
    return str(drawn.evaluate("canvas => canvas.toDataURL()"))


def step_of(page: Page) -> int:
    return int(lab_of(page).get_attribute("data-step") or -1)


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        "([node, step]) => Number(node.dataset.step) >= step", arg=[lab_of(page).element_handle(), step]
    )


def click_weight(page: Page, neuron: int, weight: int, layer: int = 1) -> None:
    """Click a cell of a layer's map."""
    drawn = page.locator(".strip-map").nth(2 * layer)
    box, size = drawn.bounding_box(), drawn.evaluate("canvas => [canvas.width, canvas.height]")
    assert box is not None
    page.mouse.click(
        box["x"] + box["width"] * (weight + 0.5) / size[0],
        box["y"] + box["height"] * (neuron + 0.5) / size[1],
    )


def test_the_network_and_the_neuron_row_are_whole_on_a_laptop(page: Page) -> None:
    open_lab(page, STILL)
    for height in (768, 650):  # without and with what a browser takes of the screen
        page.set_viewport_size({"width": 1366, "height": height})
        for part in ("the network", "Neuron", "Distribution of weights", "Distribution of x", "Weight"):
            expect(page.get_by_role("region", name=part, exact=True)).to_be_in_viewport(ratio=1)
        if height == 768:
            expect(page.get_by_role("region", name="The run so far")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("query", [STILL, f"{STILL}&dataset=moons"])
def test_nothing_is_wider_than_its_window_and_no_text_is_tiny(page: Page, query: str) -> None:
    page.set_viewport_size(WINDOWS[0])
    open_lab(page, query)
    for window in WINDOWS:
        page.set_viewport_size(window)
        check_fits(page)
        tiny = lab_of(page).evaluate(
            """host => [...host.querySelectorAll('*')].filter(node => node.textContent.trim() && node.checkVisibility()
                 && [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
                 && parseFloat(getComputedStyle(node).fontSize) < 12).map(node => node.textContent)"""
        )
        assert tiny == [], window


def test_signs_flip_while_it_plays_which_the_keyboard_stops_and_nothing_is_mounted_anew(page: Page) -> None:
    open_lab(page)
    node = lab_of(page).element_handle()
    assert node is not None
    before = map_pixels(page)
    wait_for_step(page, step_of(page) + 20)
    assert map_pixels(page) != before
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert node.evaluate("node => node.isConnected")


def test_a_link_opens_the_same_neuron(visitor: Callable[[], Page]) -> None:
    page, other = visitor(), visitor()
    open_lab(page, STILL)
    click_weight(page, neuron=5, weight=20)
    expect(page.get_by_role("heading", name="hidden1, neuron 5")).to_be_visible()
    expect(page.get_by_role("heading", name="the weight of its input 20")).to_be_visible()
    page.wait_for_url("**layer=hidden1&neuron=5&weight=20*")
    open_lab(other, "?" + page.url.partition("?")[2])
    expect(other.get_by_role("heading", name="hidden1, neuron 5")).to_be_visible()
    expect(other.get_by_role("heading", name="the weight of its input 20")).to_be_visible()


def test_flip_it_and_back(page: Page) -> None:
    open_lab(page, STILL)
    click_weight(page, neuron=5, weight=20)
    panel = page.get_by_role("region", name="Weight", exact=True)
    expect(panel).to_contain_text("the weight of its input 20")
    before = map_pixels(page)
    panel.get_by_role("button", name="flip it").click()
    expect(panel).to_contain_text("If it flipped back")
    assert map_pixels(page) != before
    panel.get_by_role("button", name="undo").click()
    expect(panel.get_by_role("button", name="flip it")).to_be_visible()
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() === before",
        arg=[page.locator(".strip-map").nth(2).element_handle(), before],
    )


def test_walls_are_dragged_while_paused(page: Page) -> None:
    open_lab(page, STILL)
    panel = page.get_by_role("region", name="Distribution of x")
    before = panel.get_by_role("heading").inner_text()
    handle = panel.get_by_role("slider").last
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 10, box["y"], steps=4)
    page.mouse.up()
    expect(panel.get_by_role("heading")).not_to_have_text(before)
    page.wait_for_url("**clip_value=0.*")
    expect(lab_of(page)).to_have_attribute("data-step", "0")


def test_a_reset_and_other_data_begin_anew_with_one_undo(page: Page) -> None:
    open_lab(page, STILL)
    before = map_pixels(page)
    page.get_by_role("button", name="step", exact=True).click()
    expect(lab_of(page)).to_have_attribute("data-step", "1")
    page.get_by_role("button", name="Start again").click()
    expect(lab_of(page)).to_have_attribute("data-step", "0")
    assert map_pixels(page) == before
    page.get_by_role("button", name="step", exact=True).click()
    expect(lab_of(page)).to_have_attribute("data-step", "1")
    page.get_by_role("button", name=re.compile("moons", re.IGNORECASE)).first.click()
    expect(page.get_by_role("region", name="decision surface")).to_be_visible()
    expect(lab_of(page)).to_have_attribute("data-step", "0")
    page.wait_for_url("**dataset=moons*")
    page.get_by_role("button", name="back to").click()
    expect(page.get_by_role("region", name="test images answered wrongly")).to_be_visible()
    expect(lab_of(page)).to_have_attribute("data-step", "1")


def test_a_still_network_tells_a_neurons_sum_the_way_back_and_the_next_example(page: Page) -> None:
    open_lab(page, STILL)
    click_weight(page, neuron=7, weight=0)
    panel = page.get_by_role("region", name="Neuron", exact=True)
    expect(panel).to_contain_text(re.compile(r"sum \d+ − \d+ = "))
    agree, differ, total = (
        int(part.replace("−", "-"))
        for part in re.findall(r"sum (\d+) − (\d+) = (−?\d+)", panel.inner_text())[0]
    )
    assert agree + differ == 64
    assert agree - differ == total
    page.get_by_role("button", name="next ›").click()
    expect(page.get_by_text("test image 1: ")).to_be_visible()
    page.wait_for_url("**example=1*")
    page.get_by_role("button", name="backward").click()
    expect(page.get_by_text(re.compile(r"\d+ of 64 gradients blocked")).first).to_be_visible()


def test_settings_say_when_they_take_hold_and_do(page: Page) -> None:
    open_lab(page, STILL)
    page.get_by_role("button", name="more settings").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("at once")
    expect(drawer).to_contain_text("anew")
    widths = drawer.get_by_label("widths", exact=False).first
    widths.fill("64, many")
    widths.press("Enter")
    expect(drawer).to_contain_text("whole numbers")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.get_by_role("button", name="nothing", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Nothing is binarised now")
    expect(page.get_by_role("region", name="Neuron", exact=True)).to_contain_text("no bits are counted")
    expect(lab_of(page)).to_have_attribute("data-step", "0")


def test_convolutions_show_filters_and_maps(page: Page) -> None:
    open_lab(page, f"{STILL}&dataset=mnist&model=convnet")
    expect(page.get_by_text("32 filters of 16 × 3 × 3")).to_be_visible()
    expect(page.get_by_text("a map of bits for each filter").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("conv2"))).to_be_visible()


def test_a_word_of_the_trade_is_explained_where_it_stands(page: Page) -> None:
    open_lab(page, f"{STILL}&layer=hidden1&neuron=3&weight=10")
    word = (
        page.get_by_role("region", name="Distribution of weights").get_by_role("button", name="t_clip").first
    )
    note = page.get_by_role("tooltip")
    word.hover()
    expect(note).to_contain_text("lets nothing through")
    expect(note).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()


def test_a_finger_chooses_among_sixteen_large_bits_at_a_time(phone: Page) -> None:
    page = phone
    open_lab(page, f"{STILL}&widths=64,130,130")
    drawn = page.locator(".strip-map").nth(2).bounding_box()
    assert drawn is not None
    page.touchscreen.tap(drawn["x"] + 20, drawn["y"] + 60)
    sheet = page.get_by_role("region", name="Neuron", exact=True)
    expect(sheet).to_be_in_viewport(ratio=0.95)
    expect(sheet.get_by_role("heading")).not_to_have_text("hidden1, neuron 3")  # the tap was answered
    sheet.get_by_role("button", name="the bits after these").tap()
    cell = sheet.locator(".bit-cell").nth(3)
    box = cell.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 40
    cell.tap()
    expect(sheet).to_contain_text(re.compile(r"input 1[0-9]: .*they (agree|differ)"))
    expect(cell).to_have_attribute("aria-pressed", "true")


def test_what_cannot_be_chosen_says_why(page: Page) -> None:
    open_lab(page, f"{STILL}&optimizer=bop")
    choice = page.get_by_role("button", name="nothing", exact=True)
    expect(choice).to_be_disabled()
    choice.hover(force=True)
    expect(page.get_by_role("tooltip")).to_contain_text("keeps no hidden numbers")
