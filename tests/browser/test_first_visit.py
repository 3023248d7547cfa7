"""What a first visit waits for: answers leave at once, and pages announce the modules that draw them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from socket import AF_INET, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, socket
from urllib.parse import urlsplit

import pytest

from bnnlab.app.server import send_at_once


@pytest.fixture
def connection(server: str) -> Iterator[HTTPConnection]:
    """One that is kept for all requests."""
    with closing(HTTPConnection(urlsplit(server).netloc, timeout=10)) as kept:
        yield kept


def test_no_part_of_an_answer_waits_for_the_one_before() -> None:
    with (
        closing(socket(AF_INET, SOCK_STREAM, 0)) as listening,
        closing(socket(AF_INET, SOCK_STREAM, 0)) as other,
    ):
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        send_at_once()
        assert listening.getsockopt(IPPROTO_TCP, TCP_NODELAY)
        assert not other.getsockopt(IPPROTO_TCP, TCP_NODELAY)


@pytest.mark.parametrize(
    ("address", "pictures", "recorded"),
    [
        ("/", ["lab", "tour"], True),
        ("/lab", ["lab", "tour"], True),
        ("/?speed=10", ["lab", "tour"], False),
        ("/packing", ["packing", "tour"], False),
        ("/?stop=8", ["packing", "tour"], False),
        ("/kernel?hide=bar&stop=3", ["estimator", "tour"], False),
        ("/gemm?stop=x", ["stepper", "tour"], False),
        ("/?stop=1", ["tour"], False),
    ],
)
def test_a_page_announces_the_modules_that_draw_it(
    connection: HTTPConnection, address: str, pictures: list[str], recorded: bool
) -> None:
    connection.request("GET", address, headers={"accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    links = answer.getheader("link") or ""
    modules = re.findall(r"<([^>]*)>; rel=modulepreload", links)
    assert [module.split("/")[-1] for module in modules if "bnnlab" in module] == [
        f"{name}.js" for name in pictures
    ]
    assert any("/BidiComponent." in module for module in modules)
    assert ("/api/bnn/recorded" in links) == recorded
    for module in modules:
        connection.request("GET", module)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        assert "javascript" in (answer.getheader("content-type") or "")
