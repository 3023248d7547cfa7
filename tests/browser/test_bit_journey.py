"""From a weight to the instruction that counts its bit, and back, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

import bnnlab

NEURON = "/gemm?source=the+Lab%27s+network&layer=hidden1&neuron=3&weight=10&image=5"
WORD = re.compile(r"word.* 0x[0-9a-f]{16}$")
ANY_NUMBER = re.compile(r"^\d+$")
LAPTOP: ViewportSize = {"width": 1366, "height": 650}  # what a browser leaves of 768 rows


def counting_instruction(page: Page) -> Locator:
    """The framed instruction of the loop; skips where this CPU's machine code cannot be read."""
    if not any(one.mnemonic == "popcnt" and one.in_loop for one in bnnlab.disassemble()):
        pytest.skip("the lecture's loop has no popcnt instruction on this CPU")
    return page.locator(".machine-lines li.marked")


def test_word_line_and_instruction_of_a_weight_are_seen_together_and_lead_on(page: Page) -> None:
    page.set_viewport_size(LAPTOP)
    page.goto(NEURON)
    instruction = counting_instruction(page)
    expect(instruction).to_contain_text("popcnt")
    expect(instruction).to_be_in_viewport(ratio=1)
    framed = page.locator(".bit[data-marked]")
    expect(framed).to_have_count(5)
    for row in range(4):  # a, b, xor and xnor
        expect(framed.nth(row)).to_be_in_viewport(ratio=1)
    expect(page.locator(".code-line")).to_be_in_viewport(ratio=1)
    places = framed.evaluate_all(
        "bits => bits.map(bit => [...bit.closest('.bits').querySelectorAll('.bit')].indexOf(bit))"
    )
    assert places == [10] * 5
    said = page.get_by_text("Input 10 of neuron 3 is").first
    expect(said).to_be_in_viewport(ratio=1)
    equal = framed.nth(3).inner_text() == "1"
    expect(said).to_contain_text(
        "they agree, so this bit adds 1" if equal else "they differ, so this bit adds 0"
    )
    page.get_by_role("link", name="The whole function on the Kernel page").click()
    expect(page.get_by_role("heading", name="Kernel", exact=True)).to_be_visible()
    expect(instruction).to_contain_text("popcnt")
    expect(instruction).to_be_in_viewport(ratio=1)
    page.wait_for_url(re.compile(r"/kernel\?marked=\w+$"))
    page.go_back()
    expect(page.get_by_role("heading", name="XNOR-GEMM", exact=True)).to_be_visible()
    page.get_by_role("link", name="Back to the Lab: hidden1, neuron 3, weight 10").click()
    expect(page.locator(".bnnlab").first).to_have_attribute("data-draws", ANY_NUMBER)


def test_a_framed_bit_stays_with_its_word(page: Page) -> None:
    page.goto("/?dataset=digits&widths=130,130,20&play=false")
    expect(page.locator(".bnnlab")).to_have_attribute("data-step", "0")
    page.get_by_role("link", name="XNOR-GEMM").first.click()
    page.get_by_role("radio", name="the Lab's network").click()
    weight = page.get_by_role("spinbutton", name="Weight")
    weight.fill("70")
    weight.press("Enter")
    framed = page.locator(".bit[data-marked]")
    expect(framed).to_have_count(5)
    expect(page.locator(".bnnlab")).to_have_attribute("data-step", "1")
    page.wait_for_url("**weight=70*")
    page.get_by_role("button", name="Previous step").click()
    expect(framed).to_have_count(0)
    expect(page.locator(".machine-lines li.marked")).to_have_count(0)
    page.get_by_role("button", name="Next step").click()
    expect(framed).to_have_count(5)


def test_a_sign_that_is_clicked_turns_and_the_loop_runs_anew(page: Page) -> None:
    page.goto("/gemm?word=8&gemm_k=12&gemm_m=2&gemm_n=2")
    page.get_by_role("button", name="Next step").click()
    lab = page.locator(".bnnlab")
    expect(lab).to_have_attribute("data-step", "1")
    signs = page.locator(".sign-row").first.locator(".bit")
    counted = page.locator(".word-result b")
    before, count = signs.nth(2).inner_text(), int(counted.inner_text())
    agree = page.locator(".xnor-row .bit").nth(2).inner_text() == "1"
    signs.nth(2).click()
    expect(counted).to_have_text(str(count - 1 if agree else count + 1))
    expect(signs.nth(2)).not_to_have_text(before)
    expect(lab).to_have_attribute("data-step", "1")
    page.get_by_role("button", name="turn back").click()
    expect(counted).to_have_text(str(count))
    expect(signs.nth(2)).to_have_text(before)
    expect(page.get_by_role("button", name="turn back")).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?layer=hidden1&neuron=3&weight=10", "Input 10 of neuron 3 is"),
        ("?transport=fragments&speed=10&layer=hidden1&neuron=3&weight=10", "Input 10 of neuron 3 is"),
        (
            "?dataset=mnist&model=convnet&layer=conv2&neuron=4&weight=40&row=1&column=2",
            "Tap 40 (channel 4, row 1, column 1) of filter 4",
        ),
    ],
)
def test_a_weight_that_is_clicked_while_the_network_learns_is_found_bit_by_bit(
    page: Page, query: str, said: str
) -> None:
    page.set_viewport_size(LAPTOP)
    page.goto(f"/{query}")
    lab = page.locator(".bnnlab")
    page.wait_for_function("node => Number(node.dataset.step) >= 5", arg=lab.element_handle())
    # What the panel says at the very moment of the click: the next frame may say something else.
    panel = page.get_by_text(WORD).first
    panel.evaluate(
        "node => addEventListener('click', () => { window.clicked = node.textContent; }, { capture: true, once: true })"
    )
    page.get_by_role("button", name="the instruction that counts it").click()
    expect(counting_instruction(page)).to_be_in_viewport(ratio=1)
    expect(page.get_by_text(said).first).to_be_in_viewport(ratio=1)
    word = page.locator(".word-row").filter(has_text="column 0 of B").locator(".word-hex").inner_text()
    assert page.evaluate("window.clicked").endswith(word)
    expect(page.get_by_text("Kept as it was when you clicked").first).to_be_visible()
    page.get_by_role("application").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("✓ equal").first).to_be_visible()
    page.wait_for_url("**step=*")
    page.get_by_role("link", name="Back to the Lab").click()
    expect(page.get_by_role("button", name="the instruction that counts it")).to_be_visible()


def test_one_press_of_back_leads_from_the_instruction_to_the_lab(page: Page) -> None:
    page.goto("/?play=false&layer=hidden1&neuron=3&weight=10")
    page.get_by_role("button", name="the instruction that counts it").click()
    expect(page.get_by_role("heading", name="XNOR-GEMM", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Next step")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="the instruction that counts it")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "word", "said", "shown"),
    [
        ("/gemm", "padding", "Places at the end of the last word", ".word-view .pad"),
        ("/packing", "padding", "Places at the end of the last word", ".filling .pad"),
        ("/signs", "gradient", "How the error would change", ".estimator-plots > :last-child svg"),
    ],
)
def test_a_word_is_explained_and_lights_up_what_it_means(
    page: Page, address: str, word: str, said: str, shown: str
) -> None:
    page.goto(address)
    page.locator(".term", has_text=word).first.hover()
    expect(page.get_by_role("tooltip").filter(has_text=said)).to_be_visible()
    expect(page.locator(shown).first).to_have_class(re.compile(r"\bmeant\b"))
    page.mouse.move(0, 0)
    expect(page.get_by_role("tooltip").filter(has_text=said)).to_be_hidden()
    expect(page.locator(".meant")).to_have_count(0)


def test_an_impossible_address_is_one_sentence(page: Page) -> None:
    page.goto("/gemm?source=the+Lab%27s+network&neuron=99999&weight=10")
    expect(page.get_by_text("The address asks for neuron “99999”, but there are only 0 to")).to_be_visible()
    expect(page.locator(".bit[data-marked]")).to_have_count(5)
