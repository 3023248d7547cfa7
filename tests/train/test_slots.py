"""First come, first served, and nobody loses a place by looking up."""

from bnnlab.train.live.slots import Slots


def test_turns_come_in_the_order_of_the_line() -> None:
    slots = Slots(1)
    first, second, third = (slots.line_up() for _ in range(3))
    assert first.wait(0)
    assert not second.wait(0)
    assert slots.is_waited_for
    first.end()
    assert second.wait(0)
    assert not third.wait(0)
    again = slots.line_up()
    second.end()
    assert third.wait(0)
    assert not again.wait(0)


def test_who_leaves_the_line_is_passed_over() -> None:
    slots = Slots(1)
    first, second, third = (slots.line_up() for _ in range(3))
    second.end()
    first.end()
    first.end()
    assert third.wait(0)
    assert not second.wait(0)
    assert slots.free == 0
    assert not slots.is_waited_for
    third.end()
    assert slots.free == 1


def test_as_many_as_there_are_slots() -> None:
    slots = Slots(2)
    turns = [slots.line_up() for _ in range(4)]
    assert [turn.wait(0) for turn in turns] == [True, True, False, False]
    slots.add()
    assert [turn.wait(0) for turn in turns] == [True, True, True, False]
