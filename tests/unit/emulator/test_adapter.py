"""The emulator under a `requests` session, without a socket."""

from __future__ import annotations

import io
import threading

import pytest
import requests

from syncengine.emulator import Emulator, EmulatorAdapter
from tests.unit.emulator.desk import Desk

BASE = "https://sandbox-quickbooks.api.intuit.com"


@pytest.fixture
def session(desk: Desk) -> requests.Session:
    """A session whose every https request goes to the emulator."""
    session = requests.Session()
    session.mount("https://", EmulatorAdapter(desk.emulator))
    session.headers.update({"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"})
    return session


def test_a_session_reads_creates_and_queries(desk: Desk, session):
    url = f"{BASE}/v3/company/{desk.realm}"
    made = session.post(f"{url}/customer", json={"DisplayName": "Zoë & Söhne"})
    assert (made.status_code, made.ok, made.encoding) == (200, True, "utf-8")
    assert made.headers["INTUIT_TID"]
    assert made.request.url == made.url == f"{url}/customer"
    wish = {"query": "select * from Customer where DisplayName = 'zoë & söhne'"}
    assert session.get(f"{url}/query", params=wish).json()["QueryResponse"]["Customer"] == [made.json()["Customer"]]
    assert session.get(f"{url}/customer/999").status_code == 400


@pytest.mark.parametrize("data", ["select * from Term", b"select * from Term", io.BytesIO(b"select * from Term"), io.StringIO("select * from Term")])
def test_a_body_may_be_text_bytes_or_a_file(desk: Desk, session, data):
    answer = session.post(f"{BASE}/v3/company/{desk.realm}/query", data=data, headers={"Content-Type": "application/text"})
    assert answer.json()["QueryResponse"]["maxResults"] == 4


def test_a_body_may_come_in_parts(desk: Desk, session):
    answer = session.post(f"{BASE}/v3/company/{desk.realm}/query", data=iter([b"select * ", b"from Term"]))
    assert answer.json()["QueryResponse"]["maxResults"] == 4


def test_a_dropped_connection_is_a_connection_error(desk: Desk, session):
    desk.control("POST", "faults", {"kind": "drop_before_commit"})
    with pytest.raises(requests.ConnectionError):
        session.get(f"{BASE}/v3/company/{desk.realm}/term/1")


@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_answer_breaks_where_its_body_is_read(desk: Desk, session, stream):
    desk.control("POST", "faults", {"kind": "truncated"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):  # noqa: PT012 -- when it breaks depends on `stream`
        answer = session.get(f"{BASE}/v3/company/{desk.realm}/term/1", stream=stream)
        assert answer.status_code == 200
        _ = answer.content


def test_a_streamed_answer_is_read_in_parts(desk: Desk, session):
    answer = session.get(f"{BASE}/v3/company/{desk.realm}/term/1", stream=True)
    assert b"".join(answer.iter_content(7)).startswith(b'{"Term":')


def test_oauth_and_discovery_answer_on_their_own_hosts(desk: Desk, session):
    document = session.get("https://developer.intuit.com/.well-known/openid_sandbox_configuration/").json()
    form = {"grant_type": "refresh_token", "refresh_token": desk.tokens["refresh_token"]}
    answer = session.post(document["token_endpoint"], data=form, auth=("app", "secret"))
    assert answer.json()["token_type"] == "bearer"
    assert session.post(document["revocation_endpoint"], json={"token": answer.json()["access_token"]}, auth=("app", "secret")).ok


def test_many_threads_share_one_emulator(desk: Desk):
    def work(number: int) -> None:
        with requests.Session() as session:
            session.mount("https://", EmulatorAdapter(desk.emulator))
            session.headers.update({"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"})
            for turn in range(20):
                made = session.post(f"{BASE}/v3/company/{desk.realm}/customer", json={"DisplayName": f"T{number}-{turn}"})
                found.append(made.json()["Customer"]["Id"])

    found: list[str] = []
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 160
    assert len(desk.select("select * from Customer maxresults 1000")) == 160


def test_the_session_may_close_without_closing_the_emulator(desk: Desk, session):
    session.close()
    assert desk.ask("GET", "term/1").status == 200


def test_the_emulator_exports_what_it_promises():
    import syncengine.emulator as package

    assert package.__all__ == ["ConnectionDropped", "Emulator", "EmulatorAdapter", "Request", "Response"]
    assert package.Emulator is Emulator
