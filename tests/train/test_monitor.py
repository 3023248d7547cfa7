"""A monitor in somebody's own loop: every number it gives, counted again one weight at a time."""

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bnnlab.bits import reference
from bnnlab.nn import OPTIMIZERS, QUANTIZERS, Binarizer, BinaryConv2d, BinaryLayer, BinaryLinear
from bnnlab.records import HISTOGRAM_BINS, LayerDynamics, LayerSnapshot
from bnnlab.train import STARVED_AFTER, Monitor

CLIP = 0.15  # small, so that many weights lie outside and some starve


def small_mlp(quantizer: str) -> nn.Sequential:
    options: dict[str, Any] = {"quantizer": quantizer, "clip_value": CLIP}
    return nn.Sequential(
        BinaryLinear(5, 7, binarize_input=False, **options),
        nn.BatchNorm1d(7),
        BinaryLinear(7, 70, **options),  # more than one word to a row
        nn.BatchNorm1d(70),
        BinaryLinear(70, 3, scale=True, **options),
    )


def small_convnet(quantizer: str) -> nn.Sequential:
    options: dict[str, Any] = {"quantizer": quantizer, "clip_value": CLIP}
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1, bias=False),
        nn.BatchNorm2d(4),
        BinaryConv2d(4, 8, 3, padding=1, groups=2, **options),
        nn.BatchNorm2d(8),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Sequential(BinaryLinear(32, 3, **options), nn.BatchNorm1d(3)),
    )


class Recorder(Binarizer):
    """A binarizer that also keeps, by torch's own hooks, what went in and which gradient came back."""

    def __call__(self, x: Tensor) -> Tensor:
        signs = super().__call__(x)
        self.x = x.detach().clone()
        self.before = torch.zeros(0)
        if signs.requires_grad:
            signs.register_hook(lambda gradient: setattr(self, "before", gradient.clone()))  # type: ignore[no-untyped-call]
        return signs


class Twin:
    """Everything a monitor says of one layer, computed the slow way."""

    def __init__(self, layer: BinaryLayer) -> None:
        self.layer = layer
        for name in ("weight_binarizer", "input_binarizer"):
            plain = getattr(layer, name)
            if plain is not None:
                setattr(layer, name, Recorder(plain.quantizer, plain.clip_value))
        self.first = self.signs = self.current_signs()
        self.flip_counts = np.zeros(self.signs.shape, int)
        self.flipped = np.zeros(self.signs.shape, bool)
        self.streaks = np.zeros(self.signs.shape, int)

    def latent(self) -> np.ndarray:
        return self.layer.weight.detach().flatten(1).numpy()

    def current_signs(self) -> np.ndarray:
        return reference.sign(self.latent())

    def check(self, said: LayerDynamics) -> None:
        flips = self.current_signs() != self.signs
        self.signs = self.current_signs()
        self.flip_counts += flips
        self.flipped |= flips
        gradient = self.layer.weight.grad
        assert gradient is not None
        self.streaks = np.where(gradient.flatten(1).numpy() == 0, self.streaks + 1, 0)
        assert said.weights == self.signs.size
        assert said.flips == flips.sum()
        assert said.net_flips == (self.signs != self.first).sum()
        assert said.outside_clip == pytest.approx(np.mean(~(np.abs(self.latent()) <= CLIP)), abs=1e-12)
        assert said.clipped_weight_gradients == pytest.approx(blocked(self.layer.weight_binarizer), abs=1e-12)
        assert said.clipped_input_gradients == pytest.approx(blocked(self.layer.input_binarizer), abs=1e-12)
        assert isinstance(self.layer.weight_binarizer, Recorder)
        before = self.layer.weight_binarizer.before
        assert said.gradient_norm_before == pytest.approx(norm(before), rel=1e-5)
        assert said.gradient_norm_after == pytest.approx(norm(gradient), rel=1e-5)
        assert said.starved == (self.streaks >= STARVED_AFTER).sum()

    def check_snapshot(self, said: LayerSnapshot) -> None:
        assert np.array_equal(said.signs.unpack(), self.signs)
        assert np.array_equal(said.flipped.unpack() == 1, self.flipped)
        assert np.array_equal(said.flip_counts, self.flip_counts)
        assert said.histogram_limit == 1.5
        assert said.outside == np.count_nonzero(np.abs(self.latent()) > CLIP)
        check_histogram(said.histogram, self.latent(), said.histogram_limit)
        self.flipped = np.zeros_like(self.flipped)


def blocked(binarizer: Binarizer | None) -> float:
    """Share of what went into a binarizer that it lets no gradient through."""
    if not isinstance(binarizer, Recorder):
        return 0.0
    return float(np.mean(binarizer.quantizer.surrogate(binarizer.x, binarizer.clip_value).numpy() == 0))


def norm(tensor: Tensor) -> float:
    return math.sqrt(math.fsum(float(value) ** 2 for value in tensor.flatten()))


def check_histogram(counts: np.ndarray, values: np.ndarray, limit: float) -> None:
    """Exact, but for values so close to a border that rounding may put them on either side of it."""
    position = (values.ravel().astype(float) + limit) * HISTOGRAM_BINS / (2 * limit)
    assert counts.sum() == values.size
    for border in range(1, HISTOGRAM_BINS):
        below = (position < border).sum()
        unclear = (np.abs(position - border) < 1e-4).sum()
        assert abs(int(counts[:border].sum()) - int(below)) <= unclear


def steps(model: nn.Module, shape: tuple[int, ...], n: int, seed: int = 0) -> Iterator[None]:
    """Train as anybody would; each `next` is one step."""
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.randn(24, *shape, generator=generator), torch.randint(0, 3, (24,), generator=generator)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(n):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield


@pytest.mark.parametrize("quantizer", QUANTIZERS)
@pytest.mark.parametrize(
    ("build", "shape", "names"),
    [(small_mlp, (5,), ("0", "2", "4")), (small_convnet, (1, 4, 4), ("2", "6.0"))],
    ids=["mlp", "convnet"],
)
def test_every_number_at_every_step(
    build: Callable[[str], nn.Sequential], shape: tuple[int, ...], names: tuple[str, ...], quantizer: str
) -> None:
    torch.manual_seed(5)
    model = build(quantizer)
    twins = [Twin(module) for module in model.modules() if isinstance(module, BinaryLayer)]
    flips = starved = clipped = 0.0
    with Monitor(model) as monitor:
        assert monitor.layer_names == names
        for step, _ in enumerate(steps(model, shape, STARVED_AFTER + 20)):
            for twin, said in zip(twins, monitor.step(), strict=True):
                twin.check(said)
                flips, starved = flips + said.flips, starved + said.starved
                clipped += said.clipped_weight_gradients
            if step % 3 == 0:
                for twin, snapshot in zip(twins, monitor.snapshot_layers(), strict=True):
                    twin.check_snapshot(snapshot)
    assert flips > 50  # so that something was counted at all
    assert (starved > 0) == (clipped > 0) == (quantizer in ("clipped_ste", "approx_sign"))


def test_watching_does_not_change_what_is_learned() -> None:
    torch.manual_seed(5)
    watched = small_mlp("clipped_ste")
    alone = copy.deepcopy(watched)
    with Monitor(watched) as monitor:
        for _ in steps(watched, (5,), 10):
            monitor.step()
            monitor.snapshot_layers()
    for _ in steps(alone, (5,), 10):
        pass
    for name, value in alone.state_dict().items():
        assert torch.equal(value, watched.state_dict()[name])


def one_weight(value: float) -> BinaryLinear:
    layer = BinaryLinear(1, 1, binarize_input=False)
    place(layer, value)
    return layer


def place(layer: BinaryLayer, *values: float) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(values).reshape(layer.weight.shape))


def backward(layer: BinaryLinear, upstream: float = 1.0) -> None:
    layer(torch.ones(1, layer.in_features)).sum().mul(upstream).backward()


def test_a_weight_is_starved_after_so_many_steps_without_gradient_and_one_feeds_it() -> None:
    layer = one_weight(2.0)  # beyond t_clip = 1
    with Monitor(layer) as monitor:

        def starved(steps: int) -> list[int]:
            counts = []
            for _ in range(steps):
                backward(layer)
                counts.append(monitor.step()[0].starved)
            return counts

        assert starved(STARVED_AFTER + 3) == [0] * (STARVED_AFTER - 1) + [1] * 4
        place(layer, 0.5)
        assert starved(1) == [0]
        place(layer, 2.0)
        assert starved(STARVED_AFTER) == [0] * (STARVED_AFTER - 1) + [1]


def test_steps_without_a_backward_pass_feed_nothing() -> None:
    layer = one_weight(0.5)
    with Monitor(layer) as monitor:
        for step in range(1, STARVED_AFTER + 1):
            (said,) = monitor.step()
            assert said.starved == (step == STARVED_AFTER)
            assert (said.clipped_weight_gradients, said.clipped_input_gradients) == (0, 0)
            assert (said.gradient_norm_before, said.gradient_norm_after) == (0, 0)


def test_a_gradient_of_nan_is_a_gradient() -> None:
    layer = one_weight(0.5)
    with Monitor(layer) as monitor:
        for _ in range(STARVED_AFTER + 1):
            backward(layer, math.nan)
            assert monitor.step()[0].starved == 0


def test_several_backward_passes_make_one_step() -> None:
    layer = BinaryLinear(2, 1)
    place(layer, 0.5, 2.0)
    with Monitor(layer) as monitor:
        for inputs, upstream in (([0.5, 0.5], 3.0), ([0.5, 5.0], 4.0)):
            x = torch.tensor([inputs], requires_grad=True)
            layer(x).sum().mul(upstream).backward()
        (said,) = monitor.step()
        assert said.gradient_norm_before == pytest.approx(math.sqrt(2 * 9 + 2 * 16))
        assert said.gradient_norm_after == pytest.approx(5)
        assert said.clipped_weight_gradients == 0.5
        assert said.clipped_input_gradients == 0.25
        (said,) = monitor.step()
        assert (said.gradient_norm_before, said.clipped_input_gradients) == (0, 0)


@pytest.mark.parametrize("upstreams", [(0.0, 1.0), (1.0, 0.0)])
def test_a_weight_is_fed_by_any_of_several_backward_passes(upstreams: tuple[float, float]) -> None:
    layer = one_weight(0.5)
    with Monitor(layer) as monitor:
        for _ in range(STARVED_AFTER):
            for upstream in upstreams:
                backward(layer, upstream)
            (said,) = monitor.step()
    assert said.starved == 0


@pytest.mark.parametrize("set_to_none", [False, True])
def test_gradients_may_be_thrown_away_before_the_step_is_measured(set_to_none: bool) -> None:
    layer = one_weight(0.5)
    with Monitor(layer) as monitor:
        for _ in range(STARVED_AFTER + 1):
            backward(layer, 3.0)
            layer.zero_grad(set_to_none)
            (said,) = monitor.step()
            assert (said.gradient_norm_after, said.starved) == (3, 0)


def test_gross_and_net_flips() -> None:
    layer = BinaryLinear(3, 1)
    place(layer, 1, 1, -1)
    with Monitor(layer) as monitor:
        place(layer, -1, 1, -1)
        (first,) = monitor.step()
        place(layer, 1, -1, -1)
        (second,) = monitor.step()
        (third,) = monitor.step()
        (snapshot,) = monitor.snapshot_layers()
        (again,) = monitor.snapshot_layers()
    assert [(said.flips, said.net_flips) for said in (first, second, third)] == [(1, 1), (2, 1), (0, 1)]
    assert second.flip_ratio == pytest.approx(2 / 3)
    assert snapshot.flip_counts.tolist() == [[2, 1, 0]]
    assert snapshot.flipped.unpack().tolist() == [[1, 1, -1]]
    assert again.flipped.unpack().tolist() == [[-1, -1, -1]]


def test_nan_lies_outside_the_clip_and_infinities_too() -> None:
    layer = BinaryLinear(4, 1)
    place(layer, math.nan, math.inf, 1.0, -1.0)
    with Monitor(layer) as monitor:
        (said,) = monitor.step()
        (snapshot,) = monitor.snapshot_layers()
    assert said.outside_clip == 0.5
    assert snapshot.histogram.sum() == 3


def test_t_clip_may_be_moved_while_a_monitor_watches() -> None:
    layer = BinaryLinear(2, 1)
    place(layer, 0.5, 2.0)
    with Monitor(layer) as monitor:
        for clip_value, outside in ((1.0, 0.5), (0.1, 1.0), (3.0, 0.0)):
            layer.set_clip_value(clip_value)
            backward(layer)
            (said,) = monitor.step()
            assert said.outside_clip == said.clipped_weight_gradients == outside
            (snapshot,) = monitor.snapshot_layers()
            assert snapshot.histogram_limit == max(1.5, 1.25 * clip_value)
            assert snapshot.outside == 2 * outside
        layer.set_clip_value(1.0)  # no step since, and yet it counts
        assert monitor.snapshot_layers()[0].outside == 1


def test_snapshots_are_read_only_and_stay_as_they_are() -> None:
    torch.manual_seed(5)
    model = small_mlp("clipped_ste")
    with Monitor(model) as monitor:
        kept = []
        for _ in steps(model, (5,), 10):
            monitor.step()
            taken = monitor.snapshot_layers()
            kept.append((taken, copy.deepcopy(taken)))
    for taken, before in kept:
        for layer, earlier in zip(taken, before, strict=True):
            for now, then in zip(arrays(layer), arrays(earlier), strict=True):
                assert not now.flags.writeable
                assert np.array_equal(now, then)
    assert not np.array_equal(arrays(kept[0][0][1])[2], arrays(kept[-1][0][1])[2])


def arrays(layer: LayerSnapshot) -> list[np.ndarray]:
    return [layer.signs.words, layer.flipped.words, layer.flip_counts, layer.histogram]


# Coming and going.


def probes(model: nn.Module) -> list[object]:
    layers = [module for module in model.modules() if isinstance(module, BinaryLayer)]
    binarizers = [b for layer in layers for b in (layer.weight_binarizer, layer.input_binarizer)]
    return [binarizer.probe for binarizer in binarizers if binarizer is not None]


def test_two_monitors_at_once_are_refused_and_the_first_goes_on() -> None:
    torch.manual_seed(5)
    model = small_mlp("clipped_ste")
    with Monitor(model) as monitor:
        with pytest.raises(
            ValueError, match="layer '0' is already watched by another monitor; close it first"
        ):
            Monitor(model)
        for _ in steps(model, (5,), 1):
            assert all(said.gradient_norm_before > 0 for said in monitor.step())
    with Monitor(model) as another:
        assert another.layer_names == ("0", "2", "4")


def test_a_refused_monitor_leaves_nothing_behind() -> None:
    model = small_mlp("clipped_ste")
    with Monitor(model[4]):
        with pytest.raises(ValueError, match="layer '4' is already watched"):
            Monitor(model)
        assert [probe is None for probe in probes(model)] == [True, True, True, False, False]


def test_closing_removes_everything_and_may_be_done_twice() -> None:
    model = small_convnet("clipped_ste")
    before = set(vars(model[2]))
    monitor = Monitor(model)
    assert all(probes(model))
    monitor.close()
    monitor.close()
    assert not any(probes(model))
    assert set(vars(model[2])) == before
    assert not any(module._forward_hooks or module._backward_hooks for module in model.modules())
    assert (monitor.layer_names, monitor.step(), monitor.snapshot_layers()) == ((), (), ())


def test_an_error_in_the_loop_closes_the_monitor() -> None:
    model = small_mlp("clipped_ste")
    with pytest.raises(KeyError), Monitor(model):
        raise KeyError
    assert not any(probes(model))


def test_a_model_without_binary_layers_has_nothing_to_report() -> None:
    with Monitor(nn.Linear(2, 2)) as monitor:
        assert (monitor.step(), monitor.snapshot_layers()) == ((), ())


def test_frozen_weights_are_watched_too() -> None:
    layer = BinaryLinear(3, 2)
    layer.weight.requires_grad_(False)
    with Monitor(layer) as monitor:
        layer(torch.full((1, 3), 9.0, requires_grad=True)).sum().backward()
        (said,) = monitor.step()
    assert (said.flips, said.clipped_weight_gradients, said.gradient_norm_after) == (0, 0, 0)
    assert said.clipped_input_gradients == 1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_other_precisions(dtype: torch.dtype) -> None:
    layer = BinaryLinear(3, 2).to(dtype)
    place(layer, 0.5, 2.0, -2.0, -0.5, 0.25, -0.25)
    with Monitor(layer) as monitor:
        layer(torch.ones(4, 3, dtype=dtype)).sum().backward()
        (said,) = monitor.step()
        (snapshot,) = monitor.snapshot_layers()
    assert (said.outside_clip, said.clipped_weight_gradients) == pytest.approx((1 / 3, 1 / 3))
    assert said.gradient_norm_before == pytest.approx(math.sqrt(6 * 16))
    assert said.gradient_norm_after == pytest.approx(math.sqrt(4 * 16))
    assert np.array_equal(snapshot.signs.unpack(), layer.binary_weight.float())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_can_be_watched(name: str) -> None:
    torch.manual_seed(5)
    model = small_mlp("clipped_ste")
    optimizers = OPTIMIZERS[name](model, 0.05)
    x, y = torch.randn(24, 5), torch.randint(0, 3, (24,))
    flips = 0
    with Monitor(model) as monitor:
        for _ in range(20):
            for optimizer in optimizers:
                optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
            for optimizer in optimizers:
                optimizer.step()
            flips += sum(layer.flips for layer in monitor.step())
    assert flips > 0
