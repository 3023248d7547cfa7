"""What the recorded loops give in WebAssembly is, byte for byte, what they give here."""

from typing import Any

import numpy as np
import pytest

import bnnlab
from bnnlab.bits.trace import WORD_WIDTHS

from .javascript import base64_of, bytes_of, run

PRODUCT = """
  return given.map(({ rows, columns, depth, bits, a, b }) => {
    const [first, second] = [
      { rows, columns: depth, values: numbersOf(Float32Array, a) },
      { rows: depth, columns, values: numbersOf(Float32Array, b) },
    ];
    const packed = [recordPack(module, first, "rows", bits), recordPack(module, second, "columns", bits)];
    const { result, steps } = recordGemm(module, packed[0].words, packed[1].words, { rows, columns, depth, bits });
    const signs = ({ values, ...shape }) => ({ ...shape, values: values.map((x) => (x >= 0 ? 1 : -1)) });
    const floats = floatProduct(module, signs(first), signs(second));
    return [...packed.flatMap(({ words, steps }) => [words, steps]), result, steps, floats].map(textOf);
  });
"""


def product(rng: np.random.Generator, bits: int, shape: tuple[int, int, int]) -> dict[str, Any]:
    rows, depth, columns = shape
    a, b = rng.standard_normal((rows, depth)), rng.standard_normal((depth, columns))
    a[rng.random(a.shape) < 0.1] = 0.0
    b[rng.random(b.shape) < 0.1] = -0.0
    a[0, 0], b[-1, -1] = np.nan, np.inf
    return {"bits": bits, "a": a.astype(np.float32), "b": b.astype(np.float32)}


def test_products_of_all_word_widths(rng: np.random.Generator) -> None:
    depths = [*range(1, 20), 31, 32, 33, 63, 64, 65, 127, 128, 130]
    products = [
        product(rng, bits, (int(rng.integers(1, 5)), depth, int(rng.integers(1, 5))))
        for bits in WORD_WIDTHS
        for depth in depths
    ]
    given = [
        {
            "rows": len(p["a"]), "columns": p["b"].shape[1], "depth": p["a"].shape[1], "bits": p["bits"],
            "a": base64_of(p["a"]), "b": base64_of(p["b"]),
        }
        for p in products
    ]  # fmt: skip
    for p, answer in zip(products, run(["recorder.js"], PRODUCT, given), strict=True):
        pa, pb = bnnlab.trace_pack(p["a"], "rows", p["bits"]), bnnlab.trace_pack(p["b"], "columns", p["bits"])
        trace = bnnlab.trace_gemm(bnnlab.pack_rows(p["a"]), bnnlab.pack_columns(p["b"]), p["bits"])
        expected = [pa.words, pa.steps, pb.words.T, pb.steps, trace.result, trace.steps]
        assert [bytes_of(text) for text in answer[:-1]] == [
            np.ascontiguousarray(x).tobytes() for x in expected
        ]
        assert np.array_equal(np.frombuffer(bytes_of(answer[-1]), np.float32), trace.result.ravel())


@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_steps_are_read_as_they_lie(rng: np.random.Generator, axis: str) -> None:
    x = rng.standard_normal((3, 5)).astype(np.float32)
    body = """
      const packed = recordPack(module, { rows: 3, columns: 5, values: numbersOf(Float32Array, given) }, "%s", 8);
      const steps = Array.from({ length: 15 }, (_, at) => packStep(packed, at));
      return steps.map((step) => ({ ...step, after: String(step.after) }));
    """
    for found, step in zip(
        run(["recorder.js"], body % axis, base64_of(x)),
        bnnlab.trace_pack(x, axis, 8).steps,  # type: ignore[arg-type]
        strict=True,
    ):
        assert found == {name: step[name].item() for name in step.dtype.names} | {"after": str(step["after"])}


def test_steps_of_a_product_are_read_as_they_lie(rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((2, 70)).astype(np.float32), rng.standard_normal((70, 2)).astype(np.float32)
    body = """
      const [a, b] = given.map((text) => numbersOf(Float32Array, text));
      const words = [
        recordPack(module, { rows: 2, columns: 70, values: a }, "rows", 64).words,
        recordPack(module, { rows: 70, columns: 2, values: b }, "columns", 64).words,
      ];
      const recorded = recordGemm(module, ...words, { rows: 2, columns: 2, depth: 70, bits: 64 });
      return Array.from({ length: 8 }, (_, at) => (
        Object.fromEntries(Object.entries(gemmStep(recorded, at)).map(([name, value]) => [name, String(value)]))
      ));
    """
    steps = bnnlab.trace_gemm(bnnlab.pack_rows(a), bnnlab.pack_columns(b)).steps
    found = run(["recorder.js"], body, [base64_of(a), base64_of(b)])
    assert found == [{name: str(step[name]) for name in step.dtype.names} for step in steps]
