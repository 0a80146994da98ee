"""Records travel both ways, to the cent, once; and an idle cycle costs one metered read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.world import World


def small_trade(world: World, company: int) -> dict[str, int]:
    """A customer, a vendor, an item, an invoice with a discount and a purchase order."""
    customer = world.save(company, "customer", {"code": "C1", "name": "Café Señorita", "email": "a@b.example", "bill_city": "Lyon"})
    vendor = world.save(company, "vendor", {"code": "V1", "name": "Northbank Pottery"})
    item = world.save(company, "item", {"code": "I1", "name": "Pot", "unit_price": Decimal("9.80"), "purchase_cost": Decimal("4.9")})
    invoice = world.save(
        company, "invoice", {"number": "10248", "customer_id": customer, "txn_date": date(1996, 7, 4)},
        [{"line_no": 1, "item_id": item, "quantity": Decimal(10), "unit_price": Decimal("9.80"), "discount": Decimal("0.15")},
         {"line_no": 2, "item_id": item, "quantity": Decimal(3), "unit_price": Decimal("0.335")}],
    )  # fmt: skip
    order = world.save(
        company, "purchase_order", {"number": "PO-1", "vendor_id": vendor, "txn_date": date(2026, 1, 2)},
        [{"line_no": 1, "item_id": item, "quantity": Decimal(60), "unit_cost": Decimal("4.9")}],
    )  # fmt: skip
    return {"customer": customer, "vendor": vendor, "item": item, "invoice": invoice, "purchase_order": order}


def one(rows: list[Any]) -> Any:
    """The only row."""
    assert len(rows) == 1, rows
    return rows[0]


def test_what_is_saved_here_arrives_in_quickbooks_to_the_cent(world: World) -> None:
    company = world.company()
    small_trade(world, company)

    result = world.sync(company)

    assert (result.result, result.sent, result.failed) == ("ok", 5, 0), world.errors(company)
    invoice = one(world.query(company, "select * from Invoice"))
    # 10 x 9.80 x 0.85 = 83.30; 3 x 0.335 = 1.005, half-up 1.01
    assert invoice["TotalAmt"] == Decimal("84.31")
    assert invoice["DocNumber"] == "10248"
    assert invoice["TxnDate"] == "1996-07-04"
    assert invoice["Line"][0]["SalesItemLineDetail"]["UnitPrice"] == Decimal("8.33")
    assert one(world.query(company, "select * from Customer"))["DisplayName"] == "Café Señorita"
    assert one(world.query(company, "select * from PurchaseOrder"))["TotalAmt"] == Decimal("294.00")
    assert world.waiting(company) == []


def test_a_second_cycle_writes_nothing_and_an_idle_one_costs_one_metered_read(world: World) -> None:
    company = world.company()
    small_trade(world, company)
    world.sync(company)

    second = world.sync(company)
    assert (second.sent, second.result) == (0, "ok")
    assert second.received <= 1, "at most the account whose balance our invoice moved"
    for _ in range(3):
        idle = world.settle(company)
        assert (idle.sent, idle.received, idle.metered_reads, idle.calls) == (0, 0, 1, 1)


def test_an_edit_here_changes_only_what_was_edited_there(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    world.actor(company, "edit", entity="Customer", id=theirs["Id"], changes={"ResaleNum": "R-7"})
    world.settle(company)

    world.save(company, "customer", {"id": ids["customer"], "phone": "555 0100"})
    assert world.sync(company).sent == 1

    after = one(world.query(company, "select * from Customer"))
    assert after["PrimaryPhone"]["FreeFormNumber"] == "555 0100"
    assert after["ResaleNum"] == "R-7"
    assert after["PrimaryEmailAddr"]["Address"] == "a@b.example"


def test_a_cleared_value_is_cleared_there_and_nothing_else_is(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    world.actor(company, "edit", entity="Customer", id=theirs["Id"], changes={"ResaleNum": "R-7"})
    world.settle(company)

    world.save(company, "customer", {"id": ids["customer"], "email": None})
    assert world.sync(company).result == "ok"

    after = one(world.query(company, "select * from Customer"))
    assert "PrimaryEmailAddr" not in after
    assert after["ResaleNum"] == "R-7"
    assert after["BillAddr"]["City"] == "Lyon"


def test_an_edit_in_quickbooks_arrives_here_and_is_not_sent_back(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    world.settle(company)
    theirs = one(world.query(company, "select * from Customer"))
    world.actor(company, "edit", entity="Customer", id=theirs["Id"], changes={"DisplayName": "Café Señorita & Hija"})

    result = world.settle(company)

    assert (result.received, result.sent) == (1, 0)
    assert world.record(company, "customer", ids["customer"])["name"] == "Café Señorita & Hija"
    assert world.record(company, "customer", ids["customer"])["email"] == "a@b.example"
    assert world.waiting(company) == []


def test_a_line_changed_in_quickbooks_changes_that_line_alone(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    world.settle(company)
    before = world.record(company, "invoice", ids["invoice"])["lines"]
    theirs = one(world.query(company, "select * from Invoice"))
    lines = [line for line in theirs["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    lines[1]["Amount"] = 5
    lines[1]["SalesItemLineDetail"].update({"Qty": 1, "UnitPrice": 5})
    lines = [{**line, "Amount": float(line["Amount"])} for line in lines]
    lines[0]["SalesItemLineDetail"] = {**lines[0]["SalesItemLineDetail"], "Qty": 10, "UnitPrice": 8.33}
    world.actor(company, "edit", entity="Invoice", id=theirs["Id"], changes={"Line": lines})

    assert world.settle(company).received == 1

    after = world.record(company, "invoice", ids["invoice"])["lines"]
    assert after[0] == before[0], "a discount that means the same stays"
    assert (after[1]["id"], after[1]["quantity"], after[1]["unit_price"]) == (before[1]["id"], Decimal(1), Decimal(5))
    assert world.waiting(company) == []


def test_different_fields_changed_on_both_sides_are_merged(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    world.actor(company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "pays late", "CompanyName": "Señorita SA"})
    world.save(company, "customer", {"id": ids["customer"], "phone": "555 0100"})

    result = world.sync(company)

    assert (result.result, result.sent) == ("ok", 1)
    after = one(world.query(company, "select * from Customer"))
    assert (after["CompanyName"], after["PrimaryPhone"]["FreeFormNumber"]) == ("Señorita SA", "555 0100")
    ours = world.record(company, "customer", ids["customer"])
    assert (ours["company_name"], ours["phone"], ours["notes"]) == ("Señorita SA", "555 0100", "pays late")


def test_what_was_there_first_arrives_here_with_its_references(world: World) -> None:
    company = world.company(sample="demo")

    result = world.sync(company)

    assert result.result == "ok", (result.message, world.errors(company))
    there = world.query(company, "select * from Invoice")
    with world.site.database.reading() as connection:
        from syncengine.inventory import reader

        here = reader.load(connection, "invoice", company)
        customers = reader.load(connection, "customer", company)
    assert len(here) == len(there) > 5
    for invoice in here.values():
        assert customers[invoice["customer_id"]]["name"]
    assert world.settle(company).metered_reads == 1
    assert world.waiting(company) == []


def test_names_that_both_sides_have_are_linked_and_not_doubled(world: World) -> None:
    company = world.company(sample="demo")
    world.sync(company)
    name = world.query(company, "select * from Customer")[0]["DisplayName"]
    other = world.company("Second", sample="demo")
    world.save(other, "customer", {"name": f" {name.upper()} ", "phone": "1"})

    world.sync(other)

    # Two names that differ in case are one to QuickBooks, and a conflict of spelling to people.
    there = [each for each in world.query(other, "select * from Customer") if each["DisplayName"].casefold() == name.casefold()]
    assert len(there) == 1


def test_two_companies_do_not_meet(world: World) -> None:
    first, second = world.company("First"), world.company("Second")
    small_trade(world, first)
    small_trade(world, second)
    world.sync(first)

    assert len(world.query(first, "select * from Invoice")) == 1
    assert len(world.waiting(second)) == 5
    world.sync(second)
    assert len(world.query(second, "select * from Invoice")) == 1
    assert len(world.query(first, "select * from Invoice")) == 1


def test_plain_sql_of_another_program_takes_the_same_road(world: World) -> None:
    company = world.company()
    world.sync(company)
    world.sql("INSERT INTO customer (company_id, name, phone) VALUES (:c, 'Walk-in', '1')", c=company)
    world.sql("INSERT INTO item (company_id, name, unit_price) VALUES (:c, 'Rope', 9.8)", c=company)
    world.sql("INSERT INTO invoice (company_id, number, customer_id, txn_date) SELECT :c, 'S-1', id, '2026-01-05' FROM customer", c=company)
    world.sql(
        "INSERT INTO invoice_line (company_id, invoice_id, line_no, item_id, quantity, unit_price)"
        " SELECT :c, invoice.id, 1, item.id, 3, 9.8 FROM invoice, item", c=company,
    )  # fmt: skip
    assert world.sync(company).sent == 3
    assert one(world.query(company, "select * from Invoice"))["TotalAmt"] == Decimal("29.40")

    world.sql("UPDATE invoice_line SET quantity = 4")
    assert world.sync(company).sent == 1
    assert one(world.query(company, "select * from Invoice"))["TotalAmt"] == Decimal("39.20")

    world.sql("DELETE FROM invoice")
    assert world.sync(company).sent == 1
    assert world.query(company, "select * from Invoice") == []


def test_a_name_deleted_here_is_made_inactive_there(world: World) -> None:
    company = world.company()
    vendor = world.save(company, "vendor", {"name": "Short-lived"})
    world.sync(company)
    from syncengine import inventory

    inventory.delete(world.site.database, "vendor", vendor, company)

    assert world.sync(company).result == "ok"
    assert world.query(company, "select * from Vendor") == []
    assert one(world.query(company, "select * from Vendor where Active = false"))["Active"] is False
    assert world.settle(company).received == 0


def test_an_invoice_deleted_in_quickbooks_is_deleted_here(world: World) -> None:
    company = world.company()
    ids = small_trade(world, company)
    world.sync(company)
    world.settle(company)
    theirs = one(world.query(company, "select * from Invoice"))
    world.actor(company, "delete", entity="Invoice", id=theirs["Id"])

    world.settle(company)
    assert world.record(company, "invoice", ids["invoice"]) is None
    assert world.waiting(company) == []
    assert world.settle(company).sent == 0
    assert world.query(company, "select * from Invoice") == []


def test_a_name_made_inactive_in_quickbooks_keeps_its_plain_name_here(world: World) -> None:
    company = world.company()
    vendor = world.save(company, "vendor", {"name": "Short-lived"})
    world.sync(company)
    theirs = one(world.query(company, "select * from Vendor"))
    world.actor(company, "deactivate", entity="Vendor", id=theirs["Id"])

    world.settle(company)

    ours = world.record(company, "vendor", vendor)
    assert (ours["name"], ours["active"]) == ("Short-lived", False)
    assert world.waiting(company) == []
