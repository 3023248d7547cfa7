"""One operation in a packed network, and what it is fed by."""

from __future__ import annotations

from dataclasses import dataclass

from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.ops import Effort, Op, Signal
from bnnlab.deploy.ops.fields import shown

INPUT = "(input)"
"""Name of what the network is given; no layer can be called so."""


@dataclass(frozen=True, eq=False)
class Node:
    """One operation in a network.

    Attributes:
        name: Of its result; the layer it comes from.
        op: What it computes.
        inputs: Names of what it is given: earlier nodes, or `INPUT`.
    """

    name: str
    op: Op
    inputs: tuple[str, ...] = (INPUT,)

    def trace(self, signals: dict[str, Signal]) -> tuple[Signal, Effort]:
        """What comes out for one example, and what it takes, where `signals` flow from earlier nodes.

        Raises:
            TypeError: If `inputs` is no tuple of names.
            ValueError: If the operation cannot run on its inputs; the node is named.
        """
        known = f"node {self.name!r} ({type(self.op).__name__})"
        check_type(f"inputs of node {self.name!r}", self.inputs, "a tuple", tuple)
        for name in self.inputs:
            check_type(f"inputs of node {self.name!r}: each", name, "a str", str)
            if name not in signals:
                raise ValueError(f"{known} needs {shown(name)}, which no earlier node gives")
        if not self.inputs or len(self.inputs) != (self.op.arity or len(self.inputs)):
            raise ValueError(f"{known} must have {self.op.arity or 'some'} input(s), got {len(self.inputs)}")
        given = [signals[name] for name in self.inputs]
        try:
            return self.op.output(*given), self.op.effort(*given)
        except ValueError as error:
            raise ValueError(f"{known}: {error}") from error
