"""Bop flips exactly the bits it should; every optimiser by name moves every kind of weight."""

import math

import pytest
import torch
from torch import nn

from bnnlab.nn import MODELS, OPTIMIZERS, BinaryLayer, BinaryLinear, Bop, ModelSpec


def bit(value: float) -> nn.Parameter:
    return nn.Parameter(torch.tensor([float(value)]))


def stepped(weight: float, gradient: float, **options: float) -> float:
    """The weight after one step of Bop."""
    parameter = bit(weight)
    parameter.grad = torch.tensor([float(gradient)])
    Bop([parameter], **options).step()
    return parameter.item()


@pytest.mark.parametrize(
    ("weight", "gradient", "expected"),
    [
        (1, 0.01, -1),
        (1, -1, 1),
        (1, 0, 1),
        (-1, -0.01, 1),
        (-1, 1, -1),
        (-1, 0, -1),
        (1, 1e-3, -1),  # the float32 average is 1.0000001e-6, which is above the threshold
        (1, 0.9e-3, 1),
        (1, math.nan, 1),
        (1, math.inf, -1),
    ],
)
def test_published_flips(weight: float, gradient: float, expected: float) -> None:
    assert stepped(weight, gradient, gamma=1e-3, threshold=1e-6) == expected


@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_nothing_changes_on_a_tie(weight: float) -> None:
    settings = {"gamma": 0.5, "threshold": 0.25}  # all exact in binary
    assert stepped(weight, 0.5 * weight, **settings) == weight
    assert stepped(weight, 0.5001 * weight, **settings) == -weight


def test_the_average_forgets() -> None:
    weight = bit(1.0)
    bop = Bop([weight], gamma=0.5, threshold=0.3)
    averages = []
    for gradient in (0.5, 0.25, 1.0):  # averages 0.25, 0.25, 0.625
        weight.grad = torch.tensor([gradient])
        bop.step()
        averages.append(bop.state[weight]["average"].item())
    assert averages == [0.25, 0.25, 0.625]
    assert weight.item() == -1


def test_a_step_evaluates_its_closure_with_gradients() -> None:
    weight = bit(1.0)
    bop = Bop([weight], gamma=1.0, threshold=0.0)

    def closure() -> float:
        bop.zero_grad()
        loss = (3 * weight).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    assert bop.step(closure) == 3
    assert weight.item() == -1


def test_a_weight_without_gradient_stays() -> None:
    weight = bit(1.0)
    Bop([weight]).step()
    assert weight.item() == 1


@pytest.mark.parametrize("value", [0.0, 0.5, -2.0, math.nan])
def test_weights_that_are_no_bits_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"params must be \+1 or -1 everywhere"):
        Bop([nn.Parameter(torch.tensor([1.0, value]))])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"gamma": 0.0}, "gamma must be in 0..1 and not 0, got 0.0"),
        ({"gamma": 1.5}, "gamma"),
        ({"gamma": math.nan}, "gamma .* got nan"),
        ({"threshold": -1e-9}, "threshold must be a finite number of at least 0"),
        ({"threshold": math.nan}, "threshold"),
        ({"threshold": math.inf}, "threshold"),
    ],
)
def test_bop_refuses(options: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Bop([bit(1.0)], **options)


def mlp(clip_value: float = 1.0) -> nn.Sequential:
    spec = ModelSpec((4,), 3, (16, 16), last_layer="binary", clip_value=clip_value)
    return MODELS["mlp"](spec, torch.Generator().manual_seed(0))


def train(model: nn.Module, optimizer: str, steps: int) -> None:
    generator = torch.Generator().manual_seed(1)
    x, y = torch.randn(64, 4, generator=generator), torch.randint(0, 3, (64,), generator=generator)
    optimizers = OPTIMIZERS[optimizer](model, 0.05)
    for _ in range(steps):
        for each in optimizers:
            each.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
        for each in optimizers:
            each.step()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_moves_every_weight(name: str) -> None:
    model = mlp()
    if name == "bop":
        OPTIMIZERS[name](model, 0.05)  # makes bits of the weights, so that flips can be told from that
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    train(model, name, 20)
    for parameter, value in model.named_parameters():
        assert torch.isfinite(value).all()
        assert not torch.equal(before[parameter], value), f"{parameter} has not moved"


@pytest.mark.parametrize("clip_value", [0.5, 1.0])
def test_bop_keeps_bits_and_flips_them_whatever_the_clip(clip_value: float) -> None:
    model = mlp(clip_value)
    bits = [layer for layer in model if isinstance(layer, BinaryLayer)]
    signs = [layer.binary_weight for layer in bits]
    train(model, "bop", 10)
    for layer, before in zip(bits, signs, strict=True):
        assert (layer.weight.abs() == 1).all()
        assert not torch.equal(layer.weight, before)


def test_bop_without_binary_layers_is_adam() -> None:
    (only,) = OPTIMIZERS["bop"](nn.Linear(2, 2), 0.01)
    assert isinstance(only, torch.optim.Adam)


def test_bop_alone_starts_from_the_signs_of_the_latent_weights() -> None:
    layer = BinaryLinear(5, 3)
    signs = layer.binary_weight
    (only,) = OPTIMIZERS["bop"](layer, 0.01)
    assert isinstance(only, Bop)
    assert torch.equal(layer.weight, signs)
