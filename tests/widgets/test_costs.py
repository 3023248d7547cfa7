"""What a product costs in operations, as the stepper says it: by the module that computes it in the browser."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

from bnnlab.bits.trace import WORD_WIDTHS
from tests.page.javascript import run

BODY = "return given.map(([depth, cells, bits]) => [wordCosts(depth, bits), totalCosts(depth, cells, bits)]);"
SHAPES = [
    (depth, cells, bits)
    for depth in (1, 4, 7, 8, 9, 64, 65, 68, 100, 130, 784)
    for cells in (1, 4, 18, 2000)
    for bits in WORD_WIDTHS
]


@cache
def _all_costs() -> dict[tuple[int, int, int], Any]:
    found = run(["../widgets/stepper/costs.js"], BODY, SHAPES)
    return dict(zip(SHAPES, found, strict=True))


def costs(depth: int, cells: int = 1, bits: int = 64) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Those of a cell's words, by which word it is; and those of one cell and of all, where they are more."""
    of_words, totals = _all_costs()[depth, cells, bits]
    return of_words, totals


def operations(text: str) -> Counter[str]:
    terms = (term.split() for term in text.split(" + "))
    return Counter({name: int(count.replace(",", "")) for count, name in terms})


def test_the_lectures_four_products_cost_one_xnor_and_one_popcount() -> None:
    of_words, totals = costs(4)
    assert of_words["first"] == {
        "scope": "this word, 4 products",
        "float": "4 mul + 3 add",
        "binary": "1 xnor + 1 popcount",
    }
    assert totals == []


def test_a_further_word_is_added_to_the_sum() -> None:
    assert costs(68)[0]["last"] == {
        "scope": "this word, 4 products",
        "float": "4 mul + 4 add",
        "binary": "1 xnor + 1 popcount + 1 add",
    }


def test_one_product_needs_no_addition() -> None:
    assert costs(1)[0]["first"] == {
        "scope": "this word, 1 product",
        "float": "1 mul",
        "binary": "1 xnor + 1 popcount",
    }


def test_costs_of_a_word_a_cell_and_the_whole_product() -> None:
    of_words, totals = costs(100, cells=18)
    assert {name: (cost["float"], cost["binary"]) for name, cost in of_words.items()} == {
        "first": ("64 mul + 63 add", "1 xnor + 1 popcount"),
        "middle": ("64 mul + 64 add", "1 xnor + 1 popcount + 1 add"),
        "last": ("36 mul + 36 add", "1 xnor + 1 popcount + 1 add"),
    }
    assert [(cost["scope"], cost["float"], cost["binary"]) for cost in totals] == [
        ("one cell, 2 words", "100 mul + 99 add", "2 xnor + 2 popcount + 1 add"),
        ("all 18 cells", "1,800 mul + 1,782 add", "36 xnor + 36 popcount + 18 add"),
    ]


@pytest.mark.parametrize("bits", WORD_WIDTHS)
@pytest.mark.parametrize("depth", sorted({depth for depth, _, _ in SHAPES}))
def test_the_words_of_a_cell_cost_together_what_the_cell_costs_and_cells_what_all_do(
    depth: int, bits: int
) -> None:
    of_words, totals = costs(depth, cells=4, bits=bits)
    words = -(-depth // bits)
    kinds = ["first", *["middle"] * (words - 2), *["last"] * (words > 1)]
    cell = totals[0] if words > 1 else of_words["first"]
    for side in ("float", "binary"):
        spent: Counter[str] = Counter()
        for kind in kinds:
            spent += operations(of_words[kind][side])
        assert spent == operations(cell[side])
        assert operations(totals[-1][side]) == Counter(
            {name: 4 * count for name, count in operations(cell[side]).items()}
        )
    assert operations(cell["float"])["mul"] == depth
    assert operations(cell["binary"])["popcount"] == words
