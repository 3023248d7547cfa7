"""The machine code of the loaded kernels: what the compiler made of them, read from this process's memory.

x86-64 is written as in the lecture and by objdump (AT&T): sources first, the destination last. Where a function
ends is found by following its control flow from the first instruction.
"""

from __future__ import annotations

import builtins
import platform
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any

from bnnlab import _xnor
from bnnlab.bits.packing import WORD_BITS
from bnnlab.bits.trace import check_word_bits
from bnnlab.bits.weights import chosen_kernel

COUNTS = ("popcnt", "vpopcntb", "vpopcntw", "vpopcntd", "vpopcntq", "vpshufb", "cnt")
"""Instructions that count bits, or look such counts up."""

CALLS = ("call", "bl")
"""Where there is no such instruction, a library function is called that counts."""

MOST_BYTES = 1 << 14
"""Functions are shown up to this length; a jump further than that is taken to lead to another function."""

_PAGE = 4096  # memory is mapped in whole pages, of this size or a multiple
_LONGEST = 16  # bytes in an instruction

_Read = Callable[[int], tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One machine instruction of a loaded function.

    Attributes:
        address: Where it lies in the memory of this process.
        bytes: Its encoding.
        mnemonic: Its name, such as ``"popcnt"``.
        operands: Its operands, such as ``"%rax, %rax"``.
        in_loop: Whether it belongs to the innermost loop that counts bits.
    """

    address: int
    bytes: builtins.bytes
    mnemonic: str
    operands: str
    in_loop: bool


def disassemble(kernel: str = "lecture", word_bits: int = 64) -> list[Instruction]:
    """The machine code of the function that holds a kernel's innermost loop.

    Args:
        kernel: One of `kernels()`, or ``"auto"`` for the one that `xnor_gemm` takes.
        word_bits: Width of a word. The kernels take 64; the lecture's loop is compiled for 8, 16 and 32 too.

    Returns:
        The instructions that can be reached from the function's first without a call, by address.

    Raises:
        TypeError: If `word_bits` is no int.
        ValueError: If this CPU can run no such kernel, or the kernel takes no such words.
        NotImplementedError: If the CPU is neither x86-64 nor 64-bit ARM, or the disassembler does not know an
            instruction of the function, or it is longer than `MOST_BYTES`.
    """
    check_word_bits(word_bits)
    name = chosen_kernel(kernel)
    if word_bits == WORD_BITS:
        return _function(partial(_xnor.code, name))
    if name != "lecture":
        raise ValueError(
            f"word_bits must be {WORD_BITS} for kernel {name!r}, got {word_bits}; 'lecture' takes others"
        )
    return _function(partial(_xnor.code_of_words, word_bits))


def disassemble_anywhere() -> list[Instruction]:
    """As `disassemble`, of the lecture's loop as it is compiled for every CPU of the architecture.

    On x86-64 that is without the popcnt instruction, which came later; where the CPU has it, this code is there
    but does not run. On 64-bit ARM it is the same code as that of the kernel ``"lecture"``.
    """
    return _function(_xnor.code_anywhere)


def as_text(instructions: Sequence[Instruction]) -> str:
    """One line for each instruction: offset, bytes, name, operands; a bar marks the loop. A heading above."""
    start = instructions[0].address
    lines = [
        f"{'|' if one.in_loop else ' '} {one.address - start:5x}  {one.bytes.hex(' '):<32}  "
        f"{one.mnemonic:<12} {operands}".rstrip()
        for one, operands in zip(instructions, relative_operands(instructions), strict=True)
    ]
    return "\n".join([f"  {'at':>5}  {'bytes':<32}  {'instruction':<12} operands", *lines])


def extent(instructions: Sequence[Instruction]) -> str:
    """How long a function is, where it lies, and how much of it is the loop: in one sentence."""
    size = sum(len(one.bytes) for one in instructions)
    loop = sum(one.in_loop for one in instructions)
    return (
        f"{len(instructions):,} instructions, {size:,} bytes at address {instructions[0].address:#x} of this process; "
        f"{loop} of them are the loop in which nearly all time is spent."
    )


def relative_operands(instructions: Sequence[Instruction]) -> list[str]:
    """The operands of each, with the address of another of these instructions written as its offset, as ``+1f``."""
    addresses = {one.address for one in instructions}
    start = min(addresses, default=0)

    def offset(found: re.Match[str]) -> str:
        address = int(found[1], 16)
        return f"+{address - start:x}" if address in addresses else found[0]

    return [re.sub(r"#?(0x[0-9a-f]+)\b", offset, one.operands) for one in instructions]


def _function(read: _Read) -> list[Instruction]:
    found = _reachable(_Memory(read))
    start, end = _counting_loop(found)
    return [
        Instruction(address, bytes(one.bytes), _mnemonic(one), _operands(one), start <= address <= end)
        for address, one in sorted(found.items())
    ]


class _Memory:
    """Decoded memory from a function's start on. A page is read only when the control flow leads into it."""

    def __init__(self, read: _Read) -> None:
        self._read = read
        self._decoder = _decoder()
        self.start, self._bytes = read(0)[0], b""

    def instruction(self, address: int) -> Any:
        while True:
            offset = address - self.start
            code = self._bytes[offset : offset + _LONGEST]
            if (one := next(self._decoder.disasm(code, address, 1), None)) is not None:
                return one
            if len(code) == _LONGEST:
                raise NotImplementedError(f"the disassembler knows no instruction {code.hex(' ')}")
            if offset >= MOST_BYTES:
                raise NotImplementedError(f"the function is longer than {MOST_BYTES} bytes")
            end = self.start + max(offset, len(self._bytes))
            size = (end // _PAGE + 1) * _PAGE - self.start
            self._bytes = self._read(size)[1]

    def holds(self, address: int) -> bool:
        """Whether an address can belong to the function: not before its start, nor far behind."""
        return self.start <= address < self.start + MOST_BYTES


def _decoder() -> Any:
    import capstone

    machine = platform.machine().lower()
    if machine in ("x86_64", "amd64"):
        decoder = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
        decoder.syntax = capstone.CS_OPT_SYNTAX_ATT
    elif machine in ("aarch64", "arm64"):
        decoder = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    else:
        raise NotImplementedError(
            f"machine code can be shown on x86-64 and on 64-bit ARM, not on this CPU ({machine or 'unknown'})"
        )
    decoder.detail = True
    return decoder


def _reachable(memory: _Memory) -> dict[int, Any]:
    """Every instruction that the function's first one leads to, by address."""
    found: dict[int, Any] = {}
    waiting = [memory.start]
    while waiting:
        for one in takewhile(lambda one: one.address not in found, _straight_on(memory, waiting.pop())):
            found[one.address] = one
            target = _branch_target(one)
            if target is not None and memory.holds(target):
                waiting.append(target)
    return found


def _straight_on(memory: _Memory, address: int) -> Iterator[Any]:
    """The instructions from `address` up to one after which the next in memory does not follow."""
    while True:
        one = memory.instruction(address)
        yield one
        if _ends_flow(one):
            return
        address += one.size


def _branch_target(one: Any) -> int | None:
    """Where a jump leads, if it is one and says so; a call comes back, and is none."""
    import capstone

    if not one.group(capstone.CS_GRP_JUMP) or one.group(capstone.CS_GRP_CALL):
        return None
    targets = [operand.imm for operand in one.operands if operand.type == capstone.CS_OP_IMM]
    return int(targets[-1]) if targets else None


def _ends_flow(one: Any) -> bool:
    import capstone

    if one.group(capstone.CS_GRP_RET) or one.mnemonic in ("jmp", "b", "ud2", "udf"):
        return True
    jumps = one.group(capstone.CS_GRP_JUMP) and not one.group(capstone.CS_GRP_CALL)
    return jumps and _branch_target(one) is None  # to an address in a register


def _counting_loop(found: Mapping[int, Any]) -> tuple[int, int]:
    """First and last address of the innermost loop that counts bits; (0, -1) where there is none.

    A loop is what lies between a backward branch and its target. Of several innermost ones, such as those for
    the rows that are left over, it is the one that counts most.
    """
    ranges = [
        (target, address)
        for address, one in found.items()
        if (target := _branch_target(one)) in found and target is not None and target <= address
    ]
    counting = _named(found, COUNTS) or _named(found, CALLS)

    def counts(loop: tuple[int, int]) -> int:
        return sum(loop[0] <= address <= loop[1] for address in counting)

    loops = {loop for loop in ranges if counts(loop)}
    innermost = [loop for loop in loops if not any(_inside(other, loop) for other in loops)]
    return max(sorted(innermost), key=counts, default=(0, -1))


def _inside(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


def _named(found: Mapping[int, Any], names: tuple[str, ...]) -> list[int]:
    return [address for address, one in found.items() if one.insn_name() in names]


def _mnemonic(one: Any) -> str:
    """Without the letter for the operand size where a register tells it: popcnt for popcntq, but cmpq $3, (%rax)."""
    name, suffix = str(one.mnemonic[:-1]), one.mnemonic[-1:]
    if name != one.insn_name() or suffix not in "bwlq":
        return str(one.mnemonic)
    operands = _operands(one)
    size_untold = "(" in operands and not re.search(r"(^|, )%", operands)
    return str(one.mnemonic) if size_untold else name


def _operands(one: Any) -> str:
    """As objdump writes them: no blanks inside an address."""
    return re.sub(r"\([^)]*\)", lambda place: place[0].replace(" ", ""), one.op_str)
