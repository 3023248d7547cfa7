"""The interactive pictures: plain ES modules, and the encoders of the data they draw.

The picture `NAME.js` draws what `bnnlab.widgets.NAME.encode` returns: bytes for the live lab, plain values for the
others. One source serves two hosts: Streamlit loads the modules as packaged component assets, and a notebook gets
the same modules inlined into one text (`bnnlab.widgets.jupyter`). NumPy only: neither torch nor streamlit.
"""
