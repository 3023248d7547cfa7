"""Arrays for other programs, names for other languages, and files that are whole or not there."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnnlab.deploy import OPS, Node, PackedModel, export_c, export_npz, export_onnx
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.deploy.ops import FloatDense

from .networks import network, pixels


@pytest.mark.parametrize(
    "spec",
    [
        {"model": "mlp", "widths": (70, 65), "first_layer": "binary", "scale": True},
        {"model": "convnet", "widths": (5, 66, 30), "last_layer": "binary"},
    ],
)
def test_the_archive_holds_the_whole_network(spec: dict, tmp_path: Path) -> None:  # type: ignore[type-arg]
    packed, images = PackedModel.from_module(network(**spec), (1, 12, 12)), pixels(50)
    export_npz(packed, tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as arrays:
        manifest = json.loads(str(arrays["manifest"]))
        nodes = tuple(
            Node(
                each["name"],
                OPS[each["op"]](
                    **plain(each["fields"]), **{field: arrays[key] for field, key in each["arrays"].items()}
                ),
                tuple(each["inputs"]),
            )
            for each in manifest["nodes"]
        )
        keys = {key for each in manifest["nodes"] for key in each["arrays"].values()}
        assert keys | {"manifest"} == set(arrays.files)
        assert np.array_equal(
            arrays["dense.words" if "convnet" in spec.values() else "hidden1.words"], words_of(packed)
        )
    rebuilt = PackedModel(nodes, tuple(manifest["input_shape"]), tuple(manifest["class_names"]))
    assert np.array_equal(rebuilt.logits(images), packed.logits(images))


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as they were: JSON has lists only."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def words_of(packed: PackedModel) -> np.ndarray:
    (words,) = (node.op.tensors()["words"] for node in packed.nodes if node.name in ("dense", "hidden1"))
    return words


def test_names_of_arrays_cannot_leave_the_archive(tmp_path: Path) -> None:
    weight = np.eye(3, dtype=np.float32)
    nodes = (
        Node("../../up", FloatDense(weight)),
        Node("manifest", FloatDense(weight), ("../../up",)),
        Node("/root", FloatDense(weight), ("manifest",)),
    )
    export_npz(PackedModel(nodes, (3,), tuple("abc")), tmp_path / "net.npz")
    inside = zipfile.ZipFile(tmp_path / "net.npz").namelist()
    assert sorted(inside) == [
        "manifest.npy",
        "manifest.weight.npy",
        "n______up.weight.npy",
        "n_root.weight.npy",
    ]


def test_identifiers_are_valid_and_distinct() -> None:
    given = ["conv1.0", "conv1-0", "conv1_0_2", "7", "", "_", "ä", "x" * 300, "x" * 301]
    made = identifiers(given)
    assert made["conv1.0"] == "conv1_0"
    assert list(made) == given
    assert len(set(made.values())) == len(given)
    assert all(name.isidentifier() and name.isascii() and len(name) < 50 for name in made.values())
    assert all(name[0].isalpha() for name in made.values())


@pytest.mark.parametrize("export", [export_c, export_npz, export_onnx])
def test_a_file_is_replaced_whole_or_not_at_all(
    export: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, path = PackedModel.from_module(network("mlp", widths=(16,)), (1, 12, 12)), tmp_path / "net.out"
    path.write_text("what was here before")

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full_disk)
        with pytest.raises(OSError, match="no space left"):
            export(packed, path)
    assert path.read_text() == "what was here before"
    export(packed, path)
    assert path.stat().st_size > 5_000
    assert list(tmp_path.iterdir()) == [path]
