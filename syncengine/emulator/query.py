"""QuickBooks' query language: its words, its grammar, and the errors that its parser gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from syncengine.emulator import faults

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)
      | (?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,|\*|;)
    )""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "!="})
_KEYWORDS = frozenset(
    [
        "select", "from", "where", "and", "or", "not", "in", "like", "between", "contains", "iterator", "order", "orderby",
        "asc", "desc", "startposition", "maxresults", "count",
    ]
)
#: What may follow a property in WHERE, in the words and the layout of QuickBooks' own parser.
_EXPECTED = (
    "<EOF> ", '"." ...', "<AND> ...", '"between" ...', '"contains" ...', '"=" ...', '">=" ...', '">" ...', '"in" ...',
    '"iterator" ...', '"<=" ...', '"like" ...', '"<" ...', '"maxresults" ...', '"!=" ...', "<NOT> ...", "<OR> ...",
    '"order" ...', '"orderby" ...',
    '"startposition" ...',
)  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One condition: a property, an operator (`=`, `in`, `like`...), its values."""

    property: str
    operator: str
    values: tuple[str, ...]
    #: Whether the value was written in quotes; bare words are true, false and CURRENT_DATE.
    quoted: bool = True


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
    #: Properties that were selected beside `*`.
    properties: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int
    line: int

    @property
    def key(self) -> str:
        return self.text.lower() if self.kind == "word" else self.text


class _Parser:
    """A recursive-descent parser over the tokens of one statement."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._place = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *wanted: str) -> _Token | None:
        token = self._next
        if token.key in wanted and token.kind in {"word", "sign"}:
            self._place += 1
            return token
        return None

    def _need(self, *wanted: str) -> _Token:
        token = self._take(*wanted)
        if token is None:
            raise _unexpected(self._next, tuple(f'"{each}" ...' for each in wanted))
        return token

    def _name(self) -> str:
        token = self._next
        if token.kind != "word" or token.key in _KEYWORDS:
            raise _unexpected(token, ("<IDENTIFIER> ...",))
        self._place += 1
        return token.text

    def parse(self) -> Query:
        """The whole statement."""
        self._need("select")
        count, properties = self._selection()
        self._need("from")
        entity = self._name()
        conditions = self._where()
        order, start, maximum = self._tail()
        self._take(";")
        if self._next.kind != "end":
            raise _unexpected(self._next, _EXPECTED)
        return Query(entity, count, conditions, order, start, maximum, properties)

    def _selection(self) -> tuple[bool, tuple[str, ...]]:
        if self._take("count"):
            self._need("(")
            self._need("*")
            self._need(")")
            return True, ()
        names = []
        while True:
            if not self._take("*"):
                names.append(self._name())
            if not self._take(","):
                return False, tuple(names)

    def _where(self) -> tuple[Condition, ...]:
        if not self._take("where"):
            return ()
        conditions = [self._condition()]
        while self._take("and"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        bracket = self._take("(")
        condition = self._comparison()
        if bracket:
            self._need(")")
        return condition

    def _comparison(self) -> Condition:
        name = self._name()
        token = self._next
        if token.kind == "sign" and token.text in _OPERATORS:
            self._place += 1
            value, quoted = self._value()
            return Condition(name, token.text, (value,), quoted)
        if self._take("in"):
            return Condition(name, "in", self._list())
        if self._take("like"):
            return Condition(name, "like", (self._value()[0],))
        if self._take("between"):
            low = self._value()[0]
            self._need("and")
            return Condition(name, "between", (low, self._value()[0]))
        raise _unexpected(token, _EXPECTED)

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
        if token.kind == "number" or (token.kind == "word" and token.key in {"true", "false", "current_date"}):
            self._place += 1
            return token.text, False
        raise _unexpected(token, ('"true" ...', '"false" ...', "<STRING_LITERAL> ...", "<NUMBER> ..."))

    def _tail(self) -> tuple[tuple[Order, ...], int | None, int | None]:
        order: tuple[Order, ...] = ()
        start = maximum = None
        while True:
            if not order and (self._take("orderby") or (self._take("order") and self._need("by"))):
                order = self._orders()
            elif start is None and self._take("startposition"):
                start = self._whole()
            elif maximum is None and self._take("maxresults"):
                maximum = self._whole()
            else:
                return order, start, maximum

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
            raise _unexpected(token, ("<INTEGER> ...",))
        self._place += 1
        # A position beyond SQLite's integers is beyond the end of any list as well.
        return min(int(token.text[:18]), 10**15)


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        start = place + len(text[place:end]) - len(text[place:end].lstrip())
        line, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
        if match is None:
            found_instead = f'Encountered: "{text[start]}" ({ord(text[start])}), after : ""'
            raise faults.parse_error(f"QueryParserError: Lexical error at line {line}, column {column}.  {found_instead}")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], column, line))
        place = match.end()
    found.append(_Token("end", "", end - text.rfind("\n", 0, end), text.count("\n", 0, end) + 1))
    return found


def _unexpected(token: _Token, expected: tuple[str, ...]) -> faults.Refusal:
    """The 4000 of an unexpected token: `Encountered " ">" "> "" at line 1, column 45.` and what was expected."""
    if token.kind == "end":
        shown = '"<EOF>"'
    elif token.kind == "word" and token.key not in _KEYWORDS:
        shown = f'" <IDENTIFIER> "{token.text} ""'
    elif token.kind == "word":
        shown = f'" <{token.text.upper()}> "{token.text} ""'
    elif token.kind == "string":
        shown = f'" <STRING_LITERAL> "{token.text} ""'
    elif token.kind == "number":
        shown = f'" <INTEGER> "{token.text} ""'
    else:
        shown = f'" "{token.text}" "{token.text} ""'
    lead = f"QueryParserError: Encountered {shown} at line {token.line}, column {token.column}."
    if len(expected) == 1:
        return faults.parse_error(f"{lead}\nWas expecting:\n    {expected[0]}\n    ")
    listing = "\n".join(f"    {each}" for each in expected)
    return faults.parse_error(f"{lead}\nWas expecting one of:\n{listing}\n    ")


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """The query that a statement says.

    Raises:
        Refusal: 4000, in the words of QuickBooks' parser.
    """
    return _Parser(text).parse()
