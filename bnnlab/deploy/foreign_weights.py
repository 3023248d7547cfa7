"""Weights from other frameworks for our binary layers.

Three things differ between frameworks, and none can be seen in a file, so the caller states them: the layout of a
tensor, the sign of weights that are 0 or NaN, and which sign a set bit stands for. What comes out are latent weights
whose signs here are the signs there.

A file is never unpickled: tensors come as a mapping, such as a state dict, or from a safetensors file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import NoneType
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.sign_conventions import SignConvention, as_latent, convention_named
from bnnlab.nn.layers import BinaryLayer

Layout = Literal["torch", "keras"]


def latent_weights(
    source: Mapping[str, Any] | str | os.PathLike[str],
    names: Mapping[str, str],
    *,
    layout: Layout,
    convention: SignConvention | str,
    images: Mapping[str, tuple[int, int, int]] | None = None,
) -> dict[str, NDArray[np.float32]]:
    """Weights of other frameworks' binary layers, as ours have them.

    Only signs are certain to be kept. Scaling factors that lie beside a weight are not taken; those that are the
    mean of |latent weight|, as in XNOR-Net, come along, since magnitudes are kept where they can be.

    Args:
        source: Tensors or arrays by name, of floats, integers or booleans; or a safetensors file.
        names: For each of our layers, by its name, the name of its tensor in `source`.
        layout: ``"torch"`` (bitorch, Brevitas): dense `(outputs, inputs)`, convolution
            `(filters, channels / groups, height, width)`. ``"keras"`` (Larq): dense `(inputs, outputs)`,
            convolution `(height, width, channels / groups, filters)`.
        convention: Of the framework that trained the weights; or its name in `CONVENTIONS`.
        images: For dense layers on images laid out in a row, by our names, `(channels, height, width)` of the
            image. Keras has the channels of a pixel side by side there, and torch each channel by itself; needed
            for such layers in layout ``"keras"``, and without effect in ``"torch"``.

    Returns:
        By our names, float32 `(outputs, inputs)` or `(filters, channels / groups, height, width)`, for
        `put_weights`.

    Raises:
        ValueError: If a name, shape or option does not fit, or a weight has no sign in the convention.
        TypeError: If an argument is of another type, or a tensor holds something else than real numbers or booleans.
        OSError: If the file cannot be read.
    """
    check_type(
        "source", source, "tensors by name or the path of a safetensors file", Mapping, str, os.PathLike
    )
    check_type("names", names, "a mapping of our layers' names to their tensors'", Mapping)
    check_type("images", images, "a mapping of our layers' names to shapes, or None", Mapping, NoneType)
    if layout not in ("torch", "keras"):
        raise ValueError(f"layout must be 'torch' or 'keras', got {layout!r}")
    known = convention_named(convention)
    images = {} if images is None else images
    if unused := set(images) - set(names):
        raise ValueError(f"images must be for layers in names, got {sorted(unused)}")
    weights = {}
    with _opened(source) as tensors:
        for ours, theirs in names.items():
            if theirs not in tensors:
                raise ValueError(f"names: no tensor {theirs!r} for layer {ours!r}; there are {_few(tensors)}")
            numbers = as_latent(_array(tensors[theirs], theirs), known, theirs)
            weights[ours] = _laid_out(numbers, layout, images.get(ours), theirs)
    return weights


def put_weights(model: nn.Module, weights: Mapping[str, ArrayLike]) -> None:
    """Give binary layers their latent weights, all of them or, if one does not fit, none.

    Args:
        model: Holds the layers, by the names in `weights`.
        weights: As `latent_weights` gives them.

    Raises:
        TypeError: If `model` is no torch module, or `weights` no mapping.
        ValueError: If a name is no binary layer of `model`, a shape is not that of its weight, or a number is not
            finite: frameworks disagree about the sign of NaN, which `latent_weights` settles.
    """
    check_type("model", model, "a torch module", nn.Module)
    check_type("weights", weights, "a mapping of names to arrays", Mapping)
    layers = {name: module for name, module in model.named_modules() if isinstance(module, BinaryLayer)}
    pairs = []
    for name, array in weights.items():
        if name not in layers:
            raise ValueError(f"the model has no binary layer {name!r}; it has {_few(layers)}")
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
            tensor = torch.from_numpy(np.array(array, np.float32))
        if tensor.shape != layers[name].weight.shape:
            raise ValueError(
                f"weights of layer {name!r} must have shape {tuple(layers[name].weight.shape)}, "
                f"got {tuple(tensor.shape)}"
            )
        if not torch.isfinite(tensor).all():
            raise ValueError(f"weights of layer {name!r} must be finite numbers")
        pairs.append((layers[name].weight, tensor))
    with torch.no_grad():
        for weight, tensor in pairs:
            weight.copy_(tensor)


@contextmanager
def _opened(source: Mapping[str, Any] | str | os.PathLike[str]) -> Iterator[Mapping[str, Any]]:
    if isinstance(source, Mapping):
        yield source
        return
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(source)
    except SafetensorError as error:
        raise ValueError(
            f"source must be tensors by name or a safetensors file, and {os.fspath(source)} is none: {error}"
        ) from None
    yield tensors


def _array(tensor: Any, name: str) -> NDArray[Any]:
    if isinstance(tensor, Tensor):
        tensor = tensor.detach().cpu()
        if tensor.is_floating_point() and tensor.dtype != torch.float64:
            tensor = tensor.float()  # NumPy lacks bfloat16
        tensor = tensor.numpy()
    array = np.asarray(tensor)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"tensor {name!r} must hold real numbers or booleans, got dtype {array.dtype}")
    return array


def _laid_out(
    array: NDArray[np.float32], layout: Layout, image: tuple[int, int, int] | None, name: str
) -> NDArray[np.float32]:
    if array.ndim not in (2, 4) or 0 in array.shape:
        raise ValueError(
            f"tensor {name!r} must be 2-D, dense, or 4-D, a convolution, got shape {array.shape}"
        )
    if layout == "keras":
        array = array.T if array.ndim == 2 else array.transpose(3, 2, 0, 1)
    if image is not None:
        channels, height, width = image
        if array.ndim != 2 or array.shape[1] != channels * height * width:
            raise ValueError(
                f"tensor {name!r} must be dense with {channels * height * width} inputs for an image of {image}, "
                f"got shape {array.shape} after the layout"
            )
        if layout == "keras":
            array = array.reshape(-1, height, width, channels).transpose(0, 3, 1, 2).reshape(len(array), -1)
    return np.ascontiguousarray(array)


def _few(names: Iterable[str]) -> str:
    """Some names, for a message."""
    listed = sorted(names)
    return ", ".join(map(repr, listed[:12])) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")
