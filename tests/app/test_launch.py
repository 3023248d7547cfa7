"""The server is started for the names it was asked to answer to, and keeps to itself."""

import pytest
import streamlit.web.cli

from bnnlab.app.launch import launch, url, url_path


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("127.0.0.1", ["127.0.0.1", "localhost"]),
        ("192.0.2.7", ["127.0.0.1", "192.0.2.7", "localhost"]),
        ("0.0.0.0", []),
    ],
)
def test_settings(address: str, hosts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(streamlit.web.cli, "main", lambda arguments, **_: started.append(arguments))
    launch(address, 8765, browser=False)
    (arguments,) = started
    assert [flag.split("=")[1] for flag in arguments if "allowedHosts" in flag] == hosts
    assert {
        f"--server.address={address}",
        "--server.port=8765",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    } <= set(arguments)


def started_with(monkeypatch: pytest.MonkeyPatch, address: str, base_path: str, *hosts: str) -> list[str]:
    started: list[list[str]] = []
    monkeypatch.setattr(streamlit.web.cli, "main", lambda arguments, **_: started.append(arguments))
    launch(address, 8765, browser=False, base_path=base_path, allowed_hosts=hosts)
    (arguments,) = started
    return arguments


def test_behind_a_proxy_it_answers_to_the_public_name_too(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = started_with(monkeypatch, "127.0.0.1", "/bnn/", "lab.example.org", "www.example.org")
    assert "--server.baseUrlPath=bnn" in flags
    hosts = [flag.split("=")[1] for flag in flags if "allowedHosts" in flag]
    assert hosts == ["127.0.0.1", "lab.example.org", "localhost", "www.example.org"]
    assert "--server.corsAllowedOrigins=https://lab.example.org" in flags


def test_who_listens_everywhere_may_still_answer_to_some_names_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = started_with(monkeypatch, "::", "", "lab.example.org")
    hosts = [flag.split("=")[1] for flag in flags if "allowedHosts" in flag]
    assert hosts == ["127.0.0.1", "lab.example.org", "localhost"]


@pytest.mark.parametrize(
    ("address", "base_path", "clickable"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8501"),
        ("::1", "", "http://[::1]:8501"),
        ("[::1]", "bnn", "http://[::1]:8501/bnn"),
        ("localhost", "/a/b/", "http://localhost:8501/a/b"),
    ],
)
def test_the_printed_address_can_be_clicked(address: str, base_path: str, clickable: str) -> None:
    assert url(address, 8501, base_path) == clickable


def test_paths_of_the_lab_carry_the_base_path() -> None:
    assert url_path("", "api/bnn/live") == "/api/bnn/live"
    assert url_path("/bnn/", "api/bnn/live") == "/bnn/api/bnn/live"
    assert url_path("bnn") == "/bnn/"
