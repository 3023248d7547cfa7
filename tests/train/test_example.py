"""One example on its way through a network, against a plain recomputation, and nothing is changed by looking."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from bnnlab.nn import QUANTIZERS, BinaryConv2d, BinaryLayer, BinaryLinear
from bnnlab.records import Example
from bnnlab.train import RunConfig, TrainingRun, train
from bnnlab.train.example import look_at_example, look_back

CONFIGS = [
    RunConfig(dataset="digits", widths=(12, 10, 8), batch_size=64),
    RunConfig(dataset="digits", widths=(12, 10), batch_size=64, first_layer="binary", last_layer="binary"),
    RunConfig(dataset="digits", widths=(12, 10), batch_size=64, scale=True, quantizer="approx_sign"),
    RunConfig(dataset="moons", widths=(12, 10), batch_size=64, clip_value=0.4),
    RunConfig(dataset="digits", model="convnet", widths=(6, 5, 9), batch_size=64),
    RunConfig(dataset="digits", widths=(12, 10), batch_size=64, binarize="weights", clip_value=0.7),
    RunConfig(dataset="digits", widths=(12, 10), batch_size=64, binarize="nothing", weight_clip_value=0.1),
    RunConfig(
        dataset="digits",
        model="convnet",
        widths=(6, 9),
        batch_size=64,
        first_layer="binary",
        last_layer="binary",
    ),
]


def trained(config: RunConfig) -> TrainingRun:
    run = train(config)
    for _ in range(8):
        next(run)
    return run


def looked_at(run: TrainingRun, index: int, backward: bool = False) -> Example:
    return look_at_example(run.model, run.dataset, index, "cpu", backward)


def plain_sums(module: nn.Module, inputs: Tensor) -> Tensor:
    """What a layer with weights makes of what it multiplies."""
    weight = module.weight
    assert isinstance(weight, Tensor)
    if isinstance(module, BinaryLayer) and module.binarize != "nothing":
        weight = torch.where(weight >= 0, 1.0, -1.0)
    if isinstance(module, BinaryConv2d):
        padded = functional.pad(inputs, (1, 1, 1, 1), value=module.pad_value)
        sums = functional.conv2d(padded, weight)
    elif isinstance(module, nn.Conv2d):
        sums = functional.conv2d(inputs, weight, padding=1)
    else:
        bias = module.bias if isinstance(module, nn.Linear) else None
        sums = functional.linear(inputs, weight, bias)
    if isinstance(module, BinaryLayer) and module.scale:
        alpha = module.alpha
        sums = sums * (alpha[:, None, None] if sums.ndim == 4 else alpha)
    return sums


@pytest.mark.parametrize("config", CONFIGS)
def test_every_number_is_what_a_plain_recomputation_gives(config: RunConfig) -> None:
    with trained(config) as run:
        example = looked_at(run, 5)
        run.model.eval()
        inputs = torch.tensor(run.dataset.x_test[5:6])
        with torch.no_grad():
            logits = run.model(inputs)
        for seen in example.layers:
            module = run.model.get_submodule(seen.name)
            if isinstance(module, nn.Linear | BinaryLinear):
                inputs = inputs.flatten(1)
            np.testing.assert_array_equal(seen.inputs, inputs[0])
            sums = plain_sums(module, inputs).detach()
            np.testing.assert_allclose(seen.sums, sums[0], rtol=1e-4, atol=1e-5)
            shape = (1, -1, 1, 1) if sums.ndim == 4 else (1, -1)
            scale, shift = torch.tensor(seen.scale.copy()), torch.tensor(seen.shift.copy())
            x = sums * scale.reshape(shape) + shift.reshape(shape)
            if sums.ndim == 4:
                x = functional.max_pool2d(x, 2)
            np.testing.assert_allclose(seen.x, x[0], rtol=1e-4, atol=1e-4)
            passed = torch.tensor(seen.x.copy())[None]
            if config.binarize == "both":
                inputs = torch.where(passed >= 0, 1.0, -1.0)
            else:
                inputs = passed.clamp(-config.clip_value, config.clip_value)
        np.testing.assert_allclose(example.probabilities, logits.softmax(1)[0], rtol=1e-5)
        label = int(run.dataset.y_test[5])
        assert (example.index, example.label) == (5, label)
        assert example.loss == pytest.approx(-np.log(example.probabilities[label]), rel=1e-4, abs=1e-6)


def test_what_kind_of_layer_each_is() -> None:
    def kinds(config: RunConfig) -> list[tuple[str, bool, bool]]:
        with trained(config) as run:
            return [(layer.name, layer.binary, layer.counts_bits) for layer in looked_at(run, 0).layers]

    assert kinds(CONFIGS[0]) == [
        ("input", False, False),
        ("hidden1", True, True),
        ("hidden2", True, True),
        ("output", False, False),
    ]
    assert kinds(CONFIGS[1]) == [("input", True, False), ("hidden1", True, True), ("output", True, True)]
    assert kinds(replace(CONFIGS[1], binarize="weights"))[1] == ("hidden1", True, False)
    assert kinds(replace(CONFIGS[1], binarize="nothing"))[1] == ("hidden1", False, False)
    assert kinds(CONFIGS[4])[:2] == [("conv1", False, False), ("conv2", True, True)]


def test_the_picture_is_the_example_s_own() -> None:
    with trained(CONFIGS[0]) as run:
        example = looked_at(run, 3)
        assert example.point is None
        assert example.image is not None
        pixels = (run.dataset.x_test[3, 0] + 1) * 127.5
        assert np.abs(example.image - pixels).max() <= 0.5
    with trained(CONFIGS[3]) as run:
        example = looked_at(run, 3)
        assert example.image is None
        assert example.point is not None
        assert np.array_equal(example.point, run.dataset.x_test[3])


@pytest.mark.parametrize("config", CONFIGS)
def test_gradients_are_those_of_the_example_s_own_loss(config: RunConfig) -> None:
    """After the estimator: checked by plain autograd; before it: by the estimator's formula between the two."""
    with trained(config) as run:
        example = looked_at(run, 7, backward=True)
        model = run.model.eval()
        kept: list[tuple[str, Tensor]] = []

        def keep(name: str) -> Any:
            def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
                output.retain_grad()
                kept.append((name, output))

            return hook

        ends = x_modules(model)
        handles = [module.register_forward_hook(keep(name)) for name, module in ends.items()]
        loss = functional.cross_entropy(model(torch.tensor(run.dataset.x_test[7:8])), label_of(run, 7))
        loss.backward()  # type: ignore[no-untyped-call]
        for handle in handles:
            handle.remove()
        assert example.loss == pytest.approx(loss.item(), rel=1e-5)
        expected = dict(kept)
        for layer in example.layers:
            assert layer.gradient_after is not None
            gradient = expected[layer.name].grad
            assert gradient is not None
            np.testing.assert_allclose(layer.gradient_after, gradient[0], rtol=1e-4, atol=1e-8)
            if layer is example.layers[-1]:
                assert layer.gradient_before is None
                continue
            assert layer.gradient_before is not None
            assert layer.gradient_before.shape == layer.x.shape
            quantizer, clip_value = estimator(run)
            surrogate = quantizer(torch.tensor(layer.x.copy()), clip_value).numpy()
            np.testing.assert_allclose(layer.gradient_before * surrogate, layer.gradient_after, rtol=1e-5)
            assert (layer.gradient_after[surrogate == 0] == 0).all()


def x_modules(model: nn.Module) -> dict[str, nn.Module]:
    """For each layer with weights the module whose output is its x: itself, its normalisation or its pooling."""
    ends: dict[str, nn.Module] = {}
    name = ""
    for child, module in model.named_children():
        if isinstance(module, BinaryLayer | nn.Linear | nn.Conv2d):
            name = child
        if isinstance(
            module, BinaryLayer | nn.Linear | nn.Conv2d | nn.BatchNorm1d | nn.BatchNorm2d | nn.MaxPool2d
        ):
            ends[name] = module
    return ends


def label_of(run: TrainingRun, index: int) -> Tensor:
    return torch.tensor(run.dataset.y_test[index : index + 1])


def estimator(run: TrainingRun) -> tuple[Callable[[Tensor, float], Tensor], float]:
    return QUANTIZERS[run.config.quantizer].surrogate, run.config.clip_value


@pytest.mark.parametrize("config", [CONFIGS[0], CONFIGS[4]])
def test_gradients_of_a_layer_s_weights(config: RunConfig) -> None:
    with trained(config) as run:
        (name, *_) = run.monitor.layer_names
        layer = run.model.get_submodule(name)
        assert isinstance(layer, BinaryLayer)
        _, crossing = look_back(run.model, run.dataset, 2, "cpu", name)
        model = run.model.eval()
        layer.weight.grad = None
        loss = functional.cross_entropy(model(torch.tensor(run.dataset.x_test[2:3])), label_of(run, 2))
        loss.backward()  # type: ignore[no-untyped-call]
        assert crossing.after is not None
        assert crossing.before is not None
        torch.testing.assert_close(crossing.after, layer.weight.grad)
        inside = layer.weight.abs() <= run.config.clip_value
        torch.testing.assert_close(crossing.before[inside], crossing.after[inside])
        assert crossing.before.abs().sum() > 0


@pytest.mark.parametrize("config", [CONFIGS[1], CONFIGS[4]])
def test_looking_changes_nothing_and_is_not_counted(config: RunConfig) -> None:
    with trained(config) as run, trained(config) as unseen:
        before = run.digest()
        gradients = [None if p.grad is None else p.grad.clone() for p in run.model.parameters()]
        for backward in (False, True):
            looked_at(run, 0, backward)
        look_back(run.model, run.dataset, 0, "cpu", run.monitor.layer_names[0])
        assert run.digest() == before
        assert run.model.training
        for parameter, gradient in zip(run.model.parameters(), gradients, strict=True):
            assert (parameter.grad is None) == (gradient is None)
            assert gradient is None or torch.equal(gradient, parameter.grad)  # type: ignore[arg-type]
        assert next(run) == next(unseen)


def test_nothing_in_an_example_can_be_written() -> None:
    with trained(CONFIGS[0]) as run:
        example = looked_at(run, 0, backward=True)
    arrays = [example.image, example.probabilities]
    for layer in example.layers:
        arrays += [layer.inputs, layer.sums, layer.scale, layer.shift, layer.x, layer.gradient_after]
    assert not any(array.flags.writeable for array in arrays if array is not None)


@pytest.mark.parametrize("index", [-1, 360])
def test_an_example_that_is_not_there_is_refused(index: int) -> None:
    with train(CONFIGS[0]) as run, pytest.raises(ValueError, match=r"example must be in 0\.\.359"):
        looked_at(run, index)
