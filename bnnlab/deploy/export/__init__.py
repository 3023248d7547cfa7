"""Packed networks in files of others: ONNX, a C header, plain arrays."""
