"""The page as a text: whole, without anything from elsewhere, and proof against what is written into it."""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bnnlab.deploy import Node, PackedModel
from bnnlab.deploy.ops import FloatDense
from bnnlab.page import RecordedRun, record_run
from bnnlab.page.writing import FOLDER, drawing_of, page_text
from bnnlab.train import RunConfig
from bnnlab.widgets.bundle import modules_of
from tests.deploy.networks import network
from tests.widgets.test_jupyter import names_in


@cache
def short_run() -> RecordedRun:
    return record_run(RunConfig(epochs=1, widths=(16,)))


def held(text: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="held">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


def test_nothing_comes_from_elsewhere() -> None:
    text = page_text(short_run())
    assert "default-src 'none'" in text
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", text)
    assert not re.search(r"^\s*(?:import|export) ", text, re.MULTILINE)
    assert not re.search(r"\$\w", text.partition("<script")[0])
    assert str(FOLDER) not in text


def test_text_from_outside_stays_text() -> None:
    nasty = ("</script><script>alert(1)</script>", "<!--", "$title")
    model = PackedModel((Node("dense", FloatDense(np.eye(3, dtype=np.float32))),), (3,), nasty)
    text = page_text(short_run(), model)
    assert text.count("<script") == page_text(short_run()).count("<script")
    assert held(text)["network"]["class_names"] == list(nasty)  # type: ignore[index]


def test_who_sees_no_digits_gets_no_field() -> None:
    mlp = PackedModel.from_module(network("mlp", input_shape=(1, 28, 28), widths=(16,)), (1, 28, 28))
    assert drawing_of(mlp) == {"dataset": "mnist", "white": 255}
    assert drawing_of(short_run().network) == {"dataset": "digits", "white": 16}
    others = PackedModel.from_module(network("mlp", widths=(16,)), (1, 12, 12))
    assert drawing_of(others) is None
    points = PackedModel.from_module(network("mlp", input_shape=(2,), widths=(16,)), (2,), divisor=None)
    assert drawing_of(points) is None
    assert held(page_text(short_run(), others))["drawing"] is None


def test_top_level_names_are_unique() -> None:
    names = [
        name for file in modules_of(FOLDER / "page.js") for name in names_in(file.read_text(encoding="utf-8"))
    ]
    assert sorted(names) == sorted(set(names))


def test_a_script_cannot_end_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bnnlab.page.writing.inlined", lambda *_: "'</SCRIPT>'")
    with pytest.raises(ValueError, match="would end there"):
        page_text(replace(short_run()))
