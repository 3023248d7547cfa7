"""A benchmark as text: a table for each workload, and below them what the figures are held against."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bnnlab.bits.ceiling import instructions
from bnnlab.records import Benchmark, BenchmarkEnvironment, BenchmarkResult, Ceilings

COLUMNS_NOTE = (
    "Each row does the same work. 'of its bound': of the most that its kind of instruction, or reading its operands, "
    "allows. 'ours / this': the speed of the fastest of bnnlab's own over this row's, best over best."
)
RATIO_NOTE = "Quote a ratio with the opponent's name: loops in C are no measure of a BLAS."


def print_benchmark(benchmark: Benchmark, console: Console) -> None:
    """Print results, opponents, ceilings, conditions and notes."""
    console.print(COLUMNS_NOTE, highlight=False)
    console.print()
    for workload, results in groupby(benchmark.results, lambda each: each.workload):
        console.print(_table(workload, list(results)))
    _print_pairs(console, "Opponents", benchmark.opponents.items())
    _print_pairs(
        console,
        "Did not run",
        [
            (each.opponent, each.reason if each.workload == "all" else f"{each.workload}: {each.reason}")
            for each in benchmark.absent
        ],
    )
    _print_pairs(console, "What one core of this CPU could do at best", _ceilings(benchmark.ceilings))
    _print_pairs(console, "Measured", _conditions(benchmark.environment))
    _print_pairs(console, "Notes", [("", note) for note in (RATIO_NOTE, *benchmark.notes)])


def seconds_as_text(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.9995 * size:  # what would be written as 1000 of the next smaller one
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


def _table(workload: str, results: list[BenchmarkResult]) -> Table:
    table = Table(title=workload, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("opponent", no_wrap=True)
    unit = results[0].unit
    for heading in (f"best\n{unit}", f"median\n{unit}", "best\ntime", "of its\nbound", "ours /\nthis"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("exact", no_wrap=True)
    for each in results:
        table.add_row(
            each.opponent + ("" if each.part == 1 else f" ({each.part:.1%})"),
            _rate(each.rate_best),
            _rate(each.rate_median),
            seconds_as_text(each.best_seconds),
            "" if each.share is None else f"{each.share:.1%}",
            "" if each.ratio is None else f"{each.ratio:.3g}x",
            "yes" if each.exact else Text("NO", "bold red"),
        )
    return table


def _rate(rate: float | None) -> str:
    if rate is None:
        return ""
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.3g}"


def _ceilings(ceilings: Ceilings) -> list[tuple[str, str]]:
    rows = [
        (kernel, f"{_rate(gops)} Gop/s  {instructions(kernel)}") for kernel, gops in ceilings.kernels.items()
    ]
    if ceilings.shuffled_popcount is not None:
        rows.append(
            (
                "(avx2 popcount)",
                f"{_rate(ceilings.shuffled_popcount)} Gop/s  of shuffles; bnnlab's does not use it",
            )
        )
    if ceilings.float32 is not None:
        rows.append(("float32", f"{_rate(ceilings.float32)} Gop/s  fused multiply-add"))
    if ceilings.int8 is not None:
        rows.append(("int8", f"{_rate(ceilings.int8)} Gop/s  vpdpbusd"))
    if ceilings.binary_over_float32 is not None:
        rows.append(
            (
                "binary / float32",
                f"{ceilings.binary_over_float32:.1f}x: what arithmetic alone can give. More against a good float32 "
                "product comes from memory and caches.",
            )
        )
    for nbytes, rate in ceilings.bandwidth.items():
        size = f"{nbytes >> 20} MiB" if nbytes >= 1 << 20 else f"{nbytes >> 10} KiB"
        rows.append((f"read {size}", f"{_rate(rate)} GB/s"))
    return rows


def _conditions(environment: BenchmarkEnvironment) -> list[tuple[str, str]]:
    pinned = "not pinned" if environment.pinned_to is None else f"pinned to core {environment.pinned_to}"
    rows = [
        ("on", f"{environment.cpu}, {environment.cores} core(s), {pinned}"),
        ("with", ", ".join(f"{name} {version}" for name, version in environment.versions.items())),
    ]
    if environment.blas:
        rows.append(("BLAS", "; ".join(environment.blas)))
    for name, value in environment.variables.items():
        rows.append((name, value))
    return rows


def _print_pairs(console: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    """A small table without lines. Text is shown as it is: names and messages of others are no markup."""
    rows = list(rows)
    if not rows:
        return
    console.print(Text(title, "bold"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, value in rows:
        grid.add_row(Text(f"  {name}" if name else "  -"), Text(value))
    console.print(grid)
    console.print()
