"""A snapshot and its history as the frame that lab.js draws.

The small things travel in the header, the large ones as arrays: signs as the packed words they are, flips as
positions while they are few, curves as float32. What is large and changes slowly (flip counts) or never (test
images) travels only in complete frames; the widget keeps what it saw last. Everything derived for reading
only (sentences, scales, colours) is left to the widget.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix
from bnnlab.records import STARVED_AFTER, History, ImagesView, LayerSnapshot, PointsView, Snapshot
from bnnlab.widgets.encoding import pack_frame

RUN_CURVES: Final = ("step", "loss", "train_accuracy", "test_loss", "test_accuracy")
LAYER_CURVES: Final = (
    "flip_ratio",
    "clipped_weight_gradients",
    "clipped_input_gradients",
    "gradient_norm_before",
    "gradient_norm_after",
)
EXACT_LEVELS: Final = 128
LEVELS_PER_DOUBLING: Final = 14

Arrays = dict[str, NDArray[Any]]


def encode(snapshot: Snapshot, history: History, *, playing: bool = False, complete: bool = True) -> bytes:
    """One frame of the live lab picture.

    Args:
        snapshot: The moment to draw.
        history: The curves up to that moment.
        playing: Whether more steps follow by themselves: highlights then fade, and the picture does not
            speak to screen readers at every frame.
        complete: Also send flip counts and test images. The first frame of a run must be complete; while it
            plays, about one frame a second is enough.
    """
    view, arrays = _view(snapshot.view, complete)
    for at, layer in enumerate(snapshot.layers):
        arrays |= _layer_arrays(layer, str(at), complete)
    if len(history):
        arrays |= _curves(history, [layer.name for layer in snapshot.layers])
    meta = {
        "step": snapshot.step,
        "created": snapshot.created * 1000.0,
        "playing": playing,
        "clip": snapshot.clip_value,
        "latent": snapshot.latent,
        "event": _event_meta(snapshot),
        "evaluated": _evaluated_meta(history),
        "stride": history.stride,
        "starved_after": STARVED_AFTER,
        "layers": [_layer_meta(snapshot, at) for at in range(len(snapshot.layers))],
        "view": view,
    }
    return pack_frame(meta, arrays)


def levels(counts: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Flip counts in one byte each: exact below `EXACT_LEVELS`, about 5 % coarse above.

    Level 128 + k stands for 128 * 2**(k / 14), so that 255 stands for all that uint16 can hold.
    """
    large = np.maximum(counts, EXACT_LEVELS).astype(np.float32)
    above = np.rint(np.log2(large / EXACT_LEVELS) * LEVELS_PER_DOUBLING)
    coded = np.where(counts < EXACT_LEVELS, counts, EXACT_LEVELS + above)
    return np.minimum(coded, 255).astype(np.uint8)


def _curves(history: History, layer_names: list[str]) -> Arrays:
    curves: Arrays = {f"curve/{name}": history.column(name) for name in RUN_CURVES}
    for at, layer in enumerate(layer_names):
        curves |= {f"{at}/{name}": history.column(name, layer) for name in LAYER_CURVES}
    return {name: curve.astype(np.float32) for name, curve in curves.items()}


def _layer_arrays(layer: LayerSnapshot, key: str, complete: bool) -> Arrays:
    arrays: Arrays = {
        f"{key}/signs": layer.signs.words,
        f"{key}/histogram": layer.histogram.astype(np.uint32),
    }
    flips = int(np.bitwise_count(layer.flipped.words).sum())
    if 4 * flips < layer.flipped.nbytes:
        arrays[f"{key}/flips"] = _positions(layer.flipped)
    else:
        arrays[f"{key}/flipped"] = layer.flipped.words
    if complete:
        arrays[f"{key}/levels"] = levels(layer.flip_counts)
    return arrays


def _positions(flipped: PackedMatrix) -> NDArray[np.uint32]:
    """Places of the set bits, counted row by row."""
    return np.flatnonzero(flipped.unpack() > 0).astype(np.uint32)


def _layer_meta(snapshot: Snapshot, at: int) -> dict[str, Any]:
    layer = snapshot.layers[at]
    rows, columns = layer.signs.shape
    return {
        "name": layer.name,
        "rows": rows,
        "columns": columns,
        "histogram_limit": layer.histogram_limit,
        "ever_flipped": int(np.count_nonzero(layer.flip_counts)),
        "dynamics": None if snapshot.event is None else asdict(snapshot.event.layers[at]),
    }


def _event_meta(snapshot: Snapshot) -> dict[str, Any] | None:
    event = snapshot.event
    if event is None:
        return None
    return {
        "epoch": event.epoch,
        "loss": event.loss,
        "train_accuracy": event.train_accuracy,
    }


def _evaluated_meta(history: History) -> dict[str, Any] | None:
    event = history.evaluated
    if event is None:
        return None
    return {"step": event.step, "test_loss": event.test_loss, "test_accuracy": event.test_accuracy}


def _view(view: PointsView | ImagesView, complete: bool) -> tuple[dict[str, Any], Arrays]:
    if isinstance(view, PointsView):
        meta = {"kind": "points", "extent": view.extent, "classes": ["0", "1"]}
        return meta, {
            "grid": view.grid,
            "points": view.points,
            "labels": view.labels,
            "predictions": view.predictions,
        }
    # The key tells the widget whether the images it has kept are still the ones talked about.
    key = zlib.crc32(view.images.tobytes())
    arrays: Arrays = {
        "indices": view.indices.astype(np.uint32),
        "labels": view.labels,
        "predictions": view.predictions,
        "confidence": view.confidence,
    }
    if complete:
        arrays["images"] = view.images
    return {"kind": "images", "key": key, "classes": list(view.class_names)}, arrays
