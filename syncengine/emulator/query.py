"""QuickBooks' query language: its words, its grammar, and the errors that its parser gives.

The parser is one that JavaCC generated, and its errors are JavaCC's: the token that was met, where, and in the order of their names
the tokens that could have stood there instead. Words are read one at a time, so that what stands behind an error never matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from syncengine.emulator import faults

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?(?!\w))
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,|\*|;|\.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"\s*")
#: Conditions, members of ORDERBY, values of IN and characters of a LIKE that a statement may have: far more than a client
#: sends, and no more than SQLite takes. QuickBooks' own limits are not documented.
MOST_CONDITIONS, MOST_VALUES, LONGEST_LIKE = 500, 20_000, 4000
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "!="})
#: Operators behind which QuickBooks takes a number only in quotes: with a bare one it stumbles over the operator itself
#: (reported 2019 and 2025).
_QUOTED_ONLY = frozenset({"<", ">", "<=", ">="})
#: Words that the lexer knows under a name of their own; it shows every other keyword as it is written.
_NAMED = frozenset({"and", "or", "not"})
_KEYWORDS = _NAMED | frozenset(
    [
        "select",
        "from",
        "where",
        "in",
        "like",
        "between",
        "contains",
        "iterator",
        "order",
        "orderby",
        "asc",
        "desc",
        "startposition",
        "maxresults",
        "count",
    ]
)
_BARE = frozenset({"true", "false", "current_date"})


#: Tokens that are listed by their name; every other one as it is written.
_CLASSES = frozenset({"<AND>", "<OR>", "<NOT>", "<IDENTIFIER>", "<STRING_LITERAL>", "<INTEGER>", "<DECIMAL>"})


def _shown(words: str) -> tuple[str, ...]:
    """Tokens as the parser lists them: `<EOF> `, `<AND> ...`, `"order" ...`."""
    return tuple("<EOF> " if word == "<EOF>" else f"{word} ..." if word in _CLASSES else f'"{word}" ...' for word in words.split())


#: What may follow: a property in WHERE (recorded 2019), a condition (recorded 2016), an entity, a property in ORDERBY.
_AFTER_PROPERTY = _shown("<EOF> . <AND> between contains = in iterator like maxresults != <NOT> <OR> order orderby startposition")
_AFTER_CONDITION = _shown("<EOF> <AND> iterator maxresults <OR> order orderby startposition")
_AFTER_ENTITY = _shown("<EOF> iterator maxresults order orderby startposition where")
_AFTER_ORDER = _shown("<EOF> , . asc desc iterator maxresults startposition")
_VALUES = _shown("false true <STRING_LITERAL> <INTEGER> <DECIMAL>")
_SELECTED = _shown("* count <IDENTIFIER>")


@dataclass(frozen=True)
class Condition:
    """One condition: a property, an operator (`=`, `in`, `like`...), its values."""

    property: str
    operator: str
    values: tuple[str, ...]
    #: Whether the value was written in quotes; bare words are true, false and CURRENT_DATE.
    quoted: bool = True
    negated: bool = False


@dataclass(frozen=True)
class Order:
    """One member of ORDERBY."""

    property: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """A query as it was understood; nothing in it has been looked up yet."""

    entity: str
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    start: int | None = None
    maximum: int | None = None
    #: Properties that were selected by name, beside `*` or instead of it.
    properties: tuple[str, ...] = ()
    everything: bool = True
    #: Further groups of conditions, joined by OR.
    alternatives: tuple[tuple[Condition, ...], ...] = ()
    #: Words that the parser knows and the documents do not: OR, NOT, CONTAINS, ITERATOR.
    unlisted: tuple[str, ...] = ()
    #: The parser's complaint about a number without quotes, "" where there is none.
    bare_number: str = field(default="", compare=False)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int
    line: int

    @property
    def key(self) -> str:
        return self.text.lower() if self.kind == "word" else self.text

    @property
    def shown(self) -> str:
        """The token as an error names it: its kind, and what was written."""
        if self.kind == "end":
            return '"<EOF>"'
        if self.kind == "word":
            keyword = f"<{self.key.upper()}>" if self.key in _NAMED else f'"{self.key}"'
            kind = keyword if self.key in _KEYWORDS else "<IDENTIFIER>"
        else:
            number = "<DECIMAL>" if "." in self.text else "<INTEGER>"
            kind = {"string": "<STRING_LITERAL>", "number": number}.get(self.kind, f'"{self.text}"')
        return f'" {kind} "{_escaped(self.text)} ""'


class _Parser:
    """A recursive-descent parser over the tokens of one statement."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._place = 0
        self._unlisted: list[str] = []
        self._bare_number = ""

    @property
    def _next(self) -> _Token:
        token = self._tokens[self._place]
        if token.kind == "bad":
            where = f"line {token.line}, column {token.column}"
            met = f'Encountered: "{_escaped(token.text)}" ({ord(token.text)}), after : ""'
            raise faults.parse_error(f"QueryParserError: Lexical error at {where}.  {met}")
        return token

    def _take(self, *wanted: str) -> _Token | None:
        token = self._next
        if token.kind in {"word", "sign"} and token.key in wanted:
            self._place += 1
            return token
        return None

    def _need(self, *wanted: str) -> _Token:
        token = self._take(*wanted)
        if token is None:
            raise _unexpected(self._next, _shown(" ".join(wanted)))
        return token

    def _name(self, expected: tuple[str, ...] = ("<IDENTIFIER> ...",)) -> str:
        """An identifier, or several with dots between them."""
        words = []
        while True:
            token = self._next
            if token.kind != "word" or token.key in _KEYWORDS:
                raise _unexpected(token, expected)
            self._place += 1
            words.append(token.text)
            if not self._take("."):
                return ".".join(words)
            if self._take("*"):
                return ".".join([*words, "*"])
            expected = ("<IDENTIFIER> ...",)

    def parse(self) -> Query:
        """The whole statement."""
        self._need("select")
        count, properties, everything = self._selection()
        self._need("from")
        entity = self._name()
        groups = self._where()
        order, start, maximum = self._tail()
        self._take(";")
        if self._next.kind != "end":
            raise _unexpected(self._next, _AFTER_ORDER if order else _AFTER_CONDITION if groups else _AFTER_ENTITY)
        first, *others = groups or [()]
        return Query(
            entity,
            count,
            first,
            order,
            start,
            maximum,
            properties,
            everything,
            tuple(others),
            tuple(self._unlisted),
            self._bare_number,
        )

    def _selection(self) -> tuple[bool, tuple[str, ...], bool]:
        if self._take("count"):
            self._need("(")
            self._need("*")
            self._need(")")
            return True, (), True
        names, everything = [], False
        while True:
            if self._take("*"):
                everything = True
            else:
                names.append(self._name(_SELECTED))
            if not self._take(","):
                return False, tuple(names), everything

    def _where(self) -> list[tuple[Condition, ...]]:
        if not self._take("where"):
            return []
        groups = [[self._condition()]]
        while True:
            if self._take("and"):
                groups[-1].append(self._condition())
            elif self._take("or"):
                self._unlisted.append("OR")
                groups.append([self._condition()])
            else:
                return [tuple(group) for group in groups]

    def _condition(self) -> Condition:
        bracket = self._take("(")
        condition = self._comparison()
        if bracket:
            self._need(")")
        return condition

    def _comparison(self) -> Condition:
        name = self._name()
        negated = self._take("not") is not None
        if negated:
            self._unlisted.append("NOT")
        token = self._next
        if token.kind == "sign" and token.text in _OPERATORS:
            self._place += 1
            if token.text in _QUOTED_ONLY and self._next.kind == "number":
                self._bare_number = self._bare_number or _complaint(token, _AFTER_PROPERTY)
            value, quoted = self._value()
            return Condition(name, token.text, (value,), quoted, negated)
        if self._take("in"):
            return Condition(name, "in", self._list(), negated=negated)
        if self._take("like"):
            return Condition(name, "like", (self._value()[0],), negated=negated)
        if self._take("contains"):
            self._unlisted.append("CONTAINS")
            return Condition(name, "like", (f"%{self._value()[0]}%",), negated=negated)
        if self._take("between"):
            low = self._value()[0]
            self._need("and")
            return Condition(name, "between", (low, self._value()[0]), negated=negated)
        raise _unexpected(token, _AFTER_PROPERTY)

    def _list(self) -> tuple[str, ...]:
        self._need("(")
        values = [self._value()[0]]
        while self._take(","):
            values.append(self._value()[0])
        self._need(")")
        return tuple(values)

    def _value(self) -> tuple[str, bool]:
        token = self._next
        if token.kind == "string":
            self._place += 1
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), True
        if token.kind == "number" or (token.kind == "word" and token.key in _BARE):
            self._place += 1
            return token.text, False
        raise _unexpected(token, _VALUES)

    def _tail(self) -> tuple[tuple[Order, ...], int | None, int | None]:
        order: tuple[Order, ...] = ()
        start = maximum = None
        while True:
            if not order and (self._take("orderby") or (self._take("order") and self._need_by())):
                order = self._orders()
            elif start is None and self._take("startposition"):
                start = self._whole()
            elif maximum is None and self._take("maxresults"):
                maximum = self._whole()
            elif self._take("iterator"):
                self._unlisted.append("ITERATOR")
                self._value()
            else:
                return order, start, maximum

    def _need_by(self) -> bool:
        """BY is no keyword: a property may be called so."""
        token = self._next
        if token.kind != "word" or token.key != "by":
            raise _unexpected(token, _shown("by"))
        self._place += 1
        return True

    def _orders(self) -> tuple[Order, ...]:
        orders = [self._order()]
        while self._take(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        name = self._name()
        descending = self._take("desc") is not None
        if not descending:
            self._take("asc")
        return Order(name, descending)

    def _whole(self) -> int:
        token = self._next
        if token.kind != "number" or "." in token.text:
            raise _unexpected(token, _shown("<INTEGER>"))
        self._place += 1
        # A position beyond SQLite's integers is beyond the end of any list as well.
        return min(int(token.text[:18]), 10**15)


def _tokens(text: str) -> list[_Token]:
    """The tokens up to the end, or up to the first character that begins none (kind `bad`, told only when it is reached)."""
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    line, begun, counted = 1, 0, 0  # the line that is being read, where it begins, and up to where lines are counted
    while place < end:
        match = _TOKEN.match(text, place)
        start = _BLANK.match(text, place).end()  # type: ignore[union-attr]  # nothing at all is a match too
        breaks = text.count("\n", counted, start)
        if breaks:
            line, begun = line + breaks, text.rfind("\n", counted, start) + 1
        counted = start
        if match is None:
            return [*found, _Token("bad", text[start], start - begun + 1, line)]
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], start - begun + 1, line))
        place = match.end()
    # JavaCC puts the end where the last character is, not behind it; a text without any has no line at all.
    last = text[:-1]
    line, column = (text.count("\n", 0, len(text) - 1) + 1, len(last) - last.rfind("\n")) if text else (0, 0)
    return [*found, _Token("end", "", column, line)]


def _escaped(text: str) -> str:
    """A token's text as JavaCC writes it: control characters, quotes and what is no ASCII as escapes."""
    return "".join(_ESCAPES.get(each) or (each if " " <= each <= "~" else f"\\u{ord(each):04x}") for each in text)


_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "'": "\\'", "\\": "\\\\"}


def _unexpected(token: _Token, expected: tuple[str, ...]) -> faults.Refusal:
    """The 4000 of an unexpected token."""
    return faults.parse_error(_complaint(token, expected))


def _complaint(token: _Token, expected: tuple[str, ...]) -> str:
    """`Encountered " ">" "> "" at line 1, column 45.` and what was expected."""
    lead = f"QueryParserError: Encountered {token.shown} at line {token.line}, column {token.column}."
    heading = "Was expecting:" if len(expected) == 1 else "Was expecting one of:"
    listing = "".join(f"    {each}\n" for each in expected)
    return f"{lead}\n{heading}\n{listing}    "


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """The query that a statement says.

    Raises:
        Refusal: 4000, in the words of QuickBooks' parser; 4001 where there is too much of it.
    """
    if not text.strip():
        raise faults.parse_error("QueryParserError: The query provided was empty")
    query = _Parser(text).parse()
    conditions = [each for group in (query.conditions, *query.alternatives) for each in group]
    if len(conditions) > MOST_CONDITIONS or len(query.order) > MOST_CONDITIONS:
        raise faults.invalid_query(f"QueryValidationError: more than {MOST_CONDITIONS} conditions")
    if sum(len(each.values) for each in conditions) > MOST_VALUES:
        raise faults.invalid_query(f"QueryValidationError: more than {MOST_VALUES} values")
    if any(each.operator == "like" and len(each.values[0]) > LONGEST_LIKE for each in conditions):
        raise faults.invalid_query(f"QueryValidationError: more than {LONGEST_LIKE} characters in LIKE")
    return query
