"""The command that exports: what it writes, and one line with exit code 2 for what it cannot."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bnnlab.cli import app
from bnnlab.deploy import PackedModel

from .c_programs import needs_compiler, run_header
from .networks import network, pixels
from .onnx_runs import run_onnx


@pytest.fixture
def packed(tmp_path: Path) -> PackedModel:
    packed = PackedModel.from_module(network("mlp", widths=(64, 32), first_layer="binary"), (1, 12, 12))
    packed.save(tmp_path / "digits.bnn")
    return packed


def export(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["export", str(folder / "digits.bnn"), *arguments])


@needs_compiler
def test_all_three_at_once(packed: PackedModel, tmp_path: Path) -> None:
    targets = {kind: tmp_path / name for kind, name in (("onnx", "a.onnx"), ("c", "net.h"), ("npz", "a.npz"))}
    options = [text for kind, path in targets.items() for text in (f"--{kind}", str(path))]
    result = export(tmp_path, *options, "--pixels", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == [
        {"file": str(path), "kind": kind, "bytes": path.stat().st_size}
        for path, kind in zip(targets.values(), ("ONNX", "C header", "NumPy arrays"), strict=True)
    ]
    images = pixels(20)
    assert np.array_equal(run_onnx(targets["onnx"], images)["logits"].argmax(1), packed.predict(images))
    assert np.array_equal(run_header(tmp_path, images, [])[0], packed.predict(images))
    assert "hidden1.words" in np.load(targets["npz"], allow_pickle=False)


def test_it_says_what_it_wrote(packed: PackedModel, tmp_path: Path) -> None:
    result = export(tmp_path, "--c", str(tmp_path / "net.h"), "--name", "my net")
    size = (tmp_path / "net.h").stat().st_size
    assert result.stdout == f"{tmp_path / 'net.h'}: C header, {size} bytes\n"
    assert "int my_net_predict(const uint8_t *pixels)" in (tmp_path / "net.h").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "one of --onnx, --c, --npz and --html must be given"),
        (["--npz", "{}/a", "--c", "{}/x/../a"], "must be different files"),
        (["--c", "{}/digits.bnn"], "must be different files"),
        (["--npz", "{}/a.npz", "--pixels"], "--pixels belongs to --onnx"),
        (["--npz", "{}/a.npz", "--name", "x"], "--name belongs to --c"),
        (["--npz", "{}/no/such/folder/a.npz"], "/no/such/folder' does not exist"),
    ],
)
def test_what_makes_no_sense(packed: PackedModel, tmp_path: Path, arguments: list[str], says: str) -> None:
    assert_one_line(export(tmp_path, *(text.format(tmp_path) for text in arguments)), says)


def test_what_is_no_model(tmp_path: Path) -> None:
    assert_one_line(export(tmp_path, "--npz", str(tmp_path / "a.npz")), "digits.bnn")
    (tmp_path / "digits.bnn").write_bytes(b"not a network")
    assert_one_line(export(tmp_path, "--npz", str(tmp_path / "a.npz")), "digits.bnn")
    assert not (tmp_path / "a.npz").exists()


def test_only_a_page_can_do_without_a_network(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["export", "--npz", str(tmp_path / "a.npz"), "--html", str(tmp_path / "a.html")]
    )
    assert_one_line(result, "a packed network must be named, unless only --html is given")
    assert list(tmp_path.iterdir()) == []


def test_a_page(packed: PackedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bnnlab.page.recorded_run.MAX_FRAMES", 5)
    result = export(tmp_path, "--html", str(tmp_path / "page.html"), "--json")
    assert result.exit_code == 0, result.output
    size = (tmp_path / "page.html").stat().st_size
    assert json.loads(result.stdout) == [{"file": str(tmp_path / "page.html"), "kind": "page", "bytes": size}]
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


def test_without_onnx(packed: PackedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert_one_line(export(tmp_path, "--onnx", str(tmp_path / "a.onnx")), "pip install 'bnnlab[onnx]'")


def assert_one_line(result: Result, says: str) -> None:
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("bnnlab: ")
    assert says in line
