"""A packed network at a glance: what each node does, what it gives, how many bytes it keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bnnlab.deploy.graph import PackedModel


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One node of a packed network.

    Attributes:
        name: Of the node.
        op: Its operation.
        gives: ``"bits"`` or ``"numbers"``.
        shape: Of what it gives for one example.
        nbytes: Of its weights, thresholds and other arrays.
    """

    name: str
    op: str
    gives: str
    shape: tuple[int, ...]
    nbytes: int


def outline(model: PackedModel) -> tuple[OutlineRow, ...]:
    """One row for each node, in order; shapes are those of one black example that is shown to the network."""
    values = model.values(np.zeros(model.input_shape, np.float32))
    return tuple(
        OutlineRow(
            name=node.name,
            op=type(node.op).__name__,
            gives="numbers" if isinstance(value := values[node.name], np.ndarray) else "bits",
            shape=tuple(value.shape[1:]),
            nbytes=sum(array.nbytes for array in node.op.tensors().values()),
        )
        for node in model.nodes
    )
