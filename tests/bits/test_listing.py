"""The listings are the sources that were compiled, and their marked lines are those that count."""

from pathlib import Path

import pytest

import bnnlab
from bnnlab.bits.listing import KERNEL_SOURCES, Listing, listing

EXT = Path(__file__).parents[2] / "ext"


def test_the_active_line_is_the_one_on_the_slide() -> None:
    lecture = listing()
    (active,) = lecture.active
    assert (
        lecture.lines[active].strip().replace("(BINARY_WORD)", "")  # the cast that narrow words need
        == "C[m * ldc + n] += __builtin_popcountll(~(A_PART ^ B[k * ldb + n]));"
    )
    assert [line.split("(")[0].strip() for line in lecture.lines if "for" in line] == ["for"] * 3


@pytest.mark.parametrize("kernel", KERNEL_SOURCES)
def test_every_kernel_has_its_lines_as_they_stand_in_its_file(kernel: str) -> None:
    shown = listing(kernel)
    source = EXT.joinpath(shown.file).read_text().splitlines()
    assert [source[number - 1] for number in shown.numbers] == list(shown.lines)
    assert list(shown.numbers) == sorted(set(shown.numbers))
    assert shown.active
    for index in shown.active:
        assert any(word in shown.lines[index] for word in ("popcnt", "popcount", "shuffle", "cnt"))


def test_every_kernel_of_the_table_is_known() -> None:
    table = EXT.joinpath("dispatch.c").read_text()
    assert all(f'{{"{kernel}", ' in table for kernel in KERNEL_SOURCES)
    assert table.count('    {"') == len(KERNEL_SOURCES)
    assert set(bnnlab.kernels()) <= set(KERNEL_SOURCES)


def test_an_unknown_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match=r"kernel must be one of \('avx512vpopcntdq', .*\), got 'mmx'"):
        listing("mmx")


def test_a_listing_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="numbers must be as many as lines, 2, got 1"):
        Listing("a.c", ("one", "two"), (1,), ())
    with pytest.raises(ValueError, match=r"active lines must lie in 0\.\.1, got \(2,\)"):
        Listing("a.c", ("one", "two"), (1, 2), (2,))
