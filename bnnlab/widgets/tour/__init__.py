"""The tour: a card that leads through the lab, stop by stop."""

from bnnlab.widgets.tour.stop import Stop, Task
from bnnlab.widgets.tour.stops import STEPS_BEFORE, STOPS
from bnnlab.widgets.tour.tour import encode

__all__ = ["STEPS_BEFORE", "STOPS", "Stop", "Task", "encode"]
