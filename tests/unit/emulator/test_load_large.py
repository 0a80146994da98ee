"""Large loads: documents are posted as they come, and the outcome is that of posting all at once; time and memory grow with what comes."""

from __future__ import annotations

import json
import random
import time
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from syncengine.clock import ManualClock
from syncengine.emulator import Emulator, load, wire
from syncengine.emulator.books import Books
from syncengine.emulator.load import Unloadable, lines
from syncengine.emulator.postings import audit, registry, running
from tests.unit.emulator.conftest import Make
from tests.unit.emulator.desk import Desk
from tests.unit.emulator.test_load import checked, dumped, invoice, names

Rows = list[dict[str, Any]]
POSTED = ("posting", "opening", "system_account", "object")


def kept(emulator: Emulator, *tables: str) -> dict[str, list[Any]]:
    """Everything in some tables; of `object` also in which order it was written."""
    found = {}
    for table in tables:
        columns = "rowid, *" if table in {"object", "version"} else "*"
        found[table] = sorted(map(repr, emulator.parts.state.execute(f"SELECT {columns} FROM {table}").fetchall()))
    return found


def books_of(desk: Desk) -> Books:
    return desk.emulator.parts.register.books(desk.emulator.companies[desk.realm])


def ranked(order: str, rows: Rows) -> Rows:
    """The rows as they were written, with all that documents look at first, the other way round, or in any order."""
    if order == "lists first":
        return sorted(rows, key=lambda row: next(iter(row)) not in running.SEEN)
    if order == "backwards":
        return rows[::-1]
    if order == "written":
        return rows
    return random.Random(order).sample(rows, len(rows))


@pytest.fixture
def stood(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """What stood posted when each load came to its end; loads go by fives."""
    found: list[frozenset[str]] = []
    real = audit.enter

    def noted(books: Books, standing: frozenset[str] = frozenset()) -> None:
        found.append(standing)
        real(books, standing)

    monkeypatch.setattr(audit, "enter", noted)
    monkeypatch.setattr(load, "_CHUNK", 5)
    return found


@pytest.mark.parametrize("order", ["written", "lists first", "backwards", "any 1", "any 2"])
@pytest.mark.parametrize("kind", ["demo", "intuit"])
def test_documents_posted_as_they_come_are_posted_as_all_at_once(make: Make, stood: list[frozenset[str]], kind: str, order: str):
    desk = make(kind)
    rows = ranked(order, [wire.loads(line) for line in dumped(desk)])
    desk.emulator.load(desk.realm, rows, replace=True)
    assert checked(desk) == []
    assert order == "written" or bool(stood[-1]) == (order == "lists first")
    before = kept(desk.emulator, *POSTED)
    with desk.emulator.parts.state.transaction():
        audit.rebuild(books_of(desk))
    assert kept(desk.emulator, *POSTED) == before


@pytest.mark.parametrize("kind", ["demo", "intuit"])
def test_postings_that_are_made_early_look_at_lists_alone(make: Make, monkeypatch: pytest.MonkeyPatch, kind: str):
    desk = make(kind)
    looked: set[str] = set()
    books = books_of(desk)
    posting = [(entity, obj) for entity, obj in audit.objects(books, *running.STANDING)]
    real = Books.known

    def known(self: Books, entity: str, id_: str) -> dict[str, Any] | None:
        looked.add(entity)
        return real(self, entity, id_)

    monkeypatch.setattr(Books, "known", known)
    books.company.forget()
    for entity, obj in posting:
        registry.of(books, entity, obj)
    assert {"Item", "Preferences"} <= looked <= running.SEEN


def test_an_item_that_comes_behind_its_document_says_where_that_is_posted(desk: Desk, stood: list[frozenset[str]]):
    item, customer = names(desk)
    desk.emulator.load(desk.realm, [customer, *map(invoice, range(1000, 1010)), item])
    assert stood == [frozenset()]
    income = item["Item"]["IncomeAccountRef"]["value"]
    query = "SELECT count(*), sum(amount) FROM posting WHERE account = ?"
    assert desk.emulator.parts.state.execute(query, (income,)).fetchone() == (10, -19_000)
    assert checked(desk) == []


@pytest.mark.parametrize("brings", [True, False])
def test_an_account_that_is_set_up_for_a_document_takes_no_id_that_is_to_come(desk: Desk, stood: list[frozenset[str]], brings: bool):
    accounts = desk.select("SELECT * FROM Account MAXRESULTS 1000")
    following = max(int(each["Id"]) for each in accounts) + 1
    own = {**({"Id": str(following)} if brings else {}), "Name": "Loaded", "FullyQualifiedName": "Loaded", "AccountType": "Bank", "Classification": "Asset"}
    abroad = [invoice(number, CurrencyRef={"value": "EUR"}, ExchangeRate=Decimal("1.1")) for number in range(1000, 1006)]
    desk.emulator.load(desk.realm, [*names(desk), *abroad, {"Account": own}])
    assert stood == [frozenset()]
    assert desk.read("Account", str(following))["Name"] == "Loaded"
    assert desk.account("Accounts Receivable (A/R) - EUR") == {"value": str(following + 1)}
    assert checked(desk) == []


def test_which_account_receivables_are_posted_to_is_settled_by_all_accounts(desk: Desk, stood: list[frozenset[str]]):
    item, customer = names(desk)
    income = desk.read("Account", item["Item"]["IncomeAccountRef"]["value"])

    def receivable(id_: str) -> dict[str, Any]:
        own = {"Id": id_, "Name": f"Owed {id_}", "FullyQualifiedName": f"Owed {id_}", "Classification": "Asset"}
        return {"Account": {**own, "AccountType": "Accounts Receivable", "AccountSubType": "AccountsReceivable"}}

    rows = [{"Account": income}, receivable("500"), item, customer, *map(invoice, range(1000, 1010)), receivable("400")]
    desk.emulator.load(desk.realm, rows, replace=True)
    assert stood == [frozenset()]
    assert (desk.read("Account", "400")["CurrentBalance"], desk.read("Account", "500")["CurrentBalance"]) == (190, 0)


def test_a_balance_that_a_loaded_object_lacks_is_shown_as_one_that_came_through_the_api(desk: Desk):
    income = {"Name": "Fees", "FullyQualifiedName": "Fees", "AccountType": "Income", "Classification": "Revenue"}
    vendor = {"DisplayName": "Bolt", "FullyQualifiedName": "Bolt"}
    desk.emulator.load(desk.realm, [{"Account": {"Id": "900", **income}}, {"Vendor": {"Id": "902", **vendor}}, *names(desk)])
    assert desk.read("Account", "900")["CurrentBalance"] == desk.read("Account", "900")["CurrentBalanceWithSubAccounts"] == 0
    assert desk.read("Vendor", "902")["Balance"] == desk.read("Customer", "901")["BalanceWithJobs"] == 0


def test_what_is_loaded_onto_documents_is_posted_with_them(desk: Desk, stood: list[frozenset[str]]):
    desk.emulator.load(desk.realm, [*names(desk), *map(invoice, range(1000, 1007))])
    desk.emulator.load(desk.realm, [*map(invoice, range(1007, 1020))])
    assert [bool(each) for each in stood] == [True, False]
    assert desk.read("Customer", "901")["Balance"] == 20 * 19
    assert checked(desk) == []


@pytest.mark.parametrize(
    ("broken", "said"), [({"TotalAmt": 20}, "Invoice 1003: postings do not balance"), ({"TxnDate": None}, "Invoice 1003: it has no 'TxnDate'")]
)
def test_a_document_that_cannot_be_posted_is_named_and_nothing_is_kept(desk: Desk, stood: list[frozenset[str]], broken: Any, said: str):
    tables = desk.emulator.parts.state.of_a_company()
    before = kept(desk.emulator, *tables)
    rows = [*names(desk), *map(invoice, range(1000, 1003)), invoice(1003, **broken), *map(invoice, range(1004, 1020))]
    with pytest.raises(Unloadable, match=f"cannot be posted: {said}"):
        desk.emulator.load(desk.realm, rows)
    assert kept(desk.emulator, *tables) == before
    assert stood == [frozenset()]


def test_a_bad_row_behind_many_good_ones_leaves_everything_as_it_was(desk: Desk):
    state = desk.emulator.parts.state
    tables = [*state.of_a_company(), "sqlite_schema", "sqlite_stat1"]
    before = kept(desk.emulator, *tables)
    with pytest.raises(Unloadable, match="row 2202: Invoice 1000 is there already, or comes twice"):
        desk.emulator.load(desk.realm, [*names(desk), *map(invoice, range(1000, 3199)), invoice(1000)])
    assert kept(desk.emulator, *tables) == before
    desk.emulator.load(desk.realm, [*names(desk), invoice(1000)])
    assert checked(desk) == []


def test_many_empty_lines_end_nothing(desk: Desk):
    rows = "".join(json.dumps(row) + "\n" for row in names(desk))
    text = rows + "\n" * 2500 + json.dumps(invoice(1000))
    assert desk.emulator.load(desk.realm, lines(text)) == {"Item": 1, "Customer": 1, "Invoice": 1}


def test_text_that_would_end_a_line_elsewhere_goes_out_and_in_again(desk: Desk):
    name = "One\u2028two\u0085three"
    id_ = desk.customer(name)["Id"]
    text = "\r\n".join(dumped(desk))
    desk.emulator.load(desk.realm, lines(text), replace=True)
    assert desk.read("Customer", id_)["DisplayName"] == name


def test_what_becomes_of_a_loaded_object_follows_it_and_outlives_a_restart(tmp_path: Path, clock: ManualClock):
    first = Emulator(tmp_path / "state.db", clock=clock, switches={"quotas": False})
    desk = Desk(first, "empty")
    first.load(desk.realm, [*names(desk), *map(invoice, range(1000, 1010))])
    loaded = {each["Id"]: wire.dumps(each) for each in desk.select("SELECT * FROM Invoice")}
    desk.post("invoice", {"Id": "1004", "SyncToken": "0", "sparse": True, "PrivateNote": "seen"})
    desk.act("delete", entity="Invoice", id="1005")
    first.load(desk.realm, [invoice(1010)])
    before = kept(first, *first.parts.state.of_a_company())
    first.close()
    second = Emulator(tmp_path / "state.db", clock=clock, switches={"quotas": False})
    assert kept(second, *second.parts.state.of_a_company()) == before
    (company,) = second.companies.values()

    def history(id_: str) -> list[tuple[str, str]]:
        return [(each.change, each.text) for each in second.parts.versions.of(company, "Invoice", id_)]

    assert [change for change, _ in history("1004")] == ["update", "found"]
    assert [change for change, _ in history("1005")] == ["delete", "found"]
    for id_ in ("1003", "1004", "1005"):
        assert json.loads(history(id_)[-1][1]) == json.loads(loaded[id_])
    assert [change for change, _ in history("1010")] == ["found"]
    assert audit.differences(second.parts.register.books(company)) == []
    second.close()


def test_the_same_load_leaves_the_same_bytes(make: Make, stood: list[frozenset[str]]):
    desks = [make(seed=7), make(seed=7)]
    for desk in desks:
        desk.emulator.load(desk.realm, [*names(desk), *map(invoice, range(1000, 1030))])
    one, other = (kept(desk.emulator, *desk.emulator.parts.state.of_a_company()) for desk in desks)
    assert one == other
    assert all(stood)


# Growth


def company(objects: int, income: str) -> Iterator[dict[str, Any]]:
    """Four lists' members to six invoices, the lists first."""
    members = objects * 2 // 10
    for n in range(members):
        yield {"Customer": {"Id": str(10_000 + n), "DisplayName": f"Customer {n}", "FullyQualifiedName": f"Customer {n}"}}
    for n in range(members):
        item = {"Id": str(10_000 + n), "Name": f"Item {n}", "FullyQualifiedName": f"Item {n}", "Type": "NonInventory"}
        yield {"Item": {**item, "IncomeAccountRef": {"value": income}, "UnitPrice": Decimal("9.5")}}
    for n in range(objects - 2 * members):
        made = invoice(100_000 + n, CustomerRef={"value": str(10_000 + n % members)})
        made["Invoice"]["Line"][0]["SalesItemLineDetail"]["ItemRef"] = {"value": str(10_000 + n % members)}
        yield made


def seconds(make: Make, objects: int) -> float:
    """Processor time of one object."""
    desk = make()
    income = desk.select("SELECT * FROM Account WHERE AccountType = 'Income'")[0]["Id"]
    rows = list(company(objects, income))
    begun = time.process_time()
    desk.emulator.load(desk.realm, rows)
    return (time.process_time() - begun) / objects


def test_an_object_takes_as_long_among_many_as_among_few(make: Make):
    ratios = []
    for _ in range(3):
        # A machine that is busy with something else makes either of them long, never both in three rounds.
        few = min(seconds(make, 4_000), seconds(make, 4_000))
        ratios.append(seconds(make, 16_000) / few)
        if ratios[-1] < 1.5:
            return
    pytest.fail(f"an object takes so many times as long among four times as many: {ratios}")


def peak(make: Make, monkeypatch: pytest.MonkeyPatch, invoices: int) -> int:
    """Bytes that Python holds at most while that many invoices are loaded by hundreds."""
    monkeypatch.setattr(load, "_CHUNK", 100)
    desk = make()
    rows = (invoice(number) for number in range(1000, 1000 + invoices))
    lists = names(desk)
    tracemalloc.start()
    desk.emulator.load(desk.realm, (row for rows in (lists, rows) for row in rows))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_a_load_holds_no_more_than_a_part_of_its_objects(make: Make, monkeypatch: pytest.MonkeyPatch):
    few, many = peak(make, monkeypatch, 500), peak(make, monkeypatch, 3_000)
    assert many < few * 1.5
