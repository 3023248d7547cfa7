"""A frame gives back what went in, lies where JavaScript can lay typed arrays over it, and is refused when torn."""

import json
import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from bnnlab.widgets.encoding import DTYPES, pack_frame, unpack_frame

ANY_ARRAY = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays(np.dtype(dtype), array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
)


@given(st.dictionaries(st.text(), ANY_ARRAY, max_size=4), st.dictionaries(st.text(), st.integers()))
def test_round_trip(named: dict[str, np.ndarray[Any, Any]], meta: dict[str, int]) -> None:
    got_meta, got_arrays = unpack_frame(pack_frame(meta, named))
    assert got_meta == meta
    assert list(got_arrays) == list(named)
    for name, array in named.items():
        assert got_arrays[name].dtype == array.dtype
        assert np.array_equal(got_arrays[name], array, equal_nan=array.dtype.kind == "f")


def test_every_array_starts_at_a_multiple_of_8() -> None:
    for padding in range(9):
        frame = pack_frame(
            {"x": "é" * padding},
            {"a": np.zeros(3, np.uint8), "b": np.ones(1), "c": np.ones(5, np.uint16)},
        )
        (length,) = struct.unpack_from("<I", frame)
        entries = json.loads(frame[4 : 4 + length])["arrays"]
        assert [(4 + length + entry["offset"]) % 8 for entry in entries] == [0, 0, 0]


def test_a_view_is_stored_as_it_looks() -> None:
    matrix = np.arange(12, dtype=np.int32).reshape(3, 4)
    stored = unpack_frame(pack_frame({}, {"t": matrix.T[:, ::2], "big": matrix.astype(">i4")}))[1]
    assert np.array_equal(stored["t"], matrix.T[:, ::2])
    assert np.array_equal(stored["big"], matrix)
    assert not stored["t"].flags.writeable


def test_what_json_cannot_hold_becomes_null() -> None:
    meta = unpack_frame(pack_frame({"a": math.nan, "b": [math.inf, 1.5], "c": {"d": -math.inf}}, {}))[0]
    assert meta == {"a": None, "b": [None, 1.5], "c": {"d": None}}


def test_foreign_dtype() -> None:
    with pytest.raises(TypeError, match="'x' must have one of the dtypes"):
        pack_frame({}, {"x": np.zeros(2, np.complex128)})


def test_torn_or_foreign_frames() -> None:
    whole = pack_frame({"step": 3}, {"x": np.arange(4.0)})
    for length in [0, 3, 10, len(whole) - 1]:
        with pytest.raises(ValueError, match="not a frame"):
            unpack_frame(whole[:length])
    with pytest.raises(ValueError, match="not a frame"):
        unpack_frame(b"\2\0\0\0{}")
