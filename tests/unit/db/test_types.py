"""Column types on both databases: no cent, no second and no digit is lost, and junk harms its own record only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import StatementError

from syncengine.db.types import LooseBool, LooseDate, LooseDecimal, Money, Unreadable, Utc

SAMPLE = Table(
    "sample",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("amount", Money()),
    Column("price", Money(7)),
    Column("at", Utc),
    Column("quantity", LooseDecimal),
    Column("day", LooseDate),
    Column("yes", LooseBool),
)


@pytest.fixture
def table(empty_database):
    with empty_database.writing() as connection:
        SAMPLE.create(connection)
    return empty_database


def kept(database, **values):
    """The values as they come back from the database."""
    with database.writing() as connection:
        connection.execute(insert(SAMPLE).values(**values))
    with database.reading() as connection:
        row = connection.execute(select(SAMPLE).order_by(SAMPLE.c.id.desc()).limit(1)).one()
    return {name: row._mapping[name] for name in values}


def written_by_another_program(database, column, literal):
    """What we read where another program's plain SQL wrote `literal`."""
    with database.writing() as connection:
        connection.execute(text(f"INSERT INTO sample ({column}) VALUES ({literal})"))
    with database.reading() as connection:
        return connection.scalar(select(SAMPLE.c[column]).order_by(SAMPLE.c.id.desc()).limit(1))


@pytest.mark.parametrize("amount", ["0", "0.01", "-12.30", "1234567890123456.78", "92233720368547758.07"])
def test_money_comes_back_to_the_cent(table, amount):
    assert kept(table, amount=Decimal(amount)) == {"amount": Decimal(amount)}


def test_sums_and_comparisons_of_money_are_exact_in_sql(table):
    for amount in ("0.10", "0.20", "1234567890123456.78"):
        kept(table, amount=Decimal(amount))
    with table.reading() as connection:
        assert connection.scalar(select(func.sum(SAMPLE.c.amount))) == Decimal("1234567890123457.08")
        assert connection.scalar(select(func.count()).where(SAMPLE.c.amount > Decimal("0.10"))) == 2


def test_a_price_keeps_seven_places(table):
    assert kept(table, price=Decimal("0.0000001")) == {"price": Decimal("0.0000001")}


def test_money_is_never_rounded_in_silence(table):
    with pytest.raises(StatementError, match="more than 2 decimal places"):
        kept(table, amount=Decimal("0.005"))


def test_a_binary_float_is_no_money(table):
    with pytest.raises(StatementError, match="float"):
        kept(table, amount=0.1)


def test_a_time_comes_back_aware_and_in_utc_whatever_zone_it_had(table):
    at = datetime(2026, 3, 29, 2, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-7)))
    back = kept(table, at=at)["at"]
    assert back == at
    assert back.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(table):
    with pytest.raises(StatementError, match="without zone"):
        kept(table, at=datetime(2026, 1, 1))  # noqa: DTZ001 -- the naive time is the point


def test_a_time_that_the_database_wrote_itself_is_utc(table):
    back = written_by_another_program(table, "at", "CURRENT_TIMESTAMP")
    assert back.tzinfo is UTC
    assert abs(back - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.parametrize("name", ["amount", "price", "at", "quantity", "day", "yes"])
def test_nothing_stays_nothing(table, name):
    assert kept(table, **{name: None}) == {name: None}


@pytest.mark.parametrize("quantity", ["9.8", "0.1", "1234567890.1234567", "-3", "1E+3", "1E-7"])
def test_a_quantity_keeps_every_digit(table, quantity):
    assert kept(table, quantity=Decimal(quantity)) == {"quantity": Decimal(quantity)}


@pytest.mark.parametrize(("literal", "value"), [("9.8", "9.8"), ("'9.8'", "9.8"), ("12", "12"), ("-0.05", "-0.05")])
def test_a_plain_number_of_another_program_is_what_it_says(table, literal, value):
    assert written_by_another_program(table, "quantity", literal) == Decimal(value)


def test_a_day_and_a_yes_come_back(table):
    assert kept(table, day=date(2026, 2, 28), yes=True) == {"day": date(2026, 2, 28), "yes": True}
    assert kept(table, yes=False) == {"yes": False}


def test_a_day_with_a_time_behind_it_is_that_day(table):
    assert written_by_another_program(table, "day", "'2026-02-28 17:45:00'") == date(2026, 2, 28)


#: PostgreSQL refuses such values itself; in SQLite any text can stand in any column.
JUNK = [
    ("quantity", "'a dozen'", "a dozen"),
    ("quantity", "'NaN'", "NaN"),
    ("quantity", "'Infinity'", "Infinity"),
    ("quantity", "'1,5'", "1,5"),
    ("day", "'31.12.2026'", "31.12.2026"),
    ("day", "'2026-02-30'", "2026-02-30"),
    ("yes", "'perhaps'", "perhaps"),
]


@pytest.mark.parametrize(("column", "literal", "shown"), JUNK)
def test_what_does_not_parse_comes_back_as_unreadable_text(sqlite_database, column, literal, shown):
    with sqlite_database.writing() as connection:
        SAMPLE.create(connection)
    value = written_by_another_program(sqlite_database, column, literal)
    assert isinstance(value, Unreadable)
    assert value == shown


@pytest.mark.parametrize(("column", "literal"), [("quantity", "''"), ("quantity", "' '"), ("day", "''")])
def test_an_empty_text_is_nothing_or_at_least_no_number(sqlite_database, column, literal):
    with sqlite_database.writing() as connection:
        SAMPLE.create(connection)
    value = written_by_another_program(sqlite_database, column, literal)
    assert value is None or isinstance(value, Unreadable)


@pytest.mark.parametrize(("literal", "value"), [("'TRUE'", True), ("' yes '", True), ("1", True), ("'n'", False), ("0", False)])
def test_the_usual_words_for_yes_and_no_are_understood(sqlite_database, literal, value):
    with sqlite_database.writing() as connection:
        SAMPLE.create(connection)
    assert written_by_another_program(sqlite_database, "yes", literal) is value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_any_amount_in_cents_survives_the_round_trip(amount):
    money = Money()
    assert money.process_result_value(money.process_bind_param(amount, None), None) == amount


@given(st.text(max_size=40))
def test_no_text_at_all_can_break_a_query(wild):
    for loose in (LooseDecimal(), LooseDate(), LooseBool()):
        value = loose.process_result_value(wild, None)
        assert value is None or isinstance(value, Unreadable | Decimal | date | bool)
