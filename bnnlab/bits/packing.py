"""Packing +1/-1 matrices into 64-bit words. THE bit convention of bnnlab stands here and nowhere else.

- `sign(x)` is +1 where `x >= 0` and -1 elsewhere. So 0.0 and -0.0 give +1, and NaN gives -1. A boolean is
  already a bit: True is +1 and False is -1.
- Bit 1 stands for +1, bit 0 for -1.
- Words are 64 bits, lowest bit first: element k of a vector is bit `k % 64` of word `k // 64`.
- The last word of a vector is filled up with padding bits, which are 0.
- Activations A `(M, K)` are packed along their rows: words `(M, ceil(K/64))`. Weights B `(K, N)` are packed
  along their columns, word by word: words `(ceil(K/64), N)`. K is called the depth.

Two packed vectors of depth K differ in `popcount(a ^ b)` places and agree in the K others, so

    dot = agreements - differences = K - 2 * popcount(a ^ b)

in which padding cancels, since 0 ^ 0 = 0. The lecture counts agreements instead, c = popcount(~(a ^ b)), and
there every one of the P padding bits counts as an agreement:

    dot = (c - P) - (K - (c - P)) = 2 * (c - P) - K

Forgetting P makes every dot product too large by 2 * P: by 96 for K = 784.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab import _pack

Axis = Literal["rows", "columns"]
WORD_BITS = 64


@dataclass(frozen=True, slots=True, eq=False)
class PackedMatrix:
    """A matrix of signs, 64 to a word.

    Attributes:
        words: uint64, C-contiguous: `(M, ceil(K/64))` packed along rows, `(ceil(K/64), N)` along columns.
        depth: K, the number of elements in each packed row or column.
        axis: ``"rows"`` or ``"columns"``: what one packed vector was.
    """

    words: NDArray[np.uint64]
    depth: int
    axis: Axis

    def __post_init__(self) -> None:
        if self.axis not in ("rows", "columns"):
            raise ValueError(f"axis must be 'rows' or 'columns', got {self.axis!r}")
        if not isinstance(self.words, np.ndarray) or self.words.dtype != np.uint64:
            raise TypeError(f"words must be a uint64 array, got {described(self.words)}")
        if self.words.ndim != 2 or not (self.words.flags.c_contiguous and self.words.flags.aligned):
            raise ValueError(f"words must be 2-D and C-contiguous, got shape {self.words.shape}")
        if self.depth < 1:
            raise ValueError(f"depth must be at least 1, got {self.depth}")
        along = self.words.shape[1 if self.axis == "rows" else 0]
        if along != words_for(self.depth):
            needed = words_for(self.depth)
            raise ValueError(
                f"depth {self.depth} needs {needed} word{'s'[: needed > 1]} along the {self.axis}, "
                f"got words of shape {self.words.shape}"
            )
        if self.padding and (self._last_words() >> np.uint64(WORD_BITS - self.padding)).any():
            raise ValueError(f"the {self.padding} padding bits of the last word must be 0")

    @classmethod
    def made(cls, words: NDArray[np.uint64], depth: int, axis: Axis) -> PackedMatrix:
        """One whose words the compiled code has just written: asking whether they are words takes longer."""
        matrix = object.__new__(cls)
        object.__setattr__(matrix, "words", words)
        object.__setattr__(matrix, "depth", depth)
        object.__setattr__(matrix, "axis", axis)
        return matrix

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the matrix before packing: `(M, K)` for rows, `(K, N)` for columns."""
        if self.axis == "rows":
            return self.words.shape[0], self.depth
        return self.depth, self.words.shape[1]

    @property
    def padding(self) -> int:
        """P, the number of padding bits in the last word of each vector, 0..63."""
        return words_for(self.depth) * WORD_BITS - self.depth

    @property
    def nbytes(self) -> int:
        """Bytes the words take."""
        return self.words.nbytes

    def unpack(self) -> NDArray[np.int8]:
        """The signs again, int8 of -1 and +1, in the original shape.

        >>> pack_rows([[0.5, -2.0, 0.0]]).unpack()
        array([[ 1, -1,  1]], dtype=int8)
        """
        rows = self.words if self.axis == "rows" else np.ascontiguousarray(self.words.T)
        as_bytes = rows.astype("<u8", copy=False).view(np.uint8)
        bits = np.unpackbits(as_bytes, axis=1, count=self.depth, bitorder="little")
        signs = bits.astype(np.int8) * np.int8(2) - np.int8(1)
        return signs if self.axis == "rows" else np.ascontiguousarray(signs.T)

    def _last_words(self) -> NDArray[np.uint64]:
        return self.words[:, -1] if self.axis == "rows" else self.words[-1, :]

    def __repr__(self) -> str:
        return (
            f"PackedMatrix(shape={self.shape}, axis={self.axis!r}, "
            f"words={self.words.shape}, padding={self.padding})"
        )


def pack_rows(a: ArrayLike) -> PackedMatrix:
    """Pack each row of a matrix: the way activations are packed.

    Args:
        a: `(M, K)` float, integer or boolean array; its signs are packed.

    Returns:
        Words of shape `(M, ceil(K/64))`.

    Raises:
        TypeError: If `a` holds something else than real numbers or booleans.
        ValueError: If `a` is not 2-D, or K is 0.
    """
    matrix = as_signed(a, "a", "(M, K)")
    words = np.empty((matrix.shape[0], words_for(matrix.shape[1])), np.uint64)
    _pack.pack(readable(matrix), False, words)
    return PackedMatrix.made(words, matrix.shape[1], "rows")


def pack_columns(b: ArrayLike) -> PackedMatrix:
    """Pack each column of a matrix: the way weights are packed.

    Args:
        b: `(K, N)` float, integer or boolean array; its signs are packed.

    Returns:
        Words of shape `(ceil(K/64), N)`: word w of all columns, then word w + 1 of all columns.

    Raises:
        TypeError: If `b` holds something else than real numbers or booleans.
        ValueError: If `b` is not 2-D, or K is 0.
    """
    matrix = as_signed(b, "b", "(K, N)")
    words = np.empty((words_for(matrix.shape[0]), matrix.shape[1]), np.uint64)
    _pack.pack(readable(matrix), True, words)
    return PackedMatrix.made(words, matrix.shape[0], "columns")


def words_for(depth: int) -> int:
    """Words that hold `depth` bits: ceil(depth / 64)."""
    return -(-depth // WORD_BITS)


def as_signed(x: ArrayLike, argument: str, shape: str) -> NDArray[np.float32] | NDArray[np.bool_]:
    """A matrix the compiled packer reads, as `as_signs` makes it.

    Raises:
        TypeError: If `x` holds something else than real numbers or booleans.
        ValueError: If `x` is not 2-D or has depth 0.
    """
    matrix = as_signs(x, argument)
    if matrix.ndim != 2:
        raise ValueError(f"{argument} must be 2-D with shape {shape}, got shape {matrix.shape}")
    if matrix.shape[1 if shape == "(M, K)" else 0] == 0:
        raise ValueError(f"{argument} must have depth K >= 1, got shape {matrix.shape}")
    return matrix


def as_signs(x: ArrayLike, argument: str) -> NDArray[np.float32] | NDArray[np.bool_]:
    """An array whose signs the compiled packer reads: float32 as it is, anything else as `x >= 0`.

    float64 is not narrowed to float32: a tiny negative number would become -0.0, and its sign +1.

    Raises:
        TypeError: If `x` holds something else than real numbers or booleans.
    """
    array: NDArray[Any] = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{argument} must hold real numbers or booleans, got {described(array)}")
    if array.dtype != np.float32 and array.dtype != np.bool_:
        array = array >= 0
    return np.ascontiguousarray(array)


def readable(array: NDArray[Any]) -> NDArray[Any]:
    """Booleans as the bytes they are, since a typed view of booleans does not exist."""
    return array.view(np.uint8) if array.dtype == np.bool_ else array


def described(value: object) -> str:
    """What an argument is, for a message that refuses it."""
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
