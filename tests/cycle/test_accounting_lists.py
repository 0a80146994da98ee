"""The accounting lists after real syncs: what is changed in QuickBooks appears here, and nothing goes back (S36, S37, S39)."""

from __future__ import annotations

from syncengine import queries
from syncengine.queries import Session
from tests.support.world import World

#: The lists whose objects QuickBooks holds from the start, with the statement that counts them.
PULLED = {"accounts": "Account", "employees": "Employee", "tax_codes": "TaxCode"}


def test_the_lists_show_what_quickbooks_holds_and_follow_its_changes(sqlite_world: World) -> None:
    world = sqlite_world
    company = world.company(sample="demo")
    session = Session(world.site.database, "Ada", company, world.clock)
    assert queries.accounting_lists(session)["number"].sum() == 0
    world.sync(company)
    for name, entity in PULLED.items():
        there = world.query(company, f"SELECT * FROM {entity} WHERE Active IN (true, false)")
        shown = queries.accounting_list(session, name, size=1_000)
        assert set(shown["qbo_id"]) == {each["Id"] for each in there}, name
        assert queries.accounting_count(session, name) == len(there)
    waiting = queries.queue_counts(session).total

    world.actor(company, "create", entity="Account", changes={"Name": "Harbour dues", "AccountType": "Expense", "AcctNum": "6810"})
    world.settle(company)
    (row,) = queries.accounting_list(session, "accounts", search="6810").to_dict("records")
    assert (row["full_name"], row["type"], row["active"], row["sync_error"]) == ("Harbour dues", "Expense", True, "")
    assert row["last_sync"] == world.clock.now()
    world.actor(company, "edit", entity="Account", id=row["qbo_id"], changes={"Name": "Mooring"})
    world.settle(company)
    assert queries.accounting_list(session, "accounts", search="6810")["full_name"].tolist() == ["Mooring"]
    assert queries.queue_counts(session).total == waiting == 0
