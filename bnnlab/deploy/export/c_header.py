"""Packed networks as one C99 header, for programs that have nothing but a compiler."""

from __future__ import annotations

import math
import os
from importlib.resources import files
from pathlib import Path
from string import Template
from types import NoneType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.export.c_ops import write_network
from bnnlab.deploy.export.c_program import CProgram, float_literal, string_literal
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.deploy.export.lowering import lowered, takes_pixels
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.ops import PackCompared, PackSigns
from bnnlab.records.writing import replace_file

CANDIDATES = 64
"""Random examples from which the one for the self-test is taken."""

TOLERANCE = 1e-3
"""Of the logits in the self-test, relative to the largest of them: sums of floats in another order."""

Example = NDArray[np.uint8] | NDArray[np.float32]


def export_c(
    model: PackedModel,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    example: ArrayLike | None = None,
) -> None:
    """Write a network as a C header that needs nothing but the C library.

    With NAME for the name, it defines

    - `int NAME_predict(const uint8_t *pixels)`, the class; `const float *` where the network takes numbers
    - `const float *NAME_run(pixels, NAME_workspace *w)`, the logits; afterwards `w` holds every hidden value. It is
      for callers whose stack is small, too: `NAME_predict` has its workspace there
    - `const char *NAME_class_name(int index)`
    - `int NAME_selftest(void)`, how many of the network's hidden sign vectors and results for an example are not
      as they were here: 0

    Binary layers run on xor and popcount, and hidden signs that depend on signs or pixels only are those of the
    packed network, on every machine. Sums of floats are added up in another order.

    Args:
        model: The network.
        path: The file. It is replaced as a whole, or not at all.
        name: What all names begin with; that of the file if None. Made into a C identifier.
        example: Pixels, or numbers, of one example for the self-test. If None, random ones, of which those are
            taken that keep sums of floats farthest from where they would change a sign.

    Raises:
        TypeError: If `model` is no `PackedModel`, `path` no path or `name` no text.
        ValueError: If a node has no C form or holds numbers that are not finite, or `example` has a wrong shape.
        OSError: If the file cannot be written.
    """
    check_type("model", model, "a PackedModel", PackedModel)
    check_type("path", path, "a str or PathLike", str, os.PathLike)
    check_type("name", name, "a str or None", str, NoneType)
    given = Path(path).stem if name is None else name
    low = lowered(model)
    chosen = None if example is None else _checked_example(low, example)
    replace_file(path, _header(low, identifiers([given])[given], chosen).encode())


def _header(model: PackedModel, prefix: str, example: Example | None) -> str:
    program = CProgram(prefix, takes_pixels=takes_pixels(model))
    result = write_network(program, model)
    names = identifiers(node.name for node in model.nodes)
    checks = _checks(program, model, names, _example(model) if example is None else example)
    return TEMPLATE.substitute(
        name=prefix,
        guard=f"{prefix.upper()}_H",
        inputs=math.prod(model.input_shape),
        classes=len(model.class_names),
        runtime=files("bnnlab.deploy.export")
        .joinpath("inference.h")
        .read_text()
        .replace("NAME_", f"{prefix}_"),
        arrays="\n\n".join(program.arrays),
        fields="\n".join([*program.fields, *program.shared_fields()]),
        kind="float" if program.pixels is None else "uint8_t",
        given=program.given,
        calls="\n".join(program.calls),
        result=result,
        class_names=", ".join(map(string_literal, model.class_names)),
        checks="\n".join(checks),
    )


def _checks(program: CProgram, model: PackedModel, names: dict[str, str], example: Example) -> list[str]:
    """Statements that count what differs from this run of the network."""
    values, prefix = model.values(example[None]), program.prefix
    program.array("example", example)
    checks = []
    for node in model.nodes:
        value = values[node.name]
        if isinstance(value, PackedMatrix | PackedImages):
            expected = program.array(f"{names[node.name]}_expected", value.words)
            field = f"w.{names[node.name]}_bits"
            checks.append(f"    wrong += memcmp({field}, {expected}, sizeof {field}) != 0;")
    logits = np.asarray(values[model.nodes[-1].name], np.float32)[0]
    program.array("expected_logits", logits)
    tolerance = float_literal(TOLERANCE * (float(np.abs(logits).max()) or 1.0))
    checks.append(
        f"    wrong += {prefix}_differ(logits, {prefix}_expected_logits, {prefix}_classes, {tolerance});"
    )
    checks.append(f"    wrong += {prefix}_argmax(logits, {prefix}_classes) != {logits.argmax()};")
    return checks


def _example(model: PackedModel) -> Example:
    """Of some random examples the one whose sums of floats decide most clearly."""
    rng, shape = np.random.default_rng(0), (CANDIDATES, *model.input_shape)
    candidates: Example
    if takes_pixels(model):
        candidates = rng.integers(0, 256, shape, np.uint8)
    else:
        candidates = rng.standard_normal(shape, np.float32)
    values = model.values(candidates)
    logits = np.sort(np.asarray(values[model.nodes[-1].name]), axis=1)
    clearness = (logits[:, -1] - logits[:, -2:-1].max(1, initial=-np.inf)) / (logits.std() or 1)
    for node in model.nodes:
        if isinstance(node.op, PackCompared | PackSigns):
            numbers = np.asarray(values.get(node.inputs[0], candidates))
            limits = np.zeros(1, np.float32) if isinstance(node.op, PackSigns) else node.op.values
            distance = np.abs(numbers - limits.reshape(-1, *(1,) * (numbers.ndim - 2)))
            clearness = np.minimum(clearness, distance.reshape(CANDIDATES, -1).min(1) / (numbers.std() or 1))
    best: Example = candidates[clearness.argmax()]
    return best


def _checked_example(model: PackedModel, example: ArrayLike) -> Example:
    array = np.asarray(example)
    pixels = takes_pixels(model)
    if (
        array.shape != model.input_shape
        or array.dtype.kind not in "fu"
        or (array.dtype == np.uint8) != pixels
    ):
        raise ValueError(
            f"example must be {'uint8 pixels' if pixels else 'numbers'} of shape {model.input_shape}, got "
            f"{array.dtype} of shape {array.shape}"
        )
    return array if pixels else array.astype(np.float32)


TEMPLATE = Template("""\
/* $name: a binary network, written by bnnlab. See ${name}_predict and the others at the end. */
#ifndef $guard
#define $guard

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { ${name}_inputs = $inputs, ${name}_classes = $classes };

$runtime
/* ---- this network ---- */

$arrays

/* Every value of one run, by the name of its layer, and room for sums. */
typedef struct {
$fields
} ${name}_workspace;

/* The logits of one example, ${name}_classes of them, in the workspace. */
static inline const float *${name}_run(const $kind *$given, ${name}_workspace *w)
{
$calls
    return $result;
}

/* The class of one example. */
static inline int ${name}_predict(const $kind *$given)
{
    ${name}_workspace w;
    return ${name}_argmax(${name}_run($given, &w), ${name}_classes);
}

/* Its name, UTF-8; null if there is no such class. */
static inline const char *${name}_class_name(int index)
{
    static const char *const names[] = { $class_names };
    return index < 0 || index >= ${name}_classes ? 0 : names[index];
}

/* How many layers, logits and classes of a known example are not as they should be: 0. */
static inline int ${name}_selftest(void)
{
    int wrong = 0;
    ${name}_workspace w;
    const float *logits = ${name}_run(${name}_example, &w);
$checks
    return wrong;
}

#endif
""")
