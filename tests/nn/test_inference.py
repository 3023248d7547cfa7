"""Asking a network leaves it as it was."""

import pytest
import torch
from torch import nn

from bnnlab.nn.inference import inference


def network() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.BatchNorm1d(3))
    model[2].eval()  # a part that somebody has frozen
    return model


def test_inside_nothing_is_training_and_no_gradient_is_kept() -> None:
    model, x = network(), torch.randn(4, 2)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with inference(model):
        assert not any(module.training for module in model.modules())
        assert not model(x).requires_grad
    assert model(x).requires_grad
    model.eval()
    with inference(model):
        model(x)
    del before["1.num_batches_tracked"], before["1.running_mean"], before["1.running_var"]
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in before.items())


def test_statistics_do_not_move() -> None:
    model = network()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with inference(model):
        model(torch.randn(4, 2))
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in before.items())


def test_every_part_returns_to_its_own_mode_even_after_an_error() -> None:
    model = network()
    with pytest.raises(RuntimeError), inference(model):
        model(torch.randn(4, 99))
    assert [module.training for module in model] == [True, True, False]
    assert model.training
