"""How a browser tab and the run it watches stay together: frames out, commands in, and who owns which run."""
