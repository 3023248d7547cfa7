"""A live run: it obeys between two steps, never dies silently, and ends when nobody wants it any more."""

import copy
import gc
import math
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from bnnlab.records import Selection, Snapshot
from bnnlab.train import LiveFrame, LiveRun, RunConfig, TrainingRun, train
from bnnlab.train.live import played as played_module
from bnnlab.train.live.slots import Slots

CONFIG = RunConfig(dataset="moons", widths=(8, 8), batch_size=50, epochs=100_000)
Start = Callable[..., LiveRun]


class Clock:
    """Stands still until it is told to go on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts live runs that have a core for themselves, and closes them in the end."""
    running: list[LiveRun] = []

    def begin(config: RunConfig = CONFIG, **options: Any) -> LiveRun:
        alone: dict[str, Any] = {"duty": 1.0, "slots": Slots(1)}
        live = LiveRun(config, **(alone | options))
        running.append(live)
        return live

    yield begin
    for live in running:
        live.close()
        assert not live._trainer.thread.is_alive()


def test_a_fresh_snapshot_is_of_this_moment(start: Start) -> None:
    live = start()
    live.play()
    for _ in range(5):
        before = live.call(lambda run: run.step)
        assert live.snapshot(fresh_within=20).status.step >= before
    live.pause()
    assert live.wait_for(state="paused").status.step == live.snapshot(fresh_within=20).status.step


def unlooked(live: LiveRun, arrived: Callable[[LiveFrame], bool]) -> LiveFrame:
    """Wait for a frame without counting as somebody who looks."""
    publisher = live._publisher
    with publisher.changed:
        assert publisher.changed.wait_for(lambda: arrived(publisher.frame), timeout=20)
    return publisher.frame


def step_of(live: LiveRun) -> int:
    """Steps done, asked on the thread itself: none can be under way."""
    return live.call(lambda run: run.step)


def advances(live: LiveRun) -> bool:
    """Whether it does steps while it is asked for their number again and again, which is no look."""
    before = step_of(live)
    return any(step_of(live) > before for _ in range(500))


def snapshot_of(frame: LiveFrame) -> Snapshot:
    assert frame.snapshot is not None
    return frame.snapshot


# Play, pause, step, reset.


def test_it_begins_paused_with_a_picture_of_step_0(start: Start) -> None:
    frame = start().wait_for()
    assert (frame.status.state, frame.status.step, frame.status.error) == ("paused", 0, None)
    assert frame.status.config == CONFIG
    assert (frame.status.steps_per_epoch, frame.status.total_steps) == (10, 1_000_000)
    assert (snapshot_of(frame).step, snapshot_of(frame).event) == (0, None)
    assert len(frame.history) == 0


def test_it_is_loading_until_then(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    may_load = threading.Event()

    def slowly(config: RunConfig) -> TrainingRun:
        assert may_load.wait(20)
        return train(config)

    monkeypatch.setattr(played_module, "begin", slowly)
    live = start()
    frame = live.snapshot()
    assert (frame.status.state, frame.status.total_steps, frame.snapshot) == ("loading", 0, None)
    may_load.set()
    assert live.wait_for(state="paused").snapshot is not None


def test_play_and_pause(start: Start) -> None:
    live = start()
    live.play()
    frame = live.wait_for(state="playing", step=30)
    assert len(frame.history) == frame.status.step == snapshot_of(frame).step
    assert frame.status.steps_per_second > 0
    live.pause()
    paused = live.wait_for(state="paused")
    assert paused.status.steps_per_second == 0
    assert paused.status.step == snapshot_of(paused).step == step_of(live) == step_of(live)
    live.play()
    live.wait_for(state="playing", step=paused.status.step + 30)


def test_single_steps(start: Start) -> None:
    live = start()
    for step in (1, 2, 3):
        live.step_once()
        frame = live.wait_for(state="paused", step=step)
        assert frame.status.step == snapshot_of(frame).step == step
    live.play()
    live.wait_for(state="playing", step=10)
    live.step_once()
    frame = live.wait_for(state="paused")
    assert frame.status.step == step_of(live)


def test_a_live_run_learns_what_train_learns(start: Start) -> None:
    config = replace(CONFIG, epochs=2)
    live = start(config)
    for _ in range(20):
        live.step_once()
    frame = live.wait_for(state="paused", step=20)
    assert frame.status.schedule_done
    with train(config) as run:
        events = list(run)
        assert live.call(lambda trained: trained.digest()) == run.digest()
    assert snapshot_of(frame).event == events[-1]
    assert frame.history.column("loss").tolist() == [event.loss for event in events]


def test_reset_starts_again(start: Start) -> None:
    live = start()
    first = live.wait_for().snapshot
    live.play()
    live.wait_for(state="playing", step=10)
    live.reset()
    frame = live.wait_for(state="paused")
    assert (frame.status.step, len(frame.history)) == (0, 0)
    assert first is not None
    for now, then in zip(snapshot_of(frame).layers, first.layers, strict=True):
        assert np.array_equal(now.signs.words, then.signs.words)
        assert not now.flip_counts.any()
        assert not now.flipped.words.any()


def test_reset_with_another_config(start: Start) -> None:
    live = start()
    live.play()
    live.wait_for(state="playing", step=5)
    other = RunConfig(dataset="digits", widths=(4,), last_layer="binary", batch_size=64)
    live.reset(other)
    frame = live.wait_for(state="paused")
    assert frame.status.config == other
    assert [layer.signs.shape for layer in snapshot_of(frame).layers] == [(10, 4)]
    live.reset()
    assert live.wait_for(state="paused").status.config == other


def test_settings_can_be_moved_while_it_plays(start: Start) -> None:
    live = start()
    live.play()
    live.wait_for(state="playing", step=5)
    live.update(learning_rate=0.001, clip_value=0.5)
    frame = live.wait_for(state="playing")
    assert frame.status.config == replace(CONFIG, learning_rate=0.001, clip_value=0.5)
    assert snapshot_of(frame).clip_value == 0.5
    assert live.call(lambda run: run.config) == frame.status.config
    live.wait_for(state="playing", step=frame.status.step + 5)
    live.reset()
    assert live.wait_for(state="paused").status.config == frame.status.config


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": math.nan},
        {"clip_value": 0.0},
        {"clip_value": 11.0},
        {"binarize": "some"},
        {"seed": 1},
    ],
)
def test_an_impossible_setting_is_refused_to_the_one_who_asked(start: Start, change: dict[str, Any]) -> None:
    live = start()
    with pytest.raises(ValueError, match=next(iter(change))):
        live.update(**change)
    assert live.wait_for(state="paused").status.config == CONFIG


def test_the_end_of_the_schedule_is_no_end(start: Start) -> None:
    live = start(replace(CONFIG, epochs=1))
    assert not live.wait_for().status.schedule_done
    live.play()
    frame = live.wait_for(state="playing", step=25)
    assert frame.status.total_steps == 10
    assert frame.status.schedule_done


# Speed.


def test_a_speed_lets_it_rest_and_every_step_is_shown(start: Start) -> None:
    live = start()
    live.set_speed(0.001)
    live.play()
    frame = live.wait_for(state="playing", step=1)
    assert snapshot_of(frame).step == 1
    assert [step_of(live) for _ in range(5)] == [1] * 5  # a thousand seconds until the next
    live.set_speed(None)
    live.wait_for(state="playing", step=20)


def test_a_start_is_slow_at_first_and_keeps_to_the_time(start: Start) -> None:
    clock = Clock()
    live = start(clock=clock)
    live.set_speed("start")
    live.play()
    assert live.wait_for(state="playing").status.speed == "start"
    assert [step_of(live) for _ in range(5)] == [0] * 5
    clock.now = 1.0  # one step is due after 0.63 s, the next one after 1.18 s
    live.call(lambda run: run.step)  # lets the thread look at the clock
    assert live.wait_for(step=1).status.speed == "start"
    assert [step_of(live) for _ in range(5)] == [1] * 5


def test_a_start_that_cannot_be_kept_becomes_as_fast_as_possible(start: Start) -> None:
    live = start()
    live.set_speed("start")
    live.play(elapsed=60)  # a million steps are due
    unlooked(live, lambda frame: frame.status.state == "playing" and frame.status.speed is None)


@pytest.mark.parametrize("speed", [0, -1, math.nan, math.inf, True, "fast"])
def test_an_impossible_speed_is_refused(start: Start, speed: float) -> None:
    with pytest.raises(ValueError, match="speed must be"):
        start().set_speed(speed)


@pytest.mark.parametrize("duty", [0, -0.5, 1.5, math.nan])
def test_an_impossible_duty_is_refused(duty: float) -> None:
    with pytest.raises(ValueError, match="duty must be above 0 and at most 1"):
        LiveRun(CONFIG, duty=duty)


# What is seen.


def frozen(snapshot: Snapshot) -> list[bytes]:
    arrays = [a for layer in snapshot.layers for a in (layer.signs.words, layer.flip_counts, layer.histogram)]
    arrays += [layer.flipped.words for layer in snapshot.layers]
    assert not any(array.flags.writeable for array in arrays)
    return [array.tobytes() for array in arrays]


def test_a_frame_stays_as_it_was_while_training_goes_on(start: Start) -> None:
    live = start()
    live.play()
    frame = live.wait_for(state="playing", step=5)
    before, losses, status = frozen(snapshot_of(frame)), frame.history.column("loss"), copy.copy(frame.status)
    later = live.wait_for(state="playing", step=frame.status.step + 50)
    assert later.status.step > status.step
    assert frozen(snapshot_of(frame)) == before
    assert np.array_equal(frame.history.column("loss"), losses)
    assert frame.status == status
    assert frozen(snapshot_of(later)) != before


def test_flips_between_two_looks_are_all_marked(start: Start) -> None:
    live = start()
    first = snapshot_of(live.wait_for())
    for _ in range(40):  # each publishes a frame that nobody sees
        live.step_once()
    unlooked(live, lambda frame: frame.status.step == 40)
    second = snapshot_of(live.snapshot())
    assert frozen(second)
    total = 0
    for now, then in zip(second.layers, first.layers, strict=True):
        flipped = now.flip_counts != then.flip_counts
        assert np.array_equal(now.flipped.unpack() == 1, flipped)
        total += int(flipped.sum())
    assert total > 0
    live.update(learning_rate=0.01)  # publishes again; what has been seen is not marked twice
    live.wait_for()
    third = snapshot_of(live.snapshot())
    assert not any(layer.flipped.words.any() for layer in third.layers)


def test_call_looks_at_the_run_on_its_own_thread(start: Start) -> None:
    live = start()
    thread = live.call(lambda run: threading.current_thread())
    assert thread is not threading.current_thread()
    assert thread.daemon
    assert live.call(lambda run: run.config) == CONFIG
    with pytest.raises(ZeroDivisionError):
        live.call(lambda run: 1 // 0)
    assert live.wait_for().status.state == "paused"


def held(hold: threading.Event) -> None:
    hold.wait(20)


def test_waiting_too_long_is_an_error(start: Start) -> None:
    live = start()
    live.wait_for(state="paused")
    with pytest.raises(TimeoutError, match="the run is paused at step 0"):
        live.wait_for(state="paused", step=1, timeout=0.01)
    hold = threading.Event()
    live._trainer.commands.put(lambda: held(hold))
    with pytest.raises(TimeoutError):
        live.call(lambda run: run.step, timeout=0.01)
    with pytest.raises(TimeoutError, match="earlier commands"):
        live.wait_for(timeout=0.01)
    hold.set()
    assert step_of(live) == 0


# Looking closer.

DIGITS = RunConfig(dataset="digits", widths=(8, 6), batch_size=50)


def played(live: LiveRun, steps: int) -> LiveFrame:
    for _ in range(steps):
        live.step_once()
    return live.wait_for(state="paused", step=steps)


def parameter(run: TrainingRun, layer: str) -> torch.Tensor:
    weight = run.model.get_submodule(layer).weight
    assert isinstance(weight, torch.Tensor)
    return weight


def digest_of(live: LiveRun) -> str:
    return live.call(lambda run: run.digest())


def test_an_example_goes_through_the_network_in_each_snapshot(start: Start) -> None:
    live = start(DIGITS)
    live.show_example(11)  # while it loads
    example = snapshot_of(live.wait_for()).example
    assert example is not None
    assert (example.index, [layer.gradient_after for layer in example.layers]) == (11, [None] * 3)
    live.look_backward(True)
    example = snapshot_of(live.wait_for()).example
    assert example is not None
    assert all(layer.gradient_after is not None for layer in example.layers)
    with pytest.raises(ValueError, match=r"example must be a whole number in 0\.\.359, got 360"):
        live.show_example(360)


def test_a_selected_weight_is_in_each_snapshot(start: Start) -> None:
    live = start(DIGITS)
    chosen = Selection("hidden1", 3, 5)
    live.select(chosen)
    frame = played(live, 4)
    snapshot = snapshot_of(frame)
    assert (snapshot.selection, snapshot.step) == (chosen, 4)
    assert snapshot.weight is not None
    assert snapshot.weight.latent == live.call(lambda run: parameter(run, "hidden1")[3, 5].item())
    assert snapshot.weight.life_steps.tolist() == [0, 1, 2, 3, 4]
    assert snapshot.weight.effect is not None
    live.select(None)
    assert snapshot_of(live.wait_for()).weight is None
    live.select(Selection("hidden1", 3))
    snapshot = snapshot_of(live.wait_for())
    assert (snapshot.selection, snapshot.weight) == (Selection("hidden1", 3), None)


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (Selection("input", 0), "layer must be one of hidden1; got 'input'"),
        (Selection("hidden1", 6), r"neuron must be a whole number in 0\.\.5, got 6"),
        (Selection("hidden1", 0, 8), r"weight must be a whole number in 0\.\.7, got 8"),
        (Selection("hidden1", -1), "neuron must be"),
        (Selection("hidden1", 1.5), "neuron must be"),  # type: ignore[arg-type]
        (Selection("hidden1", 0, 0, (0, 0)), "is no convolution"),
    ],
)
def test_what_is_not_there_cannot_be_selected(start: Start, selection: Selection, says: str) -> None:
    live = start(DIGITS)
    before = snapshot_of(live.wait_for()).selection
    with pytest.raises(ValueError, match=says):
        live.select(selection)
    assert snapshot_of(live.wait_for()).selection == before


def test_in_a_run_that_failed_nothing_can_be_selected(start: Start, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    live = start(RunConfig(dataset="cifar10"))
    with pytest.raises(ValueError, match="there is no network to look at: data set 'cifar10'"):
        live.select(Selection("hidden1", 0))


def test_some_weight_is_looked_at_from_the_start(start: Start) -> None:
    snapshot = snapshot_of(start(replace(DIGITS, widths=(12, 3))).wait_for())
    assert snapshot.selection == Selection("hidden1", 2, 10)
    assert snapshot.weight is not None


def test_what_another_network_lacks_is_forgotten(start: Start) -> None:
    live = start(DIGITS)
    live.select(Selection("hidden1", 5, 6))
    live.show_example(300)
    live.reset(replace(DIGITS, dataset="moons", widths=(8, 5)))
    snapshot = snapshot_of(live.wait_for())
    assert snapshot.selection == Selection("hidden1", 3, 7), "the first choice again"
    assert snapshot.example is not None
    assert snapshot.example.index in (0, 300)


@pytest.mark.parametrize("optimizer", ["adam", "bop"])
def test_a_flip_is_seen_everywhere_and_a_second_one_is_its_undo(start: Start, optimizer: str) -> None:
    live = start(replace(DIGITS, optimizer=optimizer))
    live.select(Selection("hidden1", 2, 3))
    before = snapshot_of(played(live, 3))
    assert before.weight is not None
    assert before.weight.effect is not None
    digest, accuracy = digest_of(live), live.call(lambda run: run.evaluate()[1])
    live.snapshot()
    live.flip()
    frame = live.wait_for()
    after = snapshot_of(frame)
    assert frame.status.flip_report == (accuracy, live.call(lambda run: run.evaluate()[1]))
    assert frame.status.flip_report[1] == pytest.approx(before.weight.effect.right_then / 360)
    assert after.weight is not None
    assert after.weight.latent == -before.weight.latent
    assert after.weight.crossings.tolist() == before.weight.crossings.tolist(), "no flip of training"
    (layer,), (earlier,) = after.layers, before.layers
    assert np.argwhere(layer.signs.unpack() != earlier.signs.unpack()).tolist() == [[2, 3]]
    assert np.argwhere(layer.flipped.unpack() == 1).tolist() == [[2, 3]]
    assert layer.flip_counts[2, 3] == earlier.flip_counts[2, 3]
    assert digest_of(live) != digest
    live.flip()
    frame = live.wait_for()
    assert digest_of(live) == digest
    assert frame.status.flip_report is not None
    assert frame.status.flip_report[1] == accuracy


def test_a_flip_needs_a_weight(start: Start) -> None:
    live = start(DIGITS)
    live.select(Selection("hidden1", 2))
    with pytest.raises(ValueError, match="flip needs a selected weight"):
        live.flip()


# A reset undone, a thread ended and a new one.


def test_undo_brings_back_the_very_network(start: Start) -> None:
    live = start(DIGITS)
    frame = played(live, 5)
    assert not frame.status.can_undo
    digest = digest_of(live)
    live.reset(replace(DIGITS, dataset="moons", widths=(4,)))
    fresh = live.wait_for()
    assert (fresh.status.step, fresh.status.can_undo) == (0, True)
    live.undo()
    back = live.wait_for()
    assert (back.status.step, back.status.config, back.status.can_undo) == (5, DIGITS, False)
    assert len(back.history) == 5
    assert digest_of(live) == digest
    live.undo()  # there is nothing more
    live.step_once()
    assert live.wait_for().status.step == 6
    with train(DIGITS) as run:
        for _ in range(6):
            next(run)
        assert digest_of(live) == run.digest()


def test_a_reset_to_what_cannot_be_loaded_can_be_undone(start: Start, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    live = start(DIGITS)
    played(live, 2)
    live.reset(RunConfig(dataset="cifar10"))
    with pytest.raises(RuntimeError):
        live.wait_for(state="paused")
    live.undo()
    frame = live.wait_for(state="paused")
    assert (frame.status.step, frame.status.error) == (2, None)


def test_a_parked_run_has_no_thread_and_goes_on_bit_for_bit(start: Start) -> None:
    live = start(DIGITS)
    played(live, 3)
    thread = live._trainer.thread
    live.park()
    live.park()
    thread.join(20)
    assert not thread.is_alive()
    assert live.snapshot().status.step == 3
    with pytest.raises(RuntimeError, match="parked"):
        live.call(lambda run: run.step)
    with pytest.raises(RuntimeError, match="parked"):
        live.wait_for(step=4)
    live.step_once()  # is done when it wakes
    live.wake()
    live.wake()
    live.step_once()
    live.wait_for(step=5)
    with train(DIGITS) as run:
        for _ in range(5):
            next(run)
        assert digest_of(live) == run.digest()


def test_one_that_played_when_it_was_parked_plays_on(start: Start) -> None:
    live = start()
    live.play()
    live.wait_for(state="playing", step=3)
    live.park()
    live._trainer.thread.join(20)
    step = live._player._played.step
    live.wake()
    live.wait_for(state="playing", step=step + 3)


def test_a_parked_run_can_be_closed(start: Start) -> None:
    live = start()
    live.wait_for()
    live.park()
    live._trainer.thread.join(20)
    live.close()
    assert live.snapshot().status.state == "closed"
    live.wake()
    assert not live._trainer.thread.is_alive()


# Errors.


def test_a_data_set_that_is_not_there_is_said_and_survived(start: Start, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    says = "data set 'cifar10' is not on this computer yet: run `bnnlab data fetch cifar10`"
    live = start(RunConfig(dataset="cifar10"))
    with pytest.raises(RuntimeError, match=says):
        live.wait_for(state="paused")
    frame = live.snapshot()
    assert (frame.status.state, frame.status.error, frame.snapshot) == ("failed", says, None)
    for command in (live.play, live.pause, live.step_once):
        command()
    with pytest.raises(RuntimeError, match=says):
        live.call(lambda run: run.step)
    live.update(learning_rate=0.5)
    assert live.wait_for(state="failed").status.error == says
    live.reset(CONFIG)
    frame = live.wait_for(state="paused")
    assert frame.status.error is None
    live.play()
    live.wait_for(state="playing", step=3)


def test_a_loss_of_nan_is_said_with_its_step_and_the_picture_stays(start: Start) -> None:
    live = start()
    for _ in range(3):
        live.step_once()
    live.wait_for(step=3)

    def poison(run: TrainingRun) -> None:
        with torch.no_grad():
            run.model.get_submodule("output").weight.fill_(math.nan)  # type: ignore[operator]

    live.call(poison)
    live.play()
    with pytest.raises(RuntimeError, match="the loss became nan in step 4; a smaller learning rate may help"):
        live.wait_for(state="playing", step=4)
    frame = live.snapshot()
    assert (frame.status.state, frame.status.step, len(frame.history)) == ("failed", 3, 3)
    assert snapshot_of(frame).step == 3
    live.reset()
    assert live.wait_for(state="paused").status.error is None


def test_what_nobody_expected_is_said_and_logged_and_survived(  # type: ignore[no-untyped-def]
    start: Start, monkeypatch, caplog
) -> None:
    live = start()
    live.wait_for()
    with monkeypatch.context() as patched:
        patched.setattr(TrainingRun, "__next__", lambda _: vars(math)["lost"])
        live.play()
        with pytest.raises(RuntimeError, match="KeyError: 'lost'"):
            live.wait_for(step=1000)
    assert "training stopped" in caplog.text
    live.reset()
    live.step_once()
    assert live.wait_for(state="paused", step=1).status.error is None


# Nobody looks, somebody else computes.


def test_it_pauses_when_nobody_has_looked_for_ten_minutes(start: Start) -> None:
    clock = Clock()
    live = start(clock=clock)
    live.play()
    live.wait_for(state="playing")
    clock.now = 599.0
    assert advances(live)
    clock.now = 601.0
    frame = unlooked(live, lambda frame: frame.status.state == "paused")
    assert snapshot_of(frame).step == frame.status.step == step_of(live)
    assert not advances(live)
    assert frame.status.auto_paused


def test_the_next_look_lets_it_go_on(start: Start) -> None:
    clock = Clock()
    live = start(clock=clock)
    live.play()
    live.wait_for(state="playing")
    clock.now = 601.0
    unlooked(live, lambda frame: frame.status.auto_paused)
    assert not advances(live)
    live.snapshot()
    assert not live.wait_for(state="playing").status.auto_paused
    assert advances(live)
    clock.now = 1300.0
    unlooked(live, lambda frame: frame.status.auto_paused)
    live.pause()  # somebody's own pause is kept
    assert not live.wait_for(state="paused").status.auto_paused
    assert not advances(live)


def test_it_waits_while_others_have_the_cores(start: Start) -> None:
    slots = Slots(0)
    live = start(slots=slots)
    live.play()
    assert live.wait_for(state="waiting").status.step == 0
    live.step_once()  # a single step is no burst, and may be done
    assert live.wait_for(state="paused").status.step == 1
    live.play()
    live.wait_for(state="waiting")
    slots.add()
    live.wait_for(state="playing", step=5)
    live.pause()
    live.wait_for(state="paused")
    assert slots.free == 1  # given back


def test_two_runs_share_one_core(start: Start) -> None:
    slots = Slots(1)
    both = [start(slots=slots, duty=0.5) for _ in range(2)]
    for live in both:
        live.play()
    for live in both:
        live.wait_for(step=20, state="playing")


def test_a_failed_run_gives_its_core_back(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(1)
    live = start(slots=slots)
    live.wait_for()
    with monkeypatch.context() as patched:
        patched.setattr(TrainingRun, "__next__", lambda _: math.sqrt(-1))
        live.play()
        with pytest.raises(RuntimeError, match="math domain error"):
            live.wait_for(step=1000)
    assert slots.free == 1


# The end.


def test_closing_ends_the_thread_and_may_be_done_twice(start: Start) -> None:
    live = start()
    live.play()
    live.wait_for(state="playing", step=3)
    thread = live._trainer.thread
    live.close()
    assert not thread.is_alive()
    live.close()
    assert live.snapshot().status.state == "closed"
    assert live.wait_for(state="closed").snapshot is not None
    with pytest.raises(RuntimeError, match="closed"):
        live.call(lambda run: run.step)
    with pytest.raises(RuntimeError, match="closed"):
        live.wait_for(state="playing")
    live.play()
    live.reset()
    assert live.snapshot().status.state == "closed"


def test_closing_while_it_loads(start: Start) -> None:
    live = start()
    live.close()
    assert live.snapshot().status.state == "closed"


def test_a_forgotten_run_ends_its_thread() -> None:
    live = LiveRun(CONFIG, slots=Slots(1))
    live.play()
    live.wait_for(state="playing", step=3)
    thread, forgotten = live._trainer.thread, weakref.ref(live)
    del live
    gc.collect()
    assert forgotten() is None
    thread.join(20)
    assert not thread.is_alive()


def test_a_running_thread_does_not_keep_the_interpreter_nor_need_streamlit() -> None:
    code = """
import sys
sys.modules["streamlit"] = None  # an import of it would fail
from bnnlab.train import LiveRun, RunConfig
live = LiveRun(RunConfig(widths=(8,), epochs=1), duty=1.0)
live.step_once()
assert live.wait_for(state="paused", step=1).status.step == 1
other = LiveRun(RunConfig(widths=(8,), epochs=100_000), duty=1.0)
other.play()
other.wait_for(state="playing", step=3)
print("left playing")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "left playing\n", "")
