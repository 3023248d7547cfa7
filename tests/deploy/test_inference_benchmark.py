"""The benchmark of whole networks: every opponent that is here agrees with its reference."""

import json

import pytest
from typer.testing import CliRunner

from bnnlab.cli import app
from bnnlab.deploy import PackedModel
from bnnlab.deploy import inference_benchmark as inference
from bnnlab.records import Benchmark


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "WIDTHS", (784, 70, 65, 40, 10))


def test_every_opponent_agrees_with_its_reference() -> None:
    benchmark = inference.inference_benchmark((1, 3), seconds=1e-6)
    assert {each.workload.split(", ")[1] for each in benchmark.results} == {
        "pixels in",
        "hidden layers alone",
    }
    assert all(each.exact for each in benchmark.results)
    assert {each.opponent for each in benchmark.results} >= {"packed", "float32", "torch-binary"}


def test_a_wrong_answer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    logits = PackedModel.logits
    monkeypatch.setattr(PackedModel, "logits", lambda self, x: -logits(self, x))
    benchmark = inference.inference_benchmark((3,), seconds=1e-6, opponents=["packed"])
    assert [each.exact for each in benchmark.results] == [False, False, True]


def test_the_command_prints_json() -> None:
    result = CliRunner().invoke(app, ["bench", "inference", "--batch", "2", "--seconds", "1e-6", "--json"])
    assert result.exit_code == 0
    assert Benchmark.from_dict(json.loads(result.stdout)).subject == "inference"


def test_an_impossible_batch_is_one_line() -> None:
    result = CliRunner().invoke(app, ["bench", "inference", "--batch", "0"])
    assert result.exit_code == 2
    assert "a batch must be in 1..4096, got 0" in result.output
