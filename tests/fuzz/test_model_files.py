"""The fuzz program itself: a short run of it, and that it notices what it looks for."""

import time

import pytest

from bnnlab.deploy import OPS
from bnnlab.deploy.file import from_bytes

from . import model_files
from .mutations import MUTATIONS


def test_no_damaged_file_does_harm() -> None:
    report = model_files.fuzz(3000, seed=1)
    assert report.failures == []
    tried = {name for name, _ in report.outcomes}
    assert tried == {mutation.__name__ for mutation in MUTATIONS}
    valid = sum(count for (_, result), count in report.outcomes.items() if result == "valid")
    assert 100 < valid < 1000


def test_the_valid_files_have_every_operation() -> None:
    models = [from_bytes(content) for content in model_files.originals()]
    used = {type(node.op).__name__ for model in models for node in model.nodes}
    assert used == set(OPS)


def test_a_case_is_the_same_each_time() -> None:
    files = model_files.originals()
    assert [model_files.mutated(files, 3, n) for n in range(40)] == [
        model_files.mutated(files, 3, n) for n in range(40)
    ]


def test_another_exception_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(content: bytes) -> None:
        raise KeyError("stride")

    monkeypatch.setattr(model_files, "from_bytes", broken)
    report = model_files.fuzz(2, seed=0, first=1)
    assert [(number, "KeyError: 'stride'" in what) for number, what in report.failures] == [
        (1, True),
        (2, True),
    ]


def test_what_hangs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "from_bytes", lambda content: time.sleep(60))
    monkeypatch.setattr(model_files, "PATIENCE", 0.01)
    ((_, what),) = model_files.fuzz(1, seed=0, first=1).failures
    assert "Hangs: more than 0.01 s" in what


def test_too_much_memory_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "outcome", lambda content, folder: "refused")
    monkeypatch.setattr(model_files, "from_bytes", lambda content: bytearray(3 << 20))
    ((_, what),) = model_files.fuzz(1, seed=0).failures
    assert "bytes beyond 4 x" in what
