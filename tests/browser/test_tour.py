"""The tour in a real browser: each task done by hand, on by keyboard, left and resumed, on a phone and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from bnnlab.widgets.tour import STOPS

from .test_cockpit import click_weight, lab_of, step_of, wait_for_step
from .test_journeys import open_lab


def card(page: Page) -> Locator:
    return page.get_by_role("complementary", name="The tour")


def open_stop(page: Page, number: int, path: str = "/") -> Locator:
    page.goto(f"{path}?stop={number}")
    expect(card(page).get_by_role("heading", name=STOPS[number - 1].title)).to_be_visible()
    return card(page)


def expect_done(page: Page, number: int) -> None:
    expect(card(page)).to_have_attribute("data-done", "true")
    expect(card(page)).to_contain_text(STOPS[number - 1].task.praise)


def test_a_number_is_checked_and_space_goes_on(page: Page) -> None:
    tour = open_stop(page, 1, "/packing")
    answer = tour.get_by_role("textbox", name="your answer")
    answer.fill("500")
    answer.press("Enter")
    expect(tour).to_contain_text("Not 500. Try again.")
    answer.fill("4096")
    answer.press("Enter")
    expect(tour).to_contain_text("Not 4096. That many bits")
    tour.get_by_role("button", name="a hint").click()
    expect(tour).to_contain_text(STOPS[0].task.hint)
    answer.fill("512")
    answer.press("Enter")
    expect_done(page, 1)
    answer.press(" ")  # belongs to the field
    expect(tour).to_contain_text("1 of 14")
    answer.blur()
    page.keyboard.press(" ")
    expect(tour.get_by_role("heading", name=STOPS[1].title)).to_be_visible()


def test_signs_and_slopes_are_found_by_the_arrow_keys(page: Page) -> None:
    open_stop(page, 2)
    slider = page.get_by_role("slider", name="The number r_i")
    for _ in range(30):
        slider.press("ArrowLeft")  # from 0.30 in steps of a hundredth
    expect_done(page, 2)
    open_stop(page, 4)
    slider.press("End")
    expect_done(page, 4)


def test_the_wall_is_moved_and_the_weight_flipped(page: Page) -> None:
    open_stop(page, 5)
    expect(card(page)).to_contain_text("Now ")
    wall = page.get_by_role("slider", name="x").last
    for _ in range(40):
        if card(page).get_attribute("data-done") == "true":
            break
        wall.press("ArrowRight")
        page.wait_for_timeout(150)
    expect_done(page, 5)
    open_stop(page, 6)
    page.get_by_role("button", name="flip it").click()
    expect_done(page, 6)
    expect(card(page)).to_contain_text(
        re.compile(r"Right before: [\d.]+\s%, after: [\d.]+\s%\. \d+ of 360 answers changed")
    )


def test_a_weight_that_flipped_is_found(page: Page) -> None:
    open_stop(page, 7)
    wait_for_step(page, 901)
    for weight in range(64):
        click_weight(page, 3, weight)
        expect(page.get_by_role("region", name="Weight", exact=True)).to_contain_text(f"its input {weight}")
        if card(page).get_attribute("data-done") == "true":
            break
    expect_done(page, 7)


def test_what_was_looked_at_before_does_not_count_as_done(page: Page) -> None:
    open_stop(page, 6)  # its weight has been flipped by training
    expect(page.get_by_role("region", name="Weight", exact=True)).to_contain_text("flips")
    card(page).get_by_role("button", name="next", exact=True).click()
    expect(card(page).get_by_role("heading", name=STOPS[6].title)).to_be_visible()
    wait_for_step(page, 905)
    expect(card(page)).to_have_attribute("data-done", "false")


def test_a_sign_is_turned_and_weights_are_packed_wrongly(page: Page) -> None:
    open_stop(page, 8)
    page.get_by_role("gridcell").first.click()
    expect_done(page, 8)
    card(page).get_by_role("button", name="next", exact=True).click()
    expect(card(page).get_by_role("heading", name=STOPS[8].title)).to_be_visible()
    page.get_by_role("switch").check()
    expect_done(page, 9)


def test_a_finished_tour_begins_anew(page: Page) -> None:
    open_stop(page, 14)
    card(page).get_by_role("button", name="finish").click()
    expect(page.get_by_role("button", name="Tour", exact=True)).to_be_visible()


def test_a_number_that_follows_from_the_text(page: Page) -> None:
    tour = open_stop(page, 3)
    answer, check = tour.get_by_role("textbox", name="your answer"), tour.get_by_role("button", name="check")
    answer.fill("0.01")
    check.click()
    expect(tour).to_contain_text("Not 0.01. By that much r grows.")
    answer.fill("0")
    check.click()
    expect_done(page, 3)


def test_leaving_gives_back_ones_own_run_at_its_step(page: Page) -> None:
    open_lab(page, "?speed=10&widths=16,16")
    wait_for_step(page, 5)
    page.get_by_role("button", name="pause").click()
    expect(page.get_by_role("button", name="play")).to_be_visible()
    stood = step_of(page)
    page.get_by_role("button", name="Tour").click()
    for stop in STOPS[1:5]:
        card(page).get_by_role("button", name="next", exact=True).click()
        expect(card(page).get_by_role("heading", name=stop.title)).to_be_visible()
    expect(lab_of(page)).to_have_attribute("data-step", "900")
    card(page).get_by_role("button", name="leave").click()
    expect(card(page)).to_be_hidden()
    expect(lab_of(page)).to_have_attribute("data-step", str(stood))
    expect(page.get_by_text("16 × 16 weights of one bit").first).to_be_visible()
    page.get_by_role("button", name="Tour, 5 of 14").click()
    expect(card(page).get_by_role("heading", name=STOPS[4].title)).to_be_visible()


def test_who_wanders_off_is_led_back(page: Page) -> None:
    open_stop(page, 3)
    page.get_by_role("link", name="Packing").first.click()
    card(page).get_by_role("button", name="back to the stop").click()
    expect(page).to_have_url(re.compile(r"/signs\?.*stop=3"))
    expect(card(page).get_by_role("heading", name=STOPS[2].title)).to_be_visible()


@pytest.mark.parametrize("number", range(1, len(STOPS) + 1))
def test_on_a_phone_the_card_leaves_half_of_the_screen_to_what_it_is_about(phone: Page, number: int) -> None:
    tour = open_stop(phone, number)
    box = tour.bounding_box()
    assert box is not None
    assert box["height"] <= 0.47 * 844
    assert box["width"] <= 390
    target = phone.locator(STOPS[number - 1].points_at).first
    expect(target).to_be_in_viewport()


def test_what_the_address_hides_is_left_out(page: Page) -> None:
    page.goto("/?play=false&hide=bar,time,neuron,nothing")
    expect(page.get_by_role("region", name="Weight", exact=True)).to_be_visible()
    for name in ("Neuron", "The run so far"):
        expect(page.get_by_role("region", name=name, exact=True)).to_be_hidden()
    expect(page.get_by_role("region", name="the network")).to_be_visible()


def test_the_handout_prints_without_being_cut_off(page: Page) -> None:
    page.goto("/api/bnn/handout")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 1000})  # what A4 leaves between its margins
    wide = page.evaluate(
        "[...document.querySelectorAll('*')].filter(node => node.scrollWidth > innerWidth).length"
    )
    assert wide == 0
    assert page.locator("section").count() == len(STOPS) + 1
    assert len(page.pdf(format="A4")) > 10_000


def test_a_count_is_guessed_and_the_loop_stepped_to_its_end(page: Page) -> None:
    open_stop(page, 10)
    guess = page.get_by_role("spinbutton", name="your guess: how many ones")
    counted = page.locator(".word-result")
    expect(counted).to_have_css("visibility", "hidden")
    guess.fill("0")
    guess.press("Enter")
    expect(card(page)).to_contain_text("Not 0.")
    agreeing = page.locator(".xnor-row .bit:not(.pad)").all_text_contents().count("1")
    guess.fill(str(agreeing))
    guess.press("Enter")
    expect(card(page)).to_contain_text("The hatched places are equal, too.")
    guess.fill(re.findall(r"\d+", counted.text_content() or "")[-1])
    guess.press("Enter")
    expect_done(page, 10)
    expect(counted).to_have_css("visibility", "visible")
    card(page).get_by_role("button", name="next", exact=True).click()
    expect(card(page)).to_have_attribute("data-done", "false")
    expect(page.locator(".stepper-code")).to_be_in_viewport()
    page.get_by_role("button", name="Last step").click()
    expect(card(page)).to_contain_text("2 of 8 steps seen.")
    page.get_by_role("button", name="First step").click()
    step = page.get_by_role("button", name="Next step")
    for _ in range(6):
        step.click()
    expect_done(page, 11)


def test_a_neurons_sum_becomes_the_bit_that_goes_on(page: Page) -> None:
    open_stop(page, 13)
    expect(page.get_by_text("At the last step the count is compared")).to_be_visible()
    page.get_by_role("button", name="Last step").click()
    expect_done(page, 13)
    expect(page.get_by_text(re.compile(r"So [+−]1 goes on to layer hidden2"))).to_be_visible()


def test_the_instruction_that_counts_is_clicked(page: Page) -> None:
    open_stop(page, 12)
    loop = page.locator(".kernel-columns .machine-lines li.in-loop")
    loop.filter(has_text="xor").click()
    expect(card(page)).to_contain_text("xor does not count the ones.")
    loop.filter(has_text="popcnt").click()
    expect_done(page, 12)


def test_ticks_outlast_a_reload(page: Page) -> None:
    open_stop(page, 3)
    card(page).get_by_role("textbox", name="your answer").fill("0")
    card(page).get_by_role("button", name="check").click()
    expect_done(page, 3)
    page.reload()
    expect(card(page).get_by_role("button", name=f"stop 3: {STOPS[2].title}")).to_have_attribute(
        "data-ticked", "true"
    )


def test_charts_come_once_the_stop_is_there(page: Page) -> None:
    open_stop(page, 14)
    expect(page.locator(".st-key-here")).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()


def test_the_whole_tour_by_keyboard_alone(page: Page) -> None:
    open_stop(page, 1)
    answer = card(page).get_by_role("textbox", name="your answer")
    number = page.get_by_role("slider", name="The number r_i")
    bits = page.get_by_role("application")

    def answered(text: str) -> None:
        answer.press_sequentially(text)
        answer.press("Enter")

    def counted() -> None:
        guess = page.get_by_role("spinbutton", name="your guess: how many ones")
        guess.press_sequentially(page.locator(".word-result b").text_content() or "")
        guess.press("Enter")

    def to_zero() -> None:
        for _ in range(30):  # from 0.30 in steps of a hundredth
            number.press("ArrowLeft")

    by_keys: list[Callable[[], None]] = [
        lambda: answered("512"),
        to_zero,
        lambda: answered("0"),
        lambda: number.press("End"),
        lambda: _press_until_done(page, page.get_by_role("slider", name="upper wall of x"), "ArrowRight"),
        lambda: page.get_by_role("button", name="flip it").press("Enter"),
        lambda: _press_until_done(page, page.locator(".strip-live"), "ArrowRight"),
        lambda: page.get_by_role("gridcell").first.press("Enter"),
        lambda: page.get_by_role("switch").press(" "),
        counted,
        lambda: _press_until_done(page, bits, "ArrowRight"),
        lambda: _press_until_done(
            page, page.get_by_role("group", name="Machine code of the kernel"), "ArrowDown"
        ),
        lambda: bits.press("End"),
        lambda: page.get_by_role("button", name="Time it here, now").press("Enter"),
    ]
    for number_of_stop, do in enumerate(by_keys, 1):
        expect(card(page).get_by_role("heading", name=STOPS[number_of_stop - 1].title)).to_be_visible()
        expect(card(page)).to_have_attribute("data-done", "false")
        do()
        expect_done(page, number_of_stop)
        card(page).get_by_role("button", name=re.compile("^(next|finish)$")).press("Enter")
    expect(page.get_by_role("button", name="Tour", exact=True)).to_be_visible()


def _press_until_done(page: Page, where: Locator, key: str) -> None:
    for _ in range(80):
        where.press(key)
        page.wait_for_timeout(150)  # the card looks four times a second
        if card(page).get_attribute("data-done") == "true":
            return
