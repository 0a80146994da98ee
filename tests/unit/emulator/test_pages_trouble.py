"""Trouble, switches, clock and calls: what is turned on a page befalls the next call, and the call is there to see."""

from __future__ import annotations

import pytest

from syncengine.emulator import Emulator
from syncengine.emulator.http import ConnectionDropped
from syncengine.emulator.mischief import KINDS
from syncengine.emulator.switches import SWITCHES
from tests.unit.emulator.desk import Desk
from tests.unit.emulator.reader import Reader


@pytest.fixture
def reader(desk):
    return Reader(desk.emulator, desk.realm)


def test_every_fault_is_there_with_its_sentence_and_arms_with_one_press(reader):
    page = reader.get("/trouble")
    once = [form for form in page.forms if "[Arm once" in form.labels]
    assert [form.fields["kind"] for form in once] == list(KINDS)
    for kind, meaning in KINDS.items():
        assert kind in page.text
        assert " ".join(meaning.replace("`", " ").split()) in " ".join(page.text.split()), kind
    page.forms = [once[0]]
    assert "Armed." in reader.send(page, once[0].labels.strip("[]")).text
    assert [fault["kind"] for fault in reader.emulator.parts.mischief.armed()] == [next(iter(KINDS))]


def test_an_armed_fault_strikes_where_it_should_and_the_call_shows_it(desk, reader):
    armed = reader.send(reader.get("/trouble"), "Arm", kind="commit_then_drop", count="1", **{"match.entity": "Customer", "match.requestid": "r-1"})
    assert "requestid=r-1" in armed.text
    desk.customer("Unhurt")
    with pytest.raises(ConnectionDropped):
        desk.ask("POST", "customer?requestid=r-1", {"DisplayName": "Lost Answer"})
    assert desk.select("select * from Customer where DisplayName = 'Lost Answer'")
    page = reader.get("/calls?only=faults")
    assert "commit_then_drop" in page.text
    assert len(page.rows) == 2
    assert "None: every call is answered" in reader.get("/trouble").text


def test_probability_skip_options_and_disarming(reader):
    page = reader.send(reader.get("/trouble"), "Arm", kind="slow", count="", probability="25", skip="3", options='{"seconds": 5}')
    (fault,) = reader.emulator.parts.mischief.armed()
    assert (fault["probability"], fault["count"], fault["skip"], fault["seconds"]) == (0.25, None, 3, 5)
    assert "without end, 25.0 % likely, after 3 let pass" in page.text
    page = reader.send(page, "Arm", kind="system_500", count="2")
    page = reader.send(page, "Disarm slow")
    assert [each["kind"] for each in reader.emulator.parts.mischief.armed()] == ["system_500"]
    reader.send(page, "Disarm all")
    assert reader.emulator.parts.mischief.armed() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "none"}, "there is no fault"), ({"count": "0"}, "whole number from 1 up"), ({"count": "many"}, "whole number"), ({"probability": "200"}, "between 0 and 1"),
        ({"probability": "nan"}, "between 0 and 1"), ({"probability": "likely"}, "number of percent"), ({"skip": "-1"}, "whole number from 0 up"), ({"options": "[1]"}, "JSON object"), ({"options": "{"}, ""),
    ],
)  # fmt: skip
def test_a_fault_that_makes_no_sense_is_refused_with_what_was_entered_kept(reader, wrong, said):
    page = reader.send(reader.get("/trouble"), "Arm", 400, **{"kind": "slow", **wrong, "match.path": "kept"})
    assert said in page.text
    assert page.form("Arm").fields["match.path"] == "kept"
    assert reader.emulator.parts.mischief.armed() == []


def test_switches_are_explained_changed_marked_and_put_back(desk, reader):
    page = reader.get("/trouble/switches")
    before = set(reader.get("/trouble/switches?only=changed").form("Save").fields)
    for name, switch in SWITCHES.items():
        assert page.form("Save").fields[name], name
        assert " ".join(switch.meaning.replace("`", " ").split()[:6]) in page.text, name
    page = reader.send(page, "Save", orderby_id="refused", cdc_cap="7", latency_scale="0.5", history="false")
    switches = desk.emulator.parts.switches
    assert (switches["orderby_id"], switches["cdc_cap"], switches["latency_scale"], switches["history"]) == ("refused", 7, 0.5, False)
    assert "cdc_cap changed default 1000" in page.text
    changed = reader.get("/trouble/switches?only=changed")
    assert set(changed.form("Save").fields) - before == {"orderby_id", "cdc_cap", "latency_scale", "history"}
    reader.send(changed, "Reset all", button=("reset", "1"))
    assert switches["cdc_cap"] == 1000
    # What the emulator was started with is where a reset leads.
    assert switches["quotas"] is False


@pytest.mark.parametrize("value", ["many", "", "1.5x", "[1]", "true"])
def test_a_switch_takes_no_value_of_another_kind_and_then_none_is_changed(desk, reader, value):
    page = reader.send(reader.get("/trouble/switches"), "Save", 400, orderby_id="refused", cdc_cap=value)
    assert "cdc_cap" in page.text.partition("Not done")[2][:120]
    assert page.form("Save").fields["orderby_id"] == "refused"
    assert desk.emulator.parts.switches["orderby_id"] == "allowed"


def test_time_passes_and_ages_tokens(desk, reader):
    page = reader.get("/trouble/clock")
    reader.send(page, "a day", button=("advance", "a day"))
    assert desk.ask("GET", "companyinfo/1").status == 401
    page = reader.send(reader.get("/trouble/clock"), "Freeze", button=("freeze", "1"))
    assert "frozen" in page.text
    page = reader.send(page, "Let it run", button=("run", "1"))
    assert "frozen" not in page.text.partition("Let time pass")[0]
    page = reader.send(page, "Set", skew="-90")
    assert desk.emulator.parts.clock.settings()["skew_seconds"] == -90
    for odd in ("soon", "nan", "inf", "1e99"):
        reader.send(page, "Set", 400, skew=odd)
    assert desk.emulator.parts.clock.settings()["skew_seconds"] == -90


def test_calls_are_shown_newest_first_with_what_they_wrote(desk, reader):
    customer = desk.customer("Ada")
    desk.refused("customer", {"DisplayName": "Ada"})
    desk.read("Customer", customer["Id"])
    desk.act("rename", entity="Customer", id=customer["Id"], name="Eve")
    page = reader.get("/calls")
    assert [row[2].split()[0] for row in page.rows[1:]] == ["rename", "GET", "POST", "POST"]
    assert [row[3] for row in page.rows[1:]] == ["200", "200", "4006240", "200"]
    assert page.href(f"Customer {customer['Id']}: create") == f"/company/{desk.realm}/customer/{customer['Id']}"
    assert len(reader.get("/calls?only=writes").rows) == 3
    assert len(reader.get("/calls?only=refused").rows) == 2
    assert len(reader.get("/calls?q=6240").rows) == 2
    assert "No call fits" in reader.get("/calls?q=nothing").text
    assert "Ada" in reader.get(page.rows and page.links[[text for text, _ in page.links].index(f"Customer {customer['Id']}: create")][1]).text


def test_calls_can_be_leafed_through_in_both_directions(desk, reader):
    for number in range(120):
        desk.ask("GET", f"customer/{number + 500}")
    first = reader.get("/calls?q=customer")
    second = reader.get(first.href("Older"))
    third = reader.get(second.href("Older"))
    tails = [row[2].split()[1].split("/")[1] for page in (first, second, third) for row in page.rows[1:]]
    assert tails == [str(number + 500) for number in range(119, -1, -1)]
    assert "Older" not in [text for text, _ in third.links]
    back = reader.get(third.href("Newer"))
    assert back.rows == second.rows
    assert reader.get(back.href("Newer")).rows == first.rows


def test_calls_of_one_company_alone(desk, reader):
    other = Desk(desk.emulator, "empty", "other")
    other.ask("GET", "companyinfo/1")
    desk.ask("GET", "companyinfo/1")
    assert [row[1] for row in reader.get(f"/calls?realm={other.realm}").rows[1:]] == ["other"]


def test_watching_refreshes_the_newest_calls_only(desk, reader):
    desk.ask("GET", "companyinfo/1")
    watched = reader.get("/calls?watch=1&q=companyinfo")
    assert 'data-watch="2"' in watched.html
    assert '<noscript><meta http-equiv="refresh"' in watched.html
    assert watched.href("Stop watching") == "/calls?q=companyinfo"
    assert "data-watch" not in reader.get("/calls?watch=1&before=5").html


def test_the_calls_are_forgotten_and_records_lose_their_links_to_them(desk, reader):
    customer = desk.customer()
    reader.send(reader.get("/calls"), "Forget all")
    assert "No call yet" in reader.get("/calls").text
    assert "the call" not in [text for text, _ in reader.get(f"customer/{customer['Id']}").links]


def test_the_meter_shows_what_of_the_month_is_used(clock):
    emulator = Emulator(clock=clock, switches={"coreplus_per_month": 50})
    desk = Desk(emulator, "empty")
    reader = Reader(emulator, desk.realm)
    assert "No app has read or written anything yet" in reader.get("/calls/meter").text
    desk.ask("GET", "companyinfo/1")
    text = reader.get("/calls/meter").text
    assert "app : 1 of 50 metered reads" in text
    assert "After 50 reads an app is refused" in text
    emulator.close()


def test_webhooks_are_entered_on_a_page_and_deliveries_shown(desk, reader):
    assert "Nothing has been sent yet" in reader.get("/calls/webhooks").text
    page = reader.send(reader.get("/calls/webhooks"), "Enter", client_id="app", url="http://127.0.0.1:9/hook")
    assert "http://127.0.0.1:9/hook" in page.text
    refused = reader.send(page, "Enter", 400, client_id="app", url="http://example.com/hook")
    assert refused.form("Enter").fields["url"] == "http://example.com/hook"
    desk.customer()
    assert "1 event waits" in reader.get("/calls/webhooks").text
    desk.emulator.parts.clock.advance(600)
    desk.emulator.parts.webhooks.deliver(lambda _post: 200)
    assert "delivered" in reader.get("/calls/webhooks").text
    reader.send(reader.get("/calls/webhooks"), "Remove http://127.0.0.1:9/hook")
    assert desk.emulator.parts.webhooks.subscriptions.all == []


def test_mails_lie_in_the_outbox(desk, reader):
    assert "No form was sent yet" in reader.get("/calls/mails").text
    invoice = desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    assert desk.ask("POST", f"invoice/{invoice['Id']}/send?sendTo=ada@example.com").status == 200
    page = reader.get("/calls/mails")
    assert "ada@example.com" in page.text
    assert page.href(f"Invoice {invoice['Id']}").endswith(f"/invoice/{invoice['Id']}")
