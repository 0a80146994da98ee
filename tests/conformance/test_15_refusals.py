"""15: refusals, by their real cause or told; how a fault is aimed, and by whose chance it falls."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from syncengine.emulator.mischief import Mischief
from tests.conformance.arming import arm, create, customers
from tests.unit.emulator.desk import Desk, parsed, side

# Refusals with a real cause


def test_somebody_edits_between_read_and_write(desk: Desk):
    made = desk.customer("Ada")
    desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": "by hand"})
    assert desk.refused("customer", {"Id": made["Id"], "SyncToken": made["SyncToken"], "DisplayName": "Ada B"})["code"] == "5010"


def test_somebody_makes_an_account_inactive(desk: Desk):
    account = desk.account("Supplies")
    desk.act("deactivate", entity="Account", id=account["value"])
    lines = [side("Debit", account, 5), side("Credit", desk.account("Checking"), 5)]
    assert desk.refused("journalentry", {"Line": lines})["code"] == "610"


def test_a_vendor_has_the_customers_name(desk: Desk):
    desk.act("create", entity="Vendor", object={"DisplayName": "Ada"})
    assert desk.refused("customer", {"DisplayName": "Ada"})["code"] == "6240"


def test_the_books_are_closed_and_a_number_is_taken(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    desk.invoice(customer, item, DocNumber="7")
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item}}}
    wish = {"CustomerRef": {"value": customer}, "Line": [line]}
    assert desk.refused("invoice", {**wish, "DocNumber": "7"})["code"] == "6140"
    desk.act("close_books", date="2026-01-31")
    assert desk.refused("invoice", {**wish, "DocNumber": "8"})["code"] == "6200"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("subscription_6190", 400, "6190"), ("access_lost_120", 401, "120"), ("company_reset_10200", 400, "10200"), ("feature_5030", 400, "5030"), ("stale", 400, "5010"), ("system_500", 500, "10000")],
)
def test_refusals_that_stop_a_connection_or_a_record(desk: Desk, kind, status, code):
    arm(desk, kind)
    response = create(desk)
    assert (response.status, parsed(response)["Fault"]["Error"][0]["code"]) == (status, code)
    assert customers(desk) == []


def test_403_3100_and_401_130(desk: Desk):
    arm(desk, "forbidden_403")
    assert create(desk).status == 403
    arm(desk, "wrong_cluster_130")
    assert b'code="130"' in create(desk).body


def test_any_other_refusal_can_be_told(desk: Desk):
    arm(desk, "refuse", code="6210", message="Account Period Closed", detail="because")
    assert desk.refused("customer", {"DisplayName": "Ada"}) == {"Message": "Account Period Closed", "Detail": "because", "code": "6210"}


# How a fault is aimed


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"body": '"DisplayName": "Ada"'}, [True, False, False]),
        ({"body": "from Term"}, [False, True, False]),
        ({"client": "app", "method": "POST"}, [True, False, False]),
        ({"client": "other"}, [False, False, False]),
        ({"operation": "query", "body": "Vendor"}, [False, False, False]),
        ({"path": "/term"}, [False, False, True]),
    ],
)
def test_a_fault_is_aimed_at_words_apps_and_paths(desk: Desk, match, struck):
    arm(desk, "unavailable_503", count=None, match=match)
    asked = [create(desk), desk.ask("GET", f"query?query={quote('select * from Term')}"), desk.ask("GET", "term/1")]
    assert [response.status == 503 for response in asked] == struck


def test_chance_comes_from_the_emulators_seed_or_the_faults_own():
    def struck(seed: int, own: int | None) -> list[bool]:
        mischief = Mischief(seed)
        mischief.arm({"kind": "stale", "probability": 0.5, **({} if own is None else {"seed": own})})
        return [mischief.strike({}) is not None for _ in range(50)]

    assert struck(1, None) != struck(2, None)
    assert struck(1, 7) == struck(2, 7) != struck(1, 8)
    assert 5 < sum(struck(1, 7)) < 45


@pytest.mark.parametrize("wish", [{"kind": "stale", "match": []}, {"kind": "stale", "seed": "x"}, {"kind": "stale", "match": {"words": "x"}}, {"kind": "no such"}, {"kind": "stale", "skip": {}}, {"kind": "cdc_cut", "rows": [1]}, {"kind": "slow", "seconds": "long"}, {"kind": "slow", "seconds": 1e300}, {"kind": "new_field", "field": []}])
def test_a_wish_that_makes_no_sense_is_refused(desk: Desk, wish):
    assert desk.control("POST", "faults", wish)[0] == 400
    assert desk.control("GET", "faults")[1] == {"faults": []}
