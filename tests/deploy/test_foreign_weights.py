"""Weights of other frameworks: each convention by vectors written by hand, each layout by a network that answers."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from bnnlab.deploy import CONVENTIONS, SignConvention, latent_weights, put_weights, unpack_signs
from bnnlab.nn import BinaryConv2d, BinaryLinear, sign

from .networks import chain

NAN = float("nan")
TINY64 = -1e-60
"""A negative float64 that float32 would round to -0.0, whose sign is +1."""


@pytest.mark.parametrize(
    ("convention", "weights", "signs"),
    [
        ("bnnlab", [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, 1, 1, 1, -1, -1]),
        ("bmxnet", [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, 1, 1, 1, -1, -1]),
        ("bitorch", [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, 1, 1, 1, 1, -1]),
        ("brevitas", [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, 1, 1, 1, -1, -1]),
        ("larq", [-1.5, -0.0, 0.0, 0.3, TINY64], [-1, 1, 1, 1, -1]),
        ("larq-compute-engine", [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, 1, 1, 1, 1, -1]),
        ("bnn-lab", [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, -1, -1, 1, -1, -1]),
        (SignConvention(1, -1, 1), [-1.5, -0.0, 0.0, 0.3, NAN, TINY64], [-1, -1, 1, 1, 1, -1]),
        (SignConvention(-1, 1, None), [-1.5, -0.0, 0.0, 0.3, TINY64], [-1, 1, -1, 1, -1]),
    ],
)
def test_signs_here_are_the_signs_there(convention: Any, weights: list[float], signs: list[int]) -> None:
    tensors = {"w": np.array([weights])}
    (latent,) = latent_weights(tensors, {"here": "w"}, layout="torch", convention=convention).values()
    assert latent.dtype == np.float32
    assert sign(torch.from_numpy(latent)).tolist() == [signs]
    assert latent[0, 0] == np.float32(-1.5)
    assert latent[0, 3] == np.float32(0.3)
    assert np.isfinite(latent).all()


@pytest.mark.parametrize(
    ("convention", "weight", "says"),
    [
        ("xnor-net", 0.0, "tensor 'w' has 2 weight(s) of 0, which"),
        ("xnor-net", -0.0, "tensor 'w' has 2 weight(s) of -0.0, which"),
        ("larq", NAN, "tensor 'w' has 2 weight(s) of NaN, which"),
        ("bnnlab", float("inf"), "tensor 'w' must hold numbers that float32 can, got infinite ones"),
        ("bnnlab", 1e300, "got infinite ones"),
    ],
)
def test_weights_without_a_sign_are_refused(convention: str, weight: float, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        latent_weights(
            {"w": np.array([[1.0, weight, weight]])}, {"a": "w"}, layout="torch", convention=convention
        )


@pytest.mark.parametrize(
    ("words", "depth", "convention", "order", "signs"),
    [
        (np.array([[0b00000101]], np.uint8), 5, "bmxnet", "little", [[1, -1, 1, -1, -1]]),
        (np.array([[0b10100000]], np.uint8), 5, "bmxnet", "big", [[1, -1, 1, -1, -1]]),
        (np.array([[0b00000101]], np.uint8), 5, "larq-compute-engine", "little", [[-1, 1, -1, 1, 1]]),
        (np.array([[0, 1], [-(2**31), 0]], np.int32), 33, "larq-compute-engine", "little",
         [[1] * 32 + [-1], [1] * 31 + [-1, 1]]),
        (np.array([[2**63 | 2]], np.uint64), 64, "bnnlab", "little", [[-1, 1] + [-1] * 61 + [1]]),
        (np.array([[2**63 | 2]], np.uint64), 64, "bnnlab", "big", [[1] + [-1] * 61 + [1, -1]]),
        (np.array([[5]], ">u4"), 4, "bnnlab", "little", [[1, -1, 1, -1]]),
    ],
)  # fmt: skip
def test_polarity_and_order_of_bits(words: Any, depth: int, convention: str, order: Any, signs: Any) -> None:
    found = unpack_signs(words, depth, convention=convention, bit_order=order)
    assert found.dtype == np.int8
    assert found.tolist() == signs
    (latent,) = latent_weights({"w": found}, {"a": "w"}, layout="torch", convention=convention).values()
    assert sign(torch.from_numpy(latent)).tolist() == signs


def test_booleans_are_bits() -> None:
    tensors = {"w": torch.tensor([[True, False]])}
    for name, signs in (("bmxnet", [[1, -1]]), ("larq-compute-engine", [[-1, 1]])):
        (latent,) = latent_weights(tensors, {"a": "w"}, layout="torch", convention=name).values()
        assert latent.tolist() == signs


def keras_answers(tensors: dict[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """A binary network as Keras has it: pixels with their channels side by side, one after the other."""

    def signs(x: np.ndarray) -> np.ndarray:
        return np.where(x >= 0, 1.0, -1.0)

    x, kernel = signs(images.transpose(0, 2, 3, 1)), signs(tensors["conv/kernel"])
    height, width, _, filters = kernel.shape
    rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
    y = np.zeros((len(x), rows, columns, filters))
    for row in range(height):
        for column in range(width):
            y += x[:, row : row + rows, column : column + columns] @ kernel[row, column]
    logits: np.ndarray = signs(y - 0.5).reshape(len(x), -1) @ signs(tensors["dense/kernel"])
    return logits


def test_a_network_of_keras_answers_as_there(rng: np.random.Generator) -> None:
    tensors = {
        "conv/kernel": rng.standard_normal((3, 2, 4, 5)),
        "dense/kernel": rng.standard_normal((4 * 5 * 5, 7)),
    }
    tensors["conv/kernel"][0, 0, :, :2] = 0
    weights = latent_weights(
        tensors,
        {"conv": "conv/kernel", "dense": "dense/kernel"},
        layout="keras",
        convention="larq",
        images={"dense": (5, 4, 5)},
    )
    shift = nn.BatchNorm2d(5, eps=0)
    shift.bias.data.fill_(-0.5)
    model = chain(
        conv=BinaryConv2d(4, 5, (3, 2)), shift=shift, flatten=nn.Flatten(), dense=BinaryLinear(100, 7)
    )
    put_weights(model, weights)
    images = rng.standard_normal((20, 4, 6, 6)).astype(np.float32)
    with torch.no_grad():
        assert np.array_equal(model(torch.from_numpy(images)).numpy(), keras_answers(tensors, images))


def test_a_network_of_torch_answers_as_there(tmp_path: Path) -> None:
    """Layers as bitorch has them, in a safetensors file, one of them in bfloat16."""
    generator = torch.Generator().manual_seed(0)
    there = {
        "features.0.weight": torch.randn(6, 2, 3, 3, generator=generator),
        "head.weight": torch.randn(4, 6, generator=generator).to(torch.bfloat16),
        "head.bias": torch.randn(4, generator=generator),
    }
    save_file(there, tmp_path / "net.safetensors")
    weights = latent_weights(
        tmp_path / "net.safetensors",
        {"conv": "features.0.weight", "dense": "head.weight"},
        layout="torch",
        convention="bitorch",
    )
    model = chain(conv=BinaryConv2d(4, 6, 3, groups=2), flatten=nn.Flatten(), dense=BinaryLinear(6, 4))
    put_weights(model, weights)
    images = torch.randn(9, 4, 3, 3, generator=generator)
    sums = nn.functional.conv2d(images.sign(), there["features.0.weight"].sign(), groups=2)
    assert torch.equal(model(images), sign(sums.flatten(1)) @ there["head.weight"].float().sign().T)
    assert torch.equal(model.state_dict()["conv.weight"], there["features.0.weight"])


def test_weights_are_put_all_or_none() -> None:
    model = chain(a=BinaryLinear(3, 2), b=BinaryLinear(2, 2), c=nn.Linear(2, 2))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    good = np.ones((2, 3), np.float32)
    with pytest.raises(ValueError, match=r"layer 'b' must have shape \(2, 2\), got \(2, 3\)"):
        put_weights(model, {"a": good, "b": good})
    with pytest.raises(ValueError, match="the model has no binary layer 'c'; it has 'a', 'b'"):
        put_weights(model, {"a": good, "c": np.ones((2, 2))})
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    put_weights(model, {"a": good})
    assert torch.equal(model.state_dict()["a.weight"], torch.ones(2, 3))


DENSE = {"w": np.ones((12, 5))}


@pytest.mark.parametrize(
    ("tensors", "options", "says"),
    [
        (
            {"v": np.ones((2, 2)), "u": np.ones(3)},
            {},
            "names: no tensor 'w' for layer 'a'; there are 'u', 'v'",
        ),
        ({"w": np.ones(3)}, {}, r"'w' must be 2-D, dense, or 4-D, a convolution, got shape \(3,\)"),
        ({"w": np.ones((0, 3))}, {}, r"got shape \(0, 3\)"),
        (DENSE, {"layout": "tf"}, "layout must be 'torch' or 'keras', got 'tf'"),
        (DENSE, {"convention": "mine"}, "convention must be a SignConvention or one of"),
        (DENSE, {"images": {"b": (1, 1, 1)}}, r"images must be for layers in names, got \['b'\]"),
        (
            DENSE,
            {"layout": "keras", "images": {"a": (3, 2, 3)}},
            r"dense with 18 inputs .* got shape \(5, 12\)",
        ),
    ],
)
def test_what_does_not_fit_is_said(tensors: Any, options: dict, says: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=says):
        latent_weights(tensors, {"a": "w"}, **{"layout": "torch", "convention": "bnnlab"} | options)


def test_what_is_no_tensor_or_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        TypeError, match="tensor 'w' must hold real numbers or booleans, got dtype complex128"
    ):
        latent_weights({"w": np.ones((2, 2)) * 1j}, {"a": "w"}, layout="torch", convention="bnnlab")
    torch.save({"w": torch.ones(2, 2)}, tmp_path / "net.pt")
    with pytest.raises(ValueError, match=r"safetensors file, and .*net\.pt is none"):
        latent_weights(tmp_path / "net.pt", {"a": "w"}, layout="torch", convention="bnnlab")
    with pytest.raises(FileNotFoundError):
        latent_weights(tmp_path / "nowhere", {"a": "w"}, layout="torch", convention="bnnlab")
    with pytest.raises(ValueError, match="zero must be -1 or 1 or None, got 0"):
        SignConvention(0, 1, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="bit_one must be -1 or 1, got None"):
        SignConvention(1, 1, 1, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [NAN, float("inf"), 1e300])
def test_weights_that_are_not_finite_change_nothing(number: float) -> None:
    model = chain(a=BinaryLinear(3, 2), b=BinaryLinear(2, 2))
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(ValueError, match="weights of layer 'b' must be finite numbers"):
        put_weights(model, {"a": np.ones((2, 3)), "b": np.array([[1, 2], [3, number]])})
    assert all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))


@pytest.mark.parametrize(
    ("words", "depth", "order", "says"),
    [
        (np.zeros((2, 2), np.uint8), 17, "little", "depth 17 needs 3 x 8 bits in each row, got 2 x 8"),
        (np.zeros((2, 2), np.uint8), 8, "little", "depth 8 needs 1 x 8 bits in each row, got 2 x 8"),
        (np.zeros((2, 2), np.uint8), 0, "little", "depth 0 needs"),
        (np.zeros(2, np.uint8), 8, "little", r"words must be 2-D integers, got uint8 of shape \(2,\)"),
        (np.zeros((2, 2)), 8, "little", "got float64"),
        (np.zeros((2, 1), np.uint8), 8, "middle", "bit_order must be 'little' or 'big', got 'middle'"),
    ],
)
def test_words_that_do_not_fit_are_refused(words: Any, depth: int, order: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        unpack_signs(words, depth, convention="bnnlab", bit_order=order)


def test_conventions_by_name_are_all_tried_here() -> None:
    assert set(CONVENTIONS) == {
        "bitorch", "bmxnet", "bnn-lab", "bnnlab", "brevitas", "larq", "larq-compute-engine", "xnor-net",
    }  # fmt: skip
