"""A real server process tells a real receiver, through every kind of trouble and its own death."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from syncengine.quickbooks import webhooks
from tests.unit.emulator.mailbox import TOKEN, Receiver, receiving
from tests.unit.emulator.test_server import Running

#: Attempts after 0.05, 0.1 and 0.15 s rather than 10, 20 and 30 s.
QUICK = {"quotas": False, "webhook_delay_seconds": 0.05, "webhook_retry_scale": 0.005}


@pytest.fixture
def launch() -> Iterator:
    """A function that starts an emulator with these switches."""
    started: list[Running] = []

    def start(*arguments: str, **switches) -> Running:
        started.append(Running("--port", "0", "--company", "empty", "--switches", json.dumps({**QUICK, **switches}), *arguments))
        return started[-1]

    yield start
    for each in started:
        each.close()


def subscribe(running: Running, receiver: Receiver, **wish) -> str:
    """Sign in and enter the receiver; returns the company's base URL."""
    base = running.sign_in()
    body = {"client_id": "emulator", "url": receiver.url, "verifier_token": TOKEN, **wish}
    assert running.session.post(f"{running.url}/_emulator/webhooks", json=body, timeout=10).status_code == 201
    return base


def add(running: Running, base: str, name: str) -> str:
    answer = running.session.post(f"{base}/customer", json={"DisplayName": name}, timeout=10)
    return answer.json()["Customer"]["Id"]


def deliveries(running: Running, **query) -> list[dict]:
    return running.session.get(f"{running.url}/_emulator/webhooks/deliveries", params=query, timeout=10).json()["deliveries"]


def settled(running: Running, count: int) -> list[dict]:
    """The deliveries, once so many have been acknowledged."""
    for _ in range(500):
        found = deliveries(running, state="delivered")
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(deliveries(running))


def noted(running: Running, attempts: int) -> None:
    """Wait until the first delivery has so many attempts on record: that is a moment after the receiver saw the last one."""
    for _ in range(500):
        found = deliveries(running)
        if found and len(found[0]["attempts"]) >= attempts:
            return
        time.sleep(0.02)
    raise AssertionError(deliveries(running))


def test_a_change_reaches_the_receiver_by_itself_signed_and_readable(launch):
    running = launch()
    with receiving() as receiver:
        base = subscribe(running, receiver)
        made = add(running, base, "Zoë")
        receiver.wait(1)
    ((_, headers, body),) = receiver.posts
    assert webhooks.verify(body, headers["intuit-signature"], TOKEN)
    (event,) = webhooks.parse(body)
    assert (event.entity, event.object_id, event.operation, event.realm) == ("Customer", made, "created", base.rsplit("/", 1)[1])
    assert settled(running, 1)[0]["attempts"][0]["status"] == 200


def test_every_kind_of_refusal_is_tried_again_and_withholds_what_follows(launch):
    running = launch(webhook_retry_scale=0.0005)
    with receiving(400, 500, "close", "noise", (307, {"Location": "/else"})) as receiver:
        base = subscribe(running, receiver)
        add(running, base, "Ada")
        receiver.wait(1)
        add(running, base, "Bob")
        receiver.wait(7, seconds=20)
        first, second = settled(running, 2)
    assert [each["status"] for each in first["attempts"]] == [400, 500, None, None, 307, 200]
    assert [each["status"] for each in second["attempts"]] == [200]
    assert len({body for _, _, body in receiver.posts[:6]}) == 1
    assert running.end() == 0


def test_a_receiver_that_hangs_is_left_after_three_seconds_and_holds_up_nobody(launch):
    running = launch()
    with receiving("hang") as receiver, receiving() as other:
        base = subscribe(running, receiver)
        subscribe(running, other)
        began = time.monotonic()
        add(running, base, "Ada")
        other.wait(1)
        settled(running, 1)
        assert [each["attempts"] for each in deliveries(running, state="open")] == [[]]  # the other one still waits
        receiver.wait(2)
        assert 2.9 < time.monotonic() - began < 9
        found = settled(running, 2)
    (hung,) = [each for each in found if len(each["attempts"]) == 2]
    assert hung["attempts"][0] == {"at": hung["attempts"][0]["at"], "status": None, "error": "timed out"}
    assert hung["attempts"][1]["status"] == 200


def test_a_receiver_that_hangs_does_not_hold_up_the_end(launch):
    running = launch()
    with receiving("hang") as receiver:
        base = subscribe(running, receiver)
        add(running, base, "Ada")
        receiver.wait(1)
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
        assert time.monotonic() - began < 2.9
        assert running.process.stderr.read() == ""


def test_turning_the_clock_wakes_what_is_hours_away(launch):
    running = launch(webhook_retry_scale=1.0, webhook_delay_seconds=300.0)
    with receiving(500) as receiver:
        base = subscribe(running, receiver)
        add(running, base, "Ada")
        assert deliveries(running) == []
        for count, seconds in ((1, 301), (2, 11)):
            running.session.post(f"{running.url}/_emulator/clock", json={"advance_seconds": seconds}, timeout=10)
            receiver.wait(count)
            noted(running, count)  # until then the pause before the next one has not begun, and turning the clock shortens nothing
        assert [each["status"] for each in settled(running, 1)[0]["attempts"]] == [500, 200]


def test_what_is_committed_when_the_server_is_killed_arrives_after_the_restart(launch, tmp_path):
    data = str(tmp_path / "books.db")
    running = launch("--data", data, webhook_delay_seconds=0.3)
    with receiving() as receiver:
        base = subscribe(running, receiver)
        made = [add(running, base, name) for name in ("Ada", "Bob")]
        running.process.send_signal(signal.SIGKILL)
        running.process.wait(10)
        assert receiver.posts == []
        again = launch("--data", data)
        receiver.wait(1)
        settled(again, 1)
        events = [event for _, headers, body in receiver.posts for event in webhooks.parse(body)]
    assert [event.object_id for event in events] == made
    assert len({event.id for event in events}) == 2


def test_a_kill_while_the_receiver_thinks_brings_the_same_events_again(launch, tmp_path):
    data = str(tmp_path / "books.db")
    running = launch("--data", data)
    with receiving("hang") as receiver:
        base = subscribe(running, receiver)
        add(running, base, "Ada")
        receiver.wait(1)
        running.process.send_signal(signal.SIGKILL)
        running.process.wait(10)
        again = launch("--data", data)
        receiver.wait(2)
        settled(again, 1)
    first, second = receiver.posts[:2]
    assert (first[2], first[1]["intuit-t-id"]) == (second[2], second[1]["intuit-t-id"])


def test_a_kill_at_any_moment_loses_no_event_and_makes_none_up(launch, tmp_path):
    """Customers are added while the server is killed again and again; in the end the events and the books agree."""
    data = str(tmp_path / "books.db")
    with receiving() as receiver:
        for turn in range(2):
            running = launch("--data", data, webhook_delay_seconds=0.01)
            base = subscribe(running, receiver)
            _add_until_killed(running, base, turn, count=6 + 5 * turn)
        running = launch("--data", data, webhook_delay_seconds=0.01)
        base = running.sign_in()
        books = running.session.get(f"{base}/query?query=select Id from Customer maxresults 1000", timeout=10).json()
        known = {each["Id"] for each in books["QueryResponse"]["Customer"]}
        for _ in range(500):
            told = {event.object_id for _, _, body in list(receiver.posts) for event in webhooks.parse(body)}
            if told >= known:
                break
            time.sleep(0.02)
    assert told == known
    assert len(known) >= 6 + 11


def _add_until_killed(running: Running, base: str, turn: int, count: int) -> None:
    for number in range(count):
        add(running, base, f"C{turn}-{number}")
    running.process.send_signal(signal.SIGKILL)
    number = count
    with suppress(requests.RequestException):
        while number < 1000:
            add(running, base, f"C{turn}-{number}")
            number += 1
    assert number < 1000
    running.process.wait(10)


def test_a_server_with_nobody_to_tell_sits_still(launch):
    """The sending thread waits rather than looks: no processor time is used while nothing happens."""
    running = launch()
    with receiving() as receiver:
        base = subscribe(running, receiver)
        add(running, base, "Ada")
        settled(running, 1)

        def ticks() -> int:
            with open(f"/proc/{running.process.pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 -- a file of the kernel
                return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))

        before = ticks()
        time.sleep(1)
        assert ticks() - before <= 5
