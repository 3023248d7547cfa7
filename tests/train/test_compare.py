"""Two networks side by side: from one seed, on the same batches."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
from torch.nn import functional

from bnnlab.nn import QUANTIZERS
from bnnlab.train import LiveRun, RunConfig, TrainingRun
from bnnlab.train.compare import FLOAT_TWIN, Rival, check_rival, difference, gradient_cosines, rival_config

SMALL: dict[str, Any] = {"widths": (16, 16, 16), "batch_size": 64}


def stepped(settings: RunConfig, steps: int) -> TrainingRun:
    run = TrainingRun(settings, endless=True)
    for _ in range(steps):
        next(run)
    return run


@pytest.mark.parametrize("name", [FLOAT_TWIN, "approx_sign"])
def test_a_rival_sees_the_same_batches_and_is_a_run_of_its_own_settings(name: str) -> None:
    settings = RunConfig(**SMALL)
    run = stepped(settings, 25)  # into the second epoch
    rival = Rival(run, name, settings, [])
    rival.follow(run.step, math.inf)
    assert not rival.is_behind(run.step)
    assert rival.run.batches.digest() == run.batches.digest()
    for own, other in zip(run.newest_batch or (), rival.run.newest_batch or (), strict=True):
        assert torch.equal(own, other)
    assert rival.run.digest() == stepped(rival_config(settings, name), 25).digest()


def test_what_is_changed_on_the_way_is_changed_in_the_rival_too() -> None:
    settings = RunConfig(**SMALL)
    run = stepped(settings, 10)
    run.update(learning_rate=0.5, binarize="weights")
    for _ in range(5):
        next(run)
    updates: list[Any] = [(10, {"learning_rate": 0.5, "binarize": "weights"})]
    twin = Rival(run, FLOAT_TWIN, settings, updates)
    twin.follow(15, math.inf)
    assert (twin.run.config.learning_rate, twin.run.config.binarize) == (0.5, "nothing")
    other = Rival(run, "approx_sign", settings, updates)
    other.follow(15, seconds=0)
    assert other.is_behind(15)
    other.follow(15, math.inf)
    assert other.run.config.binarize == "weights"


@pytest.mark.parametrize("quantizer", sorted(QUANTIZERS))
def test_the_cosine_is_that_of_both_gradients_by_hand(quantizer: str) -> None:
    run = stepped(RunConfig(**SMALL, clip_value=0.3), 12)
    before = run.digest()
    cosines = gradient_cosines(run, quantizer)
    assert run.digest() == before
    assert run.newest_batch is not None
    x, y = run.newest_batch
    gradients = []
    for name in (run.config.quantizer, quantizer):
        # Another run of the other estimator, given this one's numbers.
        twin = TrainingRun(RunConfig(**SMALL, clip_value=0.3, quantizer=name))
        twin.model.load_state_dict(copy.deepcopy(run.model.state_dict()))
        functional.cross_entropy(twin.model(x), y).backward()  # type: ignore[no-untyped-call]
        gradients.append({layer: twin.model.get_parameter(f"{layer}.weight").grad for layer in cosines})
    for layer, cosine in cosines.items():
        own, other = (gradient[layer] for gradient in gradients)
        assert own is not None
        assert other is not None
        by_hand = functional.cosine_similarity(own.double().flatten(), other.double().flatten(), dim=0)
        assert cosine == pytest.approx(by_hand.item(), abs=1e-6)


def test_a_live_run_and_its_rival_go_in_lockstep() -> None:
    run = LiveRun(RunConfig(**SMALL))
    try:
        run.wait_for(state="paused")
        for _ in range(3):
            run.step_once()
        run.wait_for(step=3)
        run.compare("approx_sign")
        run.step_once()
        frame = run.wait_for(step=4)
        while frame.rival is None or frame.rival.step < frame.status.step:
            run.step_once()
            frame = run.wait_for(step=frame.status.step + 1)
        assert set(frame.rival.cosines) == set(frame.rival.history.layer_names)
        run.compare(None)
        assert run.wait_for().rival is None
    finally:
        run.close()


def test_a_rival_that_diverges_says_so_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    run = LiveRun(RunConfig(**SMALL))
    try:
        run.wait_for(state="paused")
        run.compare("approx_sign")
        run.step_once()
        frame = run.wait_for(step=1)
        rival = run._player._played.rival
        assert rival is not None
        monkeypatch.setattr(rival.run, "model", lambda x: torch.full((len(x), 10), math.nan))
        run.step_once()
        frame = run.wait_for(step=2)
        assert frame.status.state == "paused"
        assert rival.error is not None
        assert "the loss became nan in step 2" in rival.error
        run.compare(None)
        run.step_once()
        assert run.wait_for(step=3).rival is None
    finally:
        run.close()


def test_a_network_that_began_as_numbers_can_have_a_float_twin_once_it_is_binary() -> None:
    run = LiveRun(RunConfig(**SMALL, binarize="nothing"))
    try:
        run.wait_for(state="paused")
        run.update(binarize="both")
        run.wait_for()
        run.compare(FLOAT_TWIN)
        run.step_once()
        rival = run.wait_for(step=1).rival
        assert rival is not None
        assert rival.step == 1
    finally:
        run.close()


def test_pinned_curves_stay_after_a_new_start_named_by_what_was_different() -> None:
    run = LiveRun(RunConfig(**SMALL, clip_value=0.5))
    try:
        run.wait_for(state="paused")
        run.step_once()
        run.pin()
        run.reset(RunConfig(**SMALL))
        (pinned,) = run.wait_for(state="paused").pinned
        assert pinned.name == "clip_value 0.5"
        assert len(pinned.history) == 1
        run.unpin()
        assert run.wait_for().pinned == ()
    finally:
        run.close()


def test_a_difference_is_named_in_short() -> None:
    before = RunConfig(**SMALL, seed=3, clip_value=0.5)
    assert (
        difference(before, RunConfig(**(SMALL | {"widths": (8, 8)})))
        == "widths 16-16-16, clip_value 0.5, seed 3"
    )
    assert difference(before, before) == ""


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({}, "clipped_ste", "name must be another estimator than the run's own, 'clipped_ste'"),
        ({}, "nonsense", "name must be 'float twin' or one of"),
        ({"optimizer": "bop"}, FLOAT_TWIN, "there is no float twin with optimizer 'bop'"),
        ({"binarize": "nothing"}, FLOAT_TWIN, "it is one"),
    ],
)
def test_an_impossible_rival_is_one_sentence(changes: dict[str, Any], name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_rival(RunConfig(**SMALL, **changes), name)
