"""A torch module read as stages: each a layer that multiplies, and what follows it up to the next.

What follows is batch normalisation, pooling, and perhaps the sign that the next layer takes of its input.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from bnnlab.nn import Binarizer, BinaryActivation, BinaryConv2d, BinaryLinear
from bnnlab.nn.layers import BinaryLayer

PRODUCTS = (nn.Linear, nn.Conv2d, BinaryLinear, BinaryConv2d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
IGNORED = (nn.Identity, nn.Dropout)  # nothing in evaluation mode
LEAVES = (*PRODUCTS, *NORMS, *IGNORED, nn.MaxPool2d, nn.Flatten, BinaryActivation)


@dataclass
class Stage:
    """A layer that multiplies, and what follows it up to the next.

    Attributes:
        name: Of the layer.
        layer: The layer.
        flattened: Whether one example of the layer's input is an image that is laid out in one row.
        after: Normalisations and poolings, with their names, in order.
        signed: Whether the sign of the result is taken.
        flatten: Of the last stage, the name of the layer that lays the result out in a row, if any.
    """

    name: str
    layer: nn.Module
    flattened: bool = False
    after: list[tuple[str, nn.Module]] = field(default_factory=list)
    signed: bool = False
    flatten: str | None = None

    @property
    def norms(self) -> list[nn.Module]:
        """The normalisations that follow, without the poolings."""
        return [module for _, module in self.after if isinstance(module, NORMS)]


def stages(model: nn.Module) -> list[Stage]:
    """The stages of a model in order.

    Raises:
        ValueError: As in `leaves`, if layers stand in an order that cannot be packed, or if one of them takes no signs
            now where its packed form does.
    """
    found: list[Stage] = []
    flatten: str | None = None
    for name, layer in leaves(model):
        _check_binarizes(name, layer)
        if isinstance(layer, PRODUCTS):
            found.append(Stage(name, layer, flattened=flatten is not None))
            flatten = None
        elif isinstance(layer, nn.Flatten):
            flatten = name
        elif isinstance(layer, IGNORED):
            pass
        elif not found:
            raise ValueError(f"layer {name!r} stands before the first layer that multiplies")
        elif isinstance(layer, BinaryActivation):
            found[-1].signed = True
        elif found[-1].signed or (flatten is not None and isinstance(layer, nn.MaxPool2d)):
            raise ValueError(f"layer {name!r} follows a sign or a flattening; only another product may")
        else:
            _check_follows(name, layer, found[-1])
            found[-1].after.append((name, layer))
    if not found:
        raise ValueError("the model has no layer that multiplies")
    found[-1].flatten = flatten
    for stage, following in pairwise(found):
        if isinstance(following.layer, BinaryLayer):
            stage.signed |= following.layer.input_binarizer is not None
    return found


def on_cpu(model: nn.Module) -> nn.Module:
    """The model itself, or a copy of it where it lies on another device."""
    elsewhere = any(not (each.is_cpu or each.is_meta) for each in model.parameters())
    return copy.deepcopy(model).cpu() if elsewhere else model


def known_input_shape(model: nn.Module) -> tuple[int, ...]:
    """The shape of one example, from the model itself.

    Raises:
        ValueError: If the model does not tell it.
    """
    if isinstance(known := getattr(model, "input_shape", None), tuple):
        return known
    first = next((layer for _, layer in leaves(model) if isinstance(layer, PRODUCTS)), None)
    if isinstance(first, nn.Linear | BinaryLinear):
        return (first.in_features,)
    raise ValueError(
        "input_shape must be given, such as (1, 28, 28): the first layer that multiplies is "
        f"{'missing' if first is None else 'a ' + type(first).__name__}, which does not tell the size of an image"
    )


def leaves(model: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The layers of nested sequences in order, with their names; one that stands twice comes twice.

    Raises:
        ValueError: If the model is more than a sequence, since what happens between its layers cannot be seen, or a
            layer is of an unknown kind, computes in its own way, or holds numbers that cannot be packed.
    """
    if _is_sequence(model):
        _check_untouched(prefix.rstrip(".") or "model", model)
    children = model._modules.items() if _is_sequence(model) else [("model", model)]
    for name, child in children:
        if child is None:
            continue
        if _is_sequence(child):
            yield from leaves(child, f"{prefix}{name}.")
        else:
            _check_leaf(f"{prefix}{name}", child)
            yield f"{prefix}{name}", child


def _is_sequence(module: nn.Module | None) -> bool:
    return isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward


def _check_leaf(name: str, layer: nn.Module) -> None:
    kinds = [kind for kind in LEAVES if isinstance(layer, kind)]
    if not any(type(layer).forward is kind.forward for kind in kinds):
        own = " with a forward method of its own" if kinds or isinstance(layer, nn.Sequential) else ""
        known = ", ".join(kind.__name__ for kind in LEAVES)
        raise ValueError(
            f"layer {name!r} is a {type(layer).__name__}{own}, which cannot be packed; what can is {known}"
        )
    for numbers in (*layer.parameters(), *layer.buffers()):
        absent = numbers.is_meta or is_lazy(numbers)
        if absent or (numbers.is_floating_point() and numbers.dtype != torch.float32):
            found = "no values" if absent else str(numbers.dtype)
            raise ValueError(f"layer {name!r} must hold float32 numbers, it holds {found}")
    if isinstance(layer, nn.Flatten) and (layer.start_dim, layer.end_dim) != (1, -1):
        raise ValueError(
            f"layer {name!r} flattens other dimensions than all but the first, which cannot be packed"
        )
    _check_untouched(name, layer)
    if isinstance(layer, NORMS) and layer.running_mean is None:
        raise ValueError(f"layer {name!r} keeps no running statistics, so it has no thresholds")


def _check_binarizes(name: str, layer: nn.Module) -> None:
    """Refuse a layer that uses numbers now where packed words hold signs."""
    binarizers: list[Binarizer | None] = []
    if isinstance(layer, BinaryLayer):
        binarizers = [layer.weight_binarizer, layer.input_binarizer]
    elif isinstance(layer, BinaryActivation):
        binarizers = [layer.binarizer]
    if not all(binarizer is None or binarizer.gives_signs for binarizer in binarizers):
        assert isinstance(layer, BinaryLayer | BinaryActivation)
        raise ValueError(
            f"layer {name!r} takes no signs where packed words need them, since binarize is {layer.binarize!r}: "
            "train with binarize='both', or call set_binarize('both') on every binary layer"
        )


def _check_follows(name: str, layer: nn.Module, stage: Stage) -> None:
    """Refuse a normalisation that is not of the channels of the layer before it."""
    assert isinstance(stage.layer, PRODUCTS)
    channels = len(stage.layer.weight)
    if isinstance(layer, NORMS) and layer.num_features != channels:
        raise ValueError(
            f"layer {name!r} normalises {layer.num_features} channels, but layer {stage.name!r} has {channels} outputs"
        )


def _check_untouched(name: str, module: nn.Module) -> None:
    if module._forward_hooks or module._forward_pre_hooks:
        raise ValueError(f"layer {name!r} has hooks, which may change what it computes: remove them first")
    if "forward" in vars(module):
        raise ValueError(f"layer {name!r} has a forward of its own, which cannot be packed")
