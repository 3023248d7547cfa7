"""What stands beside a run in the lab picture: another network, and curves that were put aside."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from bnnlab.records import FlipStatistics, History, RivalLook, Selection
from bnnlab.records.flip_statistics import takeaway
from bnnlab.widgets.lab.example_parts import Arrays

CURVES: Final = ("step", "loss", "test_accuracy")
RECENT: Final = 0.1  # share of the run that flips "lately" are the mean of


def beside_arrays(histories: Mapping[str, History]) -> Arrays:
    """The curves of other runs as float32, named after the key of each."""
    return {
        f"{key}/{name}": history.column(name).astype(np.float32)
        for key, history in histories.items()
        if len(history)
        for name in CURVES
    }


def rival_meta(rival: RivalLook | None, history: History) -> dict[str, Any] | None:
    """What a frame's header says of a network that learns beside the shown one.

    Args:
        rival: The network.
        history: The curves of the shown one.
    """
    if rival is None:
        return None
    return {
        "name": rival.name,
        "step": rival.step,
        "right": rival.right,
        "examined": rival.examined,
        "error": rival.error,
        "layers": [
            {
                "name": name,
                "own_flips": recent_flips(history, name),
                "flips": recent_flips(rival.history, name) if name in rival.history.layer_names else None,
                "cosine": known(rival.cosines.get(name)),
                "differing": rival.differing.get(name),
            }
            for name in history.layer_names
        ],
    }


def known(value: float | None) -> float | None:
    """A number as JSON can hold it."""
    return value if value is not None and math.isfinite(value) else None


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
