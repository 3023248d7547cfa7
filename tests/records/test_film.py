"""Films of signs, frame by frame."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bnnlab import pack_rows
from bnnlab.records import History, SignHistory
from bnnlab.records.film import COLORS, MAX_FRAMES, SCALED_SIDE
from bnnlab.records.sign_log import SignLog


def history(steps: int, rng: np.random.Generator, max_bytes: int = 2**20) -> History:
    signs = rng.random((7, 30)) < 0.5
    log = SignLog(pack_rows(signs), max_bytes)
    for step in range(1, steps + 1):
        signs = signs ^ (rng.random(signs.shape) < 0.05)
        log.append(step, pack_rows(signs).words)
    return History(signs=SignHistory({"conv": log}, {"conv": (7, 10, 3, 1)}))


def frames(path: Path) -> list[np.ndarray]:
    pictures = []
    with Image.open(path) as film:
        assert film.info["loop"] == 0
        for number in range(getattr(film, "n_frames", 1)):
            film.seek(number)
            pictures.append(np.array(film.convert("RGB")))
    return pictures


def expected(past: History, step: int) -> np.ndarray:
    signs = past.known_signs.packed_at(step)["conv"].unpack() > 0
    flipped = past.flips_at(step)["conv"].unpack() > 0
    scale = SCALED_SIDE // 30
    colors = np.array(COLORS, np.uint8)[signs + 2 * flipped.astype(int)]
    return np.repeat(np.repeat(colors, scale, axis=0), scale, axis=1)


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_every_picture_shows_its_step(suffix: str, tmp_path: Path, rng: np.random.Generator) -> None:
    past, path = history(12, rng), tmp_path / f"signs{suffix}"
    assert past.film(path, "conv", 3, 9, fps=10) == 7
    pictures = frames(path)
    assert len(pictures) == 7
    for number, picture in enumerate(pictures):
        assert np.array_equal(picture, expected(past, 3 + number)), number


def test_long_runs_are_thinned_with_both_ends_kept(tmp_path: Path, rng: np.random.Generator) -> None:
    past, path = history(2 * MAX_FRAMES, rng), tmp_path / "signs.gif"
    assert past.film(path, "conv") == MAX_FRAMES
    pictures = frames(path)
    assert np.array_equal(pictures[0], expected(past, 0))
    assert np.array_equal(pictures[-1], expected(past, 2 * MAX_FRAMES))


def test_a_film_begins_where_flips_are_known(tmp_path: Path, rng: np.random.Generator) -> None:
    past = history(500, rng, max_bytes=3000)
    since = past.known_signs.since
    assert since > 0
    assert past.film(tmp_path / "signs.GIF", "conv", last=since + 2) == 2
    with pytest.raises(ValueError, match=f"a film shows steps {since + 1} to 500"):
        past.film(tmp_path / "signs.gif", "conv", first=since)


def test_what_cannot_be_filmed_is_refused_and_nothing_written(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, path = history(5, rng), tmp_path / "signs.gif"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"layer": "dense"}, "layer must be one of"),
        ({"first": 4, "last": 3}, "the first not after the last"),
        ({"last": 6}, "a film shows steps 0 to 5"),
        ({"first": -1}, "a film shows steps 0 to 5"),
        ({"fps": 0.5}, "fps must be 1 to 50"),
        ({"fps": float("nan")}, "fps must be 1 to 50"),
        ({"path": tmp_path / "signs.mp4"}, r"a film ends in \.gif or \.webp"),
    ]
    options: dict[str, Any] = {"path": path, "layer": "conv"}
    for bad, reason in cases:
        with pytest.raises(ValueError, match=reason):
            past.film(**options | bad)
    wrong_types: list[dict[str, Any]] = [{"first": 1.5}, {"last": True}, {"fps": "fast"}, {"path": 3}]
    for bad in wrong_types:
        with pytest.raises(TypeError, match=" must be "):
            past.film(**options | bad)
    with pytest.raises(ValueError, match="no signs"):
        History().film(path, "conv")
    with pytest.raises(FileNotFoundError):
        past.film(tmp_path / "nowhere" / "signs.gif", "conv")
    monkeypatch.setattr("bnnlab.records.film.MAX_FILM_PIXELS", 209)
    with pytest.raises(ValueError, match="at most 209 weights, and 'conv' has 210"):
        past.film(path, "conv")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="a film needs Pillow"):
        past.film(path, "conv")
    assert not list(tmp_path.iterdir())
