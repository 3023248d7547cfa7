"""A run that is played and paused."""

from bnnlab.train.live.frame import LiveFrame, LiveStatus
from bnnlab.train.live.run import LiveRun

__all__ = ["LiveFrame", "LiveRun", "LiveStatus"]
