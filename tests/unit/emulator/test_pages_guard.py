"""The pages answer this machine only, take only their own forms, and show every name as text."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest

from syncengine.emulator import Emulator
from tests.unit.emulator.reader import HOST, Reader

CANARY = '<img src=x onerror=alert(1)>"\'&<b>'


@pytest.fixture
def reader(desk):
    return Reader(desk.emulator, desk.realm)


@pytest.mark.parametrize("host", ["localhost", "localhost:8950", "127.0.0.1:1", "[::1]:8950", "LOCALHOST:1"])
def test_loopback_names_are_answered(reader, host):
    assert reader.ask("GET", "/", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8950", "10.0.0.1", "127.0.0.1.evil.example", "[::2]", "", "[", "evil@localhost.example"])
def test_a_foreign_name_that_points_here_is_refused(reader, host):
    response = reader.ask("GET", "/", Host=host)
    assert response.status == 403
    assert b"Companies" not in response.body


def test_a_call_within_the_process_needs_no_host(desk):
    from syncengine.emulator import Request

    assert desk.emulator.handle(Request("GET", "/")).status == 200


def pressed(reader, **headers) -> int:
    """The status of a form that would set up a company."""
    form = reader.get("/").form("Set up")
    body = {**form.fields, "kind": "empty", **headers.pop("fields", {})}
    return reader.ask("POST", "/", urlencode(body).encode(), **headers).status


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": {"token": ""}},
        {"fields": {"token": "x" * 32}},
        {"fields": {"token": "ünïcödé"}},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://{HOST}.evil.example"},
        {"Origin": "http://localhost:8951"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_not_taken_and_changes_nothing(reader, wrong):
    before = list(reader.emulator.companies)
    assert pressed(reader, **wrong) == 403
    assert list(reader.emulator.companies) == before


def test_the_pages_own_form_is_taken(reader):
    assert pressed(reader, Origin=f"http://{HOST}", Sec_Fetch_Site="same-origin") == 303
    assert len(reader.emulator.companies) == 2


def test_the_token_of_one_emulator_is_no_good_at_another_one_with_the_same_seed(reader):
    with_same_seed = Emulator(seed=1)
    token = Reader(with_same_seed).get("/").form("Set up").fields["token"]
    with_same_seed.close()
    assert pressed(reader, fields={"token": token}) == 403


@pytest.mark.parametrize("path", ["/", "/calls", "/company/1", "/pages/style.css", "/pages/none.css", "/company/{realm}/customer"])
def test_every_answer_keeps_foreign_code_frames_and_caches_away(reader, path):
    headers = reader.ask("GET", path.format(realm=reader.realm)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_needs_what_its_policy_forbids(reader):
    for path in ("/", "/trouble", "/trouble/switches", "/calls?watch=1", f"/company/{reader.realm}", f"/company/{reader.realm}/invoice/new"):
        page = reader.get(path)
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:|<script(?! src=\"/pages/page.js\")", page.html), path


@pytest.mark.parametrize(
    "path",
    [
        "/company/1", "/company/{realm}/nonsense", "/company/{realm}/customer/99999", "/company/{realm}/customer/x%2Fy", "/calls/99", "/calls/x",
        "/company/{realm}/customer/1/delete", "/company/{realm}/invoice/1/void", "/company/{realm}/taxrate/new", "/trouble/none", "/company//customer",
        "/company/{realm}/reports/None", "/company/{realm}/budget/9/edit", "/company/{realm}/customer/1/version", "/pages/../core.py", "/pages/x/style.css",
        "/company/{realm}/customer/%00", "/company/{realm}/invoice/1/edit/more", "/company/%ff%fe/customer",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(reader, path):
    response = reader.ask("GET", path.format(realm=reader.realm))
    assert response.status == 404


def test_other_methods_and_endless_forms_are_refused(reader):
    assert reader.ask("PUT", "/").status == 405
    assert reader.ask("DELETE", f"/company/{reader.realm}").status == 405
    assert reader.ask("POST", "/", b"x" * 5_000_000).status == 413
    assert reader.ask("HEAD", "/").body == b""


@pytest.mark.parametrize("target", ["?page=0", "?page=-1", "?page=99999999999999999999", "?page=x", "?sort=body;drop", "?sort=total&way=sideways", "?q=%25%27%22%5C", "?rows=none", "?party=1'", "?q=%ff"])
def test_odd_parameters_of_a_list_are_no_trouble(reader, target):
    reader.get(f"customer{target}")


@pytest.mark.parametrize("target", ["?before=x", "?before=0&after=5", "?after=99999999999999999999", "?realm='", "?only=none", "?q=%22%5C%27%25"])
def test_odd_parameters_of_the_calls_are_no_trouble(reader, target):
    reader.get(f"/calls{target}")


def linked(reader, first: str, most: int = 400) -> list:
    """All pages that can be reached from one, itself first."""
    seen, waiting, pages = set(), [first], []
    while waiting and len(pages) < most:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        page = reader.get(url)
        pages.append(page)
        waiting += [href for _, href in page.links if href.startswith("/") and href not in seen]
    return pages


def hostile(desk) -> None:
    """Put a canary wherever a client can put text."""
    emulator = desk.emulator
    evil = emulator.add_company("empty", name=CANARY)
    emulator.connect(desk.realm, CANARY, "secret")
    emulator.connect(evil.realm, CANARY, "secret")
    desk.tokens = emulator.connect(desk.realm, CANARY, "secret")
    customer = desk.customer(CANARY, CompanyName=CANARY, Notes=CANARY, BillAddr={"Line1": CANARY, "City": CANARY})
    item, vendor = desk.item(CANARY.replace('"', ""), Description=CANARY, Sku=CANARY), desk.vendor(CANARY + "2")
    invoice = desk.post(
        f"invoice?requestid={'%3Cb%3E'}",
        {
            "CustomerRef": {"value": customer["Id"]}, "DocNumber": CANARY[:21], "PrivateNote": CANARY, "CustomerMemo": {"value": CANARY},
            "Line": [{"Amount": 1, "Description": CANARY, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}}}],
        },
    )  # fmt: skip
    desk.bill(vendor["Id"], DocNumber=CANARY[:20], PrivateNote=CANARY)
    desk.post("attachable", {"FileName": CANARY, "Note": CANARY})
    desk.post("invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "plain"})
    desk.ask("GET", "query?query=%3Cimg%20src%3Dx%3E")
    desk.ask("GET", "%3Cimg%20src=x%20onerror=alert(1)%3E")
    desk.control("POST", "faults", {"kind": "refuse", "count": 5, "match": {"path": CANARY, "requestid": CANARY}, "message": CANARY})
    desk.control("POST", "webhooks", {"client_id": CANARY, "url": "http://127.0.0.1:1/%3Cimg%3E"})


def test_no_name_is_ever_markup_on_any_page(make):
    desk = make("empty")
    hostile(desk)
    reader = Reader(desk.emulator, desk.realm)
    pages = linked(reader, "/")
    # Pages of refused forms and searches show what was entered.
    pages += [reader.get(f"/company/{desk.realm}/search?{urlencode({'q': CANARY})}"), reader.get(f"customer?{urlencode({'q': CANARY})}"), reader.get(f"/calls?{urlencode({'q': CANARY})}")]
    pages.append(reader.send(reader.get("customer/new"), "Create", 400, f__DisplayName=CANARY, f__PrimaryEmailAddr__Address="nobody"))
    pages.append(reader.send(reader.get("invoice/new"), "Create", 400, f__CustomerRef=CANARY + "3"))
    pages.append(reader.send(reader.get("/"), "Set up", 400, zone=CANARY, name=CANARY))
    assert len(pages) > 150
    shown = 0
    for page in pages:
        assert not re.search(r"<img(?! src=\"/pages/icon.svg\")", page.html), page.url
        assert "<b>" not in page.html, page.url
        shown += html.escape("<img src=x onerror=alert(1)>") in page.html
    assert shown > 60


def test_reading_changes_nothing_but_what_the_journal_had_waiting(make):
    desk = make("demo")
    state = desk.emulator.parts.state

    def everything() -> list:
        tables = [row[0] for row in state.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return [(table, state.execute(f'SELECT * FROM "{table}"').fetchall()) for table in sorted(tables)]

    desk.emulator.parts.journal.flush()
    before = everything()
    linked(Reader(desk.emulator, desk.realm), "/", most=200)
    assert everything() == before
