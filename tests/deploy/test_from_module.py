"""A packed network has the module's hidden signs bit for bit, and its answers."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from bnnlab.deploy import PackedModel, prove
from bnnlab.deploy.ops import BitPool, XnorDense
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear
from bnnlab.train import RunConfig, train

from .networks import chain, different_bits, disturb, network, numbers, pixels, thresholded

MLPS = [
    {"model": "mlp", "widths": (70, 130, 64)},
    {"model": "mlp", "widths": (70,)},
    {"model": "mlp", "widths": (70, 65), "first_layer": "binary"},
    {"model": "mlp", "widths": (64, 50), "first_layer": "binary", "last_layer": "binary"},
    {"model": "mlp", "widths": (64, 50), "scale": True, "first_layer": "binary", "last_layer": "binary"},
]
CONVNETS = [
    {"model": "convnet", "widths": (5, 66, 30), "pad_value": pad_value, **more}
    for pad_value in (-1.0, 0.0, 1.0)
    for more in ({}, {"scale": True, "first_layer": "binary"}, {"last_layer": "binary"})
]


@pytest.mark.parametrize("spec", MLPS + CONVNETS, ids=lambda spec: " ".join(map(str, spec.values())))
def test_hidden_bits_answers_and_proof(spec: dict) -> None:  # type: ignore[type-arg]
    model, images = network(**spec), pixels(100)
    packed = PackedModel.from_module(model, (1, 12, 12))
    wrong = different_bits(packed, model, images)
    assert wrong
    assert set(wrong.values()) == {0}
    with torch.no_grad():
        logits = model(numbers(images)).numpy()
    assert np.allclose(packed.logits(images), logits, rtol=1e-5, atol=1e-5)
    assert np.array_equal(packed.predict(images), logits.argmax(1))
    assert np.array_equal(packed.predict(numbers(images).numpy()), packed.predict(images))
    proof = prove(packed, model)
    assert [layer.layer for layer in proof] == [node.name for node in thresholded(packed)]
    assert all(layer.holds and layer.sums > 20 for layer in proof)


def test_a_trained_network_on_the_whole_test_set() -> None:
    run = train(RunConfig(dataset="digits", model="convnet", widths=(16, 32), epochs=2, batch_size=64))
    for _ in run:
        pass
    packed = PackedModel.from_module(run.model, (1, 8, 8), divisor=8.0, class_names=run.dataset.class_names)
    with torch.no_grad():
        logits = run.model.eval()(torch.from_numpy(run.dataset.x_test.copy())).numpy()
    assert np.array_equal(packed.predict(run.dataset.x_test), logits.argmax(1))
    assert packed.class_names == tuple("0123456789")


def test_a_wrong_threshold_and_a_wrong_weight_are_found() -> None:
    model = network("mlp", widths=(70, 30))
    packed = PackedModel.from_module(model, (1, 12, 12))
    (node,) = thresholded(packed)
    op = node.op
    assert isinstance(op, XnorDense)
    assert op.values is not None
    changing = np.abs(op.values) < op.depth
    op.values[np.argmax(changing)] += 2
    op.words[0, 3] ^= np.uint64(1)
    (layer,) = prove(packed, model)
    assert (layer.mismatches, layer.wrong_weights, layer.holds) == (1, 1, False)


@pytest.mark.parametrize("gamma", [1.0, -1.0])
def test_pooling_before_the_normalisation(gamma: float) -> None:
    norm = nn.BatchNorm2d(7)
    disturb(norm, torch.Generator().manual_seed(1))
    with torch.no_grad():
        norm.weight[:4] *= gamma
    model = chain(
        first=nn.Conv2d(1, 6, 3),
        conv=BinaryConv2d(6, 7, 3, padding=1),
        pool=nn.MaxPool2d(2, padding=1),
        norm=norm,
        flatten=nn.Flatten(),
        last=BinaryLinear(7 * 6 * 6, 10),
        last_norm=nn.BatchNorm1d(10),
    )
    packed = PackedModel.from_module(model, (1, 12, 12))
    assert [type(node.op) for node in packed.nodes].count(BitPool) == 1
    assert set(different_bits(packed, model, pixels(50)).values()) == {0}


def test_groups_strides_and_dilation() -> None:
    model = chain(
        first=nn.Conv2d(3, 8, 3, stride=2, groups=1, bias=True),
        conv=BinaryConv2d(8, 12, 3, stride=(1, 2), dilation=(2, 1), padding=(2, 1), groups=4, pad_value=0),
        norm=nn.BatchNorm2d(12),
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=nn.Linear(12 * 11 * 6, 4),
    )
    images = pixels(20, (3, 24, 24))
    packed = PackedModel.from_module(model, (3, 24, 24))
    with torch.no_grad():
        assert np.array_equal(packed.predict(images), model(numbers(images)).numpy().argmax(1))


def test_points_stay_numbers() -> None:
    model = network("mlp", input_shape=(2,), widths=(16, 16), first_layer="binary")
    points = np.random.default_rng(0).integers(-256, 256, (50, 2)).astype(np.float32) / 256
    packed = PackedModel.from_module(model, (2,), divisor=None)
    with torch.no_grad():
        assert np.array_equal(packed.predict(points), model(torch.from_numpy(points)).numpy().argmax(1))


def test_one_example_and_many() -> None:
    packed = PackedModel.from_module(network("mlp", widths=(64, 32)), (1, 12, 12))
    images = pixels(300)
    together = packed.logits(images)
    assert together.shape == (300, 10)
    assert np.allclose(packed.logits(images[7]), together[7], rtol=1e-5, atol=1e-5)
    assert packed.predict(images[7]).shape == ()
    assert np.allclose(packed.predict_proba(images).sum(1), 1)
    assert packed.logits(images[:0]).shape == (0, 10)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (chain(a=nn.Linear(4, 4), b=nn.Softmax(1)), "layer 'b' is a Softmax, which cannot be packed"),
        (nn.Softmax(1), "layer 'model' is a Softmax"),
        (chain(a=nn.BatchNorm1d(4)), "'a' stands before the first layer that multiplies"),
        (chain(a=BinaryLinear(4, 4)), "'a' takes the sign of the network's input"),
        (chain(), "no layer that multiplies"),
        (chain(a=nn.Linear(4, 4), s=BinaryActivation(), n=nn.BatchNorm1d(4)), "'n' follows a sign"),
    ],
)
def test_what_cannot_be_packed_is_named(model: nn.Module, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PackedModel.from_module(model, (4,))


@pytest.mark.parametrize(
    ("model", "layer"),
    [
        (chain(a=nn.Linear(4, 4), s=BinaryActivation(binarize="weights"), b=nn.Linear(4, 4)), "s"),
        (chain(a=nn.Linear(4, 4), b=BinaryLinear(4, 4, binarize="weights")), "b"),
        (chain(a=BinaryLinear(4, 4, binarize_input=False, binarize="nothing")), "a"),
    ],
)
def test_a_network_that_takes_no_signs_now_is_refused_with_the_remedy(
    model: nn.Sequential, layer: str
) -> None:
    says = f"layer '{layer}' takes no signs .*: train with binarize='both', or call set_binarize"
    with pytest.raises(ValueError, match=says):
        PackedModel.from_module(model, (4,))
    model.get_submodule(layer).set_binarize("both")  # type: ignore[operator]
    assert prove(PackedModel.from_module(model, (4,)), model) is not None


def test_weights_that_are_signs_are_packed_where_no_sign_of_an_input_is_left_out() -> None:
    layer = BinaryLinear(4, 3, binarize_input=False, binarize="weights")
    packed, x = PackedModel.from_module(chain(a=layer), divisor=None), torch.randn(5, 4)
    assert np.allclose(packed.logits(x.numpy()), layer(x).detach(), atol=1e-6)


def test_examples_of_another_shape_are_refused() -> None:
    packed = PackedModel.from_module(network("mlp", widths=(64,)), (1, 12, 12))
    with pytest.raises(ValueError, match=r"shape \(n, 1, 12, 12\), got uint8 of shape \(3, 1, 12, 11\)"):
        packed.predict(np.zeros((3, 1, 12, 11), np.uint8))
    with pytest.raises(ValueError, match="int64"):
        packed.predict(np.zeros((3, 1, 12, 12), np.int64))
    pixel_model = PackedModel.from_module(network("mlp", widths=(64, 32), first_layer="binary"), (1, 12, 12))
    with pytest.raises(ValueError, match=r"uint8 pixels p, or numbers p / 128 \+ -1 of such"):
        pixel_model.predict(np.full((1, 1, 12, 12), 0.3, np.float32))


def test_the_shape_of_examples_need_not_be_said_where_the_model_tells() -> None:
    mlp, convnet = network("mlp", widths=(70, 65)), network("convnet", widths=(5, 30))
    for model in (mlp, convnet):
        assert PackedModel.from_module(model).input_shape == (1, 12, 12)
    images = pixels(20)
    packed = PackedModel.from_module(nn.Sequential(*mlp).eval())  # a sequence that somebody else made
    assert packed.input_shape == (144,)
    expected = PackedModel.from_module(mlp).predict(images)
    assert np.array_equal(packed.predict(images), expected)
    assert np.array_equal(packed.predict(images.reshape(20, 144)), expected)
    with pytest.raises(ValueError, match=r"input_shape must be given, such as \(1, 28, 28\)"):
        PackedModel.from_module(nn.Sequential(*convnet))


class Residual(nn.Sequential):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.as_tensor(super().forward(x))  # type: ignore[no-untyped-call]


class Doubled(nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(x)


def hooked() -> nn.Linear:
    layer = nn.Linear(4, 4)
    layer.register_forward_hook(lambda _, __, y: y + 1)
    return layer


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        (Residual(nn.Linear(4, 4)), "'b' is a Residual with a forward method of its own"),
        (Doubled(4, 4), "'b' is a Doubled with a forward method of its own"),
        (hooked(), "'b' has hooks"),
        (nn.Linear(4, 4).double(), "'b' must hold float32 numbers, it holds torch.float64"),
        (nn.Linear(4, 4, device="meta"), "'b' must hold float32 numbers, it holds no values"),
        (nn.BatchNorm1d(4, track_running_stats=False), "'b' keeps no running statistics"),
    ],
)
def test_layers_that_compute_in_another_way_are_refused(layer: nn.Module, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PackedModel.from_module(chain(a=nn.Linear(4, 4), b=layer), (4,))


def test_a_layer_that_stands_twice_computes_twice() -> None:
    torch.manual_seed(0)
    twice, sign = BinaryLinear(16, 16), BinaryActivation()
    model = nn.Sequential(
        nn.Linear(8, 16), twice, twice, sign, nn.Linear(16, 16), sign, nn.Linear(16, 3)
    ).eval()
    x = torch.randn(20, 8)
    packed = PackedModel.from_module(model, (8,), divisor=None)
    with torch.no_grad():
        assert np.allclose(packed.logits(x.numpy()), model(x).numpy(), atol=1e-5)


def test_the_proof_compares_what_decides_no_sign_by_a_whole_number() -> None:
    spec: dict[str, Any] = {"model": "convnet", "widths": (5, 66, 30)}
    packed = PackedModel.from_module(network(**spec))
    for name, parameter, says in (
        ("output", "weight", "'output' has other weight"),
        ("output", "bias", "'output' has other bias"),
        ("conv1", "weight", "'conv1' has other weight"),
        ("conv1_norm", "bias", "'conv1.bits' has other values"),
    ):
        model = network(**spec)
        with torch.no_grad():
            getattr(model.get_submodule(name), parameter).neg_()
        with pytest.raises(ValueError, match=f"node {says} than the module packs to"):
            prove(packed, model)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"widths": (64, 32, 16)}, "has 'output' .* where that packs to 'hidden2'"),
        ({"widths": (64,)}, "has 'hidden1' .* where that packs to 'output'"),
        (
            {"widths": (64, 32), "last_layer": "binary"},
            "\\(DenseOnSigns\\) .* packs to 'output' \\(XnorDense\\)",
        ),
        ({"widths": (64, 48)}, "has other"),
    ],
)
def test_the_proof_refuses_another_network(other: dict, says: str) -> None:  # type: ignore[type-arg]
    packed = PackedModel.from_module(network("mlp", widths=(64, 32)))
    with pytest.raises(ValueError, match=says):
        prove(packed, network("mlp", **other))


def test_rows_serve_a_network_of_images() -> None:
    packed = PackedModel.from_module(network("mlp", widths=(64, 32)))
    images = pixels(5)
    assert np.array_equal(packed.predict(images.reshape(5, 144)), packed.predict(images))
    with pytest.raises(ValueError, match="got uint16"):
        packed.predict(images.astype(np.uint16))
    for shape in (8, (), "8"):
        with pytest.raises(ValueError, match="input_shape must be"):
            PackedModel.from_module(network("mlp", widths=(64,)), shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["n", "pn", "np", "npn", "nnpn", "npnn", "pnpn", "npnp"])
def test_normalisations_and_poolings_in_any_order(order: str) -> None:
    generator = torch.Generator().manual_seed(3)
    after: dict[str, nn.Module] = {}
    for place, kind in enumerate(order):
        after[f"a{place}"] = nn.BatchNorm2d(6) if kind == "n" else nn.MaxPool2d(2, stride=1)
    torch.manual_seed(0)
    layers = chain(
        first=BinaryConv2d(1, 6, 3, binarize_input=False),
        norm=nn.BatchNorm2d(6),
        conv=BinaryConv2d(6, 6, 3),
        **after,
        flat=nn.Flatten(),
        last=BinaryLinear(6 * (8 - order.count("p")) ** 2, 10),
    )
    for module in layers.modules():
        if isinstance(module, nn.BatchNorm2d):
            disturb(module, generator)
            with torch.no_grad():
                module.weight.normal_(generator=generator)  # half of them turn the order round
            module.running_mean.mul_(0.3)  # type: ignore[union-attr]
            module.running_var.clamp_(max=4)  # type: ignore[union-attr]
    images = pixels(60)
    packed = PackedModel.from_module(layers, (1, 12, 12))
    assert different_bits(packed, layers, images) == {"conv": 0, "last": 0}
    assert all(layer.holds for layer in prove(packed, layers))


def test_the_proof_asks_both_for_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    layers = chain(
        a=nn.Conv2d(1, 4, 3), n=nn.BatchNorm2d(4), c=BinaryConv2d(4, 8, 3), m=nn.BatchNorm2d(8),
        p=nn.MaxPool2d(2), o=nn.BatchNorm2d(8), f=nn.Flatten(), d=BinaryLinear(128, 10),
    )  # fmt: skip
    with torch.no_grad():
        layers.get_submodule("o").weight.neg_()  # type: ignore[operator]
    monkeypatch.setattr("bnnlab.deploy.from_module.falling", lambda _: None)  # pools in the wrong direction
    packed = PackedModel.from_module(layers, (1, 12, 12))
    with pytest.raises(ValueError, match="packed must answer as the module, but of 64 random examples"):
        prove(packed, layers)


def test_what_computes_between_the_layers_is_refused() -> None:
    def model() -> nn.Sequential:
        return nn.Sequential(nn.Sequential(nn.Linear(8, 8)), nn.BatchNorm1d(8), BinaryLinear(8, 2)).eval()

    inner, outer, patched = model(), model(), model()
    inner[0].register_forward_hook(lambda _module, _inputs, output: -output)
    outer.register_forward_pre_hook(lambda _module, inputs: (-inputs[0],))
    patched[0][0].forward = lambda x: -x  # type: ignore[index]
    for touched, says in (
        (inner, "layer '0' has hooks"),
        (outer, "layer 'model' has hooks"),
        (patched, "layer '0.0' has a forward of its own"),
    ):
        with pytest.raises(ValueError, match=says):
            PackedModel.from_module(touched, (8,), divisor=None)


@pytest.mark.parametrize("divisor", [255.0, 127.5, 255 * 0.3081, 100.0])
def test_the_modules_own_inputs_serve_a_binary_first_layer(divisor: float) -> None:
    layers = chain(f=nn.Flatten(), a=BinaryLinear(144, 70, binarize_input=False), n=nn.BatchNorm1d(70),
                   b=BinaryLinear(70, 10))  # fmt: skip
    packed = PackedModel.from_module(layers, (1, 12, 12), divisor=divisor, offset=-0.42)
    images = pixels(20)
    x = images.astype(np.float32) / np.float32(divisor) - np.float32(0.42)
    assert np.array_equal(packed.logits(x), packed.logits(images))
    with pytest.raises(ValueError, match="x must be uint8 pixels p, or numbers"):
        packed.logits(x + np.float32(0.1 / divisor))


def test_a_flattening_at_the_end_gives_rows() -> None:
    torch.manual_seed(0)
    layers = chain(a=nn.Conv2d(1, 4, 12), n=nn.BatchNorm2d(4), f=nn.Flatten())
    packed = PackedModel.from_module(layers, (1, 12, 12))
    images = pixels(3)
    with torch.no_grad():
        assert np.allclose(packed.logits(images), layers(numbers(images)).numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        (
            {
                "a": nn.Conv2d(1, 4, 3),
                "f": nn.Flatten(),
                "n": nn.BatchNorm1d(400),
                "b": BinaryLinear(400, 10),
            },
            "layer 'n' normalises 400 channels, but layer 'a' has 4 outputs",
        ),
        (
            {"f": nn.Flatten(), "a": nn.Linear(144, 8), "n": nn.BatchNorm1d(8, affine=False).double()},
            "layer 'n' must hold float32 numbers, it holds torch.float64",
        ),
        ({"f": nn.Flatten(2), "a": nn.Linear(144, 8)}, "layer 'f' flattens other dimensions"),
        (
            {"c": nn.Conv2d(1, 4, 3), "f": nn.Flatten(), "b": BinaryLinear(12, 2)},
            "layer 'b': cannot reshape|layer 'b': .*shape",
        ),
        (
            {"f": nn.Flatten(), "a": nn.LazyLinear(3)},
            "layer 'a' must hold float32 numbers, it holds no values",
        ),
        (
            {"f": nn.Flatten(), "a": nn.Linear(144, 8), "r": nn.ReLU()},
            "what can is Linear, Conv2d, BinaryLinear",
        ),
    ],
)
def test_layers_on_images_that_cannot_be_packed_are_named(layers: dict[str, nn.Module], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PackedModel.from_module(chain(**layers), (1, 12, 12))


def test_a_network_that_has_run_can_be_pickled_and_copied() -> None:
    packed = PackedModel.from_module(network("convnet", widths=(5, 66, 30)))
    images = pixels(4)
    expected = packed.logits(images)
    for again in (pickle.loads(pickle.dumps(packed)), copy.deepcopy(packed)):
        assert np.array_equal(again.logits(images), expected)


def test_images_of_one_channel_need_not_say_so() -> None:
    packed = PackedModel.from_module(network("convnet", widths=(5, 66, 30)))
    images = pixels(4)
    assert np.array_equal(packed.logits(images[:, 0]), packed.logits(images))
    with pytest.raises(ValueError, match=r"uint8 of shape \(4, 12, 12, 1\)"):
        packed.logits(images.transpose(0, 2, 3, 1))  # channels last would be other images


def test_what_is_shown_of_a_network_is_short() -> None:
    packed = PackedModel.from_module(network("mlp", widths=(64, 32)))
    assert repr(packed).startswith("PackedModel(input_shape=(1, 12, 12), nodes=(numbers: FromPixels, ")
    assert len(repr(packed)) < 300
    assert packed.pixels == (128.0, -1.0)
    assert PackedModel.from_module(network("mlp", widths=(64, 32)), divisor=None).pixels is None
