"""Shapes through a network, from its input on; and, since its files do not say it, of its input.

A graph of MXNet gets the shape of its input when it is bound to memory, so neither file has it. The first layer with
parameters tells the channels, and the first dense layer after them, if any, which heights and widths there may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bnnlab.deploy.bmxnet.layers import (
    Convolve,
    Dense,
    Layer,
    Normalise,
    Shape,
    SignDense,
    SizeError,
)
from bnnlab.deploy.errors import ModelFileError

LARGEST_GUESS = 512
MNIST_SIDE, CIFAR_SIDE, IMAGENET_SIDE, IMAGENET_CLASSES = 28, 32, 224, 1000


def propagate(layers: Sequence[Layer], input_shape: Shape) -> tuple[Shape, ...]:
    """The shape of what each layer gives for one example.

    Raises:
        ModelFileError: If shapes do not fit together.
    """
    shapes: list[Shape] = []
    for layer in layers:
        given = [shapes[source] for source in layer.inputs] or [input_shape]
        shapes.append(layer.output_shape(*given))
    if len(shapes[-1]) != 1:
        layers[-1].node.fail(f"must give one number for each class, but gives {shapes[-1]}")
    return tuple(shapes)


def guess_input(layers: Sequence[Layer]) -> tuple[Shape, ...]:
    """As `propagate`, for the most likely of the inputs that fit.

    Raises:
        ModelFileError: If none does.
    """
    first_error: SizeError | None = None
    for shape in _candidates(layers):
        try:
            return propagate(layers, shape)
        except SizeError as error:
            first_error = first_error or error
    assert first_error is not None
    raise ModelFileError(f"{first_error}; nor does any input up to {LARGEST_GUESS} pixels high and wide fit")


def _candidates(layers: Sequence[Layer]) -> Iterator[Shape]:
    channel_counts: tuple[int, ...] = (1, 3)
    for layer in layers:
        if isinstance(layer, Dense):
            features = layer.weight.shape[1]
            if features == MNIST_SIDE**2:
                yield 1, MNIST_SIDE, MNIST_SIDE
            yield (features,)
            break
        if isinstance(layer, Convolve | Normalise):
            channels = (
                layer.weight.shape[1] * layer.groups if isinstance(layer, Convolve) else len(layer.mean)
            )
            channel_counts = (channels,)
            break
    for channels in channel_counts:
        for side in _sides(channels, _classes(layers)):
            yield channels, side, side
    if channel_counts != (1, 3):
        yield channel_counts


def _sides(channels: int, classes: int) -> Iterator[int]:
    """Sides of a square image: first of the data sets that have so many channels and classes, then by size."""
    if channels == 1:
        yield MNIST_SIDE
    elif classes >= IMAGENET_CLASSES:
        yield IMAGENET_SIDE
    yield CIFAR_SIDE
    yield from range(1, LARGEST_GUESS + 1)


def _classes(layers: Sequence[Layer]) -> int:
    outputs = [len(layer.weight) for layer in layers if isinstance(layer, Dense)]
    outputs += [layer.weights.outputs for layer in layers if isinstance(layer, SignDense)]
    return outputs[-1] if outputs else 0
