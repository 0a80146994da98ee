"""Reading SQL before it is asked: that it is one SELECT, and that its functions are harmless; and saying what was wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncengine.db.sandbox import SQLITE_FUNCTIONS, Trouble, words
from syncengine.errors import Refused

#: Longer questions are no questions of people.
_LONGEST = 50_000
#: Texts, comments, quoted names, words, all else; in this order, as both databases read them.
_TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |("(?:[^"]|"")*"|`[^`]*`|\[[^\]\d'][^\]]*\])
    |(?P<word>[^\W\d]\w*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)
_BEGINS = frozenset({"select", "with", "values"})
#: Words before a bracket that call nothing.
_KEYWORDS = words(
    "all and any array as between by case cross distinct else except exists filter from group having ilike in inner "
    "intersect is join lateral left like limit materialized natural not offset on or order outer over partition right row select "
    "similar some then union using values when where window with within full ordinality sets cube rollup grouping recursive"
)
_TYPES = words("numeric decimal varchar char character bit float time timestamp timestamptz interval")
#: What a question on PostgreSQL may call beside what SQLite has, too. None reaches beyond its arguments.
POSTGRES_FUNCTIONS = words(
    "age array_agg array_length bool_and bool_or btrim cardinality cast char_length corr cosh date_part date_trunc every extract "
    "generate_series greatest initcap json_array_elements json_array_elements_text json_build_object json_each json_each_text "
    "json_extract_path json_extract_path_text json_object_keys jsonb_array_elements jsonb_array_elements_text jsonb_array_length "
    "jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_object_keys "
    "jsonb_path_exists jsonb_path_query jsonb_path_query_first jsonb_pretty jsonb_typeof json_agg jsonb_agg json_typeof least "
    "make_date make_interval make_timestamptz mode now octet_length percentile_cont percentile_disc position reverse "
    "regexp_match regexp_replace row_to_json split_part stddev stddev_pop stddev_samp strpos string_to_array to_char "
    "to_date to_json to_jsonb to_number to_timestamp translate trim_scale unnest variance"
)
#: PostgreSQL's own catalogue and its doors to the outside; no view or column of ours is called so.
_CLOSED = re.compile(
    r"\bpg_\w*|\binformation_schema\b|\bU&|\bset_config\b|\bcurrent_(setting|query)\b|\w+_to_xml\w*|\bdblink\w*|\blo_\w+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def plain(self) -> str:
        """The word as the database compares it."""
        return self.text.strip('"`[]').lower() if self.kind in {"name", "word"} else self.text


def one_question(text: str, *, postgres: bool) -> str:
    """The question without what ends it. Raises Refused for anything that is not one SELECT of harmless functions."""
    if len(text) > _LONGEST:
        raise Refused(f"This is longer than {_LONGEST:,} characters.")
    if "\0" in text:
        raise Refused("There is a character in it that no text has.")
    tokens = [token for token in _tokens(text) if token.kind != "comment"]
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if len(tokens) < 2:
        raise Refused("Write a SELECT first, such as SELECT kind, count(*) FROM queue GROUP BY kind.")
    if tokens[0].kind != "word" or tokens[0].plain not in _BEGINS:
        raise Refused(f"Only questions can be asked, which begin with SELECT or WITH; this begins with {tokens[0].text[:30]!r}.")
    second = next((token for token in tokens if token.text == ";"), None)
    if second:
        raise Refused(f"Ask one question at a time: another begins after the semicolon at {place(text, second.at)}.")
    if postgres:
        _insist_on_harmless(text, tokens)
    return text[: tokens[-1].at + len(tokens[-1].text)]


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        yield _Token(str(found.lastgroup), found.group(), found.start())


def _insist_on_harmless(text: str, tokens: Sequence[_Token]) -> None:
    """On PostgreSQL only; SQLite's authorizer asks for each function itself."""
    if found := _CLOSED.search(text):
        raise Refused(f"{found.group()!r} at {place(text, found.start())} is not open to analysts: only the views are.")
    if any(token.text == "$" for token in tokens) or "/*" in text:
        raise Refused("Texts between $ signs and comments between /* and */ are not understood here: write 'text' and -- so.")
    if backslash := re.search(r"\be'", text, re.IGNORECASE):
        raise Refused(f"Texts with backslashes (at {place(text, backslash.start())}) are not understood here. Write 'text'.")
    for before, token, after in zip([None, *tokens[:-1]], tokens, tokens[1:], strict=False):
        if after.text == "(" and token.kind in {"name", "word"} and not _is_known(before, token):
            raise Refused(f"There is no function {token.text!r} here ({place(text, token.at)}). docs/sql.md lists those that are.")


def _is_known(before: _Token | None, token: _Token) -> bool:
    """Whether a word before a bracket is harmless. A name in quotes is never a keyword."""
    if token.plain in SQLITE_FUNCTIONS or token.plain in POSTGRES_FUNCTIONS:
        return True
    named_by_with = before is not None and before.kind == "word" and before.plain in {"with", "recursive"}
    return named_by_with or (token.kind == "word" and (token.plain in _KEYWORDS or token.plain in _TYPES))


def place(text: str, at: int) -> str:
    r"""Where a character stands, as people count.

    >>> place("SELECT\n  x", 9)
    'line 2, column 3'
    """
    before = text[:at]
    return f"line {before.count(chr(10)) + 1}, column {at - (before.rfind(chr(10)) + 1) + 1}"


def called(trouble: Trouble, text: str, views: Sequence[str]) -> str:
    """What was wrong, in plain words, with the place where one is known."""
    words = trouble.words.strip()
    for pattern, says in _SAYS:
        if found := re.search(pattern, words, re.IGNORECASE):
            name = next((each for each in found.groups() if each), "").strip('"')
            at = trouble.position if trouble.position is not None else _find(text, name)
            where = f" (at {place(text, at)})" if at is not None else ""
            return says.format(name=name, where=where, views=_like(name, views))
    where = f" (at {place(text, trouble.position)})" if trouble.position is not None else ""
    return f"The database does not understand this{where}: {words}."


def _find(text: str, name: str) -> int | None:
    last = name.rpartition(".")[2] or name
    found = re.search(rf"(?<!\w){re.escape(last)}(?!\w)", text, re.IGNORECASE) if last else None
    return found.start() if found else None


def _like(name: str, views: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), views, 3, 0.5)
    return f" Did you mean {' or '.join(near)}?" if near else " The views are listed below."


#: The databases' words, and ours.
_SAYS: tuple[tuple[str, str], ...] = (
    (
        r"no such table: (?:temp\.|main\.)?(\S+)|relation \"([^\"]+)\" does not exist",
        "There is no view {name!r}{where}.{views}",
    ),
    (
        r"no such column: (\S+)|column (\S+) does not exist",
        "There is no column {name!r}{where}. The columns of each view are listed below.",
    ),
    (
        r"no such function: (\S+)|not authorized to use function: (\S+)|function ([^(]+)\(.*does not exist",
        "There is no function {name!r} here{where}. docs/sql.md lists those that are.",
    ),
    (r"near \"([^\"]+)\"", "This cannot be understood at {name!r}{where}."),
    (r"incomplete input|syntax error at end", "Something is missing at the end."),
    (
        r"access to (\S+) is prohibited|permission denied|not authorized|prohibited",
        "Only the views can be asked, and nothing can be written.{views}",
    ),
    (
        r"ambiguous column name: (\S+)|column reference \"([^\"]+)\" is ambiguous",
        "More than one view has a column {name!r}{where}: say of which.",
    ),
    (r"too big|memory alloc|out of memory|too long|user-defined function raised", "A value in this grows too large."),
    (r"division by zero", "Something is divided by nothing."),
    (r"lock timeout|locked", "The database is busy just now. Try again in a moment."),
)
