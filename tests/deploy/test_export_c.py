"""C headers: without a warning, the same words in every hidden layer, the same classes, and a self-test that tests."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy import Node, PackedModel, export_c
from bnnlab.deploy.export.c_ops import write
from bnnlab.deploy.export.c_program import CProgram, string_literal
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.deploy.export.program import Step
from bnnlab.deploy.ops import FloatDense, Op
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear
from bnnlab.train import RunConfig, train

from .c_programs import FLAGS, SANITIZERS, compiled, needs_compiler, run_header
from .networks import chain, disturb, network, pixels, twice_from_pixels, with_exact_sums
from .test_from_module import CONVNETS, MLPS

pytestmark = needs_compiler


def assert_equal(
    packed: PackedModel, folder: Path, examples: np.ndarray, *flags: str, **options: str
) -> None:
    """Every hidden word and every class, from the header and from the packed network."""
    export_c(packed, folder / "net.h")
    values = packed.values(examples)
    words = {
        name: value.words.reshape(len(examples), -1)
        for name, value in values.items()
        if isinstance(value, PackedMatrix | PackedImages)
    }
    names = identifiers(node.name for node in packed.nodes)
    fields = [f"{names[name]}_bits" for name in words]
    classes, found = run_header(folder, examples, fields, *flags, **options)
    none = np.empty((len(examples), 0), np.uint64)
    assert np.array_equal(found, np.concatenate([none, *words.values()], axis=1))
    assert np.array_equal(classes, packed.predict(examples))


@pytest.mark.parametrize("spec", MLPS + CONVNETS, ids=lambda spec: " ".join(map(str, spec.values())))
def test_words_and_classes(spec: dict, tmp_path: Path) -> None:  # type: ignore[type-arg]
    assert_equal(PackedModel.from_module(network(**spec), (1, 12, 12)), tmp_path, pixels(200))


@pytest.mark.parametrize(
    "settings", [{"model": "mlp", "widths": (48, 48)}, {"model": "convnet", "pad_value": 0.0}]
)
def test_a_trained_network(settings: dict, tmp_path: Path) -> None:  # type: ignore[type-arg]
    run = train(RunConfig(**{"dataset": "digits", "epochs": 2, "widths": (8, 24)} | settings))
    for _ in run:
        pass
    packed = PackedModel.from_module(run.model, (1, 8, 8), divisor=8.0)
    assert_equal(packed, tmp_path, (run.dataset.x_test * 8 + 8).astype(np.uint8))


def test_groups_strides_and_minima(tmp_path: Path) -> None:
    norm, generator = nn.BatchNorm2d(140), torch.Generator().manual_seed(3)
    disturb(norm, generator)
    model = chain(
        first=nn.Conv2d(3, 140, 3, stride=2, bias=True),
        conv=BinaryConv2d(140, 140, 3, stride=(1, 2), dilation=(2, 1), padding=(2, 1), groups=2, pad_value=0),
        pool=nn.MaxPool2d(2, padding=1),
        norm=norm,
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=BinaryLinear(140 * 6 * 4, 4, generator=generator, scale=True),
    )
    packed = PackedModel.from_module(with_exact_sums(model), (3, 24, 24))
    assert any(getattr(node.op, "falling", None) is not None for node in packed.nodes)
    assert_equal(packed, tmp_path, pixels(20, (3, 24, 24)), *FLAGS, *SANITIZERS)


def test_float_layers_between_binary_ones(tmp_path: Path) -> None:
    model = chain(
        first=BinaryConv2d(1, 6, 3, padding=1, pad_value=1, binarize_input=False),
        pool=nn.MaxPool2d(3, stride=2, padding=1),
        norm=nn.BatchNorm2d(6),
        sign=BinaryActivation(),
        middle=nn.Conv2d(6, 4, 3, groups=2),
        middle_norm=nn.BatchNorm2d(4),
        flatten=nn.Flatten(),
        last=nn.Linear(4 * 4 * 4, 5),
    )
    assert_equal(PackedModel.from_module(with_exact_sums(model), (1, 12, 12)), tmp_path, pixels(50))


def test_numbers_instead_of_pixels(tmp_path: Path, rng: np.random.Generator) -> None:
    model = network("mlp", input_shape=(2,), widths=(16, 16), first_layer="binary")
    packed = PackedModel.from_module(model, (2,), divisor=None)
    assert_equal(packed, tmp_path, (rng.integers(-256, 256, (50, 2)) / 256).astype(np.float32))


def test_pixels_become_numbers_once(tmp_path: Path) -> None:
    assert_equal(twice_from_pixels(), tmp_path, pixels(50, (5,)))


def test_a_processor_without_popcount(tmp_path: Path) -> None:
    hidden = "#include <stdint.h>\n#include <string.h>\n#undef __GNUC__\n#undef __clang__"
    packed = PackedModel.from_module(network("convnet", widths=(5, 66, 30)), (1, 12, 12))
    assert_equal(packed, tmp_path, pixels(20), "-std=c99", "-O1", "-w", before=hidden)


def test_the_self_test_finds_one_wrong_sign(tmp_path: Path) -> None:
    packed, header = PackedModel.from_module(network("mlp", widths=(64, 64)), (1, 12, 12)), tmp_path / "net.h"
    example = pixels(1)[0]
    export_c(packed, header, example=example)
    source = '#include "net.h"\nint main(void) { return net_selftest(); }\n'
    assert subprocess.run([compiled(tmp_path, source)]).returncode == 0
    text, bits = header.read_text(), packed.values(example)["hidden1"].unpack()[0]  # type: ignore[union-attr]
    before, array = text.split("net_hidden1_limits[64] = {")
    limits = array[: array.index("}")].replace(",", " ").split()
    neuron = int(np.argmax(bits))
    limits[neuron] = "65"
    header.write_text(f"{before}net_hidden1_limits[64] = {{ {', '.join(limits)} {array[array.index('}') :]}")
    assert subprocess.run([compiled(tmp_path, source)]).returncode > 0


NASTY = ('quote " \\ end', "%d{}", "trigraph ??/", "*/ #error", "Größe 7", "100%s")


def test_names_from_outside_become_identifiers_and_text(tmp_path: Path) -> None:
    """Two networks in one program, whose layers and classes have names that would break out of anything."""
    for name, file in (("2 nets-é", "first.h"), (None, "int.h")):
        nodes = (
            Node("*/ } int", FloatDense(np.eye(6, dtype=np.float32))),
            Node("a.b", FloatDense(np.eye(6, dtype=np.float32)), ("*/ } int",)),
            Node("a_b", FloatDense(np.eye(6, dtype=np.float32)), ("a.b",)),
        )
        export_c(PackedModel(nodes, (6,), NASTY), tmp_path / file, name=name)
    program = compiled(
        tmp_path,
        """
        #include <stdio.h>
        #include "first.h"
        #include "int.h"
        int main(void)
        {
            for (int k = 0; k < n2_nets___classes; ++k)
                printf("%s%c", n2_nets___class_name(k), 0);
            return n2_nets___selftest() + int_selftest() + (int_class_name(6) != 0) + (int_class_name(-1) != 0);
        }
        """,
        *FLAGS,
    )
    done = subprocess.run([program], capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == list(NASTY)


def test_any_text_is_one_string() -> None:
    assert string_literal('a"\n\\é 7') == '"a\\042\\012\\134\\303\\251 7"'


class Unheard(Op):
    """An operation that no exporter knows."""


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    strange = Node("strange", Unheard())
    with pytest.raises(ValueError, match="node 'strange' is of the kind Unheard, which has no C form"):
        write(CProgram("net"), strange, Step("strange", strange.op, ("x",), ((3,),), (3,)))
    with pytest.raises(ValueError, match="dense_bias must hold finite numbers"):
        CProgram("net").array("dense_bias", np.array([0, np.inf], np.float32))
    packed = PackedModel.from_module(network("mlp", widths=(64,)), (1, 12, 12))
    with pytest.raises(ValueError, match=r"example must be uint8 pixels of shape \(1, 12, 12\), got float64"):
        export_c(packed, tmp_path / "net.h", example=np.zeros((1, 12, 12)))
    assert not list(tmp_path.iterdir())


def test_the_example_is_the_callers(tmp_path: Path) -> None:
    packed = PackedModel.from_module(network("mlp", widths=(64, 32)), (1, 12, 12))
    export_c(packed, tmp_path / "net.h", example=np.arange(144, dtype=np.uint8).reshape(1, 12, 12))
    text = (tmp_path / "net.h").read_text()
    assert "net_example[144] = {\n    0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7,\n    0x8," in text
    run_header(tmp_path, pixels(1), [])
