"""Training and watching binary networks."""

from bnnlab.records import STARVED_AFTER
from bnnlab.train.config import RunConfig
from bnnlab.train.datasets import DATASETS, Dataset, DatasetError, DatasetSource
from bnnlab.train.live import LiveRun
from bnnlab.train.live_frame import LiveFrame, LiveStatus
from bnnlab.train.monitor import Monitor
from bnnlab.train.schedules import SCHEDULES
from bnnlab.train.training import TrainingDivergedError, TrainingRun, train

__all__ = [
    "DATASETS",
    "SCHEDULES",
    "STARVED_AFTER",
    "Dataset",
    "DatasetError",
    "DatasetSource",
    "LiveFrame",
    "LiveRun",
    "LiveStatus",
    "Monitor",
    "RunConfig",
    "TrainingDivergedError",
    "TrainingRun",
    "train",
]
