"""Sync errors: S20 to S34."""

from __future__ import annotations

import json
import re

import pytest

from syncengine import commands, queries
from tests.support.source import ROOT

#: An address that looks like one and that QuickBooks does not take.
BAD_ADDRESS = "a@b"
OUTAGE = {"kind": "unavailable_503", "count": 1000}


def the_error(ada):
    """The only open error."""
    found = queries.errors(ada.session)
    assert len(found) == 1, found.to_dict("records")
    return found.iloc[0]


def test_s20_a_failure_is_a_recorded_outcome_of_a_run(synced):
    synced.refused()
    synced.world.faults(OUTAGE)
    synced.save("customer", name="Later")
    synced.sync()
    assert queries.runs(synced.session)["result"].tolist() == ["failed", "errors", "ok", "ok"]
    assert queries.runs(synced.session)["message"].iloc[0]


def test_s21_a_data_error_is_the_records_and_an_outage_is_not(synced):
    synced.world.faults(OUTAGE)
    synced.save("customer", name="Patience")
    for _ in range(5):
        assert synced.settle()["result"] == "failed"
    assert queries.trouble_counts(synced.session).errors == 0, "an outage was held against a record"
    assert queries.queue(synced.session)["state"].tolist() == ["available"]
    assert "QuickBooks" in synced.last_run()["message"]
    synced.world.control("faults", method="DELETE")
    synced.refused()
    error = the_error(synced)
    assert (error["kind"], error["label"], error["code"]) == ("vendor", "Twice", "6240")


def test_s22_the_button_shows_a_check_after_a_good_run_and_an_x_after_a_failed_one(ada):
    def light():
        return queries.overview(ada.session).light

    assert light() == "none"
    ada.sync()
    assert light() == "check"
    vendor = ada.refused()
    assert light() == "x"
    ada.save("vendor", id=vendor, name="Once")
    ada.sync()
    assert light() == "check"
    ada.world.faults(OUTAGE)
    ada.sync()
    assert light() == "x"


def test_s23_the_message_of_the_failure_is_among_the_errors(ada):
    ada.refused()
    error = the_error(ada)
    assert "Duplicate Name Exists Error" in error["message"]
    assert error["tid"], "QuickBooks' own number of the answer, which its support asks for"


def test_s24_a_known_error_comes_with_an_instruction(ada):
    vendor = ada.refused()
    error = the_error(ada)
    assert "name" in error["cause"]
    assert "name" in error["remedy"]
    ada.save("vendor", id=vendor, name="Twice (vendor)")  # what the instruction says
    assert ada.sync()["result"] == "ok"
    assert queries.errors(ada.session).empty


def test_s25_the_failing_record_is_told_by_the_queue_alone(synced):
    synced.save("customer", name="Twice")
    synced.sync()
    vendor = synced.save("vendor", name="Twice")
    item = synced.save("item", name="Rope")
    synced.save("purchase_order", [{"item_id": item, "quantity": "1", "unit_cost": "1"}], number="PO-1", vendor_id=vendor)
    synced.sync()
    shown = synced.queue()
    failing = shown[shown["message"] != ""]
    assert failing["record"].tolist() == ["Vendor Twice"]
    assert failing["block"].tolist() == ["needs attention"]
    assert failing["cause"].iloc[0]
    held = shown[shown["kind"] == "purchase_order"].iloc[0]
    assert list(held["waits_for"]) == ["Vendor Twice"]


def test_s26_the_first_error_is_that_of_the_queues_top_row(ada):
    ada.refused("First")
    ada.refused("Second")
    ada.save("customer", name="Waits")
    queue, errors = ada.queue(), queries.errors(ada.session)
    assert queue["label"].tolist()[:2] == errors["label"].tolist() == ["First", "Second"]
    top = queries.top_error(ada.session)
    assert (top["outbox_id"], top["message"]) == (queue["id"].iloc[0], errors["message"].iloc[0])


def test_s28_three_further_runs_pass_with_the_record_unchanged(ada):
    vendor = ada.refused()
    states = [queries.record_state(ada.session, "vendor", vendor)["state"].iloc[0]]
    payloads, tries = [queries.queue(ada.session)["payload"].iloc[0]], [the_error(ada)["tries"]]
    for _ in range(3):
        ada.sync()
        states.append(queries.record_state(ada.session, "vendor", vendor)["state"].iloc[0])
        tries.append(the_error(ada)["tries"])
        payloads.append(queries.queue(ada.session)["payload"].iloc[0])
    assert tries == [0, 1, 2, 3]
    assert states == ["will be tried again"] * 3 + ["needs attention"]
    assert len(set(payloads)) == 1
    assert [each["DisplayName"] for each in ada.there("Vendor")] == []


def test_s29_what_still_fails_then_is_corrected_by_itself_where_that_is_safe(synced):
    """QuickBooks refuses the address; the record goes without it, and keeps it here."""
    customer = synced.save("customer", name="Harbour Supply", email=BAD_ADDRESS)
    for _ in range(3):
        assert synced.sync()["result"] == "errors"
        assert synced.there("Customer") == []
    assert synced.sync()["result"] == "ok"
    assert "PrimaryEmailAddr" not in synced.there("Customer")[0]
    assert queries.records(synced.session, "customer")["email"].tolist() == [BAD_ADDRESS]
    done = queries.error_corrections(synced.session).iloc[0]
    assert (done["klass"], done["state"]) == ("safe", "done")
    assert BAD_ADDRESS in done["says"]
    assert "correction" in " ".join(queries.timeline(synced.session, "customer", customer)["event"])


@pytest.mark.parametrize("allowed", [False, True])
def test_s29_what_is_a_matter_of_policy_is_corrected_where_the_owner_allows_it(ada, allowed):
    ada.sync()
    commands.change_settings(ada.session, {"allow_name_suffix": True} if allowed else {"journal_prefix": "J-"})
    ada.refused()
    for _ in range(3):
        run = ada.sync()
    assert run["result"] == ("ok" if allowed else "errors")
    assert [each["DisplayName"] for each in ada.there("Vendor")] == (["Twice (V)"] if allowed else [])
    assert queries.errors(ada.session).empty == allowed


def test_s29_a_person_need_not_wait(ada):
    ada.refused()
    says = commands.correct_now(ada.session, int(the_error(ada)["id"]))
    assert "Twice (V)" in says
    ada.sync()
    assert [each["DisplayName"] for each in ada.there("Vendor")] == ["Twice (V)"]


def test_s31_an_error_that_nobody_can_correct_ends_with_what_to_do(ada):
    vendor = ada.refused()
    for _ in range(3):
        ada.sync()
    state = queries.record_state(ada.session, "vendor", vendor).iloc[0]
    assert state["state"] == "needs attention"
    assert state["remedy"].endswith(".")
    error = the_error(ada)
    assert error["remedy"] == state["remedy"]
    for _ in range(2):
        ada.sync()
    assert the_error(ada)["tries"] == 3, "what waits for a person is not sent again by itself"
    ada.save("vendor", id=vendor, name="Once")
    commands.retry(ada.session, [tuple(queries.queue(ada.session).loc[0, ["id", "version"]])])
    assert ada.sync()["result"] == "ok"


def test_s32_a_failure_without_a_reason_is_visible_and_can_be_traced(synced):
    customer = synced.save("customer", name="Silent")
    synced.world.faults({"kind": "refuse", "count": 20, "code": "", "message": "", "detail": "", "match": {"method": "POST"}})
    assert synced.sync()["result"] == "errors"
    error = the_error(synced)
    assert (error["label"], error["message"]) == ("Silent", "")
    assert error["cause"]
    assert error["remedy"]
    assert synced.queue()["label"].tolist() == ["Silent"]
    lines = queries.timeline(synced.session, "customer", customer)
    failed = lines[lines["event"] == "running -> retryable"]
    assert len(failed) == 1, lines["event"].tolist()
    assert json.loads(failed["detail"].iloc[0])


def test_s33_each_list_of_records_shows_the_sync_state(synced):
    synced.save("customer", name="Synced")
    synced.refused()
    synced.save("customer", name="Waits")
    synced.work()
    shown = queries.records(synced.session, "customer").set_index("name")["sync"]
    assert shown.to_dict() == {"Synced": "in QuickBooks", "Twice": "in QuickBooks", "Waits": "waiting"}
    assert queries.records(synced.session, "vendor")["sync"].tolist() == ["will be tried again"]
    for kind in queries.kinds():
        assert {"sync", "last_success_at", "sync_message"} <= set(queries.records(synced.session, kind).columns)


def entries():
    """The catalogue's entries as pairs of cause and remedy."""
    page = (ROOT / "docs" / "corrections.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\* \*Cause:\* (.+)\.\n\* \*A person:\* (.+)$", page, re.MULTILINE))


@pytest.mark.parametrize("code", ["6240", "610", "9999"])
def test_s34_each_error_leads_to_its_entry_in_the_catalogue(synced, code):
    """The group of an error carries the cause and the remedy of an entry, word for word; the cause may name more of the case."""
    synced.save("customer", name="Refused")
    synced.world.faults({"kind": "refuse", "count": 20, "code": code, "message": "no", "detail": "no", "match": {"method": "POST"}})
    synced.sync()
    group = queries.error_groups(synced.session).iloc[0]
    assert (group["code"], group["count"], group["example"]) == (code, 1, "customer Refused")
    assert [cause for cause, remedy in entries() if remedy == group["remedy"] and group["cause"].startswith(cause)]
    assert group["cycle"] == 0
    assert group["of"] == 3
