"""Without sign-in, pages open on this machine only."""

from __future__ import annotations

import pytest

from syncengine.ui.access import hostname, refusal
from tests.unit.ui.conftest import texts


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "::1"])
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "localhost"])
def test_this_machine_is_let_in(address, host):
    assert refusal(address, {"Host": host}) == ""


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("", {"Host": "localhost:8501"}),
        ("0.0.0.0", {"Host": "localhost:8501"}),
        ("192.168.1.5", {}),
        ("localhost", {"Host": "books.example"}),
        ("localhost", {"host": "localhost.evil.example:8501"}),
        ("localhost", {"Host": "192.168.1.5:8501"}),
        ("localhost", {"Host": ""}),
        ("localhost", {"Accept": "*/*"}),
        ("localhost", {"Host": "localhost", "X-Forwarded-For": "10.0.0.1"}),
        ("localhost", {"Host": "localhost", "x-forwarded-host": "books.example"}),
        ("localhost", {"Host": "localhost", "FORWARDED": "for=10.0.0.1"}),
    ],
)
def test_everybody_else_is_refused_with_a_sentence(address, headers):
    assert refusal(address, headers).endswith((".", "it again."))


@pytest.mark.parametrize(("host", "name"), [("localhost", "localhost"), ("[::1]", "::1"), ("a.example:80", "a.example"), ("", "")])
def test_the_port_is_no_part_of_the_name(host, name):
    assert hostname(host) == name


@pytest.mark.parametrize(
    "path", ["dashboard.py", "pages/sync.py", "pages/preview.py", "pages/errors.py", "pages/importing.py", "pages/records.py"]
)
def test_a_page_reached_from_elsewhere_shows_nothing_but_the_reason(open_page, busy, monkeypatch, path):
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)
    at = open_page(path)
    assert "there is no sign-in" in texts(at)
    assert not at.title
    assert not at.selectbox
    assert not at.dataframe
