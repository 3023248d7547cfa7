"""The interactive pictures: one folder each, in which Python encodes and ES modules draw.

The picture `NAME/NAME.js` draws what `bnnlab.widgets.NAME.encode` returns: bytes for the live lab, plain values for
the others. One source serves two hosts: the lab's server and a notebook both get the modules of a picture inlined
into one text (`bnnlab.widgets.bundle`). NumPy only: neither torch nor streamlit.

A new picture is one folder and one entry in `bnnlab/pyproject.toml`, where Streamlit looks for it.
"""
