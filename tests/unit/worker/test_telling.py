"""Delivery: to a real mail server and a real web server, again after trouble, at least once, and never without end."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from syncengine import commands, failpoints, queries
from syncengine.chance import SeededChance
from syncengine.engine.site import Site
from syncengine.errors import ConfigurationError, Refused
from syncengine.settings import Settings
from syncengine.store import notices
from syncengine.worker import channels, telling
from tests.support import receivers
from tests.unit.queries import seed

X = ["x"]


@pytest.fixture
def box():
    with receivers.mailbox() as made:
        yield made


@pytest.fixture
def hook():
    with receivers.hook() as made:
        yield made


@pytest.fixture
def session(database, tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    monkeypatch.setenv("TIEOUT_WEBHOOKS_INSIDE", "1")
    return seed.company(database)


@pytest.fixture
def site(session, box, tmp_path):
    own = Settings(
        database_url=session.database.url, data=tmp_path, smtp_url=box.url, smtp_from="tieout@books.example", webhooks_inside=True,
        url="https://tieout.example",
    )  # fmt: skip
    return Site(session.database, own, session.clock, SeededChance(1), lambda: "")


def waiting(session, channel="mail", address="ada@example.com"):
    """A test message that waits; gives the webhook's secret."""
    secret = commands.add_alert(session, channel, address, X)
    with session.database.reading() as connection:
        newest = notices.recipients(connection, session.company_id)[-1]
    commands.test_alert(session, newest["id"])
    return secret


def messages(session):
    with session.database.reading() as connection:
        return notices.recent(connection, session.company_id)


def test_a_mail_arrives_with_what_it_says_and_where_to_look(site, session, box):
    waiting(session)
    telling.deliver_all(site)
    [mail] = box.mails
    assert (mail["To"], mail["From"], mail["Subject"]) == ("ada@example.com", "tieout@books.example", "Harbour: a test of Tieout's alerts")
    assert "They do." in mail.get_content()
    assert "https://tieout.example" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"
    [message] = messages(session)
    assert (message["state"], message["tries"], message["sent_at"]) == ("sent", 1, session.clock.now())
    telling.deliver_all(site)
    assert len(box.mails) == 1


def test_a_webhook_gets_signed_json(site, session, hook):
    secret = waiting(session, "webhook", hook.url)
    telling.deliver_all(site)
    [(path, headers, body)] = hook.got
    assert path == "/tieout?room=7"
    stamp, _, made = headers["Tieout-Signature"].partition(",v1=")
    wanted = hmac.new(secret.encode(), stamp.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
    assert made == wanted
    said = json.loads(body)
    assert (said["change"], said["company"], said["id"], said["url"]) == ("test", "Harbour", headers["Tieout-Id"], "https://tieout.example")
    assert said["text"].startswith("Harbour: a test of Tieout's alerts\n"), "what a chat program shows"


def test_what_follows_the_host_of_a_webhook_is_nowhere_in_the_clear(site, session, hook, caplog):
    """The path of a chat program's webhook is its password."""
    hook.status = 500
    waiting(session, "webhook", hook.url)
    telling.deliver_all(site)
    with session.database.reading() as connection:
        kept = [*notices.recipients(connection, session.company_id), *notices.recent(connection, session.company_id)]
    shown = [queries.alerts(session).to_csv(), queries.alert_messages(session).to_csv(), queries.acts(session).to_csv()]
    assert "room=7" not in "".join([*map(str, kept), *shown, caplog.text])
    assert f"http://127.0.0.1:{hook.port}/… (" in shown[0]


def test_the_same_webhook_is_told_once_and_another_path_of_its_host_too(session):
    commands.add_alert(session, "webhook", "https://hooks.example/one", X)
    with pytest.raises(Refused, match="told already"):
        commands.add_alert(session, "webhook", "https://hooks.example/one", X)
    commands.add_alert(session, "webhook", "https://hooks.example/two", X)
    assert len(queries.alerts(session)) == 2


def test_a_webhook_whose_key_was_lost_says_so_and_holds_up_no_other(site, session, box, hook, monkeypatch, tmp_path):
    waiting(session, "webhook", hook.url)
    waiting(session)
    telling.deliver_all(replace(site, settings=replace(site.settings, data=tmp_path / "elsewhere")))
    assert not hook.got
    assert len(box.mails) == 1
    assert "encrypted with another key" in messages(session)[1]["trouble"]


@contextmanager
def dripping(*begins, drop=b"H"):
    """A server that answers each thing that it is told with one of `begins`, then with drops and no end; gives its port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            line, _ = server.accept()
            with line, suppress(OSError):
                for begin in begins:
                    line.sendall(begin)
                    line.recv(4096)
                line.sendall(drop)
                while not over.wait(0.05):
                    line.sendall(drop[-1:])

        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join(5)


def test_who_answers_drop_by_drop_is_cut_off(site, monkeypatch):
    monkeypatch.setattr(channels, "WHOLE_SECONDS", 0.3)
    with dripping() as port:
        notice = {"address": f"http://127.0.0.1:{port}/x", "uid": "1", "facts": {}}
        begun = time.monotonic()
        with pytest.raises(channels.Undelivered, match="broke off"):
            channels.send_webhook(site.settings, notice, "s", site.clock.now())
        assert time.monotonic() - begun < 10


#: The beginning of a record of TLS that goes on for sixteen thousand bytes.
RECORD = b"\x16\x03\x03\x40\x00"
HELLO = (b"220 test\r\n", b"250-test\r\n250 8BITMIME\r\n")


@pytest.mark.parametrize(
    ("scheme", "begins", "drop"),
    [
        ("smtp", (), b"2"),
        ("smtp", (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"), b"2"),
        ("smtp", (b"220 test\r\n", b"250-test\r\n250 STARTTLS\r\n", b"220 go on\r\n"), RECORD),
        ("smtps", (), RECORD),
    ],
    ids=["greeting", "verdict", "encrypting", "encrypted"],
)
def test_a_mail_server_that_answers_drop_by_drop_is_cut_off(site, monkeypatch, scheme, begins, drop):
    monkeypatch.setattr(channels, "MAIL_SECONDS", 1.2)  # time enough to begin, on a busy machine
    notice = {"address": "a@b.example", "uid": "1", "subject": "s", "body": "b", "made_at": site.clock.now()}
    with dripping(*begins, drop=drop) as port:
        own = replace(site.settings, smtp_url=f"{scheme}://127.0.0.1:{port}")
        begun = time.monotonic()
        with pytest.raises(channels.Undelivered, match="TimeoutError"):
            channels.send_mail(own, notice)
        assert time.monotonic() - begun < 10
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer) and not thread.finished.is_set()]


def test_a_mail_that_was_taken_is_not_sent_again_for_a_goodbye_that_never_came(site):
    notice = {"address": "a@b.example", "uid": "1", "subject": "s", "body": "b", "made_at": site.clock.now()}
    ok = b"250 ok\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk():
            line, _ = server.accept()
            with line:
                for said in (*HELLO, ok, ok, b"354 go on\r\n"):
                    line.sendall(said)
                    line.recv(4096)
                line.sendall(ok)  # and nothing more: the line is closed

        thread = threading.Thread(target=talk)
        thread.start()
        channels.send_mail(replace(site.settings, smtp_url=f"smtp://127.0.0.1:{server.getsockname()[1]}"), notice)
        thread.join(5)


def test_a_sender_with_a_name_gives_a_whole_message_id(site):
    own = replace(site.settings, smtp_from="Tieout <tieout@books.example>")
    channels.checked(own)
    notice = {"address": "a@b.example", "uid": "1", "subject": "s", "body": "b", "made_at": site.clock.now()}
    assert channels.message(own, notice)["Message-ID"].endswith("@books.example>")


def test_a_secret_is_kept_encrypted_and_can_be_renewed(site, session, hook):
    first = waiting(session, "webhook", hook.url)
    with session.database.reading() as connection:
        row = notices.recipients(connection, session.company_id)[0]
    assert first not in row["secret"]
    second = commands.renew_alert_secret(session, row["id"])
    assert second != first
    telling.deliver_all(site)
    [(_, headers, body)] = hook.got
    assert headers["Tieout-Signature"] == channels.signature(second, body, session.clock.now())


@pytest.mark.parametrize("status", [500, 404, 301, 302, 307])
def test_what_is_not_taken_is_tried_again_and_no_redirect_is_followed(site, session, hook, status):
    hook.status, hook.headers = status, {"Location": hook.url.replace("/tieout", "/elsewhere")}
    waiting(session, "webhook", hook.url)
    telling.deliver_all(site)
    assert [path for path, _, _ in hook.got] == ["/tieout?room=7"]
    [message] = messages(session)
    assert (message["state"], message["tries"]) == ("waiting", 1)
    assert str(status) in message["trouble"]
    telling.deliver_all(site)
    assert len(hook.got) == 1
    hook.status = 200
    session.clock.advance(60)
    telling.deliver_all(site)
    assert messages(session)[0]["state"] == "sent"
    first, second = (headers["Tieout-Id"] for _, headers, _ in hook.got)
    assert first == second


def test_the_pauses_grow_and_after_a_day_it_is_given_up(site, session, box):
    box.verdict = "451 later"
    waiting(session)
    begun, tried = session.clock.now(), [timedelta(0)]
    assert telling.deliver(site)
    while (message := messages(session)[0])["state"] == "waiting":
        session.clock.advance((message["due_at"] - session.clock.now()).total_seconds() - 1)
        assert not telling.deliver(site), "not before it is due"
        session.clock.advance(1)
        assert telling.deliver(site)
        tried.append(session.clock.now() - begun)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[:4] == [timedelta(minutes=each) for each in (1, 5, 15, 60)]
    assert pauses == sorted(pauses)
    assert tried[-1] <= timedelta(days=1)
    [message] = messages(session)
    assert message["state"] == "given up"
    assert "refused the message (451)" in message["trouble"]


def test_a_worker_that_dies_after_sending_leaves_it_to_the_next_under_the_same_id(site, session, box):
    waiting(session)

    def die():
        raise failpoints.Crash

    failpoints.arm("notice.sent", die)
    with pytest.raises(failpoints.Crash):
        telling.deliver(site)
    failpoints.disarm()
    assert not telling.deliver(site), "while the first worker may still be at it, nobody else is"
    session.clock.advance(notices.TAKEN.total_seconds() + 1)
    assert telling.deliver(site)
    assert len(box.mails) == 2
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]
    assert messages(session)[0]["state"] == "sent"


def test_a_worker_that_dies_before_sending_loses_nothing(site, session, box):
    waiting(session)

    def die():
        raise failpoints.Crash

    failpoints.arm("notice.taken", die)
    with pytest.raises(failpoints.Crash):
        telling.deliver(site)
    failpoints.disarm()
    session.clock.advance(notices.TAKEN.total_seconds() + 1)
    telling.deliver_all(site)
    assert len(box.mails) == 1


def test_one_that_does_not_get_through_holds_up_no_other(site, session, box, hook):
    hook.status = 500
    waiting(session, "webhook", hook.url)
    waiting(session)
    telling.deliver_all(site)
    assert {row["channel"]: row["state"] for row in messages(session)} == {"mail": "sent", "webhook": "waiting"}


def test_without_a_mail_server_the_message_says_what_to_set(site, session):
    waiting(session)
    telling.deliver(replace(site, settings=replace(site.settings, smtp_url="")))
    assert "TIEOUT_SMTP_URL" in messages(session)[0]["trouble"]


def test_an_address_that_the_server_does_not_know_is_said(site, session, box):
    box.rcpt = "550 who?"
    waiting(session)
    telling.deliver(site)
    assert "does not take mail for this address" in messages(session)[0]["trouble"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "localhost", "0.0.0.0", "[fd00::1]"]
)  # fmt: skip
def test_a_webhook_into_an_inside_network_is_refused(site, address):
    strict = replace(site.settings, webhooks_inside=False)
    notice = {"address": f"https://{address}/x", "uid": "1", "facts": {}}
    with pytest.raises(channels.Undelivered, match="inside network"):
        channels.send_webhook(strict, notice, "s", site.clock.now())


def test_a_name_that_also_leads_inside_is_refused(site, monkeypatch):
    found = [(2, 1, 6, "", (each, 443)) for each in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(channels.socket, "getaddrinfo", lambda *_, **__: found)
    strict = replace(site.settings, webhooks_inside=False)
    with pytest.raises(channels.Undelivered, match="inside network"):
        channels.send_webhook(strict, {"address": "https://a.example/x", "uid": "1", "facts": {}}, "s", site.clock.now())


def test_the_request_goes_to_the_address_that_was_looked_at(site, hook, monkeypatch):
    """A name that changed its mind after the look would lead inside."""
    asked = []
    real = channels.socket.getaddrinfo

    def once(host, *rest, **more):
        asked.append(host)
        return real("127.0.0.1" if host == "hooks.example" else host, *rest, **more)

    monkeypatch.setattr(channels.socket, "getaddrinfo", once)
    notice = {"address": hook.url.replace("127.0.0.1", "hooks.example"), "uid": "1", "facts": {}}
    channels.send_webhook(site.settings, notice, "s", site.clock.now())
    assert asked.count("hooks.example") == 1
    assert hook.got[0][1]["Host"] == f"hooks.example:{hook.port}"


def test_mail_to_another_machine_is_not_sent_without_encryption(site, box, monkeypatch):
    monkeypatch.setattr(channels, "_is_loopback", lambda _: False)
    notice = {"address": "a@b.example", "uid": "1", "subject": "s", "body": "b", "made_at": site.clock.now()}
    with pytest.raises(channels.Undelivered, match="STARTTLS"):
        channels.send_mail(site.settings, notice)
    assert not box.mails


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://host:99999"])
def test_a_mail_server_that_is_none_is_said_at_the_start(url, tmp_path):
    with pytest.raises(ConfigurationError, match="TIEOUT_SMTP_URL"):
        channels.checked(Settings("", tmp_path, smtp_url=url, smtp_from="a@b.example"))


def test_a_subject_cannot_forge_a_header(site):
    notice = {"address": "a@b.example", "uid": "1", "subject": "x\r\nBcc: c@d.example", "body": "b", "made_at": site.clock.now()}
    assert channels.message(site.settings, notice)["Bcc"] is None


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("mail", "nobody"), ("mail", "a@b, c@d.example"), ("mail", "a@b.example\nBcc: c@d.example"), ("mail", "a b@c.example"),
        ("webhook", "ftp://a.example"), ("webhook", "https://"), ("webhook", "https://u:p@a.example/"), ("webhook", "https://höoks.example/x"), ("webhook", "https://a.example/\n"[:-1] + " x"),
        ("pager", "1"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(session, channel, address):
    with pytest.raises(Refused):
        commands.add_alert(session, channel, address, X)


def test_who_is_taken_out_gets_nothing_that_was_on_its_way(site, session, box):
    waiting(session)
    with session.database.reading() as connection:
        row = notices.recipients(connection, session.company_id)[0]
    commands.remove_alert(session, row["id"])
    telling.deliver_all(site)
    assert (box.mails, messages(session)[0]["state"]) == ([], "dropped")
    with pytest.raises(Refused, match="taken it out"):
        commands.test_alert(session, row["id"])


def test_http_is_refused_where_webhooks_stay_outside(session, monkeypatch):
    monkeypatch.delenv("TIEOUT_WEBHOOKS_INSIDE")
    with pytest.raises(Refused, match="https"):
        commands.add_alert(session, "webhook", "http://a.example/x", X)
