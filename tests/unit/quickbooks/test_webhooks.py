"""Webhooks on the client's side: genuine or not, and what they tell, whatever the bytes are."""

from __future__ import annotations

import base64
import gc
import hashlib
import hmac
import json
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syncengine.quickbooks import webhooks
from syncengine.quickbooks.webhooks import BODY_BYTES_MAX, Event, NotAWebhook, parse, verify
from tests.support.examples import examples

TOKEN = "9d8e1f40-7d1c-4a4c-9a55-5c8f1bb4cf2d"
CLOUD = {
    "specversion": "1.0", "id": "88cd52aa-33b6-4351-9aa4-47572edbd068", "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
    "type": "qbo.account.created.v1", "datacontenttype": "application/json", "time": "2025-09-10T21:31:25.179851517Z",
    "intuitentityid": "1234", "intuitaccountid": "310687", "data": {},
}  # fmt: skip
WHEN = datetime(2025, 9, 10, 21, 31, 25, 179851, tzinfo=UTC)


def signed(body: bytes, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()


def cloud(**changes: Any) -> Event:
    """The one event of a CloudEvent that differs by these attributes; None leaves one out."""
    told = {name: value for name, value in {**CLOUD, **changes}.items() if value is not None}
    (event,) = parse(json.dumps([told]).encode())
    return event


def older(**changes: Any) -> Event:
    """The one event of the older form."""
    entity = {"name": "Customer", "id": "1", "operation": "Create", "lastUpdated": "2015-10-05T14:42:19-0700", **changes}
    entity = {name: value for name, value in entity.items() if value is not None}
    body = {"eventNotifications": [{"realmId": "1185883450", "dataChangeEvent": {"entities": [entity]}}]}
    (event,) = parse(json.dumps(body).encode())
    return event


class TestVerify:
    def test_the_signature_of_the_bytes_is_right_and_of_any_others_wrong(self):
        body = json.dumps([CLOUD]).encode()
        assert verify(body, signed(body), TOKEN)
        assert verify(body, f" {signed(body)}\r\n", TOKEN)
        assert not verify(body + b" ", signed(body), TOKEN)
        assert not verify(json.dumps([CLOUD], separators=(",", ":")).encode(), signed(body), TOKEN)

    def test_a_known_value(self):
        """RFC 4231, test case 2."""
        known = bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        assert verify(b"what do ya want for nothing?", base64.b64encode(known).decode(), "Jefe")

    @pytest.mark.parametrize("signature", [None, "", " ", "x", "ü", "\ud800", "A" * 44, "A" * 100_000, signed(b"{}", "other"), signed(b"{}").lower()])
    def test_any_other_signature_is_wrong(self, signature):
        assert not verify(b"{}", signature, TOKEN)

    def test_hexadecimal_is_no_signature(self):
        assert not verify(b"{}", hmac.new(TOKEN.encode(), b"{}", hashlib.sha256).hexdigest(), TOKEN)

    def test_while_tokens_change_either_is_right(self):
        for token in ("old", "new"):
            assert verify(b"{}", signed(b"{}", token), ["old", "new"])
        assert not verify(b"{}", signed(b"{}", "older"), ["old", "new"])

    @pytest.mark.parametrize("tokens", ["", [], [""], ["", ""]])
    def test_without_a_token_nothing_is_genuine(self, tokens):
        assert not verify(b"{}", signed(b"{}", ""), tokens)

    def test_an_empty_token_among_others_lets_nobody_in(self):
        assert not verify(b"{}", signed(b"{}", ""), ["", TOKEN])
        assert verify(b"{}", signed(b"{}"), ["", TOKEN])

    def test_every_token_is_compared_in_constant_time(self, monkeypatch):
        compared = []

        def digest(one, other):
            compared.append((one, other))
            return one == other

        monkeypatch.setattr(webhooks.hmac, "compare_digest", digest)
        assert verify(b"{}", signed(b"{}", "a"), ["a", "b", "c"])
        assert len(compared) == 3


class TestCloudEvents:
    def test_the_documented_sample(self):
        assert cloud() == Event(CLOUD["id"], "310687", "Account", "1234", "created", WHEN, "", "qbo.account.created.v1")
        assert cloud().known

    @pytest.mark.parametrize(
        ("type_", "entity", "operation", "known"),
        [
            ("qbo.salesreceipt.updated.v1", "SalesReceipt", "updated", True),
            ("qbo.invoice.void.v1", "Invoice", "void", True),
            ("qbo.invoice.voided.v1", "Invoice", "void", True),
            ("qbo.invoice.emailed.v2", "Invoice", "emailed", True),
            ("QBO.Invoice.Created.v1", "Invoice", "created", True),
            ("qbo.shipment.created.v1", "shipment", "created", False),
            ("qbo.invoice.archived.v1", "Invoice", "archived", False),
            ("payroll.employee", "", "", False),
            ("qbo", "", "", False),
            ("qbo.a.b.c.v1", "", "", False),
            ("", "", "", False),
            (None, "", "", False),
            (7, "", "", False),
        ],
    )
    def test_types_known_and_unknown(self, type_, entity, operation, known):
        event = cloud(type=type_)
        assert (event.entity, event.operation, event.known) == (entity, operation, known)
        assert event.raw_type == ("7" if type_ == 7 else type_ or "")
        assert event.object_id == "1234"

    @pytest.mark.parametrize("name", ["deletedid", "deletedId", "deletedID"])
    def test_a_merge_names_the_id_that_is_gone(self, name):
        event = cloud(type="qbo.customer.merged.v1", data={name: "27"})
        assert (event.object_id, event.deleted_id, event.operation) == ("1234", "27", "merged")

    @pytest.mark.parametrize("data", [None, {}, [], "x", 5, {"deletedid": None}, {"deletedid": {"a": 1}}, {"alternative_ids": "x"}])
    def test_data_may_be_missing_or_senseless(self, data):
        assert cloud(data=data, datacontenttype=None) == cloud()

    def test_employees_bring_other_ids(self):
        data = {"alternative_ids": [{"id": "urn:400000011", "namespace": "Intuit.payroll"}, "x", {}]}
        event = cloud(type="qbo.employee.created.v1", intuitentityid="000000011", data=data)
        assert (event.object_id, event.alternative_ids) == ("000000011", ("urn:400000011", ""))

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("2025-12-04T15:25:05Z", datetime(2025, 12, 4, 15, 25, 5, tzinfo=UTC)),
            ("2026-02-24T15:28:19.91Z", datetime(2026, 2, 24, 15, 28, 19, 910000, tzinfo=UTC)),
            ("2025-09-10T21:31:25.179851517Z", WHEN),
            ("2025-09-10T14:31:25.179851-07:00", WHEN),
            ("2025-09-11T03:01:25.179851+0530", WHEN),
            ("2025-09-10T21:31:25.179851", WHEN),
            ("0001-01-01T00:00:00+14:00", None),
            ("9999-12-31T23:59:59-14:00", None),
            ("2025-13-01T00:00:00Z", None),
            ("2025-09-10T24:00:00Z", None),
            ("2025-09-10", None),
            ("yesterday", None),
            ("٢٠٢٥-09-10T21:31:25Z", None),
            ("2025-09-10T21:31:25Z" + " " * 500, None),
            ("", None),
            (None, None),
            (1757539885, None),
        ],
    )
    def test_times_are_aware_and_in_utc_or_none(self, text, wanted):
        got = cloud(time=text).time
        assert got == wanted
        assert got is None or got.tzinfo is UTC

    def test_a_single_event_instead_of_an_array(self):
        assert parse(json.dumps(CLOUD).encode()) == [cloud()]

    def test_companies_may_be_mixed_and_what_is_no_event_is_left_out(self):
        other = {**CLOUD, "intuitaccountid": "2", "id": "b"}
        events = parse(json.dumps([CLOUD, other, None, "x", 5, [], {}, {"id": "nothing"}]).encode())
        assert [(event.realm, event.id) for event in events] == [("310687", CLOUD["id"]), ("2", "b")]

    def test_numbers_where_texts_belong_are_texts(self):
        event = cloud(intuitentityid=1234, intuitaccountid=310687, id=5)
        assert (event.object_id, event.realm, event.id) == ("1234", "310687", "5")

    def test_texts_can_be_kept_anywhere(self):
        event = cloud(intuitentityid="1\x002", intuitaccountid="\ud800" + "9", id="x" * 201, type="qbo.invoice.created.v1\n")
        assert (event.object_id, event.realm, event.id) == ("12", "9", "")
        for text in (event.object_id, event.realm, event.id, event.raw_type):
            text.encode()


class TestOlderForm:
    def test_the_documented_sample(self):
        event = older()
        assert event == Event("", "1185883450", "Customer", "1", "created", datetime(2015, 10, 5, 21, 42, 19, tzinfo=UTC), "", "Customer.Create")

    @pytest.mark.parametrize("name", ["deletedId", "deletedID", "deletedid"])
    def test_a_merge(self, name):
        event = older(operation="Merge", **{name: "27"})
        assert (event.operation, event.object_id, event.deleted_id) == ("merged", "1", "27")

    @pytest.mark.parametrize(
        ("operation", "wanted"),
        [("Update", "updated"), ("Delete", "deleted"), ("Void", "void"), ("Voided", "void"), ("Emailed", "emailed"), ("Archive", "archive"), (None, "")],
    )
    def test_operations(self, operation, wanted):
        assert older(operation=operation).operation == wanted

    def test_an_unknown_entity_is_kept_as_it_was_spelled(self):
        event = older(name="ProjectPhase")
        assert (event.entity, event.known, event.raw_type) == ("ProjectPhase", False, "ProjectPhase.Create")

    def test_both_times_that_were_seen(self):
        assert older(lastUpdated="2021-11-28T15:27:59.000Z").time == datetime(2021, 11, 28, 15, 27, 59, tzinfo=UTC)
        assert older(lastUpdated=None).time is None

    def test_single_objects_instead_of_arrays_several_companies_and_senseless_parts(self):
        entity = {"name": "Bill", "id": "3", "operation": "Update"}
        body = {
            "eventNotifications": [
                {"realmId": "1", "dataChangeEvent": {"entities": entity}},
                {"realmId": "2", "dataChangeEvent": {"entities": [entity, None, {}, {"id": "9"}, entity]}},
                {"realmId": "3", "dataChangeEvent": None}, {"realmId": "4"}, None, 5, {"dataChangeEvent": {"entities": [entity]}},
            ]
        }  # fmt: skip
        assert [event.realm for event in parse(json.dumps(body).encode())] == ["1", "2", "2", ""]
        assert [event.realm for event in parse(json.dumps([body]).encode())] == ["1", "2", "2", ""]
        assert len(parse(json.dumps({"eventNotifications": body["eventNotifications"][0]}).encode())) == 1


class TestKey:
    def test_it_tells_events_apart_in_either_form(self):
        assert cloud().key == CLOUD["id"]
        keys = {older(**changes).key for changes in ({}, {"id": "2"}, {"name": "Vendor"}, {"operation": "Update"}, {"lastUpdated": None})}
        assert len(keys) == 5
        assert older().key == older().key


class TestNotAWebhook:
    @pytest.mark.parametrize(
        "body",
        [b"", b" ", b"{", b"[", b'{"a": 1', b"<xml/>", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b'["\xc3"]', b"[1,]", b"nul", b"{'a': 1}"],
    )
    def test_bad_json_is_called_so(self, body):
        with pytest.raises(NotAWebhook, match="no JSON"):
            parse(body)

    @pytest.mark.parametrize("body", [b"null", b"5", b'"x"', b"[]", b"{}", b"[null]", b"[[]]", b"NaN", b"-Infinity", b'{"eventNotifications":null}'])
    def test_json_that_tells_nothing_is_no_event(self, body):
        assert parse(body) == []

    def test_a_body_is_taken_up_to_the_limit_and_not_beyond(self):
        body = json.dumps([CLOUD]).encode()
        assert len(parse(body + b" " * (BODY_BYTES_MAX - len(body)))) == 1
        with pytest.raises(NotAWebhook, match="2000001 bytes"):
            parse(body + b" " * (BODY_BYTES_MAX - len(body) + 1))

    def test_a_byte_order_mark_is_passed_over(self):
        assert parse(b"\xef\xbb\xbf" + json.dumps([CLOUD]).encode()) == [cloud()]

    def test_the_body_is_in_no_exception(self):
        with pytest.raises(NotAWebhook) as raised:
            parse(b'{"secret": "swordfish')
        assert "swordfish" not in repr(raised.value)
        assert raised.value.__cause__ is None


def _heavy() -> list[bytes]:
    """Bodies of 100 kB, each as hard as can be in its way."""
    whole = json.dumps([CLOUD])[1:-1]
    deep = b'{"data":' * 900 + b"1" + b"}" * 900
    return [
        b"[" + b'{"type":"a"},' * 7600 + b"{}]", b"[" + b"{}," * 33_000 + b"{}]", b"[" + b"1," * 49_000 + b"1]", b'"' + b"\\u0000" * 16_600 + b'"',
        ("[" + ",".join([whole] * 300) + "]").encode(), b"9" * 100_000, b"[" * 50_000 + b"]" * 50_000, b"[" + b",".join([deep] * 10) + b"]",
        b'{"' + b'":1,"'.join(b"k%d" % n for n in range(9000)) + b'":1}', b'{"type":"' + b"qbo." * 24_000 + b'"}',
        b'[{"type":"qbo.invoice.created.v1","time":"' + b"1" * 90_000 + b'"}]', b'{"eventNotifications":[' + b'{"realmId":1},' * 7000 + b"{}]}",
        b'{"eventNotifications":{"dataChangeEvent":{"entities":[' + b'{"name":"a"},' * 7600 + b"{}]}}}", b"[" + b'{"a":{}},' * 11_000 + b"{}]",
        b"\x00" * 100_000, b"\xff" * 100_000, bytes(range(256)) * 390,
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(len(_heavy())))
def test_nothing_takes_longer_than_50_milliseconds_or_more_than_20_megabytes_for_100_kilobytes(number):
    body = _heavy()[number]
    assert 80_000 <= len(body) <= 105_000 or number == 7

    def once() -> float:
        began = time.thread_time()
        _outcome(body)
        return time.thread_time() - began

    gc.collect()
    gc.freeze()  # what the test run itself has heaped up is not to be looked through for each event
    try:
        assert min(once() for _ in range(7)) <= 0.05
    finally:
        gc.unfreeze()
    tracemalloc.start()
    try:
        _outcome(body)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def _outcome(body: bytes) -> list[Event] | None:
    try:
        return parse(body)
    except NotAWebhook:
        return None


@given(st.binary(max_size=400))
@settings(max_examples=examples(300), deadline=None)
def test_no_bytes_make_it_raise_anything_else(body):
    events = _outcome(body)
    assert events is None or events == [] or all(isinstance(event, Event) for event in events)
    assert verify(body, body.decode("latin-1"), TOKEN) is False


_NAMES = st.sampled_from(
    ["type", "id", "time", "intuitentityid", "intuitaccountid", "data", "deletedid", "eventNotifications", "realmId", "dataChangeEvent", "entities",
     "name", "operation", "lastUpdated", "deletedId", "alternative_ids", "x"]
)  # fmt: skip
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30),
    st.sampled_from(["qbo.invoice.created.v1", "qbo.x.y.v1", "Invoice", "Create", "2025-09-10T21:31:25.179Z", "2025-02-30T00:00:00-9999"]),
)  # fmt: skip
_BODIES = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6), max_leaves=30)


@given(_BODIES)
@example({"eventNotifications": {"dataChangeEvent": {"entities": {"id": {}}}}})
@settings(max_examples=examples(300), deadline=None)
def test_every_json_gives_events_whose_parts_are_what_they_say(value):
    for event in parse(json.dumps(value).encode()):
        texts = (event.id, event.realm, event.entity, event.object_id, event.operation, event.deleted_id, event.raw_type, *event.alternative_ids)
        assert all(isinstance(text, str) and text.isprintable() for text in texts)
        assert event.time is None or event.time.tzinfo is UTC
        assert isinstance(event.key, str)


def test_it_stands_alone():
    """Usable without the rest: the standard library is all it imports."""
    lines = Path(webhooks.__file__).read_text(encoding="utf-8").splitlines()
    names = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert names - {"__future__"} <= sys.stdlib_module_names
