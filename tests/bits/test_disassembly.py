"""The machine code shown is that of the loaded kernels, whole, and the loop that is marked is the one that counts."""

import json
import platform
import re
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

import bnnlab
from bnnlab import _xnor
from bnnlab.bits import disassembly
from bnnlab.bits.disassembly import Instruction, as_text, disassemble_anywhere

ON_X86 = platform.machine().lower() in ("x86_64", "amd64")
x86 = pytest.mark.skipif(not ON_X86, reason="these are instructions of x86-64")


def loop(instructions: list[Instruction]) -> list[str]:
    return [one.mnemonic for one in instructions if one.in_loop]


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_the_code_is_what_lies_in_memory(kernel: str) -> None:
    instructions = bnnlab.disassemble(kernel)
    last = instructions[-1]
    start, memory = _xnor.code(kernel, last.address + len(last.bytes) - instructions[0].address)
    assert instructions[0].address == start
    for one, following in zip(instructions, [*instructions[1:], None], strict=True):
        assert memory[one.address - start :].startswith(one.bytes)
        assert following is None or one.address + len(one.bytes) <= following.address


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_the_function_ends_and_nothing_is_left_out(kernel: str) -> None:
    """Every jump leads to an instruction that is there, and what follows an instruction is there too."""
    instructions = bnnlab.disassemble(kernel)
    assert instructions[-1].mnemonic in ("ret", "jmp", "b")
    addresses = {one.address for one in instructions}
    for one in instructions:
        if one.mnemonic.startswith("j"):
            assert int(one.operands, 16) in addresses
        if one.mnemonic not in ("ret", "jmp", "b"):
            assert one.address + len(one.bytes) in addresses


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_the_loop_is_one_piece_and_ends_by_going_back(kernel: str) -> None:
    instructions = bnnlab.disassemble(kernel)
    inside = [index for index, one in enumerate(instructions) if one.in_loop]
    assert inside == list(range(inside[0], inside[-1] + 1))
    first, last = instructions[inside[0]], instructions[inside[-1]]
    assert int(last.operands.split(", ")[-1].lstrip("#"), 16) == first.address


@x86
@pytest.mark.parametrize(
    ("kernel", "computing"),
    [
        ("lecture", {"xor", "not", "popcnt", "add"}),
        ("scalar", {"xor", "popcnt", "add"}),
        ("avx2", {"vpshufb", "vpaddb"}),
        ("avx512vpopcntdq", {"vpxord", "vpopcntd", "vpaddd"}),
    ],
)
def test_the_loop_counts_with_the_instructions_it_was_written_for(kernel: str, computing: set[str]) -> None:
    if kernel not in bnnlab.kernels() or (kernel in ("lecture", "scalar") and not has_popcnt()):
        pytest.skip(f"this CPU lacks what the kernel {kernel!r} is written for")
    assert computing <= set(loop(bnnlab.disassemble(kernel)))


@x86
def test_the_lecture_s_loop_is_the_slide_s() -> None:
    if not has_popcnt():
        pytest.skip("this CPU has no popcnt instruction")
    names = loop(bnnlab.disassemble())
    assert [name for name in names if name in ("xor", "not", "popcnt")] == ["xor", "not", "popcnt"]


@x86
def test_for_any_cpu_the_lecture_s_loop_calls_a_function_instead() -> None:
    names = loop(disassemble_anywhere())
    assert [name for name in names if name in ("xor", "not", "call")] == ["xor", "not", "call"]
    assert "popcnt" not in {one.mnemonic for one in disassemble_anywhere()}


def has_popcnt() -> bool:
    return disassemble_anywhere()[0].address != bnnlab.disassemble()[0].address


def test_a_kernel_that_cannot_run_is_refused_as_elsewhere() -> None:
    with pytest.raises(ValueError, match=r"kernel must be 'auto' or one of \(.*\), got 'nosuch'"):
        bnnlab.disassemble("nosuch")


@pytest.mark.parametrize("machine", ["riscv64", "ppc64le", ""])
def test_another_cpu_is_named(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(NotImplementedError, match=f"not on this CPU.*{machine or 'unknown'}"):
        bnnlab.disassemble()


def placed(code: bytes, address: int) -> Callable[[int], tuple[int, bytes]]:
    """As if `code` were loaded there. Reading a page that it does not reach would fail, as in memory."""

    def read(size: int) -> tuple[int, bytes]:
        pages = -(-(address + len(code)) // 4096) * 4096 - address
        assert size <= pages, "read beyond the last page of the function"
        return address, (code + bytes(pages))[:size]

    return read


# f: xor (%rsi), %rdi; popcnt %rdi, %rax; dec %rdx; jne f; jmp 1f; ud2; 1: ret; nop
X86 = bytes.fromhex("48333e f3480fb8c7 48ffca 75f3 eb02 0f0b c3 90")


@pytest.mark.parametrize("before_page_end", [0, 1, 5, 9, 14, 17])
def test_the_flow_is_followed_across_pages_and_no_further(
    monkeypatch: pytest.MonkeyPatch, before_page_end: int
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    found = disassembly._function(placed(X86[:-1], 0x7000 - before_page_end))
    assert [one.mnemonic for one in found] == ["xor", "popcnt", "dec", "jne", "jmp", "ret"]
    assert loop(found) == ["xor", "popcnt", "dec", "jne"]


def test_a_jump_out_of_the_function_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    elsewhere = bytes.fromhex("f3480fb8c7 e900001000 90")  # popcnt %rdi, %rax; jmp 1 MB further
    assert [one.mnemonic for one in disassembly._function(placed(elsewhere, 0x4000))] == ["popcnt", "jmp"]


def test_the_busiest_of_several_loops_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One outer loop round two inner ones: one popcnt in the first, two in the second."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    popcnt, dec = "f3480fb8c7 ", "48ffca "
    code = bytes.fromhex(f"{popcnt} {dec} 75f6 {popcnt * 2} {dec} 75f1 {dec} 75e2 c3")
    assert loop(disassembly._function(placed(code, 0x4000))) == ["popcnt", "popcnt", "dec", "jne"]


def test_a_size_that_no_register_tells_stays_in_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    code = bytes.fromhex("48833803 48833c1903 4839d0 c3")  # cmp $3 to (%rax), to (%rcx,%rbx); %rdx to %rax
    lines = [f"{one.mnemonic} {one.operands}" for one in disassembly._function(placed(code, 0x4000))]
    assert lines == ["cmpq $3, (%rax)", "cmpq $3, (%rcx,%rbx)", "cmp %rdx, %rax", "ret "]


def test_bytes_that_are_no_instruction_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    with pytest.raises(NotImplementedError, match="knows no instruction 06 00"):
        disassembly._function(placed(b"\x06", 0x4000))


def test_a_function_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    with pytest.raises(NotImplementedError, match="longer than 16384 bytes"):
        disassembly._function(placed(b"\x90" * 40_000, 0x4000))


# The lecture's innermost loop as gcc 12 compiles it for ARM, and a return; each instruction is one little-endian word.
ARM_LOOP = np.array(
    [
        0xF8617880, 0xB8617862, 0xCA2000A0, 0x9E670000, 0x0E205800, 0x0E31B800, 0x9E660000,
        0x0B000040, 0xB8217860, 0x91000421, 0xEB01011F, 0x54FFFEA1, 0xD65F03C0,
    ],
    "<u4",
).tobytes()  # fmt: skip


def test_arm_is_decoded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    found = disassembly._function(placed(ARM_LOOP, 0x4000))
    assert [one.mnemonic for one in found][-2:] == ["b.ne", "ret"]
    assert loop(found) == [
        "ldr",
        "ldr",
        "eon",
        "fmov",
        "cnt",
        "addv",
        "fmov",
        "add",
        "str",
        "add",
        "cmp",
        "b.ne",
    ]


def test_text_shows_offsets_and_marks_the_loop() -> None:
    heading, *lines = as_text(bnnlab.disassemble()).splitlines()
    assert heading.split() == ["at", "bytes", "instruction", "operands"]
    assert lines[0].split()[0] == "0"
    marked = [line for line in lines if line.startswith("|")]
    assert len(marked) == len(loop(bnnlab.disassemble()))


def test_the_disassembler_is_loaded_on_first_use_only() -> None:
    code = (
        "import sys, json, bnnlab; before = 'capstone' in sys.modules; bnnlab.disassemble(); "
        "print(json.dumps([before, 'capstone' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [False, True]


@pytest.mark.parametrize("kernel", bnnlab.kernels())
def test_text_says_of_jumps_to_which_of_its_lines_they_lead(kernel: str) -> None:
    """A jump that is given as an address tells nothing: addresses differ from run to run."""
    instructions = bnnlab.disassemble(kernel)
    _, *lines = as_text(instructions).splitlines()
    offsets = {line.lstrip("| ").split()[0] for line in lines}
    targets = {target for line in lines for target in re.findall(r" \+([0-9a-f]+)$", line)}
    assert targets
    assert targets <= offsets
    assert not any(f"{one.address:#x}" in line for one in instructions for line in lines)


@pytest.mark.parametrize("word_bits", [8, 16, 32])
def test_the_lectures_loop_is_compiled_for_narrow_words(word_bits: int) -> None:
    wide, narrow = bnnlab.disassemble("lecture"), bnnlab.disassemble("lecture", word_bits=word_bits)
    assert narrow[0].address != wide[0].address
    counting = [
        one.mnemonic
        for one in narrow
        if one.in_loop and one.mnemonic in (*disassembly.COUNTS, *disassembly.CALLS)
    ]
    assert counting


def test_only_the_lectures_loop_takes_narrow_words() -> None:
    with pytest.raises(
        ValueError, match="word_bits must be 64 for kernel 'scalar', got 8; 'lecture' takes others"
    ):
        bnnlab.disassemble("scalar", word_bits=8)
