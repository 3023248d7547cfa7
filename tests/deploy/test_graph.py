"""A packed network that cannot run is refused when it is made, with the node that cannot."""

from dataclasses import replace

import numpy as np
import pytest

from bnnlab.bits import pack_columns
from bnnlab.deploy import Node, PackedModel, graph
from bnnlab.deploy.node import INPUT
from bnnlab.deploy.ops import (
    BatchNorm,
    BitPool,
    Flatten,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    PackSigns,
    PixelDense,
    Signal,
    Unpack,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.ops.bits import pack_filters

SIGNS = np.where(np.arange(640) % 3, 1, -1)


def dense(depth: int, outputs: int) -> XnorDense:
    return XnorDense(pack_columns(np.resize(SIGNS, (depth, outputs))).words, depth)


def conv(*shape: int, **more: object) -> XnorConv:
    filters = pack_filters(np.resize(SIGNS, shape))
    return XnorConv(filters, (shape[0], shape[1], shape[2], shape[3]), **more)  # type: ignore[arg-type]


def floats(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def norm(channels: int) -> BatchNorm:
    return BatchNorm(floats(channels), floats(channels), floats(channels), floats(channels), 1e-5)


def model(shape: tuple[int, ...], *ops: object, **more: tuple[str, ...]) -> PackedModel:
    """A chain of operations."""
    names = [INPUT, *(f"n{i}" for i in range(len(ops)))]
    nodes = [Node(name, op, (last,)) for name, op, last in zip(names[1:], ops, names, strict=False)]  # type: ignore[arg-type]
    return PackedModel(tuple(nodes), shape, **more)


def test_what_flows_is_known_before_anything_runs() -> None:
    packed = model(
        (2, 9, 8),
        FromPixels(128, -1),
        FloatConv(floats(6, 2, 3, 3), padding=(1, 1), stride=(2, 1)),
        norm(6),
        MaxPool((2, 2), (2, 2)),
        PackSigns(),
        conv(4, 3, 2, 2, groups=2, padding=(1, 0), dilation=(1, 2)),
        PackSigns(),
        BitPool((2, 1), (1, 1)),
        Unpack(),
        Flatten(),
        FloatDense(floats(3, 4 * 2 * 2)),
    )
    expected = {INPUT: Signal("pixels", (2, 9, 8))}
    for name, value in packed.values(np.zeros((1, 2, 9, 8), np.uint8)).items():
        kind = "numbers" if isinstance(value, np.ndarray) else "bits"
        expected[name] = Signal(kind, value.shape[1:])  # type: ignore[arg-type]
    assert packed.signals == expected | {INPUT: Signal("pixels", (2, 9, 8))}
    assert packed.class_names == ("0", "1", "2")


BITS = (PackSigns(),)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: model((4,)), "at least one node"),
        (lambda: model((4,), dense(4, 3)), r"node 'n0' \(XnorDense\): its input must be bits of shape \(features,\)"),
        (lambda: model((5,), *BITS, dense(4, 3)), r"n1.*bits of shape \(features,\), 4 of them, got bits.*\(5,\)"),
        (lambda: model((4, 1, 1), *BITS, dense(4, 3)), r"n1.*bits of shape \(features,\).*got bits.*\(4, 1, 1\)"),
        (lambda: model((5,), *BITS, Flatten()), r"n1.*Flatten.*must be numbers or pixels, got bits"),
        (lambda: model((5,), *BITS, norm(5)), r"n1.*BatchNorm.*must be numbers, of 5 channels, got bits"),
        (lambda: model((4,), norm(5)), "n0.*of 5 channels, got numbers of shape"),
        (lambda: model((4,), Unpack()), "n0.*Unpack.*must be bits, got numbers"),
        (lambda: model((4,), FloatDense(floats(3, 5))), "n0.*5 of them, got numbers"),
        (lambda: model((2, 4, 4), FloatConv(floats(3, 1, 3, 3))), "n0.*of 1 channels"),
        (lambda: model((2, 4, 4), FloatConv(floats(3, 2, 5, 3))), "n0.*windows of 5 x 3 pixels do not fit into images"),
        (lambda: model((2, 4, 4), FloatConv(floats(3, 2, 3, 3), dilation=(1, 2))), "n0.*windows of 3 x 5 pixels"),
        (lambda: model((4,), FloatConv(floats(3, 4, 1, 1))), r"n0.*of shape \(channels, height, width\)"),
        (lambda: model((2, 4, 4), *BITS, conv(4, 3, 2, 2)), "n1.*XnorConv.*of 3 channels"),
        (lambda: model((2, 4, 4), *BITS, conv(4, 2, 2, 2, flat=True)), "n1.*flat must be false where images of 3 x 3"),
        (lambda: model((2, 4, 4), *BITS, BitPool((5, 1), (1, 1))), "n1.*BitPool.*windows of 5 x 1"),
        (lambda: model((2, 4, 4), *BITS, BitPool((1, 1), (1, 1), (0, 0), np.ones(3, bool))), r"n1.*falling must"),
        (lambda: model((2, 4, 4), *BITS, MaxPool((1, 1), (1, 1))), "n1.*MaxPool.*must be numbers"),
        (
            lambda: model((2,), FloatDense(floats(3, 2)), PixelDense(dense(3, 2).words, 3, 1, 0)),
            r"n0.*FloatDense.*must be numbers.*got pixels",
        ),
        (
            lambda: model((2,), FromPixels(1, 0), PixelDense(dense(2, 2).words, 2, 1, 0)),
            r"n1.*PixelDense.*must be pixels, 2 of them, got numbers",
        ),
        (lambda: model((4,), *BITS), "last node, 'n0', must give a number for each class.*not bits"),
        (lambda: model((4, 1, 1), norm(4)), r"last node.*not numbers of shape \(4, 1, 1\)"),
        (lambda: model((65_537,), FromPixels(1, 0)), "a number for each class, at most 65536"),
        (lambda: model((4,), norm(4), class_names=("a", "b")), "class_names must be as many as the outputs, 4, got 2"),
        (lambda: model((1,), norm(1), class_names=("a\n",)), r"class_names must be text.*got 'a\\n'"),
        (lambda: model((1,), norm(1), class_names=("",)), "class_names must be text of 1 to 256"),
        (lambda: model((2, 2), norm(2)), "input_shape must be"),
        (lambda: model((0,), norm(2)), "input_shape must be"),
        (lambda: model((10**400,), norm(2)), "input_shape must be"),
        (lambda: PackedModel((Node("a", norm(2), ("b",)),), (2,)), "node 'a'.*needs 'b', which no earlier node gives"),
        (lambda: PackedModel((Node("a", norm(2), ()),), (2,)), r"node 'a'.*must have 1 input\(s\), got 0"),
        (lambda: PackedModel((Node("a", norm(2)), Node("a", norm(2))), (2,)), "two nodes are called 'a'"),
        (lambda: PackedModel((Node(INPUT, norm(2)),), (2,)), "two nodes are called"),
        (lambda: PackedModel((Node("\ud800", norm(2)),), (2,)), "the name of a node must be text"),
        (lambda: PackedModel((Node("x" * 257, norm(2)),), (2,)), "the name of a node must be text"),
    ],
)  # fmt: skip
def test_a_network_that_cannot_run_is_refused(make, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: model((1, 4, 4), FloatConv(floats(1, 1, 1, 1), padding=(60_000, 60_000))),
        lambda: model((1, 4, 4), *BITS, conv(1, 1, 3, 3, padding=(60_000, 60_000))),
        lambda: model((3, 10_000, 10_000), Flatten()),
        lambda: model((1, 8000, 8000), MaxPool((4000, 4000), (1, 1))),
        lambda: model((1, 8000, 8000), *BITS, BitPool((8000, 8000), (1, 1))),
    ],
)  # fmt: skip
def test_what_would_take_too_much_is_refused_before_it_does(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"the network up to node '\w+' takes too much for one example"):
        make()


def test_large_examples_run_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = model((50,), FromPixels(2, 0), FloatDense(floats(50, 50)))
    examples = np.arange(450, dtype=np.uint8).reshape(9, 50)
    expected = packed.logits(examples)
    seen: list[int] = []
    run = FromPixels.run

    def counting(op: FromPixels, x: np.ndarray) -> object:
        seen.append(len(x))
        return run(op, x)

    monkeypatch.setattr(FromPixels, "run", counting)
    monkeypatch.setattr(graph, "MOST_NUMBERS", 650)
    assert np.allclose(replace(packed).logits(examples), expected)
    assert seen == [3, 3, 3]


def test_bytes_are_numbers_to_a_network_that_knows_no_pixels() -> None:
    packed = model((3, 2, 2), FloatConv(floats(2, 3, 1, 1), padding=(1, 1), pad_value=-1.0), Flatten())
    image = np.full((3, 2, 2), 7, np.uint8)
    assert np.array_equal(packed.logits(image), packed.logits(image.astype(np.float32)))
    assert sorted(set(packed.logits(image))) == [-3, 21]


def test_many_images_run_in_parts_whose_results_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = model((1, 8, 8), FloatConv(floats(4, 1, 3, 3)), Flatten())  # 4 x 6 x 6 numbers for each image
    images = np.random.default_rng(2).standard_normal((11, 1, 8, 8), np.float32)
    together = packed.logits(images)
    assert [len(part) for part in packed.parts(images)] == [11]
    monkeypatch.setattr(graph, "LARGEST_RESULT", 3 * 144)
    in_parts = replace(packed)
    assert [len(part) for part in in_parts.parts(images)] == [3, 3, 3, 2]
    np.testing.assert_allclose(in_parts.logits(images), together, rtol=1e-5, atol=1e-5)
