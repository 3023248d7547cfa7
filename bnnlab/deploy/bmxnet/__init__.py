"""Networks of BMXNet, the lecture group's own library of 2017, on packed words and this library's kernels.

`.params` and `-symbol.json` are read as arrays and as a graph, the graph as layers, and the layers become nodes: where
only signs of a binary layer's normalised counts are wanted, thresholds give them, and bits go on; elsewhere numbers do.
Networks of dense layers are written back, too.
"""

from bnnlab.deploy.bmxnet.loading import load_bmxnet
from bnnlab.deploy.bmxnet.writing import bmxnet_files, export_bmxnet

__all__ = ["bmxnet_files", "export_bmxnet", "load_bmxnet"]
