"""What a visitor does, in a real browser: only what nothing below the browser could show."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, ViewportSize, WebSocket, expect

import bnnlab
from bnnlab.deploy import PackedModel, summary

from .conftest import PATIENCE_MS, SIZE


def open_lab(page: Page, query: str = "") -> None:
    """Open the Lab and wait until it is drawn, and unless it is to stand still, until it has moved on."""
    page.goto(f"/{query}")
    lab = page.locator(".bnnlab")
    if "play=false" in query:
        expect(lab).to_have_attribute("data-step", "0")
    else:
        expect(lab).to_have_attribute("data-step", ANY_STEP)
        page.wait_for_function("node => Number(node.dataset.draws) >= 5", arg=lab.element_handle())
    expect(page.get_by_role("button", name="Reset")).to_be_enabled()


ANY_STEP = re.compile(r"^\d+$")
NARROW: ViewportSize = {"width": 390, "height": 844}


def sign_map(page: Page) -> str:
    """The pixels of the first layer's signs, as text to compare."""
    figure = page.get_by_role("figure", name="sign of each weight")
    expect(figure).to_be_visible()
    layers = "node => [...node.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join()"
    return str(figure.evaluate(layers))


def falls_silent(socket: WebSocket) -> bool:
    """Whether nothing comes for 1.5 s, where a playing lab sends ten pictures a second; it may take a moment."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.wait_for_event("framereceived", timeout=1500)
        except TimeoutError:
            return True
    return False


def pause(page: Page) -> None:
    """Press Pause, as a visitor does: once more if nothing came of it.

    On a server that has just started, a first click is sometimes lost while Streamlit builds the page.
    """
    button, paused = page.get_by_role("button", name="Pause"), page.get_by_role("button", name="Play")
    button.click()
    try:
        expect(paused).to_be_visible(timeout=10_000)
    except AssertionError:
        if button.is_visible():
            button.click()
        expect(paused).to_be_visible()


def test_the_lab_is_alive_and_signs_flip_while_it_plays(page: Page) -> None:
    open_lab(page)
    lab = page.locator(".bnnlab")
    first_node = lab.element_handle()
    assert first_node is not None
    before = sign_map(page)
    step = int(first_node.evaluate("node => node.dataset.step"))
    page.wait_for_function("([node, step]) => Number(node.dataset.step) >= step", arg=[first_node, step + 45])
    assert sign_map(page) != before
    assert first_node.evaluate("node => node.isConnected"), "the picture was mounted anew"


def test_pause_stops_all_traffic_and_step_does_one_step(page: Page) -> None:
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    open_lab(page)
    pause(page)
    assert falls_silent(sockets[0])
    lab = page.locator(".bnnlab")
    step = int(lab.get_attribute("data-step") or "")
    page.get_by_role("button", name="Step").click()
    expect(lab).to_have_attribute("data-step", str(step + 1))


def test_reset_goes_back_to_step_zero(page: Page) -> None:
    open_lab(page, "?play=false")
    before = sign_map(page)
    page.get_by_role("button", name="Step").click()
    lab = page.locator(".bnnlab")
    expect(lab).to_have_attribute("data-step", "1")
    page.get_by_role("button", name="Reset").click()
    expect(lab).to_have_attribute("data-step", "0")
    assert sign_map(page) == before


def test_the_browsers_back_returns_to_the_network_one_left(page: Page) -> None:
    open_lab(page, "?play=false")
    page.get_by_label("Data set").click()
    page.get_by_role("option", name="digits", exact=False).first.click()
    page.wait_for_url("**dataset=digits*")
    lab = page.locator(".bnnlab")
    for step in ("1", "2"):
        page.get_by_role("button", name="Step").click()
        expect(lab).to_have_attribute("data-step", step)
    page.get_by_role("link", name="Summary").first.click()
    expect(page.get_by_role("heading", name="Summary", exact=True)).to_be_visible()
    page.go_back()
    expect(lab).to_have_attribute("data-step", "2")
    expect(page.get_by_label("Data set")).to_have_value("digits")
    page.wait_for_url("**dataset=digits*")


def test_the_picture_says_nothing_of_latent_weights_where_there_are_none(page: Page) -> None:
    open_lab(page, "?optimizer=bop")
    expect(page.get_by_text("Weights w of hidden1", exact=True)).to_be_visible()
    expect(page.get_by_text("This optimiser keeps no latent weights")).to_be_visible()


def test_the_keyboard_plays_and_pauses(page: Page) -> None:
    open_lab(page)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_closed_tab_ends_its_thread(browser: Browser, server: str) -> None:
    def trainers() -> int:
        with urllib.request.urlopen(f"{server}/api/bnn/stats", timeout=10) as answer:
            return int(json.load(answer)["trainers"])

    context = browser.new_context(base_url=server, viewport=SIZE)
    page = context.new_page()
    page.goto("/")
    page.wait_for_selector(".bnnlab", timeout=PATIENCE_MS)
    alive = trainers()
    assert alive >= 1
    context.close()
    deadline = time.monotonic() + 30
    while trainers() >= alive and time.monotonic() < deadline:
        time.sleep(0.2)
    assert trainers() < alive


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
    page.goto("/gemm?gemm_k=70")
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


def test_the_speeds_are_measured_on_a_click(page: Page) -> None:
    page.goto("/kernel?speed_m=8&speed_k=64&speed_n=16")
    page.get_by_role("button", name="Measure here, now").click()
    expect(page.get_by_text("Every element of every result equals NumPy's.")).to_be_visible()
    expect(page.locator(".js-plotly-plot").get_by_text("lecture")).to_be_visible()


def test_a_click_that_interrupts_a_measurement_is_owned_up_to(page: Page) -> None:
    page.goto("/kernel")
    page.get_by_role("button", name="Measure here, now").click()
    expect(page.get_by_text("Measuring", exact=True)).to_be_visible()
    page.get_by_role("radio", name="scalar").click()
    expect(page.get_by_text("The measurement was interrupted")).to_be_visible()
    page.get_by_role("radio", name="lecture").click()
    expect(page.locator(".bnnlab")).to_have_attribute("data-kernel", "lecture")


def test_a_trained_neuron_down_to_the_bit(page: Page) -> None:
    open_lab(page)
    page.get_by_label("Data set").click()
    page.get_by_role("option", name="digits", exact=False).first.click()
    image = page.get_by_role("group", name="test images").get_by_role("button").nth(3)
    image.click()
    page.get_by_role("link", name="XNOR-GEMM").first.click()
    expect(page.get_by_role("spinbutton", name="Test image")).to_have_value("3")
    page.get_by_role("application").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("The sum that the network itself computed here")).to_be_visible()
    expect(page.get_by_text("✓ equal").first).to_be_visible()


@pytest.mark.parametrize("query", ["?lr=nan", "?clip=-5&seed=abc", "?dataset=nowhere", "?batch_points=0"])
def test_impossible_addresses_do_no_harm(page: Page, query: str) -> None:
    open_lab(page, query)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_impossible_settings_are_explained_and_the_lab_lives_on(page: Page) -> None:
    open_lab(page)
    lab = page.locator(".bnnlab").element_handle()
    assert lab is not None
    widths = page.get_by_role("textbox", name="Widths of the hidden layers")
    widths.fill("64, many")
    widths.press("Enter")
    expect(page.get_by_text("Widths must be whole numbers separated by commas")).to_be_visible()
    assert lab.evaluate("node => node.isConnected"), "the picture was mounted anew"
    step = int(lab.evaluate("node => node.dataset.step"))
    page.wait_for_function("([node, step]) => Number(node.dataset.step) > step", arg=[lab, step])


@pytest.mark.parametrize("path", ["", "signs", "packing", "gemm", "kernel"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_and_colours_follow_the_theme(
    browser: Browser, server: str, path: str, scheme: str
) -> None:
    context = browser.new_context(base_url=server, viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/{path}")
    host = page.locator(".bnnlab").first
    expect(host).to_be_visible(timeout=PATIENCE_MS)
    minus = host.evaluate("node => getComputedStyle(node).getPropertyValue('--minus').trim().toUpperCase()")
    assert minus == {"light": "#1B4F9C", "dark": "#4A86E8"}[scheme]
    too_wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                 .some(node => node.scrollWidth > node.clientWidth)"""
    )
    assert not too_wide
    context.close()


def test_a_trained_network_is_packed_proved_and_downloaded(page: Page) -> None:
    open_lab(page, "?dataset=digits&first=binary")
    lab = page.locator(".bnnlab").element_handle()
    page.wait_for_function("node => Number(node.dataset.step) >= 20", arg=lab)
    page.get_by_role("link", name="Summary").first.click()
    expect(page.get_by_text("mlp 256-256 on digits, after")).to_be_visible()
    expect(page.get_by_text("It takes pixels p as bytes")).to_be_visible()
    page.get_by_role("button", name="Prove it").click()
    expect(page.get_by_text("decisions compared, 0 differ")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Packed network").click()
    packed = PackedModel.load(download.value.path())
    assert [layer.macs.bit_bit for layer in summary(packed).layers] == [0, 256 * 256, 0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1024, 1366, 1920])
def test_the_summary_fits_every_window(browser: Browser, server: str, scheme: str, width: int) -> None:
    size: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(base_url=server, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/summary")
    expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=PATIENCE_MS)
    too_wide = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                 .some(node => node.scrollWidth > node.clientWidth)"""
    )
    assert not too_wide
    context.close()


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
    for name, heading in (("Summary", "Summary"), ("Kernel", "Kernel"), ("Summary", "Summary")):
        page.get_by_test_id("stExpandSidebarButton").click()
        drawer.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(drawer).to_have_attribute("data-collapsed", "true")
    context.close()


def test_the_labs_controls_stay_open_while_one_sets_them(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport=NARROW)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    open_lab(page, "?play=false")
    page.get_by_test_id("stExpandSidebarButton").click()
    seed = page.get_by_role("spinbutton", name="Seed")
    for value in ("7", "8"):
        seed.fill(value)
        seed.press("Enter")
        page.wait_for_url(f"**seed={value}*")
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    context.close()


def test_a_table_too_wide_for_the_window_shows_that_it_goes_on(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport=NARROW)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/summary")
    table = page.get_by_test_id("stTable").first.get_by_role("region")
    expect(table).to_be_visible()
    fades = "node => getComputedStyle(node).getPropertyValue('--fade')"
    page.wait_for_function(f"node => ({fades})(node) === '48px'", arg=table.element_handle())
    table.scroll_into_view_if_needed()
    table.evaluate("node => node.scrollTo({ left: node.scrollWidth })")
    page.wait_for_function(f"node => ({fades})(node) === '0px'", arg=table.element_handle())
    expect(table.get_by_text("hidden1")).to_be_in_viewport(ratio=1)
    context.close()


def test_code_too_wide_for_the_window_shows_that_it_goes_on(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport=NARROW)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/kernel?kernel=scalar")
    code = page.get_by_role("list", name="C source of the kernel")
    expect(code).to_be_visible()
    mask = "node => getComputedStyle(node).maskSize"
    page.wait_for_function(f"node => ({mask})(node) === '100% 100%'", arg=code.element_handle())
    code.evaluate("node => node.scrollTo({ left: node.scrollWidth })")
    page.wait_for_function(f"node => ({mask})(node) !== '100% 100%'", arg=code.element_handle())
    context.close()


@pytest.mark.parametrize("width", [390, 800, 1366])
def test_every_test_image_is_seen_without_scrolling_in_its_card(
    browser: Browser, server: str, width: int
) -> None:
    context = browser.new_context(base_url=server, viewport={"width": width, "height": 844})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    open_lab(page, "?dataset=digits&play=false")
    images = page.get_by_role("group", name="test images")
    expect(images.get_by_role("button")).to_have_count(20)
    assert images.evaluate(
        "node => node.scrollHeight <= node.clientHeight && node.offsetHeight <= node.parentNode.clientHeight"
    )
    context.close()
