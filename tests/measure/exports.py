"""How equal exported networks are, on all 10,000 test images of MNIST.

    python -m tests.measure.exports [--epochs 1]

Networks of every kind are trained, packed, and exported: ONNX runs in onnxruntime, the C header in a program of its
own. Printed are the hidden signs and classes that differ from the packed network, and the largest difference of a
logit. Where the first layer is float its sums are rounded otherwise, and a sign that hangs on the last bit may change;
where it is binary nothing may.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy import PackedModel, export_c, export_onnx
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.train import RunConfig, train
from tests.deploy.c_programs import run_header
from tests.deploy.onnx_runs import run_onnx

NETWORKS: list[dict[str, Any]] = [
    {"model": "mlp", "widths": (256, 256)},
    {"model": "mlp", "widths": (256, 256), "first_layer": "binary", "last_layer": "binary"},
    {"model": "convnet", "widths": (16, 32, 64)},
    {"model": "convnet", "widths": (16, 32, 64), "first_layer": "binary", "scale": True, "pad_value": 0.0},
]


def main() -> None:
    """Train, export, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--epochs", type=int, default=1)
    epochs = parser.parse_args().epochs
    torch.set_num_threads(1)
    print(
        f"{'network':<66} {'accuracy':>8}  {'to':<6} {'signs that differ':>20} {'classes':>7} {'logits':>8}"
    )
    for settings in NETWORKS:
        run = train(RunConfig(dataset="mnist", epochs=epochs, batch_size=100, **settings))
        for _ in run:
            pass
        packed = PackedModel.from_module(run.model, (1, 28, 28))
        pixels = ((run.dataset.x_test + 1) * 128).astype(np.uint8)
        accuracy = float((packed.predict(pixels) == run.dataset.y_test).mean())
        label = " ".join(f"{value}" for value in settings.values())
        with tempfile.TemporaryDirectory() as folder:
            for kind, compare in (("ONNX", compare_onnx), ("C", compare_c)):
                print(f"{label:<66} {accuracy:>8.2%}  {kind:<6} {compare(packed, pixels, Path(folder))}")


def compare_onnx(packed: PackedModel, pixels: np.ndarray, folder: Path) -> str:
    """What differs in onnxruntime."""
    export_onnx(packed, folder / "net.onnx", pixels=True)
    wrong = signs = classes = 0
    largest = 0.0
    for start in range(0, len(pixels), 500):
        batch = pixels[start : start + 500]
        hidden = {name: value.unpack() for name, value in hidden_values(packed, batch).items()}
        found, logits = run_onnx(folder / "net.onnx", batch, list(hidden)), packed.logits(batch)
        wrong += sum(int((found[name] != value).sum()) for name, value in hidden.items())
        signs += sum(value.size for value in hidden.values())
        classes += int((found["logits"].argmax(1) != logits.argmax(1)).sum())
        largest = max(largest, float(np.abs(found["logits"] - logits).max()))
    return f"{f'{wrong} of {signs:.1e}':>20} {classes:>7} {largest:>8.1e}"


def compare_c(packed: PackedModel, pixels: np.ndarray, folder: Path) -> str:
    """What differs in a program compiled from the header."""
    export_c(packed, folder / "net.h")
    names = identifiers(node.name for node in packed.nodes)
    wrong = signs = classes = 0
    for start in range(0, len(pixels), 500):
        batch = pixels[start : start + 500]
        hidden = hidden_values(packed, batch)
        fields = [f"{names[name]}_bits" for name in hidden]
        given, words = run_header(folder, batch, fields, "-std=c99", "-O2", "-mpopcnt")
        expected = np.concatenate([value.words.reshape(len(batch), -1) for value in hidden.values()], axis=1)
        wrong += int(np.bitwise_count(words ^ expected).sum())
        signs += sum(int(np.prod(value.shape)) for value in hidden.values())
        classes += int((given != packed.predict(batch)).sum())
    return f"{f'{wrong} of {signs:.1e}':>20} {classes:>7} {'':>8}"


def hidden_values(packed: PackedModel, pixels: np.ndarray) -> dict[str, PackedMatrix | PackedImages]:
    """What is packed of all that the nodes give."""
    values = packed.values(pixels).items()
    return {name: value for name, value in values if isinstance(value, PackedMatrix | PackedImages)}


if __name__ == "__main__":
    main()
