"""What the fields of an operation may hold, read from their annotations: a class says it once, and it is checked."""

from __future__ import annotations

import reprlib
from dataclasses import fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

LARGEST_WHOLE = 2**31 - 1
"""Of the whole numbers in a field, in both directions: what the kernels count with."""

LARGEST_FLOAT = float(np.finfo(np.float32).max)
"""Of the other numbers; beyond it float32 is infinite."""


_REPR = reprlib.Repr()
_REPR.maxstring = 100


def shown(value: object) -> str:
    """A value from outside, for a message: as Python writes it, but never long."""
    return _REPR.repr(value)


def annotations_of(kind: type) -> dict[str, Any]:
    """The annotation of each field of a dataclass."""
    return _annotations(kind)


@cache
def _annotations(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def holds_array(annotation: Any) -> bool:
    """Whether a field of this annotation holds an array, if it holds anything."""
    return any(get_origin(part) is np.ndarray for part in _alternatives(annotation))


def may_be_none(annotation: Any) -> bool:
    """Whether a field of this annotation may be left out."""
    return NoneType in _alternatives(annotation)


def check_fields(record: Any, unbounded: tuple[str, ...] = ()) -> None:
    """Refuse a record whose fields are not what its class says.

    Arrays must have the dtype of their annotation, be filled, and finite where they hold floats; whole numbers are
    no booleans; numbers are finite.

    Args:
        record: Of a dataclass.
        unbounded: Fields whose arrays may hold infinite numbers.

    Raises:
        ValueError: If a field is something else; it is named.
    """
    for name, annotation in annotations_of(type(record)).items():
        value = getattr(record, name)
        if not any(_fits(value, part) for part in _alternatives(annotation)):
            allowed = " or ".join(_said(part) for part in _alternatives(annotation))
            raise ValueError(f"{name} must be {allowed}, got {_described(value)}")
        if isinstance(value, np.ndarray):
            if value.size == 0:
                raise ValueError(f"{name} must not be empty, got shape {value.shape}")
            if value.dtype.kind == "f" and not (np.isfinite(value).all() or name in unbounded):
                raise ValueError(f"{name} must be finite")
            if value.dtype.kind == "f" and np.isnan(value).any():
                raise ValueError(f"{name} must hold numbers, got NaN")


def check_shape(name: str, array: NDArray[Any] | None, shape: tuple[int, ...]) -> None:
    """Refuse an array, if there is one, of another shape.

    Raises:
        ValueError: If the shape differs.
    """
    if array is not None and array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")


def check_rank(name: str, array: NDArray[Any], rank: int) -> None:
    """Refuse an array of another number of dimensions.

    Raises:
        ValueError: If it has.
    """
    if array.ndim != rank:
        raise ValueError(f"{name} must have {rank} dimensions, got shape {array.shape}")


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)


def _fits(value: Any, part: Any) -> bool:
    if get_origin(part) is np.ndarray:
        return isinstance(value, np.ndarray) and value.dtype == _dtype(part)
    if get_origin(part) is tuple:
        wanted = get_args(part)
        return (
            type(value) is tuple
            and len(value) == len(wanted)
            and all(_fits(one, each) for one, each in zip(value, wanted, strict=True))
        )
    if part is float:
        return type(value) in (int, float) and -LARGEST_FLOAT <= value <= LARGEST_FLOAT
    if part is int:
        return type(value) is int and -LARGEST_WHOLE <= value <= LARGEST_WHOLE
    return type(value) is part


def _said(part: Any) -> str:
    if get_origin(part) is np.ndarray:
        return f"an array of {_dtype(part)}"
    if get_origin(part) is tuple:
        return f"a tuple of {len(get_args(part))} whole numbers"
    names = {float: "a finite number", int: "a whole number", bool: "true or false", NoneType: "None"}
    return names.get(part, getattr(part, "__name__", str(part)))


def _dtype(array_annotation: Any) -> np.dtype[Any]:
    (scalar,) = get_args(get_args(array_annotation)[1])
    dtype: np.dtype[Any] = np.dtype(scalar)
    return dtype


def _described(value: Any) -> str:
    return f"an array of {value.dtype}" if isinstance(value, np.ndarray) else shown(value)
