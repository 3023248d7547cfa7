"""Two networks side by side: from one seed, on the same batches, with one difference."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Iterable
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from bnnlab.nn import QUANTIZERS, BinaryLayer
from bnnlab.nn.layers.binarizers import binarizers_of
from bnnlab.nn.optimizers import WITHOUT_LATENT_WEIGHTS
from bnnlab.records import PointsView, RivalLook, differing_signs
from bnnlab.train.config import AtOnce, RunConfig
from bnnlab.train.look import Look
from bnnlab.train.training import TrainingDivergedError, TrainingRun

FLOAT_TWIN: Final = "float twin"
COSINES_AGAIN_AFTER_S: Final = 0.5


class Rival:
    """A run beside another one: the same seed, data and batches, and one thing different.

    Args:
        run: The run that it stands beside; its first settings and its data are taken.
        name: `FLOAT_TWIN`, in which nothing is binarised, or the estimator of the other one: a name in `QUANTIZERS`.
        settings: The run's settings at its start.
        updates: What was changed on the way, with the step after which; more may be appended while the rival follows.

    Attributes:
        name: What it is.
        run: The rival itself.
        error: Why it went no further, or None: it may diverge where the other run does not.
    """

    def __init__(
        self, run: TrainingRun, name: str, settings: RunConfig, updates: list[tuple[int, AtOnce]]
    ) -> None:
        self.name = name
        self.run = TrainingRun(rival_config(settings, name), endless=True, dataset=run.dataset)
        self.error: str | None = None
        self._updates, self._obeyed = updates, 0
        self._cosines: dict[str, float] = {}
        self._cosines_due = 0.0

    def is_behind(self, step: int) -> bool:
        """Whether steps are missing until the other run's that it can still do."""
        return self.run.step < step and self.error is None

    def follow(self, step: int, seconds: float) -> None:
        """Do the steps that are missing until the other run's, for so long at most, but one at least.

        Args:
            step: Where the other run stands.
            seconds: To be spent at most.
        """
        until = time.monotonic() + seconds
        while self.is_behind(step):
            self._obey()
            try:
                next(self.run)
            except TrainingDivergedError as error:
                self.error = str(error)
            if time.monotonic() >= until:
                break

    def look(self, run: TrainingRun) -> RivalLook:
        """What there is to see of it beside the other run."""
        examined, view = self.run.ask(hurried=True)
        if self.name != FLOAT_TWIN and run.newest_batch is not None and time.monotonic() >= self._cosines_due:
            self._cosines = gradient_cosines(run, self.name)
            self._cosines_due = time.monotonic() + COSINES_AGAIN_AFTER_S
        return RivalLook(
            name=self.name,
            step=self.run.step,
            right=examined.right,
            examined=len(examined.labels),
            history=self.run.history.copy(),
            grid=view.grid if isinstance(view, PointsView) else None,
            cosines=self._cosines,
            differing={} if self.is_behind(run.step) else differing_signs(run.history, self.run.history),
            error=self.error,
        )

    def renew(self) -> None:
        """Ask what `look` leaves out, if that was half a second ago."""
        self.run.renew(Look())

    def close(self) -> None:
        """Let go of the run."""
        self.run.close()

    def _obey(self) -> None:
        """Change what was changed after this step in the other run."""
        while self._obeyed < len(self._updates) and self._updates[self._obeyed][0] <= self.run.step:
            changes = self._updates[self._obeyed][1]
            if self.name == FLOAT_TWIN:  # it stays one
                changes = {name: value for name, value in changes.items() if name != "binarize"}  # type: ignore[assignment]
            if changes:
                self.run.update(**changes)
            self._obeyed += 1


def rival_config(settings: RunConfig, name: str) -> RunConfig:
    """The settings of a rival.

    Args:
        settings: Of the run that it stands beside.
        name: What `check_rival` lets pass.
    """
    if name == FLOAT_TWIN:
        return dataclasses.replace(settings, binarize="nothing")
    return dataclasses.replace(settings, quantizer=name)


def check_rival(settings: RunConfig, name: str) -> None:
    """Refuse what cannot stand beside a run.

    Args:
        settings: Those that hold in the run now.
        name: `FLOAT_TWIN` or a name in `QUANTIZERS`.

    Raises:
        ValueError: If there is no such rival, or it would be the run itself.
    """
    if name == FLOAT_TWIN:
        if settings.optimizer in WITHOUT_LATENT_WEIGHTS:
            raise ValueError(
                f"there is no float twin with optimizer {settings.optimizer!r}, which keeps nothing but signs"
            )
        if settings.binarize == "nothing":
            raise ValueError("there is no float twin of a network in which nothing is binarised: it is one")
        return
    if name not in QUANTIZERS:
        raise ValueError(f"name must be {FLOAT_TWIN!r} or one of {', '.join(QUANTIZERS)}; got {name!r}")
    if name == settings.quantizer:
        raise ValueError(f"name must be another estimator than the run's own, {name!r}")


def difference(before: RunConfig, now: RunConfig) -> str:
    """What is different between two settings, as short as a name: ``"clip_value 0.5, seed 3"``.

    Args:
        before: The settings to be named.
        now: Those that they are told apart from.
    """
    old, new = before.to_dict(), now.to_dict()
    return ", ".join(f"{name} {_short(value)}" for name, value in old.items() if value != new[name])


def gradient_cosines(run: TrainingRun, quantizer: str) -> dict[str, float]:
    """How far two estimators agree: the cosine between their gradients of the newest batch, layer by layer.

    Both see the same weights and the same batch, in training mode, on a copy of the network; the run stays as it is. A
    layer whose gradient is zero under one of them has no direction: NaN.

    Args:
        run: A run after at least one step.
        quantizer: The estimator to hold against the run's own: a name in `QUANTIZERS`.

    Returns:
        For each binary layer the cosine, -1..1, of the gradients with respect to its latent weights.

    Raises:
        ValueError: If the estimator is unknown, or no step has been done.
    """
    if quantizer not in QUANTIZERS:
        raise ValueError(f"quantizer must be one of {', '.join(QUANTIZERS)}; got {quantizer!r}")
    batch = run.newest_batch
    if batch is None:
        raise ValueError("run must have done a step, for there to be a batch")
    own = _gradients(run.model, batch, None)
    other = _gradients(run.model, batch, quantizer)
    return {name: _cosine(own[name], other[name]) for name in own}


def _gradients(model: nn.Module, batch: tuple[Tensor, Tensor], quantizer: str | None) -> dict[str, Tensor]:
    """Gradients of the latent weights of all binary layers, with another estimator if told."""
    twin = copy.deepcopy(model)
    for binarizer in binarizers_of(twin):
        binarizer.probe = None
        if quantizer is not None:
            binarizer.quantizer = QUANTIZERS[quantizer]
    layers = {name: module for name, module in twin.named_modules() if isinstance(module, BinaryLayer)}
    x, y = batch
    loss = functional.cross_entropy(twin(x), y)
    weights = [layer.weight for layer in layers.values()]
    return dict(zip(layers, torch.autograd.grad(loss, weights), strict=True))


def _cosine(a: Tensor, b: Tensor) -> float:
    a, b = a.flatten().double(), b.flatten().double()
    norms = a.norm() * b.norm()
    return float(a @ b / norms) if norms > 0 else float("nan")


def _short(value: object) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
