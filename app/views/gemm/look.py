"""What a layer multiplies for one example, caught at one moment: read from a frame of the Lab, or asked of the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from bnnlab.nn.product import layer_product
from bnnlab.records import Example, LayerProduct, LayerSnapshot, Selection, recorded_product
from bnnlab.train import DATASETS, RunConfig, TrainingRun
from bnnlab.train.answers import predict
from bnnlab.train.live.frame import LiveFrame

Position = tuple[int, int]


@dataclass(frozen=True)
class Look:
    """A layer's product caught at one moment, kept while one steps through it and the network learns on.

    Attributes:
        config: Settings of the run.
        layer: Name of the layer.
        example: Position of the example in the test set, or None for one that is not from there.
        step: Training steps done at that moment.
        product: What the layer multiplied.
        image: The example in grey, or None for points.
        label: Its true class, or None where nobody knows.
        answer: What the network took it for.
        kept: Whether it comes from a frame of the Lab, however far the network has learned since.
    """

    config: RunConfig
    layer: str
    example: int | None
    step: int
    product: LayerProduct
    image: NDArray[np.uint8] | None
    label: str | None
    answer: str
    kept: bool = False


def look_of_frame(frame: LiveFrame, selection: Selection) -> Look:
    """The product of the selected layer as `frame` recorded it; the network itself is not asked.

    Args:
        frame: A frame that shows an example.
        selection: Its layer and position are looked at.

    Raises:
        ValueError: If the frame shows no example, has no such layer or position, or the layer's inputs are numbers.
    """
    example, layer = shown_example(frame), recorded_layer(frame, selection.layer)
    passed = next(passed for passed in example.layers if passed.name == selection.layer)
    config = frame.status.config
    names = DATASETS[config.dataset].class_names
    assert frame.snapshot is not None  # it shows an example
    return Look(
        config=config,
        layer=selection.layer,
        example=example.index,
        step=frame.snapshot.step,
        product=recorded_product(
            layer, passed, selection.position, pad_value=config.pad_value, scale=config.scale
        ),
        image=example.image,
        label=None if example.label is None else names[example.label],
        answer=names[int(example.probabilities.argmax())],
        kept=True,
    )


def shown_example(frame: LiveFrame) -> Example:
    """The example that a frame shows.

    Raises:
        ValueError: If it shows none.
    """
    if frame.snapshot is None or frame.snapshot.example is None:
        raise ValueError("frame must show an example to be looked into, this one shows none")
    return frame.snapshot.example


def recorded_layer(frame: LiveFrame, name: str) -> LayerSnapshot:
    """A layer of a frame by its name.

    Raises:
        ValueError: If there is none.
    """
    layers = {} if frame.snapshot is None else {layer.name: layer for layer in frame.snapshot.layers}
    if name not in layers:
        raise ValueError(f"layer must be one of {', '.join(layers)}; got {name!r}")
    return layers[name]


def look_of_run(run: TrainingRun, layer: str, example: int, position: Position | None) -> Look:
    """The product of `layer` as the network is now; on the thread that owns the run."""
    dataset = run.dataset
    x = torch.from_numpy(dataset.x_test[example : example + 1].copy()).to(run.config.device)
    image = None
    if dataset.kind == "images":
        image = np.clip((dataset.x_test[example].mean(axis=0) + 1) * 127.5, 0, 255).round().astype(np.uint8)
    return Look(
        config=run.config,
        layer=layer,
        example=example,
        step=run.step,
        product=layer_product(run.model, layer, x, position),
        image=image,
        label=dataset.class_names[int(dataset.y_test[example])],
        answer=dataset.class_names[int(predict(run.model, x.cpu().numpy(), run.config.device).argmax())],
    )
