"""The fault catalogue: every trouble that a client has to live with can be had, by count, chance, seed or matching request."""

from __future__ import annotations

import contextlib
import json
import socket
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
import requests

from syncengine.emulator import ConnectionDropped, EmulatorAdapter
from syncengine.emulator.mischief import KINDS, Mischief
from tests.conformance.serving import serve_company
from tests.conformance.test_02_oauth import error, refresh
from tests.support.source import ROOT
from tests.unit.emulator.desk import Desk, parsed, side


def arm(desk: Desk, kind: str, **more) -> None:
    status, answer = desk.control("POST", "faults", {"kind": kind, **more})
    assert status == 201, answer


def customers(desk: Desk) -> list[str]:
    return sorted(row["DisplayName"] for row in desk.select("select * from Customer"))


def create(desk: Desk, tail: str = "customer"):
    return desk.ask("POST", tail, {"DisplayName": "Ada"})


# Lost answers and lost requests


@pytest.mark.parametrize("kind", ["commit_then_drop", "truncated", "chunk_cut"])
def test_the_write_is_saved_and_the_answer_lost(desk: Desk, kind):
    arm(desk, kind)
    with pytest.raises(ConnectionDropped) as dropped:
        create(desk)
    assert (dropped.value.partial is not None, dropped.value.chunked) == (kind != "commit_then_drop", kind == "chunk_cut")
    assert customers(desk) == ["Ada"]


@pytest.mark.parametrize(("kind", "status"), [("commit_then_500", 500), ("commit_then_503", 503), ("commit_then_504", 504), ("commit_then_401", 401)])
def test_the_write_is_saved_and_the_answer_is_another(desk: Desk, kind, status):
    arm(desk, kind)
    assert create(desk).status == status
    assert customers(desk) == ["Ada"]


def test_the_connection_drops_before_anything_is_saved(desk: Desk):
    arm(desk, "drop_before_commit")
    with pytest.raises(ConnectionDropped):
        create(desk)
    assert customers(desk) == []


def test_an_answer_is_slower_than_the_timeout(desk: Desk, clock):
    arm(desk, "slow", seconds=100)
    before = clock.monotonic()
    assert create(desk).status == 200
    assert clock.monotonic() - before == 100


# requestid


def test_the_memory_can_be_none_or_a_day(make, clock):
    for seconds, remembered in ((0, False), (86_400, True)):
        desk = make(requestid_memory_seconds=seconds)
        create(desk, "customer?requestid=r")
        assert (create(desk, "customer?requestid=r").status == 200) is remembered


# Throttles


@pytest.mark.parametrize(("kind", "body", "status", "content"), [("throttle_429", "json", 429, b'{"Fault"'), ("throttle_429", "xml", 429, b"<?xml"), ("throttle_429", "html", 429, b"<html>"), ("throttle_403", "xml", 403, b"statusCode=403")])
def test_the_forms_of_a_throttle(desk: Desk, kind, body, status, content):
    arm(desk, kind, body=body)
    response = create(desk)
    assert (response.status, content in response.body, "Retry-After" in response.headers) == (status, True, False)
    assert customers(desk) == []


def test_a_throttle_may_say_when_to_come_again(desk: Desk):
    arm(desk, "throttle_429", retry_after=60)
    assert create(desk).headers["Retry-After"] == "60"


def test_a_burst_is_a_count(desk: Desk):
    arm(desk, "throttle_429", count=5)
    assert [create(desk).status for _ in range(6)] == [429] * 5 + [200]


# Tokens


def test_a_token_dies_in_the_middle_of_a_run(desk: Desk):
    arm(desk, "expired_401", skip=3)
    assert [desk.ask("GET", "term/1").status for _ in range(5)] == [200, 200, 200, 401, 200]


def test_a_401_may_be_xml(desk: Desk):
    arm(desk, "expired_401", body="xml")
    response = desk.ask("GET", "term/1")
    assert (response.status, response.body[:5]) == (401, b"<?xml")
    assert b'<Fault type="AUTHENTICATION"><Error code="3200">' in response.body


@pytest.mark.parametrize(("kind", "status"), [("token_endpoint_500", 500), ("token_endpoint_429", 429), ("invalid_grant", 400)])
def test_the_token_endpoint_fails_without_ending_anything(desk: Desk, kind, status):
    arm(desk, kind)
    assert refresh(desk, desk.tokens["refresh_token"]).status == status
    assert refresh(desk, desk.tokens["refresh_token"]).status == 200


def test_the_answer_with_the_rotated_token_is_lost(make):
    desk = make(rotate_every_refresh=True)
    arm(desk, "rotation_lost")
    with pytest.raises(ConnectionDropped):
        refresh(desk, desk.tokens["refresh_token"])
    assert error(refresh(desk, desk.tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_refresh_gives_the_same_token_though_it_was_due(make):
    desk = make(rotate_every_refresh=True)
    first = desk.tokens["refresh_token"]
    arm(desk, "rotation_skipped")
    assert json.loads(refresh(desk, first).body)["refresh_token"] == first
    assert json.loads(refresh(desk, first).body)["refresh_token"] != first


def test_two_workers_refresh_at_once(desk: Desk):
    arm(desk, "sibling_refreshed")
    assert error(refresh(desk, desk.tokens["refresh_token"])) == (400, "invalid_grant")
    assert desk.ask("GET", "term/1").status == 200


# Refusals with a real cause


def test_somebody_edits_between_read_and_write(desk: Desk):
    made = desk.customer("Ada")
    desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": "by hand"})
    assert desk.refused("customer", {"Id": made["Id"], "SyncToken": made["SyncToken"], "DisplayName": "Ada B"})["code"] == "5010"


def test_somebody_makes_an_account_inactive(desk: Desk):
    account = desk.account("Supplies")
    desk.act("deactivate", entity="Account", id=account["value"])
    lines = [side("Debit", account, 5), side("Credit", desk.account("Checking"), 5)]
    assert desk.refused("journalentry", {"Line": lines})["code"] == "610"


def test_a_vendor_has_the_customers_name(desk: Desk):
    desk.act("create", entity="Vendor", object={"DisplayName": "Ada"})
    assert desk.refused("customer", {"DisplayName": "Ada"})["code"] == "6240"


def test_the_books_are_closed_and_a_number_is_taken(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    desk.invoice(customer, item, DocNumber="7")
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item}}}
    wish = {"CustomerRef": {"value": customer}, "Line": [line]}
    assert desk.refused("invoice", {**wish, "DocNumber": "7"})["code"] == "6140"
    desk.act("close_books", date="2026-01-31")
    assert desk.refused("invoice", {**wish, "DocNumber": "8"})["code"] == "6200"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("subscription_6190", 400, "6190"), ("access_lost_120", 401, "120"), ("company_reset_10200", 400, "10200"), ("feature_5030", 400, "5030"), ("stale", 400, "5010"), ("system_500", 500, "10000")],
)
def test_refusals_that_stop_a_connection_or_a_record(desk: Desk, kind, status, code):
    arm(desk, kind)
    response = create(desk)
    assert (response.status, parsed(response)["Fault"]["Error"][0]["code"]) == (status, code)
    assert customers(desk) == []


def test_403_3100_and_401_130(desk: Desk):
    arm(desk, "forbidden_403")
    assert create(desk).status == 403
    arm(desk, "wrong_cluster_130")
    assert b'code="130"' in create(desk).body


def test_any_other_refusal_can_be_told(desk: Desk):
    arm(desk, "refuse", code="6210", message="Account Period Closed", detail="because")
    assert desk.refused("customer", {"DisplayName": "Ada"}) == {"Message": "Account Period Closed", "Detail": "because", "code": "6210"}


# Strange answers


def test_a_fault_in_a_200(desk: Desk):
    arm(desk, "fault_in_200")
    response = create(desk)
    assert (response.status, list(parsed(response))) == (200, ["Fault", "time"])
    assert customers(desk) == []


@pytest.mark.parametrize(
    ("kind", "looks"),
    [
        ("cut_json", lambda response: response.body.startswith(b'{"Customer"') and not response.body.endswith(b"}")),
        ("wrong_content_type", lambda response: response.headers["Content-Type"] == "text/html"),
        ("bom", lambda response: response.body.startswith(b"\xef\xbb\xbf{")),
        ("empty_200", lambda response: response.body == b""),
    ],
)
def test_a_200_that_cannot_be_read(desk: Desk, kind, looks):
    arm(desk, kind)
    response = create(desk)
    assert response.status == 200
    assert looks(response)
    assert customers(desk) == ["Ada"]


def test_a_batch_with_faults_reordered_missing_doubled_or_refused_whole(desk: Desk):
    items = [{"bId": bid, "operation": "create", "Vendor": {"DisplayName": bid}} for bid in "abc"]

    def bids() -> list[str]:
        return [each["bId"] for each in parsed(desk.ask("POST", "batch", {"BatchItemRequest": items}))["BatchItemResponse"]]

    for kind, expected in (("batch_item_missing", "ab"), ("batch_item_doubled", "aabc"), ("batch_reversed", "cba")):
        arm(desk, kind)
        assert "".join(bids()) == expected
    arm(desk, "batch_item_fault", item=1)
    fresh = [{**item, "Vendor": {"DisplayName": item["bId"] * 2}} for item in items]
    answer = parsed(desk.ask("POST", "batch", {"BatchItemRequest": fresh}))["BatchItemResponse"]
    assert ["Fault" in each for each in answer] == [False, True, False]
    arm(desk, "batch_item_500", item=2)
    third = [{**item, "Vendor": {"DisplayName": item["bId"] * 3}} for item in items]
    answer = parsed(desk.ask("POST", "batch", {"BatchItemRequest": third}))["BatchItemResponse"]
    assert (answer[2]["bId"], answer[2]["Fault"]["Error"][0]["code"]) == ("c", "10000")
    assert desk.select("SELECT * FROM Vendor WHERE DisplayName = 'ccc'")
    arm(desk, "refuse", code="1040", match={"operation": "batch"})
    assert desk.ask("POST", "batch", {"BatchItemRequest": items}).status == 400


def cdc(desk: Desk, entities: str = "Customer,Invoice") -> list[dict]:
    return parsed(desk.ask("GET", f"cdc?entities={entities}&changedSince=2026-01-15"))["CDCResponse"][0]["QueryResponse"]


def test_cdc_calls_a_living_object_deleted(desk: Desk):
    made = desk.customer()
    arm(desk, "cdc_wrong_deleted")
    assert cdc(desk)[0]["Customer"][0]["status"] == "Deleted"
    assert desk.read("Customer", made["Id"]) == made


def test_cdc_tells_of_the_end_of_something_never_seen(desk: Desk):
    desk.customer()
    arm(desk, "cdc_unseen_stub", id="4711")
    part = cdc(desk)[0]
    assert (part["maxResults"], part["Customer"][-1]["Id"], part["Customer"][-1]["status"]) == (2, "4711", "Deleted")
    assert desk.refused("customer/4711", None, "GET")["code"] == "610"


def test_cdc_is_cut_and_the_deletions_are_lost(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    gone, stays = desk.invoice(customer, item), desk.invoice(customer, item)
    desk.post("invoice?operation=delete", {"Id": gone["Id"], "SyncToken": "0"})
    arm(desk, "cdc_cut", rows=2)
    customers_, invoices = cdc(desk)
    assert (customers_["maxResults"], [row["Id"] for row in invoices["Invoice"]]) == (1, [stays["Id"]])
    assert len(cdc(desk)[1]["Invoice"]) == 2
    arm(desk, "cdc_cut", rows=1)
    assert cdc(desk)[1] == {}


def test_rows_are_edited_and_come_in_between_two_pages(desk: Desk):
    for name in ("a", "b", "c", "d"):
        desk.customer(name)
        desk.emulator.parts.clock.advance(1)
    statement = "select * from Customer orderby MetaData.LastUpdatedTime startposition {} maxresults 2"
    arm(desk, "page_drift", edited=1, inserted=1)
    first = [row["DisplayName"] for row in desk.select(statement.format(1))]
    second = [row["DisplayName"] for row in desk.select(statement.format(3))]
    # a was saved anew and moved to the end, so that c has slipped onto the page that was read already.
    assert (first, second[0]) == (["a", "b"], "d")
    last = [second[1], *(row["DisplayName"] for row in desk.select(statement.format(5)))]
    assert sorted(name[:8] for name in last) == ["Inserted", "a"]


@pytest.mark.parametrize("zone_seconds", [-3600, 90])
def test_the_answers_clock_is_wrong_once(desk: Desk, zone_seconds):
    arm(desk, "clock_wrong", seconds=zone_seconds)
    wrong, right = desk.ask("GET", "term/1"), desk.ask("GET", "term/1")
    assert parsed(wrong)["time"] == {-3600: "2026-01-15T08:00:00.000-08:00", 90: "2026-01-15T09:01:30.000-08:00"}[zone_seconds]
    assert wrong.headers["Date"] != right.headers["Date"] == "Thu, 15 Jan 2026 17:00:00 GMT"


def test_the_clock_is_skewed_for_all_and_summer_time_begins(desk: Desk):
    desk.control("POST", "clock", {"skew_seconds": -300})
    assert parsed(desk.ask("GET", "term/1"))["time"] == "2026-01-15T08:55:00.000-08:00"
    desk.control("POST", "clock", {"skew_seconds": 0, "advance_seconds": 4_465_800 + 3600})
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert parsed(desk.ask("GET", "term/1"))["time"] == "2026-03-08T03:30:00.000-07:00"


@pytest.mark.parametrize("entity", ["Customer", "Account"])
def test_two_of_a_kind_are_merged_and_the_losers_id_vanishes(desk: Desk, entity):
    wish = {"Customer": {"DisplayName": "{}"}, "Account": {"Name": "{}", "AccountType": "Expense"}}[entity]
    loser, survivor = (desk.post(entity.lower(), {name: value.format(which) for name, value in wish.items()}) for which in ("One", "Two"))
    desk.act("merge", entity=entity, id=loser["Id"], into=survivor["Id"])
    assert desk.ask("GET", f"{entity.lower()}/{survivor['Id']}").status == 200
    rows = desk.select(f"select * from {entity} where Active in (true, false)")
    assert loser["Id"] not in {row["Id"] for row in rows}


def test_class_tracking_is_switched_off_in_mid_use(tracked: Desk):
    tracked.act("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False}})
    assert tracked.refused("class", {"Name": "Late"})["code"] in {"6000", "5030"}


# Objects of a later QuickBooks


def invoice(desk: Desk) -> str:
    return desk.invoice(desk.customer()["Id"], desk.item()["Id"], 100)["Id"]


def test_an_unknown_property(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "new_field", field="QuantumRef")
    assert desk.read("Invoice", id_)["QuantumRef"] == {"value": "1", "name": "of a later QuickBooks"}
    assert "QuantumRef" not in desk.read("Invoice", id_)


def test_an_unknown_value_of_an_enumeration(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "new_enum_value", value="Hologram")
    assert desk.read("Invoice", id_)["EmailStatus"] == "Hologram"


def test_numbers_and_flags_as_texts(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "changed_type")
    found = desk.read("Invoice", id_)
    assert (found["TotalAmt"], found["sparse"]) == ("100.00", "false")


def test_lists_that_are_null(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "null_lists")
    found = desk.read("Invoice", id_)
    assert (found["LinkedTxn"], found["AttachableRef"]) == (None, None)
    assert found["Line"]


def test_such_changes_reach_queries_batches_and_cdc(desk: Desk):
    invoice(desk)
    arm(desk, "new_field", count=3)
    assert "BrandNewField" in desk.select("select * from Invoice")[0]
    assert "BrandNewField" in desk.batch({"Query": "select * from Invoice"})["i0"]["QueryResponse"]["Invoice"][0]
    assert "BrandNewField" in cdc(desk)[1]["Invoice"][0]


def test_the_months_reads_are_used_up_and_writes_go_on(desk: Desk):
    arm(desk, "quota_reached", count=None)
    assert desk.ask("GET", "term/1").status == 429
    assert create(desk).status == 200
    answer = desk.batch({"Query": "select * from Term"}, {"operation": "create", "Vendor": {"DisplayName": "V"}})
    assert ("Fault" in answer["i0"], "Vendor" in answer["i1"]) == (True, True)


@pytest.mark.parametrize(("kind", "status"), [("unavailable_503", 503), ("bad_gateway_502", 502), ("gateway_504", 504)])
def test_pages_of_proxies(desk: Desk, kind, status):
    arm(desk, kind)
    assert create(desk).status == status
    assert customers(desk) == []


# How a fault is aimed


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"body": '"DisplayName": "Ada"'}, [True, False, False]),
        ({"body": "from Term"}, [False, True, False]),
        ({"client": "app", "method": "POST"}, [True, False, False]),
        ({"client": "other"}, [False, False, False]),
        ({"operation": "query", "body": "Vendor"}, [False, False, False]),
        ({"path": "/term"}, [False, False, True]),
    ],
)
def test_a_fault_is_aimed_at_words_apps_and_paths(desk: Desk, match, struck):
    arm(desk, "unavailable_503", count=None, match=match)
    asked = [create(desk), desk.ask("GET", f"query?query={quote('select * from Term')}"), desk.ask("GET", "term/1")]
    assert [response.status == 503 for response in asked] == struck


def test_chance_comes_from_the_emulators_seed_or_the_faults_own():
    def struck(seed: int, own: int | None) -> list[bool]:
        mischief = Mischief(seed)
        mischief.arm({"kind": "stale", "probability": 0.5, **({} if own is None else {"seed": own})})
        return [mischief.strike({}) is not None for _ in range(50)]

    assert struck(1, None) != struck(2, None)
    assert struck(1, 7) == struck(2, 7) != struck(1, 8)
    assert 5 < sum(struck(1, 7)) < 45


@pytest.mark.parametrize("wish", [{"kind": "stale", "match": []}, {"kind": "stale", "seed": "x"}, {"kind": "stale", "match": {"words": "x"}}, {"kind": "no such"}, {"kind": "stale", "skip": {}}, {"kind": "cdc_cut", "rows": [1]}, {"kind": "slow", "seconds": "long"}, {"kind": "slow", "seconds": 1e300}, {"kind": "new_field", "field": []}])
def test_a_wish_that_makes_no_sense_is_refused(desk: Desk, wish):
    assert desk.control("POST", "faults", wish)[0] == 400
    assert desk.control("GET", "faults")[1] == {"faults": []}


# Over a socket and over requests


@pytest.fixture(scope="module")
def served():
    """A base URL with its control interface, and a session that is signed in."""
    url, realm, token = serve_company()
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        yield session, url, realm


def over_the_wire(served, kind: str, **more):
    session, url, realm = served
    assert session.post(f"{url}/_emulator/faults", json={"kind": kind, **more}, timeout=10).status_code == 201
    return lambda: session.get(f"{url}/v3/company/{realm}/term/1", timeout=10)


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop_before_commit", "truncated", "chunk_cut"])
def test_a_connection_breaks_over_a_socket(served, kind):
    ask = over_the_wire(served, kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask()
    assert ask().status_code == 200


def test_a_body_drips_in(served, clock):
    ask = over_the_wire(served, "slow_body", seconds=2)
    answer = ask()
    assert (answer.status_code, answer.json()["Term"]["Id"]) == (200, "1")
    assert answer.elapsed.total_seconds() < 1  # the head came at once; `requests` measures up to it


def test_a_chunk_is_cut_without_a_length_that_would_tell(served):
    session, url, realm = served
    over_the_wire(served, "chunk_cut")
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"GET /v3/company/{realm}/term/1 HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nAuthorization: {session.headers['Authorization']}\r\n\r\n".encode())
        said = b""
        with contextlib.suppress(ConnectionError):
            while got := line.recv(65536):
                said += got
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert b"content-length" not in head.lower()
    assert body
    assert not body.endswith(b"0\r\n\r\n")


def test_headers_come_twice(served):
    session, url, realm = served
    over_the_wire(served, "duplicate_headers")
    host, _, port = url.removeprefix("http://").partition(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", f"/v3/company/{realm}/term/1", headers=dict(session.headers))
    names = [name.lower() for name, _ in connection.getresponse().getheaders()]
    connection.close()
    assert (names.count("intuit_tid"), names.count("content-type"), names.count("date")) == (2, 2, 1)


def test_the_adapter_gives_the_same_troubles(desk: Desk, clock):
    session = requests.Session()
    session.mount("https://", EmulatorAdapter(desk.emulator))
    session.headers.update({"Authorization": f"Bearer {desk.tokens['access_token']}", "Accept": "application/json"})
    url = f"https://quickbooks.api.intuit.com/v3/company/{desk.realm}/term/1"
    arm(desk, "chunk_cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(url)
    arm(desk, "duplicate_headers")
    assert session.get(url).headers["Content-Type"] == "application/json;charset=utf-8, application/json;charset=utf-8"
    arm(desk, "slow_body", seconds=30)
    before = clock.monotonic()
    assert session.get(url).status_code == 200
    assert clock.monotonic() - before == 30


def test_every_kind_is_shown_somewhere():
    """A fault without a test is a fault that nobody has seen."""
    folders = (ROOT / "tests" / "conformance", ROOT / "tests" / "unit" / "emulator")
    text = "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    assert [kind for kind in KINDS if f'"{kind}"' not in text] == []
