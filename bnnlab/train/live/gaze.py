"""Where one looks at a run: at what it is now, or back at what it was after one of its steps."""

from __future__ import annotations

import dataclasses
from typing import Any

from bnnlab.records import Snapshot
from bnnlab.train.look import Extent, Look


class Gaze:
    """What is looked at, and what was found of it in the past.

    Attributes:
        look: What to show, and after which step.
        then: The picture of that step; None while it is still to be brought back, and where one follows the run.
    """

    def __init__(self) -> None:
        self.look = Look(example=0)
        self.then: Snapshot | None = None

    @property
    def is_back(self) -> bool:
        """Whether a past step is looked at."""
        return self.look.step is not None

    @property
    def is_on_its_way(self) -> bool:
        """Whether the picture of that step is still to be brought back."""
        return self.is_back and self.then is None

    def turn(self, extent: Extent | None, **changes: Any) -> None:
        """Look at something else, as far as it is there.

        Args:
            extent: What is there, if that is known.
            **changes: Fields of `Look`.
        """
        look = dataclasses.replace(self.look, **changes)
        self.look, self.then = look if extent is None else extent.fits(look), None

    def follow(self) -> None:
        """Look at the run as it is now."""
        self.turn(None, step=None)

    def open(self, extent: Extent) -> None:
        """Look at another run, as it is now."""
        self.look, self.then = extent.opening(self.look), None
