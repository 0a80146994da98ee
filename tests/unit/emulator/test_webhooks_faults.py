"""Every fault that can be injected into deliveries."""

from __future__ import annotations

import base64

import pytest

from tests.unit.emulator.mailbox import Mailbox, arm, let_pass, subscribe
from tests.unit.emulator.test_webhooks_delivery import DAY, added, signature, told


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


def test_a_lost_event_is_shown_as_lost_and_never_told(desk, box):
    subscribe(desk)
    arm(desk, "webhook_lost", match={"entity": "Vendor"})
    desk.customer()
    vendor = desk.vendor()
    assert told(desk, box, 10 * DAY) == ["customer.created"]
    (event,) = desk.control("GET", "webhooks/deliveries")[1]["events"]
    assert (event["state"], event["entity"], event["id"], event["mischief"]) == ("lost", "Vendor", vendor["Id"], "webhook_lost")


@pytest.mark.parametrize(("options", "seconds"), [({}, 4 * 3600), ({"seconds": 100}, 100)])
def test_a_late_event_comes_late_and_holds_nothing_up(desk, box, options, seconds):
    subscribe(desk)
    arm(desk, "webhook_late", **options)
    desk.customer()
    desk.vendor()
    assert told(desk, box) == ["vendor.created"]
    assert told(desk, box, seconds - 4) == []
    assert told(desk, box, 1) == ["customer.created"]


def test_a_duplicated_delivery_comes_twice_with_the_same_events_and_another_tid(desk, box):
    subscribe(desk)
    arm(desk, "webhook_duplicated")
    desk.customer()
    assert told(desk, box) == ["customer.created"] * 2
    assert box.bodies[0] == box.bodies[1]
    assert len({post.headers["intuit-t-id"] for post in box.posts}) == 2
    assert told(desk, box, DAY) == []
    added(desk, "Bob")
    assert told(desk, box) == ["vendor.created"]


@pytest.mark.parametrize(("options", "seconds"), [({}, DAY), ({"seconds": 50}, 50)])
def test_a_replayed_delivery_comes_again_later_and_holds_nothing_up(desk, box, options, seconds):
    subscribe(desk)
    arm(desk, "webhook_replayed", **options)
    desk.customer()
    assert told(desk, box) == ["customer.created"]
    desk.vendor()
    assert told(desk, box) == ["vendor.created"]
    assert told(desk, box, seconds - 4) == []
    assert told(desk, box, 1) == ["customer.created"]
    assert box.posts[0].body == box.posts[-1].body
    assert told(desk, box, 10 * DAY) == []


def test_a_reordered_event_comes_after_a_later_one(desk, box):
    subscribe(desk)
    arm(desk, "webhook_reordered")
    desk.customer()
    desk.vendor()
    assert told(desk, box) == ["vendor.created", "customer.created"]
    assert box.events[0]["time"] > box.events[1]["time"]
    assert len(box.posts) == 2


def test_a_reordered_event_that_nothing_follows_comes_in_the_end(desk, box):
    subscribe(desk)
    arm(desk, "webhook_reordered")
    desk.customer()
    assert told(desk, box, 599) == []
    assert told(desk, box, 1) == ["customer.created"]


def test_a_wrong_signature_is_wrong_once_and_right_when_tried_again(desk):
    subscribe(desk)
    arm(desk, "webhook_wrong_signature")
    desk.customer()
    box = Mailbox(401)
    told(desk, box)
    told(desk, box, 10)
    wrong, right = (post.headers["intuit-signature"] for post in box.posts)
    assert right == signature(box.posts[1].body) != wrong
    assert len(base64.b64decode(wrong)) == 32


def test_an_unknown_type_is_one_that_no_portal_has(desk, box):
    subscribe(desk)
    arm(desk, "webhook_unknown_type", match={"operation": "created"})
    arm(desk, "webhook_unknown_type", entity="ProjectPhase", operation="archived")
    desk.customer()
    desk.vendor()
    assert told(desk, box) == ["shipment.created", "projectphase.archived"]


def test_mixed_realms_bring_an_event_of_a_company_that_nobody_knows(desk, box):
    subscribe(desk)
    arm(desk, "webhook_mixed_realms")
    desk.customer()
    assert told(desk, box) == ["customer.created"] * 2
    realms = [event["intuitaccountid"] for event in box.events]
    assert realms[0] == desk.realm
    assert realms[1] not in desk.emulator.companies
    assert len({event["id"] for event in box.events}) == 2


def test_the_old_format_comes_to_who_expects_the_new_one(desk, box):
    subscribe(desk)
    arm(desk, "webhook_old_format")
    desk.customer()
    let_pass(desk, 3)
    desk.emulator.deliver(box)
    assert list(box.bodies[0]) == ["eventNotifications"]
    assert box.posts[0].headers["intuit-signature"] == signature(box.posts[0].body)


def test_faults_match_on_the_event_and_are_counted(desk, box):
    subscribe(desk)
    arm(desk, "webhook_lost", count=2, skip=1, match={"entity": "Vendor", "operation": "created", "realm": desk.realm, "path": "/hook"})
    arm(desk, "webhook_lost", count=None, match={"path": "/elsewhere"})
    desk.customer()
    for n in range(4):
        desk.vendor(f"V{n}")
    assert told(desk, box) == ["customer.created", "vendor.created", "vendor.created"]


def test_chance_is_drawn_from_the_seed(make):
    def lost(seed) -> list[str]:
        desk, box = make(seed=seed), Mailbox()
        subscribe(desk)
        arm(desk, "webhook_lost", probability=0.5)
        for n in range(20):
            desk.vendor(f"V{n}")
        told(desk, box)
        return [each for _, each in box.told]

    assert lost(1) == lost(1)
    assert lost(1) != lost(2)
    assert 0 < len(lost(1)) < 20


def test_faults_of_requests_leave_webhooks_alone_and_the_other_way_round(desk, box):
    subscribe(desk)
    arm(desk, "webhook_lost", count=None)
    arm(desk, "system_500")
    assert desk.ask("POST", "customer", {"DisplayName": "Ada"}).status == 500
    assert desk.ask("POST", "customer", {"DisplayName": "Ada"}).status == 200
    assert told(desk, box) == []


@pytest.mark.parametrize("options", [{"seconds": "soon"}, {"seconds": -1}, {"seconds": 1e300}, {"attempts": "x"}, {"seconds": True}])
def test_a_fault_with_senseless_numbers_is_refused_when_it_is_armed(desk, options):
    assert desk.control("POST", "faults", {"kind": "webhook_late", **options})[0] == 400


def test_a_delay_beyond_all_time_is_shown_too(make):
    desk = make(webhook_delay_seconds=1e300)
    subscribe(desk)
    desk.customer()
    (event,) = desk.control("GET", "webhooks/deliveries")[1]["events"]
    assert event["due"].startswith("9999-12-31")
