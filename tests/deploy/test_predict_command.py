"""From `bnnlab train --save` to `bnnlab predict`: images in, classes out, bad files named in one line."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from bnnlab.cli import app
from bnnlab.commands.predict import read_image
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


def test_digits_of_full_contrast_are_seen_as_they_were_learned(tmp_path: Path) -> None:
    path = tmp_path / "digits.bnn"
    brief = ["--dataset", "digits", "--widths", "64,64", "--epochs", "8", "--save", str(path)]
    assert CliRunner().invoke(app, ["train", *brief]).exit_code == 0
    with (files("bnnlab.data") / "digits8x8.npz").open("rb") as stream, np.load(stream) as arrays:
        digits, labels = arrays["x_test"][:60], arrays["y_test"][:60]
    assert digits.max() == 16
    bright = [
        drawn(tmp_path / f"{i}.png", np.rint(digit * (255 / 16)).astype(np.uint8))
        for i, digit in enumerate(digits.reshape(-1, 8, 8))
    ]
    answers = json.loads(run(path, *bright, "--json").stdout)
    expected = PackedModel.load(path).predict_proba(digits.reshape(-1, 1, 8, 8).astype(np.uint8))
    assert [answer["probability"] for answer in answers] == expected.max(1).tolist()
    right = [answer["class"] == str(label) for answer, label in zip(answers, labels, strict=True)]
    assert sum(right) > 54
    assert {answer["white"] for answer in answers} == {16}
    assert run(path, *bright).stdout.splitlines()[-1] == (
        "pixels of 0..255 were scaled to 0..16, which this network learned"
    )


def test_images_of_bytes_are_not_scaled(model: Path, tmp_path: Path) -> None:
    image = drawn(tmp_path / "a.png", np.full((12, 12), 255, np.uint8))
    assert "scaled" not in run(model, image).output
    assert json.loads(run(model, image, "--json").stdout)[0]["white"] == 255


def test_transparent_pixels_need_a_background(model: Path, tmp_path: Path) -> None:
    ink = pixels(1)[0, 0]
    transparent = np.zeros((12, 12, 4), np.uint8)  # black ink; where there is none, white shows through
    transparent[..., 3] = 255 - ink
    path = drawn(tmp_path / "a.png", transparent)
    refused = run(model, path)
    assert refused.exit_code == 2
    assert refused.output.strip() == (
        f"bnnlab: {path}: has transparent pixels; --background black or white says what is behind them"
    )
    assert run(model, path, "--background", "white").exit_code == 0
    assert np.array_equal(read_image(path, (1, 12, 12), False, "white")[0], ink)
    assert not read_image(path, (1, 12, 12), False, "black").any()
    palette = Image.fromarray(ink).convert("P")
    palette.save(tmp_path / "p.png", transparency=0)
    assert "p.png: has transparent pixels" in run(model, tmp_path / "p.png").output
    transparent[..., 3] = 255
    assert run(model, drawn(tmp_path / "c.png", transparent)).exit_code == 0
    assert "--background must be black or white, got 'red'" in run(model, path, "--background", "red").output


def test_photographs_are_seen_upright(tmp_path: Path) -> None:
    ink = pixels(1)[0, 0]
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned clockwise by a quarter
    Image.fromarray(np.rot90(ink).copy()).save(tmp_path / "lying.png", exif=exif)
    assert np.array_equal(read_image(tmp_path / "lying.png", (1, 12, 12), resize=False)[0], ink)


def test_images_of_more_than_bytes_are_refused(model: Path, tmp_path: Path) -> None:
    deep = drawn(tmp_path / "deep.png", np.full((12, 12), 1000, np.uint16))
    refused = run(model, deep)
    assert refused.exit_code == 2
    assert "deep.png: must have 8 bits for each pixel and channel, it has more" in refused.output


def test_a_network_of_numbers_sees_no_pixels(tmp_path: Path) -> None:
    path = tmp_path / "numbers.bnn"
    PackedModel.from_module(network("mlp", widths=(8,)), (1, 12, 12), divisor=None).save(path)
    refused = run(path, drawn(tmp_path / "a.png", np.zeros((12, 12), np.uint8)))
    assert refused.exit_code == 2
    (line,) = refused.output.splitlines()
    assert "the network must see pixels, this one sees numbers of unknown range" in line


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
