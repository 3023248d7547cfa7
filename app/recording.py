"""The recorded beginning of the default run, shown until the live one has caught up with it.

`python -m bnnlab.app.recording` trains the default network from step 0 and writes its first frames, made by the very
encoder that makes live ones, to `recorded.frames.gz` beside this file (see `bnnlab.widgets.frames`). A test trains it
again and compares. Each frame says in `recorded_at` how many seconds after the start its step is due.
"""

from __future__ import annotations

import hashlib
from functools import cache
from math import log1p
from pathlib import Path
from typing import Final

import torch
from starlette.requests import Request
from starlette.responses import Response

from bnnlab.bench.conditions import environment
from bnnlab.cockpit.encoding import encode_frame
from bnnlab.train import RunConfig, train
from bnnlab.train.live.frame import LiveFrame, LiveStatus
from bnnlab.train.live.pace import FIRST_STEPS_A_SECOND, GROWS_WITHIN_S
from bnnlab.train.look import Look, extent_of
from bnnlab.widgets.frames import pack_frames

RECORDED: Final = "api/bnn/recorded"
FILE: Final = Path(__file__).with_name("recorded.frames.gz")
FRAMES: Final = 48
SLOW_PARTS_EVERY: Final = 6  # frames between two that carry what is large and changes slowly


def record() -> list[bytes]:
    """Train the default network for its first steps and encode each of them."""
    frames = []
    with train(RunConfig()) as run:
        look = extent_of(run.model, run.dataset, run.config.device).opening(Look(example=0))
        for step in range(FRAMES):
            if step:
                next(run)
            status = LiveStatus(
                state="playing",
                step=step,
                total_steps=run.total_steps,
                steps_per_epoch=run.steps_per_epoch,
                steps_per_second=0.0,
                error=None,
                config=run.config,
                speed="start",
            )
            frame = LiveFrame(run.snapshot(look), run.history.copy(), status)
            frames.append(
                encode_frame(
                    frame,
                    serial=0,  # no live one
                    complete=step == 0,
                    now_and_then=step % SLOW_PARTS_EVERY == 0,
                    recorded_at=due(step),
                    recorded_on=computer(),
                )
            )
    return frames


@cache
def computer() -> str:
    """A name for what decides the order of float sums: elsewhere they round otherwise, and some signs differ."""
    here = environment()
    named = f"{here.cpu}, torch {here.versions['torch']}"
    return hashlib.blake2b(named.encode(), digest_size=8).hexdigest()


def due(step: int) -> float:
    """Seconds after the start at which a step is due with the speed "start"."""
    return GROWS_WITHIN_S * log1p(step / (FIRST_STEPS_A_SECOND * GROWS_WITHIN_S))


@cache
def version() -> str:
    """A name for what is recorded, so that browsers may keep it for as long as it stays the same."""
    return hashlib.blake2b(FILE.read_bytes(), digest_size=8).hexdigest()


async def recorded(_: Request) -> Response:
    """The recorded frames, as the file holds them."""
    headers = {"content-encoding": "gzip", "cache-control": "public, max-age=31536000, immutable"}
    return Response(FILE.read_bytes(), media_type="application/octet-stream", headers=headers)


def main() -> None:
    """Record anew, with sums in the order in which the server's threads compute them."""
    torch.set_num_threads(1)
    FILE.write_bytes(pack_frames(record()))
    print(f"{FILE}: {FRAMES} frames, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
