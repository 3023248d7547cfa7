"""An ONNX graph while it is written: values and constants are known by their names."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

INPUT_NAME, OUTPUT_NAME = "x", "logits"


def onnx_package() -> ModuleType:
    """The package onnx, which only exporting needs.

    Raises:
        ImportError: If it is not installed; the message says how to.
    """
    try:
        import onnx
    except ImportError:
        raise ImportError(
            "writing ONNX files needs the package onnx; install it with: pip install 'bnnlab[onnx]'"
        ) from None
    return onnx


class OnnxGraph:
    """Collects nodes and constants.

    Attributes:
        pixels: Whether the input is uint8 pixels, and not float32 numbers.
        nodes: ONNX nodes in order.
        constants: ONNX tensors by name.
        shapes: Shape of one example of every value of the network, by node name.
    """

    def __init__(self, shapes: dict[str, tuple[int, ...]], pixels: bool) -> None:
        self.shapes, self.pixels = shapes, pixels
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self._taken = {INPUT_NAME, OUTPUT_NAME}
        self._numbers: dict[float, str] = {}
        self._onnx = onnx_package()

    def add(self, kind: str, name: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; returns the name of its result, which is `name` unless something is called so already."""
        result = self._unique(name)
        self.nodes.append(
            self._onnx.helper.make_node(kind, list(inputs), [result], name=result, **attributes)
        )
        return result

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add an array; returns its name."""
        name = self._unique(name)
        self.constants[name] = self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def number(self, value: float) -> str:
        """The name of a float32 scalar, which is written once."""
        if value not in self._numbers:
            name = self._numbers[value] = self._unique(f"number.{value:g}")
            self.constants[name] = self._onnx.numpy_helper.from_array(np.array(value, np.float32), name)
        return self._numbers[value]

    def cast_to_float(self, name: str, x: str) -> str:
        """Add a node that makes float32 of integers."""
        return self.add("Cast", name, x, to=self._onnx.TensorProto.FLOAT)

    def _unique(self, name: str) -> str:
        unique, count = name, 1
        while unique in self._taken:
            count += 1
            unique = f"{name}_{count}"
        self._taken.add(unique)
        return unique
