"""SQL of analysts on both databases: what it answers, and everything that it must not do."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from syncengine import commands, queries
from syncengine.db import sandbox
from syncengine.db.base import Base
from syncengine.errors import ConfigurationError, Forbidden, Refused
from syncengine.ledger import writer as ledger
from syncengine.queries import Session, _views, analysts
from syncengine.store import people
from syncengine.store.rights import LIST_OF
from syncengine.store.tables import Audit, Connection
from tests.unit.queries import seed

#: Words that only the other company, or the vault, holds.
SECRETS = ("Globex", "sealed-token", "realm-4711", "Globex Bill", "globex-secret")


def analyst_url(database) -> str:
    return database.url.replace("//postgres@", "//analyst@")


def prepared(database, monkeypatch) -> None:
    """The second login, where the database needs one."""
    if database.dialect != "sqlite":
        monkeypatch.setenv("TIEOUT_ANALYST_URL", analyst_url(database))
        assert list(analysts.prepare(database, analyst_url(database)))


@pytest.fixture
def asked(database, monkeypatch):
    """Two companies with the same records, tokens and ledgers; the session is of the first."""
    prepared(database, monkeypatch)
    first, second = seed.busy(database, "Harbour"), seed.busy(database, "Globex")
    with database.writing() as connection:
        for each, name in ((first, "Harbour"), (second, "Globex")):
            number = each.session.company_id
            for place, entity in enumerate(LIST_OF, start=1):
                made = {"Id": str(place), "Name": f"{name} {entity}", "TotalAmt": Decimal("12.34"), "DocNumber": f"{name}-1", "TxnDate": "2026-01-14"}
                ledger.keep(connection, number, entity, [made], seed.NOON)
            ledger.keep(connection, number, "Customer", [{"Id": "9", "DisplayName": f"{name} Customer"}], seed.NOON)
            link = update(Connection).where(Connection.company_id == number)
            connection.execute(link.values(tokens=f"sealed-token-{name}", realm=f"realm-4711-{name}", realm_hash=name))
        line = {"company_id": second.session.company_id, "at": seed.NOON, "actor": "globex-secret", "event": "x", "detail": {}}
        connection.execute(insert(Audit), [line])
    return first.session


def everything(database) -> dict:
    """All rows but the audit's, in which each question is written down."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "sync_audit"]
    with database.reading() as connection:
        return {table.name: connection.execute(select(table)).fetchall() for table in tables}


def answer(session, question):
    return queries.sql(session, question).to_dict("records")


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


#: What must not be answered, on either database.
HOSTILE = [
    "INSERT INTO queue (label) VALUES ('x')",
    "UPDATE queue SET label = 'x'",
    "DELETE FROM queue",
    "DELETE FROM sync_outbox",
    "DROP TABLE sync_outbox",
    "CREATE TABLE evil (x int)",
    "CREATE TEMP TABLE evil (x int)",
    "SELECT 1; DELETE FROM sync_outbox",
    "SELECT 1; SELECT tokens FROM sync_connection",
    "SELECT 1 /* ; */ ; DROP TABLE sync_outbox --",
    "SELECT tokens FROM sync_connection",
    "SELECT (SELECT tokens FROM sync_connection LIMIT 1)",
    "SELECT * FROM queue WHERE EXISTS (SELECT 1 FROM sync_connection)",
    "WITH queue AS (SELECT tokens FROM sync_connection) SELECT * FROM queue",
    "WITH runs AS (SELECT tokens AS label FROM sync_connection), queue AS (SELECT * FROM runs) SELECT * FROM queue",
    "SELECT * FROM (SELECT tokens FROM sync_connection) AS queue",
    "SELECT realm FROM sync_connection",
    "SELECT * FROM main.sync_connection",
    "SELECT * FROM public.sync_connection",
    "SELECT name FROM company",
    "SELECT person FROM sync_member",
    "SELECT value FROM sync_setting",
    "SELECT * FROM sync_outbox",
    "SELECT * FROM customer",
    "SELECT company_id FROM queue",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_temp_master",
    "SELECT sql FROM sqlite_schema",
    "SELECT * FROM temp.sqlite_temp_schema",
    "SELECT * FROM pragma_table_info('sync_connection')",
    "SELECT * FROM pragma_database_list",
    "SELECT count(*) FROM pragma_database_list",
    "SELECT count(*) FROM sqlite_master",
    "SELECT count(*) FROM sync_connection",
    "SELECT count(*) FROM Sync_Connection AS queue",
    "WITH queue AS (SELECT * FROM sync_connection) SELECT count(*) FROM queue",
    "PRAGMA table_info(queue)",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "ATTACH DATABASE 'evil.db' AS evil",
    "VACUUM INTO 'evil.db'",
    "SELECT load_extension('evil')",
    "SELECT readfile('evil')",
    "SELECT writefile('evil', 'x')",
    "SELECT edit('x')",
    "SELECT fts3_tokenizer('x')",
    "EXPLAIN SELECT * FROM queue",
    "EXPLAIN QUERY PLAN SELECT * FROM queue",
    "EXPLAIN ANALYZE SELECT * FROM queue",
    "BEGIN", "COMMIT", "ROLLBACK", "SET ROLE postgres", "RESET ROLE", "SHOW ALL", "TABLE sync_connection", "DO $$ BEGIN END $$", "COPY queue TO 'evil'",
    "SELECT set_config('role', 'postgres', false)",
    "SELECT current_setting('tieout.company')",
    "SELECT pg_sleep(1)",
    'SELECT "pg_sleep"(1)',
    'SELECT U&"\\0070g_sleep"(1)',
    "SELECT pg_read_file('evil')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_terminate_backend(1)",
    "SELECT query FROM pg_stat_activity",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM information_schema.tables",
    "SELECT query_to_xml('select * from sync_connection', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT lo_import('evil')",
    "SELECT lo_create(0)",
    "SELECT dblink('', 'select 1')",
    "SELECT nextval('sync_outbox_id_seq')",
    "SELECT company_id FROM tieout_analyst.seat",
    "SELECT * FROM seat",
    "SELECT 1) AS answer; DELETE FROM sync_outbox; --",
    "SELECT 1) AS answer, (SELECT tokens FROM sync_connection",
    "WITH x AS (DELETE FROM sync_outbox RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO queue (label) VALUES ('x') RETURNING *) SELECT * FROM x",
    "SELECT * INTO evil FROM queue",
    "SELECT * FROM queue FOR UPDATE",
    "REINDEX", "ANALYZE", "VACUUM", "CALL evil()", "GRANT ALL ON queue TO PUBLIC", "", "   ", "-- nothing", ";", "SELECT", "SELECT * FROM nothing_there",
    "SELECT 'a\0b'",
    # What each database alone takes for the end of a line or a name, and so for the end of what it does not look at.
    "SELECT 1 AS a --\r) x; COMMIT; SET statement_timeout = 0; BEGIN READ WRITE; DECLARE answer CURSOR FOR SELECT * FROM (SELECT 2 AS a --\n",
    "SELECT 1 AS a --\r) x; SELECT 1 FROM (SELECT 2 AS a --\n",
    "SELECT 1 AS a --\r, version() AS b --\n",
    "SELECT 1 AS a --\v\f\x85\x1c\n, version() AS b", "SELECT 'a\rb' AS a", "SELECT '\ud800' AS a",
    "SELECT `a`; SELECT 2 AS `a`", "SELECT (ARRAY[1])[length(version())] AS a", "SELECT 1 AS a WHERE 2 = `) x; SELECT 3 FROM (SELECT 4 AS `a`",
    "SELECT E'\\'' AS a, version() AS \"'\"", "SELECT 1E'\\'' , version() --'", "SELECT $a$'$a$ , version() , $b$'$b$", "SELECT 1 AS a$$, version() AS b$$",
    "SELECT 'a' /* /* */ , version() AS b /* */ */", "SELECT 'a", 'SELECT 1 AS "a',
    "SELECT version\u00a0() AS a",
    # Functions that are not on the list, by every way to call one.
    "SELECT version() AS v", 'SELECT "version"() AS v', 'SELECT "version" () AS v', 'SELECT "version" -- so\n () AS v', 'SELECT 1 + "version"() AS v',
    'SELECT "sqlite_version"() AS v', "SELECT pg_catalog.version() AS v", 'SELECT "pg_catalog"."version"() AS v', "SELECT public.abs(1) AS v",
    """SELECT word FROM "ts_stat"('select to_tsvector(''simple'', ''4711'')') AS t""",
    'SELECT "pg_advisory_xact_lock"(1) AS v', 'SELECT "inet_server_port"() AS v', 'SELECT "txid_current"() AS v', 'SELECT * FROM "pg_ls_waldir"() AS v',
    "SELECT current_user AS v", "SELECT session_user AS v", "SELECT user AS v", "SELECT current_role AS v", "SELECT current_catalog AS v", "SELECT current_schema AS v",
    "SELECT 'seat'::regclass AS v", """SELECT regrole 'postgres' AS v""", """SELECT 'x'::"regtype" AS v""",
    "SELECT 1 OPERATOR(pg_catalog.+) 1 AS v", "SELECT 1 AS v FROM queue TABLESAMPLE system(1)", "SELECT * FROM (TABLE sync_connection) AS t",
    "WITH RECURSIVE x AS (SELECT 1 AS a) SELECT (SELECT recursive version() FROM x) AS v", "SELECT * FROM ROWS FROM (version()) AS v",
    "SELECT '<a/>'::xml AS v",
]  # fmt: skip


def test_nothing_hostile_is_answered_and_nothing_is_changed(asked, database):
    before = everything(database)
    for question in HOSTILE:
        try:
            queries.sql(asked, question)
            pytest.fail(f"answered: {question}")
        except Refused as refused:
            said = str(refused)
        assert not [secret for secret in SECRETS if secret in said], question
        assert "v_" not in said, f"{question}: {said}"
    assert everything(database) == before


#: The same with a harmless function in the same place: what is refused above is so for the function alone.
HARMLESS = [
    "SELECT length('a') AS v",
    'SELECT "length"(\'a\') AS v',
    'SELECT "length" (\'a\') AS v',
    'SELECT "length" -- so\n (\'a\') AS v',
    "SELECT 1 + \"length\"('') AS v",
    "SELECT 1 AS v -- a comment -- of 'one' line; \"and\" (more\n",
    "SELECT 1 AS v\r\n-- lines of a browser\r\nWHERE 1 = 1\r\n",
    "SELECT 1 AS v WHERE 'it''s -- \\ ; /* ` $$ [' <> ''",
]


@pytest.mark.parametrize("question", HARMLESS)
def test_what_is_written_like_something_hostile_is_answered(asked, question):
    assert answer(asked, question) == [{"v": 1}]


def test_an_array_is_made_and_looked_into_on_postgresql(postgres_database, monkeypatch):
    prepared(postgres_database, monkeypatch)
    session = seed.company(postgres_database)
    assert answer(session, "SELECT (array[2, 1])[length('ab')] AS v, array_length(array_agg(x), 1) AS n FROM generate_series(1, 3) AS x") == [{"v": 1, "n": 3}]
    assert answer(session, "SELECT format('%s of %s', 1, 2) AS v") == [{"v": "1 of 2"}]


@pytest.mark.parametrize("call", ["format('%999999999s', 'x')", "format('%*s', 999999999, 'x')", "format('%' || '999999999s', 'x')", "format('%'\n'9s', 'x')"])
def test_postgresql_makes_nothing_large_out_of_nothing(postgres_database, monkeypatch, call):
    prepared(postgres_database, monkeypatch)
    with pytest.raises(Refused, match="widths"):
        queries.sql(seed.company(postgres_database), f"SELECT {call} AS v")


#: What would come of a comment that PostgreSQL ends sooner than we do.
TWO = "SELECT 1 AS a --\r) x; COMMIT; SET statement_timeout = 0; BEGIN READ WRITE; DECLARE answer CURSOR FOR SELECT * FROM (SELECT 2 AS a --\n"


def test_the_server_takes_one_statement_and_no_second_even_if_we_saw_one(postgres_database, monkeypatch):
    prepared(postgres_database, monkeypatch)
    session = seed.company(postgres_database)
    monkeypatch.setattr("syncengine.queries.asking.one_question", lambda text, *, postgres: text)
    with pytest.raises(Refused, match="multiple commands"):
        queries.sql(session, TWO)
    with pytest.raises(Refused):
        queries.sql(session, "WITH x AS (DELETE FROM runs RETURNING *) SELECT * FROM x")


#: Answers that would differ, or errors that would come, if a condition met rows of another company.
ORACLES = [
    "SELECT * FROM audit WHERE CASE WHEN actor = 'globex-secret' THEN abs(-9223372036854775807 - 1 - (id - id)) ELSE 1 END = 1",
    "SELECT * FROM audit WHERE CASE WHEN actor = 'globex-secret' THEN 1 / (id - id) ELSE 1 END = 1",
    "SELECT * FROM ledger WHERE CASE WHEN name LIKE 'Globex%' THEN CAST(substr(name, 1, 6) AS numeric) ELSE 1 END = 1",
    "SELECT count(*) FROM ledger JOIN audit ON CASE WHEN ledger.name LIKE 'Globex%' THEN 1 / (ledger.id - ledger.id) ELSE 1 END = 1",
]


@pytest.mark.parametrize("question", ORACLES)
def test_an_error_tells_nothing_of_another_company(asked, question):
    queries.sql(asked, question)


def test_the_inner_name_of_a_view_cannot_be_guessed_or_learnt(sqlite_database):
    session = seed.busy(sqlite_database).session
    for question in ("SELECT * FROM v_queue", "SELECT name FROM sqlite_temp_master WHERE name LIKE 'v_%'"):
        with pytest.raises(Refused):
            queries.sql(session, question)
    assert "v_" not in queries.sql(session, "SELECT * FROM queue").to_csv()


#: Each would run for hours, or fill the memory.
BOMBS = [
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n) SELECT max(x) FROM n",
    "WITH w AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT count(*) FROM w a, w b, w c, w d, w e, w f, w g, w h, w i, w j, w k, w l",
    "WITH w(x) AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT a.x FROM w a, w b, w c, w d, w e, w f, w g, w h, w i, w j, w k, w l ORDER BY a.x + l.x",
]


@pytest.mark.parametrize("question", BOMBS)
def test_what_would_never_end_is_stopped(asked, question):
    with pytest.raises(Refused, match="longer than"):
        queries.sql(asked, question, seconds=0.3)


def test_a_huge_answer_is_cut_and_says_so(asked, monkeypatch):
    wide = "WITH w AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) SELECT 'abcdefghij' AS t FROM w a, w b, w c, w d, w e"
    found = queries.sql(asked, wide)
    assert (len(found), found.attrs["cut"]) == (10_000, "rows")
    monkeypatch.setattr(sandbox, "BYTES", 5_000)
    found = queries.sql(asked, wide)
    assert found.attrs["cut"] == "bytes"
    assert 10 < len(found) < 500


def grown_by(do) -> int:
    """By how many megabytes this process had grown at most while it did something."""
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the most so far begins anew
    before = memory("VmRSS")
    with suppress(Refused):
        do()
    return memory("VmHWM") - before


def memory(what: str) -> int:
    """Megabytes of this process, as the kernel counts them."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what)]
    return int(line.split()[1]) // 1024


MANY = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 600)"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets the most memory that was taken")
@pytest.mark.parametrize("light", [0, 550])
def test_rows_of_megabytes_are_cut_before_they_fill_the_memory(asked, light):
    """All of them would be 1.5 GB, and the last fifty 125 MB."""
    queries.sql(asked, "SELECT 'a' AS x")
    large = "printf('%2500000s', 'a')" if asked.database.dialect == "sqlite" else "string_agg('0123456789', '') FROM generate_series(1, 250000)"
    question = f"{MANY} SELECT CASE WHEN n > {light} THEN (SELECT {large}) END AS x FROM c"
    found = []
    assert grown_by(lambda: found.append(queries.sql(asked, question))) < 190
    assert found[0].attrs["cut"] == "bytes"
    assert light < len(found[0]) < light + 20


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets the most memory that was taken")
@pytest.mark.parametrize("value", ["printf('%03900000d', {n})", "x || {n}", "upper(x || {n})"])
def test_one_row_of_many_large_values_fills_no_memory_on_sqlite(sqlite_database, value):
    """SQLite bounds each value, and 400 of them would be 1.6 GB before a row is out."""
    session = seed.busy(sqlite_database).session
    queries.sql(session, "SELECT 'a' AS x")
    many = ", ".join(value.format(n=n) for n in range(400))
    assert grown_by(lambda: queries.sql(session, f"WITH c AS MATERIALIZED (SELECT printf('%03900000d', 1) AS x) SELECT {many} FROM c")) < 150


def test_a_value_in_json_weighs_what_it_takes(asked, monkeypatch):
    monkeypatch.setattr(sandbox, "BYTES", 20_000)
    nested = "json_array(1, 2, 3, 4)" if asked.database.dialect == "sqlite" else "to_json(string_to_array('1,2,3,4', ','))"
    found = queries.sql(asked, f"{MANY} SELECT {nested} AS x FROM c")
    assert found.attrs["cut"] == "bytes"
    assert len(found) < 400


def test_a_value_that_grows_too_large_is_refused(asked):
    digits = "WITH w AS (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10))"
    grow = "group_concat" if asked.database.dialect == "sqlite" else "string_agg"
    with pytest.raises(Refused, match="too large"):
        queries.sql(asked, f"{digits} SELECT {grow}('0123456789', '') AS t FROM w a, w b, w c, w d, w e, w f")


@pytest.mark.parametrize("question", ["SELECT zeroblob(1000000000)", "SELECT randomblob(1000000000)"])
def test_sqlite_makes_nothing_large_out_of_nothing(sqlite_database, question):
    with pytest.raises(Refused):
        queries.sql(seed.busy(sqlite_database).session, question)


def test_searching_long_texts_takes_no_longer_than_they_are(sqlite_database):
    """SQLite's own instr would compare a million letters a million times, and could not be stopped."""
    session = seed.busy(sqlite_database).session
    long = "printf('%.*c', 1000000, 'a')"
    assert answer(session, f"SELECT instr({long}, {long} || 'b') AS n")[0]["n"] == 0
    assert answer(session, "SELECT instr('abc', 'c') AS a, replace('aXbX', 'X', '') AS b, trim('xxaxx', 'x') AS c, replace('a', '', 'b') AS d") == [
        {"a": 3, "b": "ab", "c": "a", "d": "a"}
    ]
    with pytest.raises(Refused, match="too large"):
        queries.sql(session, f"SELECT replace({long}, 'a', 'abcdefgh')")


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


def of_role(session: Session, role: str, **single: bool) -> Session:
    person = f"{role}@harbour.example"
    with session.database.writing() as connection:
        people.put(connection, session.company_id, person, role, seed.NOON, "seed")
        for permission, allowed in single.items():
            people.put_grant(connection, session.company_id, person, permission, seed.NOON, "seed", allowed=allowed)
    return Session(session.database, person, session.company_id, session.clock, signed_in=True)


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


def test_at_most_two_questions_run_at_a_time(asked):
    from syncengine.queries import asking as module

    assert module._AT_ONCE.acquire(blocking=False)
    assert module._AT_ONCE.acquire(blocking=False)
    try:
        with pytest.raises(Refused, match="Others are asking"):
            queries.sql(asked, "SELECT 1 AS one", seconds=0.01)
    finally:
        module._AT_ONCE.release()
        module._AT_ONCE.release()
    assert answer(asked, "SELECT 1 AS one") == [{"one": 1}]


def test_sqlite_needs_no_login(sqlite_database):
    with pytest.raises(ConfigurationError, match="need no login"):
        list(analysts.prepare(sqlite_database, "postgresql://analyst@/x"))


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
