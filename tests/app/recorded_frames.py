"""Frames that show an example, made of a live run as it stands."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from numpy.typing import NDArray

from bnnlab.nn import BinaryLayer
from bnnlab.nn.inference import inference
from bnnlab.nn.product import bit_layers
from bnnlab.nn.sign import sign
from bnnlab.records import Example, LayerPass
from bnnlab.train import LiveRun, TrainingRun
from bnnlab.train.live.frame import LiveFrame


def frame_with_example(run: LiveRun, index: int | None) -> LiveFrame:
    """The run at this moment with a test example on its way through, or with None an image of one's own."""
    frame = run.wait_for()
    example = run.call(lambda training: _example(training, index))
    assert frame.snapshot is not None
    return dataclasses.replace(frame, snapshot=dataclasses.replace(frame.snapshot, example=example))


def _example(run: TrainingRun, index: int | None) -> Example:
    x = run.dataset.x_test[7 if index is None else index]
    if index is None:
        x = np.ascontiguousarray(x[..., ::-1])
    passes, logits = _passes(run, torch.from_numpy(x[None].copy()))
    grey = None if x.ndim == 1 else np.clip((x.mean(axis=0) + 1) * 127.5, 0, 255).round().astype(np.uint8)
    return Example(
        index=index,
        image=grey,
        point=x if x.ndim == 1 else None,
        label=None if index is None else int(run.dataset.y_test[index]),
        probabilities=logits.softmax(0).numpy(),
        loss=None,
        layers=passes,
    )


def _passes(run: TrainingRun, x: torch.Tensor) -> tuple[tuple[LayerPass, ...], torch.Tensor]:
    layers = {name: layer for name, layer in run.model.named_modules() if hasattr(layer, "weight") and name}
    seen: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
    handles = [
        layer.register_forward_hook(
            lambda _, inputs, output, name=name: seen.update({name: (inputs[0][0], output[0])})
        )
        for name, layer in layers.items()
        if not name.endswith("_norm")
    ]
    with inference(run.model):
        logits = run.model(x)[0]
    for handle in handles:
        handle.remove()
    counting = bit_layers(run.model)
    return tuple(
        _pass(name, isinstance(layers[name], BinaryLayer), name in counting, *both)
        for name, both in seen.items()
    ), logits


def _pass(name: str, binary: bool, counts: bool, inputs: torch.Tensor, sums: torch.Tensor) -> LayerPass:
    def numbers(values: torch.Tensor) -> NDArray[np.float32]:
        return values.detach().numpy().copy()

    ones = np.ones(len(sums), np.float32)
    met = numbers(sign(inputs) if counts else inputs)
    return LayerPass(name, binary, counts, met, numbers(sums), ones, ones * 0, numbers(sums))
