"""The laws of whatever is posted: every computed document, of records drawn from the columns of its own table."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer

from syncengine.db.types import LooseBool, LooseDate, LooseDecimal, Unreadable
from syncengine.entities import EVERY, Entity, marker
from syncengine.entities._posted import Entries
from syncengine.errors import RecordError
from syncengine.inventory.tables import KINDS, RECEIPT_POSTINGS
from syncengine.inventory.values import MONEY, WORDS
from syncengine.quickbooks import wire
from tests.contracts.drawn import UNKNOWN, Books, held_for, over_the_wire, same, updated
from tests.support.bookkeeping import Bookkeeper
from tests.support.examples import examples

COMPUTED = [entity for entity in EVERY if isinstance(entity.lines, Entries)]
each = pytest.mark.parametrize("entity", COMPUTED, ids=lambda entity: entity.key)
#: What the second bookkeeper can reckon.
reckoned = pytest.mark.parametrize("entity", [entity for entity in COMPUTED if entity.kind in Bookkeeper.KINDS], ids=lambda entity: entity.key)
LIGHT = settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])

ITEMS: dict[int, dict[str, Any]] = {
    1: {"name": "Anchor", "standard_cost": Decimal("2.35")},
    2: {"name": "Buoy", "asset_account": "Own asset", "cogs_account": "Own costs", "standard_cost": Decimal("0.1")},
    3: {"name": "Labour", "type": "Service", "expense_account": "Wages", "standard_cost": Decimal(9)},
    4: {"name": "Scrap", "asset_account": "Scrap asset"},
}
SETTINGS = {
    "receipt_posts_as": "bill", "due_date_from": "receipt", "close_drop_ship": True, "payable_account": "Payables", "asset_account": "Stock", "cogs_account": "Costs",
    "expense_account": "Expenses", "adjustment_account": "Shrinkage", "checking_account": "Checking", "cash_account": "Till", "credit_card_account": "Card",
    "deposit_asset_account": "Undeposited", "deposit_liability_account": "Deposits",
}  # fmt: skip
TERMS = {1: {"due_days": 30}, 2: {"day_of_month_due": 31, "due_next_month_days": 7}, 3: {}, 4: {"due_days": 0}}
CENTERS = {1: {"name": "Bench", "finished_goods": False}, 2: {"name": "Shelf", "finished_goods": True}}
OWN = {"item": ITEMS, "term": TERMS, "work_center": CENTERS}


class Firm(Books):
    """References of a company with ITEMS, TERMS and CENTERS, whose default accounts are in SETTINGS."""

    def look(self, kind: str, record_id: int) -> dict[str, Any] | None:
        if kind in OWN:
            found = OWN[kind].get(record_id)
            return None if found is None else {"id": record_id, "company_id": 1, **found}
        return super().look(kind, record_id)

    def setting(self, name: str) -> Any:
        return SETTINGS.get(name, super().setting(name))


FIRM = Firm()
BOOKKEEPER = Bookkeeper(SETTINGS, ITEMS, CENTERS)


# --- records, drawn from the columns of a kind's tables ------------------------------------------------------------


def _value(column: Column[Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 -- one return a type
    words = WORDS.get((column.table.name, column.name))
    if words:
        return st.sampled_from(words)
    if column.name == "currency":
        return st.just("EUR")  # that of every customer and vendor
    if column.name == "exchange_rate":
        return st.none() | st.decimals(Decimal("0.5"), Decimal(2), places=4)
    if column.name in MONEY:
        return st.decimals(Decimal(-10), Decimal(10_000), places=2)
    if isinstance(column.type, LooseDecimal):
        return st.decimals(Decimal(0), Decimal(1000), places=4)
    if isinstance(column.type, LooseDate):
        return st.dates(date(1990, 1, 1), date(2090, 1, 1))
    if isinstance(column.type, LooseBool):
        return st.booleans()
    if isinstance(column.type, Integer):
        return st.integers(1, 4)
    return st.sampled_from(["Sea", "Écluse 7", "Own asset", " Till ", "x" * 21])


#: What a record says in any case: without it there is an error and nothing to post.
NEEDED = {"id", "txn_date", "closed_on", "vendor_id", "customer_id", "carrier_id", "item_id", "unit_cost", "restock_cost", "quantity", "role", "posts_as", "carrier_charge", "currency"}
#: What no posting looks at, and what other tests are about.
ASIDE = ("created_at", "company_id", "ship_", "bill_", "custom", "email", "vendor_memo", "tracking")
#: By what makes a record of a kind post to an entity.
POSTS = {
    "JournalEntry:purchase_order": {"drop_ship": [True], "status": ["closed"]},
    "JournalEntry:vendor_return": {"vendor_credit": [False], "account": ["Own losses"]},
    "VendorCredit:vendor_return": {"vendor_credit": [True, None]},
    "JournalEntry:sales_order": {"deposit": [Decimal("0.01"), Decimal("12.5"), Decimal(3000)]},
    "JournalEntry:payment": {"sales_order_id": [1], "amount": [Decimal("0.01"), Decimal("12.5"), Decimal(3000)]},
    "Bill:item_receipt": {"posts_as": ["bill", None]},
    "Purchase:item_receipt": {"posts_as": ["check", "cash", "credit card"]},
    "Bill:transfer": {"carrier_charge": [Decimal("0.01"), Decimal("45.1")]},
    "JournalEntry:build": {"work_center_id": [None, 2]},
    "JournalEntry:process": {"work_center_id": [None, 2]},
}


def _columns(table: Any, posts: dict[str, Any] | None = None) -> dict[str, st.SearchStrategy[Any]]:
    found = {}
    for column in table.columns:
        if column.name.startswith(ASIDE):
            continue
        value = _value(column)
        found[column.name] = value if column.name in NEEDED else st.none() | value
    return {**found, **{name: st.sampled_from(values) for name, values in (posts or {}).items()}}


@cache
def records(entity: Entity) -> st.SearchStrategy[dict[str, Any]]:
    kind = KINDS[entity.kind]
    lines = st.lists(st.fixed_dictionaries(_columns(kind.lines)), min_size=1, max_size=3)
    if entity.kind == "process":
        out = st.fixed_dictionaries({**_columns(kind.lines), "item_id": st.sampled_from([1, 2, 3]), "role": st.just("output"), "quantity": st.just(Decimal("1.5"))})
        lines = st.tuples(lines, out).map(lambda both: [*both[0], both[1]])
    return st.fixed_dictionaries({**_columns(kind.table, POSTS.get(entity.key)), "lines": lines})


def posted(entity: Entity, data: st.DataObject) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record that posts, and what it posts, flat."""
    record = data.draw(records(entity))
    try:
        assert entity.wanted(record, FIRM)
        assert not entity.holds(record, FIRM)
        flat = entity.put(record, FIRM)
    except RecordError:
        assume(False)
        raise
    assume(not entity.worthless(flat))
    return record, flat


def effect(payload: dict[str, Any]) -> Counter[str]:
    """What a document does to each account, in cents: read off the payload as QuickBooks would read it."""
    found: Counter[str] = Counter()
    for line in payload["Line"]:
        detail = line[line["DetailType"]]
        amount = int(line["Amount"] * 100)
        found[detail["AccountRef"]["value"].removeprefix("A")] += -amount if detail.get("PostingType") == "Credit" else amount
    return found


def other_side(entity: Entity, payload: dict[str, Any]) -> str:
    """The account that a form stands against: what is owed, or what paid."""
    return str((payload.get("APAccountRef") or payload["AccountRef"])["value"]).removeprefix("A")


# --- the laws ------------------------------------------------------------------------------------------------------


@each
@LIGHT
@given(data=st.data())
def test_debits_equal_credits_and_every_amount_is_money(entity, data):
    _, flat = posted(entity, data)
    payload = over_the_wire(entity.create(flat, marker(1, entity.key, 7)))
    for line in payload["Line"]:
        assert line["Amount"] == round(line["Amount"], 2)
        assert line["Amount"]
    if entity.name == "JournalEntry":
        assert sum(effect(payload).values()) == 0
        assert all(line["Amount"] > 0 for line in payload["Line"])
    else:
        assert sum(effect(payload).values()) >= 0


@reckoned
@LIGHT
@given(data=st.data())
def test_what_is_posted_is_what_the_record_is_worth_account_by_account(entity, data):
    record, flat = posted(entity, data)
    payload = over_the_wire(entity.create(flat, ""))
    found = effect(payload)
    if entity.name != "JournalEntry":
        total = sum(found.values())
        found = Counter({account: -cents if entity.name == "VendorCredit" else cents for account, cents in found.items()})
        found[other_side(entity, payload)] += total if entity.name == "VendorCredit" else -total
    assert {account: cents for account, cents in found.items() if cents} == BOOKKEEPER.of(entity.kind, record)


@each
@LIGHT
@given(data=st.data())
def test_what_is_put_and_created_reads_back_the_same(entity, data):
    _, flat = posted(entity, data)
    payload = over_the_wire(entity.create(flat, marker(1, entity.key, 7)))
    assert same(entity, entity.get({**payload, "Id": "1", "SyncToken": "0"}), flat)
    assert payload["PrivateNote"].endswith(marker(1, entity.key, 7))
    assert len(payload["PrivateNote"]) <= 4000


@each
@LIGHT
@given(data=st.data())
def test_an_update_makes_theirs_ours_and_leaves_alone_what_we_do_not_know(entity, data):
    (_, before), (_, after) = posted(entity, data), posted(entity, data)
    # What QuickBooks never changes makes the document anew instead: here it stays as it was.
    after = {**after, **{field.path: before[field.path] for field in entity.fields if field.reissued}}
    held = held_for(entity, before)
    frozen = wire.dumps(held)
    changed = entity.differences(before, after)
    assume(changed)
    assert not entity.replaces(changed)
    for there, now in zip(entity.get(held)["Line"], after["Line"], strict=False):
        now["Id"] = there["Id"]
    payload = entity.update(after, changed, qbo_id="5", sync_token="3", held=held, mark=marker(1, entity.key, 7))
    assert wire.dumps(held) == frozen
    result = over_the_wire(updated(held, payload))
    assert same(entity, entity.get(result), after)
    assert UNKNOWN.items() <= result.items()
    assert all(UNKNOWN.items() <= line.items() for line in result["Line"] if line.get("Id"))
    assert result["PrivateNote"].count("[T-") == 1


@each
@LIGHT
@given(data=st.data())
def test_a_line_of_another_kind_that_a_person_added_survives(entity, data):
    _, flat = posted(entity, data)
    held = held_for(entity, flat)
    words = {"Id": "90", "DetailType": "DescriptionOnly", "Description": "checked by hand", "DescriptionLineDetail": {}}
    held["Line"] = [*held["Line"], words]
    assert words in entity.update(entity.get(held), ["Line"], qbo_id="5", sync_token="3", held=held, mark="")["Line"]


@each
@LIGHT
@given(data=st.data())
def test_whatever_stands_in_a_record_it_is_posted_or_refused_as_that_record(entity, data):
    """Values that another program wrote, and that read as nothing, are that record's error with a cause and a remedy."""
    record = data.draw(records(entity))
    broken = data.draw(st.sampled_from(sorted(record.keys() - {"id", "lines", "company_id", "created_at"})))
    place = data.draw(st.sampled_from([record, *record["lines"]]))
    if broken in place:
        place[broken] = Unreadable("rubbish")
    told = None
    try:
        if entity.wanted(record, FIRM) and not entity.holds(record, FIRM):
            entity.create(entity.put(record, FIRM), "")
    except RecordError as error:
        told = error
    assert told is None or (told.field and told.cause.endswith(".") and told.remedy.endswith("."))


@each
def test_a_note_that_is_too_long_for_quickbooks_is_refused_here(entity):
    with pytest.raises(RecordError, match="QuickBooks takes 3980"):
        next(field for field in entity.fields if field.path == "PrivateNote").put({"id": 1, "private_note": "x" * 3980}, FIRM)


@each
def test_it_says_in_words_what_it_debits_and_credits(entity):
    assert "ebit" in entity.posts
    assert "credit" in entity.posts
    assert entity.posts.endswith(".")


def test_a_receipt_becomes_one_thing_at_most():
    targets = [entity for entity in COMPUTED if entity.kind == "item_receipt"]
    for word in RECEIPT_POSTINGS:
        assert [entity.name for entity in targets if entity.wanted({"posts_as": word}, FIRM)] == {"none": [], "bill": ["Bill"]}.get(word, ["Purchase"])

