"""What a visitor does, in a real browser: only what nothing below the browser could show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

import bnnlab
from bnnlab.deploy import PackedModel, summary

from .conftest import PATIENCE_MS, check_fits


def open_lab(page: Page, query: str = "") -> None:
    """Open the Lab and wait until it is drawn, and unless it is to stand still, until it has moved on."""
    page.goto(f"/{query}")
    lab = page.locator(".bnnlab")
    if "play=false" in query:
        expect(lab).to_have_attribute("data-step", "0")
    else:
        expect(lab).to_have_attribute("data-step", ANY_STEP)
        page.wait_for_function("node => Number(node.dataset.draws) >= 5", arg=lab.element_handle())
    expect(page.get_by_role("button", name="Start again")).to_be_enabled()


ANY_STEP = re.compile(r"^\d+$")
NARROW: ViewportSize = {"width": 390, "height": 844}


def test_the_stepper_by_mouse_and_by_keyboard(page: Page) -> None:
    page.goto("/gemm")
    stepper = page.locator(".bnnlab")
    expect(page.get_by_text("step 1 of 4", exact=True)).to_be_visible()
    expect(page.get_by_text("4 mul + 3 add")).to_be_visible()
    page.get_by_role("button", name="Next step").click()
    expect(stepper).to_have_attribute("data-step", "1")
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    expect(stepper).to_have_attribute("data-step", "2")
    page.keyboard.press("End")
    expect(page.get_by_text("step 4 of 4", exact=True)).to_be_visible()
    page.wait_for_url("**step=3*")
    page.reload()
    expect(page.get_by_text("step 4 of 4", exact=True)).to_be_visible()


def test_each_step_says_what_the_popcnt_instruction_made_of_it(page: Page) -> None:
    if not any(one.mnemonic == "popcnt" and one.in_loop for one in bnnlab.disassemble()):
        pytest.skip("the lecture's loop has no popcnt instruction on this CPU")
    page.goto("/gemm?gemm_k=70&word=64")
    popcnt = (
        page.get_by_role("list", name="Machine code of the loop")
        .get_by_role("listitem")
        .filter(has_text="popcnt")
    )
    for step in (1, 2, 3):
        expect(page.get_by_text(f"step {step} of 8", exact=True)).to_be_visible()
        counted = page.get_by_text("popcount(~(a ^ b)) = ").inner_text().split(" = ")[1]
        expect(popcnt).to_contain_text(f"→ {counted}")
        page.get_by_role("button", name="Next step").click()


def test_the_kernel_page_opens_at_the_loop_of_the_chosen_kernel(page: Page) -> None:
    page.goto("/kernel")
    picture = page.locator(".bnnlab")
    expect(picture).to_have_attribute("data-kernel", "lecture")
    expect(page.get_by_text("Here the loop begins.")).to_be_in_viewport()
    page.get_by_role("radio", name="scalar").click()
    expect(picture).to_have_attribute("data-kernel", "scalar")
    expect(page.get_by_text("Here the loop begins.")).to_be_in_viewport()
    expect(page.get_by_text("ext/scalar.c")).to_be_visible()
    page.wait_for_url("**kernel=scalar*")
    page.reload()
    expect(picture).to_have_attribute("data-kernel", "scalar")


def test_the_speeds_are_measured_on_a_click_and_an_interruption_is_owned_up_to(page: Page) -> None:
    page.goto("/kernel")
    page.get_by_role("button", name="Measure here, now").click()
    expect(page.get_by_text("Measuring", exact=True)).to_be_visible()
    page.get_by_role("radio", name="scalar").click()
    expect(page.get_by_text("The measurement was interrupted")).to_be_visible()
    page.get_by_role("radio", name="lecture").click()
    expect(page.locator(".bnnlab")).to_have_attribute("data-kernel", "lecture")
    page.goto("/kernel?speed_m=8&speed_k=64&speed_n=16")
    page.get_by_role("button", name="Measure here, now").click()
    expect(page.get_by_text("Every element of every result equals NumPy's.")).to_be_visible()
    expect(page.locator(".js-plotly-plot").get_by_text("lecture")).to_be_visible()


@pytest.mark.parametrize("path", ["", "signs", "packing", "gemm", "kernel"])
def test_nothing_is_cut_off_and_colours_follow_the_theme(page: Page, path: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"/{path}")
    host = page.locator(".bnnlab").first
    for scheme, minus in (("light", "#1B4F9C"), ("dark", "#4A86E8")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(host).to_be_visible()
        page.wait_for_function(
            "([node, minus]) => getComputedStyle(node).getPropertyValue('--minus').trim().toUpperCase() === minus",
            arg=[host.element_handle(), minus],
        )
        check_fits(page)


def test_a_trained_network_is_packed_proved_and_downloaded(page: Page) -> None:
    open_lab(page, "?dataset=digits&widths=256,256,256&first_layer=binary&speed=fast")
    lab = page.locator(".bnnlab").element_handle()
    page.wait_for_function("node => Number(node.dataset.step) >= 20", arg=lab)
    page.get_by_role("link", name="Summary").first.click()
    expect(page.get_by_text("256-256-256 neurons on digits, after")).to_be_visible()
    expect(page.get_by_text("It takes pixels p as bytes")).to_be_visible()
    page.get_by_role("button", name="Prove it").click()
    expect(page.get_by_text("decisions compared, 0 differ")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Packed network").click()
    packed = PackedModel.load(download.value.path())
    assert [layer.macs.bit_bit for layer in summary(packed).layers] == [0, 256 * 256, 256 * 256, 0]


def test_the_summary_fits_every_window_and_shows_where_a_table_goes_on(page: Page) -> None:
    page.goto("/summary")
    expect(page.locator(".st-key-scores")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("comes with the lab")).to_be_visible()
    for name in ("Less energy", "Faster", "Smaller"):
        page.get_by_role("tab", name=name).click()
        expect(page.locator(".js-plotly-plot:visible")).to_have_count(1)
        check_fits(page)
    page.get_by_text("The network, layer by layer").click()
    for width in (1920, 1366, 1024, 390):
        page.set_viewport_size({"width": width, "height": 844})
        check_fits(page)
    table = page.get_by_test_id("stTable").first.get_by_role("region")
    fades = "node => getComputedStyle(node).getPropertyValue('--fade')"
    page.wait_for_function(f"node => ({fades})(node) === '48px'", arg=table.element_handle())
    table.scroll_into_view_if_needed()
    table.evaluate("node => node.scrollTo({ left: node.scrollWidth })")
    page.wait_for_function(f"node => ({fades})(node) === '0px'", arg=table.element_handle())
    expect(table.get_by_text("hidden1")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("phone", [False, True], ids=["narrow window", "phone"])
def test_the_list_of_pages_closes_behind_the_chosen_one(browser: Browser, server: str, phone: bool) -> None:
    agent = (
        "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"
    )
    context = browser.new_context(
        base_url=server, viewport=NARROW, user_agent=agent if phone else None, has_touch=phone
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    open_lab(page, "?play=false")
    drawer = page.get_by_test_id("stSidebar")
    for name in ("Packing", "Kernel", "Packing"):
        page.get_by_test_id("stExpandSidebarButton").click()
        drawer.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(drawer).to_have_attribute("data-collapsed", "true")
    context.close()


def test_code_too_wide_for_the_window_goes_on_in_the_next_line(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/kernel?kernel=scalar")
    code = page.get_by_role("list", name="C source of the kernel")
    expect(code).to_be_visible()
    assert code.evaluate("node => node.scrollWidth <= node.clientWidth")
    check_fits(page)


def test_code_far_from_the_loop_is_folded_and_nothing_catches_the_wheel(page: Page) -> None:
    page.goto("/kernel?kernel=scalar")
    code = page.get_by_role("list", name="Machine code of the kernel")
    expect(code).to_be_visible()
    for name in ("C source of the kernel", "Machine code of the kernel"):
        for node in page.get_by_label(name, exact=True).all():
            assert node.evaluate("node => node.scrollHeight <= node.clientHeight"), name
    lines = code.locator("li:visible")
    few = lines.count()
    button = code.get_by_role("button", name="before it")
    folded = int(button.inner_text().split()[0])
    button.click()
    expect(lines).to_have_count(few - 1 + folded)


def test_a_pressed_instruction_is_marked_and_announced(page: Page) -> None:
    page.goto("/kernel")
    page.evaluate(
        "() => addEventListener('bnnlab-state', ({ detail }) => detail.picture === 'kernel' && (window.told = detail))"
    )
    code = page.get_by_role("list", name="Machine code of the kernel")
    line = code.locator("li.in-loop").first
    line.click()
    name = line.locator(".machine-name").inner_text()
    assert page.evaluate("window.told") == {"picture": "kernel", "kernel": "lecture", "marked": name}
    page.get_by_role("group", name="Machine code of the kernel").press("ArrowDown")
    expect(code.locator("li.marked")).to_have_count(1)
    assert "marked" in (code.locator("li.in-loop").nth(1).get_attribute("class") or "")


def test_the_tours_last_task_is_done_by_timing_the_network(page: Page) -> None:
    page.goto("/summary?stop=14")
    here = page.locator(".st-key-here")
    expect(here.get_by_text("not measured yet")).to_be_visible()
    here.get_by_role("button", name="Time it here, now").click()
    expect(page.get_by_text("That was measured on this computer")).to_be_visible()
    expect(here.get_by_text("not measured yet")).to_have_count(0)
