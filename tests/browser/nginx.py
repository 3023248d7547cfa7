"""Finds nginx for the tests behind a reverse proxy, or installs it: `python tests/browser/nginx.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

HELP = """\
The tests behind a reverse proxy need nginx, and it could be neither found nor installed here. Install it with your
system's package manager (on Debian: apt-get install nginx-light) or set BNNLAB_NGINX to its path."""

PUBLIC_NAME = "lab.example.org"
BASE_PATH = "/bnn"

# Two front doors, as one finds them in the field: the first hands the name on without its port and lets WebSockets
# through, the second cuts the one that is ours.
CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header Host $host;
  server {{
    listen 127.0.0.1:{open_port};
    server_name {name};
    location {base}/ {{ proxy_pass http://127.0.0.1:{lab_port}; }}
  }}
  server {{
    listen 127.0.0.1:{cut_port};
    server_name {name};
    location {base}/ {{ proxy_pass http://127.0.0.1:{lab_port}; }}
    location {base}/api/bnn/live {{ return 403; }}
  }}
}}
"""


def find() -> str | None:
    """Path of an nginx that runs, or None."""
    candidates = [os.environ.get("BNNLAB_NGINX"), shutil.which("nginx"), "/usr/sbin/nginx"]
    return next((path for path in candidates if path and _runs(path)), None)


def install() -> None:
    """Ask the system's package manager; what fails is left to `find`."""
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "nginx-light"]):
        print("+", " ".join(command), flush=True)
        subprocess.run(command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def start(
    path: str, folder: Path, *, lab_port: int, open_port: int, cut_port: int
) -> subprocess.Popen[bytes]:
    """Start a proxy in front of a lab.

    Args:
        path: Where nginx is.
        folder: For its configuration, temporary files and log.
        lab_port: Where the lab listens.
        open_port: Where a proxy is to listen that lets everything through.
        cut_port: Where one is to listen that cuts our WebSocket.
    """
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            name=PUBLIC_NAME,
            base=BASE_PATH,
            lab_port=lab_port,
            open_port=open_port,
            cut_port=cut_port,
        )
    )
    return subprocess.Popen([path, "-e", str(folder / "error.log"), "-c", str(configuration)])


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "-v"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> None:
    """Make sure there is one; where it cannot be had, say so: its tests are then skipped with a reason."""
    if not find():
        install()
    print("nginx:", find() or HELP)


if __name__ == "__main__":
    main()
