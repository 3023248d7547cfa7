"""Files of small packed models, taken apart and put together again with right checksums."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bnnlab.deploy import PackedModel
from bnnlab.deploy.manifest import checksum

from .networks import network

DEEP = "(deep)"
"""Stands for a list of lists of lists, which `json.dumps` cannot write."""


def small_model() -> PackedModel:
    """Pixels, thresholds, factors: a dense network with all of them."""
    model = network("mlp", widths=(20, 70), first_layer="binary", last_layer="binary", scale=True)
    return PackedModel.from_module(model, (1, 12, 12))


def conv_model() -> PackedModel:
    return PackedModel.from_module(network("convnet", widths=(3, 5, 8)), (1, 12, 12))


@dataclass
class Parts:
    """A file taken apart.

    Attributes:
        manifest: The manifest without its checksum.
        header: The header without its metadata.
        data: The bytes of each tensor.
    """

    manifest: Any
    header: dict[str, Any]
    data: dict[str, bytes]

    @classmethod
    def of(cls, content: bytes) -> Parts:
        end = 8 + int.from_bytes(content[:8], "little")
        header = json.loads(content[8:end])
        manifest = json.loads(header.pop("__metadata__")["manifest"])
        del manifest["blake2b"]
        data = {
            name: content[end + entry["data_offsets"][0] : end + entry["data_offsets"][1]]
            for name, entry in header.items()
        }
        return cls(manifest, header, data)

    def laid_out(self) -> Parts:
        """With the offsets of the data as it is now."""
        at = 0
        for name, entry in self.header.items():
            entry["data_offsets"] = [at, at + len(self.data[name])]
            at += len(self.data[name])
        return self

    def content(self, digests: bool = True) -> bytes:
        """A file of these parts, with right checksums."""
        if digests and isinstance(self.manifest, dict) and isinstance(self.manifest.get("tensors"), dict):
            for name, record in self.manifest["tensors"].items():
                if name in self.data and isinstance(record, dict):
                    record["blake2b"] = checksum(self.data[name])
        text = _json(self.manifest)
        if text.startswith("{"):
            rest = text[1:].encode("utf-8", "surrogatepass")
            text = f'{{"blake2b":"{checksum(rest)}",{text[1:]}'
        header = _json({"__metadata__": {"manifest": text}} | self.header).encode("utf-8", "surrogatepass")
        return len(header).to_bytes(8, "little") + header + b"".join(self.data.values())


def _json(content: Any) -> str:
    text = json.dumps(content, separators=(",", ":"))
    return text.replace(json.dumps(DEEP), "[" * 5000 + "]" * 5000)
