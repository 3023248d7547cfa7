"""A whole network, packed, against the float network that one would run instead.

The network is a perceptron for 28 x 28 pixels. The opponents run one of the same shape in float32 (linear layers and
ReLU), which is what a user has at hand, and the same binary network as torch trained it (float products of signs). So
much for time: what a float network of this shape learns is another matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.compare import Progress, compare
from bnnlab.bench.contest import Opponent, Prepared
from bnnlab.bits import PackedMatrix
from bnnlab.deploy.inference_workload import WIDTHS, InferenceWorkload, Part
from bnnlab.records import Benchmark

if TYPE_CHECKING:
    pass

SECONDS = 4.0
BATCHES = (1, 256)


def inference_benchmark(
    batches: Sequence[int] = BATCHES,
    seconds: float = SECONDS,
    opponents: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """Time the packed network and its opponents, batch by batch.

    Args:
        batches: How many images at once.
        seconds: How long to measure each network with each batch.
        opponents: Names in `INFERENCE_OPPONENTS`; all of them if None.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If a batch is below 1 or above 4,096, `seconds` not above 0, or an opponent unknown.
    """
    for batch in batches:
        if not 1 <= batch <= 4096:
            raise ValueError(f"a batch must be in 1..4096, got {batch}")
    parts: tuple[Part, ...] = ("binary", "float", "hidden")
    workloads: list[Callable[[], InferenceWorkload]] = [
        partial(InferenceWorkload.random, part, batch) for part in parts for batch in batches
    ]
    benchmark = compare("inference", workloads, INFERENCE_OPPONENTS, opponents, seconds, progress)
    return replace(benchmark, notes=(*benchmark.notes, *NOTES))


NOTES = (
    "Gop/s count the multiplications and additions of a float network of this shape, whoever skips them.",
    "packed and torch-binary are the same network and give the same classes; float32 and onnxruntime are a network "
    "of the same shape with linear layers and ReLU. In the rows of hidden layers, float32 is two matrix products "
    "alone, and onnxruntime has a ReLU between them.",
)


def _prepare_packed(workload: InferenceWorkload) -> Prepared:
    if workload.part == "hidden":
        first, second, signs = workload.hidden()
        return Prepared(lambda: second.run(first.run(signs)), partial(_same_signs, workload))
    packed = workload.packed()
    classes = workload.binary_logits().argmax(1)
    return Prepared(
        lambda: packed.logits(workload.pixels), lambda logits: np.array_equal(logits.argmax(1), classes)
    )


def _same_signs(workload: InferenceWorkload, signs: PackedMatrix) -> bool:
    import torch

    layers = [module for name, module in workload.binary.named_children() if name.startswith("hidden")]
    x = torch.from_numpy(workload.hidden()[2].unpack().astype(np.float32))
    with torch.inference_mode():
        for layer in layers:
            x = layer(x)
    return np.array_equal(signs.unpack() > 0, x.numpy() >= 0)


def _prepare_torch_binary(workload: InferenceWorkload) -> Prepared:
    import torch

    x = torch.from_numpy(workload.numbers.reshape(-1, 1, 28, 28))
    model: Any = workload.binary
    if workload.part == "hidden":
        chosen = [module for name, module in workload.binary.named_children() if name.startswith("hidden")]
        model = torch.nn.Sequential(*chosen)
        x = torch.from_numpy(workload.hidden()[2].unpack().astype(np.float32))

    def run() -> Any:
        with torch.inference_mode():
            return model(x)

    expected = run()
    return Prepared(run, lambda y: torch.equal(y, expected))


def _prepare_float32(workload: InferenceWorkload) -> Prepared:
    import torch

    weights = [torch.from_numpy(weight) for weight in workload.floats]
    if workload.part == "hidden":
        x, (first, second) = torch.randn(len(workload.pixels), WIDTHS[1]), (weights[1].T, weights[2].T)

        def products() -> Any:
            with torch.inference_mode():
                return torch.mm(torch.mm(x, first), second)

        wanted = x.numpy() @ first.numpy() @ second.numpy()
        return Prepared(products, lambda y: np.allclose(y.numpy(), wanted, rtol=1e-3, atol=1e-3))
    numbers, zeros = torch.from_numpy(workload.numbers), [torch.zeros(len(weight)) for weight in weights]

    def run() -> Any:
        with torch.inference_mode():
            y = numbers
            for weight, zero in zip(weights[:-1], zeros, strict=False):
                y = torch.relu(torch.nn.functional.linear(y, weight, zero))
            return torch.nn.functional.linear(y, weights[-1], zeros[-1])

    expected = workload.float_logits()
    return Prepared(run, lambda y: np.allclose(y.numpy(), expected, rtol=1e-3, atol=1e-3))


def _prepare_onnxruntime(workload: InferenceWorkload) -> Prepared:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    weights, x, expected = workload.floats, workload.numbers, workload.float_logits()
    if workload.part == "hidden":
        weights = workload.floats[1:-1]
        x = np.random.default_rng(0).standard_normal((len(x), WIDTHS[1])).astype(np.float32)
        expected = np.maximum(x @ weights[0].T, 0) @ weights[1].T
    session = onnxruntime.InferenceSession(
        _float_network(weights), options, providers=["CPUExecutionProvider"]
    )
    feed = {"x": x}
    return Prepared(
        lambda: session.run(None, feed), lambda y: np.allclose(y[0], expected, rtol=1e-3, atol=1e-3)
    )


def _float_network(weights: Sequence[NDArray[np.float32]]) -> bytes:
    """The float network as an ONNX file."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, constants, x = [], [], "x"
    for index, weight in enumerate(weights):
        names = f"weight{index}", f"bias{index}"
        constants += [
            numpy_helper.from_array(weight, names[0]),
            numpy_helper.from_array(np.zeros(len(weight), np.float32), names[1]),
        ]
        nodes.append(helper.make_node("Gemm", [x, *names], [f"sum{index}"], transB=1))
        x = f"sum{index}"
        if index < len(weights) - 1:
            nodes.append(helper.make_node("Relu", [x], [f"relu{index}"]))
            x = f"relu{index}"
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", weights[0].shape[1]])]
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["batch", len(weights[-1])])]
    graph = helper.make_graph(nodes, "float network", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    serialized: bytes = model.SerializeToString()
    return serialized


INFERENCE_OPPONENTS: dict[str, Opponent[InferenceWorkload]] = {
    opponent.name: opponent
    for opponent in (
        Opponent(
            "packed",
            "PackedModel.logits, from uint8 pixels; hidden layers from words",
            _prepare_packed,
            role="ours",
        ),
        Opponent(
            "onnxruntime",
            "a float32 network of this shape (Gemm, Relu) in onnxruntime, one thread",
            _prepare_onnxruntime,
            arithmetic="float32",
            module="onnxruntime",
        ),
        Opponent(
            "float32",
            "a float32 network of this shape (linear, relu) in torch, eager",
            _prepare_float32,
            arithmetic="float32",
            module="torch",
        ),
        Opponent(
            "torch-binary",
            "the same binary network in torch, eager: float products of signs",
            _prepare_torch_binary,
            arithmetic="float32",
            module="torch",
        ),
    )
}
