"""A history in a file: curves and past signs."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final

import numpy as np

from bnnlab.records.array_file import Arrays, read_arrays, write_arrays
from bnnlab.records.curves import LAYER_COLUMNS, RUN_COLUMNS, Curves
from bnnlab.records.events import LayerDynamics, TrainingEvent
from bnnlab.records.mean import Mean
from bnnlab.records.sign_file import sign_arrays, sign_log, typed, whole_number
from bnnlab.records.sign_history import SignHistory

FORMAT: Final = "bnnlab history 1"
MAX_CAPACITY: Final = 10**6
MAX_LAYERS: Final = 256


def write_history(path: str | os.PathLike[str], curves: Curves, signs: SignHistory | None) -> None:
    """Write both into one file, whole or not at all.

    Raises:
        TypeError: If `path` is no path.
        ValueError: If the file would be too large.
        OSError: If it cannot be written.
    """
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "capacity": curves.capacity,
        "stride": curves.stride,
        "layer_names": list(curves.layer_names),
        "pending": curves.pending.rows,
        "evaluated": None if curves.evaluated is None else asdict(curves.evaluated),
        "signs": None,
    }
    arrays: Arrays = {
        "points": curves.points,
        "pending_total": curves.pending.total,
        "pending_known": curves.pending.known,
    }
    if signs is not None:
        layers = []
        for number, (name, log) in enumerate(signs.logs.items()):
            numbers, each = sign_arrays(log)
            layers.append({"name": name, "shape": list(signs.shapes[name]), **numbers})
            arrays |= {f"layer{number}_{key}": array for key, array in each.items()}
        manifest["signs"] = layers
    write_arrays(path, manifest, arrays)


def read_history(path: str | os.PathLike[str]) -> tuple[Curves, SignHistory | None]:
    """What `write_history` wrote.

    Raises:
        TypeError: If `path` is no path.
        ValueError: If the file is damaged or none of these; it names the file and says what is wrong.
        OSError: If it cannot be read.
    """
    try:
        manifest, arrays = read_arrays(path)
        if manifest.get("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT!r}")
        return _curves(manifest, arrays), _signs(manifest["signs"], arrays)
    except KeyError as error:
        raise ValueError(f"{str(path)!r} cannot be read as a history: {error} is missing") from error
    except ValueError as error:
        raise ValueError(f"{str(path)!r} cannot be read as a history: {error}") from error


def _curves(manifest: Mapping[str, Any], arrays: Arrays) -> Curves:
    capacity, stride, pending = (
        whole_number(manifest[name], name) for name in ("capacity", "stride", "pending")
    )
    names = manifest["layer_names"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("its layers have no names")
    points = typed(arrays, "points", np.float64, 2)
    total, known = (typed(arrays, name, np.float64, 1) for name in ("pending_total", "pending_known"))
    width = len(RUN_COLUMNS) + len(names) * len(LAYER_COLUMNS) if len(total) else 0
    right = 2 <= capacity <= MAX_CAPACITY and capacity % 2 == 0 and len(points) <= capacity
    right = right and stride >= 1 and stride.bit_count() == 1 and pending <= stride
    if not right or len(names) > MAX_LAYERS or not points.shape[1] == len(total) == len(known) == width:
        raise ValueError("its curves have another shape or range")
    mean = Mean(width)
    mean.rows, mean.total, mean.known = pending, total.copy(), known.copy()
    evaluated = manifest["evaluated"]
    return Curves(
        capacity, stride, tuple(names), points, mean, None if evaluated is None else _event(evaluated)
    )


def _event(document: Any) -> TrainingEvent:
    parts = dict(_numbers(document, TrainingEvent))
    layers = parts["layers"]
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise ValueError("its newest evaluation has no layers")
    parts["layers"] = tuple(LayerDynamics(**_numbers(layer, LayerDynamics)) for layer in layers)
    return TrainingEvent(**parts)


def _numbers(document: Any, record: type) -> Mapping[str, Any]:
    """The fields of a record, each of them a number, but for names and layers."""
    names = {field.name for field in fields(record)}
    if not isinstance(document, dict) or set(document) != names:
        raise ValueError("its newest evaluation has other parts")
    for name, value in document.items():
        optional = value is None and name.startswith("test_")
        if name == "layers" or optional or (name == "name" and isinstance(value, str)):
            continue
        if name == "name" or isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"its newest evaluation has no number as {name}")
    return document


def _signs(layers: Any, arrays: Arrays) -> SignHistory | None:
    if layers is None:
        return None
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise ValueError("its layers are no list")
    logs, shapes = {}, {}
    for number, layer in enumerate(layers):
        name, shape = (layer["name"], layer["shape"]) if isinstance(layer, dict) else (None, None)
        if not isinstance(name, str) or name in logs or not isinstance(shape, list) or len(shape) < 2:
            raise ValueError(f"its layer {number} has no name or shape")
        prefix = f"layer{number}_"
        own = {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
        try:
            logs[name] = sign_log(layer, own)
        except ValueError as error:
            raise ValueError(f"layer {name!r}: {error}") from error
        shapes[name] = tuple(whole_number(size, "shape") for size in shape)
        if math.prod(shapes[name]) != logs[name].form.weights:
            raise ValueError(f"layer {name!r} has another shape")
    return SignHistory(logs, shapes)
