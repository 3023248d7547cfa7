"""Takes the pictures of a run: all that a snapshot holds, from one moment between two steps."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable

import numpy as np
from torch import nn

from bnnlab.nn import BinaryLayer
from bnnlab.nn.optimizers import WITHOUT_LATENT_WEIGHTS
from bnnlab.records import (
    Example,
    FlipEffect,
    FloatLayer,
    ImagesView,
    PointsView,
    Selection,
    Snapshot,
    TrainingEvent,
    WeightLook,
)
from bnnlab.train.answers import REST_FOR_EACH_S, Answers, Examined, examine, gates, read_only
from bnnlab.train.config import RunConfig
from bnnlab.train.datasets import Dataset
from bnnlab.train.example import Crossing, look_at_example, look_back
from bnnlab.train.flip_effect import flip_effect
from bnnlab.train.look import Look
from bnnlab.train.watch.monitor import Monitor

EFFECT_AGAIN_AFTER_S = 0.5


class Observer:
    """Sees everything of a run and changes nothing of it.

    Args:
        model: The network.
        dataset: Its data.
        monitor: Watches the network.
        device: Where the network is.
        clock: Seconds, of which only differences count.
    """

    def __init__(
        self,
        model: nn.Module,
        dataset: Dataset,
        monitor: Monitor,
        device: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model, self._dataset, self._monitor, self._device = model, dataset, monitor, device
        self._clock = clock
        self._answers = Answers(model, dataset, device, clock)
        self._effect: FlipEffect | None = None
        self._effect_of: Selection | None = None
        self._effect_at, self._effect_took = -math.inf, 0.0
        self._effect_step = -1

    def snapshot(
        self, event: TrainingEvent | None, config: RunConfig, look: Look, hurried: bool = False
    ) -> Snapshot:
        """The run at this moment, in read-only copies.

        Args:
            event: The last step done.
            config: The settings that hold now.
            look: What to show beside the network.
            hurried: Whether training goes on: what is dear and changes little is then left to `renew`.
        """
        created = time.time()
        step = 0 if event is None else event.step
        examined, view = self._answers.ask(step, hurried)
        example, gradients = self._example(look)
        return Snapshot(
            event=event,
            clip_value=config.clip_value,
            layers=self._monitor.snapshot_layers(),
            view=view,
            created=created,
            latent=config.optimizer not in WITHOUT_LATENT_WEIGHTS,
            weight_clip_value=config.weight_clip,
            binarize=config.binarize,
            gates=gates(examined, config.clip_value),
            float_layers=self._float_layers(),
            example=example,
            selection=look.selection,
            weight=self._weight(look.selection, example, gradients, examined, step, hurried),
        )

    def ask(self, step: int, hurried: bool) -> tuple[Examined, PointsView | ImagesView]:
        """What the network answers: see `Answers.ask`."""
        return self._answers.ask(step, hurried)

    def renew(self, step: int, look: Look) -> None:
        """Ask, between two pictures and if it is time to, what is too dear to be asked for each hurried one."""
        self._answers.renew(step)
        selection = look.selection
        rest = max(EFFECT_AGAIN_AFTER_S, REST_FOR_EACH_S * self._effect_took)
        if selection is None or selection != self._effect_of or self._clock() - self._effect_at < rest:
            return
        example, _ = self._example(dataclasses.replace(look, backward=False))
        if example is not None:
            self._ask_effect(selection, example, self._answers.ask(step, hurried=True)[0], step)

    def asked_anew(self) -> None:
        """Ask everything again with the next snapshot: somebody changed the network by hand."""
        self._answers.forget()
        self._effect_of = None

    def _example(self, look: Look) -> tuple[Example | None, Crossing]:
        if look.example is None:
            return None, Crossing()
        where = (self._model, self._dataset, look.example, self._device)
        if not look.backward:
            return look_at_example(*where), Crossing()
        return look_back(*where, None if look.selection is None else look.selection.layer)

    def _float_layers(self) -> tuple[FloatLayer, ...]:
        return tuple(
            FloatLayer(name, read_only(module.weight.detach().flatten(1).cpu().numpy().astype(np.float32)))
            for name, module in self._model.named_modules()
            if isinstance(module, nn.Linear | nn.Conv2d) or _multiplies_numbers(module)
        )

    def _weight(
        self,
        selection: Selection | None,
        example: Example | None,
        gradients: Crossing,
        examined: Examined,
        step: int,
        hurried: bool,
    ) -> WeightLook | None:
        chosen = None if selection is None or selection.weight is None else selection
        self._monitor.follow(chosen)
        if chosen is None:
            return None
        life = self._monitor.life(chosen)
        effect = None
        if example is not None:
            effect = self._flip_effect(chosen, example, examined, step, hurried)
        return life.look(gradients.before_of(chosen), gradients.after_of(chosen), effect)

    def _flip_effect(
        self, selection: Selection, example: Example, examined: Examined, step: int, hurried: bool
    ) -> FlipEffect:
        if selection != self._effect_of or self._effect is None or not (hurried or self._effect_step == step):
            return self._ask_effect(selection, example, examined, step)
        where = (self._model, self._dataset, self._device)
        self._effect = flip_effect(*where, selection, example, examined, known=self._effect)
        return self._effect

    def _ask_effect(
        self, selection: Selection, example: Example, examined: Examined, step: int
    ) -> FlipEffect:
        began = self._clock()
        if examined.step != step:
            examined = examine(self._model, self._dataset, self._device, step)
        where = (self._model, self._dataset, self._device)
        self._effect = flip_effect(*where, selection, example, examined)
        self._effect_of, self._effect_step, self._effect_at = selection, step, self._clock()
        self._effect_took = self._effect_at - began
        return self._effect


def _multiplies_numbers(module: nn.Module) -> bool:
    """Whether a binary layer takes no signs just now, so that its latent weights themselves are the weights."""
    return isinstance(module, BinaryLayer) and not module.weight_binarizer.gives_signs
