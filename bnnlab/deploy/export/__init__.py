"""Packed networks in files of others: ONNX, a C header, plain arrays."""

from bnnlab.deploy.export.arrays import export_npz
from bnnlab.deploy.export.c_header import export_c
from bnnlab.deploy.export.onnx import export_onnx

__all__ = ["export_c", "export_npz", "export_onnx"]
