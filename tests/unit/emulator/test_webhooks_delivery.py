"""Deliveries: gathering, attempts on the emulator's clock, withholding, endings and new starts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from itertools import pairwise

import pytest

from syncengine.emulator import Emulator
from syncengine.emulator.webhooks import schedule
from tests.unit.emulator.desk import Desk
from tests.unit.emulator.mailbox import TOKEN, URL, Mailbox, let_pass, subscribe

DAY = 86_400


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


def told(desk, box, seconds=3) -> list[str]:
    """The operations told once so many seconds have passed."""
    let_pass(desk, seconds)
    before = len(box.told)
    desk.emulator.deliver(box)
    return [each for each, _ in box.told[before:]]


def added(desk, name) -> None:
    """A vendor, added by the bookkeeper: by then the client's token may have expired."""
    desk.act("create", entity="Vendor", object={"DisplayName": name})


def signature(body: bytes, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()


def pauses(desk) -> list[float]:
    """Seconds between the attempts of the one delivery that is tried again and again."""
    (delivery,) = desk.control("GET", "webhooks/deliveries")[1]["deliveries"]
    times = [datetime.fromisoformat(each["at"]).timestamp() for each in delivery["attempts"]]
    return [round(later - earlier, 3) for earlier, later in pairwise(times)]


# Gathering


def test_events_are_gathered_from_the_first_one_on_and_sent_together(desk, box):
    subscribe(desk)
    desk.customer()
    let_pass(desk, 2.9)
    desk.vendor()
    assert desk.emulator.deliver(box) == []
    assert told(desk, box, 0.2) == ["customer.created", "vendor.created"]
    assert len(box.posts) == 1
    assert told(desk, box, DAY) == []


def test_without_a_delay_an_event_is_due_at_once(make, box):
    desk = make(webhook_delay_seconds=0.0)
    subscribe(desk)
    desk.customer()
    assert told(desk, box, 0) == ["customer.created"]


def test_a_delivery_holds_a_hundred_events_at_most(desk, box):
    subscribe(desk)
    for start in range(0, 210, 30):
        desk.batch(*({"operation": "create", "Vendor": {"DisplayName": f"V{start + n}"}} for n in range(30)))
    assert told(desk, box) == ["vendor.created"] * 210
    assert [len(body) for body in box.bodies] == [100, 100, 10]
    assert [each for _, each in box.told] == sorted((each for _, each in box.told), key=int)


def test_a_delivery_holds_about_a_megabyte_at_most(desk, box, monkeypatch):
    monkeypatch.setattr("syncengine.emulator.webhooks.webhooks.MOST_BYTES", 1000)
    subscribe(desk)
    desk.batch(*({"operation": "create", "Vendor": {"DisplayName": f"V{n}"}} for n in range(10)))
    assert told(desk, box) == ["vendor.created"] * 10
    assert all(len(post.body) <= 1000 for post in box.posts)
    assert len(box.posts) == 4


@pytest.mark.parametrize(("mixes", "form", "posts"), [(True, "cloudevents", 1), (False, "cloudevents", 2), (True, "legacy", 2)])
def test_companies_share_a_delivery_where_the_switch_and_the_format_allow_it(make, box, mixes, form, posts):
    desk = make(webhook_mixes_realms=mixes)
    other = Desk(desk.emulator, "empty")
    subscribe(desk, format=form)
    desk.customer("Ada")
    other.customer("Bob")
    desk.vendor()
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    assert len(box.posts) == posts
    text = "".join(post.body.decode() for post in box.posts)
    assert (text.count(desk.realm), text.count(other.realm)) == ((2, 1) if form == "cloudevents" else (1, 1))


# Attempts


def test_attempts_follow_the_ladder_on_the_emulators_clock(desk):
    subscribe(desk)
    desk.customer()
    box = Mailbox(*[500] * 11)
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    for pause in (10, 20, 30, 300, 1200, 7200, 14_400, 21_600, 21_600, 21_600):
        count = len(box.posts)
        let_pass(desk, pause - 0.5)
        assert desk.emulator.deliver(box) == []
        let_pass(desk, 0.5)
        (tried,) = desk.emulator.deliver(box)
        assert (len(box.posts), tried["state"], tried["tries"]) == (count + 1, "open", count + 1)
    assert len({(post.body, post.headers["intuit-t-id"], post.headers["intuit-signature"]) for post in box.posts}) == 1
    assert told(desk, box, 21_600) == ["customer.created"]
    assert told(desk, box, 10 * DAY) == []


@pytest.mark.parametrize(("scale", "wanted"), [(0.1, [1, 2, 3]), (2.0, [20, 40, 60])])
def test_the_ladder_can_be_scaled(make, scale, wanted):
    desk = make(webhook_retry_scale=scale)
    subscribe(desk)
    desk.customer()
    box = Mailbox(*[500] * 4)
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    for pause in wanted:
        let_pass(desk, pause)
        desk.emulator.deliver(box)
    assert pauses(desk) == wanted


def test_a_scale_of_nothing_does_not_try_for_ever_in_one_go(make):
    desk = make(webhook_retry_scale=0.0)
    subscribe(desk)
    desk.customer()
    box = Mailbox(*[500] * 1000)
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    assert len(box.posts) == 1


@pytest.mark.parametrize("answer", [400, 401, 404, 410, 500, 503, 302, 301, 204, 201, 202, 100, OSError("refused"), TimeoutError("timed out")])
def test_whatever_is_not_200_is_tried_again(desk, answer):
    subscribe(desk)
    desk.customer()
    box = Mailbox(answer)
    let_pass(desk, 3)
    (tried,) = desk.emulator.deliver(box)
    status = None if isinstance(answer, OSError) else answer
    assert (tried["state"], tried["attempts"][0]["status"]) == ("open", status)
    assert tried["attempts"][0].get("error", "") == (str(answer) if status is None else "")
    assert told(desk, box, 10) == ["customer.created"]
    (delivery,) = desk.control("GET", "webhooks/deliveries?state=delivered")[1]["deliveries"]
    assert [each["status"] for each in delivery["attempts"]] == [status, 200]
    assert delivery["next"] is None


def test_any_2xx_acknowledges_where_the_switch_says_so(make):
    desk = make(webhook_acknowledgement="2xx")
    subscribe(desk)
    desk.customer()
    box = Mailbox(204, 299)
    let_pass(desk, 3)
    assert desk.emulator.deliver(box)[0]["state"] == "delivered"


def test_later_events_are_withheld_until_the_first_is_acknowledged(desk):
    subscribe(desk)
    desk.customer()
    box = Mailbox(400, 400)
    assert told(desk, box) == ["customer.created"]
    desk.vendor()
    assert told(desk, box, 5) == []
    assert told(desk, box, 5) == ["customer.created"]
    assert told(desk, box, 20) == ["customer.created", "vendor.created"]
    assert [len(body) for body in box.bodies] == [1, 1, 1, 1]


def test_later_events_pass_by_where_the_switch_says_so(make):
    desk = make(webhook_withholding=False)
    subscribe(desk)
    desk.customer()
    box = Mailbox(400)
    assert told(desk, box) == ["customer.created"]
    desk.vendor()
    assert told(desk, box, 3) == ["vendor.created"]
    assert told(desk, box, 7) == ["customer.created"]


def test_an_endpoint_that_fails_holds_up_no_other(desk):
    subscribe(desk)
    subscribe(desk, url=URL + "/2")
    desk.customer()
    box = Mailbox(500)
    let_pass(desk, 3)
    first, second = desk.emulator.deliver(box)
    assert (first["state"], second["state"]) == ("open", "delivered")


def test_a_delivery_is_given_up_at_an_age_that_can_be_set_and_what_waits_follows(make):
    desk = make(webhook_give_up_days=1.0)
    subscribe(desk)
    desk.customer()
    box = Mailbox(*[500] * 100)
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    desk.vendor()
    for _ in range(5):
        let_pass(desk, 21_600)
        desk.emulator.deliver(box)
    first, second = desk.control("GET", "webhooks/deliveries")[1]["deliveries"]
    assert (first["state"], first["next"], second["state"]) == ("given_up", None, "open")


def test_the_obsolete_policy_blacklists_an_endpoint_that_is_out_of_order(make):
    desk = make(webhook_policy="blacklist")
    subscribe(desk)
    desk.customer()
    box = Mailbox(500, 503, 504, 502)
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    for pause in schedule.OBSOLETE:
        let_pass(desk, pause)
        desk.emulator.deliver(box)
    assert len(box.posts) == 4
    assert desk.control("GET", "webhooks")[1]["webhooks"][0]["blacklisted"] is True
    added(desk, "Bob")
    assert told(desk, box, DAY) == []
    subscribe(desk)
    added(desk, "Cy")
    assert told(desk, box) == ["vendor.created"]


def test_the_obsolete_policy_does_not_try_again_what_was_refused(make):
    desk = make(webhook_policy="blacklist")
    subscribe(desk)
    desk.customer()
    box = Mailbox(400)
    let_pass(desk, 3)
    (tried,) = desk.emulator.deliver(box)
    assert (tried["state"], tried["next"]) == ("given_up", None)
    assert desk.control("GET", "webhooks")[1]["webhooks"][0]["blacklisted"] is False


def test_a_new_verifier_token_signs_the_next_attempt(desk):
    subscribe(desk)
    desk.customer()
    box = Mailbox(401)
    told(desk, box)
    subscribe(desk, verifier_token="rotated")
    told(desk, box, 10)
    assert [post.headers["intuit-signature"] for post in box.posts] == [
        signature(box.posts[0].body), signature(box.posts[0].body, "rotated")
    ]  # fmt: skip


def test_a_transport_that_breaks_leaves_the_delivery_as_it_was(desk, box):
    subscribe(desk)
    desk.customer()
    let_pass(desk, 3)
    with pytest.raises(ZeroDivisionError):
        desk.emulator.deliver(Mailbox(ZeroDivisionError()))
    assert told(desk, box, 0) == ["customer.created"]


def test_a_receiver_may_ask_the_emulator_while_it_is_told(desk):
    subscribe(desk)
    made = desk.customer()
    names = []

    def send(post):
        (event,) = json.loads(post.body)
        names.append(desk.read("Customer", event["intuitentityid"])["DisplayName"])
        assert desk.emulator.deliver(Mailbox()) == []  # the endpoint is busy
        return 200

    let_pass(desk, 3)
    desk.emulator.deliver(send)
    assert names == [made["DisplayName"]]


def test_an_endpoint_may_be_taken_out_while_it_is_told(desk):
    subscribe(desk)
    desk.customer()

    def send(_post):
        desk.control("DELETE", "webhooks")
        return 500

    let_pass(desk, 3)
    (tried,) = desk.emulator.deliver(send)
    assert tried["tries"] == 0
    assert desk.control("GET", "webhooks/deliveries")[1]["deliveries"] == []


def test_what_was_on_its_way_when_all_ended_comes_again_after_the_next_start(tmp_path, clock):
    path = tmp_path / "books.db"
    emulator = Emulator(path, clock=clock)
    desk = Desk(emulator, "empty")
    subscribe(desk)
    desk.customer()
    clock.advance(3)
    first = Mailbox()

    def send(post):
        first(post)
        emulator.close()
        return 200

    emulator.deliver(send)
    again, box = Emulator(path, clock=clock), Mailbox()
    again.deliver(box)
    assert [(post.body, post.headers) for post in box.posts] == [(post.body, post.headers) for post in first.posts]
    again.close()


def test_the_same_history_gives_the_same_bytes(make, clock):
    def run(seed: int = 1) -> list[tuple[str, dict[str, str], bytes]]:
        desk, box = make(webhook_delay_seconds=0, seed=seed), Mailbox()
        subscribe(desk)
        desk.customer()
        desk.vendor()
        desk.emulator.deliver(box)
        return [(post.url, dict(post.headers), post.body) for post in box.posts]

    first = run()
    assert len(first) == 1
    assert run() == first
    assert run(seed=2) != first


def test_an_emulator_that_starts_anew_later_gives_new_ids(make, clock):
    ids = []
    for _ in range(2):
        desk, box = make(webhook_delay_seconds=0), Mailbox()
        subscribe(desk)
        desk.customer()
        desk.emulator.deliver(box)
        ids.append(box.events[0]["id"])
        clock.advance(1)
    assert len(set(ids)) == 2


def test_long_over_deliveries_are_forgotten_and_open_ones_are_not(make, monkeypatch):
    monkeypatch.setattr("syncengine.emulator.webhooks.outbox._KEPT", 3)
    desk = make(webhook_withholding=False, webhook_delay_seconds=0)
    subscribe(desk)
    desk.customer()
    box = Mailbox(500)
    desk.emulator.deliver(box)
    for n in range(6):
        desk.vendor(f"V{n}")
        desk.emulator.deliver(box)
    deliveries = desk.control("GET", "webhooks/deliveries")[1]["deliveries"]
    assert [(each["number"], each["state"]) for each in deliveries] == [
        (1, "open"), (5, "delivered"), (6, "delivered"), (7, "delivered")
    ]  # fmt: skip
    assert told(desk, box, 10) == ["customer.created"]


def test_a_reset_forgets_what_waits_and_keeps_the_endpoints(desk, box):
    subscribe(desk)
    desk.customer()
    told(desk, box)
    desk.vendor()
    desk.control("POST", "reset", {})
    assert told(desk, box, DAY) == []
    assert desk.control("GET", "webhooks/deliveries")[1] == {"deliveries": [], "events": []}
    added(desk, "Cy")
    assert told(desk, box) == ["vendor.created"]


def test_a_clock_that_shows_a_wrong_time_delays_nothing_and_is_what_events_tell(desk, box):
    subscribe(desk)
    desk.control("POST", "clock", {"skew_seconds": 1800})
    desk.customer()
    desk.control("POST", "clock", {"skew_seconds": -1800})
    desk.vendor()
    assert told(desk, box, 2.9) == []
    assert told(desk, box, 0.1) == ["customer.created", "vendor.created"]
    assert [event["time"][11:16] for event in box.events] == ["17:30", "16:30"]
