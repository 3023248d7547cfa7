"""Every opponent that is installed here computes the right thing, on odd shapes too."""

import sys

import numpy as np
import pytest

import bnnlab
from bnnlab.bench import kernel_speeds
from bnnlab.bench.convolution import CONV_OPPONENTS, ConvShape, ConvWorkload, conv_benchmark
from bnnlab.bench.gemm import gemm_benchmark
from bnnlab.bench.opponents import GEMM_OPPONENTS, hamming
from bnnlab.bench.opponents.rows import FEW, rows_within
from bnnlab.bench.pack import PACK_OPPONENTS, PackShape, pack_benchmark
from bnnlab.bench.product import GemmShape, GemmWorkload
from bnnlab.bench.threads import thread_benchmark
from bnnlab.bits import reference

GEMM_SHAPES = [GemmShape.parse(text) for text in ("1x1x1", "1x64x16", "5x777x33", "17x65x3")]


def test_every_opponent_multiplies_exactly() -> None:
    done = gemm_benchmark(GEMM_SHAPES, seconds=1e-6)
    installed = set(GEMM_OPPONENTS) - {each.opponent for each in done.absent}
    assert {"numpy", "torch", "torch-int8", "naive-c", "naive-c-scalar", *bnnlab.kernels()} <= installed
    out_of_order = {each.opponent for each in done.absent if each.reason != "not installed"}
    assert out_of_order <= (set() if hamming.NONE_IS_IMMORTAL else {"simsimd"})
    assert len(done.results) == len(installed) * len(GEMM_SHAPES)
    assert [(each.opponent, each.workload) for each in done.results if not each.exact] == []


@pytest.mark.skipif(hamming.NONE_IS_IMMORTAL, reason="its references are not counted")
def test_no_opponent_takes_what_ends_python_after_many_calls() -> None:
    workload = GemmWorkload.random(GemmShape(5, 70, 9))
    for opponent in GEMM_OPPONENTS.values():
        try:
            run = opponent.prepare(workload).run
        except (ImportError, RuntimeError):
            continue
        run()
        before = sys.getrefcount(None)
        for _ in range(100):
            run()
        assert sys.getrefcount(None) > before - 50, opponent.name


def test_what_is_not_installed_is_listed_and_the_rest_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = ("numkong", "faiss", "simsimd", "threadpoolctl")
    for module in extra:
        monkeypatch.setitem(sys.modules, module, None)
    done = gemm_benchmark([GemmShape(5, 70, 9)], seconds=1e-6)
    assert {(each.opponent, each.reason) for each in done.absent} == {
        (module, "not installed") for module in extra[:3]
    }
    assert any("threadpoolctl is not installed" in note for note in done.notes)
    assert all(each.exact for each in done.results)


def test_every_opponent_packs_exactly() -> None:
    done = pack_benchmark([PackShape(1, 1), PackShape(5, 130), PackShape(67, 3)], seconds=1e-6)
    assert len(done.results) == len(PACK_OPPONENTS) * 3 * 2
    assert all(each.exact for each in done.results)


def test_every_opponent_convolves_exactly() -> None:
    shapes = [ConvShape(2, 5, 7, 6, 3, 3), ConvShape(1, 70, 4, 4, 65, 1)]
    done = conv_benchmark(shapes, seconds=1e-6)
    assert len(done.results) == len(CONV_OPPONENTS) * 2
    assert all(each.exact for each in done.results)


def test_every_count_of_threads_multiplies_exactly() -> None:
    done = thread_benchmark([GemmShape(5, 70, 9)], seconds=1e-6)
    assert done.results[0].opponent == "threads-1"
    assert all(each.exact for each in done.results)


def test_a_large_product_is_expected_to_be_what_the_reference_says() -> None:
    large, small = (GemmWorkload.random(GemmShape(rows, 300, 400)) for rows in (100, 3))
    for workload in (large, small):
        assert np.array_equal(workload.expected, reference.binary_matmul(workload.a, workload.b))


def test_a_workload_refuses_answers_that_differ_anywhere() -> None:
    conv = ConvWorkload.random(ConvShape(1, 3, 4, 5, 2, 3))
    assert conv.accepts(conv.expected.copy())
    wrong = conv.expected.copy()
    wrong[0, 3, 4, 1] += 2
    assert not conv.accepts(wrong)


def test_a_slow_opponent_gets_as_many_rows_as_there_is_time_for() -> None:
    workload, prepare = GemmWorkload.random(GemmShape(40, 70, 9)), GEMM_OPPONENTS["lecture"].prepare
    few, all_of_them = (rows_within(prepare, workload, seconds) for seconds in (1e-12, 1e3))
    assert (few.shape.rows, all_of_them.shape.rows) == (FEW, 40)
    assert np.array_equal(few.expected, workload.expected[:FEW])


def test_kernel_speeds() -> None:
    shares: list[float] = []
    speeds = kernel_speeds(5, 70, 9, seconds=0.01, progress=shares.append)
    assert tuple(each.kernel for each in speeds) == bnnlab.kernels()
    assert shares[-1] == 1
    for each in speeds:
        assert each.exact
        assert 0 < each.gops_median <= each.gops_best
        assert each.share == each.gops_best / each.ceiling_gops
        assert each.limited_by == "instructions"  # so few weights stay in registers
    assert {each.limited_by for each in kernel_speeds(1, 512, 512, seconds=0.01)} <= {
        "instructions",
        "memory",
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((0, 70, 9), "rows must be at least 1, got 0"),
        ((5, -1, 9), "depth must be at least 1, got -1"),
        ((5, 2**20 + 1, 9), "depth must be at most 1048576"),
        ((2**20, 2, 2**20), "at most 134217728 elements"),
        ((5, 70, 9, 0.0), "seconds must be above 0"),
    ],
)
def test_kernel_speeds_refuses(arguments: tuple[int, int, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        kernel_speeds(*arguments)


@pytest.mark.parametrize(
    "text", ["", "3x4", "3x4x5x6", "ax4x5", "3x-4x5", "3.0x4x5", "²x4x5", "9999999999x1x1", " 1x1x1"]
)
def test_what_is_no_shape(text: str) -> None:
    with pytest.raises(ValueError, match="a shape must be MxKxN, such as 256x784x1024, got"):
        GemmShape.parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1x64x112x112x64x2", "taps of a filter must be odd"),
        ("0x64x112x112x64x3", "at least 1"),
        ("99x999x999x999x64x3", "at most 134217728 elements"),
        ("1x64", "IMAGESxCHANNELSxHEIGHTxWIDTHxFILTERSxTAPS"),
    ],
)
def test_what_is_no_convolution(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ConvShape.parse(text)
