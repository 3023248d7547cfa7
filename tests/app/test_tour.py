"""The notebook makes the whole journey, from an empty kernel in an empty folder."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from bnnlab.widgets.bundle import PICTURES

TOUR = Path(__file__).parents[2] / "app" / "tour.ipynb"


@pytest.mark.filterwarnings("default")  # the kernel's own machinery warns, not what runs in it
def test_the_tour_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(TOUR, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    shown = [output["data"] for output in outputs if "data" in output]
    assert sum("application/vnd.jupyter.widget-view+json" in data for data in shown) == len(PICTURES)
    assert sum("application/vnd.plotly.v1+json" in data for data in shown) == 2
    assert any("bit for bit" in data.get("text/plain", "") for data in shown)


def test_the_tour_shows_every_picture_and_keeps_no_output() -> None:
    notebook = nbformat.read(TOUR, as_version=4)  # type: ignore[no-untyped-call]
    source = "\n".join(cell.source for cell in notebook.cells)
    calls = {"lab": "Lab(", "estimator": "Estimator(", "packing": "Pack("}
    for picture in PICTURES:
        assert calls.get(picture, f'notebook_widget("{picture}"') in source.replace("(\n    ", "(")
    assert not any(cell.get("outputs") for cell in notebook.cells)
