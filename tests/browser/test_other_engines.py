"""In Firefox and WebKit: from live training to the instruction that counts a bit; the page without a server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

import bnnlab
from bnnlab.page import record_run, write_page
from bnnlab.train import RunConfig

from .conftest import PATIENCE_MS, SIZE
from .firefox import firefox
from .programs import FIREFOX, SCREEN, WEBKIT, WEBKIT_DRIVER, Program
from .webkit import webkit

LOOK_EVERY_S = 0.1
FIND = """\
(() => {
  const all = (root, selector) => [...root.querySelectorAll(selector),
    ...[...root.querySelectorAll('*')].flatMap(node => node.shadowRoot ? all(node.shadowRoot, selector) : [])];
  return selector => all(document, selector);
})()"""


class Engine(Protocol):
    """What the journey needs of a browser."""

    @property
    def errors(self) -> list[str]: ...
    def resize(self, width: int, height: int) -> None: ...
    def goto(self, url: str) -> None: ...
    def evaluate(self, expression: str) -> Any: ...
    def click(self, x: float, y: float) -> None: ...


@pytest.fixture(params=["Firefox", "WebKitGTK"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A browser; the test fails if the page threw something."""
    with ExitStack() as stack:
        opened: Engine
        if request.param == "Firefox":
            opened = stack.enter_context(firefox(path_of(FIREFOX), tmp_path))
        else:
            opened = stack.enter_context(webkit(path_of(WEBKIT), path_of(WEBKIT_DRIVER), path_of(SCREEN)))
        opened.resize(SIZE["width"], SIZE["height"])
        yield opened
        assert opened.errors == []


def path_of(program: Program) -> str:
    """Where a program is; without it there is no test."""
    path = program.find()
    if path is None:
        pytest.skip(program.help)
    return path


def wait_for(engine: Engine, expression: str) -> Any:
    """The value of an expression as soon as it is true of the page."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not (value := engine.evaluate(expression)):
        if time.monotonic() > deadline:
            text = engine.evaluate("document.body.innerText")
            raise AssertionError(f"never true: {expression}\nThe page says:\n{text}")
        time.sleep(LOOK_EVERY_S)
    return value


def found(selector: str, holding: str = "") -> str:
    """Expression of the first node that a selector finds, in shadow roots too, and whose text holds something."""
    return f"{FIND}({json.dumps(selector)}).find(node => node.textContent.includes({json.dumps(holding)}))"


def click(engine: Engine, node: str, across: float = 0.5, down: float = 0.5) -> None:
    """Click a node, at so much of its width and height."""
    wait_for(engine, f"Boolean({node})")
    engine.evaluate(f"{node}.scrollIntoView({{ block: 'nearest' }})")
    left, top, width, height = engine.evaluate(
        f"(({{ left, top, width, height }}) => [left, top, width, height])({node}.getBoundingClientRect())"
    )
    engine.click(left + width * across, top + height * down)


def test_from_live_training_to_the_instruction_that_counts_a_bit(engine: Engine, server: str) -> None:
    if not any(one.mnemonic == "popcnt" and one.in_loop for one in bnnlab.disassemble()):
        pytest.skip("the lecture's loop has no popcnt instruction on this CPU")
    engine.goto(server)
    lab = f"({found('.bnnlab[data-step]')})"
    wait_for(engine, f"Number({lab}?.dataset.draws) >= 5")
    step = int(engine.evaluate(f"{lab}.dataset.step"))
    wait_for(engine, f"Number({lab}.dataset.step) >= {step + 5}")

    weights = f"({FIND}('.strip-map')[2])"
    columns, rows = engine.evaluate(f"[{weights}.width, {weights}.height]")
    click(engine, weights, 20.5 / columns, 5.5 / rows)
    wait_for(engine, f"Boolean({found('h1, h2, h3, h4', 'hidden1, neuron 5')})")
    wait_for(engine, f"Boolean({found('h1, h2, h3, h4', 'the weight of its input 20')})")

    click(engine, found("button", "the instruction that counts it"))
    counted = f"({found('.machine-lines li.marked')})"
    assert "popcnt" in wait_for(engine, f"{counted}?.textContent")
    assert wait_for(engine, f"{FIND}('.bit[data-marked]').length") == 5


def test_the_page_without_a_server(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write_page(file, record_run(RunConfig(epochs=1)))
    engine.goto(file.as_uri())
    wait_for(engine, "Boolean(document.documentElement.dataset.ready)")
    assert engine.evaluate("document.querySelector('#lab .bnnlab[data-step]').dataset.draws") != "0"
    assert engine.evaluate("document.querySelector('#packing .product-sentence').textContent").startswith(
        "The lecture's"
    )
    assert engine.evaluate("document.querySelector('#stepper .word-result').textContent")
    assert engine.evaluate("document.querySelector('.drawn-class').textContent") == "Draw a digit"
    click(engine, "document.querySelector('.paper')")
    assert wait_for(engine, "Number(document.querySelector('.drawn-class').textContent) + 1")
