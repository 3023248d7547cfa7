"""ONNX files, run by another runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime


def run_onnx(path: Path, x: np.ndarray, hidden: list[str] | None = None) -> dict[str, Any]:
    """The logits, and the values of hidden nodes, by name."""
    names = ["logits", *(hidden or [])]
    model = onnx.load(path)
    for name in names[1:]:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return dict(zip(names, session.run(names, {"x": x}), strict=True))
