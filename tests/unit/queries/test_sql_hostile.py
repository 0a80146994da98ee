"""What an analyst's SQL must not do on either database, and what only looks like it."""

from __future__ import annotations

import pytest

from syncengine import queries
from syncengine.errors import Refused
from tests.unit.queries import seed
from tests.unit.queries.analyst import SECRETS, answer, everything, prepared

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
