"""A packed network at a glance: what each node does, what it gives, how many bytes it keeps."""

from __future__ import annotations

from dataclasses import dataclass

from bnnlab.deploy.graph import PackedModel


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One node of a packed network.

    Attributes:
        name: Of the node.
        op: Its operation.
        does: What that does, in a sentence.
        gives: ``"bits"`` or ``"numbers"``.
        shape: Of what it gives for one example.
        nbytes: Of its weights, thresholds and other arrays.
    """

    name: str
    op: str
    does: str
    gives: str
    shape: tuple[int, ...]
    nbytes: int


def outline(model: PackedModel) -> tuple[OutlineRow, ...]:
    """One row for each node, in order."""
    return tuple(
        OutlineRow(
            name=node.name,
            op=type(node.op).__name__,
            does=(type(node.op).__doc__ or "").partition("\n")[0],
            gives=model.signals[node.name].kind,
            shape=model.signals[node.name].shape,
            nbytes=sum(array.nbytes for array in node.op.tensors().values()),
        )
        for node in model.nodes
    )
