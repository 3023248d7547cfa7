"""What stands beside a run in the lab picture: another network, and curves that were put aside."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from bnnlab.records import FlipStatistics, History, RivalLook, Selection
from bnnlab.records.flip_statistics import takeaway
from bnnlab.widgets.lab.example_parts import Arrays

CURVES: Final = ("step", "loss", "test_accuracy")
RECENT: Final = 0.1  # share of the run that flips "lately" are the mean of


def beside_arrays(history: History, key: str) -> Arrays:
    """The curves of another run as float32, named after `key`."""
    return {f"{key}/{name}": history.column(name).astype(np.float32) for name in CURVES if len(history)}


def rival_meta(rival: RivalLook | None) -> dict[str, Any] | None:
    """What a frame's header says of a network that learns beside the shown one."""
    if rival is None:
        return None
    return {
        "name": rival.name,
        "step": rival.step,
        "right": rival.right,
        "examined": rival.examined,
        "error": rival.error,
        "cosines": {name: value if math.isfinite(value) else None for name, value in rival.cosines.items()},
        "flips": {name: recent_flips(rival.history, name) for name in rival.history.layer_names},
    }


def statistics_meta(layer: FlipStatistics, selection: Selection | None) -> dict[str, Any]:
    """What became of the flips of a layer, and of the selected neuron if it is one of its own."""
    meta: dict[str, Any] = {
        "name": layer.layer,
        "step": layer.step,
        "flips": layer.total_flips,
        "taken_back": layer.total_taken_back,
        "never": layer.never_flipped_share,
        "settled": layer.settled_after,
        "returns": layer.all_return_times.tolist(),
        "takeaway": takeaway(layer),
    }
    if selection is not None and selection.layer == layer.layer:
        neuron = selection.neuron
        meta["neuron"] = {
            "index": neuron,
            "flips": int(layer.flips[neuron]),
            "taken_back": int(layer.taken_back[neuron]),
            "never": float(layer.never_flipped[neuron]),
            "settled": layer.settled[neuron].tolist(),
        }
    return meta


def recent_flips(history: History, layer: str) -> float | None:
    """Mean share of a layer's weights that flipped in a step lately, or None before the first point."""
    ratios = history.column("flip_ratio", layer)
    recent = ratios[-max(1, math.ceil(RECENT * len(ratios))) :]
    return float(recent.mean()) if len(recent) else None
