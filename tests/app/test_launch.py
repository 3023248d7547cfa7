"""The server is started for the names it was asked to answer to, and keeps to itself."""

import pytest
import streamlit.web.cli

from bnnlab.app.launch import launch


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
