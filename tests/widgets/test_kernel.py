"""The kernel picture's data is the source and the machine code of one kernel, and says what they hold."""

import json

import pytest

import bnnlab
from bnnlab.bits.disassembly import disassemble_anywhere
from bnnlab.bits.listing import listing
from bnnlab.widgets import kernel


@pytest.mark.parametrize("name", bnnlab.kernels())
def test_source_and_code_travel_whole(name: str) -> None:
    instructions = bnnlab.disassemble(name)
    data = json.loads(json.dumps(kernel.encode(name, listing(name), instructions), allow_nan=False))
    assert data["source"]["lines"] == list(listing(name).lines)
    assert [row["mnemonic"] for row in data["code"]] == [one.mnemonic for one in instructions]
    loop = [row for row in data["code"] if row["in_loop"]]
    counting = [row for row in loop if row["role"]]
    assert f"with {len(loop)} instructions" in data["summary"]
    assert f"and {len(loop) - len(counting)} that fetch" in data["summary"]
    assert sum(entry["times"] for entry in data["meanings"]) == len(counting)
    assert f"address {instructions[0].address:#x}" in data["place"]
    assert data["compared"]


def test_the_lecture_s_loop_is_compared_with_that_for_any_cpu() -> None:
    data = kernel.encode("lecture", listing(), bnnlab.disassemble(), anywhere=disassemble_anywhere())
    assert data["anywhere"]
    assert all(row["in_loop"] for row in data["anywhere"])
    assert {entry["role"] for entry in data["anywhere_meanings"]} == {"count"}
    assert kernel.encode("lecture", listing(), bnnlab.disassemble())["anywhere"] == []


def test_the_sentence_about_the_slide_depends_on_the_code() -> None:
    def compared(*names: str) -> str:
        instructions = [
            bnnlab.Instruction(at, b"\0", name, "%rax, %rdx", True) for at, name in enumerate(names)
        ]
        return str(kernel.encode("lecture", listing(), instructions)["compared"])

    assert "the same three instructions" in compared("mov", "xor", "not", "popcnt", "add")
    assert compared("xor", "not", "call", "add").endswith("xor, not, call, add.")


def test_without_machine_code_the_source_stays() -> None:
    data = kernel.encode("lecture", listing(), [])
    assert data["source"]["lines"]
    assert (data["code"], data["summary"], data["place"]) == ([], "", "")


def test_equal_pictures_have_equal_names() -> None:
    names = {
        name: kernel.encode(name, listing(name), bnnlab.disassemble(name))["id"] for name in bnnlab.kernels()
    }
    assert len(set(names.values())) == len(names)
    again = kernel.encode("scalar", listing("scalar"), bnnlab.disassemble("scalar"))["id"]
    assert again == names["scalar"]
