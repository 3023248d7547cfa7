"""Binary convolution equals the convolution of the signs: strides, paddings of -1, 0 and +1, dilation, groups."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bnnlab
from bnnlab import Thresholds
from bnnlab.bits import reference


def operands(
    rng: np.random.Generator, x: tuple[int, ...], w: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal(x).astype(np.float32), rng.standard_normal(w).astype(np.float32)


def convolved(x: np.ndarray, w: np.ndarray, kernel: str = "auto", groups: int = 1, **how: Any) -> np.ndarray:
    filters = bnnlab.prepare_filters(w, groups, kernel)
    return bnnlab.xnor_conv2d(bnnlab.pack_images(x, groups), filters, **how)


@settings(max_examples=300)
@given(
    images=st.integers(0, 3),
    per_group=st.integers(1, 70),
    groups=st.integers(1, 3),
    filters=st.integers(1, 70),
    extent=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    pad_value=st.sampled_from([-1, 0, 1]),
    kernel=st.sampled_from(["auto", *bnnlab.kernels()]),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_convolution(  # type: ignore[no-untyped-def]
    images, per_group, groups, filters, extent, size, stride, padding, dilation, pad_value, kernel, seed
) -> None:
    rng = np.random.default_rng(seed)
    x, w = operands(rng, (images, per_group * groups, *extent), (filters * groups, per_group, *size))
    how = {"stride": stride, "padding": padding, "dilation": dilation, "pad_value": pad_value}
    if any(
        length + 2 * pad < spread * (taps - 1) + 1
        for length, pad, spread, taps in zip(extent, padding, dilation, size, strict=True)
    ):
        with pytest.raises(ValueError, match="does not fit into images"):
            convolved(x, w, kernel, groups, **how)
        return
    expected = reference.binary_conv2d(x, w, groups=groups, **how)
    assert np.array_equal(convolved(x, w, kernel, groups, **how), expected)
    thresholds = Thresholds(
        rng.integers(-9, 9, filters * groups, dtype=np.int32), rng.random(filters * groups) < 0.5
    )
    signs = bnnlab.xnor_conv2d_threshold(
        bnnlab.pack_images(x, groups), bnnlab.prepare_filters(w, groups, kernel, thresholds), **how
    )
    met = np.where(thresholds.rising, expected >= thresholds.values, expected <= thresholds.values)
    assert np.array_equal(signs.unpack(), np.where(met, 1, -1).transpose(0, 3, 1, 2))


@pytest.mark.parametrize("shape", [(2, 3, 0, 0), (2, 3, 0, 4), (2, 3, 4, 0)])
def test_an_image_without_pixels_is_all_padding(shape: tuple[int, ...]) -> None:
    x, w = np.ones(shape), np.ones((5, 3, 1, 1))
    out = np.full((2, shape[2] + 2, shape[3] + 2, 5), 12345, np.int32)
    assert (convolved(x, w, padding=1, pad_value=-1, out=out) == -3).all()


@pytest.mark.parametrize(("pad_value", "corner"), [(0, 4), (1, 9), (-1, -1)])
def test_a_corner_of_ones(pad_value: int, corner: int) -> None:
    ones = np.ones((1, 1, 3, 3))
    assert convolved(ones, ones, padding=1, pad_value=pad_value)[0, 0, 0, 0] == corner


def test_threads_share_the_pixels(rng: np.random.Generator) -> None:
    x, w = operands(rng, (2, 64, 40, 40), (64, 64, 3, 3))
    how: dict[str, Any] = {"padding": 1, "pad_value": 0}
    expected = reference.binary_conv2d(x, w, **how)
    out = np.empty(expected.shape, np.int32)
    assert convolved(x, w, out=out, threads=2, **how) is out
    assert np.array_equal(out, expected)


@pytest.mark.parametrize("groups", [1, 2])
def test_images_come_back_from_their_words(groups: int, rng: np.random.Generator) -> None:
    x = rng.standard_normal((2, 130, 3, 5))
    packed = bnnlab.pack_images(x, groups)
    assert packed.shape == x.shape
    assert packed.nbytes == packed.words.nbytes
    assert np.array_equal(packed.unpack(), reference.sign(x))
    assert np.array_equal(bnnlab.pack_images(x >= 0, groups).words, packed.words)


@pytest.mark.parametrize(
    ("how", "error", "says"),
    [
        ({"stride": 0}, ValueError, "stride must be a whole number from 1 on, or two of them, got 0"),
        ({"padding": (1, -1)}, ValueError, r"padding must be .* got \(1, -1\)"),
        ({"dilation": 1.5}, ValueError, "dilation"),
        (
            {"stride": [1, 1]},
            ValueError,
            r"stride must be a whole number from 1 on, or two of them, got \[1, 1\]",
        ),
        ({"pad_value": 2}, ValueError, "pad_value must be -1, 0 or 1, got 2"),
        ({"images": np.ones((1, 3, 4, 4))}, TypeError, "images must be PackedImages, got an array"),
        ({"images": bnnlab.pack_images(np.ones((1, 5, 4, 4)))}, ValueError, "5 in images and 3 in filters"),
        ({"images": bnnlab.pack_images(np.ones((1, 3, 4, 4)), 3)}, ValueError, "groups must be equal, got 3"),
        ({"filters": np.ones((2, 3, 3, 3))}, TypeError, "filters must be PreparedFilters"),
        ({"out": np.empty((1, 2, 2, 3), np.int32)}, ValueError, r"shape \(1, 2, 2, 2\)"),
        ({"threads": 0}, ValueError, "threads"),
    ],
)
def test_refusals_name_what_is_wrong(how, error, says) -> None:  # type: ignore[no-untyped-def]
    arguments = {
        "images": bnnlab.pack_images(np.ones((1, 3, 4, 4))),
        "filters": bnnlab.prepare_filters(np.ones((2, 3, 3, 3))),
    }
    with pytest.raises(error, match=says):
        bnnlab.xnor_conv2d(**(arguments | how))


def test_operands_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="4-D"):
        bnnlab.pack_images(np.ones((3, 3)))
    with pytest.raises(ValueError, match="groups must be a divisor of the 5 channels, got 2"):
        bnnlab.pack_images(np.ones((1, 5, 2, 2)), 2)
    with pytest.raises(ValueError, match="each at least 1"):
        bnnlab.prepare_filters(np.ones((2, 0, 3, 3)))
    with pytest.raises(ValueError, match="divisor of the 3 filters"):
        bnnlab.prepare_filters(np.ones((3, 2, 3, 3)), 2)
    with pytest.raises(ValueError, match="with 2 words for 65 channels"):
        bnnlab.PackedImages(np.zeros((1, 2, 2, 1), np.uint64), 65)
    filters = bnnlab.prepare_filters(np.ones((2, 3, 3, 3)))
    with pytest.raises(ValueError, match="filters must have thresholds"):
        bnnlab.xnor_conv2d_threshold(bnnlab.pack_images(np.ones((1, 3, 4, 4))), filters)
