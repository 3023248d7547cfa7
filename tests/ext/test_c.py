"""ext/ by itself: built with and without sanitizers, run on this CPU, on aarch64 and on older x86-64 ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import bnnlab
from bnnlab.bits.uint8_gemm import uint8_methods
from tests.ext import toolchain

ROOT = Path(__file__).parents[2]
EVERYWHERE = ("scalar", "lecture")
PARTS = (
    "products",
    "byte_products",
    "convolutions",
    "comparing",
    "float_layers",
    "threads",
    "traces",
    "packing",
    "watching",
    "ceilings",
    "drawings",
)

WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror")
STATIC = ("-static",) if sys.platform == "linux" else ()
SANITIZERS = (
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-Wno-conversion",  # the checks that gcc inserts are themselves conversions to it
)

# What is allocated here is guarded or freed, ext/ allocates nothing, and the search for leaks at the end needs
# ptrace, which containers often forbid.
SANITIZER_OPTIONS = {"ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0"}

CASES = [300, pytest.param(20_000, marks=pytest.mark.long)]
EMULATED_CASES = [200, pytest.param(5_000, marks=pytest.mark.long)]


@dataclass(frozen=True)
class Report:
    """What the program has said."""

    features: tuple[str, ...]
    kernels: tuple[str, ...]
    methods: tuple[str, ...]  # of multiplying bytes


def build(folder: Path, compiler: str, *flags: str) -> Path:
    """Compile ext/ and the checks, every warning an error."""
    sources = [*(ROOT / "ext").glob("[!_]*.c"), *(ROOT / "tests/ext").glob("*.c")]
    program = folder / "check"
    command = [compiler, "-std=c11", "-D_GNU_SOURCE", "-g", "-pthread", *WARNINGS, *flags]
    command += [f"-I{ROOT / 'ext'}", "-o", str(program), *map(str, sorted(sources)), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return program


def check(command: list[str | Path], cases: int, parts: tuple[str, ...] = PARTS) -> Report:
    """Run the program, which must not find anything."""
    environment = os.environ | SANITIZER_OPTIONS
    command = [*command, "1", str(cases), *parts]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    print(done.stdout)
    cpu = re.search(r"^cpu:(.*)$", done.stdout, re.MULTILINE)
    ran = dict(re.findall(r"^(\w+): (\d+) cases$", done.stdout, re.MULTILINE))
    report = Report(
        tuple(cpu[1].split()) if cpu else (),
        tuple(re.findall(r"^kernel (\w+): [1-9]\d* products$", done.stdout, re.MULTILINE)),
        tuple(re.findall(r"^method (\w+): [1-9]\d* products$", done.stdout, re.MULTILINE)),
    )
    assert tuple(ran) == parts
    assert int(ran["products"]) >= cases * len(report.kernels)
    return report


@pytest.fixture(scope="module")
def compiler() -> str:
    found = shutil.which(os.environ.get("CC", "cc"))
    assert found, "the package itself needs a C compiler: install one, or set CC"
    return found


@pytest.fixture(scope="module")
def program(compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("plain"), compiler, "-O3", *STATIC)


@pytest.fixture(scope="module")
def sanitized(compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sanitized"), compiler, "-O1", *SANITIZERS)


@pytest.fixture(scope="module")
def emulation() -> None:
    if reason := toolchain.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def arm_program(emulation: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("aarch64"), toolchain.COMPILER, "-O3", "-static")


@pytest.mark.parametrize("cases", CASES)
def test_this_cpu(program: Path, cases: int) -> None:
    report = check([program], cases)
    assert report.kernels == bnnlab.kernels()
    assert set(report.methods) == set(uint8_methods())


@pytest.mark.parametrize("cases", CASES)
def test_this_cpu_under_sanitizers(sanitized: Path, cases: int) -> None:
    report = check([sanitized], cases)
    assert report.kernels == bnnlab.kernels()
    assert set(report.methods) == set(uint8_methods())


@pytest.mark.parametrize("cases", EMULATED_CASES)
def test_aarch64(arm_program: Path, cases: int) -> None:
    report = check([toolchain.EMULATOR_ARM, arm_program], cases)
    assert (report.kernels, report.methods) == (("neon", *EVERYWHERE), ("planes",))


# The emulated vmaskmovps reads also the elements that it is told to leave alone, seen in QEMU 7.2: a false alarm at a
# guard page, in what the compiler makes of ext/watch.c for AVX2.
NO_MASKED_LOADS = tuple(part for part in PARTS if part != "watching")


@pytest.mark.parametrize("cases", EMULATED_CASES)
@pytest.mark.parametrize(
    ("model", "features", "kernels", "parts"),
    [
        ("Conroe", (), EVERYWHERE, PARTS),  # 2006: popcounts are calls of a library function
        ("Nehalem", ("popcnt",), EVERYWHERE, PARTS),  # 2008
        ("Haswell", ("popcnt", "avx2"), ("avx2", *EVERYWHERE), NO_MASKED_LOADS),  # 2013
    ],
    ids=["Conroe", "Nehalem", "Haswell"],
)
def test_older_x86(
    program: Path,
    emulation: None,
    cases: int,
    model: str,
    features: tuple[str, ...],
    kernels: tuple[str, ...],
    parts: tuple[str, ...],
) -> None:
    report = check([toolchain.EMULATOR_X86, "-cpu", model, program], cases, parts)
    assert (report.features, report.kernels, report.methods) == (features, kernels, ("planes",))
