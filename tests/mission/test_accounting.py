"""Synced accounting information: S36 to S44."""

from __future__ import annotations

from datetime import date

import pytest

from syncengine import commands, queries
from syncengine.commands import DeleteName, SaveName
from syncengine.errors import Forbidden, Refused
from syncengine.queries import Session
from tests.mission.person import CLASSES, DEPARTMENTS, NO_TRACKING

SEVEN = {
    "accounts": "Account", "bills": "Bill", "credit_memos": "CreditMemo", "employees": "Employee",
    "journal_entries": "JournalEntry", "purchases": "Purchase", "tax_codes": "TaxCode",
}  # fmt: skip
TRACKED = {"class": (queries.classes, "Class"), "department": (queries.departments, "Department")}


@pytest.fixture
def tracked(synced):
    """A person whose QuickBooks tracks both."""
    synced.tracking(**CLASSES, **DEPARTMENTS)
    return synced


def test_s36_there_are_exactly_seven_lists(synced):
    shown = queries.accounting_lists(synced.session)
    assert dict(zip(shown["name"], shown["entity"], strict=True)) == SEVEN
    assert shown["title"].tolist() == ["Accounts", "Bills", "Credit memos", "Employees", "Journal entries", "Purchases", "Tax codes"]


def test_s37_the_seven_lists_are_for_viewing_only(synced):
    """No command names one of them, and those that take a kind of record refuse theirs; nothing is queued."""
    before = synced.there("Account")
    for name, entity in SEVEN.items():
        assert not [each for each in commands.__all__ if name in each or name.rstrip("s") in each]
        for kind in (name, entity, entity.lower()):
            with pytest.raises(Refused):
                commands.add_to_sync(synced.session, kind, 1)
            with pytest.raises(Refused):
                commands.save_name(synced.session, kind, "Mine")
    assert synced.queue().empty
    synced.sync()
    assert synced.there("Account") == before


def test_s38_without_its_permission_a_list_is_neither_named_nor_shown(synced):
    commands.set_role(synced.session, "Ada", "owner")
    commands.set_role(synced.session, "Grace", "accountant")
    grace = Session(synced.world.site.database, "Grace", synced.company, synced.world.clock, signed_in=True)
    for name, entity in SEVEN.items():
        queries.accounting_list(grace, name)
        commands.revoke(synced.session, "Grace", f"see_{name}")
        assert set(queries.accounting_lists(grace)["name"]) == set(SEVEN) - {name}
        for query in (lambda: queries.accounting_list(grace, name), lambda: queries.ledger(grace, entity)):  # noqa: B023 -- asked at once
            with pytest.raises(Forbidden, match="Ask an owner"):
                query()
        commands.leave_to_role(synced.session, "Grace", f"see_{name}")


def test_s38_what_goes_to_a_hidden_list_is_veiled_in_the_queue(synced):
    commands.change_settings(synced.session, {"adjustment_account": "Cost of Goods Sold"})
    synced.save("adjustment", [{"item_id": synced.save("item", name="Rope"), "quantity": "4", "amount": "12"}], number="ADJ-1", txn_date=date(2026, 1, 10))
    commands.set_role(synced.session, "Ada", "owner")
    payloads = {}
    for name, role in (("Grace", "accountant"), ("Olaf", "operator")):
        commands.set_role(synced.session, name, role)
        synced.work()
        queue = queries.queue(Session(synced.world.site.database, name, synced.company, synced.world.clock, signed_in=True))
        payloads[name] = queue.set_index("kind")["payload"].to_dict()
    assert "12" in payloads["Grace"]["adjustment"]
    assert "12" not in payloads["Olaf"]["adjustment"]
    assert payloads["Olaf"]["item"] == payloads["Grace"]["item"] != ""


def test_s39_what_was_changed_in_quickbooks_is_seen_after_the_next_sync(synced):
    account = synced.there("Account")[0]
    synced.at_quickbooks("edit", entity="Account", id=account["Id"], changes={"Name": "Renamed there"})
    assert "Renamed there" not in queries.accounting_list(synced.session, "accounts", size=500)["name"].tolist()
    synced.settle()
    shown = queries.accounting_list(synced.session, "accounts", size=500).set_index("qbo_id")
    assert shown.loc[account["Id"], "name"] == "Renamed there"


def test_s40_classes_and_departments_stand_beside_the_seven(tracked):
    commands.save_name(tracked.session, "class", "Retail")
    commands.save_name(tracked.session, "department", "Harbour")
    assert queries.classes_count(tracked.session) == queries.departments_count(tracked.session) == 1
    assert len(queries.accounting_lists(tracked.session)) == 7


def test_s41_tracking_is_read_from_quickbooks_and_never_switched_on(synced):
    synced.tracking(**NO_TRACKING)
    before = synced.there("Preferences")[0]["AccountingInfoPrefs"]
    for kind in TRACKED:
        with pytest.raises(Refused, match="Switch it on there"):
            commands.save_name(synced.session, kind, "Retail")
    synced.save("class", name="By another program")
    synced.settle()
    assert synced.there("Preferences")[0]["AccountingInfoPrefs"] == before
    assert synced.there("Class") == []


@pytest.mark.parametrize("kind", TRACKED)
def test_s42_the_lists_are_our_own(tracked, kind):
    """They answer while QuickBooks does not, with what was staged here."""
    commands.save_name(tracked.session, kind, "Retail")
    tracked.world.faults({"kind": "unavailable_503", "count": 1000})
    assert TRACKED[kind][0](tracked.session)[["full_name", "waiting"]].to_numpy().tolist() == [["Retail", True]]


@pytest.mark.parametrize("kind", TRACKED)
def test_s43_names_can_be_added_changed_and_deleted(tracked, kind):
    query, _ = TRACKED[kind]
    retail = commands.save_name(tracked.session, kind, "Retail")
    north = commands.save_name(tracked.session, kind, "North", parent_id=retail)
    assert query(tracked.session)["full_name"].tolist() == ["Retail", "Retail:North"]
    commands.save_name(tracked.session, kind, "Shops", record_id=retail)
    assert query(tracked.session)["full_name"].tolist() == ["Shops", "Shops:North"]
    assert commands.delete_name(tracked.session, kind, north) == "deleted"
    assert query(tracked.session)["full_name"].tolist() == ["Shops"]


@pytest.mark.parametrize("kind", TRACKED)
def test_s44_each_change_reaches_quickbooks_with_the_next_sync(tracked, kind):
    _, entity = TRACKED[kind]

    def there():
        return {each["FullyQualifiedName"]: each["Active"] for each in tracked.there(entity, "where Active IN (true, false)")}

    retail, online = commands.change_names(tracked.session, kind, [SaveName("Retail"), SaveName("Online")]).ids
    tracked.sync()
    assert there() == {"Retail": True, "Online": True}
    commands.change_names(tracked.session, kind, [SaveName("Web", online), DeleteName(retail)])
    tracked.sync()
    assert there() == {"Web": True, "Retail (deleted)": False}
