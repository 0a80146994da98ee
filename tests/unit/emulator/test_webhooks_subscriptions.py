"""Endpoints: what may be entered, who is told of what, and what is refused."""

from __future__ import annotations

import pytest

from syncengine.emulator import Emulator
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.webhooks import matrix
from syncengine.emulator.webhooks.subscriptions import loopback
from tests.unit.emulator.desk import Desk
from tests.unit.emulator.mailbox import TOKEN, URL, Mailbox, let_pass, subscribe

ELSEWHERE = [
    "http://example.com/hook", "http://8.8.8.8/", "http://127.0.0.1@example.com/", "http://example.com#@127.0.0.1/",
    "http://127.0.0.1\\@example.com/", "http://[::ffff:8.8.8.8]/", "http://0.0.0.0:80/", "http://localhost.example.com/", "http://127.1/",
    "http://2130706433/", "http://0x7f000001/", "http://10.0.0.1/", "http://[fe80::1]/",
]  # fmt: skip
SENSELESS = [
    "", "hook", "http://", "http:///hook", "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://127.0.0.1:port/", "http://[::1/",
    "http://127.0.0.1/\r\nHost: example.com", "http://127.0.0.1/a b", "http://127.0.0.1/ü", "http://127.0.0.1/" + "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/hook?a=b", "http://localhost/", "http://[::1]:81/x", "http://127.8.9.10:1/"])
def test_an_endpoint_on_this_machine_is_taken(url):
    assert loopback(url) == url


@pytest.mark.parametrize("url", ELSEWHERE)
def test_an_endpoint_elsewhere_is_refused(desk, url):
    status, answer = desk.control("POST", "webhooks", {"client_id": "app", "url": url})
    assert (status, "to this machine only" in answer["error"]) == (400, True), answer
    assert desk.control("GET", "webhooks") == (200, {"webhooks": []})


@pytest.mark.parametrize("url", SENSELESS)
def test_what_is_no_url_is_refused(desk, url):
    status, answer = desk.control("POST", "webhooks", {"client_id": "app", "url": url})
    assert (status, "is no URL" in answer["error"]) == (400, True), answer


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        ({"client_id": ""}, "client_id"),
        ({"url": "https://127.0.0.1/"}, "no TLS"),
        ({"url": "ftp://127.0.0.1/"}, "http://127.0.0.1"),
        ({"format": "xml"}, "cloudevents or legacy"),
        ({"verifier_token": ""}, "verifier_token"),
        ({"verifier_token": 7}, "verifier_token"),
        ({"events": "invoice"}, "list"),
        ({"events": [7]}, "list"),
        ({"events": ["qbo.taxcode.updated.v1"]}, "no webhook 'qbo.taxcode.updated.v1'"),
        ({"secret": "x"}, "not secret"),
    ],
)
def test_a_wish_without_sense_is_refused_in_words(desk, wish, word):
    status, answer = desk.control("POST", "webhooks", {"client_id": "app", "url": URL, **wish})
    assert status == 400
    assert word in answer["error"]
    assert desk.control("GET", "webhooks") == (200, {"webhooks": []})


def test_an_endpoint_is_shown_with_all_that_was_said_of_it(desk):
    made = subscribe(desk, realm_id=desk.realm, format="legacy", events=["Term", "qbo.invoice.voided.v1"])
    assert made == {
        "number": 1, "client_id": "app", "realm_id": desk.realm, "url": URL, "verifier_token": TOKEN, "format": "legacy",
        "events": ["qbo.term.created.v1", "qbo.term.updated.v1", "qbo.invoice.void.v1"], "blacklisted": False,
    }  # fmt: skip
    assert desk.control("GET", "webhooks") == (200, {"webhooks": [made]})


def test_an_app_without_a_verifier_token_gets_one_of_its_own(make):
    one, other = make(), make(seed=2)
    wish = {"client_id": "app", "url": URL}
    tokens = [each.control("POST", "webhooks", wish)[1]["verifier_token"] for each in (one, other)]
    assert len(set(tokens)) == 2
    assert one.control("POST", "webhooks", {**wish, "url": URL + "/2"})[1]["verifier_token"] == tokens[0]
    assert one.control("POST", "webhooks", {**wish, "client_id": "other"})[1]["verifier_token"] != tokens[0]


def test_entering_an_endpoint_again_replaces_it_and_keeps_what_waits(desk):
    first = subscribe(desk)
    desk.customer()
    again = subscribe(desk, format="legacy", verifier_token="new")
    assert (again["number"], again["format"]) == (first["number"], "legacy")
    let_pass(desk, 3)
    box = Mailbox()
    desk.emulator.deliver(box)
    assert box.bodies[0]["eventNotifications"][0]["dataChangeEvent"]["entities"][0]["name"] == "Customer"


def test_an_endpoint_that_is_taken_out_is_told_nothing_not_even_what_waits(desk):
    number = subscribe(desk)["number"]
    other = subscribe(desk, url=URL + "/other")["number"]
    desk.customer()
    assert desk.control("DELETE", f"webhooks?number={number}") == (200, {"removed": 1})
    let_pass(desk, 3)
    box = Mailbox()
    desk.emulator.deliver(box)
    assert [post.url for post in box.posts] == [URL + "/other"]
    assert desk.control("DELETE", "webhooks") == (200, {"removed": 1})
    assert desk.control("DELETE", f"webhooks?number={other}") == (200, {"removed": 0})
    assert desk.control("GET", "webhooks/deliveries") == (200, {"deliveries": [], "events": []})


def test_only_what_is_wanted_is_told(desk):
    subscribe(desk, events=["vendor", "qbo.customer.updated.v1"])
    made = desk.customer()
    vendor = desk.vendor()
    desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": "x"})
    let_pass(desk, 3)
    box = Mailbox()
    desk.emulator.deliver(box)
    assert box.told == [("vendor.created", vendor["Id"]), ("customer.updated", made["Id"])]


def test_an_app_is_told_of_companies_that_it_is_connected_to_and_of_no_other(desk):
    other = Desk(desk.emulator, "empty", client_id="somebody else")
    subscribe(desk)
    mine = subscribe(desk, client_id="somebody else", url=URL + "/other")
    desk.customer()
    other.vendor()
    let_pass(desk, 3)
    box = Mailbox()
    desk.emulator.deliver(box)
    assert [(post.url, event["type"], event["intuitaccountid"]) for post, event in zip(box.posts, box.events, strict=True)] == [
        (URL, "qbo.customer.created.v1", desk.realm), (mine["url"], "qbo.vendor.created.v1", other.realm)
    ]  # fmt: skip


def test_an_app_that_was_disconnected_is_told_nothing_more(desk):
    subscribe(desk)
    desk.act("disconnect")
    desk.act("create", entity="Customer", object={"DisplayName": "Ada"})
    let_pass(desk, 3)
    assert desk.emulator.deliver(Mailbox()) == []
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    desk.vendor()
    let_pass(desk, 3)
    box = Mailbox()
    desk.emulator.deliver(box)
    assert [each for each, _ in box.told] == ["vendor.created"]


def test_an_endpoint_of_one_company_is_not_told_of_another(desk):
    other = Desk(desk.emulator, "empty")
    subscribe(desk, realm_id=other.realm)
    desk.customer()
    other.vendor()
    let_pass(desk, 3)
    box = Mailbox()
    desk.emulator.deliver(box)
    assert [each for each, _ in box.told] == ["vendor.created"]


def test_endpoints_and_what_waits_outlive_the_emulator(tmp_path, clock):
    path = tmp_path / "books.db"
    emulator = Emulator(path, clock=clock, switches={"quotas": False})
    desk = Desk(emulator, "empty")
    made = subscribe(desk)
    desk.customer()
    emulator.close()
    clock.advance(3)
    again = Emulator(path, clock=clock)
    box = Mailbox()
    again.deliver(box)
    assert [each.shown() for each in again.parts.webhooks.subscriptions.all] == [made]
    assert [each for each, _ in box.told] == ["customer.created"]
    again.close()


def test_the_portals_test_event_is_due_at_once_and_nothing_happened(desk):
    subscribe(desk)
    status, answer = desk.control("POST", "webhooks/test", {})
    assert (status, answer["event"]["entity"], answer["event"]["operation"]) == (201, "Customer", "created")
    assert desk.control("POST", "webhooks/test", {"number": 1, "entity": "Invoice", "operation": "void", "id": "5"})[0] == 201
    box = Mailbox()
    desk.emulator.deliver(box)
    assert box.told == [("customer.created", "1"), ("invoice.void", "5")]
    assert desk.select("select * from Customer") == []


@pytest.mark.parametrize(
    "wish",
    [{"number": 9}, {"entity": "TaxCode"}, {"operation": "merged", "entity": "Invoice"}, {"realm_id": "1"}, {"number": "x"}, {"number": []}],
)
def test_a_test_event_without_sense_is_refused(desk, wish):
    subscribe(desk)
    assert desk.control("POST", "webhooks/test", wish)[0] == 400


def test_several_endpoints_need_a_number_for_a_test_event(desk):
    subscribe(desk)
    subscribe(desk, url=URL + "/2")
    assert desk.control("POST", "webhooks/test", {})[0] == 400


def test_entities_are_spelled_as_the_catalogue_spells_them():
    """All but two that have no API in the emulator."""
    assert set(matrix.MATRIX) - set(ENTITIES) == {"Currency", "ChangeOrder"}


def test_every_type_can_be_wanted_by_its_name():
    assert len(matrix.TYPES) == 108
    assert matrix.wanted(list(matrix.TYPES)) == tuple(matrix.TYPES)
    assert sorted(matrix.wanted(list(matrix.MATRIX))) == sorted(matrix.TYPES)
