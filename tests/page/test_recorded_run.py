"""A recorded run: its moments, and the network that it ends with."""

import numpy as np
import pytest

from bnnlab.page import record_run
from bnnlab.page.recorded_run import MAX_FRAMES, SLOW_PARTS_EVERY, moments
from bnnlab.train import RunConfig
from bnnlab.widgets.encoding import unpack_frame
from bnnlab.widgets.frames import unpack_frames


@pytest.mark.parametrize("steps", [1, 5, 149, 150, 2250, 3015, 100_000])
def test_moments_begin_at_the_start_and_end_at_the_end(steps: int) -> None:
    chosen = moments(steps)
    assert chosen[0] == 0
    assert chosen[-1] == steps
    assert len(chosen) == min(steps + 1, MAX_FRAMES)
    assert (np.diff(chosen) > 0).all()


def test_frames_and_network() -> None:
    run = record_run(RunConfig(epochs=1, widths=(16,)))
    frames = [unpack_frame(frame) for frame in unpack_frames(run.frames)]
    assert [meta["step"] for meta, _ in frames] == list(run.steps) == list(range(46))
    for at, (meta, arrays) in enumerate(frames):
        assert not meta["commands"]
        assert ("F0/weights" in arrays) == (at % SLOW_PARTS_EVERY == 0)
    assert run.network.input_shape == (1, 8, 8)
    assert run.network.pixels == (8.0, -1.0)
