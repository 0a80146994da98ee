"""Companies, lists and the search: what there is, in the order and the part that is asked for."""

from __future__ import annotations

import json
import time

import pytest

from tests.unit.emulator.reader import Reader


@pytest.fixture
def reader(desk):
    return Reader(desk.emulator, desk.realm)


def cells(page, place: int = 0) -> list[str]:
    return [row[place] for row in page.rows[1:]]


def test_the_start_page_without_a_company_says_how_to_get_one(clock):
    from syncengine.emulator import Emulator

    emulator = Emulator(clock=clock)
    reader = Reader(emulator)
    assert "There is no company yet" in reader.get("/").text
    page = reader.send(reader.get("/"), "Set up", kind="intuit", name="Sandbox One", zone="Europe/Berlin", realm="123145")
    assert page.url.startswith("/company/123145")
    (company,) = emulator.companies.values()
    assert (company.kind, company.name, company.zone) == ("intuit", "Sandbox One", "Europe/Berlin")
    emulator.close()


def test_a_company_that_cannot_be_set_up_is_refused_with_what_was_entered_kept(reader):
    page = reader.send(reader.get("/"), "Set up", 400, zone="Atlantis/Capital", name="Mine")
    assert "no time zone called Atlantis/Capital" in page.text
    assert page.form("Set up").fields["name"] == "Mine"
    assert "already" in reader.send(reader.get("/"), "Set up", 400, realm=reader.realm).text
    assert "is a number" in reader.send(reader.get("/"), "Set up", 400, realm="12a").text
    assert len(reader.emulator.companies) == 1


def test_companies_show_their_realm_apps_and_counts(desk, reader):
    desk.invoice(desk.customer()["Id"], desk.item()["Id"])
    text = reader.get("/").text
    assert desk.realm in text
    assert "1 transaction," in text
    assert "Apps app" in text


def test_disconnecting_ends_the_tokens_of_that_company_only(desk, reader):
    from tests.unit.emulator.desk import Desk

    other = Desk(desk.emulator, "empty")
    page = reader.get("disconnect")
    assert "Connected now: app" in page.text
    reader.send(page, "Disconnect")
    assert desk.ask("GET", "companyinfo/1").status == 401
    assert other.ask("GET", "companyinfo/1").status == 200


def test_a_reset_asks_first_and_then_leaves_only_what_there_was_at_first(desk, reader):
    desk.customer("Gone Soon")
    page = reader.get("reset")
    assert "Everything in it is deleted" in page.text
    assert "Gone Soon" in reader.get("customer").text
    reader.send(page, "Reset")
    assert "There are no customers yet" in reader.get("customer").text
    assert desk.ask("GET", "companyinfo/1").status == 200


def test_the_overview_counts_each_list_and_says_what_changed_last(desk, reader):
    for name in ("A", "B", "C"):
        desk.customer(name)
    desk.act("deactivate", entity="Customer", id=desk.select("select * from Customer where DisplayName = 'B'")[0]["Id"])
    text = reader.get("").text
    assert "Customers 3 (1 inactive)" in text
    assert "This is an emulator, not Intuit" in text
    assert "B (deleted)" in text


def test_documents_come_newest_first_and_sort_by_number_as_numbers(desk, reader):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    for number, day in (("9", "2026-03-01"), ("1010", "2026-01-01"), ("200", "2026-02-01"), ("A-7", "2026-02-15")):
        desk.invoice(customer, item, DocNumber=number, TxnDate=day)
    assert cells(reader.get("invoice"), 1) == [f"{each}2026-{day}" for each, day in (("9", "03-01"), ("A-7", "02-15"), ("200", "02-01"), ("1010", "01-01"))]
    by_number = reader.get(reader.get("invoice").href("No."))
    assert [each[:-10] for each in cells(by_number, 1)] == ["9", "200", "1010", "A-7"]
    assert 'aria-sort="ascending"' in by_number.html


def test_amounts_sort_as_amounts(desk, reader):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    for amount in ("9.5", "100", "20.25"):
        desk.invoice(customer, item, float(amount))
    assert cells(reader.get("invoice?sort=total&way=down"), 4) == ["100.00", "20.25", "9.50"]


def test_sub_customers_stand_below_theirs_and_moved_in(desk, reader):
    parent = desk.customer("Bay")
    desk.customer("Anchor")
    desk.customer("Boat", Job=True, ParentRef={"value": parent["Id"]})
    page = reader.get("customer")
    assert cells(page) == ["Anchor", "Bay", "Boat"]
    assert page.html.count("depth1") == 1


def test_the_filter_finds_names_numbers_ids_and_parties_and_takes_signs_as_they_are(desk, reader):
    ada, bo = desk.customer("Ada 100%"), desk.customer("Böll_Straße")
    item = desk.item()["Id"]
    one, two = desk.invoice(ada["Id"], item, DocNumber="X_1"), desk.invoice(bo["Id"], item, DocNumber="X21")
    assert cells(reader.get("customer?q=100%25")) == ["Ada 100%"]
    assert cells(reader.get("customer?q=b%C3%96ll_")) == ["Böll_Straße"]
    assert cells(reader.get("customer?q=%25%25")) == []
    assert len(cells(reader.get("invoice?q=x_1"))) == 1
    assert len(cells(reader.get("invoice?q=ada"))) == 1
    assert len(cells(reader.get(f"invoice?q=%23{two['Id']}"))) == 1
    assert len(cells(reader.get(f"invoice?party={ada['Id']}"))) == 1
    assert one["Id"] != two["Id"]


def test_inactive_and_deleted_ones_are_shown_when_asked_for(desk, reader):
    customer = desk.customer("Old Hat")
    invoice = desk.invoice(customer["Id"], desk.item()["Id"])
    desk.act("delete", entity="Invoice", id=invoice["Id"])
    desk.act("deactivate", entity="Customer", id=customer["Id"])
    page = reader.get("customer?q=old")
    assert "None fit" in page.text
    assert cells(reader.get(page.href("look among them, too"))) == ["Old Hat (deleted)"]
    assert "There are no invoices yet" in reader.get("invoice").text
    assert len(cells(reader.get("invoice?rows=deleted"))) == 1


def test_a_long_list_is_cut_into_pages_that_keep_filter_and_order(desk, reader):
    names = [f"N{number:03}" for number in range(120)]
    for start in range(0, 120, 30):
        desk.batch(*({"operation": "create", "Customer": {"DisplayName": name}} for name in names[start : start + 30]))
    first = reader.get("customer?q=n&sort=name&way=down")
    assert "1 to 50 of 120" in first.text
    second = reader.get(first.href("Next"))
    last = reader.get(first.href("Last"))
    assert [*cells(first), *cells(second), *cells(last)] == names[::-1]
    assert "101 to 120 of 120" in reader.get("customer?q=n&page=99").text


def test_every_entity_has_a_list(tracked):
    from syncengine.emulator.catalogue.registry import ENTITIES

    reader = Reader(tracked.emulator, tracked.realm)
    for entity in ENTITIES.values():
        page = reader.get(entity.path)
        assert "<h1>" in page.html, entity.name


def test_the_search_looks_through_all_lists_and_shows_what_fits_best_first(desk, reader):
    ada = desk.customer("Ada Hardware")
    desk.vendor("Adalbert Wholesale")
    desk.invoice(ada["Id"], desk.item("Adapter")["Id"], DocNumber="ADA-1")
    page = reader.get("search?q=ada")
    assert {row[0] for row in page.rows[1:]} == {"Customer", "Vendor", "Product or service", "Invoice"}
    assert reader.get("search?q=ada-1").rows[1][:2] == ["Invoice", "ADA-1"]
    assert ["Customer", "Ada Hardware"] in [row[:2] for row in reader.get(f"search?q=%23{ada['Id']}").rows]
    assert "is called “zzz”" in reader.get("search?q=zzz").text
    assert "Type a name" in reader.get("search").text


def test_a_list_of_a_hundred_thousand_is_quick(desk, reader):
    state, key = desk.emulator.parts.state, desk.emulator.companies[desk.realm].key
    body = json.dumps({"Id": "{}", "SyncToken": "0", "TxnDate": "2026-01-01", "TotalAmt": 5, "Balance": 5, "CustomerRef": {"value": "7", "name": "Ada"}, "Pad": "x" * 200})
    rows = [(key, str(n), n, f"{n}", f"2025-{n % 12 + 1:02}-{n % 28 + 1:02}", str(n % 500), body.replace("{}", str(n))) for n in range(1, 100_001)]
    with state.transaction():
        state.executemany(
            "INSERT INTO object (company, entity, id, token, created, updated, active, deleted, shuffle, doc, date, party, body)"
            " VALUES (?, 'Invoice', ?, 0, 0, 0, 1, 0, ?, ?, ?, ?, ?)", rows)  # fmt: skip
    for target in ("invoice", "invoice?page=2000", "invoice?q=9999", "invoice?sort=number&way=down", "invoice?party=7", "search?q=99999", ""):
        before = time.process_time()
        page = reader.get(target)
        assert time.process_time() - before < 1.5, target
        assert "<h1>" in page.html
    assert "100,000" in reader.get("invoice").text
    # What would read every body is not offered.
    assert not [href for text, href in reader.get("invoice").links if text == "Total"]
