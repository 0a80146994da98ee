"""No secret shows: not in a repr, a log line of any level, an exception, its frames' local variables, or a pickle."""

from __future__ import annotations

import copy
import http.client
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from syncengine.clock import ManualClock
from syncengine.quickbooks import App, BatchItem, BatchQuery, Client, Endpoints, Grant, MemoryTokenStore, Upload, read_callback
from syncengine.quickbooks.hidden import Hidden
from syncengine.quickbooks.tokens import Tokens
from syncengine.quickbooks.transport import Bearer
from tests.unit.quickbooks.scripted import Bench, Said, Script, document, found, granted, hang_up, refused, tokens

#: What must not be seen anywhere; each tells in its name where it came from.
CANARIES = (
    "canary-access-0123456789", "canary-refresh-0123456789", "canary-secret-0123456789", "canary-client-0123456789", "canary-code-0123456789",
    "canary-signature-0123456789", "canary-renewed-0123456789",
)  # fmt: skip
ACCESS, REFRESH, SECRET, CLIENT_ID, CODE, SIGNATURE, RENEWED = CANARIES
QUOTING = (
    b"<html><body>You sent Authorization: Bearer canary-access-0123456789 and Basic canary-client-0123456789, "
    b"refresh_token=canary-refresh-0123456789</body></html>"
)

OPERATIONS: dict[str, Callable[[Client], Any]] = {
    "read": lambda client: client.read("Invoice", "1"),
    "preferences": lambda client: client.preferences(),
    "create": lambda client: client.create("Invoice", {"DocNumber": "1"}, requestid="r"),
    "update": lambda client: client.update("Invoice", {"Id": "1", "SyncToken": "0"}, requestid="r"),
    "delete": lambda client: client.delete("Invoice", "1", "0", requestid="r"),
    "void": lambda client: client.void("Payment", "1", "0", requestid="r"),
    "deactivate": lambda client: client.deactivate("Vendor", {"Id": "1", "SyncToken": "0"}, requestid="r"),
    "send": lambda client: client.send("Invoice", "1", requestid="r"),
    "pdf": lambda client: client.pdf("Invoice", "1"),
    "query": lambda client: client.query("SELECT * FROM Vendor"),
    "walk": lambda client: list(client.walk("Vendor")),
    "count": lambda client: client.count("Vendor"),
    "cdc": lambda client: client.cdc(["Vendor"], client._clock.now()),
    "batch": lambda client: client.batch([BatchItem("i0", "create", "Vendor", {}), BatchQuery("q0", "SELECT * FROM Vendor")], requestid="b"),
    "upload": lambda client: client.upload([Upload("a.txt", b"x", "text/plain")], requestid="u"),
    "download": lambda client: client.download("1"),
    "report": lambda client: client.report("TrialBalance"),
    "exchange_rate": lambda client: client.exchange_rate("EUR"),
    "create_tax_code": lambda client: client.create_tax_code({}, requestid="t"),
    "user_info": lambda client: client.user_info(),
    "exchange": lambda client: client.oauth.exchange(CODE),
    "revoke": lambda client: client.oauth.revoke(REFRESH),
    "discover": lambda client: client.oauth.discover(),
}
TROUBLES: dict[str, Any] = {
    "hang up": hang_up,
    "401": Said(401),
    "401 quoting the token": Said(401, b'{"fault":{"error":[{"message":"m","detail":"Token expired: canary-access-0123456789","code":"3200"}]}}'),
    "429": Said(429),
    "503 quoting everything": Said(503, QUOTING),
    "400 quoting everything": Said(400, QUOTING),
    "403 quoting the token": Said(403, b"<Error><Message>canary-access-0123456789 canary-refresh-0123456789</Message></Error>"),
    "a fault that quotes the token": refused("6000", "m", "of canary-access-0123456789", status=200),
    "invalid_grant": Said(400, b'{"error":"invalid_grant","error_description":"canary-refresh-0123456789"}'),
    "invalid_client": Said(401, b'{"error":"invalid_client","error_description":"canary-secret-0123456789"}'),
    "half a document": Said(200, b'{"access_token":"canary-renewed-0123456789"'),
    "half a pair": Said(200, b'{"access_token":"canary-renewed-0123456789","refresh_token":""}'),
    "a token that no header carries": Said(200, b'{"access_token":"canary-renewed-0123456789\\n","refresh_token":"canary-refresh-0123456789"}'),
    "a chain of compression": Said(200, b"canary-signature-0123456789", {"Content-Encoding": "gzip"}),
    "an attachment": document({"AttachableResponse": [{"Attachable": {"TempDownloadUri": "https://s/x?Signature=canary-signature-0123456789"}}]}),
    "an address": Said(200, b"http://127.0.0.1:9/x?X-Amz-Signature=canary-signature-0123456789"),
    "a far address": Said(200, b"http://store.example/x?X-Amz-Signature=canary-signature-0123456789"),
}  # fmt: skip


@pytest.fixture
def guarded(make_bench: Callable[..., Bench], script: Script, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> Bench:
    caplog.set_level(logging.NOTSET)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    pair = tokens(clock, access=ACCESS, refresh=REFRESH)
    return make_bench(clock, store=MemoryTokenStore(pair), app=App(CLIENT_ID, SECRET, "https://tieout.example/callback", "77"))


def attempt(act: Callable[[], Any]) -> Any:
    """What `act` gives or raises; no secret is a local variable of this frame."""
    try:
        return act()
    except Exception as problem:  # noqa: BLE001 -- whatever is raised is looked at
        return problem


def shown(result: Any) -> list[str]:
    """Everything that a log, a crash reporter or a debugger's page would show of `result`."""
    texts = [repr(result), str(result)]
    seen: set[int] = set()
    problem = result if isinstance(result, BaseException) else None
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        texts += traceback.TracebackException.from_exception(problem, capture_locals=True).format()
        texts += [repr(problem.args), repr(getattr(problem, "fault", None)), str(getattr(getattr(problem, "fault", None), "raw", ""))]
        problem = problem.__cause__ or problem.__context__
    return texts


def assert_silent(texts: list[str]) -> None:
    for text in texts:
        for canary in CANARIES:
            assert canary not in text, text


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_operation_shows_a_secret_whatever_happens_to_it(script, guarded, caplog, trouble):
    for operation in OPERATIONS.values():
        script.answers, script.else_ = [TROUBLES[trouble]], TROUBLES[trouble]
        guarded.quota._blocked_until = 0.0
        assert_silent(shown(attempt(lambda operation=operation: operation(guarded.client))))
    assert_silent([repr(guarded.calls), caplog.text, *(repr(record.__dict__) for record in caplog.records)])


def test_a_renewal_shows_neither_pair(script, guarded, caplog, clock):
    for said in (granted(RENEWED, REFRESH), Said(400, b'{"error":"invalid_grant"}'), Said(500, QUOTING)):
        guarded.store.save(replace(guarded.store.load(), access_expires_at=clock.now()))
        script.answers = [said, found("Invoice", Id="1")]
        guarded.client._keeper._known = None
        assert_silent(shown(attempt(lambda: guarded.client.read("Invoice", "1"))))
    assert_silent([repr(guarded.calls), caplog.text])


def test_a_stored_token_that_is_none_is_not_quoted_by_whoever_refuses_it(script, guarded, clock):
    for wrong in ("canary-access-0123456789\r\nX: y", "canary-access-0123456789 ä", ""):
        guarded.store.save(tokens(clock, access=wrong))
        guarded.client._keeper._known = None
        problem = attempt(lambda: guarded.client.read("Invoice", "1"))
        assert type(problem).__name__ == "ConnectionRevoked"
        assert_silent(shown(problem))
    assert script.asked == []


def test_a_broken_connection_leaves_no_request_behind(script, guarded):
    """Exceptions of requests carry the request; ours have neither cause nor context, so that it is gone with them."""
    script.else_ = hang_up
    problem = attempt(lambda: guarded.client.create("Invoice", {}, requestid="r"))
    assert problem.__cause__ is None
    assert problem.__context__ is None


def test_the_address_of_a_file_shows_in_no_log(script, guarded, caplog):
    store = Script()
    store.else_ = Said(200, b"x")
    address = f"{store.url}/x?X-Amz-Signature=canary-signature-0123456789"
    script.answers = [Said(200, address.encode())]
    assert guarded.client.download("1").data == b"x"
    store.close()
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    assert_silent([caplog.text, repr(guarded.calls)])


def test_the_filter_of_addresses_lets_everything_else_pass(caplog):
    caplog.set_level(logging.DEBUG)
    log = logging.getLogger("urllib3.connectionpool")
    log.debug('"%s %s %s" %s', "GET", "/x?a=1", "HTTP/1.1", 200)
    log.warning("Retrying (%r) after '%r'", 1, urllib3.exceptions.HTTPError("GET /x?a=1 failed"))
    log.debug("plain")
    assert [record.getMessage() for record in caplog.records][:1] == ['"GET /x?(hidden) HTTP/1.1" 200']
    assert "a=1" not in caplog.text
    assert caplog.records[2].getMessage() == "plain"


def test_not_even_the_debug_level_of_http_prints_a_header(script, guarded, capsys, monkeypatch):
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    script.answers = [found("Invoice", Id="1")]
    guarded.client.read("Invoice", "1")
    assert_silent([capsys.readouterr().out])


CALLBACKS: list[dict[str, str]] = [
    {"code": CODE, "state": "other", "realmId": "1"},
    {"code": CODE, "state": "s"},
    {"code": CODE, "state": "s", "error": "access_denied"},
]


@pytest.mark.parametrize("number", range(len(CALLBACKS)))
def test_a_callback_that_is_refused_does_not_show_its_code(number):
    problem = attempt(lambda: read_callback(CALLBACKS[number], state="s"))
    assert isinstance(problem, Exception)
    assert_silent(shown(problem))


def holders(bench: Bench) -> list[Any]:
    now = ManualClock().now()
    return [
        Tokens(ACCESS, REFRESH, now, now + timedelta(days=1)), App(CLIENT_ID, SECRET), Grant(CODE, "1"), Bearer(ACCESS), Hidden(ACCESS),
        bench.client, bench.client.oauth, bench.store, bench.client._keeper, bench.client._transport,
    ]  # fmt: skip


def test_whatever_holds_a_secret_has_a_silent_repr_and_is_neither_pickled_nor_copied(guarded):
    for holder in holders(guarded):
        assert_silent([repr(holder), str(holder), f"{holder}"])
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="never pickled"):
                pickle.dumps(holder, protocol)
        with pytest.raises(TypeError):
            copy.copy(holder)
    assert_silent([str(vars(guarded.client)), str(vars(guarded.client.oauth)), str(vars(guarded.store))])


def test_attachments_keep_their_address_to_themselves(script, guarded):
    row = {"FileName": "a", "Id": "1", "TempDownloadUri": "https://s/x?Signature=canary-signature-0123456789"}
    script.answers = [found("Attachable", **row), document({"QueryResponse": {"Attachable": [row]}}), document({"AttachableResponse": [{"Attachable": row}]})]
    answer = guarded.client.read("Attachable", "1")
    page = guarded.client.query("SELECT * FROM Attachable")
    files = guarded.client.upload([Upload("a", b"x", "text/plain")], requestid="u")
    assert answer.payload["TempDownloadUri"] == row["TempDownloadUri"]
    assert_silent([repr(answer), repr(page), repr(page.records), repr(files), str(answer)])


def test_the_guard_of_these_tests_sees_what_is_hidden_badly():
    def careless(secret: str) -> None:
        raise ValueError("nothing to see")

    text = "".join(shown(attempt(lambda: careless(ACCESS))))
    assert ACCESS in text


def test_endpoints_hold_no_secret():
    assert "canary" not in repr(Endpoints.sandbox())
