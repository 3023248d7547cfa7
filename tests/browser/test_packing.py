"""The Packing page in a real browser: signs turned by mouse and keyboard, and weights packed the wrong way."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def panel(page: Page, name: str) -> Locator:
    return page.locator(".packed").filter(has_text=re.compile(rf"^{name}, "))


def first_word(page: Page, name: str) -> str:
    return panel(page, name).locator(".filling-caption").first.inner_text()


def flipped_bit(text: str, bit: int) -> str:
    value = int(text.split(" ")[0], 16) ^ (1 << bit)
    return f"0x{value:02x} = {value}"


def test_a_clicked_sign_changes_its_bit_and_reset_puts_it_back(page: Page) -> None:
    page.goto("/packing")
    expect(panel(page, "A").locator(".filling-caption").first).to_be_visible()
    before = first_word(page, "A")
    panel(page, "A").get_by_role("gridcell").nth(2).click()
    expect(page.get_by_text("1 sign turned")).to_be_visible()
    caption = panel(page, "A").locator(".filling-caption").first
    expect(caption).to_have_text(flipped_bit(before, 2))
    expect(page.get_by_text("All 16 sums equal the product of the signs.")).to_be_visible()
    page.get_by_role("button", name="reset").click()
    expect(caption).to_have_text(before)
    expect(panel(page, "A").locator("td.turned")).to_have_count(0)


def test_signs_are_dragged_over_and_turned_by_keyboard(page: Page) -> None:
    page.goto("/packing")
    cells = panel(page, "B").get_by_role("gridcell")
    expect(cells.first).to_be_visible()
    cells.nth(0).hover()
    page.mouse.down()
    for cell in (1, 2):
        cells.nth(cell).hover()
    page.mouse.up()
    expect(page.get_by_text("3 signs turned")).to_be_visible()
    before = first_word(page, "B")
    cells.nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 signs turned")).to_be_visible()
    expect(panel(page, "B").locator("td.turned")).to_have_count(4)
    caption = panel(page, "B").locator(".filling-caption").first
    expect(caption).not_to_have_text(before)


def test_weights_packed_the_wrong_way_give_marked_sums(page: Page) -> None:
    page.goto("/packing")
    marked = page.locator(".word-product td.wrong")
    expect(page.get_by_role("switch")).to_be_visible()
    expect(marked).to_have_count(0)
    page.get_by_role("switch").check()
    expect(page.get_by_text("Bits meet that do not belong together.")).to_be_visible()
    count = marked.count()
    assert count > 0
    expect(page.get_by_text(f"{count} of 16 sums")).to_be_visible()
    page.get_by_role("switch").uncheck()
    expect(marked).to_have_count(0)


def test_the_default_needs_no_scrolling_and_a_second_word_is_seen(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 650})
    page.goto("/packing")
    expect(page.locator(".memory")).to_be_in_viewport(ratio=1)
    page.goto("/packing?pack_columns=130&pack_word=64")
    expect(panel(page, "A").locator(".filling-line").first.locator(".filling-word")).to_have_count(3)
