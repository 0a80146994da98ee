"""Requests that nobody would send: no answer but QuickBooks' own, no exception, no hang, and the books stay intact.

`EMULATOR_FUZZ=5000` in the environment tries so many of each sort; by default there are enough for every run of the tests.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine.clock import ManualClock
from syncengine.emulator import ConnectionDropped, Emulator, Request, Response
from syncengine.emulator.catalogue.registry import BY_PATH, ENTITIES
from syncengine.emulator.postings import audit
from tests.unit.emulator.desk import Desk, cost, sale, side

EXAMPLES = int(os.environ.get("EMULATOR_FUZZ", "60"))
#: The deadline is for hangs, not for slowness.
FUZZ = settings(
    max_examples=EXAMPLES, deadline=5000, derandomize=EXAMPLES <= 60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Place:
    """An emulator with something in its books, and how to ask it."""

    def __init__(self) -> None:
        self.emulator = Emulator(clock=ManualClock(), seed=3, switches={"quotas": False, "latency_clock": "advanced"})
        self.desk = Desk(self.emulator, "empty")
        desk = self.desk
        self.customer, self.vendor, self.item = desk.customer()["Id"], desk.vendor()["Id"], desk.item()["Id"]
        self.supplies, self.checking = desk.account("Supplies"), desk.account("Checking")
        self.invoice = desk.invoice(self.customer, self.item, 50)["Id"]
        self.agency = desk.post("taxagency", {"DisplayName": "Board"})["Id"]

    def payloads(self) -> list[tuple[str, Any]]:
        """(Path, object): writes that succeed as they are."""
        ref = {"value": self.customer}
        link = [{"Amount": 5, "LinkedTxn": [{"TxnId": self.invoice, "TxnType": "Invoice"}]}]
        lines = [side("Debit", self.supplies, 5), side("Credit", self.checking, 5)]
        return [
            ("customer", {"DisplayName": "New", "PrimaryEmailAddr": {"Address": "a@b.co"}, "BillAddr": {"Line1": "1"}, "Active": True, "ParentRef": ref, "Job": True}),
            ("customer", {"Id": self.customer, "SyncToken": "0", "sparse": True, "Notes": "n"}),
            ("vendor", {"DisplayName": "New V", "Vendor1099": True}),
            ("item", {"Name": "Thing", "Type": "Service", "IncomeAccountRef": self.supplies}),
            ("account", {"Name": "Box", "AccountType": "Expense", "ParentRef": self.supplies, "SubAccount": True}),
            ("term", {"Name": "Soon", "DueDays": 3}),
            ("invoice", {"CustomerRef": ref, "Line": [sale(self.item, 10, Qty=2, UnitPrice=5)], "TxnDate": "2026-01-10", "DocNumber": "1"}),
            ("salesreceipt", {"CustomerRef": ref, "Line": [sale(self.item, 3)], "PaymentRefNum": "7"}),
            ("payment", {"CustomerRef": ref, "TotalAmt": 5, "Line": link}),
            ("bill", {"VendorRef": {"value": self.vendor}, "Line": [cost(self.supplies, 3)], "DueDate": "2026-02-01"}),
            ("journalentry", {"Line": lines, "DocNumber": "J1", "PrivateNote": "p"}),
            ("purchase", {"PaymentType": "Check", "AccountRef": self.checking, "Line": [cost(self.supplies, 2)]}),
            ("invoice?operation=delete", {"Id": self.invoice, "SyncToken": "0"}),
            ("invoice?operation=void", {"Id": self.invoice, "SyncToken": "0"}),
            ("attachable", {"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": self.invoice}}]}),
            ("companyinfo", {"Id": "1", "SyncToken": "0", "sparse": True, "CompanyName": "C"}),
            ("preferences", {"Id": "1", "SyncToken": "0", "sparse": True, "SalesFormsPrefs": {"CustomTxnNumbers": True}}),
            ("taxservice/taxcode", {"TaxCode": "T", "TaxRateDetails": [{"TaxRateName": "R", "RateValue": "5", "TaxAgencyId": self.agency, "TaxApplicableOn": "Sales"}]}),
        ]

    def ask(self, method: str, tail: str, body: bytes = b"", **headers: str) -> Response | None:
        return self.sent(Request(method, f"/v3/company/{self.desk.realm}/{tail}", {"Authorization": f"Bearer {self.desk.tokens['access_token']}", "Accept": "application/json", **headers}, body))

    def sent(self, request: Request) -> Response | None:
        """The answer, looked at: a status of HTTP, no 500 but a SystemFault, headers that can travel, JSON and XML that can be read."""
        try:
            response = self.emulator.handle(request)
        except ConnectionDropped:
            return None
        assert 200 <= response.status < 600
        assert response.status < 500, response.body
        for name, value in response.headers.items():
            assert (name + value).isprintable()
            value.encode("latin-1")
        kind = response.headers.get("Content-Type", "")
        if response.body and request.method != "HEAD":
            if kind.startswith("application/json"):
                json.loads(response.body)
            elif "xml" in kind:
                response.body.decode()
        return response

    def intact(self) -> None:
        """The state file and every object in it are sound, and debits equal credits."""
        state = self.emulator.parts.state
        with state.lock:
            assert state.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            for entity, id_, body in state.execute("SELECT entity, id, body FROM object").fetchall():
                assert json.loads(body)["Id"] == id_, (entity, id_)
            for company in self.emulator.companies.values():
                books = self.emulator.parts.register.books(company)
                assert audit.differences(books) == []
                balance = audit.trial_balance(books)
                assert balance["debit"] == balance["credit"]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """One emulator for all that is thrown at it; in the end its books are looked at."""
    made = Place()
    yield made
    made.intact()
    made.emulator.close()


# What is thrown

ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, False, 0, -1, 1, 10**30, -(10**400), 1e308, 0.1, "", " ", "0", "1", "-1", "1.5", "x" * 5000, "\0", "\ud800", "\u202e", "NaN", "1e999", "TAX", "' OR 1=1 --", "%", "<a>", [], {}, [None], [[]], {"value": None}, {"value": "1"}, {"value": {"value": 1}}, {"": {}}]),
    st.text(max_size=12),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.recursive(st.none() | st.booleans() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands inside a value."""
    found = [path]
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in members:
        found += places(item, (*path, key))
    return found


@st.composite
def mutated(draw: Any, value: Any) -> Any:
    """A value in which one to three members are another thing, gone, doubled or wrapped."""
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(value)))
        if not path:
            return draw(ODD)
        value = copy.deepcopy(value)
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        change = draw(st.sampled_from(["other", "other", "gone", "wrapped", "doubled", "renamed"]))
        if change == "other":
            holder[path[-1]] = draw(ODD)
        elif change == "gone":
            del holder[path[-1]]
        elif change == "wrapped":
            holder[path[-1]] = [holder[path[-1]]]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        else:
            holder[draw(st.sampled_from(sorted({name for each in ENTITIES.values() for name in each.record.properties})))] = holder[path[-1]]
    return value


def encoded(value: Any) -> bytes:
    return json.dumps(value, default=str).encode("utf-8", "surrogatepass")


VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f#"), max_size=20)
SEGMENTS = st.one_of(st.sampled_from([*BY_PATH, "query", "cdc", "batch", "upload", "download", "reports", "TrialBalance", "taxservice", "taxcode", "pdf", "send", "1", "2", "", ".", "..", "%00", "%2F", "%FF"]), VISIBLE)
PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from(["query", "operation", "include", "requestid", "minorversion", "entities", "changedSince", "sendTo", "start_date", "x"]),
        st.one_of(st.sampled_from(["", "delete", "void", "update", "allowduplicatedocnum", "2026-01-01", "Customer,Invoice", "select * from Customer", "a@b.co", "r" * 60]), st.text(max_size=20)),
    ),
    max_size=4,
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(["application/json", "*/*", "", "application/xml;q=x", "text/csv", "application/pdf", ",;,q="]),
        "Content-Type": st.sampled_from(["application/json", "application/xml", "text/plain", "application/text", "multipart/form-data; boundary=b", "multipart/form-data", "", ";;"]),
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "br"]),
        "Authorization": st.sampled_from(["", "Bearer", "Basic x", "Bearer " + "x" * 50]),
        "Host": st.sampled_from(["", "x y", "intuit.com", "[::1]:80"]),
    },
)
BODIES = st.one_of(st.binary(max_size=60), st.sampled_from([b"", b"{", b"[]", b"null", b"<a/>", b"<Customer><DisplayName>x</DisplayName></Customer>", b"\xff\xfe", b"--b\r\n\r\n--b--", b"[" * 500]), ODD.map(encoded))


@FUZZ
@given(method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "X"]), segments=st.lists(SEGMENTS, max_size=4), parameters=PARAMETERS, headers=HEADERS, body=BODIES)
def test_any_path_with_anything(place: Place, method, segments, parameters, headers, body):
    query = urlencode(parameters, errors="replace")
    place.ask(method, "/".join(segments) + ("?" + query if query else ""), body, **headers)


@FUZZ
@given(method=st.sampled_from(["GET", "POST", "HEAD"]), target=VISIBLE, headers=HEADERS, body=BODIES)
def test_any_target_outside_the_companies(place: Place, method, target, headers, body):
    place.sent(Request(method, f"/{target}", headers, body))
    place.sent(Request(method, f"/v3/company/{target}", headers, body))


@FUZZ
@given(data=st.data())
def test_a_valid_object_changed_at_random_places(place: Place, data):
    tail, payload = data.draw(st.sampled_from(place.payloads()))
    place.ask("POST", tail, encoded(data.draw(mutated(payload))))


@FUZZ
@given(data=st.data())
def test_a_valid_batch_changed_at_random_places(place: Place, data):
    chosen = data.draw(st.lists(st.sampled_from(place.payloads()), max_size=4))
    names = {each.path: each.envelope for each in ENTITIES.values()}
    items: list[Any] = [
        {"bId": str(number), "operation": data.draw(st.sampled_from(["create", "update", "delete", "void", "x"])), names.get(tail.partition("?")[0], "Nothing"): payload}
        for number, (tail, payload) in enumerate(chosen)
    ]
    items += [{"bId": "q", "Query": "select * from Customer"}, {"bId": "c", "CDCQuery": {"Entities": "Customer", "ChangedSince": "2026-01-01"}}]
    place.ask("POST", f"batch?requestid={data.draw(st.sampled_from(['', 'r', 'x' * 40]))}", encoded(data.draw(mutated({"BatchItemRequest": items}))))


WORDS = st.sampled_from(
    ["select", "*", "count(*)", "from", "Customer", "Invoice", "Preferences", "Attachable", "ExchangeRate", "where", "Id", "Active", "DisplayName", "Balance", "TxnDate", "MetaData.CreateTime",
     "AttachableRef.EntityRef.value", "CustomerRef", "=", "!=", "<", ">=", "in", "like", "between", "contains", "not", "or", "and", "iterator", "(", ")", ",", ".", ";", "'a'", "'2026-01-01'", "'%'", "''", "5", "-5",
     "99999999999999999999", "1.5", "true", "CURRENT_DATE", "orderby", "order", "by", "desc", "startposition", "maxresults", "'", "\\", "~", "\n", "😀"]
)  # fmt: skip


@FUZZ
@given(words=st.lists(WORDS, max_size=14), lead=st.booleans(), text=st.text(max_size=30))
def test_any_statement(place: Place, words, lead, text):
    for statement in (("select * from Customer where " if lead else "") + " ".join(words), text, f"select * from Item where Name = '{text}'"):
        place.ask("GET", f"query?query={quote(statement, errors='replace')}")
        place.ask("POST", "query", statement.encode("utf-8", "surrogatepass"), **{"Content-Type": "text/plain"})


@FUZZ
@given(name=st.text(max_size=12), kind=st.text(max_size=12), content=st.binary(max_size=40), metadata=ODD, cut=st.integers(0, 400))
def test_any_upload(place: Place, name, kind, content, metadata, cut):
    said = b'--b\r\nContent-Disposition: form-data; name="file_metadata_01"\r\nContent-Type: application/json\r\n\r\n' + encoded(metadata)
    said += f'\r\n--b\r\nContent-Disposition: form-data; name="file_content_01"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode("utf-8", "replace") + content + b"\r\n--b--\r\n"
    for body in (said, said[:cut]):
        place.ask("POST", "upload", body, **{"Content-Type": "multipart/form-data; boundary=b"})


FORM = st.dictionaries(st.sampled_from(["grant_type", "code", "redirect_uri", "refresh_token", "client_id", "client_secret", "token"]), st.sampled_from(["", "authorization_code", "refresh_token", "x", "\0", "é", "https://a.b"]) | st.text(max_size=8), max_size=5)
CREDENTIALS = st.sampled_from(["", "Basic YXBwOnNlY3JldA==", "Basic YXBwOg==", "Basic =", "Basic é", "Bearer x", "Basic /////w=="])


@FUZZ
@given(form=FORM, header=CREDENTIALS, path=st.sampled_from(["/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke", "/v1/openid_connect/userinfo", "/op/v1/jwks"]), kind=st.sampled_from(["", "application/json", "application/x-www-form-urlencoded"]), raw=st.none() | BODIES)
def test_any_form_at_the_sign_in(place: Place, form, header, path, kind, raw):
    body = urlencode(form, errors="replace").encode() if raw is None else raw
    for method in ("POST", "GET"):
        place.sent(Request(method, path, {"Authorization": header, "Content-Type": kind}, body))


@FUZZ
@given(wish=st.dictionaries(st.sampled_from(["client_id", "response_type", "scope", "redirect_uri", "state", "realmId", "emulator_answer", "appId"]), st.sampled_from(["", "code", "openid", "https://a.b/c?d=e", "http://[", "https://x\r\ny", "allow", "deny"]) | st.text(max_size=8)))
def test_any_wish_at_the_consent_page(place: Place, wish):
    text = urlencode(wish, errors="replace")
    place.sent(Request("GET", f"/connect/oauth2?{text}"))
    place.sent(Request("POST", "/connect/oauth2", {}, text.encode()))
    place.sent(Request("GET", f"/app/connect/oauth2/request?{text}"))


CONTROL: list[tuple[str, str, Any]] = [
    ("GET", "state", {}), ("GET", "quota", {}), ("GET", "meter", {}), ("GET", "apps", {}), ("GET", "journal?since=x&limit=-1", {}), ("GET", "nothing", {}),
    ("POST", "companies", {"company": "empty", "realm_id": "1", "name": "n", "zone": "UTC"}),
    ("POST", "connect", {"realm_id": "1", "client_id": "a", "client_secret": "b", "scope": "openid"}),
    ("POST", "faults", {"kind": "slow", "seconds": 1, "count": 1, "probability": 0.5, "skip": 0, "seed": 1, "match": {"method": "GET"}}),
    ("POST", "faults", [{"kind": "cdc_cut", "rows": 1}, {"kind": "page_drift", "edited": 1, "inserted": 1}, {"kind": "clock_wrong", "seconds": 5}]),
    ("POST", "switches", {"cdc_cap": 5, "quotas": False, "latency_scale": 1.5, "throttle_body": "xml"}),
    ("POST", "clock", {"advance_seconds": 1, "skew_seconds": 1, "frozen": False}),
    ("POST", "actor", {"realm_id": "", "action": "edit", "entity": "Customer", "id": "1", "changes": {"Notes": "n"}}),
    ("POST", "actor", {"realm_id": "", "action": "create", "entity": "Vendor", "object": {"DisplayName": "x"}}),
    ("POST", "actor", {"realm_id": "", "action": "merge", "entity": "Customer", "id": "1", "into": "2"}),
    ("POST", "actor", {"realm_id": "", "action": "close_books", "date": "2025-01-01", "password": "p"}),
    ("POST", "actor", {"realm_id": "", "action": "set_preferences", "changes": {"OtherPrefs": {"NameValue": []}}}),
    ("POST", "apps", {"client_id": "a", "redirect_uris": ["https://a.b"], "reconnect_url": "https://a.b", "name": "n"}),
    ("POST", "times", {"realm_id": "", "entity": "Customer", "ids": ["1"], "created": "2026-01-01", "updated": "2026-01-01"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def turned() -> Iterator[Place]:
    """One emulator whose clock, switches and faults are turned at random; in the end its books are looked at as well."""
    made = Place()
    yield made
    made.intact()
    made.emulator.close()


@FUZZ
@given(data=st.data())
def test_anything_at_every_control_route(turned: Place, data):
    method, name = data.draw(st.sampled_from(sorted(turned.emulator._control._routes)))
    wish = st.dictionaries(st.sampled_from(["realm_id", "entity", "id", "ids", "url", "number", "companies", "seconds", "kind"]), ODD, max_size=4)
    turned.sent(Request(method, f"/_emulator/{name}?realm_id={turned.desk.realm}", {}, encoded(data.draw(wish | ODD))))
    turned.sent(Request("DELETE", "/_emulator/faults"))
    turned.sent(Request("POST", "/_emulator/reset", {}, b"{}"))


@FUZZ
@given(data=st.data())
def test_any_control_request_and_a_read_after_it(turned: Place, data):
    method, name, body = data.draw(st.sampled_from(CONTROL))
    if isinstance(body, dict) and body.get("realm_id") == "":
        body = {**body, "realm_id": turned.desk.realm}
    turned.sent(Request(method, f"/_emulator/{name}", {}, encoded(data.draw(mutated(body)) if body else body)))
    try:
        turned.ask("GET", "query?query=select%20*%20from%20Customer%20startposition%202")
    except AssertionError:
        # A fault that was armed may answer with a 500; nothing else may.
        assert "mischief" in turned.desk.control("GET", "journal?limit=100000")[1]["lines"][-1]
    turned.sent(Request("DELETE", "/_emulator/faults"))
    turned.sent(Request("POST", "/_emulator/reset", {}, b"{}"))


def test_a_valid_object_of_each_sort_is_taken_as_it_is():
    place = Place()
    refused = {}
    for tail, payload in place.payloads():
        response = place.ask("POST", tail, encoded(payload))
        if response is None or response.status != 200:
            refused[tail] = response and response.body
    place.intact()
    place.emulator.close()
    # The two ends of the invoice have the token that it had before it was paid.
    assert refused.keys() <= {"invoice?operation=void", "invoice?operation=delete"}, refused
