"""Packed networks as ONNX files of plain operations, for runtimes that know nothing of bits.

Signs are float32 tensors of -1 and +1, and sums of their products whole numbers, which float32 holds exactly. What
decides the next sign is a comparison with the midpoint between two whole numbers, ``sum >= threshold - 1/2``. So
hidden signs are those of the packed network on every runtime, also on one that convolves by an inexact transform, as
long as it errs by less than 1/2. Only sums of floats, those of a first layer with float weights or on inputs that are
no pixels, may be rounded otherwise than here.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.export.lowering import lowered, takes_pixels
from bnnlab.deploy.export.onnx_graph import INPUT_NAME, OUTPUT_NAME, OnnxGraph, onnx_package
from bnnlab.deploy.export.onnx_ops import write
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.node import INPUT
from bnnlab.records.writing import replace_file

if TYPE_CHECKING:
    from torch import nn

OPSET, IR_VERSION = 17, 8
"""Both of 2022: all that is needed is there, and every runtime since then can read it."""


def export_onnx(
    model: PackedModel | nn.Module,
    path: str | os.PathLike[str],
    *,
    pixels: bool = False,
    input_shape: tuple[int, ...] | None = None,
    divisor: float | None = 128.0,
    offset: float = -1.0,
) -> None:
    """Write a network as an ONNX file.

    Its input `x` is `(n, *input_shape)` for any n, its output `logits` is `(n, classes)` float32, and each hidden
    value has the name of its node, unless that is taken. The class names are in the metadata, `class_names`, as JSON;
    what the input stands for is there too, `input`, and in the model's description.

    Args:
        model: A packed network, or a trained module, which is packed first.
        path: The file. It is replaced as a whole, or not at all.
        pixels: True for an input of uint8 pixels. Otherwise the input is float32 numbers as the module takes
            them; a first layer that is packed for pixels rounds each to the pixel next to it.
        input_shape: Shape of one example; it and the next two are for modules only, and as in
            `PackedModel.from_module`.
        divisor: See there.
        offset: See there.

    Raises:
        TypeError: If `model` is neither, or `path` no path.
        ImportError: If the package onnx is not installed.
        ValueError: If a node has no ONNX form or sums too large for float32, or the network knows no pixels.
        OSError: If the file cannot be written.
    """
    onnx = onnx_package()
    check_type("path", path, "a str or PathLike", str, os.PathLike)
    if isinstance(model, PackedModel):
        if input_shape is not None:
            raise ValueError("input_shape must be None for a packed network, which knows its own")
    else:
        from torch import nn

        check_type("model", model, "a PackedModel or a torch module", PackedModel, nn.Module)
        model = PackedModel.from_module(model, input_shape, divisor=divisor, offset=offset)
    if pixels and not takes_pixels(model):
        raise ValueError("pixels must be False, since this network was packed for numbers (divisor=None)")
    proto = _proto(lowered(model), pixels)
    onnx.checker.check_model(proto, full_check=True)
    replace_file(path, proto.SerializeToString())


def _proto(model: PackedModel, pixels: bool) -> Any:
    onnx = onnx_package()
    helper, types = onnx.helper, onnx.TensorProto
    graph = OnnxGraph({name: signal.shape for name, signal in model.signals.items()}, pixels)
    names = {INPUT: INPUT_NAME}
    for node in model.nodes:
        names[node.name] = write(graph, node, [names[name] for name in node.inputs])
    graph.nodes.append(helper.make_node("Identity", [names[model.nodes[-1].name]], [OUTPUT_NAME]))
    kind, said = types.UINT8 if pixels else types.FLOAT, _input(model, pixels)
    proto = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "bnnlab",
            [helper.make_tensor_value_info(INPUT_NAME, kind, ["n", *model.input_shape])],
            [helper.make_tensor_value_info(OUTPUT_NAME, types.FLOAT, ["n", len(model.class_names)])],
            list(graph.constants.values()),
            doc_string=said,
        ),
        doc_string=said,
        producer_name="bnnlab",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    helper.set_model_props(proto, {"class_names": json.dumps(model.class_names), "input": said})
    return proto


def _input(model: PackedModel, pixels: bool) -> str:
    """What the input stands for, for whoever has only the file."""
    if model.pixels is None:
        return f"{INPUT_NAME}: float32 numbers as the network was trained on them"
    if pixels:
        return f"{INPUT_NAME}: uint8 pixels"
    divisor, offset = model.pixels
    return f"{INPUT_NAME}: float32 p / {divisor:g} {offset:+g} of pixels p"
