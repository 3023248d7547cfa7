"""How a browser tab and the run it watches stay together: the socket between them, and who owns which run."""
