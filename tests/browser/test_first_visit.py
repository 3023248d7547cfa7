"""What a first visit waits for: answers leave at once, and pages announce the modules that draw them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlsplit

import pytest

ANSWERED_WITHIN_S = 0.03  # it takes 40 ms where the second part waits for the first to be confirmed


@pytest.fixture
def connection(server: str) -> Iterator[HTTPConnection]:
    """One that is kept for all requests."""
    with closing(HTTPConnection(urlsplit(server).netloc, timeout=10)) as kept:
        yield kept


def test_no_part_of_an_answer_waits_for_the_one_before(connection: HTTPConnection) -> None:
    seconds = []
    for _ in range(20):
        began = time.monotonic()
        connection.request("GET", "/_stcore/health")
        assert connection.getresponse().read() == b"ok"
        seconds.append(time.monotonic() - began)
    assert median(seconds) < ANSWERED_WITHIN_S


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
