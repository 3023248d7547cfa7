"""Plain data that crosses the layers of the library: events, snapshots, histories. NumPy only."""

from bnnlab.records.benchmark import (
    AbsentOpponent,
    Benchmark,
    BenchmarkEnvironment,
    BenchmarkResult,
    Ceilings,
    KernelSpeed,
)
from bnnlab.records.claims import Claim, ClaimValue
from bnnlab.records.curves import LAYER_COLUMNS, RUN_COLUMNS
from bnnlab.records.energy import EnergyConstant, EnergyEstimate, EnergyPreset
from bnnlab.records.estimator import EstimatorCurve
from bnnlab.records.events import STARVED_AFTER, LayerDynamics, TrainingEvent
from bnnlab.records.example import Example, LayerPass
from bnnlab.records.flip_statistics import FlipStatistics, takeaway
from bnnlab.records.history import History
from bnnlab.records.overlay import check_overlay, differing_signs
from bnnlab.records.product import LayerProduct
from bnnlab.records.profile import NodeTime, Profile
from bnnlab.records.recorded_product import recorded_product
from bnnlab.records.rival import PinnedRun, RivalLook
from bnnlab.records.selection import Selection
from bnnlab.records.sign_history import SignHistory
from bnnlab.records.snapshot import (
    HISTOGRAM_BINS,
    MAX_WRONG_SHOWN,
    FloatLayer,
    GateSnapshot,
    ImagesView,
    LayerSnapshot,
    PointsView,
    Snapshot,
)
from bnnlab.records.summary import LayerSummary, Macs, NetworkSummary
from bnnlab.records.weight import FlipEffect, WeightLook

__all__ = [
    "HISTOGRAM_BINS",
    "LAYER_COLUMNS",
    "MAX_WRONG_SHOWN",
    "RUN_COLUMNS",
    "STARVED_AFTER",
    "AbsentOpponent",
    "Benchmark",
    "BenchmarkEnvironment",
    "BenchmarkResult",
    "Ceilings",
    "Claim",
    "ClaimValue",
    "EnergyConstant",
    "EnergyEstimate",
    "EnergyPreset",
    "EstimatorCurve",
    "Example",
    "FlipEffect",
    "FlipStatistics",
    "FloatLayer",
    "GateSnapshot",
    "History",
    "ImagesView",
    "KernelSpeed",
    "LayerDynamics",
    "LayerPass",
    "LayerProduct",
    "LayerSnapshot",
    "LayerSummary",
    "Macs",
    "NetworkSummary",
    "NodeTime",
    "PinnedRun",
    "PointsView",
    "Profile",
    "RivalLook",
    "Selection",
    "SignHistory",
    "Snapshot",
    "TrainingEvent",
    "WeightLook",
    "check_overlay",
    "differing_signs",
    "recorded_product",
    "takeaway",
]
