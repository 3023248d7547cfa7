"""An operation whose fields are wrong is refused when it is made, and the field is named."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bnnlab.bits import pack_columns
from bnnlab.deploy.ops import (
    BatchNorm,
    BitPool,
    DenseOnSigns,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    Op,
    PackCompared,
    PixelDense,
    SignConv,
    SignDense,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.ops.bits import pack_filters

SIGNS = np.where(np.arange(700) % 3, 1, -1)
COLUMNS = pack_columns(np.resize(SIGNS, (70, 5))).words
ROWS = pack_filters(np.resize(SIGNS, (4, 3, 5, 5)))


def ints(count: int) -> NDArray[np.int32]:
    return np.arange(count, dtype=np.int32)


def floats(*shape: int) -> NDArray[np.float32]:
    return np.ones(shape, np.float32)


def changed(array: NDArray[np.float32], value: float) -> NDArray[np.float32]:
    array = array.copy()
    array.flat[0] = value
    return array


GOOD: list[Op] = [
    XnorDense(COLUMNS, 70),
    XnorDense(COLUMNS, 70, ints(5), np.ones(5, bool)),
    XnorDense(COLUMNS, 70, alpha=floats(5)),
    XnorConv(ROWS, (4, 3, 5, 5), groups=2),
    PixelDense(COLUMNS, 70, 128.0, -1.0),
    SignDense(COLUMNS, 70, floats(5)),
    SignConv(ROWS, (4, 3, 5, 5), alpha=floats(4)),
    FloatDense(floats(3, 2), floats(3)),
    FloatConv(floats(4, 2, 3, 3), floats(4), groups=2),
    DenseOnSigns(floats(3, 2), floats(3)),
    PackCompared(changed(floats(3), np.inf), np.ones(3, bool)),
    BatchNorm(floats(3), floats(3), floats(3), 0 * floats(3), 1e-5),
    FromPixels(128, -1),
    MaxPool((3, 3), (2, 2), (1, 1)),
    BitPool((3, 3), (2, 2), (1, 1), np.ones(3, bool)),
]
(
    DENSE,
    THRESHOLDS,
    FACTORS,
    CONV,
    PIXEL,
    SIGN,
    SIGN_CONV,
    FLOAT,
    FLOAT_CONV,
    ON,
    CMP,
    NORM,
    FROM,
    POOL,
    BIT_POOL,
) = GOOD


@pytest.mark.parametrize(
    ("op", "wrong", "says"),
    [
        (DENSE, {"words": COLUMNS.astype(np.int64)}, "words must be an array of uint64, got an array of int64"),
        (DENSE, {"words": COLUMNS.astype(">u8")}, "words must be an array of uint64, got an array of >u8"),
        (DENSE, {"words": COLUMNS.tolist()}, r"words must be an array of uint64, got \["),
        (DENSE, {"words": COLUMNS[:0]}, r"words must not be empty, got shape \(0, 5\)"),
        (DENSE, {"words": COLUMNS[0]}, "words must be 2-D and C-contiguous"),
        (DENSE, {"words": COLUMNS[:, ::2]}, "words must be 2-D and C-contiguous"),
        (DENSE, {"words": COLUMNS[:1]}, "depth 70 needs 2 words"),
        (DENSE, {"words": ~COLUMNS}, "the 58 padding bits of the last word must be 0"),
        (DENSE, {"depth": 128 + 1}, "depth 129 needs 3 words"),
        (DENSE, {"depth": 0}, "depth must be at least 1"),
        (DENSE, {"depth": -70}, "depth must be at least 1"),
        (DENSE, {"depth": 70.0}, "depth must be a whole number, got 70.0"),
        (DENSE, {"depth": True}, "depth must be a whole number, got True"),
        (DENSE, {"depth": 10**10}, "depth must be a whole number, got 10000000000"),
        (DENSE, {"depth": None}, "depth must be a whole number, got None"),
        (DENSE, {"values": ints(5)}, "values and rising must be given together"),
        (THRESHOLDS, {"values": ints(4)}, r"values must have shape \(5,\), got \(4,\)"),
        (THRESHOLDS, {"values": ints(5)[:, None]}, r"values must have shape \(5,\), got \(5, 1\)"),
        (THRESHOLDS, {"rising": np.ones(6, bool)}, r"rising must have shape \(5,\), got \(6,\)"),
        (THRESHOLDS, {"rising": np.ones(5, np.uint8)}, "rising must be an array of bool or None, got an array"),
        (THRESHOLDS, {"alpha": floats(5)}, "alpha must be None where there are thresholds"),
        (FACTORS, {"alpha": floats(1)}, r"alpha must have shape \(5,\), got \(1,\)"),
        (FACTORS, {"alpha": floats(5) * np.nan}, "alpha must be finite"),
        (FACTORS, {"alpha": floats(5).astype(float)}, "alpha must be an array of float32 or None"),
        (CONV, {"shape": (4, 3, 5, 9)}, "depth 135 needs 3 words"),
        (CONV, {"shape": (8, 3, 5, 5)}, "words must be those of 8 filters"),
        (CONV, {"shape": (4, -3, -5, 5)}, "shape must be of numbers from 1 on"),
        (CONV, {"shape": (4, 3, 5)}, "shape must be a tuple of 4 whole numbers, got"),
        (CONV, {"shape": [4, 3, 5, 5]}, "shape must be a tuple of 4 whole numbers, got"),
        (CONV, {"words": ~ROWS}, "padding bits of the last word must be 0"),
        (CONV, {"stride": (0, 1)}, r"stride must be from 1 to 65535, got \(0, 1\)"),
        (CONV, {"stride": (1, 65_536)}, "stride must be from 1 to 65535"),
        (CONV, {"stride": (1, 1.0)}, "stride must be a tuple of 2 whole numbers"),
        (CONV, {"stride": 1}, "stride must be a tuple of 2 whole numbers, got 1"),
        (CONV, {"padding": (-1, 0)}, "padding must be from 0 to 65535"),
        (CONV, {"padding": (10**9, 0)}, "padding must be from 0 to 65535"),
        (CONV, {"dilation": (1, 0)}, "dilation must be from 1 to 65535"),
        (CONV, {"pad_value": 2}, "pad_value must be -1, 0 or 1, got 2"),
        (CONV, {"pad_value": -1.0}, "pad_value must be a whole number"),
        (CONV, {"groups": 3}, "groups must be a divisor of the 4 filters, got 3"),
        (CONV, {"groups": 0}, "groups must be a divisor of the 4 filters, got 0"),
        (CONV, {"flat": 1}, "flat must be true or false, got 1"),
        (CONV, {"values": ints(3), "rising": np.ones(3, bool)}, r"values must have shape \(4,\)"),
        (PIXEL, {"divisor": 0.0}, "divisor must not be 0"),
        (PIXEL, {"divisor": float("nan")}, "divisor must be a finite number, got nan"),
        (PIXEL, {"offset": float("inf")}, "offset must be a finite number, got inf"),
        (PIXEL, {"offset": 10**400}, "offset must be a finite number"),
        (PIXEL, {"depth": 71 + 64}, "depth 135 needs 3 words"),
        (PIXEL, {"words": np.zeros((70_000, 1), np.uint64), "depth": 4_480_000}, "depth must be at most 4210752"),
        (SIGN, {"alpha": floats(4)}, r"alpha must have shape \(5,\)"),
        (SIGN, {"words": ~COLUMNS}, "padding bits"),
        (SIGN_CONV, {"alpha": floats(5)}, r"alpha must have shape \(4,\)"),
        (SIGN_CONV, {"pad_value": float("-inf")}, "pad_value must be a finite number"),
        (SIGN_CONV, {"groups": 5}, "groups must be a divisor"),
        (SIGN_CONV, {"dilation": (0, 0)}, "dilation must be"),
        (FLOAT, {"weight": floats(3)}, r"weight must have 2 dimensions, got shape \(3,\)"),
        (FLOAT, {"bias": floats(2)}, r"bias must have shape \(3,\)"),
        (FLOAT, {"weight": changed(floats(3, 2), np.inf)}, "weight must be finite"),
        (FLOAT_CONV, {"weight": floats(4, 2, 3)}, "weight must have 4 dimensions"),
        (FLOAT_CONV, {"bias": floats(3)}, r"bias must have shape \(4,\)"),
        (FLOAT_CONV, {"groups": -2}, "groups must be a divisor"),
        (FLOAT_CONV, {"padding": (0, 70_000)}, "padding must be from 0"),
        (ON, {"weight": floats(3)}, "weight must have 2 dimensions"),
        (ON, {"bias": floats(2)}, r"bias must have shape \(3,\)"),
        (CMP, {"values": floats(3) * np.nan}, "values must hold numbers, got NaN"),
        (CMP, {"values": floats(1, 3)}, "values must have 1 dimensions"),
        (CMP, {"rising": np.ones(2, bool)}, r"rising must have shape \(3,\)"),
        (NORM, {"gamma": floats(3, 1)}, "gamma must have 1 dimensions"),
        (NORM, {"beta": floats(4)}, r"beta must have shape \(3,\)"),
        (NORM, {"mean": changed(floats(3), np.nan)}, "mean must be finite"),
        (NORM, {"variance": -floats(3)}, "variance and eps must not be negative, nor both 0"),
        (NORM, {"eps": 0.0}, "variance and eps must not be negative, nor both 0"),
        (NORM, {"eps": -1.0, "variance": 9 * floats(3)}, "variance and eps must not be negative"),
        (FROM, {"divisor": 0}, "divisor must not be 0"),
        (FROM, {"divisor": 1e-45}, "divisor must not be 0"),
        (POOL, {"size": (0, 1)}, "size must be from 1"),
        (POOL, {"padding": (2, 0)}, r"padding must be at most half of size \(3, 3\), got \(2, 0\)"),
        (POOL, {"stride": (0, 0)}, "stride must be from 1"),
        (BIT_POOL, {"padding": (0, 2)}, "padding must be at most half of size"),
        (BIT_POOL, {"falling": np.ones((1, 3), bool)}, "falling must have 1 dimensions"),
        (BIT_POOL, {"falling": np.ones(3, np.int8)}, "falling must be an array of bool or None"),
    ],
)  # fmt: skip
def test_wrong_fields_are_named(op: Op, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(op, **wrong)


@dataclass(frozen=True, eq=False)
class Halves(Op):
    """An operation as someone may add it: only annotated."""

    ratio: float
    names: str
    table: NDArray[np.float32] | None = None


def test_a_new_operation_is_checked_by_its_annotations() -> None:
    op = Halves(1, "a", floats(2))
    assert list(op.tensors()) == ["table"]
    assert op.attributes() == {"ratio": 1, "names": "a"}
    assert Halves(1, "a").tensors() == {}
    with pytest.raises(ValueError, match="names must be str, got 3"):
        Halves(1, 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ratio must be a finite number, got 'x'"):
        Halves("x", "a")  # type: ignore[arg-type]
