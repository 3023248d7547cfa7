"""The signs of every past step, against copies of the model's own signs after each of them."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from torch import nn

from bnnlab.nn import MODELS, BinaryLayer, ModelSpec
from bnnlab.records import History, Selection
from bnnlab.records.sign_log import MAX_SIGN_BYTES
from bnnlab.train import LiveRun, Monitor, RunConfig, train
from bnnlab.train.flip_effect import flip_weight
from bnnlab.train.watch.monitor import MIN_SIGN_BYTES

Signs = dict[str, np.ndarray]


def mlp(seed: int) -> tuple[nn.Module, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    spec = ModelSpec((20,), 4, (30, 70), first_layer="binary", last_layer="binary")
    return MODELS["mlp"](spec, generator), torch.randn(32, 20, generator=generator)


def convnet(seed: int) -> tuple[nn.Module, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    spec = ModelSpec((1, 8, 8), 4, (4, 6, 9), first_layer="binary", last_layer="binary")
    return MODELS["convnet"](spec, generator), torch.randn(32, 1, 8, 8, generator=generator)


def signs_of(model: nn.Module) -> Signs:
    return {
        name: np.where(module.weight.detach().numpy() >= 0, 1, -1).astype(np.int8)
        for name, module in model.named_modules()
        if isinstance(module, BinaryLayer)
    }


def equal(said: Signs, expected: Signs) -> bool:
    assert said.keys() == expected.keys()
    for name, signs in said.items():
        assert signs.dtype == np.int8
        assert signs.shape == expected[name].shape
    return all(np.array_equal(said[name], expected[name]) for name in said)


def check_every_step(build: Callable[[int], tuple[nn.Module, torch.Tensor]], steps: int, seed: int) -> None:
    model, x = build(seed)
    generator = torch.Generator().manual_seed(seed + 1)
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    with Monitor(model) as monitor:
        names = monitor.layer_names
        kept = [signs_of(model)]
        trained = [signs_of(model)]  # before anything was done by hand
        undone = 0
        for step in range(1, steps + 1):
            if step % 50 == 1:
                y = torch.randint(0, 4, (32,), generator=generator)
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            monitor.step()
            trained.append(signs_of(model))
            for _ in range(int(rng.integers(1, 4)) if step % 11 == 0 else 0):
                layer = names[int(rng.integers(len(names)))]
                neurons, *taps = kept[0][layer].shape
                weight = Selection(layer, int(rng.integers(neurons)), int(rng.integers(np.prod(taps))))
                for _ in range(1 + (step % 22 == 0)):  # some are undone at once
                    flip_weight(model, weight)
                    monitor.read_again()
                undone += step % 22 == 0
            kept.append(signs_of(model))
            assert equal(monitor.signs.at(step), kept[step])
        assert undone
    history = monitor.signs
    assert (history.since, history.newest) == (0, steps)
    flips = {name: np.zeros(signs.shape, int) for name, signs in kept[0].items()}
    for step, expected in enumerate(kept):
        assert equal(history.at(step), expected), step
        if step:
            for name, packed in history.flips_at(step).items():
                flipped = trained[step][name] != kept[step - 1][name]
                assert np.array_equal(packed.unpack().reshape(flipped.shape) > 0, flipped), step
                flips[name] += flipped
    for name, each in flips.items():
        assert each.sum() > 20
        assert np.array_equal(history.logs[name].flip_counts, each.reshape(len(each), -1))
        assert history.flip_statistics(name).total_flips == each.sum()


@pytest.mark.parametrize("build", [mlp, convnet])
def test_every_step(build: Callable[[int], tuple[nn.Module, torch.Tensor]]) -> None:
    check_every_step(build, steps=300, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("build", [mlp, convnet])
def test_every_step_of_a_long_run(build: Callable[[int], tuple[nn.Module, torch.Tensor]], seed: int) -> None:
    check_every_step(build, steps=3000, seed=seed)


def test_a_run_keeps_its_own_history() -> None:
    with train(RunConfig(dataset="digits", widths=(16, 12), batch_size=64)) as run:
        kept = [signs_of(run.model)]
        for _ in range(5):
            next(run)
            kept.append(signs_of(run.model))
        run.flip(Selection("hidden1", 2, 3))
        kept[-1] = signs_of(run.model)
        copy = run.history.copy()
        next(run)
    assert copy.signs is run.history.signs
    assert run.history.column("step").tolist() == [1, 2, 3, 4, 5, 6]
    assert copy.column("step").tolist() == [1, 2, 3, 4, 5]
    for step, expected in enumerate(kept):
        assert equal(copy.at(step), expected)
    assert run.history.sign_bytes > 0


def test_a_step_is_a_whole_number_that_is_there() -> None:
    model, _ = mlp(0)
    with Monitor(model) as monitor:
        monitor.step()
        for wrong in (1.0, True, "1", None):
            with pytest.raises(TypeError, match="step must be a whole number"):
                monitor.signs.at(wrong)  # type: ignore[arg-type]
        with pytest.raises(
            ValueError, match="step 2 has not been done: the memory for signs holds steps 0 to 1"
        ):
            monitor.signs.at(2)
        with pytest.raises(ValueError, match="layer must be one of"):
            monitor.signs.flip_statistics("nowhere")
    with pytest.raises(ValueError, match="curves but no signs"):
        History().at(0)
    assert History().sign_bytes == 0


def test_the_memory_for_signs_is_shared_by_all_layers() -> None:
    model, _ = mlp(0)
    with pytest.raises(ValueError, match=f"max_sign_bytes must be at least {MIN_SIGN_BYTES}"):
        Monitor(model, max_sign_bytes=MIN_SIGN_BYTES - 1)
    with Monitor(model, max_sign_bytes=MIN_SIGN_BYTES) as monitor:
        layers = [module for module in model.modules() if isinstance(module, BinaryLayer)]
        for _ in range(600):
            for layer in layers:
                with torch.no_grad():
                    layer.weight.mul_(torch.where(torch.rand(layer.weight.shape) < 0.05, -1.0, 1.0))
            monitor.step()
            assert monitor.signs.nbytes <= MIN_SIGN_BYTES
        since = monitor.signs.since
        assert 0 < since < 600
        assert equal(monitor.signs.at(600), signs_of(model))
        with pytest.raises(
            ValueError, match=f"step 3 is gone: the memory for signs holds steps {since} to 600"
        ):
            monitor.signs.at(3)


def test_what_another_thread_reads_meanwhile_is_exact() -> None:
    model, _ = mlp(0)
    with Monitor(model, max_sign_bytes=MIN_SIGN_BYTES) as monitor:
        kept = {0: signs_of(model)}
        ended, asked, wrong = threading.Event(), [0], list[object]()

        def read() -> None:
            rng = np.random.default_rng(1)
            while not ended.is_set():
                newest = max(kept)
                step = int(rng.integers(monitor.signs.since, newest + 1))
                try:
                    said = monitor.signs.at(step)
                except ValueError as error:
                    if "is gone" not in str(error):
                        wrong.append(error)
                    continue
                asked[0] += 1
                if not equal(said, kept[step]):
                    wrong.append(step)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        layers = [module for module in model.modules() if isinstance(module, BinaryLayer)]
        for step in range(1, 800):
            for layer in layers:
                with torch.no_grad():
                    layer.weight.mul_(torch.where(torch.rand(layer.weight.shape) < 0.03, -1.0, 1.0))
            signs = signs_of(model)
            monitor.step()
            kept[step] = signs
        ended.set()
        for reader in readers:
            reader.join()
    assert not wrong
    assert asked[0] > 100


def test_a_live_run_answers_while_it_trains() -> None:
    live = LiveRun(RunConfig(dataset="digits", widths=(16, 12), batch_size=64), duty=1.0)
    try:
        live.wait_for(state="paused")
        live.play()
        live.wait_for(step=30)
        history = live.history
        newest = history.known_signs.newest
        assert newest >= 30
        earlier = history.at(20)
        live.pause()
        live.wait_for(state="paused")
        assert equal(history.at(20), earlier)
        live.reset()
        live.wait_for(state="paused")
        assert live.history.known_signs.newest == 0
        assert equal(history.at(20), earlier)
        live.undo()
        live.wait_for(state="paused")
        assert live.history.signs is history.signs
    finally:
        live.close()


@pytest.mark.parametrize(("first_layer", "limit"), [("float", 16), ("binary", 64)])
@pytest.mark.long
def test_three_thousand_steps_fit_and_are_found_at_once(
    first_layer: Literal["float", "binary"], limit: int, tmp_path: Path
) -> None:
    """784-256-256-10 on handwritten digits."""
    config = RunConfig(dataset="mnist", widths=(256, 256), first_layer=first_layer, batch_size=64, epochs=100)
    with train(config) as run:
        for _ in range(3000):
            next(run)
        history = run.history
        assert history.sign_bytes <= limit * 2**20 <= MAX_SIGN_BYTES
        assert history.known_signs.since == 0
        took = []
        for step in np.random.default_rng(0).integers(0, 3001, 200):
            began = time.perf_counter()
            history.at(int(step))
            took.append(time.perf_counter() - began)
        print(f"{history.sign_bytes / 2**20:.1f} MiB, {1000 * float(np.quantile(took, 0.95)):.1f} ms")
        assert np.quantile(took, 0.95) <= 0.05
        history.to_npz(tmp_path / "run.npz")
    loaded = History.load(tmp_path / "run.npz")
    for step in (0, 1, 1500, 2999, 3000):
        assert equal(loaded.at(step), history.at(step))
