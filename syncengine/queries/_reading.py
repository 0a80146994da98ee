"""Reading SQL before it is asked: that it is one SELECT, and that its functions are harmless; and saying what was wrong with it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from syncengine.db.sandbox import SQLITE_FUNCTIONS, Trouble, words
from syncengine.errors import Refused

#: Longer questions are no questions of people.
_LONGEST = 50_000
#: Both databases take every character beyond ASCII for a letter, a space that does not break as well.
_WORD = r"(?P<word>[A-Za-z_\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*)"
_NUMBER = r"(?P<number>[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9]+)?)"
#: Comments, texts, quoted names, words, numbers, all else; in this order, as each database reads them. The two differ: what
#: stands between backticks or square brackets is a name to SQLite, and part of the question to PostgreSQL.
_SQLITE = re.compile(
    rf"""
    (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>'(?:[^']|'')*+')
    |(?P<name>"(?:[^"]|"")*+"|`(?:[^`]|``)*+`|\[[^\]]*\])
    |{_WORD}|{_NUMBER}
    |(?P<sign>[^ \t\n])
    """,
    re.VERBOSE | re.DOTALL,
)
_POSTGRES = re.compile(
    rf"""
    (?P<comment>--[^\n]*)
    |(?P<text>'(?:[^']|'')*+')
    |(?P<name>"(?:[^"]|"")*+")
    |{_WORD}|{_NUMBER}
    |(?P<sign>/\*|[^ \t\n])
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
#: Types whose texts PostgreSQL looks up in its catalogue, or reads as programs; in quotes they are the same.
_CLOSED_TYPES = words(
    "regclass regcollation regconfig regdatabase regdictionary regnamespace regoper regoperator regproc regprocedure regrole "
    "regtype aclitem xml"
)
#: What is called without brackets and tells of logins and databases; in quotes they are names like others.
_CLOSED_WORDS = words("current_user session_user system_user user current_role current_catalog current_schema")
#: What `format` may hold on PostgreSQL: with a width it makes a gigabyte out of nothing.
_WIDE = re.compile(r"%[^%sIL]")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        """Where the next character stands."""
        return self.at + len(self.text)

    @property
    def plain(self) -> str:
        """The word as PostgreSQL compares it: what is in quotes as it stands, else in small letters as far as ASCII goes."""
        if self.kind == "name":
            return self.text[1:-1].replace('""', '"')
        return re.sub("[A-Z]+", lambda found: found.group().lower(), self.text) if self.kind == "word" else self.text


def one_question(text: str, *, postgres: bool) -> str:
    """The question as it is sent: without what ends it, with blanks for comments, so that every place in it stays.

    Raises Refused for anything that is not one SELECT of harmless functions.
    """
    if len(text) > _LONGEST:
        raise Refused(f"This is longer than {_LONGEST:,} characters.")
    text = text.replace("\r\n", "\n")  # as browsers may send it
    _insist_on_characters(text)
    whole = list(_tokens(text, postgres=postgres))
    tokens = [token for token in whole if token.kind != "comment"]
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    if len(tokens) < 2:
        raise Refused("Write a SELECT first, such as SELECT kind, count(*) FROM queue GROUP BY kind.")
    if tokens[0].kind != "word" or tokens[0].plain not in _BEGINS:
        raise Refused(f"Only questions can be asked, which begin with SELECT or WITH; this begins with {tokens[0].text[:30]!r}.")
    second = next((token for token in tokens if token.text == ";"), None)
    if second:
        raise Refused(f"Ask one question at a time: another begins after the semicolon at {place(text, second.at)}.")
    if opened := next((token for token in tokens if token.text in {"'", '"'}), None):
        raise Refused(f"What begins with {opened.text} at {place(text, opened.at)} does not end: another {opened.text} is missing.")
    for token in whole:
        if token.kind == "comment":
            text = text[: token.at] + re.sub(r"[^\n]", " ", token.text) + text[token.end :]
    text = text[: tokens[-1].end]
    if postgres:
        _insist_on_harmless(text, tokens)
    return text


def _insist_on_characters(text: str) -> None:
    """Lines end as we think they do: PostgreSQL ends a comment at a lone carriage return, too, and we would not."""
    for at, character in enumerate(text):
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"}:
            raise Refused(f"The character U+{ord(character):04X} at {place(text, at)} stands in no question. Delete it.")


def _tokens(text: str, *, postgres: bool) -> Iterator[_Token]:
    for found in (_POSTGRES if postgres else _SQLITE).finditer(text):
        yield _Token(str(found.lastgroup), found.group(), found.start())


def _insist_on_harmless(text: str, tokens: Sequence[_Token]) -> None:
    """On PostgreSQL only; SQLite's authorizer asks for each function itself."""
    if found := _CLOSED.search(text):
        raise Refused(_closed(text, found.group(), found.start()))
    _insist_on_shape(text, tokens)
    for number, token in enumerate(tokens):
        if token.kind in {"name", "word"}:
            if token.plain in _CLOSED_TYPES or (token.kind == "word" and token.plain in _CLOSED_WORDS):
                raise Refused(_closed(text, token.text, token.at))
            if tokens[number + 1 : number + 2] and tokens[number + 1].text == "(":
                _insist_on_function(text, tokens, number)


def _closed(text: str, what: str, at: int) -> str:
    return f"{what!r} at {place(text, at)} is not open to analysts: only the views are."


def _insist_on_shape(text: str, tokens: Sequence[_Token]) -> None:
    """Nothing that PostgreSQL could read otherwise than we do, and no bracket that closes ours."""
    depth = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.text in {"$", "`", "/*"}:
            means = "texts are written 'text', names \"name\", comments -- so"
            raise Refused(f"{token.text} at {place(text, token.at)} is not understood here: {means}.")
        if before is not None and before.end == token.at and _is_run_together(before, token):
            run_together = before.text + token.text[:10]
            raise Refused(f"{run_together} at {place(text, before.at)} is not understood here: a blank is missing in it.")
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            raise Refused(f"The bracket at {place(text, token.at)} closes none.")
    if depth:
        raise Refused("A bracket is not closed.")


def _is_run_together(before: _Token, token: _Token) -> bool:
    """Whether PostgreSQL's versions differ in where the second begins, or in what its backslashes mean: E'', U&'', 1e''."""
    if before.kind in {"word", "number"}:
        return token.kind in {"text", "name", "word", "number"}
    return before.text == "&" and token.kind in {"text", "name"}


def _insist_on_function(text: str, tokens: Sequence[_Token], number: int) -> None:
    """What stands before a bracket is a keyword, or a function that is harmless and not of another schema."""
    token = tokens[number]
    before = [each.plain if each.kind in {"word", "sign"} else "" for each in tokens[max(0, number - 2) : number]]
    if before[-1:] == ["."] or not _is_known(before, token):
        raise Refused(f"There is no function {token.text!r} here ({place(text, token.at)}). docs/sql.md lists those that are.")
    if token.plain == "format":
        holds, then = [*tokens[number + 2 : number + 4], token, token][:2]
        if holds.kind != "text" or then.text not in {",", ")"} or _WIDE.search(holds.text):
            raise Refused(f"Begin format with a text that has no widths in it, such as '%s: %s' ({place(text, token.at)}).")


def _is_known(before: Sequence[str], token: _Token) -> bool:
    """Whether a word before a bracket is harmless after what stands before it. A name in quotes is never a keyword."""
    if token.plain in SQLITE_FUNCTIONS or token.plain in POSTGRES_FUNCTIONS:
        return True
    named_by_with = before[-1:] == ["with"] or before[-2:] == ["with", "recursive"]
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
    """What was meant, where it is near; a name that is a view's own is not what went wrong."""
    own = name.lower().removeprefix("main.").removeprefix("temp.")
    near = [] if own in views else difflib.get_close_matches(own, views, 3, 0.7)
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
