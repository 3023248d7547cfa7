"""Runs the page's modules with the compiled C: in node where there is one, else in the browser tests' Chromium."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

import bnnlab.page
from bnnlab.widgets.bundle import inlined
from tests.browser.programs import CHROMIUM

FOLDER = Path(bnnlab.page.__file__).parent
WASM = FOLDER / "bnnlab.wasm"
NODE = shutil.which("node")

PRELUDE = """
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const numbersOf = (Type, text) => new Type(bytesOf(text).buffer);
const textOf = ({ buffer, byteOffset, byteLength }) => {
  let letters = "";
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) letters += String.fromCharCode(byte);
  return btoa(letters);
};
"""


def base64_of(array: NDArray[Any] | bytes) -> str:
    """For `numbersOf` in JavaScript."""
    return base64.b64encode(
        bytes(np.ascontiguousarray(array)) if isinstance(array, np.ndarray) else array
    ).decode()


def bytes_of(text: str) -> bytes:
    """What `textOf` made."""
    return base64.b64decode(text)


def run(modules: list[str], body: str, given: Any) -> Any:
    """What a function in JavaScript returns.

    Args:
        modules: Names of modules of `bnnlab.page`, whose exports it uses.
        body: Its body; `given` is what it is given, and `module` the compiled C.
        given: Anything that JSON can hold.
    """
    text = inlined(*(FOLDER / name for name in modules)) + PRELUDE
    function = (
        "async ({ wasm, given }) => { const module = await WebAssembly.compile(bytesOf(wasm));\n"
        + body
        + "\n}"
    )
    data = json.dumps({"wasm": base64_of(WASM.read_bytes()), "given": given})
    if NODE:
        return _in_node(text, function, data)
    with ThreadPoolExecutor(1) as thread:  # in this one, Playwright may be at work for other tests
        return thread.submit(_in_chromium, text, function, data).result()


def _in_node(text: str, function: str, data: str) -> Any:
    script = (
        f"{text}\nimport {{ readFileSync }} from 'node:fs';\n"
        f"const answer = await ({function})(JSON.parse(readFileSync(0, 'utf8')));\n"
        "process.stdout.write(JSON.stringify(answer ?? null));"
    )
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", script], input=data, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _in_chromium(text: str, function: str, data: str) -> Any:
    path = CHROMIUM.find()
    if not path:
        pytest.fail(f"there is no node, and {CHROMIUM.help}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(type="module", content=f"{text}\nglobalThis.answer = {function};")
        page.wait_for_function("'answer' in globalThis")
        answer = page.evaluate(
            "async (data) => JSON.stringify((await answer(JSON.parse(data))) ?? null)", data
        )
        browser.close()
    return json.loads(answer)
