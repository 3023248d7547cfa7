"""The packed network as a file to take along, in each of the formats that it can be written in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from bnnlab.app.views.summary.trained_network import PackedNetwork
from bnnlab.deploy import PackedModel, export_c, export_npz, export_onnx


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        title: What its button says.
        ending: Of its name.
        write: Writes a network to a path.
        use: What it is good for.
        needs: A package that must be installed, or None.
    """

    title: str
    ending: str
    write: Callable[[PackedModel, Path], None]
    use: str
    needs: str | None = None


FORMATS = (
    Format(
        "Packed network",
        "bnn",
        PackedModel.save,
        "The network in bits, for bnnlab itself. `PackedModel.load` checks the file and runs it, without torch.",
    ),
    Format(
        "C header",
        "h",
        export_c,
        "One file for any C compiler. Its function `…_predict` answers by xor and popcount, `…_selftest` tests it.",
    ),
    Format(
        "ONNX",
        "onnx",
        export_onnx,
        "For programs that know nothing of bits: signs are ±1. It takes float32 numbers; its metadata says which.",
        needs="onnx",
    ),
    Format(
        "NumPy arrays",
        "npz",
        export_npz,
        "The words of bits, the thresholds and the float32 numbers, for programs of your own.",
    ),
)


def downloads(network: PackedNetwork) -> None:
    """Draw a button for each format. A file is made when its button is clicked."""
    config = network.network.config
    if not network.network.learned:
        st.warning(
            "This network has not learned anything yet: the files hold weights that were drawn at random.",
            icon=":material/casino:",
        )
    for form in FORMATS:
        missing = form.needs is not None and find_spec(form.needs) is None
        name = f"{config.dataset}_{config.model}.{form.ending}".replace("-", "_")
        row = st.container(horizontal=True, vertical_alignment="center")
        row.download_button(
            form.title,
            partial(content, form, network.packed, name),
            name,
            "application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
            disabled=missing,
            width=200,
            key=f"download_{form.ending}",
        )
        row.markdown(form.use + (f" The package {form.needs} is not installed here." if missing else ""))


def content(form: Format, packed: PackedModel, name: str) -> bytes:
    """What the file holds; names inside it may follow from its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        form.write(packed, path)
        return path.read_bytes()
