"""Customers, vendors, items and lists: what a preview says is what happens, and the second time nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from syncengine import failpoints, imports, inventory
from syncengine.db.engine import Database
from syncengine.imports import Counts, ImportRefused, ImportStopped, Options, Prepared, Problem, Result, prepare
from syncengine.inventory import reader
from syncengine.inventory.changes import consume, marks
from tests.unit.imports.conftest import CUSTOMERS, ITEMS, workbook

Bring = Callable[..., tuple[Prepared, Result]]


def everything(database: Database, kind: str, company: int = 1) -> list[dict[str, Any]]:
    with database.reading() as connection:
        return list(reader.load(connection, kind, company).values())


def marked(database: Database) -> int:
    with database.writing() as connection:
        found = marks(connection)
        consume(connection, [mark.id for mark in found])
    return len(found)


def told(problems: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in problems]


def test_customers_go_in_with_a_guessed_mapping(inventory_database: Database, bring: Bring) -> None:
    prepared, result = bring("customer", CUSTOMERS)
    assert prepared.counts == Counts(new=2)
    assert prepared.ignored == ["contact_name"]
    assert prepared.samples[0]["name"] == "Alfreds Futterkiste"
    assert (result.created, result.changed, result.unchanged, result.rejected) == (2, 0, 0, 0)
    first, second = everything(inventory_database, "customer")
    assert (first["code"], first["name"], first["bill_line1"], first["taxable"]) == (
        "ALFKI",
        "Alfreds Futterkiste",
        "Obere Str. 57",
        True,
    )
    assert (second["name"], second["bill_city"], second["bill_postal_code"]) == ("Trujillo, Ana", "México D.F.", "05021")


def test_a_preview_writes_nothing(inventory_database: Database) -> None:
    prepare(inventory_database, 1, "customer", CUSTOMERS.encode())
    assert everything(inventory_database, "customer") == []
    assert marked(inventory_database) == 0


def test_the_second_time_changes_and_marks_nothing(inventory_database: Database, bring: Bring) -> None:
    bring("customer", CUSTOMERS)
    assert marked(inventory_database) == 2
    prepared, result = bring("customer", CUSTOMERS)
    assert prepared.counts == Counts(unchanged=2)
    assert (result.created, result.changed, result.unchanged) == (0, 0, 2)
    assert marked(inventory_database) == 0


def test_only_what_differs_is_changed_and_unmapped_columns_stay(inventory_database: Database, bring: Bring) -> None:
    bring("customer", CUSTOMERS)
    first = everything(inventory_database, "customer")[0]
    inventory.save(inventory_database, "customer", {"id": first["id"], "notes": "pays late"})
    marked(inventory_database)
    prepared, result = bring("customer", CUSTOMERS.replace("Berlin", "Potsdam").replace("030-0074321", ""))
    assert prepared.counts == Counts(changed=1, unchanged=1)
    assert (result.changed, result.unchanged) == (1, 1)
    record = everything(inventory_database, "customer")[0]
    assert (record["bill_city"], record["phone"], record["notes"]) == ("Potsdam", None, "pays late")
    assert marked(inventory_database) == 1


def test_a_blank_cell_leaves_yes_and_no_alone(inventory_database: Database, bring: Bring) -> None:
    bring("item", "code,name,taxable,type\n1,Chai,no,Service\n")
    bring("item", "code,name,taxable,type\n1,Chai,,\n2,Chang,,\n")
    first, second = everything(inventory_database, "item")
    assert (first["taxable"], first["type"]) == (False, "Service")
    assert (second["taxable"], second["type"]) == (True, "NonInventory")


def test_a_workbook_goes_in_like_csv(inventory_database: Database) -> None:
    data = workbook([["product_id", "product_name", "unit_price"], [11, "Queso Cabrales", 21], ["42", "Hokkien Mee", 9.8]])
    prepared = prepare(inventory_database, 1, "item", data, name="items.xlsx")
    imports.apply(inventory_database, prepared)
    by_csv = prepare(inventory_database, 1, "item", ITEMS.encode())
    assert by_csv.counts == Counts(unchanged=2)


def test_a_mapping_that_is_given_is_taken_as_it_is(inventory_database: Database, bring: Bring) -> None:
    mapping = {"company_name": "name", "contact_name": "notes", "phone": ""}
    prepared, _ = bring("customer", CUSTOMERS, mapping=mapping)
    assert prepared.mapping == {"company_name": "name", "contact_name": "notes"}
    assert "phone" in prepared.ignored
    record = everything(inventory_database, "customer")[0]
    assert (record["code"], record["notes"], record["phone"]) == (None, "Maria Anders", None)


def test_a_name_in_two_columns_is_joined_and_each_keeps_what_it_is(inventory_database: Database, bring: Bring) -> None:
    rows = "code,Last Name,First Name,Title\n1,Davolio,Nancy,Ms.\n2, Cher ,,\n3,Fuller,N/A,Dr.\n4,,,Mr.\n"
    prepared, result = bring("customer", rows, options=Options(blanks=("N/A",)))
    assert prepared.mapping == {
        "code": "code", "Last Name": "family_name", "First Name": "given_name", "First Name + Last Name": "name",
    }  # fmt: skip
    assert any("First Name and Last Name are one name in two columns" in note for note in prepared.notes)
    assert told(result.problems) == [(5, "First Name + Last Name")]
    held = [(each["name"], each["given_name"], each["family_name"]) for each in everything(inventory_database, "customer")]
    assert held == [("Nancy Davolio", "Nancy", "Davolio"), ("Cher", None, "Cher"), ("Fuller", None, "Fuller")]
    assert bring("customer", rows, options=Options(blanks=("N/A",)))[0].counts == Counts(unchanged=3, bad=1)


def test_workers_of_a_workbook_are_called_by_both_halves_of_their_name(inventory_database: Database) -> None:
    book = workbook([["Employee ID", "Last name", "First name", "Title"], [1, "Davolio", "Nancy", "Sales Representative"]])
    imports.apply(inventory_database, prepare(inventory_database, 1, "employee_link", book))
    assert [(each["code"], each["worker_name"]) for each in everything(inventory_database, "employee_link")] == [("1", "Nancy Davolio")]


@pytest.mark.parametrize("columns", ["name,first name,last name", "company,first name,last name", "first name,name", "first name,last name,first name + last name"])
def test_nothing_is_joined_where_the_name_is_a_column_of_its_own_or_a_half_is_missing(
    inventory_database: Database, columns: str
) -> None:
    mapping = {columns.partition(",")[0]: "name"}
    prepared = prepare(inventory_database, 1, "customer", f"{columns}\n".encode(), mapping=mapping)
    assert prepared.columns == columns.split(",")


def test_a_constant_fills_its_field_for_all_rows(inventory_database: Database, bring: Bring) -> None:
    bring("item", ITEMS, options=Options(constants={"type": "Service", "not:taxable": "yes"}))
    assert {(record["type"], record["taxable"]) for record in everything(inventory_database, "item")} == {("Service", False)}


def test_without_a_code_records_are_known_by_name_in_any_case(inventory_database: Database, bring: Bring) -> None:
    bring("vendor", "name,city\nExotic Liquids,London\n")
    prepared, _ = bring("vendor", "name,city\n EXOTIC  liquids,Leeds\n")
    assert prepared.counts == Counts(changed=1)
    (record,) = everything(inventory_database, "vendor")
    assert record["city"] == "Leeds"


def test_a_record_that_has_no_code_yet_is_known_by_name_and_gets_it(inventory_database: Database, bring: Bring) -> None:
    inventory.save(inventory_database, "customer", {"name": "Alfreds Futterkiste"})
    _, result = bring("customer", CUSTOMERS)
    assert (result.created, result.changed) == (1, 1)
    assert [record["code"] for record in everything(inventory_database, "customer")] == ["ALFKI", "ANATR"]


def test_the_name_of_another_record_is_refused_since_quickbooks_would(inventory_database: Database, bring: Bring) -> None:
    inventory.save(inventory_database, "customer", {"code": "OTHER", "name": "alfreds futterkiste"})
    prepared, result = bring("customer", CUSTOMERS)
    assert (prepared.counts, result.rejected) == (Counts(new=1, bad=1), 1)
    assert told(prepared.problems) == [(2, "company_name")]
    assert "OTHER" in prepared.problems[0].message


def test_a_name_that_two_records_bear_is_not_guessed_at(inventory_database: Database, bring: Bring) -> None:
    for code in ("1", "2"):
        inventory.save(inventory_database, "customer", {"code": code, "name": "Globex"})
    prepared, _ = bring("customer", "name,city\nGlobex,Rome\n")
    assert "2 records of this name" in prepared.problems[0].message


def test_every_bad_row_is_named_with_cause_and_remedy_and_the_good_go_in(inventory_database: Database, bring: Bring) -> None:
    rows = ["1,Chai,18.00", "2,,19.00", "3,Syrup,ten", "4,Bad:Name,1", "5,Two,1,2", "6,Gumbo,0.123456789", "7,Fine,"]
    prepared, result = bring("item", "code,name,unit_price\n" + "\n".join(rows) + "\n")
    assert told(prepared.problems) == [(3, "name"), (4, "unit_price"), (5, "name"), (6, ""), (7, "unit_price")]
    assert {problem.file for problem in prepared.problems} == {"item.csv"}
    assert all(problem.message.endswith(".") and problem.remedy.endswith(".") for problem in prepared.problems)
    assert prepared.problems[1].value == "ten"
    assert prepared.counts == Counts(new=2, bad=5)
    assert (result.created, result.rejected, len(result.problems)) == (2, 5, 5)
    assert [record["name"] for record in everything(inventory_database, "item")] == ["Chai", "Fine"]


def test_all_or_nothing_writes_nothing_while_one_row_is_bad(inventory_database: Database, bring: Bring) -> None:
    _, result = bring("item", "code,name\n1,Chai\n2,\n", mode="all")
    assert (result.created, result.rejected, told(result.problems)) == (0, 2, [(3, "name")])
    assert everything(inventory_database, "item") == []
    _, result = bring("item", "code,name\n1,Chai\n2,Chang\n", mode="all")
    assert (result.created, len(everything(inventory_database, "item"))) == (2, 2)


def test_the_same_code_or_name_twice_names_both_rows_and_takes_neither(inventory_database: Database, bring: Bring) -> None:
    rows = ["1,Chai", "2,Chang", "1,Chai", "3,chang", "4,Ikura"]
    prepared, result = bring("item", "code,name\n" + "\n".join(rows) + "\n")
    assert told(prepared.problems) == [(2, "code"), (3, "name"), (4, "code"), (5, "name")]
    assert "row 4" in prepared.problems[0].message
    assert "row 2" in prepared.problems[2].message
    assert prepared.counts == Counts(new=1, bad=4)
    assert result.created == 1


def test_two_rows_that_mean_one_record_are_told(inventory_database: Database, bring: Bring) -> None:
    inventory.save(inventory_database, "item", {"code": "1", "name": "Chai"})
    prepared, _ = bring("item", "code,name\n1,Chai Tea\n,Chai\n")
    assert prepared.counts.bad == 1
    assert "row 2 changes the same item" in prepared.problems[0].message


def test_a_reference_is_known_by_code_then_by_name_and_else_refused(inventory_database: Database, bring: Bring) -> None:
    term = inventory.save(inventory_database, "term", {"code": "N30", "name": "Net 30", "due_days": 30})
    prepared, _ = bring("customer", "name,terms\nA,N30\nB,net 30\nC,n30\nD,Net 60\nE,\n")
    assert told(prepared.problems) == [(5, "terms")]
    assert "no term has this code or name" in prepared.problems[0].message
    assert [record["term_id"] for record in everything(inventory_database, "customer")] == [term, term, term, None]


def test_a_code_goes_before_the_name_of_another(inventory_database: Database, bring: Bring) -> None:
    inventory.save(inventory_database, "term", {"code": "A", "name": "B"})
    by_code = inventory.save(inventory_database, "term", {"code": "B", "name": "C"})
    bring("customer", "name,terms\nX,B\n")
    assert everything(inventory_database, "customer")[0]["term_id"] == by_code


def test_a_parent_may_stand_further_down(inventory_database: Database, bring: Bring) -> None:
    prepared, result = bring("class", "code,name,parent\nW1,West one,W\nW,West,ALL\nALL,All,\nE,East,NOWHERE\n")
    assert (prepared.counts, result.created, result.rejected) == (Counts(new=3, bad=1), 3, 1)
    assert told(prepared.problems) == [(5, "parent")]
    by_code = {record["code"]: record for record in everything(inventory_database, "class")}
    assert by_code["W1"]["parent_id"] == by_code["W"]["id"]
    assert by_code["W"]["parent_id"] == by_code["ALL"]["id"]
    assert bring("class", "code,name,parent\nW1,West one,W\nW,West,ALL\nALL,All,\n")[0].counts == Counts(unchanged=3)


def test_a_circle_of_parents_is_refused(inventory_database: Database, bring: Bring) -> None:
    bring("class", "code,name,parent\nA,a,\nB,b,A\n")
    prepared, result = bring("class", "code,name,parent\nA,a,B\n")
    assert "part of itself" in prepared.problems[0].message
    assert result.rejected == 1
    assert bring("class", "code,name,parent\nC,c,D\nD,d,C\n")[0].counts == Counts(bad=2)


def test_the_same_name_under_two_parents_is_two_classes(inventory_database: Database, bring: Bring) -> None:
    text_ = "name,parent\nEast,\nWest,\nRetail,East\nRetail,West\n"
    assert bring("class", text_)[0].counts == Counts(new=4)
    assert bring("class", text_)[0].counts == Counts(unchanged=4)


def test_companies_do_not_see_each_other(inventory_database: Database, bring: Bring) -> None:
    inventory.save(inventory_database, "customer", {"code": "ALFKI", "name": "Alfreds Futterkiste"}, company=2)
    assert bring("customer", CUSTOMERS)[0].counts == Counts(new=2)
    assert len(everything(inventory_database, "customer", company=2)) == 1


@pytest.mark.parametrize(
    ("kind", "data", "more", "message"),
    [
        ("gadget", "a\n1\n", {}, "no kind of record"),
        ("customer", "x,y\n1,2\n", {}, "No column of"),
        ("customer", "name\nA\n", {"mapping": {"Name": "name"}}, "no column 'Name'"),
        ("customer", "name\nA\n", {"mapping": {"name": "nickname"}}, "no field 'nickname'"),
        ("customer", "name,title\nA,B\n", {"mapping": {"name": "name", "title": "name"}}, "both mapped"),
        ("customer", "code\nA\n", {"mapping": {"code": "code"}}, "mapped to name"),
        ("customer", "name\nA\n", {"lines": b"a\n1\n"}, "has no lines"),
        ("item", "name\nA\n", {"options": Options(constants={"type": "Gadget"})}, "not known"),
        ("invoice", "number\n1\n", {"options": Options(constants={"charge:Freight": "1"})}, "charge"),
    ],
)
def test_an_import_that_cannot_be_meant_is_refused(
    inventory_database: Database, kind: str, data: str, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(ImportRefused, match=message):
        prepare(inventory_database, 1, kind, data.encode(), **more)


def test_a_company_that_does_not_exist_is_refused(inventory_database: Database) -> None:
    with pytest.raises(ImportRefused, match="no company 99"):
        prepare(inventory_database, 99, "customer", CUSTOMERS.encode())


def test_a_header_alone_imports_nothing(inventory_database: Database, bring: Bring) -> None:
    prepared, result = bring("customer", "name\n")
    assert (prepared.counts.records, result.created, prepared.problems) == (0, 0, [])


def test_a_file_that_changed_since_the_preview_is_refused(inventory_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, "utf-8")
    prepared = prepare(inventory_database, 1, "customer", path)
    path.write_text(CUSTOMERS.replace("Berlin", "Bonn"), "utf-8")
    with pytest.raises(ImportRefused, match="changed since the preview"):
        imports.apply(inventory_database, prepared)
    assert everything(inventory_database, "customer") == []


def test_what_changed_in_the_database_since_the_preview_is_looked_at_anew(inventory_database: Database) -> None:
    prepared = prepare(inventory_database, 1, "customer", CUSTOMERS.encode(), name="c.csv")
    inventory.save(inventory_database, "customer", {"code": "ALFKI", "name": "Alfreds Futterkiste"})
    inventory.save(inventory_database, "customer", {"code": "X", "name": "Trujillo, Ana"})
    result = imports.apply(inventory_database, prepared)
    assert (result.created, result.changed, result.rejected) == (0, 1, 1)
    assert told(result.problems) == [(3, "company_name")]
    assert imports.apply(inventory_database, prepared, mode="all").created == 0


def many(count: int) -> bytes:
    return ("code,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(count))).encode()


def test_progress_is_told_up_to_the_end(inventory_database: Database) -> None:
    seen: list[tuple[int, int]] = []
    prepared = prepare(inventory_database, 1, "customer", many(1200), progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (500, 1201)
    seen.clear()
    imports.apply(inventory_database, prepared, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(500, 1200), (1000, 1200), (1200, 1200)]


def test_a_crash_between_chunks_keeps_what_was_written_and_the_rest_follows(inventory_database: Database) -> None:
    prepared = prepare(inventory_database, 1, "customer", many(1200))
    failpoints.arm("import.chunk", failpoints.nth(2, failpoints.raise_crash))
    with pytest.raises(failpoints.Crash):
        imports.apply(inventory_database, prepared)
    failpoints.disarm()
    assert len(everything(inventory_database, "customer")) == 1000
    result = imports.apply(inventory_database, prepared)
    assert (result.created, result.unchanged) == (200, 1000)


def test_a_crash_of_an_all_or_nothing_import_leaves_nothing(inventory_database: Database) -> None:
    prepared = prepare(inventory_database, 1, "customer", many(1200))
    failpoints.arm("import.chunk", failpoints.nth(2, failpoints.raise_crash))
    with pytest.raises(failpoints.Crash):
        imports.apply(inventory_database, prepared, mode="all")
    assert everything(inventory_database, "customer") == []


def test_a_full_disk_is_told_and_loses_nothing(sqlite_inventory: Database) -> None:
    prepared = prepare(sqlite_inventory, 1, "customer", many(3000), name="c.csv")
    with sqlite_inventory.reading() as connection:
        pages = connection.scalar(text("PRAGMA page_count")) or 0
    with sqlite_inventory.writing() as connection:
        connection.execute(text(f"PRAGMA max_page_count = {pages + 60}"))
    with pytest.raises(ImportStopped, match="full") as stopped:
        imports.apply(sqlite_inventory, prepared)
    kept = len(everything(sqlite_inventory, "customer"))
    assert 0 < kept < 3000
    assert f"{kept} of 3000 records are in" in str(stopped.value)
    with sqlite_inventory.writing() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
    result = imports.apply(sqlite_inventory, prepared)
    assert (result.created, result.unchanged) == (3000 - kept, kept)


def test_a_database_that_is_locked_is_told(sqlite_inventory: Database) -> None:
    prepared = prepare(sqlite_inventory, 1, "customer", CUSTOMERS.encode())
    with sqlite_inventory.writing() as connection:
        connection.execute(text("PRAGMA busy_timeout = 1"))
        with sqlite_inventory.reading() as other:
            other.execute(text("PRAGMA busy_timeout = 1"))
        with pytest.raises(ImportStopped, match=r"locked.*Nothing was written"):
            imports.apply(sqlite_inventory, prepared)
    assert imports.apply(sqlite_inventory, prepared).created == 2


def test_a_row_that_the_database_refuses_is_found_among_its_chunk(inventory_database: Database) -> None:
    """Another program's own rule on the table is nothing that a preview can see."""
    with inventory_database.writing() as connection:
        unique = "CREATE UNIQUE INDEX shop_rule ON customer (phone)"
        connection.execute(text(unique))
    data = b"code,name,phone\nA,a,1\nB,b,1\nC,c,2\n"
    for mode, created in (("all", 0), ("good", 2)):
        result = imports.apply(inventory_database, prepare(inventory_database, 1, "customer", data), mode=mode)  # type: ignore[arg-type]
        assert result.created == created
        assert [problem.row for problem in result.problems] == [3]
        assert len(everything(inventory_database, "customer")) == created
