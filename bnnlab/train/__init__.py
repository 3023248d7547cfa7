"""Training and watching binary networks."""

from bnnlab.records import STARVED_AFTER
from bnnlab.train.config import RunConfig
from bnnlab.train.datasets import DATASETS, Dataset, DatasetError, DatasetSource
from bnnlab.train.live import LiveFrame, LiveRun, LiveStatus
from bnnlab.train.schedules import SCHEDULES
from bnnlab.train.training import TrainingDivergedError, TrainingRun, train
from bnnlab.train.watch import Monitor

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
