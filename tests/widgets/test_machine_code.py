"""Instructions are marked only where they count, and a step's numbers stand only where they are known to be."""

import pytest

import bnnlab
from bnnlab.bits.disassembly import Instruction, disassemble_anywhere
from bnnlab.widgets.shared.machine_code import encode_instructions, encode_results, explain, meaning, products


def code(*lines: str, in_loop: bool = True) -> list[Instruction]:
    """Instructions of one byte each."""
    return [
        Instruction(0x7000 + at, b"\0", name, operands, in_loop)
        for at, (name, _, operands) in enumerate(line.partition(" ") for line in lines)
    ]


SLIDE = code(
    "mov (%r9), %rdx", "xor %r12, %rdx", "not %rdx", "popcnt %rdx, %rdx", "add %edx, (%rcx)", "add $8, %r9"
)


def test_the_slide_s_instructions_have_their_roles_and_results() -> None:
    assert [row["role"] for row in encode_instructions(SLIDE)] == [None, "xor", "not", "count", "add", None]
    assert encode_results(SLIDE) == [None, "xor", "xnor", "popcount", "acc", None]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("xor %r12, %rdx", "xor"),
        ("xor %edx, %edx", None),
        ("vpxord %zmm1, %zmm1, %zmm1", None),
        ("vpxord -0x40(%rcx), %zmm0, %zmm5", "xor"),
        ("vpopcntd %zmm3, %zmm3", "count"),
        ("add %rdx, %r15", "add"),
        ("add $1, %rdx", None),
        ("add x1, x1, #1", None),
        ("add w0, w2, w0", "add"),
        ("mov %rax, %rdx", None),
    ],
)
def test_what_makes_a_zero_or_moves_a_pointer_is_not_marked(line: str, role: str | None) -> None:
    (one,) = code(line)
    known = meaning(one)
    assert (known.role if known else None) == role
    (outside,) = code(line, in_loop=False)
    assert meaning(outside) is None


@pytest.mark.parametrize(
    "loop",
    [
        code("xor %r12, %rdx", "popcnt %rdx, %rdx", "add %edx, (%rcx)"),  # the not may stand before the loop
        code(
            "not %rdx", "xor %r12, %rdx", "popcnt %rdx, %rdx", "add %edx, (%rcx)"
        ),  # equal, but another order
        SLIDE + SLIDE,
    ],
)
def test_no_number_is_claimed_of_a_loop_that_computes_otherwise(loop: list[Instruction]) -> None:
    assert set(encode_results(loop)) == {None}


def test_arm_s_loop_has_results_too() -> None:
    loop = code(
        "eon x0, x5, x0", "fmov d0, x0", "cnt v0.8b, v0.8b", "addv b0, v0.8b", "fmov x0, d0", "add w0, w2, w0"
    )
    assert encode_results(loop) == ["xnor", None, None, "popcount", None, "acc"]


def test_jumps_name_offsets_and_other_numbers_stay() -> None:
    rows = encode_instructions(
        [
            Instruction(0x7000, b"\1", "mov", "0x40(%rsp), %rax", False),
            Instruction(0x70A0, b"\2\3", "jne", "0x7000", True),
            Instruction(0x70A2, b"\4", "call", "0x9000", True),
            Instruction(0x70A3, b"\5", "b.ne", "#0x70a0", True),
        ]
    )
    assert [row["operands"] for row in rows] == ["0x40(%rsp), %rax", "+0", "0x9000", "+a0"]
    assert [(row["offset"], row["bytes"]) for row in rows[:2]] == [("0", "01"), ("a0", "02 03")]


def test_instructions_out_of_order_are_refused() -> None:
    for wrong in (SLIDE[::-1], SLIDE[:1] * 2):
        with pytest.raises(ValueError, match="in the order of their addresses, each once"):
            encode_instructions(wrong)


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_every_kernel_s_loop_is_explained(kernel: str) -> None:
    loop = [one for one in bnnlab.disassemble(kernel) if one.in_loop]
    roles = {entry["role"] for entry in explain(loop)}
    assert {"count", "add"} <= roles
    assert all(entry["text"].endswith(".") for entry in explain(loop))
    assert sum(map(products, loop)) >= 64


def test_products_are_those_that_one_instruction_counts() -> None:
    counted = {
        "popcnt %rdx, %rdx": 64, "vpopcntd %zmm3, %zmm3": 512, "vpshufb %ymm2, %ymm10, %ymm13": 128,
        "cnt v0.8b, v0.8b": 64, "cnt v0.16b, v0.16b": 128, "call 0x1234": 64, "add %rdx, %r15": 0,
    }  # fmt: skip
    assert {line: products(code(line)[0]) for line in counted} == counted


def test_the_library_call_is_explained_where_there_is_one() -> None:
    calls = [entry for entry in explain(disassemble_anywhere()) if entry["mnemonic"] in ("call", "bl")]
    assert all("library function" in entry["text"] for entry in calls)
