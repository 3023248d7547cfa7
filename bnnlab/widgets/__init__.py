"""The interactive pictures: plain ES modules, and the encoders of the data they draw.

One source serves two hosts: Streamlit loads the modules as packaged component assets, and a notebook gets
the same modules inlined into one text (`bnnlab.widgets.jupyter`). NumPy only: neither torch nor streamlit.
"""

from bnnlab.widgets.frame import pack_frame, unpack_frame
from bnnlab.widgets.lab import encode

__all__ = ["encode", "pack_frame", "unpack_frame"]
