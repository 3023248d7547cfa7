"""nginx as the reverse proxy in front of a lab."""

from __future__ import annotations

import subprocess
from pathlib import Path

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
