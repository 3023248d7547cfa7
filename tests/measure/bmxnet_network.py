"""How fast a network of BMXNet runs packed, beside the same graph in torch, eager and in float32, on one core.

    python tests/measure/bmxnet_network.py PARAMS SYMBOL [--batch 1 --batch 64] [--seconds 4]

Both files are those that BMXNet wrote, such as the LeNet for MNIST that its authors published. Images are random
bytes; the answers of both are compared. In torch, binary layers multiply floats of -1 and +1, made once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bnnlab.bench.timing import interleaved
from bnnlab.bits import PackedMatrix
from bnnlab.deploy import load_bmxnet
from bnnlab.deploy.bmxnet import layers as bmx
from bnnlab.deploy.bmxnet.params import read_params
from bnnlab.deploy.bmxnet.readers import read_layers
from bnnlab.deploy.bmxnet.shapes import propagate
from bnnlab.deploy.bmxnet.symbol import read_symbol

Step = Callable[..., Tensor]


def in_torch(params: Path, symbol: Path, input_shape: tuple[int, ...]) -> Callable[[Tensor], Tensor]:
    """The graph, layer by layer as its files have it."""
    layers = read_layers(
        read_symbol(symbol.read_bytes(), symbol.name),
        read_params(params.read_bytes(), params.name),
        params.name,
    )
    shapes = propagate(layers, input_shape)
    steps = [step(layer, *(shapes[i] for i in layer.inputs)) for layer in layers]

    def run(x: Tensor) -> Tensor:
        values: list[Tensor] = []
        with torch.inference_mode():
            for layer, work in zip(layers, steps, strict=True):
                values.append(work(*(values[i] for i in layer.inputs)) if layer.inputs else x)
        return values[-1]

    return run


def step(layer: bmx.Layer, *shapes: tuple[int, ...]) -> Step:
    match layer:
        case bmx.Sign():
            return signs
        case bmx.Flat():
            return lambda x: x.flatten(1)
        case bmx.Sum():
            return lambda *branches: sum(branches[1:], branches[0])
        case bmx.Activate():
            function: Step = getattr(torch, layer.kind, None) or getattr(functional, layer.kind)
            return function
        case bmx.Normalise():
            mean, variance, gamma, beta = map(
                torch.from_numpy, (layer.mean, layer.variance, layer.gamma, layer.beta)
            )
            return lambda x: functional.batch_norm(x, mean, variance, gamma, beta, eps=layer.eps)
        case bmx.Pool():
            pool = functional.max_pool2d if layer.kind == "max" else functional.avg_pool2d
            return lambda x: pool(
                x, layer.window(shapes[0]), layer.stride, layer.padding, ceil_mode=layer.full
            )
        case bmx.Convolve():
            weight, bias, window = tensor(layer.weight), tensor(layer.bias), layer.window
            return lambda x: functional.conv2d(
                x, weight, bias, window.stride, window.padding, window.dilation, layer.groups
            )
        case bmx.Dense():
            weight, bias = tensor(layer.weight), tensor(layer.bias)
            return lambda x: functional.linear(x.flatten(1), weight, bias)
        case bmx.SignLayer():
            return counts(layer, layer.depth(shapes[0]), shapes[0])
        case _:
            return lambda x: x


def counts(layer: bmx.SignLayer, depth: int, shape: tuple[int, ...]) -> Step:
    """How many signs equal their weights: (dot + depth) / 2."""
    rows = PackedMatrix(layer.weights.rows(depth), depth, "rows")
    weight = torch.from_numpy(rows.unpack().astype(np.float32))
    bias = tensor(layer.bias)
    if not isinstance(layer, bmx.SignConvolve):
        return lambda x: finished(functional.linear(signs(x.flatten(1)), weight), depth, bias)
    window, (down, across) = layer.window, layer.window.padding
    weight = weight.reshape(len(weight), shape[0], *window.taps)
    edges = (across, across, down, down)

    def run(x: Tensor) -> Tensor:
        x = functional.pad(signs(x), edges, value=1.0) if any(edges) else signs(x)
        return finished(functional.conv2d(x, weight, None, window.stride, 0, window.dilation), depth, bias)

    return run


def finished(dots: Tensor, depth: int, bias: Tensor | None) -> Tensor:
    result = dots.add_(depth).mul_(0.5)
    return result if bias is None else result + bias.reshape(-1, *(1,) * (result.ndim - 2))


def signs(x: Tensor) -> Tensor:
    return torch.copysign(torch.ones(()), x)


def tensor(array: np.ndarray | None) -> Any:
    return None if array is None else torch.from_numpy(array)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("params", type=Path)
    parser.add_argument("symbol", type=Path)
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    packed = load_bmxnet(options.params, options.symbol)
    eager = in_torch(options.params, options.symbol, packed.input_shape)
    for batch in options.batch or [1, 64]:
        pixels = np.random.default_rng(0).integers(0, 256, (batch, *packed.input_shape), dtype=np.uint8)
        x = torch.from_numpy(pixels.astype(np.float32) / 255)
        same = np.mean(eager(x).numpy().argmax(1) == packed.predict(pixels))
        times = interleaved(
            {"packed": partial(packed.logits, pixels), "torch": partial(eager, x)}, options.seconds
        )
        for name, time in times.items():
            ratios = times["torch"].best / time.best, times["torch"].median / time.median
            print(
                f"batch {batch:>3}  {name:<7} best {1e6 * time.best:9.0f} us ({ratios[0]:5.2f}x)  median "
                f"{1e6 * time.median:9.0f} us ({ratios[1]:5.2f}x)"
            )
        print(f"batch {batch:>3}  {same:.1%} of the answers are the same")


if __name__ == "__main__":
    main()
