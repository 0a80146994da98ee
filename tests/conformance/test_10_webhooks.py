"""Webhooks: both formats, the headers and their signature, the attempts, and which changes are told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest

from syncengine.emulator.webhooks.schedule import LADDER
from tests.unit.emulator.desk import Desk, parsed
from tests.unit.emulator.mailbox import TOKEN, Mailbox, arm, let_pass, subscribe

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def deliver(desk: Desk, *answers: int | Exception) -> Mailbox:
    """What is delivered once the gathering is over."""
    let_pass(desk, 3)
    box = Mailbox(*answers)
    desk.emulator.deliver(box)
    return box


def told(desk: Desk) -> list[tuple[str, str]]:
    return sorted(deliver(desk).told)


# 10.1 Formats


def test_a_cloudevents_body_is_an_array_of_events_with_these_members_in_this_order(desk):
    subscribe(desk)
    made = desk.customer()
    (body,) = deliver(desk).bodies
    (event,) = body
    assert list(event) == [
        "specversion", "id", "source", "type", "datacontenttype", "time", "intuitentityid", "intuitaccountid", "data"
    ]  # fmt: skip
    fixed = {name: value for name, value in event.items() if name not in {"id", "source", "time"}}
    assert fixed == {
        "specversion": "1.0", "type": "qbo.customer.created.v1", "datacontenttype": "application/json", "intuitentityid": made["Id"],
        "intuitaccountid": desk.realm, "data": {},
    }  # fmt: skip
    assert UUID.fullmatch(event["id"])


def test_source_is_intuit_and_the_base64_of_32_bytes_the_same_for_all_events_of_an_app(desk):
    subscribe(desk)
    subscribe(desk, client_id="other", url="http://127.0.0.1:9/other")
    desk.emulator.connect(desk.realm, "other", "secret")
    desk.customer()
    first = deliver(desk)
    desk.vendor()
    second = deliver(desk)
    sources = [event["source"] for event in [*first.events, *second.events]]
    assert sources[0] == sources[2] != sources[1] == sources[3]
    for source in sources:
        assert source.startswith("intuit.")
        assert len(base64.b64decode(source.removeprefix("intuit."), validate=True)) == 32


def test_time_is_utc_with_nanoseconds(desk):
    subscribe(desk)
    desk.customer()
    (event,) = deliver(desk).events
    assert re.fullmatch(r"2026-01-15T17:00:00\.\d{9}Z", event["time"])


def test_ids_differ_from_event_to_event(desk):
    subscribe(desk)
    for number in range(5):
        desk.customer(f"C{number}")
    assert len({event["id"] for event in deliver(desk).events}) == 5


@pytest.mark.parametrize(
    ("switch", "value", "members"),
    [
        ("webhook_event_id", "with_object", {"id": r"[0-9a-f-]{36}-Customer-1"}),
        ("webhook_time", "seconds", {"time": r"2026-01-15T17:00:00Z"}),
    ],
)
def test_variants_of_members_that_the_documentation_shows_elsewhere(make, switch, value, members):
    desk = make(**{switch: value})
    subscribe(desk)
    desk.customer()
    (event,) = deliver(desk).events
    for name, pattern in members.items():
        assert re.fullmatch(pattern, event[name]), event


def test_data_may_be_absent_and_datacontenttype_with_it(make):
    desk = make(webhook_empty_data="absent")
    subscribe(desk)
    made, other = desk.customer("Ada"), desk.customer("Bob")
    desk.act("merge", entity="Customer", id=other["Id"], into=made["Id"])
    events = deliver(desk).events
    assert all({"data", "datacontenttype"}.isdisjoint(event) for event in events[:2])
    assert events[2]["data"] == {"deletedid": other["Id"]}
    assert events[2]["datacontenttype"] == "application/json"


@pytest.mark.parametrize("key", ["deletedid", "deletedId"])
def test_a_merge_names_the_survivor_and_in_its_data_the_id_that_is_gone(make, key):
    desk = make(webhook_merged_key=key)
    made, other = desk.customer("Ada"), desk.customer("Bob")
    subscribe(desk)
    desk.act("merge", entity="Customer", id=other["Id"], into=made["Id"])
    (event,) = deliver(desk).events
    assert (event["type"], event["intuitentityid"], event["data"]) == ("qbo.customer.merged.v1", made["Id"], {key: other["Id"]})


def test_employees_may_carry_another_id_scheme(make):
    desk = make(webhook_employee_ids="alternative")
    subscribe(desk)
    made = desk.post("employee", {"GivenName": "Emil", "FamilyName": "Platt"})
    (event,) = deliver(desk).events
    (other,) = event["data"]["alternative_ids"]
    assert set(other) == {"id", "namespace"}
    assert other["id"].endswith(f":{made['Id']}")


def test_the_older_form_has_this_shape_and_the_companys_offset_without_a_colon(desk):
    subscribe(desk, format="legacy")
    made = desk.customer()
    vendor = desk.vendor()
    (body,) = deliver(desk).bodies
    when = "2026-01-15T09:00:00-0800"
    assert body == {
        "eventNotifications": [
            {
                "realmId": desk.realm,
                "dataChangeEvent": {
                    "entities": [
                        {"name": "Customer", "id": made["Id"], "operation": "Create", "lastUpdated": when},
                        {"name": "Vendor", "id": vendor["Id"], "operation": "Create", "lastUpdated": when},
                    ]
                },
            }
        ]
    }


def test_the_older_form_may_tell_times_in_utc_with_milliseconds(make):
    desk = make(webhook_last_updated="utc")
    subscribe(desk, format="legacy")
    desk.customer()
    assert b'"lastUpdated":"2026-01-15T17:00:00.000Z"' in deliver(desk).posts[0].body


def test_the_older_form_names_operations_and_only_of_a_merge_the_deleted_id(desk):
    made, other, item = desk.customer("Ada"), desk.customer("Bob"), desk.item()
    invoice = desk.invoice(made["Id"], item["Id"])
    subscribe(desk, format="legacy")
    desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": "x"})
    desk.act("merge", entity="Customer", id=other["Id"], into=made["Id"])
    desk.act("void", entity="Invoice", id=invoice["Id"])
    desk.act("delete", entity="Invoice", id=invoice["Id"])
    (body,) = deliver(desk).bodies
    entities = body["eventNotifications"][0]["dataChangeEvent"]["entities"]
    assert [(each["name"], each["operation"], each.get("deletedId")) for each in entities] == [
        ("Customer", "Update", None), ("Customer", "Merge", other["Id"]), ("Invoice", "Void", None), ("Invoice", "Delete", None)
    ]  # fmt: skip


def test_headers_are_these(desk):
    subscribe(desk)
    desk.customer()
    (post,) = deliver(desk).posts
    headers = dict(post.headers)
    assert UUID.fullmatch(headers.pop("intuit-t-id"))
    assert len(base64.b64decode(headers.pop("intuit-signature"))) == 32
    assert headers == {
        "intuit-created-time": "2026-01-15T09:00:03-0800", "intuit-notification-schema-version": "0.1",
        "content-type": "application/json; charset=utf-8", "accept": "application/json", "user-agent": "intuit_notification_server/0.1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("switch", "wanted"),
    [("cloudevents", "application/cloudevents+json; charset=utf-8"), ("cloudevents-batch", "application/cloudevents-batch+json; charset=utf-8")],
)
def test_cloudevents_may_have_a_content_type_of_their_own_and_the_older_form_never(make, switch, wanted):
    desk = make(webhook_content_type=switch)
    subscribe(desk)
    subscribe(desk, url="http://127.0.0.1:9/legacy", format="legacy")
    desk.customer()
    assert [post.headers["content-type"] for post in deliver(desk).posts] == [wanted, "application/json; charset=utf-8"]


@pytest.mark.parametrize("form", ["cloudevents", "legacy"])
def test_the_signature_is_base64_of_hmac_sha256_over_the_raw_bytes_with_the_verifier_token(desk, form):
    subscribe(desk, format=form)
    desk.customer("Zoë")
    (post,) = deliver(desk).posts
    made = base64.b64encode(hmac.new(TOKEN.encode(), post.body, hashlib.sha256).digest()).decode()
    assert post.headers["intuit-signature"] == made


def test_the_payload_holds_no_field_values(desk):
    subscribe(desk)
    desk.customer("Distinctive Name", Notes="distinctive notes", CompanyName="Distinctive Company")
    assert b"istinctive" not in deliver(desk).posts[0].body


def test_one_delivery_holds_several_events_and_may_mix_companies(desk):
    other = Desk(desk.emulator, "empty")
    subscribe(desk)
    desk.customer()
    other.customer()
    (body,) = deliver(desk).bodies
    assert [event["intuitaccountid"] for event in body] == [desk.realm, other.realm]


# 10.2 Delivery


def test_attempts_follow_after_10_20_30_seconds_5_20_minutes_2_4_6_hours_and_then_every_6_hours(desk):
    assert LADDER == (10, 20, 30, 5 * 60, 20 * 60, 2 * 3600, 4 * 3600, 6 * 3600)
    subscribe(desk)
    desk.customer()
    box = Mailbox(*[503] * 20)
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    for pause in (*LADDER, LADDER[-1], LADDER[-1]):
        count = len(box.posts)
        let_pass(desk, pause - 1)
        desk.emulator.deliver(box)
        assert len(box.posts) == count
        let_pass(desk, 1)
        desk.emulator.deliver(box)
        assert len(box.posts) == count + 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_because_of_the_content_is_tried_again_and_blocks_what_follows(desk, status):
    subscribe(desk)
    desk.customer()
    deliver(desk, status)
    desk.vendor()
    assert deliver(desk).posts == []
    let_pass(desk, 4)
    assert [kind for kind, _ in deliver(desk).told] == ["customer.created", "vendor.created"]


def test_an_answer_other_than_200_is_no_acknowledgement(desk):
    subscribe(desk)
    desk.customer()
    deliver(desk, 204)
    let_pass(desk, 7)
    assert len(deliver(desk).posts) == 1


def test_a_timeout_is_tried_again_with_the_same_bytes_and_ids(desk):
    subscribe(desk)
    desk.customer()
    first = deliver(desk, TimeoutError("timed out"))
    let_pass(desk, 7)
    assert [(post.body, post.headers) for post in deliver(desk).posts] == [(post.body, post.headers) for post in first.posts]


def test_delivery_is_at_least_once_and_duplicates_bear_the_same_event_ids(desk):
    subscribe(desk)
    arm(desk, "webhook_duplicated")
    desk.customer()
    ids = [event["id"] for event in deliver(desk).events]
    assert (len(ids), len(set(ids))) == (2, 1)


def test_order_is_not_assured_and_time_tells_it(desk):
    subscribe(desk)
    arm(desk, "webhook_reordered")
    desk.customer()
    let_pass(desk, 1)
    desk.vendor()
    events = deliver(desk).events
    assert [event["type"] for event in events] == ["qbo.vendor.created.v1", "qbo.customer.created.v1"]
    assert events[0]["time"] > events[1]["time"]


def test_what_is_lost_is_found_by_change_data_capture(desk):
    subscribe(desk)
    arm(desk, "webhook_lost")
    made = desk.customer()
    assert deliver(desk).posts == []
    answer = parsed(desk.ask("GET", "cdc?entities=Customer&changedSince=2026-01-15T00:00:00Z"))
    assert [each["Id"] for each in answer["CDCResponse"][0]["QueryResponse"][0]["Customer"]] == [made["Id"]]


def test_only_connected_companies_are_told_of(desk):
    subscribe(desk, client_id="not connected")
    desk.customer()
    assert deliver(desk).posts == []


def test_the_portal_can_send_a_test_event(desk):
    subscribe(desk)
    assert desk.control("POST", "webhooks/test", {})[0] == 201
    (event,) = deliver(desk).events
    assert event["type"] == "qbo.customer.created.v1"
