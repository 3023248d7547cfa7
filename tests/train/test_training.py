"""A run: the same bits every time, events that say what happened, and an end that is an end."""

import copy
import math
import threading
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from bnnlab.nn import OPTIMIZERS, QUANTIZERS, BinaryLayer
from bnnlab.train import RunConfig, TrainingDivergedError, TrainingRun, train
from bnnlab.train.datasets.toys import EXAMPLES

SMALL: dict[str, Any] = {"dataset": "moons", "widths": (8, 8), "batch_size": 100, "epochs": 3}
DIGITS: dict[str, Any] = {"dataset": "digits", "batch_size": 479, "epochs": 2}


def config(**changes: Any) -> RunConfig:
    return RunConfig(**(SMALL | changes))


def digest(settings: RunConfig) -> str:
    """The weights at the end of a whole run."""
    with train(settings) as run:
        for _ in run:
            pass
        return run.digest()


# The same weights, bit for bit.


@pytest.mark.parametrize(
    "changes",
    [
        *({"quantizer": name} for name in QUANTIZERS),
        *({"optimizer": name} for name in OPTIMIZERS),
        {
            "first_layer": "binary",
            "last_layer": "binary",
            "scale": True,
            "clip_value": 0.5,
            "weight_clip_value": 0.1,
        },
        {"binarize": "weights", "latent_clip": False},
        {"binarize": "nothing", "schedule_floor": 1.0},
        {**DIGITS, "model": "convnet", "widths": (4, 8, 16)},
    ],
)
def test_the_same_config_gives_the_same_weights(changes: dict[str, Any]) -> None:
    settings = config(**changes)
    assert digest(settings) == digest(settings)


def test_whatever_else_draws_random_numbers_in_the_process() -> None:
    alone = digest(config())
    state, done = torch.get_rng_state(), threading.Event()

    def draw() -> None:
        while not done.is_set():
            torch.rand(100_000)

    other = threading.Thread(target=draw)
    other.start()
    try:
        torch.manual_seed(99)
        assert digest(config()) == alone
    finally:
        done.set()
        other.join()
        torch.set_rng_state(state)


def test_a_run_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    digest(config())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 1},
        {"learning_rate": 0.01},
        {"noise": 0.2},
        {"clip_value": 0.1},
        {"weight_clip_value": 0.1},
        {"binarize": "weights"},
        {"binarize": "nothing"},
        {"schedule_floor": 0.5},
    ],
)
def test_another_config_gives_other_weights(changes: dict[str, Any]) -> None:
    assert digest(config(**changes)) != digest(config())


def test_watching_evaluating_and_looking_change_nothing() -> None:
    """The same training, written out by hand without a monitor, an evaluation or a snapshot."""
    settings = config(schedule="constant", latent_clip=False, evaluate_every=1)
    with train(settings) as watched:
        for _ in watched:
            before = watched.digest()
            watched.snapshot()
            assert watched.digest() == before
    with train(settings) as plain:
        plain.monitor.close()
        model, data = plain.model, plain.dataset
        (optimizer,) = OPTIMIZERS["adam"](model, settings.learning_rate)
        shuffle = np.random.default_rng(settings.seed)
        for _ in range(settings.epochs):
            for chosen in shuffle.permutation(EXAMPLES).reshape(-1, settings.batch_size):
                optimizer.zero_grad()
                logits = model(torch.tensor(data.x_train[chosen]))
                functional.cross_entropy(logits, torch.tensor(data.y_train[chosen])).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
        assert plain.digest() == watched.digest()


# Events.


def test_events_count_steps_and_stay_in_range() -> None:
    run = train(config(first_layer="binary", last_layer="binary", clip_value=0.2))
    events = list(run)
    assert [event.step for event in events] == list(range(1, 16))
    assert [event.epoch for event in events] == [0] * 5 + [1] * 5 + [2] * 5
    for event in events:
        assert math.isfinite(event.loss)
        assert event.loss > 0
        assert 0 <= event.train_accuracy <= 1
        assert [layer.name for layer in event.layers] == ["input", "hidden1", "output"]
        for layer, weights in zip(event.layers, (16, 64, 16), strict=True):
            assert layer.weights == weights
            for count in (layer.flips, layer.net_flips, layer.starved):
                assert isinstance(count, int)
                assert 0 <= count <= weights
            for share in (layer.outside_clip, layer.clipped_weight_gradients, layer.clipped_input_gradients):
                assert isinstance(share, float)
                assert 0 <= share <= 1
            assert 0 <= layer.gradient_norm_after <= layer.gradient_norm_before
    assert events[0].layers[0].clipped_input_gradients == 0  # its inputs stay numbers
    assert any(event.layers[1].clipped_input_gradients > 0 for event in events)
    assert any(layer.flips for event in events for layer in event.layers)


def test_loss_and_accuracy_are_those_of_the_batch_before_the_step() -> None:
    settings = config(batch_size=EXAMPLES)
    with train(settings) as run, train(settings) as same:
        event = next(run)
        logits = same.model(torch.tensor(same.dataset.x_train))
        y = torch.tensor(same.dataset.y_train)
        assert event.loss == pytest.approx(functional.cross_entropy(logits, y).item(), rel=1e-5)
        assert event.train_accuracy == pytest.approx((logits.argmax(1) == y).float().mean().item())


@pytest.mark.parametrize(
    ("every", "steps"), [(0, [5, 10, 15]), (1, list(range(1, 16))), (4, [4, 8, 12, 15]), (100, [15])]
)
def test_the_test_set_is_asked_when_it_is_due_and_at_the_end(every: int, steps: list[int]) -> None:
    events = list(train(config(evaluate_every=every)))
    assert [event.step for event in events if event.test_accuracy is not None] == steps
    assert [event.step for event in events if event.test_loss is not None] == steps


def test_test_loss_and_accuracy_are_those_of_the_whole_test_set_after_the_step() -> None:
    with train(config(**DIGITS)) as run:
        event = list(run)[-1]
        with torch.no_grad():
            logits = run.model.eval()(torch.tensor(run.dataset.x_test))
        y = torch.tensor(run.dataset.y_test)
        assert event.test_loss == pytest.approx(functional.cross_entropy(logits, y).item(), rel=1e-5)
        assert event.test_accuracy == pytest.approx((logits.argmax(1) == y).float().mean().item())


def test_a_finished_run_stays_finished() -> None:
    run = train(config(epochs=1))
    assert (run.step, run.event, run.total_steps) == (0, None, 5)
    events = list(run)
    assert (run.step, run.event) == (5, events[-1])
    weights = run.digest()
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(run)
    assert run.digest() == weights


# Batches.


@pytest.mark.parametrize(
    ("batch_size", "sizes"),
    [
        (250, [250, 250]),
        (200, [200, 200, 100]),
        (166, [166, 166, 166, 2]),
        (499, [499]),  # one left over joins no batch: batch normalisation needs two
        (500, [500]),
        (10_000, [500]),
        (2, [2] * 250),
    ],
)
def test_each_epoch_shows_every_example_once(batch_size: int, sizes: list[int]) -> None:
    with train(config(batch_size=batch_size, epochs=2, evaluate_every=1_000_000)) as run:
        assert run.steps_per_epoch == len(sizes)
        batches: list[Tensor] = []
        run.model.register_forward_pre_hook(lambda _, inputs: batches.append(inputs[0]))
        orders = []
        for _ in range(2):
            batches.clear()
            for _ in sizes:
                next(run)
            assert [len(batch) for batch in batches[: len(sizes)]] == sizes
            orders.append(torch.cat(batches[: len(sizes)]).numpy())
        known = Counter(map(tuple, run.dataset.x_train.tolist()))
        for order in orders:
            seen = Counter(map(tuple, order.tolist()))
            assert not seen - known
            assert (known - seen).total() == EXAMPLES - sum(sizes)
        assert not np.array_equal(orders[0], orders[1])


# Settings.


def largest_latent(run: TrainingRun) -> float:
    return max(
        float(module.weight.detach().abs().max())
        for module in run.model.modules()
        if isinstance(module, BinaryLayer)
    )


@pytest.mark.parametrize("clips", [{"clip_value": 0.3}, {"clip_value": 2.0, "weight_clip_value": 0.3}])
def test_latent_weights_stay_where_the_estimator_lets_gradients_through(clips: dict[str, float]) -> None:
    with train(config(**clips, learning_rate=0.1)) as run:
        largest = [
            largest_latent(run) for event in run if all(not layer.outside_clip for layer in event.layers)
        ]
    assert len(largest) == run.total_steps
    assert max(largest) == pytest.approx(0.3)


def test_latent_weights_can_be_left_free_on_the_way() -> None:
    with train(config(clip_value=0.3, quantizer="identity_ste", learning_rate=0.1)) as run:
        next(run)
        assert largest_latent(run) <= np.float32(0.3)
        run.update(latent_clip=False)
        next(run)
        assert largest_latent(run) > 0.3
        run.update(latent_clip=True, clip_value=0.2)
        next(run)
        assert largest_latent(run) == np.float32(0.2)


def test_bop_keeps_its_signs_whatever_the_clip() -> None:
    with train(config(optimizer="bop", clip_value=0.3)) as run:
        for _ in run:
            weights = torch.cat(
                [m.weight.flatten() for m in run.model.modules() if isinstance(m, BinaryLayer)]
            )
            assert weights.abs().eq(1).all()


def test_the_schedule_lowers_the_learning_rate_to_nothing() -> None:
    moved = []
    with train(config(schedule="cosine", schedule_floor=0.0, optimizer="adam", epochs=20)) as run:
        before = torch.cat([p.detach().flatten() for p in run.model.parameters()])
        for _ in run:
            after = torch.cat([p.detach().flatten() for p in run.model.parameters()])
            moved.append(float((after - before).abs().max()))
            before = after
    assert moved[0] == pytest.approx(0.02, rel=0.01)  # Adam's first step is the learning rate itself
    assert moved[-1] < 0.001


def test_the_learning_rate_can_be_changed_on_the_way() -> None:
    with train(config(schedule="constant")) as run:
        next(run)
        before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
        run.update(learning_rate=1e-30)
        next(run)
        assert all(torch.equal(before[name], p) for name, p in run.model.named_parameters())
        run.update(learning_rate=0.5)
        next(run)
        assert not any(torch.equal(before[name], p) for name, p in run.model.named_parameters())
        assert run.config == config(schedule="constant", learning_rate=0.5)


def test_the_clip_can_be_changed_on_the_way() -> None:
    with train(config(last_layer="float", latent_clip=False)) as run:
        run.update(clip_value=0.01)
        snapshot = run.snapshot()
        assert run.config.clip_value == snapshot.clip_value == snapshot.weight_clip_value == 0.01
        (layer,) = next(run).layers
        assert layer.outside_clip > 0.5
        assert layer.clipped_weight_gradients > 0.5
        assert layer.clipped_input_gradients > 0.5
        assert run.snapshot().layers[0].outside > 0.5 * layer.weights
        activation: Any = run.model.get_submodule("output_sign")
        assert activation.binarizer.clip_value == 0.01


def test_the_clip_of_weights_and_that_of_activations_move_apart() -> None:
    with train(config(latent_clip=False)) as run:
        run.update(weight_clip_value=0.01)
        assert (run.snapshot().clip_value, run.snapshot().weight_clip_value) == (1, 0.01)
        (layer,) = next(run).layers
        assert layer.clipped_weight_gradients > 0.5
        narrow = layer.clipped_input_gradients
        run.update(weight_clip_value=9.0, clip_value=0.01)
        (layer,) = next(run).layers
        assert layer.clipped_weight_gradients == 0
        assert layer.clipped_input_gradients > 0.9 > narrow
        run.update(weight_clip_value=None)
        (layer,) = next(run).layers
        assert layer.clipped_weight_gradients > 0.5


def test_what_is_binarised_changes_from_the_next_step_on() -> None:
    """The loss of a step is that of the same parameters, computed by hand for each mode."""

    def loss_by_hand(run: TrainingRun, binarize: str) -> float:
        model: Any = copy.deepcopy(run.model).train()
        x, y = torch.tensor(run.dataset.x_train), torch.tensor(run.dataset.y_train)
        with torch.no_grad():
            x = model.input_norm(model.input(x))
            x = torch.where(x >= 0, 1.0, -1.0) if binarize == "both" else x.clamp(-0.7, 0.7)
            weight = model.hidden1.weight
            if binarize != "nothing":
                weight = torch.where(weight >= 0, 1.0, -1.0)
            x = model.hidden1_norm(x @ weight.T)
            x = torch.where(x >= 0, 1.0, -1.0) if binarize == "both" else x.clamp(-0.7, 0.7)
            return functional.cross_entropy(model.output(x), y).item()

    with train(config(batch_size=EXAMPLES, clip_value=0.7, epochs=20)) as run:
        losses = set()
        for binarize in ("both", "weights", "nothing", "both", "nothing", "weights"):
            run.update(binarize=binarize)
            expected = loss_by_hand(run, binarize)
            assert next(run).loss == pytest.approx(expected, rel=1e-4)
            assert run.snapshot().binarize == binarize
            losses.add(expected)
        assert len(losses) == 6


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": math.nan},
        {"learning_rate": 0.0},
        {"clip_value": -1.0},
        {"weight_clip_value": 11.0, "clip_value": 0.5},
        {"binarize": "all", "clip_value": 0.5},
        {"latent_clip": 1.0, "clip_value": 0.5},
        {"seed": 3, "clip_value": 0.5},
    ],
)
def test_an_impossible_change_changes_nothing(change: dict[str, Any]) -> None:
    with train(config()) as run:
        before = repr(run.model)
        with pytest.raises(ValueError, match=next(iter(change))):
            run.update(**change)
        assert run.config == config()
        assert repr(run.model) == before


# Going on after the end.


def test_an_endless_run_goes_on_from_the_same_weights_at_the_floor_of_its_schedule() -> None:
    settings = config(epochs=1, schedule_floor=0.25, learning_rate=0.4)
    ended = digest(settings)
    with TrainingRun(settings, endless=True) as run:
        for _ in range(run.total_steps):
            next(run)
        assert run.digest() == ended
        events = [next(run) for _ in range(2 * run.steps_per_epoch)]
        assert run._optimizers[0].param_groups[0]["lr"] == pytest.approx(0.1)
    assert [event.epoch for event in events] == [1] * 5 + [2] * 5
    assert [event.step for event in events if event.test_accuracy is not None] == [10, 15]


def test_an_endless_run_never_stands_still() -> None:
    """Long after its schedule has ended, signs still flip and no layer is starved."""
    settings = RunConfig(dataset="digits", epochs=2, batch_size=479)
    with TrainingRun(settings, endless=True) as run:
        flips = np.zeros(2, int)
        while run.step < 300:
            event = next(run)
            if run.step > 200:
                flips += [layer.flips for layer in event.layers]
    assert (flips > 0).all()
    assert all(layer.starved < 0.5 * layer.weights for layer in event.layers)


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device 'cuda' is not available here; use 'cpu'"):
        train(config(device="cuda"))


# Divergence.


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_run_that_diverges_says_in_which_step_and_leaves_the_weights(poison: float) -> None:
    with train(config()) as run:
        for _ in range(3):
            next(run)
        with torch.no_grad():
            run.model.get_submodule("output").weight.fill_(poison)  # type: ignore[operator]
        before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
        with pytest.raises(TrainingDivergedError, match=r"the loss became .* in step 4; a smaller") as stop:
            next(run)
        assert stop.value.step == 4
        assert run.step == 3
        for name, parameter in run.model.named_parameters():
            np.testing.assert_array_equal(before[name], parameter.detach())


# Learning.


def accuracy(run: TrainingRun) -> float:
    event = list(run)[-1]
    assert event.test_accuracy is not None
    return event.test_accuracy


def test_the_moons_are_told_apart() -> None:
    assert accuracy(train(RunConfig(dataset="moons", epochs=30))) > 0.95


@pytest.mark.parametrize("model", ["mlp", "convnet"])
def test_digits_are_learned(model: str) -> None:
    widths = {"mlp": (128, 128), "convnet": (16, 32, 64)}[model]
    settings = RunConfig(
        dataset="digits", model=model, widths=widths, batch_size=64, epochs=6, learning_rate=0.01
    )
    assert accuracy(train(settings)) > 0.9


# Afterwards.


def test_a_closed_run_leaves_the_model_unwatched() -> None:
    with train(config()) as run:
        layers = [module for module in run.model.modules() if isinstance(module, BinaryLayer)]
        assert all(layer.weight_binarizer.probe for layer in layers)
    assert all(layer.weight_binarizer.probe is None for layer in layers)
    assert run.model(torch.zeros(2, 2)).shape == (2, 2)
