"""The recorded beginning is what the default network really does."""

from __future__ import annotations

import platform

import numpy as np
import pytest

from bnnlab.app.recording import FILE, FRAMES, due, pack, record, unpack
from bnnlab.train import RunConfig
from bnnlab.widgets.encoding import unpack_frame

MAX_BYTES = 300_000
MAX_DIFFERING = 0.002  # of the signs, on a CPU whose float32 sums round otherwise than those of the recording's


def test_training_it_again_gives_the_recorded_signs() -> None:
    recorded = list(unpack(FILE.read_bytes()))
    assert len(recorded) == FRAMES
    differing = total = 0
    for step, (old, new) in enumerate(zip(recorded, record(), strict=True)):
        (meta, arrays), (again, trained) = unpack_frame(old), unpack_frame(new)
        assert meta["recorded"] is True
        assert meta["step"] == step
        assert meta["config"] == again["config"] == RunConfig().to_dict(), "record anew: the defaults changed"
        assert meta.keys() == again.keys(), "record anew: the frames hold something else now"
        assert arrays.keys() - _OPTIONAL == trained.keys() - _OPTIONAL
        for at in range(len(meta["layers"])):
            signs, now = arrays[f"L{at}/signs"], trained[f"L{at}/signs"]
            differing += int(np.bitwise_count(signs ^ now).sum())
            total += 64 * signs.size
    assert differing <= MAX_DIFFERING * total, f"{differing} of {total} signs differ on {platform.processor()}"


_OPTIONAL = {f"L{at}/{name}" for at in range(8) for name in ("flips", "flipped")}  # whichever is smaller


def test_frames_come_at_the_pace_of_the_start() -> None:
    times = [unpack_frame(frame)[0]["recorded_at"] for frame in unpack(FILE.read_bytes())]
    assert times == pytest.approx([due(step) for step in range(FRAMES)])
    assert times[0] == 0
    assert all(np.diff(times) > 0)
    assert all(np.diff(times, 2) < 0), "ever faster"


def test_the_file_is_small_and_aligned() -> None:
    assert FILE.stat().st_size <= MAX_BYTES
    frames = [b"8 bytes." * 3, b"8 bytes."]
    assert list(unpack(pack(frames))) == frames
    assert all(len(frame) % 8 == 0 for frame in unpack(FILE.read_bytes()))
