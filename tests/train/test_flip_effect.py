"""What a flip would change, against flipping for good and looking at everything."""

import numpy as np
import pytest
import torch

from bnnlab.nn import BinaryLayer
from bnnlab.records import Example, FlipEffect, Selection
from bnnlab.train import RunConfig, TrainingRun, train
from bnnlab.train.answers import predict
from bnnlab.train.example import look_at_example
from bnnlab.train.flip_effect import flip_weight
from bnnlab.train.look import Look

DIGITS = RunConfig(dataset="digits", widths=(12, 10), batch_size=64)
CONV = RunConfig(dataset="digits", model="convnet", widths=(6, 5, 9), batch_size=64)
BINARY_END = RunConfig(dataset="digits", widths=(12,), last_layer="binary", batch_size=64)
CASES = [
    (DIGITS, Selection("hidden1", 3, 5)),
    (RunConfig(**{**DIGITS.to_dict(), "optimizer": "bop"}), Selection("hidden1", 0, 0)),
    (RunConfig(**{**DIGITS.to_dict(), "scale": True}), Selection("hidden1", 1, 2)),
    (RunConfig(**{**DIGITS.to_dict(), "binarize": "nothing"}), Selection("hidden1", 1, 2)),
    (CONV, Selection("conv2", 4, 7, (1, 0))),
    (CONV, Selection("dense", 2, 11)),
    (BINARY_END, Selection("output", 9, 4)),
]


def trained(config: RunConfig) -> TrainingRun:
    run = train(config)
    for _ in range(20):
        next(run)
    return run


def hidden1(run: TrainingRun) -> BinaryLayer:
    layer = run.model.get_submodule("hidden1")
    assert isinstance(layer, BinaryLayer)
    return layer


def effect_of(run: TrainingRun, selection: Selection) -> FlipEffect:
    look = run.snapshot(Look(example=4, selection=selection)).weight
    assert look is not None
    assert look.effect is not None
    return look.effect


def neuron_signs(run: TrainingRun, selection: Selection) -> np.ndarray:
    """What the neuron sends on for each test example, one example after the other."""
    signs = []
    for index in range(len(run.dataset.x_test)):
        (layer,) = (one for one in seen(run, index).layers if one.name == selection.layer)
        signs.append(layer.x[selection.neuron].reshape(-1) >= 0)
    return np.array(signs)


def seen(run: TrainingRun, index: int) -> Example:
    return look_at_example(run.model, run.dataset, index, "cpu")


def sum_and_x(run: TrainingRun, selection: Selection) -> tuple[float, float]:
    (layer,) = (one for one in seen(run, 4).layers if one.name == selection.layer)
    sums = layer.sums[selection.neuron]
    sums = sums[selection.position] if sums.ndim else sums
    return float(sums), float(sums * layer.scale[selection.neuron] + layer.shift[selection.neuron])


@pytest.mark.parametrize(("config", "selection"), CASES)
def test_equal_to_flipping_for_good(config: RunConfig, selection: Selection) -> None:
    with trained(config) as run:
        digest = run.digest()
        effect = effect_of(run, selection)
        assert run.digest() == digest
        labels = run.dataset.y_test
        answers, signs = (
            predict(run.model, run.dataset.x_test, "cpu").argmax(1).numpy(),
            neuron_signs(run, selection),
        )
        now = sum_and_x(run, selection)
        run.flip(selection)
        assert run.digest() != digest
        flipped, other_signs = (
            predict(run.model, run.dataset.x_test, "cpu").argmax(1).numpy(),
            neuron_signs(run, selection),
        )
        assert (effect.sum_now, effect.x_now) == pytest.approx(now)
        assert (effect.sum_then, effect.x_then) == pytest.approx(sum_and_x(run, selection))
        assert effect.examples == len(labels) == 360
        changed = (signs != other_signs).any(1).sum()
        assert effect.signs_changed == (0 if selection.layer == "output" else changed)
        assert effect.answers_changed == (answers != flipped).sum()
        assert (effect.right_now, effect.right_then) == ((answers == labels).sum(), (flipped == labels).sum())
        run.flip(selection)
        assert run.digest() == digest


def test_a_flip_moves_the_sum_by_two() -> None:
    with trained(DIGITS) as run:
        effect = effect_of(run, Selection("hidden1", 3, 5))
        assert abs(effect.sum_now - effect.sum_then) == 2


def test_without_a_position_the_middle_of_a_convolution_is_meant() -> None:
    with trained(CONV) as run:
        middle, named = (
            effect_of(run, Selection("conv2", 1, 3)),
            effect_of(run, Selection("conv2", 1, 3, (2, 2))),
        )
        assert middle == named
        assert middle.sum_now != middle.sum_then


def test_while_training_goes_on_only_the_example_s_own_sum_is_asked_at_once() -> None:
    selection = Selection("hidden1", 3, 5)
    with trained(DIGITS) as run:
        look = Look(example=4, selection=selection)
        for _ in range(3):
            next(run)
            hurried = run.snapshot(look, hurried=True).weight
            assert hurried is not None
            assert hurried.effect is not None
            assert hurried.effect.sum_now == sum_and_x(run, selection)[0]
        next(run)
        assert effect_of(run, selection).answers_changed >= 0
        calm = run.snapshot(look).weight
        assert calm is not None
        assert calm.effect == effect_of(run, selection)


def test_zero_counts_as_positive_and_flips_too() -> None:
    with train(DIGITS) as run:
        layer = hidden1(run)
        with torch.no_grad():
            layer.weight[1, 1] = 0.0
        for expected in (-1, 1):
            flip_weight(run.model, Selection("hidden1", 1, 1))
            assert layer.binary_weight[1, 1] == expected


def test_the_life_of_a_weight_is_known_with_every_crossing() -> None:
    """Against the signs of all weights after each step."""
    with train(DIGITS) as run:
        signs = [run.snapshot().layers[0].signs.unpack()]
        latent = [hidden1(run).weight.detach().clone()]
        for _ in range(60):
            next(run)
            signs.append(run.snapshot().layers[0].signs.unpack())
            latent.append(hidden1(run).weight.detach().clone())
        flips = np.array(signs[1:]) != np.array(signs[:-1])
        assert flips.sum() > 20
        for neuron in range(10):
            for weight in range(12):
                look = run.snapshot(Look(selection=Selection("hidden1", neuron, weight))).weight
                assert look is not None
                assert look.crossings.tolist() == (np.flatnonzero(flips[:, neuron, weight]) + 1).tolist()
                assert look.crossings_since == look.life_since == 0
                assert look.life_values.tolist() == [w[neuron, weight].item() for w in latent]
                assert look.life_steps.tolist() == list(range(61))
                assert not look.crossings.flags.writeable


def test_in_a_large_layer_a_weight_s_life_begins_when_it_is_selected() -> None:
    config = RunConfig(dataset="digits", widths=(80, 80), batch_size=64)
    first, second = Look(selection=Selection("hidden1", 3, 5)), Look(selection=Selection("hidden1", 70, 79))
    with train(config) as run:
        for _ in range(3):
            next(run)
        run.snapshot(first)
        for _ in range(2):
            next(run)
        look = run.snapshot(first).weight
        assert look is not None
        assert (look.life_since, look.life_steps.tolist()) == (3, [3, 4, 5])
        look = run.snapshot(second).weight
        assert look is not None
        assert (look.life_since, look.life_steps.tolist()) == (5, [5])
        assert look.latent == look.life_values[0] == hidden1(run).weight[70, 79].item()
