"""Training, one optimiser step at a time.

    for event in train(RunConfig(dataset="digits")):
        print(event.step, event.loss)

A run draws every random number from generators of its own, seeded by its config: two runs of the same config
give the same weights bit for bit, whatever else the process is doing.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, Unpack

import torch
from torch import Tensor
from torch.nn import functional

from bnnlab.nn import MODELS, OPTIMIZERS, BinaryActivation, BinaryLayer
from bnnlab.nn.optimizers import WITHOUT_LATENT_WEIGHTS
from bnnlab.records import History, ImagesView, PointsView, Selection, Snapshot, TrainingEvent
from bnnlab.train.answers import Examined, predict
from bnnlab.train.batches import Batches
from bnnlab.train.checkpoint import Checkpoint, copied_model, copied_optimizers, put_back
from bnnlab.train.config import AtOnce, RunConfig
from bnnlab.train.datasets import DATASETS, Dataset
from bnnlab.train.flip_effect import flip_weight
from bnnlab.train.look import Look
from bnnlab.train.observer import Observer
from bnnlab.train.schedules import learning_rate_factor
from bnnlab.train.watch.monitor import Monitor


class TrainingDivergedError(FloatingPointError):
    """The loss is no longer a finite number.

    Attributes:
        step: The step that could not be done, counted from 1.
    """

    def __init__(self, step: int, loss: float) -> None:
        super().__init__(f"the loss became {loss} in step {step}; a smaller learning rate may help")
        self.step = step


class TrainingRun:
    """A run: an iterator of which each `next()` is one optimiser step.

    Args:
        config: What to train on what, and how.
        endless: Whether to go on after the config's epochs, at the floor of its schedule.
        dataset: The config's data where somebody has them already; None loads them.

    Attributes:
        config: The settings, including later updates.
        dataset: The examples.
        model: The network, on the config's device.
        monitor: Watches its binary layers.
        history: Its curves, and the signs of its binary layers after every step: `history.at(step)`.
        steps_per_epoch: Steps of one pass over the training set; the last batch may be smaller.
        total_steps: Steps of the config's epochs: of the whole run, unless it is endless.
        endless: Whether it goes on after them.
        evaluates: Whether the test set is asked when that is due.
        event: The last step done, or None.
        batches: The examples of each step.
        newest_batch: Examples and classes of the last step, or None.
        listeners: Called after each step with its event, on the thread that trains, and with None once it is over.

    Raises:
        DatasetError: If the data are not on this computer.
        ValueError: If the device is not there.
    """

    def __init__(self, config: RunConfig, endless: bool = False, dataset: Dataset | None = None) -> None:
        if config.device == "cuda" and not torch.cuda.is_available():
            raise ValueError("device 'cuda' is not available here; use 'cpu'")
        self.config, self.endless, self.evaluates = config, endless, True
        self.dataset = dataset or DATASETS[config.dataset].load(config.seed, config.noise)
        generator = torch.Generator().manual_seed(config.seed)
        self.model = MODELS[config.model](config.spec, generator).to(config.device)
        self.monitor = Monitor(self.model)
        self.history = History(signs=self.monitor.signs)
        self._observer = Observer(self.model, self.dataset, self.monitor, config.device)
        self.event: TrainingEvent | None = None
        self.listeners: list[Callable[[TrainingEvent | None], None]] = []
        self._optimizers = OPTIMIZERS[config.optimizer](self.model, config.learning_rate)
        self.newest_batch: tuple[Tensor, Tensor] | None = None
        self.batches = Batches(self.dataset, config.batch_size, config.seed, config.device)
        self.steps_per_epoch = self.batches.per_epoch
        self.total_steps = config.epochs * self.steps_per_epoch

    @property
    def step(self) -> int:
        """Steps done so far."""
        return 0 if self.event is None else self.event.step

    def __iter__(self) -> Iterator[TrainingEvent]:
        return self

    def __next__(self) -> TrainingEvent:
        """Do one optimiser step.

        Raises:
            StopIteration: After `total_steps`, unless the run is endless.
            TrainingDivergedError: If the loss is not finite; the weights are left as they were.
        """
        if self.step >= self.total_steps and not self.endless:
            self._tell(None)
            raise StopIteration
        step = self.step + 1
        x, y = self.newest_batch = self.batches.next(self.step)
        self._set_learning_rate(self.step / self.total_steps)
        for optimizer in self._optimizers:
            optimizer.zero_grad()
        logits = self.model(x)
        loss = functional.cross_entropy(logits, y)
        if not torch.isfinite(loss):
            raise TrainingDivergedError(step, loss.item())
        loss.backward()  # type: ignore[no-untyped-call]
        for optimizer in self._optimizers:
            optimizer.step()
        self._clip_latent_weights()
        layers = self.monitor.step()
        test_loss, test_accuracy = self.evaluate() if self._is_due(step) else (None, None)
        self.event = TrainingEvent(
            step=step,
            epoch=(step - 1) // self.steps_per_epoch,
            loss=loss.item(),
            train_accuracy=(logits.argmax(1) == y).float().mean().item(),
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            layers=layers,
        )
        self.history.append(self.event)
        self._tell(self.event)
        return self.event

    def update(self, **changes: Unpack[AtOnce]) -> None:
        """Change settings from the next step on.

        Args:
            **changes: Fields of `RunConfig`, of those that need no new start: see `AtOnce`.

        Raises:
            ValueError: If a value is out of its range in `RunConfig`, or a setting needs a new start; nothing changes.
            TypeError: If a value has the wrong type; nothing changes.
        """
        self._use(self.config.updated(**changes))
        self._observer.asked_anew()

    def checkpoint(self) -> Checkpoint:
        """All that the next steps depend on, to come back to."""
        return Checkpoint(
            self.event,
            self.config,
            copied_model(self.model),
            copied_optimizers(self._optimizers),
            self.batches.state(),
            self.monitor.state(),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Be as this run, or another of the same settings, was; its history begins there.

        Args:
            checkpoint: Of a run with the same data, model, optimiser and seed.
        """
        self.event = checkpoint.event
        put_back(self.model, checkpoint.tensors)
        for optimizer, state in zip(self._optimizers, checkpoint.optimizers, strict=True):
            optimizer.load_state_dict(copy.deepcopy(state))  # it would go on working in the checkpoint itself
        self.batches.restore(checkpoint.batches)
        self._use(checkpoint.config)
        self.monitor.restore(checkpoint.watches)
        self.history = History(signs=self.monitor.signs)
        self._observer.asked_anew()

    def _use(self, config: RunConfig) -> None:
        """Let settings hold that can change between two steps."""
        self.config = config
        for module in self.model.modules():
            if isinstance(module, BinaryLayer):
                module.set_clip_value(config.clip_value, config.weight_clip_value)
                module.set_binarize(config.binarize)
            elif isinstance(module, BinaryActivation):
                module.set_clip_value(config.clip_value)
                module.set_binarize(config.binarize)

    def snapshot(self, look: Look | None = None, hurried: bool = False) -> Snapshot:
        """The run at this moment, in read-only copies that stay as they are.

        Args:
            look: What to show beside the network itself; None takes the first test example.
            hurried: Whether training goes on and somebody waits for the picture: what is dear and changes little is
                then as it was at the last `renew`.
        """
        return self._observer.snapshot(self.event, self.config, look or Look(example=0), hurried)

    def ask(self, hurried: bool = False) -> tuple[Examined, PointsView | ImagesView]:
        """What the network answers: see `Answers.ask`."""
        return self._observer.ask(self.step, hurried)

    def renew(self, look: Look) -> None:
        """Ask what hurried snapshots leave out, if that was half a second ago.

        Args:
            look: What the next snapshot will show.
        """
        self._observer.renew(self.step, look)

    def flip(self, selection: Selection) -> None:
        """Turn the sign of one weight, now, between two steps; doing it again turns it back.

        Args:
            selection: A weight: its hidden number w becomes -w. Without hidden numbers the stored sign turns.
        """
        flip_weight(self.model, selection)
        self.monitor.read_again()
        self._observer.asked_anew()

    def evaluate(self) -> tuple[float, float]:
        """Mean loss and accuracy over the whole test set."""
        logits = predict(self.model, self.dataset.x_test, self.config.device)
        y = torch.tensor(self.dataset.y_test)
        loss = functional.cross_entropy(logits, y).item()
        return loss, (logits.argmax(1) == y).float().mean().item()

    def digest(self) -> str:
        """SHA-256 of all parameters and statistics of the model, in hexadecimal."""
        digest = hashlib.sha256()
        for name, tensor in self.model.state_dict().items():
            digest.update(name.encode())
            digest.update(tensor.cpu().numpy().tobytes())
        return digest.hexdigest()

    def close(self) -> None:
        """Stop watching the model, which can then be used on its own."""
        self._tell(None)
        self.listeners.clear()
        self.monitor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tell(self, event: TrainingEvent | None) -> None:
        for listener in tuple(self.listeners):  # one that is told may leave
            listener(event)

    def _set_learning_rate(self, progress: float) -> None:
        factor = learning_rate_factor(self.config.schedule, progress, self.config.schedule_floor)
        rate = self.config.learning_rate * factor
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                if "lr" in group:  # Bop has none
                    group["lr"] = rate

    def _clip_latent_weights(self) -> None:
        """Keep latent weights where the estimator lets a gradient through, so that none is lost for good."""
        if self.config.latent_clip and self.config.optimizer not in WITHOUT_LATENT_WEIGHTS:
            for module in self.model.modules():
                if isinstance(module, BinaryLayer):
                    module.clip_latent_(self.config.weight_clip)

    def _is_due(self, step: int) -> bool:
        every = self.config.evaluate_every or self.steps_per_epoch
        return self.evaluates and (step % every == 0 or step == self.total_steps)


def train(config: RunConfig) -> TrainingRun:
    """Start a run; iterate over what this returns to train.

    Args:
        config: What to train on what, and how.

    Returns:
        An iterator of `TrainingEvent`, one for each optimiser step.

    Raises:
        DatasetError: If the data are not on this computer.
        ValueError: If the device is not there.
    """
    return TrainingRun(config)
