"""The handout's pictures: drawn by the library itself, as HTML and SVG that print without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.bits import trace_gemm, trace_pack
from bnnlab.bits.listing import listing
from bnnlab.bits.packing import Axis, pack_columns, pack_rows
from bnnlab.figures.theme import GREY, MINUS, PLUS
from bnnlab.nn.estimator_curve import LIMIT, estimator_curve

STYLE: Final = f"""
figure {{ margin: .6em 0; }} figcaption {{ color: {GREY}; font-size: .9em; margin-top: .2em; }}
table {{ border-collapse: separate; border-spacing: 2px; }}
th {{ font-weight: 400; text-align: left; padding-right: .8em; white-space: nowrap; }}
td {{ width: 1.5em; text-align: center; font: 600 10pt/1.5 monospace; border: 1px solid #d9dce3; border-radius: 2px; }}
td.plus {{ background: {PLUS}; }} td.minus {{ background: {MINUS}; color: #fff; }}
td.padding {{ color: {GREY}; border-style: dashed; }}
td.blank {{ border-bottom: 1px dotted {GREY}; width: 4em; }} pre {{ font-size: 8.5pt; white-space: pre-wrap; }}
td {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }} svg {{ display: block; }}
"""

ROW_A, COLUMN_B = np.array([[1.0, -1.0, 1.0, 1.0]]), np.array([[1.0], [1.0], [-1.0], [1.0]])
WORD_BITS: Final = 8
_SIZE: Final = (330, 120)  # of a curve's picture, in CSS pixels


def _bits() -> str:
    number = "".join("<td></td>" for _ in range(32))
    return _figure(
        f"<table><tr><th>a number</th>{number}</tr><tr><th>its sign</th><td class=plus>+</td></tr></table>",
        "One weight in 32 bits, and in one.",
    )


def _sign() -> str:
    curve = estimator_curve("clipped_ste")
    return _figure(_plot(curve.x, curve.forward), "The sign: flat on both sides of 0, a jump between them.")


def _estimator() -> str:
    curve = estimator_curve("clipped_ste", 1.0)
    return _figure(
        _plot(curve.x, curve.surrogate), "The slope that stands in on the way back, for a t_clip of 1."
    )


def _rows() -> str:
    return _words(
        "rows", np.sign(np.random.default_rng(1).standard_normal((2, 12))), "A row of 12 signs fills"
    )


def _columns() -> str:
    return _words(
        "columns", np.sign(np.random.default_rng(1).standard_normal((12, 2))), "A column of 12 signs fills"
    )


def _count() -> str:
    trace = trace_gemm(pack_rows(ROW_A), pack_columns(COLUMN_B), WORD_BITS)
    step, valid = trace.steps[0], trace.depth
    rows = [("a", step["a"], True), ("b", step["b"], True), ("a ^ b", step["a"] ^ step["b"], False)]
    table = "".join(f"<tr><th>{name}</th>{_cells(word, valid, signs)}</tr>" for name, word, signs in rows)
    blank = "<td></td>" * valid + "<td class=padding></td>" * (WORD_BITS - valid)
    return _figure(
        f"<table>{table}<tr><th>~(a ^ b)</th>{blank}</tr></table>"
        "<table><tr><th>its ones</th><td class=blank></td></tr></table>",
        "Two words of 8 bits with 4 signs each. Fill in the last line, and count.",
    )


def _loop() -> str:
    source = listing("lecture")
    lines = "\n".join(
        f"<b>{escape(line)}</b>" if at in source.active else escape(line)
        for at, line in enumerate(source.lines)
    )
    return _figure(f"<pre>{lines}</pre>", f"ext/{source.file}; the line that counts in bold.")


PICTURES: Final[dict[str, Callable[[], str]]] = {
    "bits": _bits,
    "sign": _sign,
    "estimator": _estimator,
    "rows": _rows,
    "columns": _columns,
    "count": _count,
    "loop": _loop,
}
"""What draws each, by the name that a stop gives it."""


def _figure(body: str, caption: str) -> str:
    return f"<figure>{body}<figcaption>{escape(caption)}</figcaption></figure>"


def _words(axis: Axis, matrix: ArrayLike, what: str) -> str:
    trace = trace_pack(np.asarray(matrix), axis, WORD_BITS)
    lines = trace.words if axis == "rows" else trace.words.T
    table = "".join(
        f"<tr><th>{axis[:-1]} {at}</th>"
        + "".join(
            _cells(word, min(WORD_BITS, trace.depth - WORD_BITS * k)) + f"<th>{int(word):#04x}</th>"
            for k, word in enumerate(words)
        )
        + "</tr>"
        for at, words in enumerate(lines)
    )
    return _figure(
        f"<table>{table}</table>", f"{what} a word of 8 bits and half of another. Dashed: padding."
    )


def _cells(word: int, valid: int, signs: bool = True) -> str:
    """The bits of a word, lowest first; as signs, or as bits."""
    bits: Iterable[int] = ((int(word) >> bit) & 1 for bit in range(WORD_BITS))
    return "".join(
        f"<td class=padding>{bit}</td>"
        if at >= valid
        else f"<td class={'plus' if bit else 'minus'}>{'+' if bit else '−'}</td>"
        if signs
        else f"<td>{bit}</td>"
        for at, bit in enumerate(bits)
    )


def _plot(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """A curve with its axes; a jump is drawn as one."""
    width, height = _SIZE
    low = min(0.0, float(y.min()))
    across = (x + LIMIT) / (2 * LIMIT) * (width - 20) + 10
    down = height - 22 - (y - low) / (1 - low) * (height - 40)
    zero = height - 22 - (0 - low) / (1 - low) * (height - 40)
    points = " ".join(f"{left:.1f},{top:.1f}" for left, top in zip(across, down, strict=True))
    marks = "".join(
        f'<text x="{(at + LIMIT) / (2 * LIMIT) * (width - 20) + 10:.0f}" y="{height - 6}" text-anchor="middle" '
        f'font-size="10">{str(at).replace("-", "−")}</text>'
        for at in range(-2, 3)
    )
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">'
        f'<line x1="0" x2="{width}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="#9aa0ac"/>'
        f'<polyline points="{points}" fill="none" stroke="{MINUS}" stroke-width="2.5"/>{marks}</svg>'
    )
