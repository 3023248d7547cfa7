"""From `bnnlab train --save` to `bnnlab predict`: images in, classes out, bad files named in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from bnnlab.cli import app
from bnnlab.deploy import PackedModel

from .networks import network, pixels


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "network.bnn"
    PackedModel.from_module(network("convnet", widths=(5, 30))).save(path)
    return path


def drawn(path: Path, image: np.ndarray) -> Path:
    Image.fromarray(image).save(path)
    return path


def test_a_trained_network_is_saved_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "digits.bnn"
    trained = CliRunner().invoke(
        app, ["train", "--dataset", "digits", "--widths", "16,16", "--epochs", "1", "--save", str(path)]
    )
    assert trained.exit_code == 0
    assert PackedModel.load(path).class_names == tuple("0123456789")
    image = drawn(tmp_path / "a.png", np.zeros((8, 8), np.uint8))
    assert run(path, image).stdout.startswith(f"{image}: ")


def test_answers_are_the_model_s(model: Path, tmp_path: Path) -> None:
    images = pixels(4)
    paths = [drawn(tmp_path / f"{i}.png", image[0]) for i, image in enumerate(images)]
    answers = json.loads(run(model, *paths, "--json").stdout)
    packed = PackedModel.load(model)
    assert [answer["class"] for answer in answers] == [str(n) for n in packed.predict(images)]
    assert [answer["probability"] for answer in answers] == packed.predict_proba(images).max(1).tolist()
    inverted = [drawn(tmp_path / f"{i}i.png", 255 - image[0]) for i, image in enumerate(images)]
    again = json.loads(run(model, *inverted, "--invert", "--json").stdout)
    assert [answer["class"] for answer in again] == [answer["class"] for answer in answers]


def test_images_of_another_size_or_colour(model: Path, tmp_path: Path) -> None:
    wide = drawn(tmp_path / "wide.png", np.zeros((20, 30, 3), np.uint8))
    refused = run(model, wide)
    assert refused.exit_code == 2
    assert "wide.png: must be 12 x 12 pixels, it is 30 x 20; --resize changes it" in refused.output
    assert run(model, wide, "--resize").exit_code == 0


def test_files_that_are_none_are_one_line(model: Path, tmp_path: Path) -> None:
    no_image = tmp_path / "text.png"
    no_image.write_text("<b>no image</b>")
    image = drawn(tmp_path / "a.png", np.zeros((12, 12), np.uint8))
    for arguments, says in (
        ((model, no_image), "text.png: it is no image that Pillow reads"),
        ((model, tmp_path / "nowhere.png"), "nowhere.png: No such file or directory"),
        ((tmp_path / "nowhere.bnn", image), "nowhere.bnn: No such file or directory"),
        ((no_image, image), "not a packed model"),
    ):
        refused = run(*arguments)
        assert refused.exit_code == 2
        assert says in refused.output
        assert len(refused.output.strip().splitlines()) == 1


def test_a_network_of_points_sees_no_images(tmp_path: Path) -> None:
    path = tmp_path / "points.bnn"
    PackedModel.from_module(network("mlp", input_shape=(2,), widths=(8,)), divisor=None).save(path)
    refused = run(path, drawn(tmp_path / "a.png", np.zeros((8, 8), np.uint8)))
    assert "the network must see grey or RGB images, this one sees (2,)" in refused.output
