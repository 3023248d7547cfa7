"""The parts of a frame that follow one example through the network, and one weight through its life."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.records import Example, LayerPass, WeightLook

Arrays = dict[str, NDArray[Any]]


def example_meta(example: Example | None) -> dict[str, Any] | None:
    """The small things about the example: what it is, what the network answers, which layers it passes."""
    if example is None:
        return None
    return {
        "index": example.index,
        "label": example.label,
        "loss": example.loss,
        "probabilities": example.probabilities.tolist(),
        "passes": [_pass_meta(layer) for layer in example.layers],
    }


def _pass_meta(layer: LayerPass) -> dict[str, Any]:
    return {
        "name": layer.name,
        "binary": layer.binary,
        "counts_bits": layer.counts_bits,
        "input_shape": layer.inputs.shape,
        "sum_shape": layer.sums.shape,
        "x_shape": layer.x.shape,
    }


def example_arrays(example: Example) -> Arrays:
    """The example and what each layer made of it, as arrays."""
    arrays: Arrays = {}
    if example.image is not None:
        arrays["example/image"] = example.image
    if example.point is not None:
        arrays["example/point"] = example.point
    for at, layer in enumerate(example.layers):
        # Signs as 0 and 1: a quarter of the bytes.
        inputs = (layer.inputs > 0).astype(np.uint8) if _are_signs(layer) else layer.inputs
        arrays |= {
            f"P{at}/inputs": inputs,
            f"P{at}/sums": layer.sums,
            f"P{at}/scale": layer.scale,
            f"P{at}/shift": layer.shift,
            f"P{at}/x": layer.x,
        }
        if layer.gradient_before is not None:
            arrays[f"P{at}/before"] = layer.gradient_before
        if layer.gradient_after is not None:
            arrays[f"P{at}/after"] = layer.gradient_after
    return arrays


def _are_signs(layer: LayerPass) -> bool:
    return layer.counts_bits and bool((np.abs(layer.inputs) == 1).all())


def weight_meta(weight: WeightLook | None) -> dict[str, Any] | None:
    """The small things about the selected weight."""
    if weight is None:
        return None
    return {
        "latent": weight.latent,
        "gradient_before": weight.gradient_before,
        "gradient_after": weight.gradient_after,
        "life_since": weight.life_since,
        "crossings_since": weight.crossings_since,
        "effect": None if weight.effect is None else asdict(weight.effect),
    }


def weight_arrays(weight: WeightLook) -> Arrays:
    """The life of the selected weight, as arrays."""
    return {
        "weight/life_steps": weight.life_steps.astype(np.float64),
        "weight/life_values": weight.life_values,
        "weight/crossings": weight.crossings.astype(np.float64),
    }
