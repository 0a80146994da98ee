"""SQL of analysts on both databases: what it answers, to whom, and what is said of a question that cannot be answered."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal

import pytest
from sqlalchemy import select

from syncengine import commands, queries
from syncengine.db import sandbox
from syncengine.errors import Forbidden, Refused
from syncengine.queries import _views
from syncengine.store.rights import LIST_OF
from syncengine.store.tables import Audit
from tests.unit.queries import seed
from tests.unit.queries.analyst import SECRETS, answer, of_role, prepared


def test_a_question_is_answered_with_the_rows_of_its_company(asked):
    found = queries.sql(asked, "SELECT label, state, queued_at FROM queue ORDER BY label;  -- the end")
    assert len(found) == len(queries.queue(asked))
    assert str(found["queued_at"].dtype) == "datetime64[us, UTC]"
    assert found["queued_at"][0] == seed.NOON
    assert found.attrs["cut"] == ""


def test_amounts_are_decimals_and_add_up(asked):
    assert answer(asked, "SELECT sum(total) AS total FROM ledger WHERE entity = 'Bill'") == [{"total": Decimal("12.34")}]
    [row] = answer(asked, "SELECT unit_price, quantity * unit_price AS amount FROM lines_invoice")
    assert (row["unit_price"], row["amount"]) == (Decimal("19.9"), Decimal("39.8"))


def test_columns_with_one_name_are_told_apart(asked):
    assert queries.sql(asked, "SELECT 1 AS a, 2 AS a, 'x' AS a_2").columns.tolist() == ["a", "a_2", "a_2_2"]


def test_grouping_windows_and_with_work(asked):
    question = "WITH w AS (SELECT kind, count(*) AS n FROM queue GROUP BY kind) SELECT kind, n, rank() OVER (ORDER BY n DESC) AS place FROM w"
    assert sum(row["n"] for row in answer(asked, question)) == len(queries.queue(asked))


def test_each_view_shows_its_own_company_alone(asked):
    filled = set()
    for name, view in _views.every().items():
        found = queries.sql(asked, f"SELECT * FROM {name}")
        assert found.columns.tolist() == [column.name for column in view.columns]
        assert not [secret for secret in SECRETS if secret in found.to_csv()], name
        assert name == "audit" or answer(asked, f"SELECT count(*) AS n FROM {name}") == [{"n": len(found)}]
        filled |= {name} if len(found) else set()
    assert {"queue", "runs", "errors", "ledger", "audit", "records_customer", "lines_invoice"} <= filled


def test_a_view_has_no_column_of_tokens_realms_or_companies():
    names = {column.name for view in _views.every().values() for column in view.columns}
    assert not names & {"company_id", "tokens", "token_version", "realm", "realm_hash", "refreshing_by", "sync_token", "requestid", "intended"}
    tables = {view.table.name for view in _views.every().values()}
    assert not tables & {"sync_connection", "sync_member", "sync_grant", "sync_setting", "sync_worker", "company"}


def test_an_array_is_made_and_looked_into_on_postgresql(postgres_database, monkeypatch):
    prepared(postgres_database, monkeypatch)
    session = seed.company(postgres_database)
    assert answer(session, "SELECT (array[2, 1])[length('ab')] AS v, array_length(array_agg(x), 1) AS n FROM generate_series(1, 3) AS x") == [{"v": 1, "n": 3}]
    assert answer(session, "SELECT format('%s of %s', 1, 2) AS v") == [{"v": "1 of 2"}]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("SELECT *\nFROM qeue", "There is no view 'qeue' (at line 2, column 6). Did you mean queue?"),
        ("SELECT lable FROM queue", "There is no column 'lable' (at line 1, column 8)"),
        ("SELECT *\nFROM queue\nWHERE ORDER", "This cannot be understood at 'ORDER' (at line 3, column 7)."),
        ("SELECT soundex(label) FROM queue", "There is no function 'soundex' here"),
        ("DELETE FROM queue", "Only questions can be asked, which begin with SELECT or WITH; this begins with 'DELETE'."),
        ("SELECT 1;\nSELECT 2", "Ask one question at a time: another begins after the semicolon at line 1, column 9."),
        ("SELECT id FROM queue q JOIN errors e ON 1 = 1", "More than one view has a column 'id'"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words_with_its_place(asked, question, says):
    with pytest.raises(Refused) as refused:
        queries.sql(asked, question)
    assert says in str(refused.value)


def test_each_question_is_in_the_audit_trail_also_one_that_failed(asked, database):
    for question in ("SELECT 1 AS one", "SELECT nothing FROM queue"):
        try:
            queries.sql(asked, question)
        except Refused:
            continue
    with database.reading() as connection:
        lines = connection.execute(select(Audit.actor, Audit.detail).where(Audit.event == "asked in SQL").order_by(Audit.id)).all()
    assert [(actor, detail["sql"]) for actor, detail in lines] == [("Ada", "SELECT 1 AS one"), ("Ada", "SELECT nothing FROM queue")]


def test_only_owners_and_whom_they_named_may_ask(asked):
    for role in ("viewer", "accountant", "operator", "manager"):
        with pytest.raises(Forbidden):
            queries.sql(of_role(asked, role), "SELECT 1 AS one")
    assert answer(of_role(asked, "owner"), "SELECT 1 AS one") == [{"one": 1}]


def test_lists_that_are_closed_to_an_analyst_are_closed_in_sql_too(asked):
    viewer = of_role(asked, "viewer", sql=True, see_bills=True)
    assert {row["entity"] for row in answer(viewer, "SELECT DISTINCT entity FROM ledger")} == {"Bill"}
    accountant = of_role(asked, "accountant", sql=True)
    assert {row["entity"] for row in answer(accountant, "SELECT DISTINCT entity FROM ledger")} == {*LIST_OF, "Customer"}
    queries.sql(asked, "SELECT 1 AS one")
    assert [row for row in answer(viewer, "SELECT detail FROM audit") if row["detail"]] == []
    assert [row for row in answer(accountant, "SELECT detail FROM audit") if "SELECT 1" in json.dumps(row)]


def test_the_views_are_listed_with_their_columns(sqlite_database):
    found = queries.sql_views(seed.company(sqlite_database))
    assert set(found["view"]) == set(_views.every())
    assert found[found["column"] == "total"]["type"].tolist() == ["amount"]


def test_what_only_owners_may_look_at_is_closed_in_the_audit_to_other_analysts(asked):
    """Not even counted: that somebody was given a right is an owner's to know."""
    commands.set_role(asked, "bob@harbour.example", "viewer")
    commands.change_settings(asked, {"support_address": "boss@harbour.example"})
    question = "SELECT event, detail FROM audit WHERE event = 'setting changed' OR kind = 'person' ORDER BY id"
    assert [row["event"] for row in answer(of_role(asked, "owner"), question)] == ["role given", "setting changed"]
    assert answer(of_role(asked, "accountant", sql=True), question) == []


def test_which_file_was_imported_is_closed_in_the_audit_to_analysts_who_are_no_owners(asked):
    commands.import_file(asked, "customer", b"name\nRope Ltd\n", name="payroll.csv")
    question = "SELECT kind, detail FROM audit WHERE event = 'imported'"
    [line] = answer(of_role(asked, "owner"), question)
    assert "payroll.csv" in line["detail"]
    assert answer(of_role(asked, "accountant", sql=True), question) == [{"kind": "customer", "detail": ""}]


def test_tables_made_of_json_can_be_asked(asked):
    if asked.database.dialect == "sqlite":
        question = "SELECT e.value AS n FROM json_each('[1,2]') AS e JOIN json_tree('[2,3]') AS t ON t.value = e.value"
    else:
        question = "SELECT e.value AS n FROM jsonb_each('{\"a\": 1, \"b\": 2}') AS e WHERE e.key = 'b'"
    assert answer(asked, question) == [{"n": 2}]
    with pytest.raises(Refused):
        queries.sql(asked, "SELECT e.value FROM sync_connection, json_each(sync_connection.tokens) AS e")


#: A call of each function that docs/sql.md says is there on either database, as SQLite has it.
CALLS = {
    "char": "char(65)", "concat_ws": "concat_ws('-', 'a', 'b')", "current_date": "current_date", "current_time": "current_time",
    "current_timestamp": "current_timestamp", "date": "date('2026-01-01')", "datetime": "datetime('2026-01-01')", "glob": "glob('a*', 'ab')",
    "iif": "iif(1, 2, 3)", "instr": "instr('ab', 'b')", "json_extract": "json_extract('[1]', '$[0]')", "json_object": "json_object('a', 1)",
    "json_group_object": "json_group_object('a', 1)", "julianday": "julianday('2026-01-01')", "like": "like('a%', 'ab')",
    "format": "format('%s', 1)", "printf": "printf('%s', 1)", "replace": "replace('ab', 'b', 'c')", "strftime": "strftime('%Y', '2026-01-01')",
    "time": "time('2026-01-01')", "unixepoch": "unixepoch('2026-01-01')", "unicode": "unicode('a')", "upper": "upper('a')", "->": "'[1]' -> 0",
    "->>": "'[1]' ->> 0", "count": "count(*)", "group_concat": "group_concat(1, ',')", "string_agg": "string_agg(1, ',')",
    "nth_value": "nth_value(1, 1) OVER ()", "ntile": "ntile(2) OVER ()", "json_each": "(SELECT count(*) FROM json_each('[1]'))",
    "json_tree": "(SELECT count(*) FROM json_tree('[1]'))", "json_type": "json_type('[1]')", "json_valid": "json_valid('[1]')", "json": "json('[1]')",
    "json_array_length": "json_array_length('[1]')", "substr": "substr('abc', 2)", "substring": "substring('abc', 2)",
    **{name: f"{name}(1, 2)" for name in ("coalesce", "concat", "ifnull", "nullif", "max", "min", "mod", "pow", "power", "json_array")},
    **{name: f"{name}() OVER ()" for name in ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist")},
    **{name: f"{name}(1) OVER ()" for name in ("lag", "lead", "first_value", "last_value")},
}  # fmt: skip


def test_each_function_that_is_listed_can_be_called_on_sqlite(sqlite_database):
    """But for those that this version of SQLite does not have."""
    session = seed.busy(sqlite_database).session
    with sqlite3.connect(":memory:") as plain:
        there = {name for (name,) in plain.execute("SELECT name FROM pragma_function_list")} | {"json_each", "json_tree"}
    refused = {}
    for name in sorted(sandbox.SQLITE_FUNCTIONS & there):
        try:
            queries.sql(session, f"SELECT {CALLS.get(name, f'{name}(1)')} AS x")
        except Refused as error:
            refused[name] = str(error)
    assert refused == {}


@pytest.mark.parametrize(("name", "meant"), [("records_custmer", "records_customer"), ("queeu", "queue")])
def test_a_name_that_is_near_is_suggested(asked, name, meant):
    with pytest.raises(Refused, match=f"Did you mean {meant}"):
        queries.sql(asked, f"SELECT * FROM {name}")


@pytest.mark.parametrize("name", ["main.records_customer", "sqlite_master", "pg_class"])
def test_no_view_is_suggested_for_what_is_far_off_or_its_own_name(asked, name):
    with pytest.raises(Refused) as refused:
        queries.sql(asked, f"SELECT * FROM {name}")
    assert "Did you mean" not in str(refused.value)
