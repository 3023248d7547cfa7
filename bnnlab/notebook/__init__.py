"""The lab's pictures in a notebook, each with one call.

    Lab(run)                # the cockpit: of a LiveRun, a loop over train(config), or a Monitor in a loop of your own
    Step(a, b)              # the product of two matrices of signs, step by step
    Pack(x)                 # a matrix on its way into words
    Estimator("clipped_ste")

Each of them shows itself where it is a cell's last line; elsewhere `display` shows it.
"""

from bnnlab.notebook.estimator import Estimator
from bnnlab.notebook.lab import Lab
from bnnlab.notebook.pack import Pack
from bnnlab.notebook.step import Step

__all__ = ["Estimator", "Lab", "Pack", "Step"]
