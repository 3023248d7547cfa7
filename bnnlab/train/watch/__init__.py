"""What an optimiser step did to the signs of a network."""

from bnnlab.train.watch.monitor import Monitor

__all__ = ["Monitor"]
