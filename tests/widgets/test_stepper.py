"""The stepper's data says what the trace said, and refuses what it could not show truthfully."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bnnlab
from bnnlab.bits.listing import Listing
from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import stepper
from bnnlab.widgets.shared.edits import Edits

LINES = ("for (n = 0; n < N; ++n)", "    C[m * ldc + n] += popcount(~(A_PART ^ B[k * ldb + n]));")
LISTING = Listing("lecture.c", LINES, (27, 28), (1,))


def signs(rng: np.random.Generator, *shape: int) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], shape)


def encoded(a: NDArray[np.float64], b: NDArray[np.float64], **more: Any) -> dict[str, Any]:
    trace = bnnlab.trace_gemm(bnnlab.pack_rows(a), bnnlab.pack_columns(b))
    arguments: dict[str, Any] = {"reference": a @ b, "listing": LISTING} | more
    return stepper.encode(trace, **arguments)


@pytest.mark.parametrize("depth", [1, 4, 64, 65, 100, 256, 784])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 2), (1, 8), (8, 1)])
def test_words_survive_the_journey_through_json(
    rng: np.random.Generator, depth: int, rows: int, columns: int
) -> None:
    a, b = signs(rng, rows, depth), signs(rng, depth, columns)
    data = json.loads(json.dumps(encoded(a, b), allow_nan=False))
    pa, pb = bnnlab.pack_rows(a), bnnlab.pack_columns(b)
    assert [int(word, 16) for word in data["a"]] == pa.words.ravel().tolist()
    assert [int(word, 16) for word in data["b"]] == pb.words.ravel().tolist()
    assert data["words"] == pa.words.shape[1]
    assert data["padding"] == pa.padding
    assert data["result"] == data["reference"] == (a @ b).ravel().tolist()


def test_each_step_can_be_rebuilt_from_its_position(rng: np.random.Generator) -> None:
    data = encoded(signs(rng, 3, 100), signs(rng, 100, 4))
    at = 0
    counts = np.zeros((3, 4), int)
    for m in range(3):
        for k in range(data["words"]):
            for n in range(4):
                a = int(data["a"][m * data["words"] + k], 16)
                b = int(data["b"][k * 4 + n], 16)
                xnor = ~(a ^ b) & (2**64 - 1)
                counts[m, n] += xnor.bit_count()
                assert int(data["xnor"][at], 16) == xnor
                assert data["popcount"][at] == xnor.bit_count()
                assert data["acc"][at] == counts[m, n]
                at += 1
    assert at == len(data["popcount"])


def test_the_listing_travels_with_its_numbers_and_its_one_marked_line(rng: np.random.Generator) -> None:
    a, b = signs(rng, 2, 8), signs(rng, 8, 3)
    assert encoded(a, b)["listing"] == {
        "file": "ext/lecture.c",
        "lines": list(LINES),
        "numbers": [27, 28],
        "active": [1],
    }
    for active in ((), (0, 1)):
        with pytest.raises(ValueError, match="listing must have one active line, got"):
            encoded(a, b, listing=Listing("lecture.c", LINES, (27, 28), active))


def test_the_loop_s_instructions_come_with_what_they_leave_behind(rng: np.random.Generator) -> None:
    instructions = bnnlab.disassemble()
    data = encoded(signs(rng, 2, 8), signs(rng, 8, 3), instructions=instructions)
    loop = [one for one in instructions if one.in_loop]
    assert [row["mnemonic"] for row in data["instructions"]] == [one.mnemonic for one in loop]
    assert len(data["results"]) == len(loop)
    assert encoded(np.ones((1, 4)), np.ones((4, 1)))["instructions"] == []
    with pytest.raises(ValueError, match="instructions must stand in the order of their addresses"):
        encoded(np.ones((1, 4)), np.ones((4, 1)), instructions=instructions[::-1])


def test_turned_signs_travel_and_where_none_can_be_turned_the_picture_knows(rng: np.random.Generator) -> None:
    a, b = signs(rng, 2, 8), signs(rng, 8, 3)
    assert encoded(a, b)["edit"] is None
    edits = Edits("these", a=(3,), b=(0, 5), serial=2)
    assert encoded(a, b, edits=edits)["edit"] == {
        "base": "these",
        "answered": 2,
        "turned": {"A": [3], "B": [0, 5]},
        "wrong": False,
    }


def test_the_cast_is_explained_where_there_is_one(rng: np.random.Generator) -> None:
    a, b = signs(rng, 2, 8), signs(rng, 8, 3)
    packed = bnnlab.pack_rows(a), bnnlab.pack_columns(b)
    explained = {
        width: stepper.encode(bnnlab.trace_gemm(*packed, word_bits=width), reference=a @ b, listing=LISTING)[
            "cast"
        ]
        for width in WORD_WIDTHS
    }
    assert [width for width, text in explained.items() if "(BINARY_WORD)" in text] == [8, 16, 32]


def test_long_traces_send_no_xnor_and_longer_ones_are_refused(rng: np.random.Generator) -> None:
    b = signs(rng, 64, 64)
    assert encoded(signs(rng, 64, 64), b)["xnor"] is not None  # 4096 steps
    assert encoded(signs(rng, 65, 64), b)["xnor"] is None
    assert len(encoded(signs(rng, 512, 64), b)["acc"]) == stepper.MAX_STEPS_SHOWN
    with pytest.raises(ValueError, match="1 to 32768 steps to be shown, this one has 32832"):
        encoded(signs(rng, 513, 64), b)


def test_an_empty_trace_is_refused() -> None:
    with pytest.raises(ValueError, match="this one has 0"):
        encoded(np.ones((0, 4)), np.ones((4, 2)))


def test_the_start_is_kept_inside_and_is_no_part_of_the_identity(rng: np.random.Generator) -> None:
    a, b = signs(rng, 2, 70), signs(rng, 70, 3)
    first, other, beyond = (encoded(a, b, start_step=at) for at in (0, 5, 99))
    assert [data["start_step"] for data in (first, other, beyond)] == [0, 5, 11]
    assert encoded(a, b, start_step=-3)["start_step"] == 0
    assert first["id"] == other["id"] == beyond["id"]
    assert encoded(-a, b)["id"] != first["id"]


def test_a_wrong_reference_shape_is_refused(rng: np.random.Generator) -> None:
    a, b = signs(rng, 2, 8), signs(rng, 8, 3)
    with pytest.raises(ValueError, match=r"reference must have shape \(2, 3\), got \(3, 2\)"):
        encoded(a, b, reference=np.zeros((3, 2)))


def test_a_trace_in_another_order_is_refused(rng: np.random.Generator) -> None:
    trace = bnnlab.trace_gemm(bnnlab.pack_rows(signs(rng, 2, 8)), bnnlab.pack_columns(signs(rng, 8, 2)))
    trace.steps[:] = trace.steps[::-1].copy()
    with pytest.raises(ValueError, match="in the order m, k, n"):
        stepper.encode(trace, reference=trace.result, listing=LISTING)


@pytest.mark.parametrize(
    ("scale", "factor", "equal"),
    [(1.0, 1.0, True), (1.0, 1.01, False), (0.03, 0.03, True), (0.03, 0.031, False)],
)
def test_the_network_s_own_answer_is_compared_with_the_last_cell(
    rng: np.random.Generator, scale: float, factor: float, equal: bool
) -> None:
    a, b = np.ones((1, 10)), np.ones((10, 1))
    own = float(np.float32(factor * 10))
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    context = stepper.NeuronContext("hidden1", 17, own, scale, image, "a note")
    shown = encoded(a, b, context=context)["context"]
    assert shown["equal"] is equal
    assert shown["image"] == {"height": 3, "width": 4, "grey": list(range(12))}
    json.dumps(shown, allow_nan=False)


def test_a_network_that_answers_nan_is_refused() -> None:
    context = stepper.NeuronContext("hidden1", 0, float("nan"))
    with pytest.raises(ValueError, match="pre_activation must be finite, got nan"):
        encoded(np.ones((1, 4)), np.ones((4, 1)), context=context)


def test_an_image_that_is_none_is_refused() -> None:
    context = stepper.NeuronContext("hidden1", 0, 4.0, image=np.zeros(4, np.uint8))
    with pytest.raises(ValueError, match="image must be 2-D uint8, got 1-D uint8"):
        encoded(np.ones((1, 4)), np.ones((4, 1)), context=context)


@pytest.mark.parametrize(("bit", "step", "place"), [(0, 0, 0), (63, 0, 63), (64, 1, 0), (99, 1, 35)])
def test_the_bit_of_a_weight_is_marked_in_the_step_that_counts_it(bit: int, step: int, place: int) -> None:
    context = stepper.NeuronContext("conv2", 4, 100.0, noun="filter", weight_name="tap 7", bit=bit)
    data = encoded(np.ones((1, 100)), np.ones((100, 1)), context=context)
    assert data["mark"] == {"step": step, "bit": place, "weight": "tap 7", "of": "filter 4"}
    assert data["start_step"] == step
    assert encoded(np.ones((1, 100)), np.ones((100, 1)), context=context, start_step=0)["start_step"] == 0
    assert encoded(np.ones((1, 100)), np.ones((100, 1)))["mark"] is None


def test_the_marked_bit_belongs_to_the_last_cell() -> None:
    context = stepper.NeuronContext("hidden1", 4, 100.0, bit=70)
    data = encoded(np.ones((3, 100)), np.ones((100, 2)), context=context)
    assert data["mark"]["step"] == len(data["popcount"]) - 1
    assert data["mark"]["weight"] == "product 70"


def test_a_marked_bit_outside_the_depth_is_refused() -> None:
    context = stepper.NeuronContext("hidden1", 4, 4.0, bit=4)
    with pytest.raises(ValueError, match=r"bit must be in 0\.\.3, got 4"):
        encoded(np.ones((1, 4)), np.ones((4, 1)), context=context)
