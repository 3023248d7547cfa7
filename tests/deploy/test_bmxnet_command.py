"""The command that imports: what it says and saves, and one line with exit code 2 for what it cannot read."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bnnlab.app.learned import stored
from bnnlab.cli import app
from bnnlab.deploy import PackedModel, evaluation, export_bmxnet, load_bmxnet

from .bmxnet_networks import lenet, resnet
from .bmxnet_writer import Writer


def written(folder: Path, network: Writer) -> list[str]:
    (folder / "net-0001.params").write_bytes(network.params)
    (folder / "net-symbol.json").write_bytes(network.symbol)
    return [str(folder / "net-0001.params"), str(folder / "net-symbol.json")]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["import-bmxnet", *arguments])


@pytest.fixture
def few_digits(monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    mnist = evaluation.labelled_images((1, 28, 28))
    assert (mnist.images.shape, mnist.labels.shape) == ((10_000, 1, 28, 28), (10_000,))
    few = replace(mnist, images=mnist.images[:300], labels=mnist.labels[:300])
    monkeypatch.setattr("bnnlab.commands.import_bmxnet.fitting_images", lambda _: few)
    return few.images, few.labels


def test_a_network_is_told_tested_and_saved(
    tmp_path: Path, few_digits: tuple[np.ndarray, np.ndarray]
) -> None:
    network = lenet(64)
    files, target = written(tmp_path, network), tmp_path / "net.bnn"
    result = run(*files, "--output", str(target))
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["qconv", "XnorConv", "64", "x", "8", "x", "8", "bits", "13,120"] in rows
    model = load_bmxnet(network.params, network.symbol)
    right = int((model.predict(few_digits[0]) == few_digits[1]).sum())
    assert f"recognises {right} of 300 test images of MNIST: {right / 300:.2%}" in result.stdout
    assert np.array_equal(PackedModel.load(target).logits(few_digits[0]), model.logits(few_digits[0]))
    report = json.loads(run(*files, "--json").stdout)
    assert report["test"] == {"data": "MNIST", "images": 300, "recognised": right, "accuracy": right / 300}
    assert report["input_shape"] == [1, 28, 28]
    assert report["saved"] is None
    saved = json.loads(run(*files, "--json", "--input-shape", "1,28,28", "--output", str(target)).stdout)
    assert saved == report | {"saved": str(target)}
    assert [layer["name"] for layer in report["layers"]] == [node.name for node in model.nodes]
    assert report["bytes"] == sum(layer["nbytes"] for layer in report["layers"])


def test_other_images_are_not_tested(tmp_path: Path) -> None:
    files = written(tmp_path, resnet(64, width=8))
    assert (
        "none of the test images that come with the lab fit" in run(*files, "--input-shape", "3x48x40").stdout
    )
    report = json.loads(run(*files, "--json").stdout)
    assert (report["test"], report["input_shape"]) == (None, [3, 32, 32])


def test_the_small_digits_are_tested_where_they_fit(tmp_path: Path) -> None:
    paths = tmp_path / "digits-0001.params", tmp_path / "digits-symbol.json"
    model = PackedModel.from_module(stored().model().eval(), divisor=8)
    export_bmxnet(model, *paths)
    digits = evaluation.labelled_images((1, 8, 8))
    right = int((model.predict(digits.images) == digits.labels).sum())
    says = f"recognises {right} of 360 test images of the 8x8 digits: {right / 360:.2%}"
    assert says in run(*map(str, paths)).stdout


def test_names_are_no_markup(tmp_path: Path, few_digits: object) -> None:
    network = lenet(64)
    (tmp_path / "net-0001.params").write_bytes(network.params)
    (tmp_path / "net-symbol.json").write_bytes(network.symbol.replace(b'"tanh2"', b'"[red]tanh2"'))
    result = run(str(tmp_path / "net-0001.params"), str(tmp_path / "net-symbol.json"))
    assert "[red]tanh2" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{params}", "{params}"], "net-0001.params: is not JSON but a .params file"),
        (["{symbol}", "{symbol}"], "net-symbol.json: is not a .params file but JSON"),
        (["{symbol}", "{params}"], "were the two files swapped?"),
        (["missing", "{symbol}"], "missing: No such file or directory"),
        (["{params}", "."], ".: Is a directory"),
        (["{params}", "{symbol}", "--input-shape", "28"], "(QFullyConnected)|(Convolution)"),
        (
            ["{params}", "{symbol}", "--input-shape", "28xx28"],
            "--input-shape must be one or three whole numbers of 1..100000, such as 784",
        ),
        (["{params}", "{symbol}", "--input-shape", "1x0x28"], "--input-shape must be one or three"),
        (["{params}", "{symbol}", "--output", "./net-0001.params"], "must be different files"),
        (["{params}", "{symbol}", "--output", "{symbol}"], "must be different files"),
        (["{params}", "{symbol}", "--divisor", "0"], "divisor must be above 0 and finite, got 0.0"),
        (["{params}", "{symbol}", "--output", "missing/net.bnn"], "missing' does not exist"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    params, symbol = written(tmp_path, network := lenet(64))
    result = run(*(text.format(params=params, symbol=symbol) for text in arguments))
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith("bnnlab: ")
    assert any(part in line for part in says.split("|"))
    assert result.stdout == ""
    assert (Path(params).read_bytes(), Path(symbol).read_bytes()) == (network.params, network.symbol)
