"""What is no file of a packed model, or a damaged or a hostile one: refused, with the reason, and without harm."""

import io
import os
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch
from torch import nn

from bnnlab.deploy import ModelFileError, PackedModel
from bnnlab.deploy.file import MOST_BYTES, MOST_HEADER, from_bytes, to_bytes

from .file_parts import DEEP, Parts, conv_model, small_model
from .test_file import GOLDEN


def png() -> bytes:
    return bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(200)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("model", bytes(1000))
    return buffer.getvalue()


def checkpoint() -> bytes:
    buffer = io.BytesIO()
    torch.save(nn.Linear(4, 4).state_dict(), buffer)
    return buffer.getvalue()


def framed(header: bytes, data: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + data


FOREIGN = {
    "empty": b"",
    "short": b"\x02\0\0\0\0\0\0",
    "png": png(),
    "zip": zipped(),
    "pickle": pickle.dumps({"weights": [1.0] * 100}),
    "torch": checkpoint(),
    "text": b"hello, world\n" * 50,
    "zeros": bytes(1000),
    "tensors": safetensors.numpy.save({"a": np.zeros(3, np.float32)}),
    "other manifest": safetensors.numpy.save({}, {"manifest": "{}"}),
    "other metadata": safetensors.numpy.save({}, {"format": "pt"}),
    "numbers": framed(b"12345"),
    "list": framed(b"[1, 2]"),
    "metadata list": framed(b'{"__metadata__":[]}'),
    "manifest number": framed(b'{"__metadata__":{"manifest":7}}'),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_no_packed_model_is_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "x.bnn").write_bytes(FOREIGN[kind])
    with pytest.raises(ModelFileError, match=r"^x\.bnn: (not a packed model|the header)"):
        PackedModel.load(tmp_path / "x.bnn")


def test_a_file_that_is_not_whole_is_refused() -> None:
    content = to_bytes(small_model())
    for length in range(0, len(content), 7):
        with pytest.raises(ModelFileError):
            from_bytes(content[:length])
    for more in (b"\0", content):
        with pytest.raises(ModelFileError, match="fit the file: it is cut short, or followed by other bytes"):
            from_bytes(content + more)
    with pytest.raises(ModelFileError, match="fit the file: it is cut short, or followed by other bytes"):
        from_bytes(content[:-1])
    with pytest.raises(ModelFileError, match=r"^cut short: 100 bytes, and a header of "):
        from_bytes(content[:100])
    with pytest.raises(ModelFileError, match="not a packed model: the file is empty"):
        from_bytes(b"")


def test_every_flipped_bit_is_noticed(rng: np.random.Generator) -> None:
    content = GOLDEN.read_bytes()
    for at in range(len(content)):
        damaged = bytearray(content)
        damaged[at] ^= 1 << rng.integers(8)
        with pytest.raises(ModelFileError):
            from_bytes(bytes(damaged))


HEADERS = [
    (b'{"a":' + b"[" * 100_000, "the header is not valid JSON: maximum recursion depth"),
    (b'{"a":' * 100_000, "the header is not valid JSON: maximum recursion depth"),
    (b"{" * 5000, "the header is not valid JSON"),
    (b'{"a":1,"a":2}', "the header is not valid JSON: the key 'a' stands twice in one object"),
    (b'{"a":NaN}', "the header is not valid JSON: 'NaN' is no finite number"),
    (b'{"a":-1e999}', "the header is not valid JSON: '-1e999' is no finite number"),
    (b'{"a":' + b"9" * 5000 + b"}", "the header is not valid JSON: Exceeds the limit"),
    (b'{"\xff":1}', "the header is not valid JSON: 'utf-8' codec can't decode"),
    (b"\xef\xbb\xbf{}", "the header is not valid JSON"),
    (b"{'a':1}", "the header is not valid JSON"),
    (b"", "the header is not valid JSON"),
    (b" " * (MOST_HEADER + 1), f"a header of at most {MOST_HEADER}"),
]


@pytest.mark.parametrize(("header", "says"), HEADERS)
def test_headers_that_are_refused(header: bytes, says: str) -> None:
    with pytest.raises(ModelFileError, match=says):
        from_bytes(framed(header))


def test_a_header_longer_than_the_file_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    path = tmp_path / "long.bnn"
    path.write_bytes((2**40).to_bytes(8, "little") + bytes(100))
    with pytest.raises(ModelFileError, match="not a packed model: it does not begin with"):
        PackedModel.load(path)
    with path.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)  # takes no room on the disk
    tracemalloc.start()
    with pytest.raises(ModelFileError, match=f"at most {MOST_BYTES} bytes"):
        PackedModel.load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


Change = Callable[[Parts], object]


def manifest(**entries: Any) -> Change:
    return lambda parts: parts.manifest.update(entries)


def without(key: str) -> Change:
    return lambda parts: parts.manifest.pop(key)


def node(**entries: Any) -> Change:
    return lambda parts: parts.manifest["nodes"][1].update(entries)


def attribute(**entries: Any) -> Change:
    return lambda parts: parts.manifest["nodes"][1]["attributes"].update(entries)


def entry(name: str, **entries: Any) -> Change:
    return lambda parts: parts.header[name].update(entries)


def record(name: str, **entries: Any) -> Change:
    return lambda parts: parts.manifest["tensors"][name].update(entries)


def tensor(name: str, data: bytes | None, dtype: str = "F32", shape: tuple[int, ...] = (5,)) -> Change:
    """Another tensor, or none, everywhere."""

    def change(parts: Parts) -> None:
        for holder in (parts.data, parts.header, parts.manifest["tensors"]):
            holder.pop(name, None)
        if data is not None:
            parts.data[name] = data
            parts.header[name] = {"dtype": dtype, "shape": shape}
            parts.manifest["tensors"][name] = {"shape": shape, "blake2b": ""}
        parts.laid_out()

    return change


def both(*changes: Change) -> Change:
    return lambda parts: [change(parts) for change in changes]


CHANGES: list[tuple[Change, str]] = [
    (manifest(format="bnnlab"), "its manifest does not say that its format is 'bnnlab packed model'"),
    (manifest(version=2), "version must be 1, the only one known here, got 2"),
    (manifest(version=True), "version must be 1, the only one known here, got True"),
    (manifest(version=1.0), "version must be 1, the only one known here, got 1.0"),
    (without("version"), "version must be 1, the only one known here, got None"),
    (manifest(signs="bit 1 is -1"), "signs must be 'bit 1 is"),
    (manifest(extra=1), "the manifest must not have an entry 'extra'"),
    (without("signs"), "the manifest has no entry 'signs'"),
    (manifest(nodes={}), "nodes of the manifest must be a JSON list, got {}"),
    (manifest(nodes=[]), "belongs to no field of a node"),
    (manifest(nodes=[3]), r"nodes\[0\] must be a JSON object"),
    (manifest(input_shape=[1, 12, 12.0]), r"list of JSON whole numbers, got \[1, 12, 12.0\]"),
    (manifest(input_shape=[True, 12, 12]), "input_shape must be a list of JSON whole numbers"),
    (manifest(input_shape=[1, 12, -12]), "input_shape must be"),
    (manifest(input_shape=[1, 12, 10**300]), "input_shape must be"),
    (manifest(input_shape=[12, 12]), "input_shape must be"),
    (manifest(input_shape=[]), "input_shape must be"),
    (manifest(input_shape=[1, 12, 13]), r"node 'input' \(PixelDense\).*144 of them, got pixels.*\(1, 12, 13\)"),
    (manifest(class_names=["a", "b"]), "class_names must be as many as the outputs, 10, got 2"),
    (manifest(class_names=[1] * 10), "class_names must be a list of JSON strings"),
    (manifest(class_names=["\ud800"] * 10), "class_names must be text"),
    (manifest(class_names=["\0"] * 10), "class_names must be text"),
    (manifest(deep=DEEP), "the manifest is not valid JSON: maximum recursion depth"),
    (attribute(depth=float("nan")), "the manifest is not valid JSON: 'NaN' is no finite number"),
    (attribute(depth=float("inf")), "the manifest is not valid JSON: 'Infinity' is no finite number"),
    (node(name=5), r"name of nodes\[1\] must be a JSON string, got 5"),
    (node(name=""), "node '' .* has no tensor for words"),
    (node(name="a\nb"), r"node 'a\\nb' .* has no tensor for words"),
    (node(more=1), r"nodes\[1\] must not have an entry 'more'"),
    (node(inputs="input"), r"inputs of nodes\[1\] must be a JSON list"),
    (node(inputs=[["input"]]), r"inputs of nodes\[1\] must be a list of JSON strings"),
    (node(inputs=[]), r"node 'hidden1' \(XnorDense\) must have 1 input\(s\), got 0"),
    (node(inputs=["input", "input"]), r"node 'hidden1' .* must have 1 input\(s\), got 2"),
    (node(inputs=["hidden1"]), "node 'hidden1' .* needs 'hidden1', which no earlier node gives"),
    (node(inputs=["output"]), "node 'hidden1' .* needs 'output', which no earlier node gives"),
    (node(inputs=["(input)"]), r"node 'hidden1' .*must be bits.*got pixels"),
    (node(op="Eval"), "op of node 'hidden1' must be one of .*'XnorDense'.*, got 'Eval'"),
    (node(op="XnorConv"), "node 'hidden1' .XnorConv. has no attribute|no such attribute"),
    (node(op="PackSigns", attributes={}), "tensor 'hidden1/rising' belongs to no field of a node"),
    (attribute(gain=2), "node 'hidden1' .XnorDense. has no such attribute as 'gain'"),
    (node(attributes={}), "node 'hidden1' .XnorDense. has no attribute 'depth'"),
    (attribute(depth=True), r"node 'hidden1' .XnorDense.: depth must be a whole number, got True"),
    (attribute(depth=20.0), "node 'hidden1' .XnorDense.: depth must be a whole number, got 20.0"),
    (attribute(depth=-1), "node 'hidden1' .XnorDense.: depth must be at least 1"),
    (attribute(depth=10**18), "node 'hidden1' .XnorDense.: depth must be a whole number, got 1000"),
    (attribute(depth=19), "node 'hidden1' .XnorDense.: (the 45 padding bits|its input)"),
    (attribute(depth={"a": 1}), "node 'hidden1' .XnorDense.: depth must be a whole number"),
    (attribute(depth=[[1]]), "node 'hidden1' .XnorDense.: depth must be a whole number"),
    (tensor("hidden1/words", None), "node 'hidden1' .XnorDense. has no tensor for words"),
    (tensor("hidden1/rising", None), "node 'hidden1' .XnorDense.: values and rising must be given together"),
    (tensor("hidden1/beta", bytes(20)), "tensor 'hidden1/beta' belongs to no field of a node"),
    (tensor("hidden1/alpha", bytes(280), shape=(70,)), "alpha must be None where there are thresholds"),
    (tensor("hidden1/words", bytes(560), "F32", (2, 70)), "words must be an array of uint64, got an array"),
    (tensor("hidden1/words", bytes(560), "U64", (70,)), "node 'hidden1' .XnorDense.: words must be 2-D"),
    (tensor("hidden1/words", bytes(560), "U64", (70, 1)), "depth 20 needs 1 word along"),
    (tensor("hidden1/words", b"", "U64", (1, 0)), "words must not be empty"),
    (tensor("hidden1/words", bytes(8), "U64", ()), "words must be 2-D"),
    (tensor("hidden1/words", b"\xff" * 560, "U64", (1, 70)), "the 44 padding bits of the last word must be 0"),
    (tensor("hidden1/values", bytes(276), "I32", (69,)), r"values must have shape \(70,\), got \(69,\)"),
    (tensor("hidden1/rising", b"\2" * 70, "BOOL", (70,)), "tensor 'hidden1/rising' must hold bytes 0 and 1"),
    (tensor("output/alpha", np.full(10, np.nan, "<f4").tobytes(), "F32", (10,)), "alpha must be finite"),
    (tensor("hidden1/words", bytes(560), "I64", (1, 70)), "a dtype of .'BOOL', 'F32', 'I32', 'U64'."),
    (entry("hidden1/words", dtype=["U64"]), "'hidden1/words' must have shape, data_offsets, and a dtype"),
    (entry("hidden1/words", more=1), "'hidden1/words' must have shape, data_offsets, and a dtype"),
    (entry("hidden1/words", shape=[2, 35]), r"tensor 'hidden1/words' must have shape \(1, 70\), got \(2, 35\)"),
    (entry("hidden1/words", shape=[1, 71]), "the header does not fit the file"),
    (entry("hidden1/words", shape=[2**62, 2**62]), "the header does not fit the file"),
    (entry("hidden1/words", shape=[-1, -70]), "the header does not fit the file"),
    (entry("hidden1/words", data_offsets=[0, 2**60]), "the header does not fit the file"),
    (entry("hidden1/words", data_offsets=[8, 0]), "the header does not fit the file"),
    (lambda parts: parts.header.pop("hidden1/words"), "tensor 'hidden1/words' stands only in the manifest"),
    (lambda parts: parts.manifest["tensors"].pop("hidden1/words"), "'hidden1/words' stands only in the header"),
    (record("hidden1/words", shape=[1, "70"]), "must be a list of JSON whole numbers"),
    (record("hidden1/words", more=1), r"tensors\['hidden1/words'\] must not have an entry 'more'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), CHANGES, ids=[says[:60] for _, says in CHANGES])
def test_what_is_wrong_is_named(change: Change, says: str) -> None:
    parts = Parts.of(to_bytes(small_model()))
    change(parts)
    with pytest.raises(ModelFileError, match=says):
        from_bytes(parts.content())


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"stride": 1}, "stride must be a tuple of 2 whole numbers, got 1"),
        ({"stride": [0, 1]}, "stride must be from 1 to 65535"),
        ({"stride": [10**9, 1]}, "stride must be from 1 to 65535"),
        ({"padding": [10**9, 10**9]}, "padding must be from 0 to 65535"),
        ({"padding": [65_000, 65_000]}, "takes too much for one example"),
        ({"padding": [-1, 0]}, "padding must be from 0"),
        ({"dilation": [1, 50]}, "windows of 3 x 101 pixels do not fit"),
        ({"pad_value": 3}, "pad_value must be -1, 0 or 1, got 3"),
        ({"pad_value": True}, "pad_value must be a whole number, got True"),
        ({"groups": 2}, "groups must be a divisor of the 5 filters"),
        ({"shape": [5, 4, 3, 3]}, "its input must be .* of 4 channels"),
        ({"shape": [5, 10**6, 10**6, 10**6]}, "size must be|words"),
        ({"flat": True}, "flat must be false"),
        ({"flat": None}, "flat must be true or false, got None"),
    ],
)
def test_attributes_of_convolutions_are_bounded(entries: dict[str, Any], says: str) -> None:
    parts = Parts.of(to_bytes(conv_model()))
    (record,) = [node for node in parts.manifest["nodes"] if node["name"] == "conv2"]
    record["attributes"].update(entries)
    with pytest.raises(ModelFileError, match=f"node 'conv2'.*({says})"):
        from_bytes(parts.content())


def test_damage_is_told_from_nonsense() -> None:
    parts = Parts.of(to_bytes(small_model()))
    parts.data["hidden1/words"] = bytes(560)
    with pytest.raises(
        ModelFileError, match="tensor 'hidden1/words' is damaged: its checksum does not match"
    ):
        from_bytes(parts.content(digests=False))
    content = to_bytes(small_model())
    damaged = content.replace(b'\\"depth\\":20', b'\\"depth\\":21')
    assert damaged != content
    with pytest.raises(ModelFileError, match="the manifest is damaged: its checksum does not match"):
        from_bytes(damaged)


def test_no_code_is_run(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "harm"),)

    (tmp_path / "x.bnn").write_bytes(pickle.dumps(Harm()))
    with pytest.raises(ModelFileError):
        PackedModel.load(tmp_path / "x.bnn")
    assert not (tmp_path / "harm").exists()


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=f"^{tmp_path.name}: not a file$"):
        PackedModel.load(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"missing\.bnn"):
        PackedModel.load(tmp_path / "missing.bnn")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bnn")
    with pytest.raises(ModelFileError, match=r"^pipe\.bnn: not a file$"):
        PackedModel.load(tmp_path / "pipe.bnn")
