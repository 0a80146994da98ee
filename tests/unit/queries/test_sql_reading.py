"""What we take for a comment, a text or a name is what the database takes for one: else something in it could be asked unseen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syncengine.errors import Refused
from syncengine.queries import _reading, _views
from tests.support.examples import examples

#: What begins, ends or continues something in either database, and what might.
NASTY = [
    *"'\"-/*;$&\\[]`().,:@#1eEuUxXnN_a|~! \n\t\r\v\f", "--", "/*", "*/", "''", '""', "$$", "$a$", "\r\n",
    "\u00a0", "\u2028", "\u0085", "\u001c", "\ufeff", "\u00e9", "\u212a", "\u0130",
]  # fmt: skip
junk = st.lists(st.sampled_from(NASTY), max_size=8).map("".join)
blank = st.sampled_from([" ", "\n", "\t", "\r\n", "  "])
#: What may stand between two tokens; now and then it is no comment for us, and then the question is another one.
gap = st.lists(st.one_of(blank, junk.map("--{}\n".format), junk.map("/*{}*/".format), junk), min_size=1, max_size=3).map("".join)
gaps = st.one_of(blank, gap)
texts = junk.map(lambda held: "'" + held.replace("'", "''") + "'") | junk.map("'{}'".format)
names = junk.map('"{}"'.format) | junk.map("`{}`".format) | junk.map("[{}]".format) | junk
Ask = Callable[[str], tuple[str, object]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def raw(request: pytest.FixtureRequest) -> Iterator[tuple[bool, Ask]]:
    """Whether it is PostgreSQL, and what gives name and value of a statement's only column, with nothing of ours between."""
    if request.param == "sqlite":
        with closing(sqlite3.connect(":memory:")) as file:

            def of_file(statement: str) -> tuple[str, object]:
                found = file.execute(statement)
                return found.description[0][0], found.fetchone()[0]

            yield False, of_file
        return
    server = request.getfixturevalue("postgres_server")
    with psycopg.connect(host=server.folder, user="postgres", dbname="postgres", autocommit=True) as connection:

        def of_server(statement: str) -> tuple[str, object]:
            found = connection.execute(statement.encode())
            column, value = found.description[0].name, found.fetchone()[0]
            assert not found.nextset(), f"two statements to PostgreSQL: {statement!r}"
            return column, value

        yield True, of_server


def called(token: _reading._Token, *, postgres: bool) -> str:
    """What the database is to call a column that this token names."""
    if token.kind == "word":
        return token.plain if postgres else token.text
    ends = token.text[-1]
    return token.text[1:-1].replace(ends * 2, ends) if ends != "]" else token.text[1:-1]


@settings(max_examples=examples(150))
@example("''", " ", "e", '""', " ")
@given(texts, gaps, gaps, names, gaps)
def test_the_database_reads_a_question_as_we_do(raw, held, before, between, name, after):
    postgres, ask = raw
    question = f"SELECT{before}{held}{between}AS {name}{after}"
    try:
        sent = _reading.one_question(question, postgres=postgres)
    except Refused:
        return
    tokens = list(_reading._tokens(sent, postgres=postgres))
    assert "comment" not in {token.kind for token in tokens}
    if [token.kind for token in tokens] not in (["word", "text", "word", "name"], ["word", "text", "word", "word"]):
        return
    if tokens[2].text != "AS":  # a letter before it makes it another word, and the question no SQL
        return
    if postgres and tokens[3].text == '""':
        return
    for form in (question.replace("\r\n", "\n"), sent):
        column, value = ask(form)
        assert value == tokens[1].text[1:-1].replace("''", "'"), form
        assert column == called(tokens[3], postgres=postgres), form


def test_no_view_or_column_is_called_like_what_is_closed():
    names = {name for view in _views.every().values() for name in (view.name, *(column.name for column in view.columns))}
    assert not names & (_reading._CLOSED_TYPES | _reading._CLOSED_WORDS)
    assert not [name for name in names if _reading._CLOSED.search(name)]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ('SELECT "version"() AS v', "no function '\"version\"' here"),
        ('SELECT "version" -- so\n () AS v', "no function '\"version\"' here"),
        ('SELECT 1 + "version"() AS v', "no function '\"version\"' here"),
        ("""SELECT word FROM "ts_stat"('select 1') AS t""", "no function '\"ts_stat\"' here"),
        ('SELECT "advisory"(1)', "no function"),
        ('SELECT "ABS"(1)', "no function '\"ABS\"' here"),
        ("SELECT public.abs(1)", "no function 'abs' here"),
        ('SELECT "public" . "abs"(1)', "no function '\"abs\"' here"),
        ('SELECT "select"(1)', "no function"),
        ("SELECT (ARRAY[1])[version()]", "no function 'version' here"),
        ("SELECT `, version() AS `", "` at line 1, column 8 is not understood"),
        ("SELECT recursive version()", "no function 'version' here"),
        ("SELECT version\u00a0()", "no function"),
        ("SELECT 1 OPERATOR(pg_catalog.+) 1", "not open"),
        ("SELECT 1 operator(tieout_analyst.+) 1", "no function 'operator' here"),
        ("SELECT * FROM ROWS FROM (version())", "no function 'version' here"),
        ("SELECT CURRENT_USER", "'CURRENT_USER' at line 1, column 8 is not open"),
        ("SELECT user", "not open"),
        ("SELECT 'seat'::regclass", "'regclass' at line 1, column 16 is not open"),
        ("SELECT 'seat'::\"regclass\"", "not open"),
        ("SELECT CAST('version' AS RegProc)", "not open"),
        ("SELECT regrole 'postgres'", "not open"),
        ("SELECT 1 AS a --\r, 2", "U+000D at line 1, column 17"),
        ("SELECT 1 AS a --\u0085", "U+0085"),
        ("SELECT 'a\vb'", "U+000B"),
        ("SELECT '\ud800'", "U+D800"),
        ("SELECT e'\\', version() --'", "e'\\' at line 1, column 8"),
        ("SELECT 1e'\\', version() --'", "not understood"),
        ("SELECT u&'\\0070'", "not open"),
        ('SELECT x &"d"', "not understood"),
        ("SELECT 1version()", "1version at line 1, column 8"),
        ("SELECT $a$ x $a$", "$ at line 1, column 8"),
        ("SELECT 1 /* so */ + 1", "/* at line 1, column 10"),
        ("SELECT 'a", "What begins with ' at line 1, column 8 does not end"),
        ('SELECT 1 AS "a', "does not end"),
        ("SELECT 1) AS x, (SELECT 2", "closes none"),
        ("SELECT (1", "not closed"),
        ("SELECT format('%9s', 1)", "widths"),
        ("SELECT \"format\"('%' '9s', 1)", "widths"),
        ("SELECT format(label, 1) FROM queue", "widths"),
        ("SELECT format(", "not closed"),
    ],
)
def test_why_postgresql_is_not_asked(question, why):
    with pytest.raises(Refused) as refused:
        _reading.one_question(question, postgres=True)
    assert why in str(refused.value)
