"""One HTML file that needs neither server nor network: what computes in it is the compiled C, as WebAssembly.

`module.c` says what of the C is in `bnnlab.wasm`, `make wasm` compiles it, and `bnnlab.sha256` says of which sources.
JavaScript draws and hands over; it packs, multiplies and classifies nothing.
"""

from bnnlab.page.recorded_run import RecordedRun, record_run
from bnnlab.page.writing import write_page

__all__ = ["RecordedRun", "record_run", "write_page"]
