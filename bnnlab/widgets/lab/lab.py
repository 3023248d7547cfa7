"""A snapshot and its history as the frame that lab.js draws.

The small things travel in the header, the large ones as arrays: signs as the packed words they are, flips as
positions while they are few, curves as float32. What is large and changes slowly (weights of float layers, curves)
travels only in some frames, what never changes (choices of settings) only in the first; the widget keeps what it saw
last. Everything derived for reading only (sentences, scales, colours) is left to the widget.

An array's name begins with what it belongs to: `L0` is the first binary layer, `G0` the first sign function between
layers, `F0` the first float layer, `P0` the first layer that the example passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix
from bnnlab.records import (
    RUN_COLUMNS,
    STARVED_AFTER,
    FlipStatistics,
    FloatLayer,
    GateSnapshot,
    History,
    ImagesView,
    LayerSnapshot,
    PinnedRun,
    PointsView,
    RivalLook,
    Snapshot,
)
from bnnlab.widgets.encoding import pack_frame
from bnnlab.widgets.lab.beside import beside_arrays, rival_meta, statistics_meta
from bnnlab.widgets.lab.example_parts import Arrays, example_arrays, example_meta, weight_arrays, weight_meta

LAYER_CURVES: Final = (
    "flip_ratio",
    "clipped_weight_gradients",
    "clipped_input_gradients",
    "gradient_norm_before",
    "gradient_norm_after",
)


def encode(
    snapshot: Snapshot,
    history: History,
    *,
    playing: bool = False,
    complete: bool = True,
    curves: bool = True,
    live: Mapping[str, Any] | None = None,
    rival: RivalLook | None = None,
    pinned: tuple[PinnedRun, ...] = (),
    statistics: tuple[FlipStatistics, ...] = (),
) -> bytes:
    """One frame of the live lab picture.

    Args:
        snapshot: The moment to draw.
        history: The curves up to that moment.
        playing: Whether more steps follow by themselves: highlights then fade, and the picture does not
            speak to screen readers at every frame.
        complete: Also send the weights of float layers. The first frame of a run must be complete;
            while it plays, about one frame a second is enough.
        curves: Also send the curves of the run; some five times a second are enough.
        live: Where the picture belongs to a run that obeys commands: its status, settings and choices as JSON can hold
            them. They join the header. Without it the picture offers no controls; a run that only shows what is asked
            for says ``"commands": False, "looks": True``.
        rival: A network that learns beside this one.
        pinned: Curves that were put aside.
        statistics: What became of the flips of each layer.
    """
    view, arrays = _view(snapshot.view)
    for at, layer in enumerate(snapshot.layers):
        arrays |= _layer_arrays(layer, f"L{at}")
    for at, gate in enumerate(snapshot.gates):
        arrays[f"G{at}/histogram"] = gate.histogram.astype(np.uint32)
    if complete:
        for at, float_layer in enumerate(snapshot.float_layers):
            arrays[f"F{at}/weights"] = grey_levels(float_layer.weights)
    if snapshot.example is not None:
        arrays |= example_arrays(snapshot.example)
    if snapshot.weight is not None:
        arrays |= weight_arrays(snapshot.weight)
    if curves and len(history):
        arrays |= _curves(history, [layer.name for layer in snapshot.layers])
    beside = {f"pinned{at}": run.history for at, run in enumerate(pinned)}
    if rival is not None:
        beside["rival"] = rival.history
    if curves:
        arrays |= beside_arrays(beside)
    if rival is not None and rival.grid is not None:
        arrays["rival/grid"] = rival.grid
    meta = {
        "step": snapshot.step,
        "created": snapshot.created * 1000.0,
        "playing": playing,
        "clip": snapshot.clip_value,
        "weight_clip": snapshot.weight_clip_value,
        "binarize": snapshot.binarize,
        "latent": snapshot.latent,
        **_event_meta(snapshot),
        "evaluated": _evaluated_meta(history),
        "stride": history.stride,
        "starved_after": STARVED_AFTER,
        "layers": [_layer_meta(snapshot, at) for at in range(len(snapshot.layers))],
        "gates": [_gate_meta(gate) for gate in snapshot.gates],
        "floats": [_float_meta(float_layer) for float_layer in snapshot.float_layers],
        "example": example_meta(snapshot.example),
        "selection": None if snapshot.selection is None else asdict(snapshot.selection),
        "weight": weight_meta(snapshot.weight),
        "view": view,
        "rival": rival_meta(rival, history),
        "pinned": [run.name for run in pinned],
        "statistics": [statistics_meta(layer, snapshot.selection) for layer in statistics],
        "commands": live is not None,
        **({} if live is None else live),
    }
    return pack_frame(meta, arrays)


def grey_levels(weights: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Numbers in one byte each for a picture in greys: 128 for 0, 1 and 255 for the largest magnitude.

    What is not finite counts as 0.
    """
    finite = np.where(np.isfinite(weights), weights, 0)
    largest = float(np.abs(finite).max(initial=0)) or 1.0
    return (128 + np.rint(127 * finite / largest)).astype(np.uint8)


def _curves(history: History, layer_names: list[str]) -> Arrays:
    curves: Arrays = {f"curve/{name}": history.column(name) for name in RUN_COLUMNS}
    for at, layer in enumerate(layer_names):
        curves |= {f"L{at}/{name}": history.column(name, layer) for name in LAYER_CURVES}
    return {name: curve.astype(np.float32) for name, curve in curves.items()}


def _layer_arrays(layer: LayerSnapshot, key: str) -> Arrays:
    arrays: Arrays = {
        f"{key}/signs": layer.signs.words,
        f"{key}/histogram": layer.histogram.astype(np.uint32),
    }
    flips = int(np.bitwise_count(layer.flipped.words).sum())
    if 4 * flips < layer.flipped.nbytes:
        arrays[f"{key}/flips"] = _positions(layer.flipped)
    else:
        arrays[f"{key}/flipped"] = layer.flipped.words
    return arrays


def _positions(flipped: PackedMatrix) -> NDArray[np.uint32]:
    """Places of the set bits, counted row by row."""
    return np.flatnonzero(flipped.unpack() > 0).astype(np.uint32)


def _layer_meta(snapshot: Snapshot, at: int) -> dict[str, Any]:
    layer = snapshot.layers[at]
    rows, columns = layer.signs.shape
    dynamics = None if snapshot.event is None else snapshot.event.layers[at]
    return {
        "name": layer.name,
        "rows": rows,
        "columns": columns,
        "outside": layer.outside,
        "histogram_limit": layer.histogram_limit,
        "dynamics": None if dynamics is None else asdict(dynamics),
    }


def _gate_meta(gate: GateSnapshot) -> dict[str, Any]:
    return {
        "name": gate.name,
        "entries": gate.entries,
        "outside": gate.outside,
        "histogram_limit": gate.histogram_limit,
    }


def _float_meta(layer: FloatLayer) -> dict[str, Any]:
    rows, columns = layer.weights.shape
    largest = float(np.abs(layer.weights).max(initial=0))
    return {"name": layer.name, "rows": rows, "columns": columns, "largest": largest}


def _event_meta(snapshot: Snapshot) -> dict[str, Any]:
    event = snapshot.event
    if event is None:
        return {"epoch": 0, "loss": None, "train_accuracy": None}
    return {"epoch": event.epoch, "loss": event.loss, "train_accuracy": event.train_accuracy}


def _evaluated_meta(history: History) -> dict[str, Any] | None:
    event = history.evaluated
    if event is None:
        return None
    return {"step": event.step, "test_loss": event.test_loss, "test_accuracy": event.test_accuracy}


def _view(view: PointsView | ImagesView | None) -> tuple[dict[str, Any], Arrays]:
    if view is None:
        return {"kind": "none", "classes": []}, {}
    if isinstance(view, PointsView):
        right = int(np.count_nonzero(view.labels == view.predictions))
        meta: dict[str, Any] = {
            "kind": "points",
            "extent": view.extent,
            "classes": ["0", "1"],
            "right": right,
            "examined": len(view.labels),
            "available": len(view.labels),
            "neurons": [grid.shape for grid in view.neuron_grids],
        }
        arrays: Arrays = {
            "grid": view.grid,
            "points": view.points,
            "labels": view.labels,
            "predictions": view.predictions,
        }
        for at, grid in enumerate(view.neuron_grids):
            arrays[f"N{at}"] = np.packbits(grid.reshape(len(grid), -1), axis=1, bitorder="little")
        return meta, arrays
    meta = {
        "kind": "images",
        "classes": list(view.class_names),
        "examined": view.examined,
        "available": view.available,
        "right": view.right,
        "step": view.step,
        "noun": view.noun,
    }
    return meta, {
        "wrong/indices": view.indices.astype(np.uint32),
        "wrong/images": view.images,
        "wrong/labels": view.labels,
        "wrong/predictions": view.predictions,
    }
