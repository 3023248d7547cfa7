"""Downloads, from a real server on this machine: what arrives whole is kept, and nothing else is."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bnnlab.train import DatasetError
from bnnlab.train.datasets import RemoteFiles

CONTENT = b"ten images" * 5000


class Server:
    """Serves files from a dictionary and remembers what it was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.missing_bytes = 0
        self.requests: list[str] = []
        self._server = HTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments) -> None:  # type: ignore[no-untyped-def]
        self.served = server
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.served.requests.append(self.path)
        if self.path not in self.served.files:
            self.send_error(404)
            return
        content = self.served.files[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) + self.served.missing_bytes))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class Bar:
    """What a progress bar would be told."""

    total = 0

    def __init__(self) -> None:
        self.count = 0

    def update(self, count: int) -> None:
        self.count += count

    def reset(self) -> None:
        self.count = 0

    def close(self) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("BNNLAB_DATA_URL", raising=False)
    running = Server()
    yield running
    running.close()


@pytest.fixture
def remote(server: Server) -> RemoteFiles:
    server.files["/a.gz"] = server.files["/b.gz"] = CONTENT
    digest = hashlib.sha256(CONTENT).hexdigest()
    return RemoteFiles("toy", server.url, {"a.gz": digest, "b.gz": digest})


def left_in(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_good_files_are_kept(server: Server, remote: RemoteFiles, tmp_path: Path) -> None:
    assert not remote.is_local(tmp_path)
    paths = remote.fetch(cache=tmp_path)
    assert paths == remote.local(tmp_path) == {name: tmp_path / "toy" / name for name in ("a.gz", "b.gz")}
    assert remote.is_local(tmp_path)
    assert all(path.read_bytes() == CONTENT for path in paths.values())
    assert left_in(tmp_path) == ["a.gz", "b.gz"]
    assert server.requests == ["/a.gz", "/b.gz"]


def test_what_is_in_the_cache_is_not_asked_for_again(
    server: Server, remote: RemoteFiles, tmp_path: Path
) -> None:
    remote.fetch(cache=tmp_path)
    server.requests.clear()
    remote.fetch(cache=tmp_path)
    (tmp_path / "toy" / "b.gz").unlink()
    remote.fetch(cache=tmp_path)
    assert server.requests == ["/b.gz"]


def test_a_damaged_file_in_the_cache_is_reported_and_fetched_again(
    server: Server, remote: RemoteFiles, tmp_path: Path
) -> None:
    remote.fetch(cache=tmp_path)
    (tmp_path / "toy" / "a.gz").write_bytes(b"damaged")
    with pytest.raises(DatasetError, match=r"a.gz of data set 'toy' is damaged: run `bnnlab data fetch toy`"):
        remote.local(tmp_path)
    server.requests.clear()
    remote.fetch(cache=tmp_path)
    assert server.requests == ["/a.gz"]
    assert remote.local(tmp_path)["a.gz"].read_bytes() == CONTENT


def test_a_file_with_the_wrong_hash_is_not_kept(server: Server, remote: RemoteFiles, tmp_path: Path) -> None:
    server.files["/a.gz"] = b"something else"
    with pytest.raises(DatasetError, match=r"/a.gz is not the file expected \(its SHA-256 differs\)"):
        remote.fetch(cache=tmp_path)
    assert left_in(tmp_path) == []
    assert not remote.is_local(tmp_path)


def test_a_download_that_breaks_off_is_not_kept(server: Server, remote: RemoteFiles, tmp_path: Path) -> None:
    server.missing_bytes = 1000
    with pytest.raises(DatasetError, match=r"/a.gz cannot be had: the answer broke off"):
        remote.fetch(cache=tmp_path)
    assert left_in(tmp_path) == []


def test_a_file_that_is_not_there(server: Server, remote: RemoteFiles, tmp_path: Path) -> None:
    server.files.clear()
    with pytest.raises(DatasetError, match=r"/a.gz cannot be had: 404 Client Error: Not Found$"):
        remote.fetch(cache=tmp_path)
    assert left_in(tmp_path) == []


def test_a_server_that_is_not_there(remote: RemoteFiles, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DatasetError, match=r"a.gz cannot be had: the server cannot be reached$"):
            remote.fetch(url, cache=tmp_path)
    assert left_in(tmp_path) == []


def test_another_server_by_argument(server: Server, remote: RemoteFiles, tmp_path: Path) -> None:
    server.files = {f"/mirror/toy/{name}": CONTENT for name in ("a.gz", "b.gz")}
    for url in (f"{server.url}mirror", f"{server.url}mirror/"):
        remote.fetch(url, cache=tmp_path / str(len(url)))
    assert server.requests == ["/mirror/toy/a.gz", "/mirror/toy/b.gz"] * 2


def test_another_server_and_cache_by_environment(
    server: Server, remote: RemoteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files = {f"/toy/{name}": CONTENT for name in ("a.gz", "b.gz")}
    monkeypatch.setenv("BNNLAB_DATA_URL", server.url)
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path / "cache"))
    paths = remote.fetch()
    assert server.requests == ["/toy/a.gz", "/toy/b.gz"]
    assert paths == remote.local()
    assert paths["a.gz"] == tmp_path / "cache" / "toy" / "a.gz"


@pytest.mark.parametrize("url", ["file:///etc", "ftp://127.0.0.1/", "127.0.0.1:80", "data"])
def test_a_base_url_of_another_kind_is_refused(
    url: str, remote: RemoteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = f"base_url must begin with http:// or https://, got '{url}'"
    with pytest.raises(ValueError, match=says):
        remote.fetch(url, cache=tmp_path)
    monkeypatch.setenv("BNNLAB_DATA_URL", url)
    with pytest.raises(ValueError, match=says):
        remote.fetch(cache=tmp_path)


def test_a_cache_that_cannot_be_written(remote: RemoteFiles, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(DatasetError, match=r"cannot write to .*cache"):
        remote.fetch(cache=tmp_path / "cache")


def test_progress_is_told_how_far_it_has_come(remote: RemoteFiles, tmp_path: Path) -> None:
    bar = Bar()
    remote.fetch(cache=tmp_path, progress=bar)
    assert bar.total == len(CONTENT)
    assert bar.count >= len(CONTENT)
