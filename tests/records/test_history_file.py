"""Histories in files: what comes back, and what is refused."""

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnnlab import pack_rows
from bnnlab.records import History, LayerDynamics, SignHistory, TrainingEvent
from bnnlab.records.array_file import read_arrays, write_arrays
from bnnlab.records.overlay import check_overlay, differing_signs
from bnnlab.records.sign_log import SignLog


def event(step: int) -> TrainingEvent:
    layer = LayerDynamics("conv", 36, step % 5, 0, 0.0, 0.0, 0.0, 1.0, 1.0, 0)
    loss, accuracy = (0.5, 0.75) if step % 10 == 0 else (None, None)
    return TrainingEvent(step, 0, 1 / step, 0.5, loss, accuracy, (layer,))


def grown(steps: int = 90, max_bytes: int = 3000) -> History:
    """A convolution of 4 × 1 × 3 × 3 and a dense layer of more than one chunk, which flip now and then."""
    rng = np.random.default_rng(5)
    shapes = {"conv": (4, 1, 3, 3), "dense": (33, 2000)}
    logs, signs = {}, {}
    for name, shape in shapes.items():
        signs[name] = rng.random((shape[0], int(np.prod(shape[1:])))) < 0.5
        logs[name] = SignLog(pack_rows(signs[name]), max_bytes if name == "conv" else 2**20)
    history = History(8, SignHistory(logs, shapes))
    for step in range(1, steps + 1):
        for name, log in logs.items():
            share = 0.0004 if name == "dense" else (0.4, 0.0, 0.05)[step % 3]
            share = 0.2 if step == 40 else share
            signs[name] = signs[name] ^ (rng.random(signs[name].shape) < share)
            log.append(step, pack_rows(signs[name]).words)
            if step % 9 == 0:
                signs[name] = signs[name] ^ (rng.random(signs[name].shape) < 0.02)
                log.append(step, pack_rows(signs[name]).words, by_hand=True)
        history.append(event(step))
    return history


@pytest.fixture(scope="module")
def history() -> History:
    return grown()


@pytest.fixture
def file(history: History, tmp_path: Path) -> Path:
    history.to_npz(tmp_path / "run.npz")
    return tmp_path / "run.npz"


def test_what_comes_back_answers_the_same(history: History, file: Path) -> None:
    loaded = History.load(file)
    assert (loaded.stride, loaded.layer_names, len(loaded)) == (history.stride, ("conv",), len(history))
    assert loaded.evaluated == history.evaluated == event(90)
    for column in ("step", "loss", "test_accuracy"):
        assert np.array_equal(loaded.column(column), history.column(column), equal_nan=True)
    signs, expected = loaded.known_signs, history.known_signs
    assert (signs.since, signs.newest, signs.nbytes) == (expected.since, 90, loaded.sign_bytes)
    for step in range(signs.since, 91):
        for name, there in history.at(step).items():
            assert np.array_equal(loaded.at(step)[name], there)
            assert there.shape == signs.shapes[name]
    for step in range(signs.since + 1, 91):
        for name, flips in history.flips_at(step).items():
            assert np.array_equal(loaded.flips_at(step)[name].words, flips.words)
    for name in signs.logs:
        said, was = loaded.flip_statistics(name), history.flip_statistics(name)
        assert said.settled_after == was.settled_after
        assert np.array_equal(said.return_times, was.return_times)
        assert np.array_equal(signs.log(name).crossings(7), expected.log(name).crossings(7))
    with np.load(file, allow_pickle=False) as archive:
        assert "layer0_keys" in archive


def test_a_loaded_history_may_grow_and_be_written_again(history: History, file: Path, tmp_path: Path) -> None:
    loaded = History.load(file)
    other = tmp_path / "again.npz"
    loaded.to_npz(other)
    assert other.read_bytes() == file.read_bytes()
    for step in range(91, 110):
        loaded.append(event(step))
        for log in loaded.known_signs.logs.values():
            words = log.at(step - 1).words.copy()
            words[0, 0] ^= np.uint64(3)
            log.append(step, words)
    assert loaded.known_signs.newest == 109
    assert np.array_equal(loaded.at(90)["dense"], history.at(90)["dense"])
    loaded.to_npz(other)
    assert np.array_equal(History.load(other).at(109)["conv"], loaded.at(109)["conv"])


@pytest.mark.parametrize("steps", [0, 1])
def test_short_histories_and_such_without_signs(steps: int, tmp_path: Path) -> None:
    path = tmp_path / "short.npz"
    grown(steps).to_npz(path)
    assert History.load(path).known_signs.newest == steps
    History().to_npz(path)
    loaded = History.load(path)
    assert loaded.signs is None
    loaded.append(event(1))
    assert loaded.column("loss").tolist() == [1.0]


def refused(path: Path) -> str:
    with pytest.raises(ValueError, match="cannot be read as a history") as caught:
        History.load(path)
    assert repr(str(path)) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_changed_byte_and_every_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    small = History(4, SignHistory({"a": SignLog(pack_rows(np.ones((2, 3))))}, {"a": (2, 3)}))
    small.to_npz(path)
    content = path.read_bytes()
    rng = np.random.default_rng(2)
    places = {*range(0, len(content), 7), *range(len(content) - 120, len(content))}
    for place in sorted(places):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        refused(path)
    for end in {*range(0, len(content), 53), len(content) - 1}:
        path.write_bytes(content[:end])
        refused(path)
    path.write_bytes(content + b"0")
    refused(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"sha256:" + b"0" * 64, b"\x93NUMPY" * 50, bytes(1000)])
def test_foreign_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "foreign.npz"
    path.write_bytes(content)
    refused(path)
    np.savez(path, points=np.ones(3))
    assert "no such file" in refused(path) or "SHA-256" in refused(path)
    write_arrays(path, {"format": "something else"}, {})
    assert "format" in refused(path)
    with pytest.raises(FileNotFoundError):
        History.load(tmp_path / "nowhere.npz")
    with pytest.raises(TypeError, match="path must be"):
        History.load(3)  # type: ignore[arg-type]


def test_members_that_are_no_plain_arrays_are_refused(tmp_path: Path) -> None:
    for name, inside, compression in [
        ("bomb.npy", bytes(10**6), zipfile.ZIP_DEFLATED),
        ("text.txt", b"hello", zipfile.ZIP_STORED),
        ("short.npy", np.lib.format.magic(1, 0) + b"\x05\x00{}", zipfile.ZIP_STORED),
        ("words.npy", b"hello", zipfile.ZIP_STORED),
        ("object.npy", header("'descr': '|O', 'fortran_order': False, 'shape': (1,)") + bytes(8), 0),
        ("huge.npy", header("'descr': '<f8', 'fortran_order': False, 'shape': (10**9,)"), 0),
        ("giant.npy", header("'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)"), 0),
        ("minus.npy", header("'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1)") + bytes(8), 0),
    ]:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", compression) as archive:
            archive.writestr(name, inside)
            archive.comment = b"sha256:" + b"0" * 64
        content = stream.getvalue()[:-64]
        path = tmp_path / "strange.npz"
        path.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
        refused(path)


def header(fields: str) -> bytes:
    text = ("{" + fields + "}").ljust(117) + "\n"
    return np.lib.format.magic(1, 0) + len(text).to_bytes(2, "little") + text.encode()


Change = Callable[[dict[str, Any], dict[str, Any]], object]


def changed(array: str, place: Any, value: Any) -> Change:
    def change(manifest: dict[str, Any], arrays: dict[str, Any]) -> None:
        arrays[array] = arrays[array].copy()
        arrays[array][place] = value

    return change


def layer(field: str, value: Any) -> Change:
    return lambda manifest, arrays: manifest["signs"][0].update({field: value})


CHANGES: dict[str, Change] = {
    "capacity": lambda manifest, arrays: manifest.update(capacity=3),
    "stride": lambda manifest, arrays: manifest.update(stride=3),
    "layer names": lambda manifest, arrays: manifest.update(layer_names=["a", "b"]),
    "names of numbers": lambda manifest, arrays: manifest.update(layer_names=[1]),
    "no signs": lambda manifest, arrays: manifest.pop("signs"),
    "signs of text": lambda manifest, arrays: manifest.update(signs="all"),
    "event": lambda manifest, arrays: manifest["evaluated"].update(loss="low"),
    "event layers": lambda manifest, arrays: manifest["evaluated"].update(layers=[{}]),
    "event parts": lambda manifest, arrays: manifest["evaluated"].pop("step"),
    "points": lambda manifest, arrays: arrays.update(points=arrays["points"][:, :3].copy()),
    "points of words": lambda manifest, arrays: arrays.update(points=np.array([["a"]])),
    "missing": lambda manifest, arrays: arrays.pop("layer1_keys"),
    "shape": layer("shape", [4, 9, 2]),
    "swapped shape": layer("shape", [9, 4]),
    "negative shape": layer("shape", [-4, -9]),
    "name": layer("name", "dense"),
    "depth": layer("depth", 10),
    "no depth": layer("depth", 0),
    "since": layer("since", 80),
    "newest": layer("newest", 89),
    "newest of text": layer("newest", "90"),
    "step": changed("layer0_steps", 5, 10**6),
    "first step": changed("layer0_steps", 0, 0),
    "end": changed("layer0_ends", 2, 10**6),
    "no end": changed("layer0_ends", 2, 0),
    "kind": changed("layer0_kinds", 1, 9),
    "position": changed("layer0_data", slice(None), 65_535),
    "another position": changed("layer1_data", -1, 1),
    "chunk": changed("layer1_chunks", (1, 0), 9),
    "signs": changed("layer0_signs", (0, 0), 1),
    "padding": changed("layer0_signs", (0, 0), 2**63),
    "key frame": changed("layer0_keys", (0, 0, 0), 5),
    "entries": changed("layer0_block_entries", 0, -1),
    "units": changed("layer0_block_units", 0, 10**12),
    "last": changed("layer0_last", (0, 0), 91),
    "never": changed("layer0_last", (0, 0), 0),
    "flips": changed("layer0_flips", (0, 0), 50_000),
    "returns": changed("layer0_returns", (0, 0), 2**63),
    "firsts": changed("layer0_returns", (0, -1), 0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_does_not_fit_together_is_refused_though_its_hash_is_right(name: str, file: Path) -> None:
    manifest, arrays = read_arrays(file)
    CHANGES[name](manifest, arrays)
    write_arrays(file, manifest, arrays)
    refused(file)


def test_numbers_at_random_never_crash(file: Path) -> None:
    manifest, arrays = read_arrays(file)
    rng = np.random.default_rng(4)
    names = [name for name, array in arrays.items() if array.size and array.dtype.kind in "ui"]
    for _ in range(150):
        name = names[int(rng.integers(len(names)))]
        array = arrays[name].copy()
        place = int(rng.integers(array.size))
        highest = np.iinfo(array.dtype).max
        values = [0, 1, int(highest), int(rng.integers(min(int(highest), 2**62)))]
        array.reshape(-1)[place] = values[int(rng.integers(4))]
        write_arrays(file, manifest, arrays | {name: array})
        try:
            loaded = History.load(file)
        except ValueError:
            refused(file)
        else:
            loaded.at(loaded.known_signs.newest)


def test_nothing_is_left_of_a_file_that_cannot_be_written(history: History, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        history.to_npz(tmp_path / "folder")
    with pytest.raises(FileNotFoundError):
        history.to_npz(tmp_path / "nowhere" / "run.npz")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]
    assert json.dumps(dataclasses.asdict(event(1)))


def test_histories_of_other_networks_cannot_be_laid_over_each_other(history: History) -> None:
    def of(**shapes: tuple[int, ...]) -> History:
        logs = {
            name: SignLog(pack_rows(np.ones((shape[0], int(np.prod(shape[1:]))))))
            for name, shape in shapes.items()
        }
        return History(signs=SignHistory(logs, shapes))

    check_overlay(history, history)
    check_overlay(of(a=(2, 3)), of(a=(2, 3)))
    for other, reason in [
        (of(a=(3, 2)), "layer 'a' is 2×3 and 3×2 in the two of them"),
        (of(a=(2, 3), b=(1, 1)), "the first has no layer 'b'"),
        (of(b=(2, 3)), "the second has no layer 'a'"),
        (History(), "the second one holds no signs"),
    ]:
        with pytest.raises(ValueError, match=f"^the histories cannot be laid over each other: {reason}$"):
            check_overlay(of(a=(2, 3)), other)


def test_how_many_signs_differ_between_two_histories() -> None:
    def of(*steps: list[int]) -> History:
        log = SignLog(pack_rows(np.array([[1, 1, 1, 1]])))
        for step, signs in enumerate(steps, 1):
            log.append(step, pack_rows(np.array([signs])).words)
        return History(signs=SignHistory({"a": log}, {"a": (1, 4)}))

    first, second = of([1, 1, 1, -1], [-1, -1, -1, -1]), of([1, 1, 1, 1], [1, 1, 1, -1])
    assert [differing_signs(first, second, step)["a"] for step in (0, 1, 2)] == [0, 0.25, 0.75]
    assert differing_signs(first, second) == {"a": 0.75}
    with pytest.raises(ValueError, match="step 3 has not been done"):
        differing_signs(first, second, 3)
