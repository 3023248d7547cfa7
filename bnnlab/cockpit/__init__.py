"""A live run as the cockpit shows and steers it, wherever that is: frames out, commands in.

The page of the lab and a notebook cell draw the same picture and ask for the same things. What both need stands here;
how frames and commands travel is theirs. Neither streamlit nor anywidget.
"""

from bnnlab.cockpit.commands import obey
from bnnlab.cockpit.encoding import encode_frame
from bnnlab.cockpit.viewer import Viewer

__all__ = ["Viewer", "encode_frame", "obey"]
