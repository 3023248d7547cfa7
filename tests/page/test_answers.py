"""What the page tells the pictures is what Python would tell them."""

from typing import Any

import numpy as np
import pytest

import bnnlab
from bnnlab.bits import reference
from bnnlab.bits.listing import listing
from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import packing, stepper
from bnnlab.widgets.shared.edits import Edits, base_name, turned
from bnnlab.widgets.shared.machine_code import encode_listing, reading

from .javascript import run

NAMES = ("id", "base")
"""What each side makes up for itself."""

OPERANDS = """
  const matrix = ([rows, columns, numbers]) => ({ rows, columns, values: Float64Array.from(numbers) });
  const pair = { ...given, a: matrix(given.a), b: matrix(given.b) };
  const edit = given.edit && { ...given.edit, base: nameOfPair(pair.a, pair.b) };
"""


def told(matrix: np.ndarray) -> list[Any]:
    return [*matrix.shape, matrix.ravel().tolist()]


def matrices(rng: np.random.Generator, rows: int, depth: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers as one types them, zeros among them."""
    a, b = np.round(rng.standard_normal((rows, depth)), 1), np.round(rng.standard_normal((depth, columns)), 1)
    a[0, 0], b[0, 0] = 0.0, -0.0
    return a, b


@pytest.mark.parametrize("bits", WORD_WIDTHS)
@pytest.mark.parametrize("axis", ["rows", "columns"])
@pytest.mark.parametrize("wrong", [False, True])
def test_packing(rng: np.random.Generator, bits: int, axis: Any, wrong: bool) -> None:
    a, b = matrices(rng, 3, 19, 4)
    edits = Edits(base_name(a, b), (0, 5), (0, 2, 70), wrong, 3)
    expected = packing.encode_pair(a, b, axis, bits, edits)
    edit = {"serial": 3, "wrong": wrong, "a": [0, 5], "b": [0, 2, 70]}
    given = {"a": told(a), "b": told(b), "axis": axis, "bits": bits, "edit": edit}
    found = run(["packing_answer.js"], OPERANDS + "return packingAnswer(module, pair, edit);", given)
    assert found.keys() == expected.keys()
    expected["product"]["by"] = "The lecture's loop"
    for name in expected.keys() - set(NAMES):
        assert found[name] == expected[name], name


@pytest.mark.parametrize("bits", WORD_WIDTHS)
def test_stepper(rng: np.random.Generator, bits: int) -> None:
    a, b = matrices(rng, 3, 70, 2)
    edits = Edits(base_name(a, b), (1,), (3,), serial=2)
    first, second = turned(a, edits.a), turned(b, edits.b)
    expected = stepper.encode(
        bnnlab.trace_gemm(bnnlab.pack_rows(first), bnnlab.pack_columns(second), bits),
        reference=reference.binary_matmul(first, second),
        listing=listing("lecture"),
        edits=edits,
    )
    texts = {"listing": encode_listing(listing("lecture")), "cast": stepper.NARROW, "reading": reading([])}
    edit = {"serial": 2, "wrong": False, "a": [1], "b": [3]}
    given = {"a": told(a), "b": told(b), "bits": bits, "edit": edit, "texts": texts}
    body = OPERANDS + "return stepperAnswer(module, given.texts, pair, edit);"
    found = run(["stepper_answer.js"], body, given)
    assert found.keys() == expected.keys()
    for name in expected.keys() - {*NAMES, "edit"}:
        assert found[name] == expected[name], name
    assert found["edit"] | {"base": ""} == expected["edit"] | {"base": ""}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "A is empty"),
        ("1 2\n3", "equally many"),
        ("1 two", "“two” is none"),
        ("1\n2\n3\n4", "at most 3 rows and 3 columns"),
        ("1 2 3 4", "at most 3 rows and 3 columns"),
    ],
)
def test_what_is_typed_wrongly_is_said(text: str, problem: str) -> None:
    body = """
      try { typedMatrix("A", given, { maxRows: 3, maxColumns: 3 }); return ""; } catch ({ message }) { return message; }
    """
    assert problem in run(["matrix.js"], body, text)


def test_what_is_typed_is_read() -> None:
    body = """
      const m = typedMatrix("A", given, { maxRows: 9, maxColumns: 9 });
      return [m.rows, m.columns, [...m.values], matrixText(m)];
    """
    assert run(["matrix.js"], body, " 1, −2.5\n\n-1e2;3 ") == [2, 2, [1, -2.5, -100, 3], "1  -2.5\n-100  3"]
