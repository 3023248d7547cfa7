"""A whole network against other ways to run it: the packed one, torch in float32, onnxruntime."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.compare import Progress, compare
from bnnlab.bench.contest import Opponent, Prepared
from bnnlab.deploy.costs import summary
from bnnlab.deploy.graph import PackedModel
from bnnlab.records import Benchmark

if TYPE_CHECKING:
    from torch import Tensor, nn

SECONDS = 1.0
BATCHES = (1, 256)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkWorkload:
    """Examples that a network is to answer.

    Attributes:
        packed: The packed network.
        model: The module that it was packed from, with its weights already signs.
        examples: As the packed network takes them: pixels, where its examples are such.
        numbers: The same, as the module takes them.
        classes: `(n,)`, the module's answers.
        macs: Multiply-accumulate operations of one example.
    """

    packed: PackedModel
    model: nn.Module
    examples: NDArray[Any]
    numbers: Tensor
    classes: NDArray[np.int64]
    macs: int

    @property
    def name(self) -> str:
        """How many examples run together."""
        return "1 example" if len(self.classes) == 1 else f"{len(self.classes)} examples"

    @property
    def amount(self) -> int:
        """Multiplications and additions."""
        return 2 * self.macs * len(self.classes)

    @property
    def unit(self) -> str:
        """10^9 of them a second."""
        return "Gop/s"

    def accepts(self, answer: Any) -> bool:
        """Whether every class is the module's."""
        return np.array_equal(np.asarray(answer).argmax(1), self.classes)

    def bound(self, _opponent: Opponent[Any], /) -> float | None:
        """None: a network is a mixture of several kinds of arithmetic."""
        return None


def network_benchmark(
    packed: PackedModel,
    model: nn.Module,
    examples: NDArray[Any],
    numbers: NDArray[np.float32],
    batches: Sequence[int] = BATCHES,
    seconds: float = SECONDS,
    opponents: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """Let the packed network and others answer the same examples in turns, on one core.

    Args:
        packed: The packed network.
        model: The module that it was packed from. It is copied, and the copy's weights made signs once and for all,
            so that nobody has to wait for torch to take them anew.
        examples: As the packed network takes them, `(n, ...)`: uint8 where they are pixels.
        numbers: The same as the module takes them, `(n, ...)` float32.
        batches: How many of them run together, one workload each; at most n.
        seconds: How long to measure each.
        opponents: Names in `NETWORK_OPPONENTS`; all of them if None.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If there are no examples, a batch is no number in 1..n, or an opponent is unknown.
    """
    for batch in batches:
        if not 1 <= batch <= len(examples):
            raise ValueError(f"a batch must be in 1..{len(examples)}, the number of examples, got {batch}")
    macs, fixed = summary(packed).macs.total, with_fixed_signs(model)
    workloads = [partial(_workload, packed, fixed, examples[:n], numbers[:n], macs) for n in batches]
    return compare("network", workloads, NETWORK_OPPONENTS, opponents, seconds, progress)


def with_fixed_signs(model: nn.Module) -> nn.Module:
    """A copy for answering only: in evaluation mode, and with signs, scaled where they are, for latent weights."""
    from bnnlab.nn.layers import BinaryLayer

    fixed = copy.deepcopy(model).eval()
    for layer in fixed.modules():
        if isinstance(layer, BinaryLayer):
            signs = layer.binary_weight
            if layer.scale:
                signs = signs * layer.alpha.reshape(-1, *[1] * (signs.ndim - 1))
                layer.scale = False
            layer.weight.data = signs
            layer.weight_binarizer = _as_they_are  # type: ignore[assignment]
    return fixed


def _as_they_are(weights: Tensor) -> Tensor:
    return weights


def _workload(
    packed: PackedModel, model: nn.Module, examples: NDArray[Any], numbers: NDArray[np.float32], macs: int
) -> NetworkWorkload:
    import torch

    x = torch.from_numpy(numbers.copy())
    with torch.inference_mode():
        classes = model(x).argmax(1).numpy()
    return NetworkWorkload(packed, model, examples, x, classes, macs)


def _prepare_packed(workload: NetworkWorkload) -> Prepared:
    return Prepared(partial(workload.packed.logits, workload.examples), np.asarray)


def _prepare_torch(workload: NetworkWorkload) -> Prepared:
    import torch

    def run() -> Tensor:
        with torch.inference_mode():
            logits: Tensor = workload.model(workload.numbers)
        return logits

    return Prepared(run, np.asarray)


def _prepare_onnx(workload: NetworkWorkload) -> Prepared:
    import onnxruntime

    from bnnlab.deploy.export import export_onnx

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        export_onnx(workload.packed, path)
        session = onnxruntime.InferenceSession(path.read_bytes(), options)
    inputs = {session.get_inputs()[0].name: workload.numbers.numpy()}
    return Prepared(lambda: session.run(None, inputs)[0], np.asarray)


NETWORK_OPPONENTS: dict[str, Opponent[NetworkWorkload]] = {
    opponent.name: opponent
    for opponent in (
        Opponent(
            name="packed",
            what="PackedModel.logits, from the examples to the classes",
            prepare=_prepare_packed,
            role="ours",
        ),
        Opponent(
            name="torch",
            what="the same network in torch, eager float32, its weights signs already",
            prepare=_prepare_torch,
            arithmetic="float32",
        ),
        Opponent(
            name="onnxruntime",
            what="the same network, exported and run by onnxruntime on the CPU in float32",
            prepare=_prepare_onnx,
            arithmetic="float32",
            module="onnxruntime",
        ),
    )
}
