"""What others write while an import goes on: the next portion takes it as if it had been there when the file was looked at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, update

from syncengine import imports
from syncengine.db.engine import Database
from syncengine.imports import Closed, Prepared, Result, passes
from syncengine.inventory import reader, writer
from syncengine.inventory.changes import consume, guarded, marks
from syncengine.inventory.tables import KINDS

#: Two to a portion: what happens after the first meets the last two rows.
FILE = "code,name,city\nc1,One,Rome\nc2,Two,Rome\nc3,Thrée Street,Rome\nc4,Four,Rome\n"


@pytest.fixture(autouse=True)
def _two_to_a_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "CHUNK", 2)


def vendor(connection: Connection, record_id: int | None = None, **values: Any) -> int:
    return writer.save(connection, "vendor", 1, values, record_id=record_id)


def bring(database: Database, between: Callable[[Connection], None], text: str = FILE, kind: str = "vendor", **more: Any) -> Result:
    """Look at the file, and import it, with something written by somebody else after the first portion."""
    prepared = imports.prepare(database, 1, kind, text.encode(), name="file.csv", **more)
    assert not prepared.problems
    return apply(database, prepared, between)


def apply(database: Database, prepared: Prepared, between: Callable[[Connection], None]) -> Result:
    portions = []

    def told(_done: int, _total: int) -> None:
        portions.append(1)
        if len(portions) == 1:
            with database.writing() as connection:
                between(connection)

    result = imports.apply(database, prepared, progress=told)
    assert len(portions) > 1
    return result


def held(database: Database, kind: str = "vendor") -> list[tuple[Any, Any]]:
    with database.reading() as connection:
        return [(each["code"], each["name"]) for each in reader.load(connection, kind, 1).values()]


@pytest.mark.parametrize("comes", [nullcontext, guarded], ids=["by hand", "from QuickBooks"])
@pytest.mark.parametrize(
    "called",
    [
        {"code": "c3", "name": "Something else"},
        {"name": "Thrée Street"},
        {"name": " THRÉE   street"},
    ],
    ids=["the same code", "the same name", "the same name in other letters"],
)
def test_a_record_that_somebody_saves_between_two_portions_is_the_one_that_the_row_means(
    inventory_database: Database, comes: Callable[[Connection], AbstractContextManager[None]], called: dict[str, Any]
) -> None:
    def saves(connection: Connection) -> None:
        with comes(connection) if comes is guarded else nullcontext():
            vendor(connection, **called)

    result = bring(inventory_database, saves)
    assert (result.created, result.changed, result.rejected) == (3, 1, 0)
    assert sorted(held(inventory_database)) == [("c1", "One"), ("c2", "Two"), ("c3", "Thrée Street"), ("c4", "Four")]


def test_a_name_that_another_record_has_got_between_two_portions_is_a_problem_of_its_row(inventory_database: Database) -> None:
    result = bring(inventory_database, lambda connection: vendor(connection, code="x", name="thrée STREET"))
    assert (result.created, result.rejected) == (3, 1)
    (problem,) = result.problems
    assert (problem.row, problem.column, problem.value) == (4, "name", "Thrée Street")
    assert "another vendor (x) has this name" in problem.message


@pytest.mark.parametrize(("comes", "name"), [(nullcontext, "FOUR"), (nullcontext, "Four"), (guarded, "Four")])
def test_a_record_that_is_renamed_between_two_portions_bears_its_new_name(
    inventory_database: Database, comes: Any, name: str
) -> None:
    with inventory_database.writing() as connection:
        known = vendor(connection, code="x", name="Before")

    def renames(connection: Connection) -> None:
        with comes(connection) if comes is guarded else nullcontext():
            vendor(connection, known, name=name)

    result = bring(inventory_database, renames)
    assert [(each.row, each.column) for each in result.problems] == [(5, "name")]
    assert held(inventory_database).count(("c4", "Four")) == 0


def test_a_name_that_is_given_up_between_two_portions_is_free(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        known = vendor(connection, name="Four")
    prepared = imports.prepare(inventory_database, 1, "vendor", FILE.encode(), name="file.csv")
    assert prepared.counts.changed == 1
    result = apply(inventory_database, prepared, lambda connection: vendor(connection, known, code="x", name="Fourth"))
    assert (result.created, result.changed, result.rejected) == (4, 0, 0)


def test_a_record_that_is_deleted_between_two_portions_is_made_anew(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        known = vendor(connection, code="c4", name="Four")
    prepared = imports.prepare(inventory_database, 1, "vendor", FILE.encode(), name="file.csv")
    result = apply(inventory_database, prepared, lambda connection: writer.delete(connection, "vendor", 1, known))
    assert (result.created, result.rejected) == (4, 0)
    assert ("c4", "Four") in held(inventory_database)


def test_what_changes_is_seen_though_capture_has_taken_its_mark_up(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        known = vendor(connection, code="x", name="Before")

    def renames(connection: Connection) -> None:
        vendor(connection, known, name="FOUR")
        consume(connection, [mark.id for mark in marks(connection)])

    assert [each.row for each in bring(inventory_database, renames).problems] == [5]


def test_a_term_that_is_renamed_between_two_portions_is_no_longer_meant_by_its_old_name(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        term = writer.save(connection, "term", 1, {"name": "Net 30"})
    text = "code,name,terms\n" + "".join(f"c{n},Customer {n},Net 30\n" for n in range(1, 4))
    result = bring(
        inventory_database, lambda connection: writer.save(connection, "term", 1, {"name": "Net 60"}, record_id=term), text, "customer"
    )
    assert [(each.row, each.column, each.value) for each in result.problems] == [(4, "terms", "Net 30")]


def test_a_document_in_closed_books_that_comes_between_two_portions_stays_as_it_is(inventory_database: Database) -> None:
    with inventory_database.writing() as connection:
        customer = writer.save(connection, "customer", 1, {"name": "Globex"})
        item = writer.save(connection, "item", 1, {"name": "Rope"})

    def posts(connection: Connection) -> None:
        line = {"item_id": item, "quantity": 1, "unit_price": 5}
        values = {"number": "3", "customer_id": customer, "txn_date": date(2025, 12, 31)}
        writer.save(connection, "invoice", 1, values, lines=[line])

    text = "number,customer,date,item,quantity,unit price\n" + "".join(f"{n},Globex,2026-01-10,Rope,1,5\n" for n in range(1, 5))
    result = bring(inventory_database, posts, text, "invoice", closed=Closed(date(2025, 12, 31)))
    assert (result.created, result.changed, result.rejected) == (3, 0, 1)
    (problem,) = result.problems
    assert (problem.row, problem.message) == (4, "The books are closed up to 2025-12-31: nothing dated on or before it may change.")


def test_on_postgresql_what_was_begun_before_a_portion_and_committed_after_it_is_seen(postgres_inventory: Database) -> None:
    with postgres_inventory.writing() as connection:
        known = vendor(connection, code="x", name="Before")
    prepared = imports.prepare(postgres_inventory, 1, "vendor", FILE.encode(), name="file.csv")
    with postgres_inventory._write.connect() as other:
        table = KINDS["vendor"].table
        other.execute(update(table).where(table.c.id == known).values(name="FOUR"))
        vendor(other, name="thrée street")
        result = apply(postgres_inventory, prepared, lambda _: other.commit())
    assert (result.created, result.changed, [each.row for each in result.problems]) == (2, 1, [5])


def at_that_moment(monkeypatch: pytest.MonkeyPatch, database: Database, held: int, saves: Callable[[Connection], Any]) -> None:
    """Somebody else commits something while the `held`-th portion, from 1, is written and has not committed."""
    portions, save_many = [], passes.save_many

    def saved(*asked: Any) -> Any:
        done = save_many(*asked)
        portions.append(1)
        if len(portions) == held:
            with database._write.connect() as other:
                saves(other)
                other.commit()
        return done

    monkeypatch.setattr(passes, "save_many", saved)


@pytest.mark.parametrize("mode", ["good", "all"])
@pytest.mark.parametrize(("held", "row", "name"), [(1, 3, "TWO"), (2, 4, "thrée  street")], ids=["first portion", "last portion"])
def test_a_name_that_somebody_commits_while_a_portion_is_written_is_told(
    postgres_inventory: Database, monkeypatch: pytest.MonkeyPatch, held: int, row: int, name: str, mode: Any
) -> None:
    at_that_moment(monkeypatch, postgres_inventory, held, lambda connection: vendor(connection, code="x", name=name))
    prepared = imports.prepare(postgres_inventory, 1, "vendor", FILE.encode(), name="file.csv")
    result = imports.apply(postgres_inventory, prepared, mode=mode)
    assert (result.created, result.changed, result.rejected) == (4, 0, 0)
    (problem,) = result.problems
    assert (problem.row, problem.column, problem.value) == (row, "name", FILE.splitlines()[row - 1].split(",")[1])
    assert "this row is in, and another vendor (x) got the same name while it went in" in problem.message
    assert problem.remedy == "Give one of the two another name: QuickBooks takes each name once."


def test_of_what_stands_under_a_parent_only_names_under_the_same_one_are_told(
    postgres_inventory: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_inventory.writing() as connection:
        parents = [writer.save(connection, "class", 1, {"name": each}) for each in ("East", "West")]

    def saves(connection: Connection) -> None:
        writer.save(connection, "class", 1, {"name": "Retail", "parent_id": parents[1]})
        writer.save(connection, "class", 1, {"name": "Trade", "parent_id": parents[0]})

    at_that_moment(monkeypatch, postgres_inventory, 1, saves)
    text = "name,parent\nRetail,East\nTrade,East\n"
    prepared = imports.prepare(postgres_inventory, 1, "class", text.encode(), name="file.csv")
    result = imports.apply(postgres_inventory, prepared)
    assert (result.created, [(each.row, each.value) for each in result.problems]) == (2, [(3, "Trade")])


def test_where_nobody_else_gives_a_name_meanwhile_nothing_is_told(postgres_inventory: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    at_that_moment(monkeypatch, postgres_inventory, 1, lambda connection: vendor(connection, code="x", name="Another"))
    prepared = imports.prepare(postgres_inventory, 1, "vendor", FILE.encode(), name="file.csv")
    assert imports.apply(postgres_inventory, prepared).problems == []
