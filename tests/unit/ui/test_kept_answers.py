"""Answers that a page keeps in memory: they end with the rights by which they were given, and dear ones are not asked anew each time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from syncengine.engine import tieout
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.store import people
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, press, run, table

ADA = "ada@harbour.example"
REPORT = {"question": "reconcile", "kind": "item_receipt"}


@pytest.fixture
def member(busy):
    """A receipt and a bill; Ada, an accountant, sees what they come to."""
    company_id = busy.session.company_id
    line = {"item_id": busy.item, "quantity": Decimal(2), "unit_cost": Decimal("5.00")}
    values = {"number": "R-1", "vendor_id": busy.vendor, "txn_date": date(2026, 1, 10)}
    with busy.database.writing() as connection:
        writer.save(connection, "item_receipt", company_id, values, lines=[line])
        ledger.keep(connection, company_id, "Bill", [{"Id": "1", "DocNumber": "B-1", "TotalAmt": Decimal("12.34"), "TxnDate": "2026-01-14"}], seed.NOON)
    as_member(busy, ADA, "accountant")
    return busy


def grant(found, permission, *, allowed):
    with found.database.writing() as connection:
        people.put_grant(connection, found.session.company_id, ADA, permission, seed.NOON, "seed", allowed=allowed)


def frames(at, column):
    return [each.value for each in at.dataframe if column in each.value.columns]


def test_a_report_ends_with_the_right_to_see_its_totals(open_page, member):
    at = press(open_page("pages/records.py", visitor=ADA, view="Reconcile"), "records.compare")
    assert table(at, "records.reconciled").value["total_sent"].tolist() == [Decimal("10.00")]
    as_member(member, ADA, "viewer")
    assert not frames(run(at), "total_sent")
    shown = table(press(at, "records.compare"), "records.reconciled").value
    assert Decimal(10) not in shown["total_sent"].tolist()


def test_a_report_is_not_shown_to_whom_its_maker_looks_as(open_page, member):
    at = press(open_page("pages/records.py", view="Reconcile"), "records.compare")
    assert frames(at, "total_sent")
    at.session_state["as"] = "viewer"
    assert not frames(run(at), "total_sent")


@pytest.mark.parametrize("steps", [{}, {"where1": "label", "is1": "is", "value1": "R-1"}])
def test_an_answer_of_explore_ends_with_the_right_to_see_its_totals(open_page, member, steps):
    at = open_page("pages/explore.py", visitor=ADA, **REPORT, **steps)
    assert [frame["total_sent"].tolist() for frame in frames(at, "total_sent")] == [[Decimal("10.00")]]
    as_member(member, ADA, "viewer")
    [shown] = frames(run(at), "total_sent")
    assert shown["label"].tolist() == ["R-1"]
    assert Decimal(10) not in shown["total_sent"].tolist()


def test_an_answer_of_sql_ends_with_the_right_to_see_a_list(open_page, member):
    grant(member, "sql", allowed=True)
    at = open_page("pages/explore.py", visitor=ADA, **{"with": "SQL"}, sql="SELECT doc_number, total FROM ledger")
    assert [frame["doc_number"].tolist() for frame in frames(press(at, "explore.run"), "doc_number")] == [["B-1"]]
    assert frames(run(at), "doc_number")
    grant(member, "see_bills", allowed=False)
    assert not frames(run(at), "doc_number")


def test_a_company_is_compared_once_for_all_who_may_see_the_same(open_page, member, monkeypatch):
    compared = []
    real = tieout.compare
    monkeypatch.setattr(tieout, "compare", lambda *args: (compared.append(args[2]), real(*args))[1])
    at = open_page("pages/explore.py", **REPORT)
    run(run(at))
    open_page("pages/explore.py", **REPORT, where1="label", is1="is", value1="R-1")
    assert compared == ["item_receipt"]
    open_page("pages/explore.py", visitor=ADA, **REPORT)
    as_member(member, ADA, "viewer")
    open_page("pages/explore.py", visitor=ADA, **REPORT)
    assert compared == ["item_receipt"] * 3
