"""The client and the emulator, which know nothing of each other: in one process, and over a real connection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from syncengine.chance import SeededChance
from syncengine.clock import Clock, ManualClock, SystemClock
from syncengine.emulator import Emulator, EmulatorAdapter
from syncengine.errors import AccessDenied, ConnectionRevoked, Retriable, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import (
    Answer,
    App,
    BatchItem,
    Call,
    CallKind,
    Client,
    Endpoints,
    Fault,
    FaultClass,
    FaultError,
    MemoryQuotaLog,
    MemoryTokenStore,
    Tokens,
    classify,
    read_callback,
    select,
    session_factory,
)
from tests.support.source import ROOT

#: No such host exists: every request goes to the emulator object.
NOWHERE = "https://quickbooks.test"
APP = App("tieout-tests", "hush", "https://tieout.example/callback")


class Unlimited:
    """A quota log that lets everyone through at once, for tests in real time that are not about quotas."""

    def acquire(self, kind: CallKind, deadline: float | None) -> None:
        pass

    def release(self) -> None:
        pass

    def block(self, seconds: float) -> None:
        pass


@dataclass
class Place:
    """One emulated company and all that a client of it needs."""

    url: str
    realm_id: str
    clock: Clock
    make_session: Callable[[], requests.Session]
    clients: list[Client]

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        with self.make_session() as session:
            reply = session.request(method, f"{self.url}/_emulator/{path}", json=body, timeout=10)
            assert reply.ok, reply.text
            return json.loads(reply.text or "null")

    def fault(self, kind: str, **more: Any) -> None:
        self.control("faults", {"kind": kind, **more})

    def journal(self) -> list[dict[str, Any]]:
        return self.control(f"journal?realm_id={self.realm_id}&limit=100000", method="GET")["lines"]

    def grant(self) -> Tokens:
        """A new sign-in, as a person's consent would give."""
        wish = {"realm_id": self.realm_id, "client_id": APP.client_id, "client_secret": APP.client_secret}
        granted = self.control("connect", wish)
        now = self.clock.now()
        ends = (now + timedelta(seconds=granted[name]) for name in ("expires_in", "x_refresh_token_expires_in"))
        return Tokens(granted["access_token"], granted["refresh_token"], *ends)

    def client(self, *, store: MemoryTokenStore | None = None, **wishes: Any) -> Client:
        client = Client(
            **{
                "endpoints": Endpoints.emulator(self.url),
                "realm_id": self.realm_id,
                "app": APP,
                "tokens": store or MemoryTokenStore(self.grant()),
                "quota": Unlimited(),
                "clock": self.clock,
                "chance": SeededChance(1),
                "session": self.make_session,
                **wishes,
            }
        )
        self.clients.append(client)
        return client


def in_process(clock: Clock, **switches: Any) -> tuple[Emulator, Place]:
    emulator = Emulator(clock=clock, seed=1, switches=switches)
    company = emulator.add_company("demo")

    def make() -> requests.Session:
        session = requests.Session()
        session.mount("https://", EmulatorAdapter(emulator))
        return session

    return emulator, Place(NOWHERE, company.realm, clock, make, [])


@pytest.fixture
def near(clock: ManualClock) -> Iterator[Place]:
    """An emulator in this process, under the test's clock."""
    emulator, place = in_process(clock, quotas=False)
    yield place
    for client in place.clients:
        client.close()
    emulator.close()


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    """An emulator in a process of its own."""
    command = [sys.executable, "-m", "syncengine.emulator.server", "--company", "demo", "--data", ":memory:"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())
        process.terminate()


@pytest.fixture(params=["in one process", "over HTTP"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """The same company behind both faces."""
    if request.param == "in one process":
        yield request.getfixturevalue("near")
        return
    said = request.getfixturevalue("server")
    make = session_factory(Endpoints.emulator(said["url"]))
    far = Place(said["url"], said["realms"][0]["realm_id"], SystemClock(), make, [])
    far.control("switches", {"quotas": False})
    yield far
    far.control("reset", {"companies": True})
    for client in far.clients:
        client.close()


def vendor(name: str) -> dict[str, Any]:
    return {"DisplayName": name}


def named(client: Client, name: str) -> list[dict[str, Any]]:
    return client.query(select("Vendor", where=[("DisplayName", "=", name), ("Active", "IN", (True, False))])).objects


def test_a_record_lives_its_whole_life(place):
    client = place.client()
    made = client.create("Vendor", vendor("Harbour's Supply"), requestid="r-1").payload
    assert client.read("Vendor", made["Id"]).payload["DisplayName"] == "Harbour's Supply"
    assert [found["Id"] for found in named(client, "Harbour's Supply")] == [made["Id"]]
    change = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "CompanyName": "Harbour"}
    changed = client.update("Vendor", change, requestid="r-2").payload
    assert (changed["DisplayName"], changed["CompanyName"]) == ("Harbour's Supply", "Harbour")
    assert int(changed["SyncToken"]) == int(made["SyncToken"]) + 1
    with pytest.raises(FaultError) as refusal:
        client.update("Vendor", {**change, "CompanyName": "Port"}, requestid="r-3")
    assert classify(refusal.value.fault) is FaultClass.STALE
    gone = client.deactivate("Vendor", {"Id": made["Id"], "SyncToken": changed["SyncToken"]}, requestid="r-4").payload
    assert gone["Active"] is False


def sale(client: Client) -> dict[str, Any]:
    item = next(found for found in client.query(select("Item", max=100)).objects if found["Type"] != "Category")
    (customer,) = client.query(select("Customer", order=["DisplayName"], max=1)).objects
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": 5}
    line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": {"value": customer["Id"]}, "Line": [line]}


def test_a_document_is_voided_and_another_deleted(place):
    client = place.client()
    first = client.create("Invoice", sale(client), requestid="r-1").payload
    second = client.create("SalesReceipt", sale(client), requestid="r-2").payload
    since = client.company_info().time - timedelta(minutes=5)
    assert client.void("Invoice", first["Id"], first["SyncToken"], requestid="r-3").payload["TotalAmt"] == 0
    assert client.void("SalesReceipt", second["Id"], second["SyncToken"], requestid="r-4").payload["TotalAmt"] == 0
    third = client.create("Invoice", sale(client), requestid="r-5").payload
    stub = client.delete("Invoice", third["Id"], third["SyncToken"], requestid="r-6").payload
    assert (stub["Id"], stub["status"]) == (third["Id"], "Deleted")
    with pytest.raises(FaultError) as refusal:
        client.read("Invoice", third["Id"])
    assert classify(refusal.value.fault) is FaultClass.REFERENCE
    changes = client.cdc(["Invoice", "SalesReceipt", "Term"], since)
    assert third["Id"] in {found["Id"] for found in changes.deleted["Invoice"]}
    assert first["Id"] in {found["Id"] for found in changes.objects["Invoice"]}
    assert changes.time > since


def test_company_and_preferences_are_read(place):
    client = place.client()
    assert client.company_info().payload["CompanyName"]
    assert "AccountingInfoPrefs" in client.preferences().payload


def test_a_second_page_goes_on_where_the_first_ended(place):
    client = place.client()
    total = client.query("SELECT COUNT(*) FROM Vendor").total
    pages = [client.query(select("Vendor", order=["DisplayName"], start=start, max=2)) for start in (1, 3)]
    assert total > 4
    assert [page.start for page in pages] == [1, 3]
    ids = [found["Id"] for page in pages for found in page.objects]
    assert len(set(ids)) == 4
    assert client.query(select("Vendor", start=total + 1)).objects == []


def test_a_long_statement_finds_the_same(place):
    client = place.client()
    ids = [found["Id"] for found in client.query(select("Vendor", max=3)).objects]
    wish = select("Vendor", where=[("Id", "IN", [*ids, *(str(9_000_000 + number) for number in range(500))])])
    assert {found["Id"] for found in client.query(wish).objects} == set(ids)


def test_a_batch_answers_each_item_for_itself_and_a_repeat_books_nothing(place):
    client = place.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Batch {number % 3}")) for number in range(4)]
    first = client.batch(items, requestid="b-1")
    made = [first.answers[f"i{number}"] for number in range(4)]
    assert isinstance(made[3], Fault)
    assert classify(made[3]) is FaultClass.DUPLICATE
    again = client.batch(items, requestid="b-1")
    assert [again.answers[f"i{number}"].payload["Id"] for number in range(3)] == [made[number].payload["Id"] for number in range(3)]
    assert len(named(client, "Batch 0")) == 1


@pytest.mark.parametrize("kind", ["batch_item_missing", "batch_reversed", "batch_item_doubled", "batch_item_fault"])
def test_a_strange_batch_answer_is_read_item_by_item(place, kind):
    client = place.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Strange {number}")) for number in range(3)]
    place.fault(kind, match={"operation": "batch"}, **({"item": 1} if kind == "batch_item_fault" else {}))
    answer = client.batch(items, requestid="b-1")
    assert answer.unknown == (("i2",) if kind == "batch_item_missing" else ())
    refused = {bid for bid, said in answer.answers.items() if isinstance(said, Fault)}
    assert refused == ({"i1"} if kind == "batch_item_fault" else set())
    for bid, said in answer.answers.items():
        if isinstance(said, Answer):
            assert said.payload["DisplayName"] == f"Strange {bid[1]}"


#: What a client makes of each trouble that can befall a write. None: it is answered after all.
TROUBLE: dict[str, type[Exception] | None] = {
    "commit_then_drop": TransportLost,
    "drop_before_commit": TransportLost,
    "commit_then_401": None,
    "commit_then_500": ServiceDown,
    "commit_then_503": ServiceDown,
    "commit_then_504": ServiceDown,
    "truncated": TransportLost,
    "chunk_cut": TransportLost,
    "slow_body": None,
    "duplicate_headers": None,
    "clock_wrong": None,
    "new_field": None,
    "new_enum_value": None,
    "changed_type": None,
    "null_lists": None,
    "bad_gateway_502": ServiceDown,
    "quota_reached": None,
    "feature_5030": FaultError,
    "cut_json": TransportLost,
    "empty_200": TransportLost,
    "wrong_content_type": None,
    "bom": None,
    "throttle_429": Throttled,
    "throttle_403": Throttled,
    "unavailable_503": ServiceDown,
    "system_500": ServiceDown,
    "gateway_504": ServiceDown,
    "expired_401": None,
    "forbidden_403": AccessDenied,
    "access_lost_120": AccessDenied,
    "wrong_cluster_130": AccessDenied,
    "subscription_6190": AccessDenied,
    "company_reset_10200": AccessDenied,
    "fault_in_200": FaultError,
    "refuse": FaultError,
    "stale": FaultError,
}


@pytest.mark.parametrize("kind", TROUBLE)
def test_after_any_trouble_the_same_requestid_makes_exactly_one_object(place, kind):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    options = {"code": "6000", "message": "m", "detail": "d"} if kind == "refuse" else {}
    place.fault(kind, match={"entity": "Vendor", "method": "POST"}, **options)
    expected = TROUBLE[kind]
    if expected is None:
        client.create("Vendor", vendor("Only One"), requestid="r-1")
    else:
        with pytest.raises(expected):
            client.create("Vendor", vendor("Only One"), requestid="r-1")
        assert [call.error != "" for call in calls if call.kind is CallKind.WRITE] == [True]
    again = client.create("Vendor", vendor("Only One"), requestid="r-1")
    assert [found["Id"] for found in named(client, "Only One")] == [again.payload["Id"]]
    assert {line["requestid"] for line in place.journal() if line.get("entity") == "Vendor" and line["method"] == "POST"} == {"r-1"}


def test_every_trouble_of_the_emulator_was_tried_on_a_write():
    """A kind that the emulator learns is to be tried here, or named as one that befalls something else."""
    from syncengine.emulator.mischief import KINDS, TOKEN_KINDS

    elsewhere = {kind for kind in KINDS if kind.startswith(("batch_", "cdc_"))} | {"slow", "slow_before", "page_drift"} | TOKEN_KINDS
    assert set(TROUBLE) == set(KINDS) - elsewhere


@pytest.mark.parametrize("body", ["xml", "json", "html"])
def test_a_throttle_is_known_in_each_of_its_forms(place, body):
    place.fault("throttle_429", body=body)
    with pytest.raises(Throttled):
        place.client().company_info()


@pytest.mark.parametrize("kind", ["slow", "slow_before"])
def test_an_answer_after_the_deadline_is_unknown(near, kind):
    client = near.client(deadline_seconds=60)
    near.fault(kind, seconds=70, match={"entity": "Vendor", "method": "POST"})
    with pytest.raises(TransportLost):
        client.create("Vendor", vendor("Only One"), requestid="r-1")
    again = client.create("Vendor", vendor("Only One"), requestid="r-1")
    assert [found["Id"] for found in named(client, "Only One")] == [again.payload["Id"]]


def test_a_read_outlives_two_troubles(near):
    client = near.client(deadline_seconds=60)
    near.fault("unavailable_503", count=1)
    near.fault("truncated", count=1)
    assert client.company_info().payload["CompanyName"]


def test_each_call_is_weighed_as_intuit_weighs_it(place):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    since = client.company_info().time
    client.query(select("Vendor", max=1))
    client.cdc(["Vendor", "Customer"], since)
    client.create("Vendor", vendor("Weighed"), requestid="r-1")
    with suppress(FaultError):
        client.read("Vendor", "999999")
    assert [call.metered for call in calls] == [1, 1, 1, 0, 0]
    assert sum(line.get("coreplus", 0) for line in place.journal()) == sum(call.metered for call in calls)


class TestSigningIn:
    def test_a_consent_becomes_a_working_client(self, place):
        oauth = place.client().oauth
        with place.make_session() as session:
            answer = session.get(oauth.authorize_url("s-1") + f"&realmId={place.realm_id}", allow_redirects=False, timeout=10)
        grant = read_callback(dict(parse_qsl(urlsplit(answer.headers["Location"]).query)), state="s-1")
        assert grant.realm_id == place.realm_id
        tokens = oauth.exchange(grant.code)
        assert tokens.hard_expires_at - place.clock.now() > timedelta(days=365)
        assert place.client(store=MemoryTokenStore(tokens)).company_info().payload["CompanyName"]
        with pytest.raises(ConnectionRevoked):
            oauth.exchange(grant.code)

    def test_an_old_access_token_is_renewed_on_the_way(self, place):
        store = MemoryTokenStore(replace(place.grant(), access_expires_at=place.clock.now()))
        calls: list[Call] = []
        place.client(store=store, on_call=calls.append).company_info()
        assert [call.kind for call in calls] == [CallKind.TOKEN, CallKind.READ]
        assert store.load().version == 1

    def test_a_token_that_ended_without_our_noticing_is_renewed_once(self, near, clock):
        store = MemoryTokenStore(near.grant())
        store.save(replace(store.load(), access_expires_at=clock.now() + timedelta(days=2)))
        calls: list[Call] = []
        client = near.client(store=store, on_call=calls.append)
        clock.advance(3700)
        client.create("Vendor", vendor("Late"), requestid="r-1")
        assert [(call.kind, call.status) for call in calls] == [(CallKind.WRITE, 401), (CallKind.TOKEN, 200), (CallKind.WRITE, 200)]
        assert {call.requestid for call in calls if call.kind is CallKind.WRITE} == {"r-1"}

    def test_a_year_of_days_is_survived_though_the_refresh_token_changes(self, near, clock):
        client = near.client()
        for _ in range(365):
            clock.advance(86_400)
            client.company_info()

    def test_a_pair_idle_for_a_hundred_days_has_to_be_connected_again(self, near, clock):
        client = near.client()
        clock.advance(102 * 86_400)
        with pytest.raises(ConnectionRevoked):
            client.company_info()

    def test_what_the_owner_took_back_in_quickbooks_is_over(self, place):
        client = place.client()
        client.company_info()
        place.control("actor", {"realm_id": place.realm_id, "action": "disconnect"})
        with pytest.raises(ConnectionRevoked):
            client.company_info()

    def test_what_we_gave_back_is_over_for_every_client(self, place):
        store = MemoryTokenStore(place.grant())
        client = place.client(store=store)
        client.oauth.revoke(store.load().refresh)
        client.oauth.revoke(store.load().refresh)
        with pytest.raises(ConnectionRevoked):
            client.company_info()

    @pytest.mark.parametrize("kind", ["token_endpoint_500", "token_endpoint_429"])
    def test_an_ailing_token_endpoint_ends_nothing(self, place, kind):
        store = MemoryTokenStore(replace(place.grant(), access_expires_at=place.clock.now()))
        client = place.client(store=store)
        place.fault(kind, count=1)
        with pytest.raises(Retriable):
            client.create("Vendor", vendor("Patient"), requestid="r-1")
        client.create("Vendor", vendor("Patient"), requestid="r-1")

    def test_a_rotation_that_was_lost_is_told_as_such(self, near, clock):
        store = MemoryTokenStore(near.grant())
        client = near.client(store=store)
        clock.advance(2 * 86_400)
        near.fault("rotation_lost", count=1)
        with pytest.raises(TransportLost):
            client.create("Vendor", vendor("Lost"), requestid="r-1")
        with pytest.raises(ConnectionRevoked):
            client.create("Vendor", vendor("Lost"), requestid="r-1")

    def test_a_lost_answer_of_the_token_endpoint_does_no_harm_while_the_value_is_the_same(self, near, clock):
        client = near.client()
        clock.advance(3600)
        near.fault("rotation_lost", count=1)
        with pytest.raises(TransportLost):
            client.create("Vendor", vendor("Found"), requestid="r-1")
        client.create("Vendor", vendor("Found"), requestid="r-1")

    def test_another_companys_realm_is_refused_and_nothing_is_renewed(self, near):
        calls: list[Call] = []
        client = near.client(realm_id="123", on_call=calls.append)
        with pytest.raises(AccessDenied):
            client.company_info()
        assert [call.kind for call in calls] == [CallKind.READ]


def test_at_full_speed_nobody_is_throttled():
    """The log against the emulator's own quotas, which count for themselves: 700 calls, batches among them.

    One thread, since with several a turned clock may jump between a call's leave and its arrival, which no network does
    by a minute; `test_quota` holds the log itself to its word with ten.
    """
    clock = ManualClock()
    emulator, place = in_process(clock)
    client = place.client(quota=MemoryQuotaLog(clock), deadline_seconds=10_000)
    for number in range(700):
        if number % 7 == 0:
            client.batch([BatchItem("i0", "create", "Vendor", vendor(f"B{number}"))], requestid=f"b{number}")
        else:
            client.company_info()
    lines = place.journal()
    assert {line["status"] for line in lines if line["path"].startswith("/v3/")} == {200}
    assert len(lines) >= 700
    client.close()
    emulator.close()


def test_without_the_log_the_same_load_is_throttled():
    """The guard of the test above: the emulator's quotas are on, and the load is enough to meet them."""
    clock = ManualClock()
    emulator, place = in_process(clock)
    client = place.client()
    with pytest.raises(Throttled):
        [client.company_info() for _ in range(700)]
    client.close()
    emulator.close()
