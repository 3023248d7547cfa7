"""The listing is the source that was compiled, and its active line is the lecture's."""

from pathlib import Path

from bnnlab.bits.listing import lecture_listing


def test_the_active_line_is_the_one_on_the_slide() -> None:
    listing = lecture_listing()
    active = listing.lines[listing.active].strip()
    assert active == "C[m * ldc + n] += __builtin_popcountll(~(A_PART ^ B[k * ldb + n]));"
    source = Path(__file__).parents[2].joinpath("ext", listing.file).read_text().splitlines()
    assert source[listing.first - 1 + listing.active].strip() == active
    assert [line.split("(")[0].strip() for line in listing.lines if "for" in line] == ["for"] * 3
